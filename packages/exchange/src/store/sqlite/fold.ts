import { type CapturedTable, indexName, keyNames, logName, matchesKey } from './capture.ts'
import { FORGOTTEN_STAMP } from './meta.ts'
import { Query, quoteName, type SqliteDatabase } from './sqlite-database.ts'

/** The position after which rows get theirs, and the node whose changes they are. */
interface FoldPoint {
  readonly headSeq: number
  readonly origin: string
}

/**
 * Folds the logs into the change index: each row that changed since the last fold gets the next position, and a
 * version above all that it had. Must run in a write transaction. Gives the last position.
 *
 * A position is given here and only here, one fold at a time, so "everything above position N" is exact.
 */
export function fold(
  database: SqliteDatabase,
  tables: readonly CapturedTable[],
  at: FoldPoint,
): number {
  let { headSeq } = at
  for (const table of tables) {
    if (!hasChanges(database, table)) continue
    if (table.hasUniqueExpression) appendVanished(database, table)
    const rowCount = numberRows(database, table)
    new Query(database, enterNumbered(table)).run(headSeq, at.origin)
    database.exec(`DELETE FROM ${numberedName(table)}; DELETE FROM ${logName(table)}`)
    headSeq += rowCount
  }
  return headSeq
}

/** Whether there is anything to fold. What it costs does not depend on the number of rows. */
export function hasUnfolded(database: SqliteDatabase, tables: readonly CapturedTable[]): boolean {
  return tables.some((table) => hasChanges(database, table))
}

/** The tables of which there is something to fold. */
export function unfoldedTables(
  database: SqliteDatabase,
  tables: readonly CapturedTable[],
): readonly CapturedTable[] {
  return tables.filter((table) => hasChanges(database, table))
}

/**
 * Whether a table has changed since the last fold. An eviction that no trigger sees is always by a row that one sees, unless that
 * row's key holds NULL.
 */
function hasChanges(database: SqliteDatabase, table: CapturedTable): boolean {
  if (table.hasUniqueExpression && table.key.some(({ nullable }) => nullable)) return true
  const [lastId = null] = new Query(database, `SELECT max(id) FROM ${logName(table)}`).first() ?? []
  return lastId !== null
}

/**
 * Appends the rows to the log that are in the table no more, and of which the change index does not know it yet: those that
 * `INSERT OR REPLACE` evicted by a unique value that no trigger can compare, an expression. Nobody knows when that was.
 */
export function appendVanished(database: SqliteDatabase, table: CapturedTable): void {
  const keys = keyNames(table).join(', ')
  database.exec(`
    INSERT INTO ${logName(table)} (${keys}, at, evicted)
    SELECT ${keys}, 0, 0 FROM ${indexName(table)} i WHERE gone = 0 AND ${isGone(table, 'i')}`)
}

function isGone(table: CapturedTable, entry: string): string {
  return `NOT EXISTS (SELECT 1 FROM ${quoteName(table.name)} d WHERE ${matchesKey(table, 'd', entry)})`
}

/**
 * Gives each row in the log its position, in the order of the keys, as the grouping gives them: then the fold, who reads the index, and who
 * applies what was read all go through their b-trees from one end to the other. With keys in random order that is half of the cost. Where rows
 * of the table depend on one another, by a unique value or by a reference, they go in the order of their changes, in which they fitted here.
 *
 * The rows are counted by the rowid of a table of their own: a window function takes thrice as long. Gives the number of rows.
 */
function numberRows(database: SqliteDatabase, table: CapturedTable): number {
  const keys = keyNames(table).join(', ')
  const order = dependsOnItself(table) ? 'ORDER BY max(id)' : ''
  // Without types: values come from the log, which has those of the table.
  database.exec(
    `CREATE TABLE IF NOT EXISTS ${numberedName(table)} (place INTEGER PRIMARY KEY, ${keys}, at)`,
  )
  return new Query(
    database,
    `INSERT INTO ${numberedName(table)} (${keys}, at)
     SELECT ${keys}, max(max(at), 1) FROM ${logName(table)} AS l
      WHERE evicted = 0 OR ${isGone(table, 'l')}
      GROUP BY ${keys} ${order}`,
  ).run()
}

/** One for all tables with as many key columns. It is there as long as the connection, and empty but for a fold. */
function numberedName({ key }: CapturedTable): string {
  return `temp.obmen_numbered_${key.length}`
}

/** Enters the numbered rows into the change index. */
function enterNumbered(table: CapturedTable): string {
  const keys = keyNames(table).join(', ')
  return `
    INSERT INTO ${indexName(table)} (${keys}, seq, stamp, origin, via, gone)
    SELECT ${keys}, ?1 + place, ${firstStamp(table)}, ?2, '', ${isGone(table, 'n')} FROM ${numberedName(table)} AS n
     WHERE true ORDER BY place
    ON CONFLICT (${keys}) DO UPDATE SET
      seq = excluded.seq, stamp = max(excluded.stamp, stamp + 1), origin = excluded.origin, via = '',
      gone = excluded.gone, base = CASE WHEN origin = excluded.origin THEN base ELSE stamp END`
}

/** The stamp of a row that the change index may not know: if it forgot that the row was deleted, another node may still know. */
function firstStamp(table: CapturedTable): string {
  const isNew = `NOT EXISTS (SELECT 1 FROM ${indexName(table)} i WHERE ${isEntryOf(table, 'i', 'n')})`
  return `CASE WHEN at <= ${FORGOTTEN_STAMP} AND ${isNew} THEN ${FORGOTTEN_STAMP} + 1 ELSE max(at, 1) END`
}

function isEntryOf(table: CapturedTable, entry: string, row: string): string {
  return keyNames(table)
    .map((key) => `${entry}.${key} = ${row}.${key}`)
    .join(' AND ')
}

function dependsOnItself({ name, uniques, hasUniqueExpression, parents }: CapturedTable): boolean {
  const refersToItself = parents.some((parent) => parent.toLowerCase() === name.toLowerCase())
  return refersToItself || hasUniqueExpression || uniques.length > 0
}

/**
 * Puts the rows into the change index that are in a table and not in it: a program may have written them while triggers were switched
 * off. With the lowest stamp, like rows from before the exchange began. Must run in a write transaction. Gives the
 * last position.
 */
export function enterUnknown(
  database: SqliteDatabase,
  tables: readonly CapturedTable[],
  at: FoldPoint,
): number {
  let { headSeq } = at
  for (const table of tables) {
    const names = keyNames(table).join(', ')
    const keys = table.key.map(({ name }) => `d.${quoteName(name)}`).join(', ')
    headSeq += new Query(
      database,
      `INSERT INTO ${indexName(table)} (${names}, seq, stamp, origin, via, gone)
       SELECT ${keys}, ?1 + row_number() OVER (ORDER BY ${keys}), 0, ?2, '', 0 FROM ${quoteName(table.name)} d
        WHERE ${[
          ...table.key.map(({ name }) => `d.${quoteName(name)} IS NOT NULL`),
          `NOT EXISTS (SELECT 1 FROM ${indexName(table)} i WHERE ${matchesKey(table, 'd', 'i')})`,
        ].join(' AND ')}`,
    ).run(headSeq, at.origin)
  }
  return headSeq
}
