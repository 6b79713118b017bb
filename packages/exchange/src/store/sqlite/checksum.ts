import { createHash } from 'node:crypto'

import { formatRowLine } from '../../message/body-lines.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import type { TableChecksum } from '../change-store.ts'
import { base64 } from '../../platform/base64.ts'
import { fromTable } from './capture.ts'
import { Query, quoteName, type SqliteDatabase } from './sqlite-database.ts'
import { toTableLine, type UserTable } from './user-table.ts'

/** Stands in for the version of a row: two tables are equal when their values are, whoever entered them. */
const NOBODY: NodeCode = parseNodeCode('0')

/**
 * Counts the rows of a table and hashes them in the order of their keys. Reads the whole table, in constant memory. Rows
 * whose key holds NULL don't count: they stay where they are.
 */
export function checksum(database: SqliteDatabase, table: UserTable): TableChecksum {
  const line = toTableLine(table)
  const columns = line.columns.map(({ name }) => quoteName(name)).join(', ')
  const keys = table.key.map(({ name }) => quoteName(name)).join(', ')
  const rows = new Query(database, `SELECT ${columns} ${fromTable(table)} ORDER BY ${keys}`)
  const hash = createHash('sha256')
  let rowCount = 0
  for (const values of rows.iterate()) {
    hash.update(formatRowLine({ kind: 'row', stamp: 0, origin: NOBODY, values }, line, base64))
    hash.update('\n')
    rowCount += 1
  }
  return { table: table.name, rowCount, sha256: hash.digest('hex') }
}
