/**
 * The change store for PostgreSQL (14 or later), over the application's `Pool` of `pg` or anything of its shape.
 *
 * @module
 */
export type { PlanContent, Preparation, PreparedTable } from './store/content.ts'
export type {
  PostgresClient,
  PostgresPool,
  PostgresQuery,
  PostgresResult,
} from './store/postgres/postgres-database.ts'
export { PostgresForeignLetters } from './store/postgres/foreign-letters.ts'
export { readUnpreparedPostgresTables } from './store/postgres/unprepared-tables.ts'
export type { PostgresStore } from './store/postgres/postgres-store.ts'
export type { PostgresRules } from './store/postgres/postgres-transaction.ts'
export { openPostgresStore, readPostgresPlan } from './store/postgres/postgres-store.ts'
export type { PostgresContent } from './store/postgres/prepare.ts'
export { preparePostgres, removePostgresPreparation } from './store/postgres/prepare.ts'
