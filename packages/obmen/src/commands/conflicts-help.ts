import type { Command } from './command.ts'

/** The help of `conflicts list`. */
export const conflictsListHelp: Command['help'] = {
  en: {
    summary: 'list rows that were changed on both sides',
    usage: `Lists the conflicts on record here, newest last: rows that were changed here and at another site between two
exchanges. Decided are those whose row was chosen by the rules of the plan, or by a person; open are those that
wait for a person.

usage: obmen conflicts list

  --open         open conflicts only
  --table TABLE  conflicts of this table only
  --json         the result as JSON

Examples:
  obmen conflicts list
  obmen conflicts list --open --table orders
`,
  },
  ru: {
    summary: 'перечислить строки, изменённые с двух сторон',
    usage: `Перечисляет записанные здесь конфликты, новые в конце: строки, которые между двумя обменами изменили и здесь,
и на другой площадке. Решён — строку выбрали правила плана или человек; открыт — решение за человеком.

вызов: obmen conflicts list

  --open           только открытые
  --table ТАБЛИЦА  только в этой таблице
  --json           итог в виде JSON

Примеры:
  obmen conflicts list
  obmen conflicts list --open --table orders
`,
  },
}

/** The help of `conflicts show`. */
export const conflictsShowHelp: Command['help'] = {
  en: {
    summary: 'show both versions of a row',
    usage: `Shows a conflict column by column: the row as it was here, and as it came.

usage: obmen conflicts show ID

  --json      the result as JSON

Examples:
  obmen conflicts show 7
  obmen conflicts show 7 --json
`,
  },
  ru: {
    summary: 'показать обе версии строки',
    usage: `Показывает конфликт по столбцам: строку, какой она была здесь, и какой пришла.

вызов: obmen conflicts show НОМЕР

  --json      итог в виде JSON

Примеры:
  obmen conflicts show 7
  obmen conflicts show 7 --json
`,
  },
}

/** The help of `conflicts resolve`. */
export const conflictsResolveHelp: Command['help'] = {
  en: {
    summary: 'choose the version that stays',
    usage: `Writes one version of a row as a change of this node, above all that was so far, and closes the conflict. The
next exchange takes it to the other sites. By its number a conflict can also be decided otherwise than the
rules did.

usage: obmen conflicts resolve [ID…] --take ours|theirs

  --take ours|theirs  the row as it was here, or as it came
  --all               every open conflict
  --table TABLE       every open conflict of this table
  --dry-run           tell what would be done, and do nothing
  --json              the result as JSON

Examples:
  obmen conflicts resolve 7 --take theirs
  obmen conflicts resolve --table orders --take ours
  obmen conflicts resolve --all --take ours --dry-run
`,
  },
  ru: {
    summary: 'выбрать версию, которая останется',
    usage: `Записывает одну из версий строки как изменение этого узла, новее всего, что было, и закрывает конфликт. На
другие площадки её передаст следующий обмен. По номеру можно решить конфликт и иначе, чем решили правила.

вызов: obmen conflicts resolve [НОМЕР…] --take ours|theirs

  --take ours|theirs  строка, какой она была здесь (ours) или какой пришла (theirs)
  --all               все открытые конфликты
  --table ТАБЛИЦА     все открытые конфликты этой таблицы
  --dry-run           рассказать, что было бы сделано, и ничего не делать
  --json              итог в виде JSON

Примеры:
  obmen conflicts resolve 7 --take theirs
  obmen conflicts resolve --table orders --take ours
  obmen conflicts resolve --all --take ours --dry-run
`,
  },
}

/** The help of `conflicts clear`. */
export const conflictsClearHelp: Command['help'] = {
  en: {
    summary: 'put the records of decided conflicts away',
    usage: `Removes the records of conflicts that were decided before a day. Rows and open conflicts stay as they are. Of
decided conflicts the newest 10,000 are kept in any case; older ones go by themselves.

usage: obmen conflicts clear --before DATE

  --before DATE  a day, as in 2026-09-01, or a moment, as in 2026-09-01T12:00Z
  --dry-run      tell what would be done, and do nothing
  --json         the result as JSON

Examples:
  obmen conflicts clear --before 2026-09-01
  obmen conflicts clear --before 2026-09-01 --dry-run
`,
  },
  ru: {
    summary: 'убрать записи о решённых конфликтах',
    usage: `Удаляет записи о конфликтах, решённых до указанного дня. Строки и открытые конфликты остаются как есть. Решённых
хранится не больше 10 000, самые старые уходят сами.

вызов: obmen conflicts clear --before ДАТА

  --before ДАТА  день, например 2026-09-01, или момент, например 2026-09-01T12:00Z
  --dry-run      рассказать, что было бы сделано, и ничего не делать
  --json         итог в виде JSON

Примеры:
  obmen conflicts clear --before 2026-09-01
  obmen conflicts clear --before 2026-09-01 --dry-run
`,
  },
}
