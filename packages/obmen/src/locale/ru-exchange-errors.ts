import type { AnyExchangeError, RuleFault, SchemaMismatch } from '@obmen/exchange/errors'

import { findLikelyName, listNames } from './likely-name.ts'
import { type ErrorTexts, text, wordsAfterVerdict } from './error-texts.ts'
import { exceptOptions, isOnlyOutsidePlan } from './table-words.ts'

/** The errors of `@obmen/exchange` in Russian, for the administrator of a site. */
export const russianExchangeErrors: ErrorTexts<AnyExchangeError> = {
  PLAN_NAME_INVALID: (error) =>
    text(
      `«${error.text}» не может быть именем плана обмена`,
      'имя состоит из букв, цифр и подчёркиваний, до 80 знаков, например УдаленныеСклады',
    ),
  NODE_CODE_INVALID: (error) =>
    text(
      `«${error.text}» не может быть кодом узла`,
      'код состоит из букв, цифр и дефисов внутри, до 36 знаков, например С01',
    ),
  NODE_UNKNOWN: ({ node }) =>
    text(
      `узла «${node}» здесь нет`,
      `посмотрите узлы: obmen node list; добавьте: obmen node add ${node}`,
    ),
  NODE_EXISTS: ({ node }) =>
    text(`узел «${node}» уже есть`, `посмотрите его номера: obmen node show ${node}`),
  NODE_IS_THIS_NODE: ({ node }) =>
    text(`«${node}» — это сам этот узел`, 'назовите узел на другой стороне: obmen node list'),
  NODE_RUNS_TWICE: ({ node, twice, isChosen }) => {
    if (twice === 'there') {
      return text(
        `узел «${node}» работает в двух экземплярах: под его кодом по очереди пишут две базы, восстановленная из копии так не делает; обмен с ним остановлен`,
        `найдите копию его базы и выведите её из работы насовсем; затем выполните там obmen node restart, а здесь: obmen node restart ${node}`,
      )
    }
    return text(
      `эта база работает в двух экземплярах: узел «${node}» получает сообщения двух баз под кодом этого узла; обмен с ним остановлен`,
      isChosen
        ? `здесь обмен уже начат заново; когда копия выведена из работы, выполните и на узле ${node}: obmen node restart с кодом этого узла`
        : `если это копия, оставьте её в покое; если это та база, что остаётся, выведите копию из работы насовсем, затем: obmen node restart ${node}`,
    )
  },
  NODE_ATTRIBUTE_INVALID: ({ attribute, part }) =>
    text(
      `«${attribute}» не может быть признаком узла: не годится ${part === 'name' ? 'имя' : 'значение'}`,
      'имя состоит из букв, цифр и подчёркиваний и не равно code; значение — текст до 1000 знаков',
    ),
  NODE_ATTRIBUTE_MISSING: ({ node, table, attribute }) =>
    text(
      `правилу таблицы «${table}» нужен признак «${attribute}» узла «${node}», а у узла его нет`,
      `задайте его: obmen node set ${node} ${attribute}=…`,
    ),
  RULE_INVALID: (error) =>
    text(
      `правило таблицы «${error.table}» нельзя исполнить: ${describeRuleFault(error.fault)}`,
      `${adviseOnName(error)} rules в настройке; до тех пор обмена нет`,
    ),
  MESSAGE_DAMAGED: ({ damage }) =>
    text(
      `сообщение обмена повреждено (${damage})`,
      'ничего: оно запрошено, и отправитель передаст изменения снова',
    ),
  MESSAGE_TOO_NEW: ({ format }) =>
    text(
      `сообщение обмена записано в более новом формате (${format})`,
      'обновите Обмен на этом узле; сообщение подождёт в почтовом ящике',
    ),
  SCHEMA_MISMATCH: (error) =>
    isOnlyOutsidePlan(error)
      ? text(
          `таблица «${error.table}» здесь не участвует в обмене`,
          'если она здесь есть и входит в tables, выполните здесь: obmen init; иначе сделайте таблицы одинаковыми. Сообщение подождёт в ящике',
        )
      : text(describeDifferences(error.differences), adviseOnTypes(error)),
  ROW_REFUSED: ({ table, key, reason }) =>
    text(
      `база не принимает строку ${key} таблицы «${table}»: ${reason}`,
      'устраните причину, здесь или у отправителя; сообщение с такой строкой подождёт в ящике и будет принято при следующем обмене',
    ),
  CONFLICT_UNKNOWN: ({ id }) =>
    text(`конфликта № ${id} здесь нет`, 'посмотрите их: obmen conflicts list'),
  TEXT_NOT_UTF8: ({ table, key, column }) =>
    text(
      `в таблице «${table}», строка ${key}, столбец «${column}», записан текст не в кодировке UTF-8`,
      'запишите этот текст заново в UTF-8 или храните его как BLOB; до тех пор ничего не отправляется',
    ),
  SPOOL_OF_ANOTHER_NODE: ({ folder, owner, wanted }) =>
    text(
      `в папке ${folder} лежат сообщения узла ${owner.node} плана ${owner.plan}, а это узел ${wanted.node} плана ${wanted.plan}`,
      'дайте каждому узлу свою папку (spool в файле настройки); если того узла больше нет, удалите папку',
    ),
  SQLITE_UNFIT: () =>
    text(
      'SQLite в этом Node.js отдаёт тексты не такими, какие они есть',
      'нужен Node.js 24.16 или новее, а из версий 26 — не раньше 26.1: https://nodejs.org/',
    ),
  STORE_NOT_PREPARED: () =>
    text('база данных не подготовлена к обмену', 'подготовьте её: obmen init'),
  STORE_MOVED: ({ before, now }) =>
    text(
      `до сих пор обмен вела база ${placeOf(before)}, а это ${placeOf(now)}`,
      'если это копия, оставьте её в покое или сделайте отдельным узлом; если базу перенесли и старой больше нет: obmen init --moved',
    ),
  STORE_OF_ANOTHER_PLAN: ({ prepared, wanted }) =>
    text(
      `база данных подготовлена как узел ${prepared.thisNode} плана ${prepared.name}, а не как узел ${wanted.thisNode} плана ${wanted.name}`,
      'проверьте plan, node и database: это файл другого узла или копия его базы?',
    ),
  TABLE_UNKNOWN: (error) =>
    text(
      `таблицы «${error.table}» в базе нет`,
      `${adviseOnName(error)} tables в настройке, или --only и --except`,
    ),
  TABLES_INHERIT: ({ table, parent }) =>
    text(
      `таблица «${table}» наследует «${parent}», поэтому каждая её строка есть в обеих`,
      `исключите одну из двух: ${exceptOptions([table])} (в файле: tables: { except: [ … ] }). Изменения другой регистрируются, когда программы называют в запросах её`,
    ),
  TABLE_WITHOUT_PRIMARY_KEY: ({ tables }) =>
    text(
      `нет первичного ключа: ${quoteAll(tables)}`,
      `дайте каждой таблице PRIMARY KEY или исключите её: ${exceptOptions(tables)} (в файле: tables: { except: [ … ] })`,
    ),
  COLLATION_UNKNOWN: ({ table, column, collation }) =>
    text(
      `столбец ключа «${column}» таблицы «${table}» сравнивается по правилу ${collation}, которого здесь нет`,
      'задайте столбцу BINARY, NOCASE или RTRIM либо исключите таблицу: tables: { except: [ … ] }',
    ),
  CAPTURE_DISTURBED: ({ tables, missing }) =>
    missing.length === 0
      ? text(
          `изменения больше не регистрируются полностью: ${quoteAll(tables)}`,
          'восстановите: obmen init --repair; все строки этих таблиц будут считаться изменёнными',
        )
      : text(
          `изменения больше не регистрируются полностью: ${quoteAll(tables)}; в базе больше нет: ${quoteAll(missing)}`,
          'верните таблицу под прежним именем и с прежним ключом; если она должна выйти из плана на всех узлах: obmen init --repair',
        ),
  DELIVERY_REFUSED: (error) =>
    text(
      `почтовый сервер не принял ${error.fileName}: ${wordsAfterVerdict(error.message)}`,
      error.row === undefined
        ? REFUSAL_HINTS[error.reason]
        : `строка ${error.row.key} таблицы «${error.row.table}» одна больше, чем принимает почтовый сервер: уменьшите её или попросите поднять предел`,
    ),
  DELIVERY_DEFERRED: (error) =>
    text(
      `почтовый сервер сейчас не принял ${error.fileName}: ${wordsAfterVerdict(error.message)}`,
      'ничего не потеряно: письмо уйдёт при следующем обмене',
    ),
  DELIVERY_UNKNOWN: ({ fileName }) =>
    text(
      `соединение прервалось раньше, чем сервер подтвердил ${fileName}`,
      'ничего: письмо уйдёт ещё раз, а применится один раз',
    ),
}

