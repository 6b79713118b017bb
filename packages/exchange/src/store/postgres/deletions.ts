/**
 * What is kept of deleted rows, and for how long: as long as backups are likely to be used, in days on which there was an exchange. The greatest
 * stamp among those that are gone stays: another node may still know of the deletion when the row is entered here again, by a clock that is behind that stamp.
 */
import { indexName, keyNames } from './capture.ts'
import { readHeadSeq, writeForgottenStamp } from './meta.ts'
import { type Connection, toNumber } from './postgres-database.ts'
import type { RuledTable } from './ruled-table.ts'
import { shareName } from './share.ts'
import { WAITING } from './waiting-share.ts'

const DAY_MS = 24 * 3600 * 1000

/** Whether a day has passed since the last one that was recorded, by a clock that may have been set back. */
export async function isNewDay(connection: Connection, nowMs: number): Promise<boolean> {
  const last = await connection.first('SELECT at FROM obmen_exchange.days ORDER BY id DESC LIMIT 1')
  return last === undefined || Math.abs(nowMs - toNumber(last[0])) >= DAY_MS
}

/** Records a day, and removes the entries that are old enough. Gives their number. Must run under the lock of the store. */
export async function endDay(
  connection: Connection,
  tables: readonly RuledTable[],
  { nowMs, keepDays }: { readonly nowMs: number; readonly keepDays: number },
): Promise<number> {
  await connection.run(
    'INSERT INTO obmen_exchange.days (at, seq) VALUES ($1, $2)',
    nowMs,
    await readHeadSeq(connection),
  )
  const horizon = await connection.first(
    'SELECT id, seq FROM obmen_exchange.days ORDER BY id DESC LIMIT 1 OFFSET $1',
    keepDays,
  )
  if (horizon === undefined) return 0
  const [id, seq] = horizon
  await connection.run('DELETE FROM obmen_exchange.days WHERE id < $1', toNumber(id))
  const throughSeq = Math.min(toNumber(seq), await readAcknowledgedByAll(connection))
  let purged = 0
  for (const table of tables) purged += await purge(connection, table, throughSeq)
  return purged
}

/** A node whose letters wait for missing ones may have written them before it knew of a deletion: it has acknowledged nothing yet. */
const ACKNOWLEDGED = 'CASE gap_before WHEN 0 THEN acknowledged_seq ELSE 0 END'

async function readAcknowledgedByAll(connection: Connection): Promise<number> {
  const [acknowledged = null] =
    (await connection.first(`SELECT min(${ACKNOWLEDGED}) FROM obmen_exchange.nodes`)) ?? []
  return acknowledged === null ? Number.MAX_SAFE_INTEGER : toNumber(acknowledged)
}

async function purge(
  connection: Connection,
  table: RuledTable,
  throughSeq: number,
): Promise<number> {
  const [purged = null, stamp = null] =
    (await connection.first(
      `WITH old AS (DELETE FROM ${indexName(table)} WHERE gone AND seq <= $1::bigint
         AND ${isKnownByParts(table)} RETURNING stamp)
       SELECT count(*), max(stamp) FROM old`,
      throughSeq,
    )) ?? []
  if (stamp === null) return 0
  await writeForgottenStamp(connection, toNumber(stamp))
  if (table.condition !== undefined) {
    const isEntry = keyNames(table).map((key) => `i.${key} = s.${key}`)
    await connection.exec(
      `DELETE FROM ${shareName(table)} s
        WHERE s.seq <> ${WAITING}
          AND NOT EXISTS (SELECT 1 FROM ${indexName(table)} i WHERE ${isEntry.join(' AND ')})`,
    )
  }
  return toNumber(purged)
}

/** A node to which a table goes in parts is told of a deletion at a position of its own, which may be a later one. */
function isKnownByParts(table: RuledTable): string {
  if (table.condition === undefined) return 'true'
  const keys = keyNames(table).join(', ')
  return `(${keys}) NOT IN (
    SELECT ${keys} FROM obmen_exchange.nodes JOIN ${shareName(table)} ON node = code
     WHERE seq > ${ACKNOWLEDGED})`
}
