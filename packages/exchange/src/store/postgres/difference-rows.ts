/** Tables that hold something else at a node, as rows of `obmen_exchange.differences`. */
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import type { TableDiffers } from '../change-store.ts'
import { formatParts, parseParts } from '../standing-text.ts'
import { type Connection, type SqlRow, toNumber, toText } from './postgres-database.ts'

const DIFFERENCES =
  'SELECT node, table_name, parts, rows_here, rows_there, found_at FROM obmen_exchange.differences'

export async function readDifferences(connection: Connection): Promise<TableDiffers[]> {
  return (await connection.all(`${DIFFERENCES} ORDER BY node, table_name`)).map(toDiffers)
}

export async function readDifferencesWith(
  connection: Connection,
  node: NodeCode,
): Promise<TableDiffers[]> {
  return (await connection.all(`${DIFFERENCES} WHERE node = $1`, node)).map(toDiffers)
}

function toDiffers([node, table, parts, rowsHere, rowsThere, foundAt]: SqlRow): TableDiffers {
  return {
    node: parseNodeCode(toText(node)),
    table: toText(table),
    parts: parseParts(toText(parts)),
    rowsHere: toNumber(rowsHere),
    rowsThere: toNumber(rowsThere),
    foundAt: toNumber(foundAt),
  }
}

export async function writeDifferences(
  connection: Connection,
  node: NodeCode,
  differences: readonly TableDiffers[],
): Promise<void> {
  await connection.run('DELETE FROM obmen_exchange.differences WHERE node = $1', node)
  for (const { table, parts, rowsHere, rowsThere, foundAt } of differences) {
    await connection.run(
      'INSERT INTO obmen_exchange.differences VALUES ($1, $2, $3, $4, $5, $6)',
      node,
      table,
      formatParts(parts),
      rowsHere,
      rowsThere,
      foundAt,
    )
  }
}
