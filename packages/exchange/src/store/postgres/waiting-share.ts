/** Rows that a node has in a version which waits here. */
import type { NodeCode } from '../../plan/node-code.ts'
import type { WaitingRow } from '../apply/waiting-row.ts'
import { keyNames } from './capture.ts'
import { ColumnSet } from './column-set.ts'
import type { Connection } from './postgres-database.ts'
import { numbered, rowsFrom, writeColumn } from './row-batch.ts'
import type { RuledTable } from './ruled-table.ts'

/** The entry of a row that came from a node has no position before `settleHeld` gives it one. */
export const NO_POSITION = 0

/**
 * The position of a row that a node has in a version which waits here. What is here is older, and the node would not take it: neither is it
 * offered nor taken for what the node has, before that row here is another one.
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
  { table, share, node }: Held,
  waiting: readonly WaitingRow[],
): Promise<void> {
  const keys = keyNames(table).join(', ')
  const width = table.key.length
  await connection.run(
    `UPDATE ${share} SET seq = ${NO_POSITION} WHERE node = $1 AND seq = ${WAITING}`,
    node,
  )
  const set = new ColumnSet(table, table.key)
  const values = table.key.map(writeColumn).join(', ')
  for (const isItsOwn of [true, false]) {
    const rows = waiting
      .filter(({ table: line, row, via }) => {
        return line.table === table.name && row.kind === 'row' && (via === node) === isItsOwn
      })
      .map(({ row }) => row)
    await set.withExact(connection, numbered(rows), (exact) => {
      return connection.run(
        `UPDATE ${share} SET seq = ${WAITING}, is_in = true
          WHERE node = $1 AND (seq = ${NO_POSITION} OR ${isItsOwn}) AND (${keys}) IN (SELECT ${values} FROM ${rowsFrom(width, 2)})`,
        node,
        ...set.texts.bind(exact, width),
      )
    })
  }
}