const REFUSAL_HINTS: Readonly<
  Record<(AnyExchangeError & { readonly code: 'DELIVERY_REFUSED' })['reason'], string>
> = {
  'mailbox-full': 'ящик полон: удалите письма или увеличьте его',
  'too-large': 'уменьшите messageSize в настройке или попросите поднять предел почтового сервера',
  'address-unknown': 'проверьте address в настройке: сервер не знает этого адреса',
  other: 'спросите администратора почтового сервера; его слова приведены выше',
}

function quoteAll(names: readonly string[]): string {
  return names.map((name) => `«${name}»`).join(', ')
}

/** What columns of PostgreSQL and SQLite go together, where they are what differs. */
function adviseOnTypes({ typesInSqlite }: SchemaMismatch): string {
  const pairs = typesInSqlite.map(({ type, columns }) =>
    type === 'decimal'
      ? 'decimal — это numeric в PostgreSQL без точности или больше 15 цифр, ему подходит TEXT в SQLite; numeric(15,2) подходит NUMERIC'
      : `типу ${type} в PostgreSQL подходит столбец SQLite с affinity ${columns.join(' или ')}`,
  )
  return [
    'сделайте таблицы одинаковыми, здесь или там; сообщение подождёт в ящике и будет принято при следующем обмене',
    ...pairs,
  ].join('; ')
}

