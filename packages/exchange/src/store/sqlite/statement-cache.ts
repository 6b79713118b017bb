import type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts'

/** A plan of a hundred tables needs fewer; beyond, statements for columns that a table no longer has would pile up. */
const MAX_STATEMENTS = 1000

/**
 * A database whose statements are compiled once: an exchange runs the same few hundred again and again. SQLite compiles
 * them anew by itself when the schema has changed. One statement must not run twice at the same time.
 */
export class StatementCache implements SqliteDatabase {
  readonly #database: SqliteDatabase
  readonly #statements = new Map<string, SqliteStatement>()

  constructor(database: SqliteDatabase) {
    this.#database = database
  }

  exec(sql: string): void {
    this.#database.exec(sql)
  }

  prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear()
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}
