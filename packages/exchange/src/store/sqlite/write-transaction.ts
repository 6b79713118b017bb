import type { SqliteDatabase } from './sqlite-database.ts'

/** Does the work in one write transaction: all of it or, when it throws, nothing. */
export function writeTransaction<Result>(database: SqliteDatabase, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    rollBack(database)
    throw error
  }
}

/** Rolls back what is open. SQLite may have done so itself, when the disk is full: the error behind that is the one to tell. */
export function rollBack(database: SqliteDatabase): void {
  try {
    database.exec('ROLLBACK')
  } catch {
    // No transaction is active: there is nothing left to roll back.
  }
}
