/**
 * Change registration: an append, nothing else.
 *
 * Each table of the plan has a *log* and a *change index*, with columns `k1…kn` for its primary key, of the same type and
 * collation, so that any key is held exactly and compared as the application compares it:
 *
 *     obmen_exchange.log_3   (k1, k2, at)                             appended to by the triggers, with wider types
 *     obmen_exchange.index_3 (k1, k2, seq, stamp, origin, via, gone, base)  one row for each row ever changed, made by the fold
 *
 * The triggers fire once a statement, with the rows that it changed (a transition table): registering a thousand rows is one
 * INSERT. They fire whatever `session_replication_role` is, and their functions run with the rights of who prepared the database, so
 * that no role of the application needs any for our schema.
 */
import { quoteName, quoteText } from './postgres-database.ts'
import type { UserColumn, UserTable } from './user-table.ts'

/** A table of the plan with the number that its log, index and triggers are named by. */
export interface CapturedTable extends UserTable {
  readonly id: number
}

export function logName(table: { readonly id: number }): string {
  return `obmen_exchange.log_${table.id}`
}

export function indexName(table: { readonly id: number }): string {
  return `obmen_exchange.index_${table.id}`
}

/** The names of the key columns in log and index. */
export function keyNames(table: UserTable): string[] {
  return table.key.map((_, index) => `k${index + 1}`)
}

/** `d."OrderID" = i.k1 AND …`: the application's row of an index or log row. */
export function matchesKey(table: UserTable, row: string, entry: string): string {
  return table.key
    .map(({ name }, index) => `${row}.${quoteName(name)} = ${entry}.k${index + 1}`)
    .join(' AND ')
}

/** The setting that says, for one transaction, that its statements apply a message. */
export const APPLYING = 'obmen.applying'

/** The wall clock in milliseconds when the statement began. */
export const NOW_MS = 'floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint'

function keyDeclaration({ collation }: UserColumn, type: string, index: number): string {
  return `k${index + 1} ${type}${collation === '' ? '' : ` COLLATE ${collation}`}`
}

/**
 * The type of a key in the log, with room for more than the column has: an application that makes its column wider goes on writing before
 * anybody has made the log anew.
 */
function loggedType({ base }: UserColumn): string {
  if (base === 'smallint' || base === 'integer') return 'bigint'
  if (/^character\(\d+\)$/.test(base)) return 'bpchar'
  return base.replace(/^(character varying|numeric)\([\d,-]+\)$/, '$1')
}

/** The statements that make log and index of a table. */
export function tableStatements(table: CapturedTable): string[] {
  const logged = table.key.map((column, index) => {
    return keyDeclaration(column, loggedType(column), index)
  })
  const columns = table.key
    .map((column, index) => `${keyDeclaration(column, column.declared, index)} NOT NULL`)
    .join(', ')
  return [
    `CREATE TABLE ${logName(table)} (${logged.join(', ')}, at bigint NOT NULL)`,
    // A publication of all tables would otherwise refuse that folded rows are deleted.
    `ALTER TABLE ${logName(table)} REPLICA IDENTITY FULL`,
    `CREATE TABLE ${indexName(table)} (${columns}, seq bigint NOT NULL, stamp bigint NOT NULL, ` +
      `origin text NOT NULL, via text NOT NULL, gone boolean NOT NULL, base bigint, PRIMARY KEY (${keyNames(table).join(', ')}))`,
    `CREATE INDEX index_${table.id}_seq ON ${indexName(table)} (seq)`,
  ]
}

/** An event that is captured, and what its function reads the keys from. */
interface Capture {
  readonly event: 'insert' | 'update' | 'delete'
  readonly references: string
  readonly keys: (columns: string) => string
}

