/**
 * Puts log, index and triggers of capture.ts in place, tells whether they are as they should be, and mends them.
 */
import {
  type CapturedTable,
  evictionStatements,
  fromTable,
  indexName,
  keyNames,
  logName,
  NOW_MS,
  tableStatements,
  triggerStatements,
} from './capture.ts'
import { appendVanished } from './fold.ts'
import { removeShares } from './share.ts'
import { Query, quoteName, type SqliteDatabase, toNumber, toText } from './sqlite-database.ts'

/** Where a table's rows begin in the change index, and whose they are. */
export interface Registration {
  readonly headSeq: number
  readonly origin: string
}

/** What {@link repairCapture} did. */
export interface Repair {
  /** How many rows count as changed. */
  readonly rowCount: number
  /** How many positions of the change index were given out; the fold gives the others. */
  readonly positions: number
}

/**
 * Makes log, index and triggers of a table that joins the plan, and puts every row that is there into the change index
 * after `headSeq`, with the lowest stamp: what was entered before the exchange began gives way to whatever is entered
 * later, anywhere. Gives the number of rows.
 */
export function installCapture(
  database: SqliteDatabase,
  table: CapturedTable,
  registration: Registration & { readonly stamp?: number },
): number {
  const statements = [
    ...tableStatements(table),
    ...triggerStatements(table),
    ...evictionStatements(table),
  ]
  for (const statement of statements) database.exec(statement)
  recordCapture(database, table)
  const { headSeq, origin, stamp = 0 } = registration
  const keys = table.key.map(({ name }) => quoteName(name)).join(', ')
  return new Query(
    database,
    `INSERT INTO ${indexName(table)} (${keyNames(table).join(', ')}, seq, stamp, origin, via, gone)
     SELECT ${keys}, ? + row_number() OVER (ORDER BY ${keys}), ?, ?, '', 0 ${fromTable(table)}`,
  ).run(headSeq, BigInt(stamp), origin)
}

/**
 * Makes the triggers anew and appends every row, present or gone, to the log: nobody knows which of them changed while
 * triggers were missing, nor when. So the fold gives each a version just above the one it had: a change that was missed
 * travels, and what was really entered elsewhere meanwhile wins over a row that did not change. When the primary key
 * itself has changed, nothing of the old index can be kept.
 */
export function repairCapture(
  database: SqliteDatabase,
  table: CapturedTable,
  registration: Registration,
): Repair {
  const [logStatement = '', indexStatement = '', ...more] = tableStatements(table)
  if (!isInSchema(database, indexStatement)) {
    const stamp = stampAboveAll(database, table)
    removeCapture(database, table.id)
    const rowCount = installCapture(database, table, { ...registration, stamp })
    return { rowCount, positions: rowCount }
  }
  dropTriggers(database, `obmen_${table.id}_`)
  if (!isInSchema(database, logStatement)) {
    database.exec(`DROP TABLE IF EXISTS ${logName(table)}; ${logStatement}`)
  }
  for (const statement of more) {
    if (!isInSchema(database, statement)) database.exec(statement)
  }
  for (const statement of triggerStatements(table)) database.exec(statement)
  for (const statement of evictionStatements(table)) database.exec(statement)
  recordCapture(database, table)
  return { rowCount: appendAll(database, table), positions: 0 }
}

function appendAll(database: SqliteDatabase, table: CapturedTable): number {
  const names = keyNames(table).join(', ')
  const keys = table.key.map(({ name }) => quoteName(name)).join(', ')
  return new Query(
    database,
    `INSERT INTO ${logName(table)} (${names}, at, evicted)
     SELECT *, 0, 0 FROM (SELECT ${names} FROM ${indexName(table)} UNION SELECT ${keys} ${fromTable(table)})`,
  ).run()
}

/**
 * A stamp above every version that this node has seen of a table whose index can't be kept: with a lower one its rows
 * would lose to what other nodes know already. Zero as long as nothing was exchanged.
 */
function stampAboveAll(database: SqliteDatabase, table: CapturedTable): number {
  const hasExchanged = new Query(
    database,
    'SELECT 1 FROM obmen_node WHERE sent_no > 0 OR received_no > 0',
  )
  if (hasExchanged.first() === undefined) return 0
  const index = new Query(database, 'SELECT 1 FROM sqlite_schema WHERE name = ?')
  const stamp =
    index.first(indexName(table)) === undefined
      ? `SELECT ${NOW_MS}`
      : `SELECT coalesce(max(stamp), 0) + 1 FROM ${indexName(table)}`
  return toNumber(new Query(database, stamp).first()?.[0])
}

function recordCapture(database: SqliteDatabase, table: CapturedTable): void {
  new Query(
    database,
    'INSERT OR REPLACE INTO obmen_table (id, name, capture) VALUES (?, ?, ?)',
  ).run(BigInt(table.id), table.name, captureText(table))
}

