import { findUnprepared, type PlanContent } from '../content.ts'
import { StoreNotPrepared } from '../errors.ts'
import { readCapturedTables } from './captured-tables.ts'
import { readMeta } from './meta.ts'
import { inTransaction, type PostgresPool } from './postgres-database.ts'
import { readUserTables } from './user-table.ts'

/** The tables that the content of the plan includes and whose changes are not registered: those made since {@link preparePostgres}. Rejects with {@link TableUnknown}. */
export function readUnpreparedPostgresTables(
  pool: PostgresPool,
  content: PlanContent,
): Promise<readonly string[]> {
  return inTransaction(pool, 'REPEATABLE READ, READ ONLY', async (connection) => {
    const plan = await readMeta(connection)
    if (plan === undefined) throw new StoreNotPrepared()
    const captured = await readCapturedTables(connection, plan.schema)
    const prepared = new Set(captured.map(({ name }) => name))
    const tables = await readUserTables(connection, plan.schema)
    const names = tables.map(({ name }) => name)
    return findUnprepared(names, prepared, content)
  })
}
