/** Rows that a node has in a version which waits here. */
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import { compareVersions } from '../../plan/row-version.ts'
import type { WaitingRow } from '../apply/waiting-row.ts'
import { indexName, keyNames } from './capture.ts'
import { readRefused } from './refused-rows.ts'
import type { RuledTable } from './ruled-table.ts'
import { Query, type SqliteDatabase, toNumber, toText } from './sqlite-database.ts'

/** The entry of a row that came from a node has no position before `settleHeld` gives it one. */
export const NO_POSITION = 0n

/**
 * The position of a row that a node has in a version which waits here. What is here is older, and the node would not take it: neither is it
 * offered nor taken for what the node has, before the row here is a newer one than what waits.
 */
export const WAITING = -1n

/** The share of a node in a table. */
interface Held {
  readonly table: RuledTable
  readonly share: string
  readonly node: NodeCode
}

/** What waits may have come from another node since: then the node may have been told what is here. */
export function holdWaiting(
  database: SqliteDatabase,
  held: Held,
  waiting: readonly WaitingRow[],
): void {
  new Query(
    database,
    `UPDATE ${held.share} SET seq = ${NO_POSITION} WHERE node = ? AND seq = ${WAITING}`,
  ).run(held.node)
  hold(database, held, { waiting, orWhere: `seq = ${NO_POSITION}` })
}

/**
 * Extends a share, but says nothing of a row that is not the node's, while one that is newer waits: the node may have that one, or what waited before it,
 * and would not let it go for what is here. A node whose row waits is told nothing of it at all. Gives what extending gave.
 */
export function extendBesideWaiting<Result>(
  database: SqliteDatabase,
  held: Held,
  extend: () => Result,
): Result {
  const waiting = newerWaiting(database, held)
  const result = extend()
  hold(database, held, { waiting, orWhere: 'is_in = 0' })
  return result
}

/** The rows that wait, and are newer than what is here, of those that the node counts as having. */
function newerWaiting(database: SqliteDatabase, { table, share, node }: Held): WaitingRow[] {
  const first = new Query(database, 'SELECT 1 FROM obmen_refused WHERE table_name = ? LIMIT 1')
  if (first.first(table.name) === undefined) return []
  const keys = keyNames(table)
  const isEntry = keys.map((key) => `i.${key} = s.${key}`).join(' AND ')
  const isKey = keys.map((key) => `s.${key} = ?`).join(' AND ')
  const here = new Query(
    database,
    `SELECT i.stamp, i.origin FROM ${share} s JOIN ${indexName(table)} i ON ${isEntry}
      WHERE s.node = ? AND s.is_in = 1 AND ${isKey}`,
  )
  return readRefused(database).filter((waiting) => {
    const { row } = waiting
    if (!isOf(table, waiting)) return false
    const [stamp, origin] = here.first(node, ...row.values.slice(0, keys.length)) ?? []
    if (stamp === undefined || origin === undefined) return false
    const version = { stamp: toNumber(stamp), origin: parseNodeCode(toText(origin)) }
    return compareVersions(row, version) > 0
  })
}

/** Those that came from the node itself, and of the others those for which the condition holds. */
function hold(
  database: SqliteDatabase,
  { table, share, node }: Held,
  { waiting, orWhere }: { readonly waiting: readonly WaitingRow[]; readonly orWhere: string },
): void {
  const keys = keyNames(table)
  const isKey = keys.map((key) => `${key} = ?`).join(' AND ')
  const statement = new Query(
    database,
    `UPDATE ${share} SET seq = ${WAITING}, is_in = 1 WHERE node = ? AND ${isKey} AND (${orWhere} OR node = ?)`,
  )
  for (const { row, via } of waiting.filter((one) => isOf(table, one))) {
    statement.run(node, ...row.values.slice(0, keys.length), via)
  }
}

function isOf(table: RuledTable, { table: line, row }: WaitingRow): boolean {
  return line.table === table.name && row.kind === 'row'
}
