import { findUnprepared, type PlanContent } from '../content.ts'
import type { SqliteDatabase } from './sqlite-database.ts'
import { readCapturedTables } from './sqlite-store.ts'
import { readUserTables } from './user-table.ts'

/** The tables that the content of the plan includes and whose changes are not registered: those made since {@link prepareSqlite}. Throws {@link TableUnknown}. */
export function readUnpreparedTables(
  database: SqliteDatabase,
  content: PlanContent,
): readonly string[] {
  const prepared = new Set(readCapturedTables(database).map(({ name }) => name))
  const names = readUserTables(database).map(({ name }) => name)
  return findUnprepared(names, prepared, content)
}
