import { Query, type SqliteDatabase, toText } from './sqlite-database.ts'
import { writeTransaction } from './write-transaction.ts'

/** Remembers in `obmen_foreign_letter` which letters of a shared mailbox are none of ours. */
export class ForeignLetters {
  readonly #database: SqliteDatabase

  constructor(database: SqliteDatabase) {
    this.#database = database
  }

  /** The unique ids that are remembered. */
  all(): ReadonlySet<string> {
    const rows = new Query(this.#database, 'SELECT unique_id FROM obmen_foreign_letter').all()
    return new Set(rows.map(([uniqueId]) => toText(uniqueId)))
  }

  /** Remembers exactly these: what is no longer in the mailbox is forgotten. */
  replace(uniqueIds: ReadonlySet<string>): void {
    const known = this.all()
    const added = [...uniqueIds].filter((uniqueId) => !known.has(uniqueId))
    const gone = [...known].filter((uniqueId) => !uniqueIds.has(uniqueId))
    if (added.length === 0 && gone.length === 0) return
    const database = this.#database
    writeTransaction(database, () => {
      const add = new Query(database, 'INSERT INTO obmen_foreign_letter VALUES (?)')
      for (const uniqueId of added) add.run(uniqueId)
      const remove = new Query(database, 'DELETE FROM obmen_foreign_letter WHERE unique_id = ?')
      for (const uniqueId of gone) remove.run(uniqueId)
    })
  }
}
