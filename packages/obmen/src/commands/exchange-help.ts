import type { Command } from './command.ts'

/** The help of `exchange`. */
export const exchangeHelp: Command['help'] = {
  en: {
    summary: 'receive and send changes now',
    usage: `Fetches the messages of the other nodes from the mailbox, applies them, and sends every node its changes
and the acknowledgement of what was received. Letters of other people are not touched. One exchange runs at
a time. Ctrl-C breaks off the conversation with a mail server and lets a message that is being applied end;
what was done stays done, and the next exchange goes on.

usage: obmen exchange [NODE…]

  --message-size SIZE   how large a message may become, this time
  --window COUNT        messages on their way without an answer, this time
  --resend-after TIME   after so long a message counts as lost, this time
  --watch               go on: exchange as soon as a letter comes (by IMAP), and every minute
  --every TIME          how often with --watch, by default every minute: by POP3 a letter waits so long
  --dry-run             log in both ways, count what waits, and do nothing
  --json                the result as JSON

It ends with 0 when all went well, 75 when trying again later is enough, and otherwise with 65 (data),
69 (refused by a mail server), 74 (the disk), 77 (login or rights) or 78 (configuration).

Examples:
  obmen exchange
  obmen exchange --dry-run
  obmen exchange S01 --verbose
  obmen exchange --resend-after '10 minutes'
  obmen exchange --watch --every '10 seconds'
`,
  },
  ru: {
    summary: 'принять и отправить изменения сейчас',
    usage: `Забирает из почтового ящика сообщения других узлов, записывает их в базу и отправляет каждому узлу его
изменения и подтверждение принятого. Чужие письма не трогает. Одновременно идёт только один обмен. Ctrl-C
прерывает разговор с почтовым сервером, но даёт записать в базу начатое сообщение; сделанное сохраняется,
и следующий обмен продолжит.

вызов: obmen exchange [УЗЕЛ…]

  --message-size РАЗМЕР каким большим может быть сообщение в этот раз
  --window ЧИСЛО        сообщений в пути без ответа в этот раз
  --resend-after СРОК   когда сообщение считается потерянным в этот раз
  --watch               не заканчивать: обмениваться, как только придёт письмо (по IMAP), и раз в минуту
  --every СРОК          как часто при --watch, по умолчанию раз в минуту: по POP3 письмо ждёт столько
  --dry-run             войти на оба сервера, посчитать, что ждёт, и ничего не делать
  --json                итог в виде JSON

Код завершения 0, если всё прошло хорошо, 75, если достаточно повторить позже, иначе 65 (данные),
69 (отказал почтовый сервер), 74 (диск), 77 (вход или права) или 78 (настройка).

Примеры:
  obmen exchange
  obmen exchange --dry-run
  obmen exchange С01 --verbose
  obmen exchange --resend-after '10 минут'
  obmen exchange --watch --every '10 секунд'
`,
  },
}
