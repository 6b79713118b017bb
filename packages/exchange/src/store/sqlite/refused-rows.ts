import {
  BodyLineReader,
  formatRowLine,
  formatTableLine,
  isRowLine,
  type RowLine,
  type TableLine,
} from '../../message/body-lines.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import { compareVersions } from '../../plan/row-version.ts'
import { base64 } from '../../platform/base64.ts'
import { Query, type SqliteDatabase, toText } from './sqlite-database.ts'

/** A row that waits in `obmen_refused` until it fits. */
export interface WaitingRow {
  readonly table: TableLine
  /** The key as JSON. */
  readonly key: string
  readonly row: RowLine
  /** The node that it came from. */
  readonly via: NodeCode
  /** Why the database refused it, in its words. */
  readonly reason: string
}

/** The rows that wait, the oldest first. */
export function readRefused(database: SqliteDatabase): WaitingRow[] {
  const rows = new Query(
    database,
    'SELECT node, table_line, row_line, row_key, reason FROM obmen_refused ORDER BY refused_at',
  ).all()
  return rows.map(([node, tableLine, rowLine, key, reason]) => ({
    ...parseLines(toText(tableLine), toText(rowLine)),
    key: toText(key),
    via: parseNodeCode(toText(node)),
    reason: toText(reason),
  }))
}

export function forgetRefused(database: SqliteDatabase, table: string, key: string): void {
  const forget = new Query(
    database,
    'DELETE FROM obmen_refused WHERE table_name = ? AND row_key = ?',
  )
  forget.run(table, key)
}

/** Keeps a row for later. Of two versions of one row, which may have come from two nodes, only the newer is kept. */
export function keepRefused(database: SqliteDatabase, waiting: WaitingRow, nowMs: number): void {
  const { table, key, row, via, reason } = waiting
  const [tableLine, rowLine] =
    new Query(
      database,
      'SELECT table_line, row_line FROM obmen_refused WHERE table_name = ? AND row_key = ?',
    ).first(table.table, key) ?? []
  if (tableLine !== undefined) {
    const kept = parseLines(toText(tableLine), toText(rowLine))
    if (compareVersions(kept.row, row) > 0) return
  }
  new Query(
    database,
    `INSERT OR REPLACE INTO obmen_refused
       (table_name, row_key, node, table_line, row_line, reason, refused_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    table.table,
    key,
    via,
    formatTableLine(table),
    formatRowLine(row, table, base64),
    reason,
    BigInt(nowMs),
  )
}

function parseLines(tableLine: string, rowLine: string): Pick<WaitingRow, 'table' | 'row'> {
  const lines = new BodyLineReader(base64)
  const table = lines.read(tableLine)
  const row = lines.read(rowLine)
  if (table.kind !== 'table' || !isRowLine(row)) {
    throw new TypeError('a refused row was not kept as it came')
  }
  return { table, row }
}
