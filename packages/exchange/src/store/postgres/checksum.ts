import { createHash } from 'node:crypto'

import { formatRowLine } from '../../message/body-lines.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import type { TableChecksum } from '../change-store.ts'
import { base64 } from '../../platform/base64.ts'
import { decodeValues, readColumns } from './change-reader.ts'
import { type Connection, quoteName } from './postgres-database.ts'
import { tableName, toTableLine, type UserColumn, type UserTable } from './user-table.ts'

/** Stands in for the version of a row: two tables are equal when their values are, whoever entered them. */
const NOBODY: NodeCode = parseNodeCode('0')

/** Rows that are held at a time. */
const FETCH_ROWS = 200

/**
 * Counts the rows of a table and hashes them in the order of their keys: as numbers where they are numbers, else by the octets of
 * their texts, as every database can. Reads the whole table, in constant memory. Must run in a transaction.
 */
export async function checksum(connection: Connection, table: UserTable): Promise<TableChecksum> {
  const line = toTableLine(table)
  const columns = [...table.key, ...table.others]
  const order = table.key.map((column) => orderOf(column)).join(', ')
  await connection.exec(
    `DECLARE obmen_rows NO SCROLL CURSOR FOR
     SELECT ${readColumns(columns, 'd').join(', ')} FROM ${tableName(table)} d ORDER BY ${order}`,
  )
  const hash = createHash('sha256')
  let rowCount = 0
  let rows = await connection.all(`FETCH ${FETCH_ROWS} FROM obmen_rows`)
  while (rows.length > 0) {
    for (const texts of rows) {
      const values = decodeValues(columns, texts)
      hash.update(formatRowLine({ kind: 'row', stamp: 0, origin: NOBODY, values }, line, base64))
      hash.update('\n')
    }
    rowCount += rows.length
    rows = await connection.all(`FETCH ${FETCH_ROWS} FROM obmen_rows`)
  }
  await connection.exec('CLOSE obmen_rows')
  return { table: table.name, rowCount, sha256: hash.digest('hex') }
}

const ORDERED_BY_VALUE = ['integer', 'real', 'numeric', 'boolean', 'blob']

function orderOf({ name, codec }: UserColumn): string {
  const value = `d.${quoteName(name)}`
  return ORDERED_BY_VALUE.includes(codec.type) ? value : `${value}::text COLLATE "C"`
}
