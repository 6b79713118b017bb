/**
 * The port between an exchange and a database: what an adapter (SQLite, PostgreSQL) promises, and no more.
 */
import type { RowLine, TableLine } from '../message/body-lines.ts'
import type { ExchangePlan } from '../plan/exchange-plan.ts'
import type { NodeAttributes } from '../plan/node-attributes.ts'
import type { NodeCode } from '../plan/node-code.ts'
import type { NodeState } from '../plan/node-state.ts'
import type { ConflictPolicy } from '../plan/plan-rules.ts'

/** One database that takes part in an exchange plan. Calls are made one after another, never side by side. */
export interface ChangeStore {
  readonly plan: ExchangePlan

  /** Runs `work` in one transaction: all of it has happened when the promise resolves, nothing when it rejects. */
  transaction<Result>(work: (transaction: StoreTransaction) => Promise<Result>): Promise<Result>

  /**
   * Reads the present state of the rows whose position in the change index lies above `afterSeq` and up to `throughSeq`,
   * in the order of positions and from one snapshot. Rows that came from `forNode` are left out: it knows them. Where the plan's
   * rules give the node a part of a table, it gets the rows of its part, and a departure for each row that has left it. The
   * caller may stop at any row; no other call of the store may come in between. Throws {@link NodeAttributeMissing}.
   */
  readChanges(request: ChangesRequest): AsyncIterable<ChangeBatch>

  /** The number of rows and a checksum for each table of the plan: equal on two nodes when the tables are. */
  checksums(): Promise<readonly TableChecksum[]>

  /** Rows that this database refused, and conflicts that were decided, newest last. */
  refusedRows(): Promise<readonly RefusedRow[]>
  conflicts(): Promise<readonly ConflictRecord[]>
}

export interface ChangesRequest {
  readonly forNode: NodeCode
  readonly afterSeq: number
  readonly throughSeq: number
}

/** Rows of one table that lie side by side in the change index. Never empty. */
export interface ChangeBatch {
  readonly table: TableLine
  readonly changes: readonly Change[]
}

export interface Change {
  readonly seq: number
  readonly row: RowLine
}

export interface StoreTransaction {
  /** Every node of the plan but this one, by code. */
  nodes(): Promise<readonly NodeState[]>
  /** Throws {@link NodeUnknown}. */
  node(code: NodeCode): Promise<NodeState>
  saveNode(node: NodeState): Promise<void>
  addNode(node: NodeState): Promise<void>
  removeNode(code: NodeCode): Promise<void>

  /** What the plan's rules may ask of a node, without its code. */
  attributes(code: NodeCode): Promise<NodeAttributes>
  /** Throws {@link NodeUnknown}, {@link NodeAttributeInvalid}. The next exchange offers the node what its share has come to be. */
  setAttributes(code: NodeCode, attributes: NodeAttributes): Promise<void>

  /** Gives every change registered since the last fold its place in the change index, and tells the index's last position. */
  fold(): Promise<number>

  /** Lets the node be offered also what came from it: it may have lost it. */
  forgetVia(code: NodeCode): Promise<void>

  /**
   * Writes one of the two versions of a conflict as a change of this node, and closes it. Throws {@link ConflictUnknown}, and
   * {@link RowRefused} when the database does not take that version. {@link fold} must have been called before.
   */
  resolveConflict(choice: Choice, nowMs: number): Promise<void>
  /** Puts the records of conflicts away that were decided before a moment. Gives how many. */
  clearConflicts(beforeMs: number): Promise<number>

  /** Tries the rows that were refused once more. {@link fold} must have been called before. */
  retryRefused(nowMs: number): Promise<ApplySummary>
  /** Gives a refused row up: it is tried no more. Gives whether there was one. */
  dropRefused(row: { readonly table: string; readonly key: string }): Promise<boolean>

  /** Begins to apply the rows of one message. {@link fold} must have been called before. */
  beginApplying(sender: Sender): Promise<RowApplier>
}

/** The node whose message is applied. */
export interface Sender {
  readonly code: NodeCode
  /** What of our change index the sender knew when it wrote the message. */
  readonly acknowledgedSeq: number
  /** It began a new epoch and has acknowledged nothing in it: nobody can say what it knew. */
  readonly beginsAnew?: boolean
  /** Wall clock in milliseconds, for the records of conflicts and refusals. */
  readonly nowMs: number
}

/** Applies rows so that the newest version of each wins, whatever came first. */
export interface RowApplier {
  /** The rows that follow belong to this table. Throws {@link SchemaMismatch}. */
  beginTable(table: TableLine): Promise<void>
  applyRows(rows: readonly RowLine[]): Promise<void>
  /** Tries once more what did not fit at its place, sets aside what the database refuses, and sums up. */
  finish(): Promise<ApplySummary>
}

export interface ApplySummary {
  /** Rows written or deleted here. */
  readonly applied: number
  /** Rows of which this node has the same or a newer version. */
  readonly outdated: number
  /** Rows changed on both sides since the last exchange. */
  readonly conflicts: number
  /** Rows that the database refused; they are set aside and tried again. */
  readonly refused: number
  /** Rows of tables that this node does not take from others; absent when there were none. */
  readonly ignored?: number
}

export interface TableChecksum {
  readonly table: string
  readonly rowCount: number
  readonly sha256: string
}

/** A row that the database refused, with the reason in the database's words. */
export interface RefusedRow {
  readonly table: string
  readonly key: string
  readonly node: NodeCode
  readonly reason: string
  readonly row: string
  readonly refusedAt: number
}

/** A row that was changed on both sides, with both versions; `undefined` where a version is a deletion. */
export interface Conflict {
  readonly table: string
  /** Key and versions as JSON, in the form of the message body. */
  readonly key: string
  readonly node: NodeCode
  /** Whose row stayed; `merged`: one that a function of the application made of both. */
  readonly winner: 'ours' | 'theirs' | 'merged'
  /** What decided; `person`: somebody chose. */
  readonly policy: ConflictPolicy['kind'] | 'person'
  /** Nobody has decided yet; until then, the row is that of the winner. */
  readonly isOpen: boolean
  readonly ours: string | undefined
  readonly theirs: string | undefined
  /** Wall clock in milliseconds. */
  readonly decidedAt: number
}

/** Which version of a conflict a person wants. */
export interface Choice {
  readonly id: number
  readonly take: 'ours' | 'theirs'
}

/** A conflict as it is on record. */
export interface ConflictRecord extends Conflict {
  /** By which it is called, at this node. */
  readonly id: number
  /** The columns of both versions. */
  readonly columns: readonly string[]
}
