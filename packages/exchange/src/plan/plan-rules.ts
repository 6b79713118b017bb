import type { NodeCode } from './node-code.ts'

/**
 * What a plan says beside its name and its nodes: which rows and columns of a table go to whom, in which direction, and who wins
 * when both sides changed a row.
 */
export interface PlanRules {
  /** The head office: of two nodes that see one conflict it decides. Without one, the node with the smaller code does. */
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
}

/**
 * Who wins when a row was changed on both sides between two exchanges. All but `latest` are decided by one of the two nodes, the
 * {@link PlanRules.mainNode} if it is one of them; the other one gets the decision as a new version of the row.
 */
export type ConflictPolicy =
  /** The change that was made later. */
  | { readonly kind: 'latest' }
  /** The change that was made by the node named first; nodes that are not named come after them, and among these the later change wins. */
  | { readonly kind: 'priority'; readonly nodes: readonly NodeCode[] }
  /** What the deciding node has. */
  | { readonly kind: 'ours' }
  /** What came to the deciding node. */
  | { readonly kind: 'theirs' }
  /** The deciding node keeps what it has until a person decides. */
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
