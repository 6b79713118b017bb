import { type CapturedTable, indexName, keyNames, logName, matchesKey } from './capture.ts'
import { FORGOTTEN_STAMP } from './meta.ts'
import { type Connection, quoteName, toNumber } from './postgres-database.ts'
import { tableName } from './user-table.ts'

/** Where the positions of a fold begin, and whose changes they are. */
export interface FoldPosition {
  readonly headSeq: number
  readonly origin: string
}

/**
 * Folds the logs into the change index: each row that changed since the last fold gets the next position, and a version
 * above all that it had. Gives the last position.
 *
 * Must run under the lock of the store, which is held until the commit: a position is given here and only here, one fold at a time. What is
 * not committed when a log is read is not in it, and stays in the log for the next fold; so a position, once it can be seen, has none before
 * it that is still to come.
 */
export async function fold(
  connection: Connection,
  tables: readonly CapturedTable[],
  at: FoldPosition,
): Promise<number> {
  await appendTruncated(connection, tables)
  let { headSeq } = at
  for (const table of await withLog(connection, tables)) {
    await appendUnknown(connection, table)
    headSeq += await foldTable(connection, table, { headSeq, origin: at.origin })
  }
  return headSeq
}

/** Whether there is anything to fold. */
export async function hasUnfolded(
  connection: Connection,
  tables: readonly CapturedTable[],
): Promise<boolean> {
  if ((await connection.first('SELECT 1 FROM obmen_exchange.truncated LIMIT 1')) !== undefined)
    return true
  return (await withLog(connection, tables)).length > 0
}

/** The tables of which there is something to fold. Of one that was emptied, TRUNCATE says it. */
export async function unfoldedTables(
  connection: Connection,
  tables: readonly CapturedTable[],
): Promise<readonly CapturedTable[]> {
  const ids = await connection.all('SELECT DISTINCT table_id FROM obmen_exchange.truncated')
  const emptied = new Set(ids.map(([id]) => toNumber(id)))
  const logged = await withLog(connection, tables)
  return tables.filter((table) => emptied.has(table.id) || logged.includes(table))
}

/** The tables that have something in their log. */
async function withLog(
  connection: Connection,
  tables: readonly CapturedTable[],
): Promise<CapturedTable[]> {
  if (tables.length === 0) return []
  const exist = tables.map((table) => `EXISTS (SELECT 1 FROM ${logName(table)})`)
  const row = await connection.first(`SELECT ${exist.join(', ')}`)
  return tables.filter((_, index) => row?.[index] === 't')
}

/**
 * Folds the log of one table. Gives the number of positions. An entry that is there is updated where it was found: with ON CONFLICT, which has to be ready for other
 * writers, both cases take longer.
 */
export async function foldTable(
  connection: Connection,
  table: CapturedTable,
  at: FoldPosition,
): Promise<number> {
  const names = keyNames(table)
  const keys = names.join(', ')
  const isEntry = names.map((key) => `i.${key} = c.${key}`).join(' AND ')
  const row = await connection.first(
    `WITH taken AS (
       DELETE FROM ${logName(table)} RETURNING ${keys}, at
     ), change AS MATERIALIZED (
       SELECT c.*, $1::bigint + row_number() OVER (ORDER BY ${['at', ...names].map((name) => `c.${name}`).join(', ')}) AS seq,
              ${isGone(table, 'c')} AS gone, i.ctid AS entry
         FROM (SELECT ${keys}, greatest(max(at), 1) AS at FROM taken GROUP BY ${keys}) c
         LEFT JOIN ${indexName(table)} i ON ${isEntry}
     ), renewed AS (
       UPDATE ${indexName(table)} i
          SET seq = c.seq, stamp = greatest(c.at, i.stamp + 1), origin = $2, via = '', gone = c.gone,
              base = CASE WHEN i.origin = $2 THEN i.base ELSE i.stamp END
         FROM change c WHERE i.ctid = c.entry
     ), entered AS (
       INSERT INTO ${indexName(table)} (${keys}, seq, stamp, origin, via, gone)
       SELECT ${keys}, seq, ${FIRST_STAMP}, $2, '', gone FROM change WHERE entry IS NULL
     )
     SELECT count(*) FROM change`,
    at.headSeq,
    at.origin,
  )
  return toNumber(row?.[0])
}

