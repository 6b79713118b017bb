import type { DatabaseSync, StatementSync } from 'node:sqlite'

import type { SqliteDatabase } from '@obmen/exchange/sqlite'

type SqliteStatement = ReturnType<SqliteDatabase['prepare']>

/** A database whose driver does some things in another way than this Node.js does. */
export function withDriver(
  database: DatabaseSync,
  differ: (statement: StatementSync) => Partial<SqliteStatement>,
): SqliteDatabase {
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => {
      const statement = database.prepare(sql)
      return {
        run: (...values) => statement.run(...values),
        get: (...values) => statement.get(...values),
        all: (...values) => statement.all(...values),
        iterate: (...values) => statement.iterate(...values),
        setReadBigInts: (enabled) => statement.setReadBigInts(enabled),
        setReturnArrays: (enabled) => statement.setReturnArrays(enabled),
        ...differ(statement),
      }
    },
  }
}
