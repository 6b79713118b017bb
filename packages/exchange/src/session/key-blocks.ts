/**
 * Hands blocks of keys out, reports how far they are used, and takes those that come. See
 * docs/decisions/017-key-blocks.md.
 *
 *     node → head office   how far it is, in each message                       reportKeys → acceptReports
 *     head office → node   its block, until its next report says that it has it grantKeys  → acceptGrants
 *
 * Each in the transaction that writes or applies the message.
 */
import {
  blockUpTo,
  hasGoneBack,
  highestSaid,
  isBelievable,
  isUsable,
  type KeptReport,
  type KeyBlock,
  type KeyGrant,
  type KeyReport,
  needsBlock,
  nextBlock,
} from '../plan/key-blocks.ts'
import type { MessageHeader } from '../plan/message-header.ts'
import type { NodeCode } from '../plan/node-code.ts'
import { oweAnswer } from '../plan/reception.ts'
import type { StoreTransaction } from '../store/change-store.ts'
import type { KeyLedger, KeyTable } from '../store/key-ledger.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { KeyMarks } from './key-marks.ts'

type KeyContext = Pick<ExchangeContext, 'spoolFolder' | 'keysFolder' | 'onEvent'>

/** The blocks of keys of one node, for the time of an exchange. */
export class KeyBlocks {
  readonly #marks: KeyMarks
  readonly #onEvent: KeyContext['onEvent']
  /** The tables whose mark was set in a transaction: one mark is enough for all that is handed out in it. */
  readonly #marked = new WeakMap<KeyLedger, ReadonlySet<string>>()

  constructor({ spoolFolder, keysFolder = spoolFolder, onEvent }: KeyContext) {
    this.#marks = new KeyMarks(keysFolder)
    this.#onEvent = onEvent
  }

  /**
   * Lets the database go on in this node's block. The head office hands itself the next one when it is time; another node asks for
   * it, once in each block, and once a day while it waits: what asked may be lost.
   */
  async tend(
    transaction: StoreTransaction,
    { isNewDay }: { readonly isNewDay: boolean },
  ): Promise<void> {
    const { keys } = transaction
    let mustAsk = false
    for (const table of await keys.tables()) {
      const isShort = await this.#tendOne(keys, table)
      if (!isShort || keys.thisNode === keys.mainNode) continue
      const own = await ownReport(keys, table)
      if (own.wantsFresh && !isNewDay) continue
      await keys.saveReport(keys.thisNode, { ...own, wantsFresh: true })
      mustAsk = true
    }
    const { mainNode } = keys
    if (!mustAsk || mainNode === undefined) return
    const nodes = await transaction.nodes()
    if (!nodes.some(({ code }) => code === mainNode)) return
    await transaction.saveNode(oweAnswer(await transaction.node(mainNode)))
  }

  /** The same while a message is applied, for a database that has to go on above the rows in it before others write to it. */
  async tendWhileApplying({ keys }: StoreTransaction): Promise<void> {
    if (!keys.steersWhileApplying) return
    for (const table of await keys.tables()) await this.#tendOne(keys, table)
  }

