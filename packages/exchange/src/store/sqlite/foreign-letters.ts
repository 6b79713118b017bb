import { Query, type SqliteDatabase, toText } from './sqlite-database.ts'
import { writeTransaction } from './write-transaction.ts'

/** Remembers in `obmen_foreign_letter` which letters of a shared mailbox are none of ours. */
export class ForeignLetters {
  readonly #database: SqliteDatabase
  readonly #known: Query
  readonly #add: Query
  readonly #remove: Query

  constructor(database: SqliteDatabase) {
    this.#database = database
    this.#known = new Query(database, 'SELECT unique_id FROM obmen_foreign_letter')
    this.#add = new Query(database, 'INSERT INTO obmen_foreign_letter VALUES (?)')
    this.#remove = new Query(database, 'DELETE FROM obmen_foreign_letter WHERE unique_id = ?')
  }

  /** The unique ids that are remembered. */
  all(): ReadonlySet<string> {
    return new Set(this.#known.all().map(([uniqueId]) => toText(uniqueId)))
  }

  /** Remembers exactly these: what is no longer in the mailbox is forgotten. */
  replace(uniqueIds: ReadonlySet<string>): void {
    const known = this.all()
    const added = [...uniqueIds].filter((uniqueId) => !known.has(uniqueId))
    const gone = [...known].filter((uniqueId) => !uniqueIds.has(uniqueId))
    if (added.length === 0 && gone.length === 0) return
    writeTransaction(this.#database, () => {
      for (const uniqueId of added) this.#add.run(uniqueId)
      for (const uniqueId of gone) this.#remove.run(uniqueId)
    })
  }
}