/** The stamp of a row that the change index does not know: if it forgot that the row was deleted, another node may still know. */
const FIRST_STAMP = `greatest(at, ${FORGOTTEN_STAMP} + 1)`

/** TRUNCATE says nothing of the rows: those are meant that the change index knows and the table no longer has. */
async function appendTruncated(
  connection: Connection,
  tables: readonly CapturedTable[],
): Promise<void> {
  const truncated = await connection.all(
    `WITH taken AS (DELETE FROM obmen_exchange.truncated RETURNING table_id, at)
     SELECT table_id, max(at) FROM taken GROUP BY table_id`,
  )
  for (const [id, at] of truncated) {
    const table = tables.find((known) => known.id === toNumber(id))
    if (table !== undefined) await appendVanished(connection, table, toNumber(at))
  }
}

/** Appends the rows to the log that the table no longer has, and of which the change index does not know it yet. */
export async function appendVanished(
  connection: Connection,
  table: CapturedTable,
  at: number,
): Promise<void> {
  const keys = keyNames(table).join(', ')
  await connection.run(
    `INSERT INTO ${logName(table)} (${keys}, at)
     SELECT ${keys}, $1::bigint FROM ${indexName(table)} i WHERE NOT gone AND ${isGone(table, 'i')}`,
    at,
  )
}

/**
 * Where the log has no key for a change, its column had another name at the time: nobody knows which rows those were, so every row counts
 * as changed.
 */
async function appendUnknown(connection: Connection, table: CapturedTable): Promise<void> {
  const isUnknown = keyNames(table).map((key) => `${key} IS NULL`)
  const count = await connection.run(
    `DELETE FROM ${logName(table)} WHERE ${isUnknown.join(' OR ')}`,
  )
  if (count > 0) await appendAll(connection, table)
}

/** Appends every row, present or gone, to the log, without a time. Gives their number. */
export function appendAll(connection: Connection, table: CapturedTable): Promise<number> {
  const names = keyNames(table).join(', ')
  const keys = table.key.map(({ name }) => quoteName(name)).join(', ')
  return connection.run(
    `INSERT INTO ${logName(table)} (${names}, at)
     SELECT k.*, 0 FROM (SELECT ${names} FROM ${indexName(table)} UNION SELECT ${keys} FROM ${tableName(table)}) k`,
  )
}

function isGone(table: CapturedTable, entry: string): string {
  return `NOT EXISTS (SELECT 1 FROM ${tableName(table)} d WHERE ${matchesKey(table, 'd', entry)})`
}

/**
 * Puts the rows into the change index that are in a table and not in it: a program may have written them while triggers were switched
 * off. With the lowest stamp, like rows from before the exchange began. Must run under the lock of the store. Gives
 * the last position.
 */
export async function enterUnknown(
  connection: Connection,
  tables: readonly CapturedTable[],
  at: { readonly headSeq: number; readonly origin: string },
): Promise<number> {
  let { headSeq } = at
  for (const table of tables) {
    const keys = table.key.map(({ name }) => `d.${quoteName(name)}`).join(', ')
    headSeq += await connection.run(
      `INSERT INTO ${indexName(table)} (${keyNames(table).join(', ')}, seq, stamp, origin, via, gone)
       SELECT ${keys}, $1::bigint + row_number() OVER (ORDER BY ${keys}), 0, $2, '', false FROM ${tableName(table)} d
        WHERE NOT EXISTS (SELECT 1 FROM ${indexName(table)} i WHERE ${matchesKey(table, 'd', 'i')})
       ON CONFLICT DO NOTHING`,
      headSeq,
      at.origin,
    )
  }
  return headSeq
}
