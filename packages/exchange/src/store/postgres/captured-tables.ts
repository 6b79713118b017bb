import type { CapturedTable } from './capture.ts'
import { type Connection, toNumber, toText } from './postgres-database.ts'
import { droppedTable, readUserTables } from './user-table.ts'

/** The tables of the plan as they are now, parents first. A table that was dropped counts with an empty key. */
export async function readCapturedTables(
  connection: Connection,
  schema: string,
): Promise<CapturedTable[]> {
  const tables = await readUserTables(connection, schema)
  const present = new Map(tables.map((table) => [table.name, table]))
  const recorded = await connection.all(
    `SELECT id, name FROM obmen_exchange.tables WHERE capture <> '' ORDER BY id`,
  )
  return recorded.map(([id, name]) => {
    return {
      ...(present.get(toText(name)) ?? droppedTable(schema, toText(name))),
      id: toNumber(id),
    }
  })
}
