import { setImmediate } from 'node:timers/promises'

import type { TableSum } from '../../message/check-line.ts'
import { parseWaiting } from '../apply/waiting-row.ts'
import type { SumRequest } from '../change-store.ts'
import { layoutOf, type SumLayout, TableSummer } from '../table-sum.ts'
import { fromTable, indexName, keyNames, logName } from './capture.ts'
import { type RuledTable, toSharedTableLine } from './ruled-table.ts'
import { Query, quoteName, type SqliteDatabase, toText } from './sqlite-database.ts'

/** Rows that are read before others have their turn: some 20 ms. */
const ROWS_IN_A_TURN = 4000

/**
 * Sums the tables that can be compared. Reads each from one end to the other. Must run in one snapshot, which stays open while others have
 * their turn: a connection to the mail server that is kept alive, the signals of the process.
 */
export async function sumTables(
  database: SqliteDatabase,
  tables: readonly RuledTable[],
  request: SumRequest,
): Promise<TableSum[]> {
  const sums: TableSum[] = []
  for (const table of tables) {
    const layout = layoutOf({ ...table, line: toSharedTableLine(table) }, request)
    if (layout === undefined) continue
    const summer = new TableSummer(layout)
    leaveOpen(database, summer, { table, request })
    if (summer.isOpen) continue
    await addRows(database, summer, { table, layout })
    sums.push(summer.sum())
  }
  return sums
}

interface SumTask {
  readonly table: RuledTable
  readonly request: SumRequest
}

/** Rows that have changed since, and rows that wait, here or on their way: the other side may rightly have something else. */
function leaveOpen(database: SqliteDatabase, summer: TableSummer, task: SumTask): void {
  const { table } = task
  if (mayLackRows(database, table)) summer.leaveAllOpen()
  for (const key of changedKeys(database, task)) {
    if (summer.isOpen) return
    summer.leaveOpen(key)
  }
  const waiting = new Query(
    database,
    'SELECT table_line, row_line FROM obmen_refused WHERE table_name = ?',
  )
  for (const [tableLine, rowLine] of waiting.iterate(table.name)) {
    const lines = { tableLine: toText(tableLine), rowLine: toText(rowLine) }
    const { table: line, row } = parseWaiting(lines)
    if (line.keyLength === table.key.length) summer.leaveOpen(row.values.slice(0, line.keyLength))
    else summer.leaveAllOpen()
  }
}

/** A row may have been evicted by a unique value that no trigger can compare: only a fold finds out. */
function mayLackRows(database: SqliteDatabase, table: RuledTable): boolean {
  if (!table.hasUniqueExpression) return false
  if (table.key.some(({ nullable }) => nullable)) return true
  return new Query(database, `SELECT 1 FROM ${logName(table)} LIMIT 1`).first() !== undefined
}

function changedKeys(
  database: SqliteDatabase,
  { table, request }: SumTask,
): ReturnType<Query['iterate']> {
  const keys = keyNames(table).join(', ')
  const changed = new Query(
    database,
    `SELECT ${keys} FROM ${indexName(table)} WHERE seq > ?1 AND via <> ?2
      UNION ALL
     SELECT ${keys} FROM ${indexName(table)} WHERE seq IN (SELECT seq FROM obmen_unsent)
      UNION ALL
     SELECT ${keys} FROM ${logName(table)}`,
  )
  return changed.iterate(BigInt(request.throughSeq), request.knownTo ?? NOBODY)
}

/** In the place of a node that knows changes already. No node has this code, and no row came from it. */
const NOBODY = '_'

async function addRows(
  database: SqliteDatabase,
  summer: TableSummer,
  { table, layout }: { readonly table: RuledTable; readonly layout: SumLayout },
): Promise<void> {
  const columns = layout.columns.map(quoteName).join(', ')
  const rows = new Query(database, `SELECT ${columns} ${fromTable(table)}`)
  let rowCount = 0
  for (const values of rows.iterate()) {
    summer.add(values)
    rowCount += 1
    if (rowCount % ROWS_IN_A_TURN === 0) await setImmediate()
  }
}
