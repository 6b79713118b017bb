/** A table whose keys the database counts, in blocks that the head office hands out: its rows are named by their age, for nobody knows their keys before. */
import type { KeyBlockRule } from '@obmen/exchange'

import type { TableShape, WorldShape } from './shape.ts'
import type { Statement } from './step.ts'

export type CountedTable = TableShape & { readonly keyBlocks: KeyBlockRule }

export function isCounted(table: TableShape | undefined): table is CountedTable {
  return table?.keyBlocks !== undefined
}

export function countsKeys({ tables }: WorldShape): boolean {
  return tables.some(isCounted)
}

/** Whether the statement makes a row, whose key is for the database to give. */
export function givesKey({ verb }: Statement): boolean {
  return verb === 'insert' || verb === 'ignore' || verb === 'upsert' || verb === 'replace'
}

/** A statement of a program in SQL; names of columns come quoted. */
export function countedSql(
  { table, key, note }: { readonly table: string; readonly key: string; readonly note: string },
  statement: Statement,
): string {
  const text = `'заказ ${statement.serial}'`
  if (givesKey(statement)) return `INSERT INTO ${table} (${note}) VALUES (${text})`
  const newest = `SELECT ${key} FROM ${table} ORDER BY ${key} DESC LIMIT 1 OFFSET ${statement.key}`
  const isRow = `WHERE ${key} = (${newest})`
  if (statement.verb === 'delete') return `DELETE FROM ${table} ${isRow}`
  return `UPDATE ${table} SET ${note} = ${text} ${isRow}`
}
