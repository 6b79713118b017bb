import type { FormatMessages, SendMessages } from './messages.ts'

/** What `send` says, in Russian. */
export function russianSend(format: FormatMessages): SendMessages {
  return {
    sending: (sentOctets, sizeOctets) =>
      sizeOctets === undefined
        ? `отправка: ${format.size(sentOctets)}`
        : `отправка: ${format.size(sentOctets)} из ${format.size(sizeOctets)}`,
    stopping: () => 'остановка; ещё раз — закончить программу сразу',
    serverTitle: () => 'сервер',
    fromTitle: () => 'от кого',
    messageIdTitle: () => 'Message-ID',
    sizeTitle: () => 'размер',
    recipientTitle: () => 'получатель',
    outcomeTitle: () => 'итог',
    wordsTitle: () => 'что говорит сервер',
    outcome: (kind) => OUTCOMES[kind],
    hint: (kind) => HINTS[kind],
  }
}

const OUTCOMES = {
  accepted: 'принято',
  deferred: 'отложено',
  rejected: 'отвергнуто',
  unknown: 'неизвестно',
} as const

const HINTS = {
  rejected: 'Отвергнуто: эти получатели письма не получат; почему, сказано в словах сервера.',
  deferred: 'Отложено: не сейчас. Отправьте позже ещё раз, только этим получателям.',
  unknown:
    'Неизвестно: связь прервалась, когда письмо уже ушло. Прежде чем отправить ещё раз, посмотрите, не дошло ли оно.',
} as const
