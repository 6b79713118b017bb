import { inTransaction, type PostgresPool, toArray, toText } from './postgres-database.ts'

/** Remembers in `obmen_exchange.foreign_letters` which letters of a shared mailbox are none of ours. */
export class PostgresForeignLetters {
  readonly #pool: PostgresPool

  constructor(pool: PostgresPool) {
    this.#pool = pool
  }

  /** The unique ids that are remembered. */
  all(): Promise<ReadonlySet<string>> {
    return inTransaction(this.#pool, 'REPEATABLE READ, READ ONLY', async (connection) => {
      const rows = await connection.all('SELECT unique_id FROM obmen_exchange.foreign_letters')
      return new Set(rows.map(([uniqueId]) => toText(uniqueId)))
    })
  }

  /** Remembers exactly these: what is no longer in the mailbox is forgotten. */
  replace(uniqueIds: ReadonlySet<string>): Promise<void> {
    return inTransaction(this.#pool, 'READ COMMITTED', async (connection) => {
      const ids = toArray([...uniqueIds])
      await connection.run(
        'DELETE FROM obmen_exchange.foreign_letters WHERE unique_id <> ALL ($1::text[])',
        ids,
      )
      await connection.run(
        'INSERT INTO obmen_exchange.foreign_letters SELECT unnest($1::text[]) ON CONFLICT DO NOTHING',
        ids,
      )
    })
  }
}
