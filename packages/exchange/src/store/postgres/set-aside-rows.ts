/** What two nodes tell each other of rows that one of them could not take. */
import { MAX_NAMED_ROWS, type SetAside } from '../../plan/message-header.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import { cutForPeer } from '../apply/row-text.ts'
import type { SetAsideThere } from '../change-store.ts'
import { formatSetAsideRows, parseSetAsideRows } from '../standing-text.ts'
import { type Connection, toNumber, toText } from './postgres-database.ts'

/** The rows of a node that wait here, the first of them by name; `undefined` when there are none. */
export async function readSetAside(
  connection: Connection,
  node: NodeCode,
): Promise<SetAside | undefined> {
  const rows = await connection.all(
    `SELECT table_name, row_key, reason, count(*) OVER () FROM obmen_exchange.refused WHERE node = $1
      ORDER BY refused_at, table_name, row_key LIMIT $2`,
    node,
    MAX_NAMED_ROWS,
  )
  const [first] = rows
  if (first === undefined) return undefined
  return {
    rowCount: toNumber(first[3]),
    rows: rows.map(([table, key, reason]) => {
      return cutForPeer({ table: toText(table), key: toText(key), reason: toText(reason) })
    }),
  }
}

/** The nodes whose rows that wait here are others, by number, than their last message says. */
export async function readToTell(connection: Connection): Promise<NodeCode[]> {
  const codes = await connection.all(
    `SELECT n.code FROM obmen_exchange.nodes n
      WHERE n.told_refused <> (SELECT count(*) FROM obmen_exchange.refused r WHERE r.node = n.code) ORDER BY n.code`,
  )
  return codes.map(([code]) => parseNodeCode(toText(code)))
}

/** Keeps what a node says of our rows, in the place of what it said before. */
export async function writeSetAsideThere(
  connection: Connection,
  { node, rowCount, rows, toldAt }: SetAsideThere,
): Promise<void> {
  await connection.run('DELETE FROM obmen_exchange.refused_there WHERE node = $1', node)
  if (rowCount === 0) return
  await connection.run(
    'INSERT INTO obmen_exchange.refused_there VALUES ($1, $2, $3, $4)',
    node,
    rowCount,
    formatSetAsideRows(rows),
    toldAt,
  )
}

export async function readSetAsideThere(connection: Connection): Promise<SetAsideThere[]> {
  const nodes = await connection.all(
    'SELECT node, row_count, row_list, told_at FROM obmen_exchange.refused_there ORDER BY node',
  )
  return nodes.map(([node, rowCount, rows, toldAt]) => ({
    node: parseNodeCode(toText(node)),
    rowCount: toNumber(rowCount),
    rows: parseSetAsideRows(toText(rows)),
    toldAt: toNumber(toldAt),
  }))
}
