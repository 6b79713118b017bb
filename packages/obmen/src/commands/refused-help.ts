import type { Command } from './command.ts'

/** The help of `refused list`. */
export const refusedListHelp: Command['help'] = {
  en: {
    summary: 'list rows that the database refused',
    usage: `Lists the rows that came from other sites and that this database does not take: a value that must be unique is
there already, a check fails, the row that they refer to is missing. Each is tried again after each later
message.

usage: obmen refused list

  --json      the result as JSON

Examples:
  obmen refused list
  obmen refused list --json
`,
  },
  ru: {
    summary: 'перечислить строки, которые база не приняла',
    usage: `Перечисляет пришедшие с других площадок строки, которые эта база не принимает: такое значение уже есть, а оно
должно быть единственным; не выполнено условие; нет строки, на которую они ссылаются. Запись каждой
повторяется после каждого следующего сообщения.

вызов: obmen refused list

  --json      итог в виде JSON

Примеры:
  obmen refused list
  obmen refused list --json
`,
  },
}

/** The help of `refused retry`. */
export const refusedRetryHelp: Command['help'] = {
  en: {
    summary: 'try to write refused rows now',
    usage: `Tries at once to write all rows that the database refused: after you have mended the cause, you need not wait
for the next message.

usage: obmen refused retry

  --dry-run   tell what would be done, and do nothing
  --json      the result as JSON

Examples:
  obmen refused retry
  obmen refused retry --dry-run
`,
  },
  ru: {
    summary: 'записать отвергнутые строки сейчас',
    usage: `Сразу пытается записать все строки, которые база не приняла: когда причина устранена, следующего сообщения
можно не ждать.

вызов: obmen refused retry

  --dry-run   рассказать, что было бы сделано, и ничего не делать
  --json      итог в виде JSON

Примеры:
  obmen refused retry
  obmen refused retry --dry-run
`,
  },
}

/** The help of `refused drop`. */
export const refusedDropHelp: Command['help'] = {
  en: {
    summary: 'give a refused row up',
    usage: `Forgets a row that the database refused: it is tried no more. It stays as it is at the site that it came from, and
comes again when it is changed there.

usage: obmen refused drop TABLE KEY

  --dry-run   tell what would be done, and do nothing
  --json      the result as JSON

Examples:
  obmen refused drop orders '[10248]'
  obmen refused drop orders '[10248]' --dry-run
`,
  },
  ru: {
    summary: 'отказаться от отвергнутой строки',
    usage: `Забывает строку, которую база не приняла: её запись больше не повторяется. На площадке, откуда она пришла, строка
остаётся и придёт снова, если её там изменят.

вызов: obmen refused drop ТАБЛИЦА КЛЮЧ

  --dry-run   рассказать, что было бы сделано, и ничего не делать
  --json      итог в виде JSON

Примеры:
  obmen refused drop orders '[10248]'
  obmen refused drop orders '[10248]' --dry-run
`,
  },
}
