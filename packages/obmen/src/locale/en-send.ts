import type { FormatMessages, SendMessages } from './messages.ts'

/** What `send` says, in English. */
export function englishSend(format: FormatMessages): SendMessages {
  return {
    sending: (sentOctets, sizeOctets) =>
      sizeOctets === undefined
        ? `sending: ${format.size(sentOctets)}`
        : `sending: ${format.size(sentOctets)} of ${format.size(sizeOctets)}`,
    stopping: () => 'stopping; once more ends the program at once',
    serverTitle: () => 'server',
    fromTitle: () => 'from',
    messageIdTitle: () => 'Message-ID',
    sizeTitle: () => 'size',
    recipientTitle: () => 'recipient',
    outcomeTitle: () => 'result',
    wordsTitle: () => 'what the server says',
    outcome: (kind) => kind,
    hint: (kind) => HINTS[kind],
  }
}

const HINTS = {
  rejected: 'Rejected: these recipients do not get the letter; the words of the server say why.',
  deferred: 'Deferred: not now. Send it again later to these recipients alone.',
  unknown:
    'Unknown: the connection broke after the letter was out. Look whether it has arrived before you send it again.',
} as const