  /** Gives whether the node is short of keys. */
  async #tendOne(keys: KeyLedger, table: KeyTable): Promise<boolean> {
    const { table: name, rule, limit } = table
    const isHandedHere = keys.thisNode === keys.mainNode
    const known = await keys.newestBlock(name, keys.thisNode)
    const newest = known && blockUpTo(known, limit)
    const own = await ownReport(keys, table)
    const told = this.#marks.of('used', name)
    const wasRestored = told > own.used
    const wantsFresh = isHandedHere && (own.wantsFresh || wasRestored)
    const report = { ...table, ...(newest && { block: newest }), through: 0, wantsFresh }
    const isShort = needsBlock({ newest, report, greatestToCome: table.greatest }, rule)
    if (wasRestored) await keys.saveReport(keys.thisNode, { ...own, used: told })
    const next = isShort && isHandedHere ? await this.#hand(keys, table, keys.thisNode) : undefined
    if (known !== undefined && known.last > limit) {
      this.#onEvent?.({ kind: 'keys-beyond-column', table: name, block: known, limit })
    }
    const block = next ?? newest
    if (block !== undefined) {
      await keys.steer(name, { ...block, first: Math.max(block.first, told + 1) })
    }
    return isShort
  }

  /** What a message to a node says of keys. */
  async headerFields(
    { keys }: StoreTransaction,
    to: { readonly node: NodeCode; readonly hasRows: boolean },
  ): Promise<Pick<MessageHeader, 'keyReports' | 'keyGrants'>> {
    await this.#markUsed(keys)
    if (to.node === keys.mainNode) {
      const keyReports = await reportKeys(keys)
      return keyReports.length > 0 ? { keyReports } : {}
    }
    if (keys.thisNode !== keys.mainNode) return {}
    const keyGrants = await this.#grantKeys(keys, to)
    return keyGrants.length > 0 ? { keyGrants } : {}
  }

  /** Rows with these keys are in the message, at the most: a backup of before must not give them to others. */
  async #markUsed(keys: KeyLedger): Promise<void> {
    for (const table of await keys.tables()) {
      const own = await ownReport(keys, table)
      if (table.used <= own.used) continue
      await keys.saveReport(keys.thisNode, { ...own, used: table.used })
      await this.#marks.set('used', table.table, table.used)
    }
  }

  async #grantKeys(
    keys: KeyLedger,
    { node, hasRows }: { readonly node: NodeCode; readonly hasRows: boolean },
  ): Promise<readonly KeyGrant[]> {
    const grants: KeyGrant[] = []
    for (const table of await keys.tables()) {
      const report = await keys.report(table.table, node)
      if (report === undefined) continue
      const newest = await keys.newestBlock(table.table, node)
      const greatestToCome = hasRows ? table.greatest : 0
      const isNeeded = needsBlock({ newest, report, greatestToCome }, table.rule)
      const next = isNeeded ? await this.#hand(keys, table, node) : undefined
      if (next !== undefined) await keys.saveReport(node, { ...report, wantsFresh: false })
      const block = next ?? newest
      const isAway = block !== undefined && block.first !== report.block?.first
      const through = await keys.highest(table.table)
      grants.push({ table: table.table, ...(isAway && { block }), through })
    }
    return grants
  }

  /** Hands a node a block that nobody has: above all that is known here, and above what the mark says when this database does not know of it. */
  async #hand(keys: KeyLedger, table: KeyTable, node: NodeCode): Promise<KeyBlock | undefined> {
    const { table: name, rule, limit } = table
    const own = await ownReport(keys, table)
    const mark = this.#marks.of('handed', name)
    const wasRestored = mark > own.through
    const known = await knownOf(keys, table, own)
    const block = nextBlock(wasRestored ? Math.max(known, mark) : known, rule, limit)
    if (block === undefined) {
      this.#onEvent?.({ kind: 'keys-exhausted', node, table: name, limit })
      return undefined
    }
    await keys.addBlock(name, node, block)
    const isMarked = this.#marked.get(keys)?.has(name) === true && block.last <= own.through
    const through = isMarked ? own.through : KeyMarks.above(own.through, block.last, rule)
    const wantsFresh = own.wantsFresh && node !== keys.thisNode
    await keys.saveReport(keys.thisNode, { ...own, through, wantsFresh })
    if (!isMarked) {
      await this.#marks.set('handed', name, through)
      this.#marked.set(keys, new Set([...(this.#marked.get(keys) ?? []), name]))
    }
    return block
  }

  /** Takes what a message says of keys. Gives whether the head office owes its sender an answer. */
  async accept({ keys }: StoreTransaction, header: MessageHeader): Promise<boolean> {
    const { from, keyReports = [], keyGrants = [] } = header
    if (from === keys.mainNode) await acceptGrants(keys, keyGrants)
    if (keys.thisNode !== keys.mainNode) return false
    let owesAnswer = false
    for (const table of await keys.tables()) {
      const report = keyReports.find((known) => known.table === table.table)
      if (report === undefined || !(await this.#believes(keys, table, { from, report }))) continue
      if (await acceptReport(keys, table, { from, report })) owesAnswer = true
    }
    return owesAnswer
  }

  /** A report that is not believed has no effect, and its node gets no block by it; the others go on as if nothing had been said. */
  async #believes(keys: KeyLedger, table: KeyTable, { from, report }: Said): Promise<boolean> {
    const { table: name, rule, limit } = table
    const here = await knownOf(keys, table, await ownReport(keys, table))
    const known = Math.max(here, this.#marks.of('handed', name))
    const said = highestSaid(report)
    if (isBelievable(said, known, { limit, size: rule.size })) return true
    this.#onEvent?.({ kind: 'keys-not-believed', node: from, table: name, said, known })
    return false
  }

  /** The numbers of both sides begin anew, because one of them was restored: nobody knows which keys were given since the backup. */
  async beginAnew({ keys }: StoreTransaction, node: NodeCode): Promise<void> {
    if (keys.thisNode !== keys.mainNode) return
    for (const { table } of await keys.tables()) await wantFresh(keys, table, node)
  }
}

/** What a node says of its keys. */
interface Said {
  readonly from: NodeCode
  readonly report: KeyReport
}

/** The highest number that this database knows of. */
async function knownOf(keys: KeyLedger, table: KeyTable, own: KeptReport): Promise<number> {
  return Math.max(await keys.highest(table.table), table.used, table.greatest, own.used)
}

async function reportKeys(keys: KeyLedger): Promise<readonly KeyReport[]> {
  const reports: KeyReport[] = []
  for (const table of await keys.tables()) {
    const block = await keys.newestBlock(table.table, keys.thisNode)
    const { through } = await ownReport(keys, table)
    const { used, greatest, climbs } = table
    reports.push({ table: table.table, ...(block && { block }), used, greatest, climbs, through })
  }
  return reports
}

/**
 * What this node keeps of itself: up to where keys were handed out as far as it knows, the last key that it has told of, and whether
 * it wants another block.
 */
async function ownReport(keys: KeyLedger, { table, climbs }: KeyTable): Promise<KeptReport> {
  const kept = await keys.report(table, keys.thisNode)
  return kept ?? { table, used: 0, greatest: 0, climbs, through: 0, wantsFresh: false }
}

async function acceptGrants(keys: KeyLedger, grants: readonly KeyGrant[]): Promise<void> {
  for (const table of await keys.tables()) {
    const grant = grants.find((known) => known.table === table.table)
    if (grant === undefined) continue
    const own = await ownReport(keys, table)
    const newest = await keys.newestBlock(table.table, keys.thisNode)
    const through = throughAfter(own, grant, table)
    const isTaken = grant.block !== undefined && isUsable(grant.block, newest, table)
    if (isTaken) await keys.addBlock(table.table, keys.thisNode, grant.block)
    const wantsFresh = own.wantsFresh && !isTaken
    await keys.saveReport(keys.thisNode, { ...own, through, wantsFresh })
  }
}

/** A head office that was restored learns from it; so what is out of proportion to everything known here is not passed on. */
function throughAfter(own: KeptReport, grant: KeyGrant, table: KeyTable): number {
  const { rule, limit, used, greatest } = table
  const known = Math.max(own.through, grant.block?.last ?? 0, used, greatest)
  const isBelieved = isBelievable(grant.through, known, { limit, size: rule.size })
  return isBelieved ? Math.max(own.through, grant.through) : own.through
}

/** Gives whether the node is owed an answer. */
async function acceptReport(
  keys: KeyLedger,
  table: KeyTable,
  { from, report }: Said,
): Promise<boolean> {
  const before = await keys.report(table.table, from)
  const isShared = await settleBlock(keys, from, report)
  const hasLess = before !== undefined && hasGoneBack(before, report)
  const wantsFresh = before?.wantsFresh === true || hasLess || isShared
  const kept: KeptReport = { ...report, wantsFresh }
  await keys.saveReport(from, kept)
  const newest = await keys.newestBlock(table.table, from)
  const isAway = newest?.first !== report.block?.first
  return isAway || needsBlock({ newest, report: kept, greatestToCome: 0 }, table.rule)
}

/**
 * Puts the block that a node says it has on record. A head office that was restored from a backup may not know it, and may have handed
 * it to another one: then both get fresh ones. Gives whether that is so.
 */
async function settleBlock(keys: KeyLedger, from: NodeCode, report: KeyReport): Promise<boolean> {
  const { table, block } = report
  if (block === undefined) return false
  const newest = await keys.newestBlock(table, from)
  if (newest !== undefined && newest.first >= block.first) return false
  const others = await keys.othersWith(table, from, block)
  await keys.addBlock(table, from, block)
  for (const other of others) await wantFresh(keys, table, other)
  return others.length > 0
}

async function wantFresh(keys: KeyLedger, table: string, node: NodeCode): Promise<void> {
  const report = await keys.report(table, node)
  if (report !== undefined) await keys.saveReport(node, { ...report, wantsFresh: true })
}
