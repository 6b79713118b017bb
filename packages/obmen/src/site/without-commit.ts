import type { SqliteDatabase } from '@obmen/exchange/sqlite'

/** A database on which everything is done and nothing stays: what a trial run needs to find every mistake. */
export function withoutCommit(database: SqliteDatabase): SqliteDatabase {
  return {
    exec: (sql) => database.exec(sql === 'COMMIT' ? 'ROLLBACK' : sql),
    prepare: (sql) => database.prepare(sql),
  }
}
