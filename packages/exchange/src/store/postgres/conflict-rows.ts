/** Conflicts as rows of `obmen_exchange.conflicts`. */
import { formatTableLine, type TableLine } from '../../message/body-lines.ts'
import { parseNodeCode } from '../../plan/node-code.ts'
import { parseConflictPolicy, parseTableLine } from '../apply/conflict-text.ts'
import type { StoredConflict } from '../apply/resolve-conflict.ts'
import type { Conflict, ConflictRecord } from '../change-store.ts'
import { type Connection, type SqlRow, toBoolean, toNumber, toText } from './postgres-database.ts'

export async function writeConflict(
  connection: Connection,
  conflict: Conflict & { readonly line: TableLine },
): Promise<void> {
  const { table, key, node, line, winner, policy, isOpen, ours, theirs, decidedAt } = conflict
  await connection.run(
    `INSERT INTO obmen_exchange.conflicts
       (table_name, row_key, node, table_line, winner, policy, is_open, ours, theirs, decided_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    table,
    key,
    node,
    formatTableLine(line),
    winner,
    policy,
    String(isOpen),
    ours ?? null,
    theirs ?? null,
    decidedAt,
  )
}

/** All conflicts on record, the newest last. */
export async function readConflicts(connection: Connection): Promise<ConflictRecord[]> {
  const rows = await connection.all(
    `SELECT id, table_name, row_key, node, table_line, winner, policy, is_open, ours, theirs, decided_at
       FROM obmen_exchange.conflicts ORDER BY id`,
  )
  return rows.map(toRecord)
}

/** A conflict with what is needed to write either version; `undefined` when there is none, or its columns are not known. */
export async function readStoredConflict(
  connection: Connection,
  id: number,
): Promise<StoredConflict | undefined> {
  const found = await connection.first(
    'SELECT table_line, row_key, ours, theirs FROM obmen_exchange.conflicts WHERE id = $1',
    id,
  )
  const line = parseTableLine(toText(found?.[0]))
  if (found === undefined || line === undefined) return undefined
  const [, key, ours, theirs] = found
  return { line, key: toText(key), ours: ours ?? undefined, theirs: theirs ?? undefined }
}

export async function closeConflict(
  connection: Connection,
  id: number,
  { winner, nowMs }: { readonly winner: 'ours' | 'theirs'; readonly nowMs: number },
): Promise<void> {
  await connection.run(
    `UPDATE obmen_exchange.conflicts SET winner = $1, policy = 'person', is_open = false, decided_at = $2 WHERE id = $3`,
    winner,
    nowMs,
    id,
  )
}

/** Puts away what was decided before a moment. Gives how many. */
export function clearConflicts(connection: Connection, beforeMs: number): Promise<number> {
  return connection.run(
    'DELETE FROM obmen_exchange.conflicts WHERE NOT is_open AND decided_at < $1',
    beforeMs,
  )
}

/**
 * A site that is never looked after must not fill its disk with records: at most so many decided conflicts are kept, the newest
 * ones. It is a year of thirty a day.
 */
const MAX_DECIDED_CONFLICTS = 10_000

/** Puts the oldest decided conflicts away where there are too many. */
export async function limitConflicts(connection: Connection): Promise<void> {
  await connection.run(
    `DELETE FROM obmen_exchange.conflicts WHERE NOT is_open AND id <= (
       SELECT id FROM obmen_exchange.conflicts WHERE NOT is_open ORDER BY id DESC LIMIT 1 OFFSET $1)`,
    MAX_DECIDED_CONFLICTS,
  )
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
    isOpen: toBoolean(isOpen),
    ours: ours ?? undefined,
    theirs: theirs ?? undefined,
    decidedAt: toNumber(decidedAt),
  }
}
