import type { KeptReport, KeyBlock, KeyBlockRule, KeyPosition } from '../plan/key-blocks.ts'
import type { NodeCode } from '../plan/node-code.ts'

/** A table whose keys are handed out in blocks, as it is in this database. */
export interface KeyTable extends KeyPosition {
  readonly table: string
  readonly rule: KeyBlockRule
  /** The greatest number that its key column takes, and that the database counts to. */
  readonly limit: number
}

/**
 * What a database keeps of blocks of keys, and how it is made to go on in one. At the head office all blocks that were ever handed out are on
 * record, also those of nodes that were removed; elsewhere those of the node itself.
 */
export interface KeyLedger {
  readonly thisNode: NodeCode
  readonly mainNode: NodeCode | undefined
  /** The database must go on in a new block before the transaction that brings rows with greater keys is committed. */
  readonly steersWhileApplying: boolean

  tables(): Promise<readonly KeyTable[]>

  newestBlock(table: string, node: NodeCode): Promise<KeyBlock | undefined>
  addBlock(table: string, node: NodeCode, block: KeyBlock): Promise<void>
  /** Nodes, other than this one named, that were handed a number of the block. */
  othersWith(table: string, node: NodeCode, block: KeyBlock): Promise<readonly NodeCode[]>
  /** The highest number of a table that was handed out, or that another node has said. */
  highest(table: string): Promise<number>

  report(table: string, node: NodeCode): Promise<KeptReport | undefined>
  reports(table: string): Promise<ReadonlyMap<NodeCode, KeptReport>>
  saveReport(node: NodeCode, report: KeptReport): Promise<void>

  /** The next number that the database gives lies in the block, and none behind it; in an empty block, with `last` before `first`, there is none. Nothing is done when that is so already. */
  steer(table: string, block: KeyBlock): Promise<void>
}

/** How a node stands with the keys of a table. */
export interface KeyState {
  readonly table: string
  readonly node: NodeCode
  readonly block: KeyBlock | undefined
  /** How many numbers of the block are left. */
  readonly left: number
  /** Fewer are left than the rule wants, or there is no block. */
  readonly isShort: boolean
}
