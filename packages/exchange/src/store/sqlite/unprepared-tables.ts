import type { PlanContent } from './prepare.ts'
import type { SqliteDatabase } from './sqlite-database.ts'
import { readCapturedTables } from './sqlite-store.ts'
import { readUserTables } from './user-table.ts'

/** The tables that the content of the plan includes and whose changes are not registered: those made since {@link prepareSqlite}. */
export function readUnpreparedTables(
  database: SqliteDatabase,
  content: PlanContent,
): readonly string[] {
  const prepared = new Set(readCapturedTables(database).map(({ name }) => name))
  return readUserTables(database)
    .map(({ name }) => name)
    .filter((name) => !prepared.has(name) && isIncluded(name, content))
}

function isIncluded(name: string, content: PlanContent): boolean {
  return content.kind === 'all' || content.tables.includes(name) === (content.kind === 'only')
}
