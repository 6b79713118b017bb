/** Conflicts as rows. */
import { formatTableLine } from '../message/body-lines.ts'
import {
  CHOICE_LENGTH_MIN,
  type ChosenVersion,
  MAX_CHOICES_LENGTH,
} from '../plan/message-header.ts'
import { type NodeCode, parseNodeCode } from '../plan/node-code.ts'
import type { Closing } from './apply/apply-database.ts'
import { parseConflictPolicy, parseTableLine } from './apply/conflict-text.ts'
import type { StoredConflict } from './apply/resolve-conflict.ts'
import {
  type Bookkeeping,
  type BookkeepingRow,
  flagOf,
  numberOf,
  optionalText,
  textOf,
} from './bookkeeping.ts'
import type { ConflictRecord, NewConflict } from './change-store.ts'

export async function writeConflict(
  { tables, run }: Bookkeeping,
  conflict: NewConflict,
): Promise<void> {
  const { table, key, node, line, winner, policy, isOpen, ours, theirs, decidedAt, stamp } =
    conflict
  await run(
    `INSERT INTO ${tables.conflicts}
       (table_name, row_key, node, table_line, winner, policy, is_open, ours, theirs, decided_at, stamp)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)`,
    table,
    key,
    node,
    formatTableLine(line),
    winner,
    policy,
    isOpen,
    ours ?? null,
    theirs ?? null,
    decidedAt,
    stamp,
  )
}

/** All conflicts on record, the newest last. */
export async function readConflicts({ tables, all }: Bookkeeping): Promise<ConflictRecord[]> {
  const rows = await all(
    `SELECT id, table_name, row_key, node, table_line, winner, policy, is_open, ours, theirs, decided_at
       FROM ${tables.conflicts} ORDER BY id`,
  )
  return rows.map(toRecord)
}

/** A conflict with what is needed to write either version; `undefined` when there is none, or its columns are not known. */
export async function readStoredConflict(
  { tables, all }: Bookkeeping,
  id: number,
): Promise<StoredConflict | undefined> {
  const [found] = await all(
    `SELECT table_line, row_key, ours, theirs FROM ${tables.conflicts} WHERE id = ?1`,
    id,
  )
  const line = parseTableLine(textOf(found?.[0]))
  if (found === undefined || line === undefined) return undefined
  const [, key, ours, theirs] = found
  return { line, key: textOf(key), ours: optionalText(ours), theirs: optionalText(theirs) }
}

export async function closeConflict(
  { tables, run }: Bookkeeping,
  id: number,
  { winner, nowMs, stamp, seq }: Closing,
): Promise<void> {
  await run(
    `UPDATE ${tables.conflicts}
        SET winner = ?1, policy = 'person', is_open = false, decided_at = ?2, stamp = ?3, seq = ?4 WHERE id = ?5`,
    winner,
    nowMs,
    stamp,
    seq,
    id,
  )
}

/** What persons have chosen at positions of a range, by the node that the conflict was with: as much for each as a message says. */
export async function readResolutions(
  { tables, all }: Bookkeeping,
  range: { readonly afterSeq: number; readonly throughSeq: number },
): Promise<ReadonlyMap<NodeCode, readonly ChosenVersion[]>> {
  const rows = await all(
    `SELECT node, table_name, row_key, winner, stamp FROM ${tables.conflicts}
      WHERE seq > ?1 AND seq <= ?2 ORDER BY seq`,
    range.afterSeq,
    range.throughSeq,
  )
  const byNode = Map.groupBy(rows, ([node]) => parseNodeCode(textOf(node)))
  return new Map([...byNode].map(([node, own]) => [node, whatFits(own.map(toChosen))]))
}

function toChosen([, table, key, winner, stamp]: BookkeepingRow): ChosenVersion {
  return {
    table: textOf(table),
    key: textOf(key),
    take: winner === 'ours' ? 'ours' : 'theirs',
    stamp: numberOf(stamp),
  }
}

function whatFits(choices: readonly ChosenVersion[]): readonly ChosenVersion[] {
  let left = MAX_CHOICES_LENGTH
  return choices.filter(({ table, key }) => {
    left -= CHOICE_LENGTH_MIN + table.length + key.length
    return left >= 0
  })
}

/** Closes open conflicts with a node that were decided there. One that came up after the choice stays open. */
export async function acceptResolutions(
  { tables, run }: Bookkeeping,
  from: NodeCode,
  {
    resolutions,
    nowMs,
  }: { readonly resolutions: readonly ChosenVersion[]; readonly nowMs: number },
): Promise<void> {
  for (const { table, key, take, stamp } of resolutions) {
    await run(
      `UPDATE ${tables.conflicts} SET winner = ?1, policy = 'person', is_open = false, decided_at = ?2
        WHERE is_open AND node = ?3 AND table_name = ?4 AND row_key = ?5 AND stamp < ?6`,
      take === 'ours' ? 'theirs' : 'ours',
      nowMs,
      from,
      table,
      key,
      stamp,
    )
  }
}

/** A choice that the other node does not know yet goes away with its record: such a record stays. */
function isSettled({ conflicts, nodes }: Bookkeeping['tables']): string {
  return `NOT is_open AND (seq IS NULL OR seq <= coalesce(
    (SELECT acknowledged_seq FROM ${nodes} WHERE code = ${conflicts}.node), seq))`
}

/** Puts away what was decided before a moment. Gives how many. */
export function clearConflicts({ tables, run }: Bookkeeping, beforeMs: number): Promise<number> {
  return run(
    `DELETE FROM ${tables.conflicts} WHERE ${isSettled(tables)} AND decided_at < ?1`,
    beforeMs,
  )
}

/**
 * A site that is never looked after must not fill its disk with records: at most so many decided conflicts are kept, the newest
 * ones. It is a year of thirty a day.
 */
const MAX_DECIDED_CONFLICTS = 10_000

/** Puts the oldest decided conflicts away where there are too many. */
export async function limitConflicts({ tables, run }: Bookkeeping): Promise<void> {
  await run(
    `DELETE FROM ${tables.conflicts} WHERE ${isSettled(tables)} AND id <= (
       SELECT id FROM ${tables.conflicts} WHERE NOT is_open ORDER BY id DESC LIMIT 1 OFFSET ?1)`,
    MAX_DECIDED_CONFLICTS,
  )
}

function toRecord(row: BookkeepingRow): ConflictRecord {
  const [id, table, key, node, tableLine, winner, policy, isOpen, ours, theirs, decidedAt] = row
  return {
    id: numberOf(id),
    table: textOf(table),
    key: textOf(key),
    node: parseNodeCode(textOf(node)),
    columns: parseTableLine(textOf(tableLine))?.columns.map(({ name }) => name) ?? [],
    winner: winner === 'ours' || winner === 'merged' ? winner : 'theirs',
    policy: parseConflictPolicy(textOf(policy)),
    isOpen: flagOf(isOpen),
    ours: optionalText(ours),
    theirs: optionalText(theirs),
    decidedAt: numberOf(decidedAt),
  }
}