const CAPTURES: readonly Capture[] = [
  {
    event: 'insert',
    references: 'NEW TABLE AS obmen_new',
    keys: (columns) => `SELECT ${columns} FROM obmen_new`,
  },
  {
    // A change of the key is a deletion of the old one and a change of the new one.
    event: 'update',
    references: 'OLD TABLE AS obmen_old NEW TABLE AS obmen_new',
    keys: (columns) => `SELECT ${columns} FROM obmen_new UNION SELECT ${columns} FROM obmen_old`,
  },
  {
    event: 'delete',
    references: 'OLD TABLE AS obmen_old',
    keys: (columns) => `SELECT ${columns} FROM obmen_old`,
  },
]

/**
 * What a message writes directly is not registered: its rows have a version already. What follows from it (a cascade, a trigger of
 * the application) is a change of this node like any other, and has another depth. A key column may be called like a variable of
 * PL/pgSQL: `old`, `found`.
 */
function body(action: string): string {
  return `
#variable_conflict use_column
BEGIN
  IF current_setting(${quoteText(APPLYING)}, true) = 'on' AND pg_trigger_depth() = 1 THEN
    RETURN NULL;
  END IF;
  ${action};
  RETURN NULL;
END
`
}

/**
 * What the functions of a table's triggers consist of, by their names. A key column that was renamed or dropped meanwhile is NULL in the log,
 * from the SELECT around: the application goes on writing, and the fold knows by it that keys are missing.
 */
export function functionBodies(table: CapturedTable): ReadonlyMap<string, string> {
  const columns = table.key.map(({ name }) => quoteName(name)).join(', ')
  const unknown = table.key.map(({ name }, index) => {
    return `(SELECT k${index + 1} FROM ${logName(table)} WHERE false) AS ${quoteName(name)}`
  })
  const actions = CAPTURES.map(({ event, keys }): [string, string] => [
    `${event}_${table.id}`,
    body(
      `INSERT INTO ${logName(table)} (${keyNames(table).join(', ')}, at)\n` +
        `    SELECT k.*, (SELECT ${NOW_MS}) FROM (SELECT ${unknown.join(', ')}) u, LATERAL (${keys(columns)}) k`,
    ),
  ])
  const truncate = body(`INSERT INTO obmen_exchange.truncated VALUES (${table.id}, ${NOW_MS})`)
  return new Map([...actions, [`truncate_${table.id}`, truncate]])
}

/** The statements that make the functions of a table's triggers. They run with the rights of who runs this. */
export function functionStatements(table: CapturedTable): string[] {
  return [...functionBodies(table)].map(
    ([name, text]) =>
      `CREATE FUNCTION obmen_exchange.${name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER ` +
      `SET search_path = pg_catalog, pg_temp AS ${quoteText(text)}`,
  )
}

export const EVENTS = ['insert', 'update', 'delete', 'truncate'] as const

export function triggerName(table: { readonly id: number }, event: string): string {
  return `obmen_${table.id}_${event}`
}

/**
 * The statements that make the triggers of a table, or of one of its partitions: a statement fires those of the table that it
 * names. ALWAYS: also for programs that have switched ordinary triggers off.
 */
export function triggerStatements(table: CapturedTable, target: string): string[] {
  const create = CAPTURES.map(
    ({ event, references }) =>
      `CREATE TRIGGER ${triggerName(table, event)} AFTER ${event.toUpperCase()} ON ${target} ` +
      `REFERENCING ${references} FOR EACH STATEMENT EXECUTE FUNCTION obmen_exchange.${event}_${table.id}()`,
  )
  const truncate =
    `CREATE TRIGGER ${triggerName(table, 'truncate')} AFTER TRUNCATE ON ${target} ` +
    `FOR EACH STATEMENT EXECUTE FUNCTION obmen_exchange.truncate_${table.id}()`
  const enable = EVENTS.map(
    (event) => `ALTER TABLE ${target} ENABLE ALWAYS TRIGGER ${triggerName(table, event)}`,
  )
  return [...create, truncate, ...enable]
}

/** What the capture of a table follows from. When it is another one, the old log and index are of no use. */
export function captureText(table: CapturedTable): string {
  return [...tableStatements(table), ...functionStatements(table)].join(';\n')
}
