/** Rows that a node has in a version which waits here. */
import type { RowLine } from '../../message/body-lines.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import { compareVersions, type RowVersion } from '../../plan/row-version.ts'
import type { WaitingRow } from '../apply/waiting-row.ts'
import { indexName, keyNames } from './capture.ts'
import { ColumnSet } from './column-set.ts'
import { type Connection, toNumber, toText } from './postgres-database.ts'
import { numbered, rowsFrom, writeColumn } from './row-batch.ts'
import type { RuledTable } from './ruled-table.ts'
import { readWaiting } from './waiting-rows.ts'

/** The entry of a row that came from a node has no position before `settleHeld` gives it one. */
export const NO_POSITION = 0

/**
 * The position of a row that a node has in a version which waits here. What is here is older, and the node would not take it: neither is it
 * offered nor taken for what the node has, before the row here is a newer one than what waits.
 */
export const WAITING = -1

/** The share of a node in a table. */
interface Held {
  readonly table: RuledTable
  readonly share: string
  readonly node: NodeCode
}

/** What waits may have come from another node since: then the node may have been told what is here. */
export async function holdWaiting(
  connection: Connection,
  held: Held,
  waiting: readonly WaitingRow[],
): Promise<void> {
  await connection.run(
    `UPDATE ${held.share} SET seq = ${NO_POSITION} WHERE node = $1 AND seq = ${WAITING}`,
    held.node,
  )
  await hold(connection, held, { waiting, orWhere: `seq = ${NO_POSITION}` })
}

/**
 * Extends a share, but says nothing of a row that is not the node's, while one that is newer waits: the node may have that one, or what waited before it,
 * and would not let it go for what is here. A node whose row waits is told nothing of it at all. Gives what extending gave.
 */
export async function extendBesideWaiting<Result>(
  connection: Connection,
  held: Held,
  extend: () => Promise<Result>,
): Promise<Result> {
  const waiting = await newerWaiting(connection, held)
  const result = await extend()
  await hold(connection, held, { waiting, orWhere: 'NOT is_in' })
  return result
}

/** The rows that wait, and are newer than what is here, of those that the node counts as having. */
async function newerWaiting(connection: Connection, held: Held): Promise<readonly WaitingRow[]> {
  const { table, share, node } = held
  const first = 'SELECT 1 FROM obmen_exchange.refused WHERE table_name = $1 LIMIT 1'
  if ((await connection.first(first, table.name)) === undefined) return []
  const waiting = (await readWaiting(connection)).filter((row) => isOf(table, row))
  const rows = waiting.map(({ row }) => row)
  const keys = keyNames(table)
  const values = table.key.map((column, index) => `${writeColumn(column, index)} AS ${keys[index]}`)
  const isRow = (name: string): string =>
    keys.map((key) => `${name}.${key} = w.${key}`).join(' AND ')
  const set = new ColumnSet(table, table.key)
  const here = new Map<RowLine, RowVersion>()
  const look = async (exact: readonly RowLine[]): Promise<void> => {
    const found = await connection.all(
      `SELECT w.n, i.stamp, i.origin FROM (SELECT v.n, ${values.join(', ')} FROM ${rowsFrom(keys.length, 2)}) w
         JOIN ${share} s ON ${isRow('s')} JOIN ${indexName(table)} i ON ${isRow('i')}
        WHERE s.node = $1 AND s.is_in`,
      node,
      ...set.texts.bind(exact, keys.length),
    )
    for (const [n, stamp, origin] of found) {
      const row = exact[toNumber(n) - 1]
      const version = { stamp: toNumber(stamp), origin: parseNodeCode(toText(origin)) }
      if (row !== undefined) here.set(row, version)
    }
  }
  await set.withExact(connection, numbered(rows), { all: look })
  return waiting.filter(({ row }) => {
    const version = here.get(row)
    return version !== undefined && compareVersions(row, version) > 0
  })
}

/** Those that came from the node itself, and of the others those for which the condition holds. */
async function hold(
  connection: Connection,
  { table, share, node }: Held,
  { waiting, orWhere }: { readonly waiting: readonly WaitingRow[]; readonly orWhere: string },
): Promise<void> {
  const keys = keyNames(table).join(', ')
  const width = table.key.length
  const set = new ColumnSet(table, table.key)
  const values = table.key.map(writeColumn).join(', ')
  for (const isItsOwn of [true, false]) {
    const rows = waiting
      .filter((row) => isOf(table, row) && (row.via === node) === isItsOwn)
      .map(({ row }) => row)
    const mark = (exact: readonly RowLine[]): Promise<unknown> =>
      connection.run(
        `UPDATE ${share} SET seq = ${WAITING}, is_in = true
          WHERE node = $1 AND (${orWhere} OR ${isItsOwn}) AND (${keys}) IN (SELECT ${values} FROM ${rowsFrom(width, 2)})`,
        node,
        ...set.texts.bind(exact, width),
      )
    await set.withExact(connection, numbered(rows), { all: mark })
  }
}

function isOf(table: RuledTable, { table: line, row }: WaitingRow): boolean {
  return line.table === table.name && row.kind === 'row'
}
