/** Tables that hold something else at a node, as rows. */
import { type NodeCode, parseNodeCode } from '../plan/node-code.ts'
import { type Bookkeeping, type BookkeepingRow, numberOf, textOf } from './bookkeeping.ts'
import type { TableDiffers } from './change-store.ts'
import { formatParts, parseParts } from './standing-text.ts'

const COLUMNS = 'node, table_name, parts, rows_here, rows_there, found_at'

export async function readDifferences({ tables, all }: Bookkeeping): Promise<TableDiffers[]> {
  const rows = await all(`SELECT ${COLUMNS} FROM ${tables.differences} ORDER BY node, table_name`)
  return rows.map(toDiffers)
}

export async function readDifferencesWith(
  { tables, all }: Bookkeeping,
  node: NodeCode,
): Promise<TableDiffers[]> {
  const rows = await all(`SELECT ${COLUMNS} FROM ${tables.differences} WHERE node = ?1`, node)
  return rows.map(toDiffers)
}

function toDiffers([
  node,
  table,
  parts,
  rowsHere,
  rowsThere,
  foundAt,
]: BookkeepingRow): TableDiffers {
  return {
    node: parseNodeCode(textOf(node)),
    table: textOf(table),
    parts: parseParts(textOf(parts)),
    rowsHere: numberOf(rowsHere),
    rowsThere: numberOf(rowsThere),
    foundAt: numberOf(foundAt),
  }
}

export async function writeDifferences(
  { tables, run }: Bookkeeping,
  node: NodeCode,
  differences: readonly TableDiffers[],
): Promise<void> {
  await run(`DELETE FROM ${tables.differences} WHERE node = ?1`, node)
  for (const { table, parts, rowsHere, rowsThere, foundAt } of differences) {
    await run(
      `INSERT INTO ${tables.differences} (${COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
      node,
      table,
      formatParts(parts),
      rowsHere,
      rowsThere,
      foundAt,
    )
  }
}
