import { Query, quoteName, type SqliteDatabase, toText } from './sqlite-database.ts'

/**
 * Takes the triggers of a table away while a message is applied, and puts them back in the same transaction.
 *
 * A message carries the rows as they are at the sender, with everything its triggers did to them. Fired again here,
 * a trigger that counts or stamps would make the same row different on each node, and ours would register the row as a
 * change of this node. SQLite can't switch triggers off for one connection, but its DDL is transactional: whatever happens
 * before the commit, the schema is as it was. Other programs never see it otherwise, for writers come one at a time.
 */
export class SuspendedTriggers {
  readonly #database: SqliteDatabase
  readonly #statements: string[] = []

  constructor(database: SqliteDatabase) {
    this.#database = database
  }

  suspend(table: string): void {
    const triggers = new Query(
      this.#database,
      `SELECT name, sql FROM sqlite_schema
        WHERE type = 'trigger' AND lower(tbl_name) = lower(?) ORDER BY rowid`,
    ).all(table)
    for (const [name, sql] of triggers) {
      this.#database.exec(`DROP TRIGGER ${quoteName(toText(name))}`)
      this.#statements.push(toText(sql))
    }
  }

  /** Puts the triggers back, in the order in which they were made. */
  restore(): void {
    for (const statement of this.#statements) this.#database.exec(statement)
    this.#statements.length = 0
  }
}
