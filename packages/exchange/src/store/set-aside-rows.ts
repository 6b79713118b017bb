/** What two nodes tell each other of rows that one of them could not take. */
import { cutForPeer, MAX_NAMED_ROWS, type SetAside } from '../plan/message-header.ts'
import { type NodeCode, parseNodeCode } from '../plan/node-code.ts'
import { type Bookkeeping, numberOf, textOf } from './bookkeeping.ts'
import type { SetAsideThere } from './change-store.ts'
import { formatSetAsideRows, parseSetAsideRows } from './standing-text.ts'

/** The rows of a node that wait here, the first of them by name; `undefined` when there are none. */
export async function readSetAside(
  { tables, all }: Bookkeeping,
  node: NodeCode,
): Promise<SetAside | undefined> {
  const rows = await all(
    `SELECT table_name, row_key, reason, count(*) OVER () FROM ${tables.refused} WHERE node = ?1
      ORDER BY refused_at, table_name, row_key LIMIT ?2`,
    node,
    MAX_NAMED_ROWS,
  )
  const [first] = rows
  if (first === undefined) return undefined
  return {
    rowCount: numberOf(first[3]),
    rows: rows.map(([table, key, reason]) => {
      return cutForPeer({ table: textOf(table), key: textOf(key), reason: textOf(reason) })
    }),
  }
}

/** The nodes whose rows that wait here are others, by number, than their last message says. */
export async function readToTell({ tables, all }: Bookkeeping): Promise<NodeCode[]> {
  const codes = await all(
    `SELECT code FROM ${tables.nodes}
      WHERE told_refused <> (SELECT count(*) FROM ${tables.refused} WHERE node = code) ORDER BY code`,
  )
  return codes.map(([code]) => parseNodeCode(textOf(code)))
}

/**
 * Whatever the node knew, nobody can say what it knows: its rows that wait are offered to it when they fit, as if they were of this node. That
 * a row left the share is for the node alone to say, and to take back.
 */
export async function offerWaiting(
  { tables, run }: Bookkeeping,
  node: NodeCode,
  thisNode: NodeCode,
): Promise<void> {
  await run(
    `UPDATE ${tables.refused} SET node = ?1 WHERE node = ?2 AND row_line NOT LIKE '["x",%'`,
    thisNode,
    node,
  )
}

/** Keeps what a node says of our rows, in the place of what it said before. */
export async function writeSetAsideThere(
  { tables, run }: Bookkeeping,
  { node, rowCount, rows, toldAt }: SetAsideThere,
): Promise<void> {
  await run(`DELETE FROM ${tables.refusedThere} WHERE node = ?1`, node)
  if (rowCount === 0) return
  await run(
    `INSERT INTO ${tables.refusedThere} VALUES (?1, ?2, ?3, ?4)`,
    node,
    rowCount,
    formatSetAsideRows(rows),
    toldAt,
  )
}

export async function readSetAsideThere({ tables, all }: Bookkeeping): Promise<SetAsideThere[]> {
  const nodes = await all(
    `SELECT node, row_count, row_list, told_at FROM ${tables.refusedThere} ORDER BY node`,
  )
  return nodes.map(([node, rowCount, rows, toldAt]) => ({
    node: parseNodeCode(textOf(node)),
    rowCount: numberOf(rowCount),
    rows: parseSetAsideRows(textOf(rows)),
    toldAt: numberOf(toldAt),
  }))
}
