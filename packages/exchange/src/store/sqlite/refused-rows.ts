import { formatWaiting, parseWaiting, type WaitingRow } from '../apply/waiting-row.ts'
import { parseNodeCode } from '../../plan/node-code.ts'
import { Query, type SqliteDatabase, toText } from './sqlite-database.ts'

/** The rows that wait, the oldest first. */
export function readRefused(database: SqliteDatabase): WaitingRow[] {
  const rows = new Query(
    database,
    'SELECT node, table_line, row_line, row_key, reason, ours FROM obmen_refused ORDER BY refused_at',
  ).all()
  return rows.map(([node, tableLine, rowLine, key, reason, ours]) => ({
    ...parseWaiting({ tableLine: toText(tableLine), rowLine: toText(rowLine) }),
    key: toText(key),
    via: parseNodeCode(toText(node)),
    reason: toText(reason),
    ours: ours === null ? undefined : toText(ours),
  }))
}

/** Gives whether there was one. */
export function forgetRefused(database: SqliteDatabase, table: string, key: string): boolean {
  const forget = new Query(
    database,
    'DELETE FROM obmen_refused WHERE table_name = ? AND row_key = ?',
  )
  return forget.run(table, key) > 0
}

/** Keeps a row for later, in the place of one with the same key. */
export function keepRefused(database: SqliteDatabase, waiting: WaitingRow, nowMs: number): void {
  const { table, key, via, reason, ours = null } = waiting
  const { tableLine, rowLine } = formatWaiting(waiting)
  new Query(
    database,
    `INSERT OR REPLACE INTO obmen_refused
       (table_name, row_key, node, table_line, row_line, reason, ours, refused_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(table.table, key, via, tableLine, rowLine, reason, ours, BigInt(nowMs))
}
