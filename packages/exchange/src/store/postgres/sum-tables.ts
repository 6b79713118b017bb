import type { TableSum } from '../../message/check-line.ts'
import { parseWaiting } from '../apply/waiting-row.ts'
import type { SumRequest } from '../change-store.ts'
import { layoutOf, type SumLayout, TableSummer } from '../table-sum.ts'
import { indexName, logName } from './capture.ts'
import { decodeValues, readColumns } from './change-reader.ts'
import { type Connection, type Parameter, type SqlRow, toText } from './postgres-database.ts'
import { type RuledTable, toSharedTableLine } from './ruled-table.ts'
import { tableName, type UserColumn } from './user-table.ts'

/** Rows that are held at a time. */
const FETCH_ROWS = 500

/** In the place of a node that knows changes already. No node has this code, and no row came from it. */
const NOBODY = '_'

/** Sums the tables that can be compared. Reads each from one end to the other. Must run in one snapshot. */
export async function sumTables(
  connection: Connection,
  tables: readonly RuledTable[],
  request: SumRequest,
): Promise<TableSum[]> {
  const sums: TableSum[] = []
  for (const table of tables) {
    const layout = layoutOf({ ...table, line: toSharedTableLine(table) }, request)
    if (layout === undefined) continue
    const summer = new TableSummer(layout)
    await leaveOpen(connection, summer, { table, request })
    if (summer.isOpen) continue
    const columns = columnsOf(table, layout)
    const select = `SELECT ${readColumns(columns, 'd').join(', ')} FROM ${tableName(table)} d`
    await readAll(connection, { select, values: [] }, (row) => {
      summer.add(decodeValues(columns, row))
    })
    sums.push(summer.sum())
  }
  return sums
}

function columnsOf(table: RuledTable, { columns }: SumLayout): UserColumn[] {
  const byName = new Map([...table.key, ...table.others].map((column) => [column.name, column]))
  return columns.flatMap((name) => byName.get(name) ?? [])
}

/** Rows that have changed since, and rows that wait, here or on their way: the other side may rightly have something else. */
async function leaveOpen(
  connection: Connection,
  summer: TableSummer,
  { table, request }: { readonly table: RuledTable; readonly request: SumRequest },
): Promise<void> {
  const { throughSeq, knownTo = NOBODY } = request
  const truncated = await connection.first(
    'SELECT 1 FROM obmen_exchange.truncated WHERE table_id = $1 LIMIT 1',
    table.id,
  )
  if (truncated !== undefined) summer.leaveAllOpen()
  const keys = table.key.map(({ codec }, index) => codec.read(`i.k${index + 1}`)).join(', ')
  const entries = `SELECT ${keys} FROM ${indexName(table)} i`
  const changed = `
    ${entries} WHERE i.seq > $1::bigint AND i.via <> $2
     UNION ALL
    ${entries} WHERE i.seq IN (SELECT seq FROM obmen_exchange.unsent)
     UNION ALL
    SELECT ${keys} FROM ${logName(table)} i`
  const show = (row: SqlRow): void => summer.leaveOpen(decodeValues(table.key, row))
  await readAll(connection, { select: changed, values: [throughSeq, knownTo] }, show)
  const waiting = await connection.all(
    'SELECT table_line, row_line FROM obmen_exchange.refused WHERE table_name = $1',
    table.name,
  )
  for (const [tableLine, rowLine] of waiting) {
    const lines = { tableLine: toText(tableLine), rowLine: toText(rowLine) }
    const { table: line, row } = parseWaiting(lines)
    if (line.keyLength === table.key.length) summer.leaveOpen(row.values.slice(0, line.keyLength))
    else summer.leaveAllOpen()
  }
}

/** Shows every row of a query, some at a time. */
async function readAll(
  connection: Connection,
  { select, values }: { readonly select: string; readonly values: readonly Parameter[] },
  show: (row: SqlRow) => void,
): Promise<void> {
  await connection.run(`DECLARE obmen_sum NO SCROLL CURSOR FOR ${select}`, ...values)
  for (let rows: readonly SqlRow[] = [[]]; rows.length > 0;) {
    rows = await connection.all(`FETCH ${FETCH_ROWS} FROM obmen_sum`)
    for (const row of rows) show(row)
  }
  await connection.exec('CLOSE obmen_sum')
}