function captureText(table: CapturedTable): string {
  return [...tableStatements(table), ...triggerStatements(table)].join(';\n')
}

/**
 * Takes log and triggers of a table away that leaves the plan. The versions of its rows stay: when it comes back, with
 * none its rows would lose to what the other nodes know already. See {@link findFormer}.
 */
export function retireCapture(database: SqliteDatabase, id: number): void {
  dropTriggers(database, `obmen_${id}_`)
  database.exec(`DROP TABLE IF EXISTS obmen_log_${id}`)
  database.exec(`UPDATE obmen_table SET capture = '' WHERE id = ${id}`)
}

/** The number of a table of this name that has left the plan. */
export function findFormer(database: SqliteDatabase, name: string): number | undefined {
  const former = new Query(database, `SELECT id FROM obmen_table WHERE name = ? AND capture = ''`)
  const row = former.first(name)
  return row === undefined ? undefined : toNumber(row[0])
}

/** Takes log, index and triggers away. */
export function removeCapture(database: SqliteDatabase, id: number): void {
  dropTriggers(database, `obmen_${id}_`)
  database.exec(`DROP TABLE IF EXISTS obmen_log_${id}; DROP TABLE IF EXISTS obmen_index_${id}`)
  removeShares(database, id)
  database.exec(`DELETE FROM obmen_table WHERE id = ${id}`)
}

/**
 * Makes the eviction triggers anew, after a UNIQUE index has come or gone, and registers what was evicted before they were
 * there. Must run in a write transaction.
 */
export function replaceEvictionTriggers(database: SqliteDatabase, table: CapturedTable): void {
  dropTriggers(database, `obmen_${table.id}_evict_`)
  for (const statement of evictionStatements(table)) database.exec(statement)
  appendVanished(database, table)
}

function dropTriggers(database: SqliteDatabase, prefix: string): void {
  const triggers = new Query(
    database,
    `SELECT name FROM sqlite_schema WHERE type = 'trigger' AND substr(name, 1, ?) = ?`,
  ).all(BigInt(prefix.length), prefix)
  for (const [name] of triggers) database.exec(`DROP TRIGGER ${quoteName(toText(name))}`)
}

function isInSchema(database: SqliteDatabase, statement: string): boolean {
  const found = new Query(database, `SELECT 1 FROM sqlite_schema WHERE replace(sql, ?, '') = ?`)
  return found.first(NAMED_BINARY, statement) !== undefined
}

/** So log and index named the collation that they would have anyway, when the first databases were prepared: they are what they should be. */
const NAMED_BINARY = ' COLLATE "BINARY"'

function withoutBinary(statements: string): string {
  return statements.replaceAll(NAMED_BINARY, '')
}

/**
 * `disturbed`: changes may have been missed. `outdated`: only the eviction triggers are not those of the unique values
 * that the table has now, so {@link replaceEvictionTriggers} is all it takes.
 */
export type CaptureState = 'intact' | 'outdated' | 'disturbed'

/** Compares log, index and triggers with what {@link installCapture} makes for each table as it is now. */
export class CaptureInspector {
  readonly #statements: ReadonlySet<string>
  readonly #recorded: ReadonlyMap<number, string>
  readonly #evictionCounts = new Map<number, number>()

  /** Reads the schema once for all tables: it has ten statements for each of them. */
  constructor(database: SqliteDatabase) {
    const statements = new Query(database, 'SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL')
    this.#statements = new Set(
      statements.all().map(([sql]) => {
        const statement = toText(sql)
        return statement.startsWith('CREATE TABLE obmen_') ? withoutBinary(statement) : statement
      }),
    )
    const recorded = new Query(database, 'SELECT id, capture FROM obmen_table').all()
    this.#recorded = new Map(recorded.map(([id, text]) => [toNumber(id), toText(text)]))
    for (const statement of this.#statements) {
      const id = /^CREATE TRIGGER "?obmen_(\d+)_evict_/.exec(statement)?.[1]
      if (id !== undefined) {
        this.#evictionCounts.set(Number(id), (this.#evictionCounts.get(Number(id)) ?? 0) + 1)
      }
    }
  }

  stateOf(table: CapturedTable): CaptureState {
    const needed = [...tableStatements(table), ...triggerStatements(table)]
    const isComplete = needed.every((statement) => this.#statements.has(statement))
    const recorded = this.#recorded.get(table.id) ?? ''
    const isAsRecorded = withoutBinary(recorded) === withoutBinary(captureText(table))
    if (!isComplete || !isAsRecorded) return 'disturbed'
    const evictions = evictionStatements(table)
    const areEvictionsCurrent =
      evictions.every((statement) => this.#statements.has(statement)) &&
      evictions.length === (this.#evictionCounts.get(table.id) ?? 0)
    return areEvictionsCurrent ? 'intact' : 'outdated'
  }
}
