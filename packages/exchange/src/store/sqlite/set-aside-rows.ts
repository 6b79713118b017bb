/** What two nodes tell each other of rows that one of them could not take. */
import { MAX_NAMED_ROWS, type SetAside } from '../../plan/message-header.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import { cutForPeer } from '../apply/row-text.ts'
import type { SetAsideThere } from '../change-store.ts'
import { formatSetAsideRows, parseSetAsideRows } from '../standing-text.ts'
import { Query, type SqliteDatabase, toNumber, toText } from './sqlite-database.ts'

/** The rows of a node that wait here, the first of them by name; `undefined` when there are none. */
export function readSetAside(database: SqliteDatabase, node: NodeCode): SetAside | undefined {
  const count = new Query(database, 'SELECT count(*) FROM obmen_refused WHERE node = ?')
  const rowCount = toNumber(count.first(node)?.[0])
  if (rowCount === 0) return undefined
  const rows = new Query(
    database,
    `SELECT table_name, row_key, reason FROM obmen_refused WHERE node = ?
      ORDER BY refused_at, table_name, row_key LIMIT ?`,
  ).all(node, BigInt(MAX_NAMED_ROWS))
  return {
    rowCount,
    rows: rows.map(([table, key, reason]) => {
      return cutForPeer({ table: toText(table), key: toText(key), reason: toText(reason) })
    }),
  }
}

/** The nodes whose rows that wait here are others, by number, than their last message says. */
export function readToTell(database: SqliteDatabase): NodeCode[] {
  const codes = new Query(
    database,
    `SELECT code FROM obmen_node
      WHERE told_refused <> (SELECT count(*) FROM obmen_refused WHERE node = code) ORDER BY code`,
  ).all()
  return codes.map(([code]) => parseNodeCode(toText(code)))
}

/** Keeps what a node says of our rows, in the place of what it said before. */
export function writeSetAsideThere(
  database: SqliteDatabase,
  { node, rowCount, rows, toldAt }: SetAsideThere,
): void {
  if (rowCount === 0) {
    new Query(database, 'DELETE FROM obmen_refused_there WHERE node = ?').run(node)
    return
  }
  new Query(database, 'INSERT OR REPLACE INTO obmen_refused_there VALUES (?, ?, ?, ?)').run(
    node,
    BigInt(rowCount),
    formatSetAsideRows(rows),
    BigInt(toldAt),
  )
}

export function readSetAsideThere(database: SqliteDatabase): SetAsideThere[] {
  const nodes = new Query(
    database,
    'SELECT node, row_count, row_list, told_at FROM obmen_refused_there ORDER BY node',
  ).all()
  return nodes.map(([node, rowCount, rows, toldAt]) => ({
    node: parseNodeCode(toText(node)),
    rowCount: toNumber(rowCount),
    rows: parseSetAsideRows(toText(rows)),
    toldAt: toNumber(toldAt),
  }))
}
