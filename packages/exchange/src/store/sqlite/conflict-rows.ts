/** Conflicts as rows of `obmen_conflict`. */
import { formatTableLine, type TableLine } from '../../message/body-lines.ts'
import { parseNodeCode } from '../../plan/node-code.ts'
import { parseConflictPolicy, parseTableLine } from '../apply/conflict-text.ts'
import type { StoredConflict } from '../apply/resolve-conflict.ts'
import type { Conflict, ConflictRecord } from '../change-store.ts'
import { Query, type SqliteDatabase, type SqlRow, toNumber, toText } from './sqlite-database.ts'

export function writeConflict(
  database: SqliteDatabase,
  conflict: Conflict & { readonly line: TableLine },
): void {
  const { table, key, node, line, winner, policy, isOpen, ours, theirs, decidedAt } = conflict
  new Query(
    database,
    `INSERT INTO obmen_conflict
       (table_name, row_key, node, table_line, winner, policy, is_open, ours, theirs, decided_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
  { winner, nowMs }: { readonly winner: 'ours' | 'theirs'; readonly nowMs: number },
): void {
  new Query(
    database,
    `UPDATE obmen_conflict SET winner = ?, policy = 'person', is_open = 0, decided_at = ? WHERE id = ?`,
  ).run(winner, BigInt(nowMs), id)
}

/** Puts away what was decided before a moment. Gives how many. */
export function clearConflicts(database: SqliteDatabase, beforeMs: number): number {
  const clear = new Query(
    database,
    'DELETE FROM obmen_conflict WHERE is_open = 0 AND decided_at < ?',
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
    `DELETE FROM obmen_conflict WHERE is_open = 0 AND id <= (
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
