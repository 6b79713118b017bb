import type { Bookkeeping, BookkeepingValue } from '../bookkeeping.ts'
import { Query, type SqliteDatabase, type SqlValue } from './sqlite-database.ts'

const TABLES: Bookkeeping['tables'] = {
  nodes: 'obmen_node',
  conflicts: 'obmen_conflict',
  differences: 'obmen_difference',
  refused: 'obmen_refused',
  refusedThere: 'obmen_refused_there',
  keyBlocks: 'obmen_key_block',
  keyReports: 'obmen_key_report',
}

/** The tables that Obmen keeps in a SQLite database. */
export function bookkeepingOf(database: SqliteDatabase): Bookkeeping {
  return {
    tables: TABLES,
    all: (sql, ...values) => inTurn(() => new Query(database, sql).all(...values.map(toSql))),
    run: (sql, ...values) => inTurn(() => new Query(database, sql).run(...values.map(toSql))),
  }
}

/** Done at once; what is thrown rejects. */
function inTurn<Result>(work: () => Result): Promise<Result> {
  return new Promise((resolve) => {
    resolve(work())
  })
}

function toSql(value: BookkeepingValue): SqlValue {
  return typeof value === 'string' || value === null ? value : BigInt(value)
}
