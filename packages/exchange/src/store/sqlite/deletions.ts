/**
 * What is kept of deleted rows, and for how long.
 *
 * The entry of a deleted row keeps an older version of it, that comes late, from being taken for a new row. When every node has
 * acknowledged the deletion, only a node that was restored from a backup could still have such a version, so entries stay for as
 * long as backups are likely to be used. Their age is counted in days on which there was an exchange: a clock that jumps by years
 * adds one day.
 *
 * The greatest stamp among those that are gone stays: another node may still know of the deletion when the row is entered here
 * again, by a clock that is behind that stamp. A row of a node that was never told comes with a stamp of its own all the same: who still knows
 * of the deletion gives it up then, see docs/decisions/026-a-deletion-that-others-have-forgotten.md.
 */
import { indexName, keyNames } from './capture.ts'
import { readHeadSeq, writeForgottenStamp } from './meta.ts'
import type { RuledTable } from './ruled-table.ts'
import { shareName } from './share.ts'
import { WAITING } from './waiting-share.ts'
import { Query, type SqliteDatabase, toNumber } from './sqlite-database.ts'

const DAY_MS = 24 * 3600 * 1000

/** Whether a day has passed since the last one that was recorded, by a clock that may have been set back. */
export function isNewDay(database: SqliteDatabase, nowMs: number): boolean {
  // With the greatest id SQLite gives the other columns of its row, and looks at no other row.
  const [id = null, at] = new Query(database, 'SELECT max(id), at FROM obmen_day').first() ?? []
  return id === null || Math.abs(nowMs - toNumber(at)) >= DAY_MS
}

/** Records a day, and removes the entries that are old enough. Gives their number. Must run in a write transaction. */
export function endDay(
  database: SqliteDatabase,
  tables: readonly RuledTable[],
  { nowMs, keepDays }: { readonly nowMs: number; readonly keepDays: number },
): number {
  const add = new Query(database, 'INSERT INTO obmen_day (at, seq) VALUES (?, ?)')
  add.run(BigInt(nowMs), BigInt(readHeadSeq(database)))
  const horizon = new Query(
    database,
    'SELECT id, seq FROM obmen_day ORDER BY id DESC LIMIT 1 OFFSET ?',
  ).first(BigInt(keepDays))
  if (horizon === undefined) return 0
  const [id = null, seq = null] = horizon
  new Query(database, 'DELETE FROM obmen_day WHERE id < ?').run(id)
  const throughSeq = Math.min(toNumber(seq), readAcknowledgedByAll(database))
  return tables.reduce((sum, table) => sum + purge(database, table, throughSeq), 0)
}

/** A node whose letters wait for missing ones may have written them before it knew of a deletion: it has acknowledged nothing yet. */
const ACKNOWLEDGED = 'CASE gap_before WHEN 0 THEN acknowledged_seq ELSE 0 END'

function readAcknowledgedByAll(database: SqliteDatabase): number {
  const [acknowledged = null] =
    new Query(database, `SELECT min(${ACKNOWLEDGED}) FROM obmen_node`).first() ?? []
  return acknowledged === null ? Number.MAX_SAFE_INTEGER : toNumber(acknowledged)
}

function purge(database: SqliteDatabase, table: RuledTable, throughSeq: number): number {
  const isOld = `WHERE gone = 1 AND seq <= ? AND ${isKnownByParts(table)}`
  const old = BigInt(throughSeq)
  const newest = `SELECT max(stamp) FROM ${indexName(table)} ${isOld}`
  const [stamp = null] = new Query(database, newest).first(old) ?? []
  if (stamp === null) return 0
  writeForgottenStamp(database, toNumber(stamp))
  const purged = new Query(database, `DELETE FROM ${indexName(table)} ${isOld}`).run(old)
  if (table.condition !== undefined) {
    const isEntry = keyNames(table)
      .map((key) => `i.${key} = s.${key}`)
      .join(' AND ')
    database.exec(
      `DELETE FROM ${shareName(table)} AS s
        WHERE s.seq <> ${WAITING} AND NOT EXISTS (SELECT 1 FROM ${indexName(table)} i WHERE ${isEntry})`,
    )
  }
  return purged
}

/** A node to which a table goes in parts is told of a deletion at a position of its own, which may be a later one. */
function isKnownByParts(table: RuledTable): string {
  if (table.condition === undefined) return 'true'
  const keys = keyNames(table).join(', ')
  return `(${keys}) NOT IN (
    SELECT ${keys} FROM obmen_node JOIN ${shareName(table)} ON node = code
     WHERE seq > ${ACKNOWLEDGED})`
}
