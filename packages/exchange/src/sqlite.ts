/**
 * The change store for SQLite, over the application's `DatabaseSync` of `node:sqlite` or anything of its shape.
 *
 * @module
 */
export type { PlanContent, Preparation, PreparedTable } from './store/content.ts'
export { ForeignLetters } from './store/sqlite/foreign-letters.ts'
export { prepareSqlite, removePreparation } from './store/sqlite/prepare.ts'
export type { SqliteDatabase, SqliteStatement, SqlValue } from './store/sqlite/sqlite-database.ts'
export { readUnpreparedTables } from './store/sqlite/unprepared-tables.ts'
export { openSqliteStore, readPlan, type SqliteStore } from './store/sqlite/sqlite-store.ts'
