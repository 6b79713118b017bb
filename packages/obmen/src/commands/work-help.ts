import type { Command } from './command.ts'

/** The help of `work`. */
export const workHelp: Command['help'] = {
  en: {
    summary: 'exchange for good, sharing the nodes with other workers',
    usage: `Exchanges as soon as a letter comes (by IMAP) and from time to time, until somebody stops it. It may run
several times, on several machines, for one PostgreSQL database: the workers share the nodes, each node is
worked on by one at a time, and the nodes of a worker that dies are taken over within a quarter of a minute.
Receive by IMAP: a POP3 mailbox is open to one at a time. On SQLite one
process does it all: obmen exchange --help

usage: obmen work

  --workers COUNT  how many nodes this process works on at a time, 1 to 16, by default 2
  --every TIME     how often it looks for work when no letter comes, by default every minute
  --json           results as JSON, a line each

Examples:
  obmen work
  obmen work --workers 4 --every '10 seconds'
`,
  },
  ru: {
    summary: 'обмениваться постоянно, деля узлы с другими работниками',
    usage: `Обменивается, как только придёт письмо (по IMAP), и время от времени, пока его не остановят. Может быть
запущен несколько раз, на нескольких машинах, для одной базы PostgreSQL: работники делят узлы, одним узлом
занимается кто-то один, а узлы умершего работника достаются другим через четверть минуты. Принимайте по
IMAP: ящик POP3 открыт только для кого-то одного. С SQLite всё делает
один процесс: obmen exchange --help

вызов: obmen work

  --workers ЧИСЛО  сколькими узлами сразу занимается этот процесс, от 1 до 16, обычно 2
  --every СРОК     как часто искать работу, если писем нет, обычно раз в минуту
  --json           итоги в виде JSON, по строке на каждый

Примеры:
  obmen work
  obmen work --workers 4 --every '10 секунд'
`,
  },
}
