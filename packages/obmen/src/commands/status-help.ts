import type { Command } from './command.ts'

/** The help of `status`. */
export const statusHelp: Command['help'] = {
  en: {
    summary: 'show nodes, what waits, refused rows and conflicts',
    usage: `Shows for each node the numbers of the last messages, the rows that wait to be sent and the messages
without an answer; the rows that this database refused; those that can't be sent as they are; and the conflicts, with the side
whose row was kept.

usage: obmen status

  --checksums  the number of rows and a checksum of each table: equal on two nodes when the tables are
  --json       the result as JSON, with both versions of every conflict

Examples:
  obmen status
  obmen status --checksums
`,
  },
  ru: {
    summary: 'показать узлы, очередь, отвергнутые строки и конфликты',
    usage: `Показывает для каждого узла номера последних сообщений, сколько строк ждёт отправки и сколько сообщений
без ответа; строки, которые эта база не приняла; те, которые нельзя отправить как есть; конфликты и чья строка в них осталась.

вызов: obmen status

  --checksums  число строк и контрольная сумма каждой таблицы: одинаковы, если таблицы одинаковы
  --json       итог в виде JSON, с обеими версиями каждого конфликта

Примеры:
  obmen status
  obmen status --checksums
`,
  },
}
