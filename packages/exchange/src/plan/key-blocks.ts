/**
 * Who may give which numbers to new rows, where a rule hands the integer keys of a table out in blocks. See
 * docs/decisions/017-key-blocks.md.
 *
 * Each node has one block for a table at a time, the newest that it got. It says in each message to the head office how far it has
 * come in it, and the head office hands it the next one before the numbers run out. Blocks go upwards: a number is handed out once.
 */
import { RuleInvalid } from './errors.ts'
import type { PlanRules } from './plan-rules.ts'

/** How the keys of a table are handed out. */
export interface KeyBlockRule {
  /** How many numbers a block has. */
  readonly size: number
  /** With fewer numbers left a node gets the next block. */
  readonly reserve: number
}

/** The numbers from `first` to `last`, both included. */
export interface KeyBlock {
  readonly first: number
  readonly last: number
}

/** How far a database has come with the keys of a table. */
export interface KeyPosition {
  /** The last number that the database has given. */
  readonly used: number
  /** The greatest key there is, wherever it came from. */
  readonly greatest: number
  /** The database never gives a number below the greatest key that is there: as SQLite does. */
  readonly climbs: boolean
}

/** What a node says of its keys of a table. */
export interface KeyReport extends KeyPosition {
  readonly table: string
  /** The block that it has; absent as long as it has none. */
  readonly block?: KeyBlock
  /** The highest number in a block of any node that it has heard of: a head office that was restored from a backup learns from it. */
  readonly through: number
}

/** What the head office says of a node's keys of a table. */
export interface KeyGrant {
  readonly table: string
  /** The newest block of the node, unless it is known that the node has it. */
  readonly block?: KeyBlock
  readonly through: number
}

/** A report as it is kept: that of another node at the head office; of itself, a node keeps what it has asked for and heard. */
export interface KeptReport extends KeyReport {
  /**
   * The node, or the head office, may have been restored from a backup since the node got its block, so the next one is to be fresh.
   * Of a node that is not the head office, in its own database: it has asked for another block than the one it has.
   */
  readonly wantsFresh: boolean
}

/** What the head office knows of a node's keys when it decides. */
export interface KeyNeed {
  /** The newest block that the node was ever handed. */
  readonly newest: KeyBlock | undefined
  readonly report: KeptReport | undefined
  /** The greatest key that the node is about to get with the rows of others. */
  readonly greatestToCome: number
}

/** JSON and JavaScript count exactly so far. A key above it counts as this one: behind it there are no blocks. */
export const MAX_KEY: number = Number.MAX_SAFE_INTEGER

/** Whether a node is to be handed a block. One that never said anything of its keys gets none: nobody knows what it has. */
export function needsBlock(
  { newest, report, greatestToCome }: KeyNeed,
  rule: KeyBlockRule,
): boolean {
  if (report === undefined) return false
  if (newest === undefined || report.wantsFresh) return true
  const greatest = Math.max(greatestToCome, report.greatest)
  if (report.climbs && greatest > newest.last) return true
  // A block that is still on its way is whole, unless the node counted without one, and past it: it is of no use to it then.
  if (report.block?.first !== newest.first) return keysLeft(newest, { ...report, greatest }) === 0
  return keysLeft(newest, report) < rule.reserve
}

/** How many numbers of a block a database can still give. */
export function keysLeft(block: KeyBlock, { used, greatest, climbs }: KeyPosition): number {
  const position = climbs ? Math.max(used, greatest) : used
  if (position < block.first) return block.last - block.first + 1
  return Math.max(0, block.last - position)
}

/** The block after all numbers that are known; `undefined` when there are no more numbers up to `limit`. */
export function nextBlock(
  highest: number,
  { size }: KeyBlockRule,
  limit: number = MAX_KEY,
): KeyBlock | undefined {
  const first = Math.ceil(highest / size) * size + 1
  const last = first + size - 1
  return last <= limit ? { first, last } : undefined
}

/** The block as far as a column counts; in one without numbers `last` lies before `first`. */
export function blockUpTo(block: KeyBlock, limit: number): KeyBlock {
  return block.last <= limit ? block : { ...block, last: Math.max(limit, block.first - 1) }
}

/** The greatest number in a report. */
export function highestSaid({ block, used, greatest, through }: KeyReport): number {
  return Math.max(used, greatest, through, block?.last ?? 0)
}

/** Of all numbers, the part that somebody else's word may pass over at once. */
const STEP = 1 / 256

/**
 * Whether a number that another node says is believed, `known` being the highest one that is known here. Blocks begin above what is
 * believed: a number that is forged, or one key that somebody has entered by hand, must not take all numbers away from all nodes.
 */
export function isBelievable(
  said: number,
  known: number,
  { limit, size }: { readonly limit: number; readonly size: number },
): boolean {
  return said - known <= Math.max(size, Math.floor(limit * STEP))
}

/** Whether what a node says now is less than what it said before: it was restored from a backup, or is another database. */
export function hasGoneBack(before: KeyReport, now: KeyReport): boolean {
  const known = before.block?.first ?? 0
  const said = now.block?.first ?? 0
  return said < known || (said === known && now.used < before.used)
}

/** Whether a block that came can be used: blocks go upwards. */
export function isUsable(block: KeyBlock, own: KeyBlock | undefined, at: KeyPosition): boolean {
  if (own !== undefined && block.first <= own.last) return false
  return keysLeft(block, at) > 0
}

/** The rule of a table, if its keys are handed out in blocks. Throws {@link RuleInvalid} where nobody could hand them out. */
export function keyBlockRuleOf(rules: PlanRules, table: string): KeyBlockRule | undefined {
  const rule = rules.tables.get(table)?.keyBlocks
  if (rule !== undefined && rules.mainNode === undefined) {
    throw new RuleInvalid(table, { kind: 'main-missing' })
  }
  return rule
}
