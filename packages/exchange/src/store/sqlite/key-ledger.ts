/**
 * Blocks of keys in SQLite. The key of an AUTOINCREMENT table is one more than the greatest number that ever was in the table or in
 * `sqlite_sequence`: it is steered there, and climbs over every row that comes from elsewhere. So a node's block has to lie above
 * all rows that it has, and a trigger refuses what lies behind the block.
 */
import { type KeyBlock, MAX_KEY } from '../../plan/key-blocks.ts'
import type { KeyTable } from '../key-ledger.ts'
import { type Handed, KeyLedgerRows, type LedgerOptions } from '../key-ledger-rows.ts'
import { bookkeepingOf } from './bookkeeping.ts'
import { indexName } from './capture.ts'
import type { RuledTable } from './ruled-table.ts'
import { Query, quoteName, type SqliteDatabase, toNumber } from './sqlite-database.ts'

export class SqliteKeyLedger extends KeyLedgerRows<RuledTable> {
  readonly steersWhileApplying = true
  readonly #database: SqliteDatabase

  constructor(database: SqliteDatabase, options: LedgerOptions<RuledTable>) {
    super(bookkeepingOf(database), options)
    this.#database = database
  }

  tables(): Promise<readonly KeyTable[]> {
    return Promise.resolve(
      this.handed.map((table) => ({
        table: table.name,
        rule: table.keyBlocks,
        limit: MAX_KEY,
        used: this.#used(table.name),
        greatest: this.#greatest(table),
        climbs: true,
      })),
    )
  }

  #used(table: string): number {
    const exists = new Query(
      this.#database,
      `SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'`,
    )
    if (exists.first() === undefined) return 0
    return this.#number('SELECT seq FROM sqlite_sequence WHERE name = ?', table)
  }

  /** Also of rows that are deleted: the change index has them for long. */
  #greatest(table: Handed<RuledTable>): number {
    const [key] = table.key
    if (key === undefined) return 0
    const there = this.#number(`SELECT max(${quoteName(key.name)}) FROM ${quoteName(table.name)}`)
    return Math.max(0, there, this.#number(`SELECT max(k1) FROM ${indexName(table)}`))
  }

  steer(table: string, { first, last }: KeyBlock): Promise<void> {
    const handed = this.handed.find(({ name }) => name === table)
    if (handed !== undefined) {
      if (this.#used(table) < first - 1) this.#setUsed(table, first - 1)
      new Query(
        this.#database,
        `INSERT OR REPLACE INTO obmen_key_end SELECT ?1, ?2
          WHERE NOT EXISTS (SELECT 1 FROM obmen_key_end WHERE table_id = ?1 AND last = ?2)`,
      ).run(BigInt(handed.id), BigInt(last))
    }
    return Promise.resolve()
  }

  #setUsed(table: string, used: number): void {
    const database = this.#database
    const set = new Query(database, 'UPDATE sqlite_sequence SET seq = ? WHERE name = ?')
    if (set.run(BigInt(used), table) > 0) return
    new Query(database, 'INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(
      table,
      BigInt(used),
    )
  }

  #number(sql: string, ...values: readonly string[]): number {
    return Math.min(MAX_KEY, toNumber(new Query(this.#database, sql).first(...values)?.[0]))
  }
}
