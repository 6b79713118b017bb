/**
 * Blocks of keys in SQLite. The key of an AUTOINCREMENT table is one more than the greatest number that ever was in the table or in
 * `sqlite_sequence`: it is steered there, and climbs over every row that comes from elsewhere. So a node's block has to lie above
 * all rows that it has, and a trigger refuses what lies behind the block.
 */
import {
  type KeptReport,
  type KeyBlock,
  type KeyBlockRule,
  MAX_KEY,
} from '../../plan/key-blocks.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import type { KeyLedger, KeyTable } from '../key-ledger.ts'
import { indexName } from './capture.ts'
import type { RuledTable } from './ruled-table.ts'
import {
  Query,
  quoteName,
  type SqliteDatabase,
  type SqlRow,
  toNumber,
  toText,
} from './sqlite-database.ts'

interface LedgerOptions {
  readonly tables: readonly RuledTable[]
  readonly thisNode: NodeCode
  readonly mainNode: NodeCode | undefined
}

interface Handed extends RuledTable {
  readonly keyBlocks: KeyBlockRule
}

function isHanded(table: RuledTable): table is Handed {
  return table.keyBlocks !== undefined
}

export class SqliteKeyLedger implements KeyLedger {
  readonly thisNode: NodeCode
  readonly mainNode: NodeCode | undefined
  readonly steersWhileApplying = true
  readonly #database: SqliteDatabase
  readonly #tables: readonly Handed[]

  constructor(database: SqliteDatabase, { tables, thisNode, mainNode }: LedgerOptions) {
    this.thisNode = thisNode
    this.mainNode = mainNode
    this.#database = database
    this.#tables = tables.filter(isHanded)
  }

  tables(): Promise<readonly KeyTable[]> {
    return Promise.resolve(
      this.#tables.map((table) => ({
        table: table.name,
        rule: table.keyBlocks,
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
  #greatest(table: Handed): number {
    const [key] = table.key
    if (key === undefined) return 0
    const there = this.#number(`SELECT max(${quoteName(key.name)}) FROM ${quoteName(table.name)}`)
    return Math.max(0, there, this.#number(`SELECT max(k1) FROM ${indexName(table)}`))
  }

  newestBlock(table: string, node: NodeCode): Promise<KeyBlock | undefined> {
    const row = new Query(
      this.#database,
      'SELECT first, last FROM obmen_key_block WHERE table_name = ? AND node = ? ORDER BY first DESC LIMIT 1',
    ).first(table, node)
    return Promise.resolve(row && { first: toNumber(row[0]), last: toNumber(row[1]) })
  }

  addBlock(table: string, node: NodeCode, { first, last }: KeyBlock): Promise<void> {
    const add = new Query(
      this.#database,
      'INSERT OR IGNORE INTO obmen_key_block VALUES (?, ?, ?, ?)',
    )
    add.run(table, BigInt(first), BigInt(last), node)
    return Promise.resolve()
  }

  othersWith(table: string, node: NodeCode, block: KeyBlock): Promise<readonly NodeCode[]> {
    const others = new Query(
      this.#database,
      `SELECT DISTINCT node FROM obmen_key_block
        WHERE table_name = ? AND node <> ? AND first <= ? AND last >= ? ORDER BY node`,
    ).all(table, node, BigInt(block.last), BigInt(block.first))
    return Promise.resolve(others.map(([code]) => parseNodeCode(toText(code))))
  }

  highest(table: string): Promise<number> {
    const handed = this.#number('SELECT max(last) FROM obmen_key_block WHERE table_name = ?', table)
    const reported = this.#number(
      'SELECT max(max(used, greatest, through, last)) FROM obmen_key_report WHERE table_name = ? AND node <> ?',
      table,
      this.thisNode,
    )
    return Promise.resolve(Math.max(handed, reported))
  }

  report(table: string, node: NodeCode): Promise<KeptReport | undefined> {
    const row = new Query(this.#database, `${READ_REPORT} WHERE table_name = ? AND node = ?`).first(
      table,
      node,
    )
    return Promise.resolve(row && toReport(table, row))
  }

  reports(table: string): Promise<ReadonlyMap<NodeCode, KeptReport>> {
    const rows = new Query(this.#database, `${READ_REPORT} WHERE table_name = ? ORDER BY node`).all(
      table,
    )
    return Promise.resolve(
      new Map(rows.map((row) => [parseNodeCode(toText(row[0])), toReport(table, row)])),
    )
  }

  saveReport(node: NodeCode, report: KeptReport): Promise<void> {
    const { table, block, used, greatest, climbs, through, wantsFresh } = report
    new Query(
      this.#database,
      'INSERT OR REPLACE INTO obmen_key_report VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ).run(
      table,
      node,
      BigInt(block?.first ?? 0),
      BigInt(block?.last ?? 0),
      BigInt(used),
      BigInt(greatest),
      climbs ? 1n : 0n,
      BigInt(through),
      wantsFresh ? 1n : 0n,
    )
    return Promise.resolve()
  }

  steer(table: string, { first, last }: KeyBlock): Promise<void> {
    const handed = this.#tables.find(({ name }) => name === table)
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

const READ_REPORT =
  'SELECT node, first, last, used, greatest, climbs, through, wants_fresh FROM obmen_key_report'

function toReport(table: string, row: SqlRow): KeptReport {
  const [, first, last, used, greatest, climbs, through, wantsFresh] = row
  const block = toNumber(first) > 0 && { block: { first: toNumber(first), last: toNumber(last) } }
  return {
    table,
    ...block,
    used: toNumber(used),
    greatest: toNumber(greatest),
    climbs: toNumber(climbs) === 1,
    through: toNumber(through),
    wantsFresh: toNumber(wantsFresh) === 1,
  }
}
