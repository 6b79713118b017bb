/** Tables that hold something else at a node, as rows of `obmen_difference`. */
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import type { TableDiffers } from '../change-store.ts'
import { formatParts, parseParts } from '../standing-text.ts'
import { Query, type SqliteDatabase, type SqlRow, toNumber, toText } from './sqlite-database.ts'

const DIFFERENCES =
  'SELECT node, table_name, parts, rows_here, rows_there, found_at FROM obmen_difference'

export function readDifferences(database: SqliteDatabase): TableDiffers[] {
  return new Query(database, `${DIFFERENCES} ORDER BY node, table_name`).all().map(toDiffers)
}

export function readDifferencesWith(database: SqliteDatabase, node: NodeCode): TableDiffers[] {
  return new Query(database, `${DIFFERENCES} WHERE node = ?`).all(node).map(toDiffers)
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

export function writeDifferences(
  database: SqliteDatabase,
  node: NodeCode,
  differences: readonly TableDiffers[],
): void {
  new Query(database, 'DELETE FROM obmen_difference WHERE node = ?').run(node)
  for (const { table, parts, rowsHere, rowsThere, foundAt } of differences) {
    new Query(database, 'INSERT INTO obmen_difference VALUES (?, ?, ?, ?, ?, ?)').run(
      node,
      table,
      formatParts(parts),
      BigInt(rowsHere),
      BigInt(rowsThere),
      BigInt(foundAt),
    )
  }
}
