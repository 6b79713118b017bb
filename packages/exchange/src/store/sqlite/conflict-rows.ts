/** Conflicts as rows of `obmen_conflict`. */
import { formatTableLine } from '../../message/body-lines.ts'
import type { ChosenVersion } from '../../plan/message-header.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import { parseConflictPolicy, parseTableLine } from '../apply/conflict-text.ts'
import type { StoredConflict } from '../apply/resolve-conflict.ts'
import type { Closing } from '../apply/apply-database.ts'
import type { ConflictRecord, NewConflict } from '../change-store.ts'
import { Query, type SqliteDatabase, type SqlRow, toNumber, toText } from './sqlite-database.ts'

export function writeConflict(database: SqliteDatabase, conflict: NewConflict): void {
  const { table, key, node, line, winner, policy, isOpen, ours, theirs, decidedAt, stamp } =
    conflict
  new Query(
    database,
    `INSERT INTO obmen_conflict
       (table_name, row_key, node, table_line, winner, policy, is_open, ours, theirs, decided_at, stamp)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    table,
    key,
    node,
    formatTableLine(line),
    winner,
    policy,
    isOpen ? 1 : 0,
    ours ?? null,
    theirs ?? null,
    BigInt(decidedAt),
    BigInt(stamp),
  )
}

/** All conflicts on record, the newest last. */
export function readConflicts(database: SqliteDatabase): ConflictRecord[] {
  const rows = new Query(
    database,
    `SELECT id, table_name, row_key, node, table_line, winner, policy, is_open, ours, theirs, decided_at
       FROM obmen_conflict ORDER BY id`,
  )
  return rows.all().map(toRecord)
}

/** A conflict with what is needed to write either version; `undefined` when there is none, or its columns are not known. */
export function readStoredConflict(
  database: SqliteDatabase,
  id: number,
): StoredConflict | undefined {
  const found = new Query(
    database,
    'SELECT table_line, row_key, ours, theirs FROM obmen_conflict WHERE id = ?',
  ).first(id)
  const line = parseTableLine(toText(found?.[0]))
  if (found === undefined || line === undefined) return undefined
  const [, key, ours, theirs] = found
  return {
    line,
    key: toText(key),
    ours: ours === null ? undefined : toText(ours),
    theirs: theirs === null ? undefined : toText(theirs),
  }
}

export function closeConflict(
  database: SqliteDatabase,
  id: number,
  { winner, nowMs, stamp, seq }: Closing,
): void {
  new Query(
    database,
    `UPDATE obmen_conflict SET winner = ?, policy = 'person', is_open = 0, decided_at = ?, stamp = ?, seq = ? WHERE id = ?`,
  ).run(winner, BigInt(nowMs), BigInt(stamp), BigInt(seq), id)
}

/** What persons have chosen at positions of a range, by the node that the conflict was with. */
export function readResolutions(
  database: SqliteDatabase,
  range: { readonly afterSeq: number; readonly throughSeq: number },
): ReadonlyMap<NodeCode, readonly ChosenVersion[]> {
  const rows = new Query(
    database,
    'SELECT node, table_name, row_key, winner, stamp FROM obmen_conflict WHERE seq > ? AND seq <= ? ORDER BY seq',
  ).all(BigInt(range.afterSeq), BigInt(range.throughSeq))
  const byNode = Map.groupBy(rows, ([node]) => parseNodeCode(toText(node)))
  return new Map(
    [...byNode].map(([node, own]) => [
      node,
      own.map(([, table, key, winner, stamp]) => ({
        table: toText(table),
        key: toText(key),
        take: winner === 'ours' ? ('ours' as const) : ('theirs' as const),
        stamp: toNumber(stamp),
      })),
    ]),
  )
}

/** Closes open conflicts with a node that were decided there. One that came up after the choice stays open. */
export function acceptResolutions(
  database: SqliteDatabase,
  from: NodeCode,
  {
    resolutions,
    nowMs,
  }: { readonly resolutions: readonly ChosenVersion[]; readonly nowMs: number },
): void {
  const close = new Query(
    database,
    `UPDATE obmen_conflict SET winner = ?, policy = 'person', is_open = 0, decided_at = ?
      WHERE is_open = 1 AND node = ? AND table_name = ? AND row_key = ? AND stamp < ?`,
  )
  for (const { table, key, take, stamp } of resolutions) {
    const winner = take === 'ours' ? 'theirs' : 'ours'
    close.run(winner, BigInt(nowMs), from, table, key, BigInt(stamp))
  }
}

/** A choice that the other node does not know yet goes away with its record: such a record stays. */
const IS_SETTLED = `is_open = 0 AND (seq IS NULL OR seq <= coalesce(
  (SELECT acknowledged_seq FROM obmen_node WHERE code = node), seq))`

/** Puts away what was decided before a moment. Gives how many. */
export function clearConflicts(database: SqliteDatabase, beforeMs: number): number {
  const clear = new Query(
    database,
    `DELETE FROM obmen_conflict WHERE ${IS_SETTLED} AND decided_at < ?`,
  )
  return clear.run(BigInt(beforeMs))
}

/**
 * A site that is never looked after must not fill its disk with records: at most so many decided conflicts are kept, the newest
 * ones. It is a year of thirty a day.
 */
const MAX_DECIDED_CONFLICTS = 10_000

/** Puts the oldest decided conflicts away where there are too many. */
export function limitConflicts(database: SqliteDatabase): void {
  new Query(
    database,
    `DELETE FROM obmen_conflict WHERE ${IS_SETTLED} AND id <= (
       SELECT id FROM obmen_conflict WHERE is_open = 0 ORDER BY id DESC LIMIT 1 OFFSET ?)`,
  ).run(MAX_DECIDED_CONFLICTS)
}

function toRecord(row: SqlRow): ConflictRecord {
  const [id, table, key, node, tableLine, winner, policy, isOpen, ours, theirs, decidedAt] = row
  return {
    id: toNumber(id),
    table: toText(table),
    key: toText(key),
    node: parseNodeCode(toText(node)),
    columns: parseTableLine(toText(tableLine))?.columns.map(({ name }) => name) ?? [],
    winner: winner === 'ours' || winner === 'merged' ? winner : 'theirs',
    policy: parseConflictPolicy(toText(policy)),
    isOpen: toNumber(isOpen) === 1,
    ours: ours === null ? undefined : toText(ours),
    theirs: theirs === null ? undefined : toText(theirs),
    decidedAt: toNumber(decidedAt),
  }
}
