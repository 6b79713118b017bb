import type { KeyBlockRule } from './key-blocks.ts'
import type { NodeCode } from './node-code.ts'

/**
 * What a plan says beside its name and its nodes: which rows and columns of a table go to whom, in which direction, and who wins
 * when both sides changed a row.
 */
export interface PlanRules {
  /** The head office: where it is one of two nodes in conflict, its row is what a policy calls ours. Otherwise that of the node with the smaller code is. */
  readonly mainNode?: NodeCode
  /** For tables without a policy of their own. */
  readonly conflicts: ConflictPolicy
  /** True: a row that the database refuses stops its whole message. False: it is set aside, and the others are applied. */
  readonly strict: boolean
  /**
   * `kept`, which is also meant when nothing is said: a row whose parent is missing waits for it, and a deletion gives way to rows
   * that refer to the deleted one. `ignored`: for databases whose applications don't keep them either.
   */
  readonly foreignKeys?: 'kept' | 'ignored'
  /** Rules of tables by name. A table without one goes whole, both ways, to every node. */
  readonly tables: ReadonlyMap<string, TableRule>
}

export interface TableRule {
  /** `out`: this node sends the table's rows and takes none; `in`: it takes them and sends none. */
  readonly direction: 'both' | 'out' | 'in'
  /**
   * An SQL condition over the row's columns, with the receiving node's attributes as named parameters, such as `warehouse = :code`.
   * A row for which it is not true is not that node's share. `:code` is always there.
   */
  readonly where?: string
  /** Columns, outside the primary key, that stay here. */
  readonly leaveOut: readonly string[]
  readonly conflicts?: ConflictPolicy
  /** The head office hands the table's integer keys out in blocks, so that no two nodes count the same. {@link PlanRules.mainNode} must be there. */
  readonly keyBlocks?: KeyBlockRule
}

/**
 * Who wins when a row was changed on both sides between two exchanges. Whichever of the two nodes notices decides, and both come to
 * the same row: so policies have to be the same on all nodes. What they call _ours_ is the row of the _deciding node_, the
 * {@link PlanRules.mainNode} if it is one of the two, else the one with the smaller code. See
 * docs/decisions/015-both-nodes-decide-a-conflict.md.
 */
export type ConflictPolicy =
  /** The change that was made later. */
  | { readonly kind: 'latest' }
  /** The change that was made by the node named first; nodes that are not named come after them, and among these the later change wins. */
  | { readonly kind: 'priority'; readonly nodes: readonly NodeCode[] }
  /** What the deciding node has. */
  | { readonly kind: 'ours' }
  /** What the other one has. */
  | { readonly kind: 'theirs' }
  /** What the deciding node has, until a person decides. */
  | { readonly kind: 'ask' }
  | { readonly kind: 'function'; readonly resolve: ConflictResolver }

/** A row that was changed on both sides, column by column; `undefined` where a side has deleted it. */
export interface RowConflict {
  readonly table: string
  readonly ours: ConflictSide | undefined
  readonly theirs: ConflictSide | undefined
}

export interface ConflictSide {
  readonly columns: ReadonlyMap<string, null | string | bigint | number | Uint8Array>
  readonly stamp: number
  readonly origin: NodeCode
}

/** Decides a conflict: one of the two, or a row of its own in the same columns. Must not throw, and must not do anything else. */
export type ConflictResolver = (
  conflict: RowConflict,
) => 'ours' | 'theirs' | ReadonlyMap<string, null | string | bigint | number | Uint8Array>

export const DEFAULT_PLAN_RULES: PlanRules = {
  conflicts: { kind: 'latest' },
  strict: false,
  tables: new Map(),
}