/** What may have been meant; behind it stands where to correct it. */
function adviseOnName(
  error: AnyExchangeError & { readonly code: 'RULE_INVALID' | 'TABLE_UNKNOWN' },
): string {
  const name = findLikelyName(error)
  if (name === undefined) return 'исправьте'
  return name.nearest === undefined
    ? `есть такие: ${listNames(name.known)}. Исправьте`
    : `может быть, «${name.nearest}»? Тогда исправьте`
}

function describeRuleFault(fault: RuleFault): string {
  switch (fault.kind) {
    case 'table-unknown':
      return 'в плане нет такой таблицы'
    case 'column-unknown':
      return `в ней нет столбца «${fault.column}»`
    case 'column-in-key':
      return `столбец «${fault.column}» входит в её ключ и не может остаться здесь`
    case 'condition-empty':
      return 'условие пустое'
    case 'bracket-open':
      return 'скобка не закрыта'
    case 'bracket-unopened':
      return 'закрыта скобка, которую не открывали'
    case 'token-out-of-place':
      return `«${fault.token}» в условии не бывает`
    case 'refused':
      return `${fault.database} отвечает: ${fault.words}`
    case 'main-missing':
      return 'блоки ключей раздаёт главный узел: назовите его в main'
    case 'key-not-one-integer':
      return 'блоками раздаётся только ключ из одного целочисленного столбца'
    case 'key-not-autoincrement':
      return `SQLite нельзя указать, откуда считать её ключ: объявите его так: ${fault.column} INTEGER PRIMARY KEY AUTOINCREMENT`
    case 'key-without-sequence':
      return `у её ключа «${fault.column}» нет своей последовательности`
    case 'sequence-not-by-one':
      return `последовательность ${fault.sequence} считает не по одному или начинает заново`
    case 'block-too-large':
      return `блок в ${fault.size} номеров больше, чем умещает её ключ «${fault.column}»: ${fault.limit}`
  }
}

/** Where a database is: the file, and the words that `instanceOf` notes of the machine, which have no language. */
function placeOf(instance: string): string {
  const [, file, machine] = /^(.*) on (?:machine )?(\S+|this machine)$/.exec(instance) ?? []
  if (file === undefined || machine === undefined) return `«${instance}»`
  return machine === 'this machine'
    ? `«${file}» на этом компьютере`
    : `«${file}» на компьютере ${machine}`
}

/** Each table once, with all that is different about it. */
function describeDifferences(differences: SchemaMismatch['differences']): string {
  const byTable = Map.groupBy(differences, ({ table }) => table)
  const parts = [...byTable].map(([table, own]) => {
    const found = own.map(({ what }) => describeDifference(what)).join(', ')
    return `таблица «${table}» на двух сторонах разная: ${found}`
  })
  return parts.join('; ')
}

function describeDifference(what: SchemaMismatch['differences'][number]['what']): string {
  switch (what.kind) {
    case 'not-in-plan':
      return 'здесь она не участвует в обмене'
    case 'key':
      return `первичный ключ здесь (${what.here.join(', ')}), у отправителя (${what.there.join(', ')})`
    case 'missing':
      return `у отправителя есть ${quoteAll(what.columns)}, а здесь нет`
    case 'column':
      return `столбец «${what.column}» здесь ${what.here}, у отправителя ${what.there}`
  }
}
