/** What a database keeps of blocks of keys, as rows. */
import type { KeptReport, KeyBlock, KeyBlockRule } from '../plan/key-blocks.ts'
import { type NodeCode, parseNodeCode } from '../plan/node-code.ts'
import { type Bookkeeping, type BookkeepingRow, flagOf, numberOf, textOf } from './bookkeeping.ts'
import type { KeyLedger, KeyTable } from './key-ledger.ts'

/** A table of a database, with what the plan's rules say of its keys. */
interface RuledKeys {
  readonly name: string
  readonly keyBlocks?: KeyBlockRule
}

/** One whose keys are handed out in blocks. */
export type Handed<Table extends RuledKeys> = Table & {
  readonly keyBlocks: NonNullable<Table['keyBlocks']>
}

export function isHanded<Table extends RuledKeys>(table: Table): table is Handed<Table> {
  return table.keyBlocks !== undefined
}

export interface LedgerOptions<Table extends RuledKeys> {
  readonly tables: readonly Table[]
  readonly thisNode: NodeCode
  readonly mainNode: NodeCode | undefined
}

/** The part of a ledger that is the same in every database; how the database counts, and is made to go on, is left to it. */
export abstract class KeyLedgerRows<Table extends RuledKeys> implements KeyLedger {
  readonly thisNode: NodeCode
  readonly mainNode: NodeCode | undefined
  abstract readonly steersWhileApplying: boolean
  protected readonly handed: readonly Handed<Table>[]
  readonly #bookkeeping: Bookkeeping

  constructor(bookkeeping: Bookkeeping, { tables, thisNode, mainNode }: LedgerOptions<Table>) {
    this.thisNode = thisNode
    this.mainNode = mainNode
    this.handed = tables.filter(isHanded)
    this.#bookkeeping = bookkeeping
  }

  abstract tables(): Promise<readonly KeyTable[]>
  abstract steer(table: string, block: KeyBlock): Promise<void>

  async newestBlock(table: string, node: NodeCode): Promise<KeyBlock | undefined> {
    const { tables, all } = this.#bookkeeping
    const [row] = await all(
      `SELECT first, last FROM ${tables.keyBlocks}
        WHERE table_name = ?1 AND node = ?2 ORDER BY first DESC LIMIT 1`,
      table,
      node,
    )
    return row && { first: numberOf(row[0]), last: numberOf(row[1]) }
  }

  async addBlock(table: string, node: NodeCode, { first, last }: KeyBlock): Promise<void> {
    const { tables, run } = this.#bookkeeping
    await run(
      `INSERT INTO ${tables.keyBlocks} VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING`,
      table,
      first,
      last,
      node,
    )
  }

  async othersWith(table: string, node: NodeCode, block: KeyBlock): Promise<readonly NodeCode[]> {
    const { tables, all } = this.#bookkeeping
    const others = await all(
      `SELECT DISTINCT node FROM ${tables.keyBlocks}
        WHERE table_name = ?1 AND node <> ?2 AND first <= ?3 AND last >= ?4 ORDER BY node`,
      table,
      node,
      block.last,
      block.first,
    )
    return others.map(([code]) => parseNodeCode(textOf(code)))
  }

  async highest(table: string): Promise<number> {
    const { tables, all } = this.#bookkeeping
    const [handed] = await all(
      `SELECT max(last) FROM ${tables.keyBlocks} WHERE table_name = ?1`,
      table,
    )
    const [reported] = await all(
      `SELECT max(used), max(greatest), max(through), max(last) FROM ${tables.keyReports}
        WHERE table_name = ?1 AND node <> ?2`,
      table,
      this.thisNode,
    )
    return Math.max(...[...(handed ?? []), ...(reported ?? [])].map(numberOf))
  }

  async report(table: string, node: NodeCode): Promise<KeptReport | undefined> {
    const { tables, all } = this.#bookkeeping
    const [row] = await all(
      `SELECT ${REPORT} FROM ${tables.keyReports} WHERE table_name = ?1 AND node = ?2`,
      table,
      node,
    )
    return row && toReport(table, row)
  }

  async reports(table: string): Promise<ReadonlyMap<NodeCode, KeptReport>> {
    const { tables, all } = this.#bookkeeping
    const rows = await all(
      `SELECT ${REPORT} FROM ${tables.keyReports} WHERE table_name = ?1 ORDER BY node`,
      table,
    )
    return new Map(rows.map((row) => [parseNodeCode(textOf(row[0])), toReport(table, row)]))
  }

  async saveReport(node: NodeCode, report: KeptReport): Promise<void> {
    const { tables, run } = this.#bookkeeping
    const { table, block, used, greatest, climbs, through, wantsFresh } = report
    await run(
      `INSERT INTO ${tables.keyReports} (table_name, ${REPORT}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
       ON CONFLICT (table_name, node) DO UPDATE
         SET first = excluded.first, last = excluded.last, used = excluded.used, greatest = excluded.greatest,
             climbs = excluded.climbs, through = excluded.through, wants_fresh = excluded.wants_fresh`,
      table,
      node,
      block?.first ?? 0,
      block?.last ?? 0,
      used,
      greatest,
      climbs,
      through,
      wantsFresh,
    )
  }
}

const REPORT = 'node, first, last, used, greatest, climbs, through, wants_fresh'

function toReport(table: string, row: BookkeepingRow): KeptReport {
  const [, first, last, used, greatest, climbs, through, wantsFresh] = row
  const block = numberOf(first) > 0 && { block: { first: numberOf(first), last: numberOf(last) } }
  return {
    table,
    ...block,
    used: numberOf(used),
    greatest: numberOf(greatest),
    climbs: flagOf(climbs),
    through: numberOf(through),
    wantsFresh: flagOf(wantsFresh),
  }
}
