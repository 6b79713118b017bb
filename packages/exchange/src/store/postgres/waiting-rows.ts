import { hash } from 'node:crypto'

import { formatKey } from '../apply/row-text.ts'
import { formatWaiting, parseWaiting, type WaitingRow } from '../apply/waiting-row.ts'
import { parseNodeCode } from '../../plan/node-code.ts'
import { type Connection, toText } from './postgres-database.ts'

/** The rows that wait, the oldest first. */
export async function readWaiting(connection: Connection): Promise<readonly WaitingRow[]> {
  const rows = await connection.all(
    'SELECT node, table_line, row_line, reason, ours FROM obmen_exchange.refused ORDER BY refused_at, table_name, row_key',
  )
  return rows.map(([node, tableLine, rowLine, reason, ours]) => {
    const lines = { tableLine: toText(tableLine), rowLine: toText(rowLine) }
    const { table, row } = parseWaiting(lines)
    return {
      table,
      row,
      key: formatKey(table, row),
      via: parseNodeCode(toText(node)),
      reason: toText(reason),
      ours: ours ?? undefined,
    }
  })
}

/** Keeps a row for later, in the place of one with the same key. */
export async function keepWaiting(
  connection: Connection,
  waiting: WaitingRow,
  nowMs: number,
): Promise<void> {
  const { table, key, via, reason, ours = null } = waiting
  const { tableLine, rowLine } = formatWaiting(waiting)
  await connection.run(
    `INSERT INTO obmen_exchange.refused (table_name, row_key, node, table_line, row_line, reason, ours, refused_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (table_name, row_key) DO UPDATE SET
       (node, table_line, row_line, reason, ours, refused_at) =
       (excluded.node, excluded.table_line, excluded.row_line, excluded.reason, excluded.ours, excluded.refused_at)`,
    table.table,
    toStoredKey(key),
    via,
    tableLine,
    rowLine,
    reason,
    ours,
    nowMs,
  )
}

/** Gives whether there was one. */
export async function forgetWaiting(
  connection: Connection,
  table: string,
  key: string,
): Promise<boolean> {
  const forgotten = await connection.run(
    'DELETE FROM obmen_exchange.refused WHERE table_name = $1 AND row_key = $2',
    table,
    toStoredKey(key),
  )
  return forgotten > 0
}

/** What surely finds room in an index, whatever its characters are. */
const MAX_STORED_LENGTH = 500
const SHOWN_LENGTH = 100

/** The key that a row waits under: a row may be refused just because no index has room for its own. */
function toStoredKey(key: string): string {
  if (key.length <= MAX_STORED_LENGTH) return key
  return `${key.slice(0, SHOWN_LENGTH).toWellFormed()}… ${hash('sha256', key)}`
}
