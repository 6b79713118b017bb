/**
 * The port between an exchange and a database: what an adapter (SQLite, PostgreSQL) promises, and no more.
 */
import type { NarrowerColumn } from '../message/column-capacity.ts'
import type { RowLine, TableLine } from '../message/body-lines.ts'
import type { TableSum } from '../message/check-line.ts'
import type { ExchangePlan } from '../plan/exchange-plan.ts'
import type { ChosenVersion, SetAside } from '../plan/message-header.ts'
import type { NodeAttributes } from '../plan/node-attributes.ts'
import type { NodeCode } from '../plan/node-code.ts'
import type { NodeState } from '../plan/node-state.ts'
import type { KeyLedger, KeyState } from './key-ledger.ts'
import type { TextNotUtf8 } from './errors.ts'
import type { ConflictPolicy } from '../plan/plan-rules.ts'
import type { Stop } from '../plan/standing.ts'

/** One database that takes part in an exchange plan. Calls are made one after another, never side by side. */
export interface ChangeStore {
  readonly plan: ExchangePlan

  /**
   * Tells what there is to do, from one short read: without the write lock, and without reading a row of the application. What it
   * costs does not depend on how many rows there are.
   */
  survey(request: SurveyRequest): Promise<Survey>

  /** Every node of the plan but this one, by code: what is known of it, from one snapshot and without the write lock. */
  nodes(): Promise<readonly NodeState[]>

  /** A text that is equal for two nodes when they share the same rows and columns: what one of them is sent, the other one may get as well. */
  shareOf(node: NodeCode): Promise<string>

  /** Runs `work` in one transaction: all of it has happened when the promise resolves, nothing when it rejects. */
  transaction<Result>(work: (transaction: StoreTransaction) => Promise<Result>): Promise<Result>

  /**
   * Reads the present state of the rows whose position in the change index lies above `afterSeq` and up to `throughSeq`,
   * in the order of positions and from one snapshot. Rows that came from `forNode` are left out: it knows them; so are those that are
   * set aside at their present position. Where the plan's rules give the node a part of a table, it gets the rows of its part, and a
   * departure for each row that has left it. The caller may stop at any row; no other call of the store may come in between. Throws
   * {@link NodeAttributeMissing}.
   */
  readChanges(request: ChangesRequest): AsyncIterable<ChangeBatch>

  /**
   * Counts what nodes don't know yet and are not offered yet, also changes that have no position so far, in the order of the requests. Reads no row of
   * the application, and does not take the write lock.
   */
  countChanges(requests: readonly CountRequest[]): Promise<readonly number[]>

  /** The number of rows and a checksum for each table of the plan: equal on two nodes when the tables are. */
  checksums(): Promise<readonly TableChecksum[]>

  /**
   * Sums what tables hold, for the other side to compare: tables that go whole and both ways, without the rows that have changed since
   * or that wait. From one snapshot; reads those tables from one end to the other, in constant memory.
   */
  sumTables(request: SumRequest): Promise<readonly TableSum[]>

  /** Where a node's tables were found to hold something else than ours. */
  differences(): Promise<readonly TableDiffers[]>

  /** Rows that this database refused, and conflicts that were decided, newest last. */
  refusedRows(): Promise<readonly RefusedRow[]>
  conflicts(): Promise<readonly ConflictRecord[]>

  /** Rows of this database that other nodes could not take, as the last message of each says; nodes without any are left out. */
  setAsideThere(): Promise<readonly SetAsideThere[]>
  /** What persons have chosen here, by the node that the conflict was with, where the choice has a position in the range. */
  resolutions(range: {
    readonly afterSeq: number
    readonly throughSeq: number
  }): Promise<ReadonlyMap<NodeCode, readonly ChosenVersion[]>>

  /** How this node stands with the keys that are handed out in blocks; at the head office, how every node does that has said so. */
  keyStates(): Promise<readonly KeyState[]>

  /** Rows that can't be sent as they are, oldest first. */
  unsentRows(): Promise<readonly UnsentRow[]>
}

export interface SurveyRequest {
  /** Wall clock in milliseconds. */
  readonly nowMs: number
  readonly resendAfterMs: number
}

/** What there is to do. */
export interface Survey {
  /** The last position of the change index. */
  readonly headSeq: number
  /** Changes are registered that have no position yet: {@link StoreTransaction.fold} gives them one. */
  readonly hasUnfolded: boolean
  /** Every node of the plan but this one, in the order of their codes. */
  readonly nodes: readonly NodeCode[]
  /**
   * Those of them for which there may be something to do: positions that they are not offered, an acknowledgement that they are owed, a message that
   * is not delivered, one in flight that was written `resendAfterMs` ago or longer, or so far in the future. Of the nodes in {@link stopped}
   * only those that are to be told why.
   */
  readonly toServe: readonly NodeCode[]
  /** The bodies of messages that are not delivered. */
  readonly bodies: readonly string[]
  /** There are rows in {@link ChangeStore.unsentRows}. */
  readonly hasUnsent: boolean
  /** {@link StoreTransaction.endDay} was not called for a day, or never. */
  readonly isNewDay: boolean
  /** Nodes with which nothing is exchanged until a person has decided. */
  readonly stopped: ReadonlyMap<NodeCode, Stop>
  /** There are rows in {@link ChangeStore.refusedRows}. */
  readonly hasRefused: boolean
  /** Nodes whose rows that wait here are more or fewer than the last message to them says. */
  readonly toTell: readonly NodeCode[]
  /** What {@link StoreTransaction.setInstance} said last. */
  readonly instance: string | undefined
  /** There are tables whose keys are handed out in blocks. */
  readonly hasKeyBlocks: boolean
}

export interface ChangesRequest {
  readonly forNode: NodeCode
  readonly afterSeq: number
  readonly throughSeq: number
  /** True when also rows that came from `forNode` are wanted: others with the same share may need them. */
  readonly keepsOwn?: boolean
  /**
   * Rows may come as {@link ChangeLines}, as far as they take no more octets than this tells when they are read. Otherwise, and behind that, they
   * come one by one.
   */
  readonly roomForLines?: () => number
  /** Positions, ascending, behind which a batch begins. */
  readonly ends?: readonly number[]
}

export interface SumRequest {
  /** Rows with positions above have changed since, */
  readonly throughSeq: number
  /** but for those that came from this node. */
  readonly knownTo?: NodeCode
  /** The tables to sum, and by which columns; without them, all that can be compared, by the columns that are sent. */
  readonly columns?: ReadonlyMap<string, Pick<TableSum, 'keyLength' | 'columns'>>
}

/** A table that does not hold the same here and at a node, although neither side has something to tell the other. */
export interface TableDiffers {
  readonly node: NodeCode
  readonly table: string
  /** In which parts of the table, by number: rows are spread over parts by their keys. */
  readonly parts: readonly number[]
  /** How many rows these parts hold. */
  readonly rowsHere: number
  readonly rowsThere: number
  /** When it was found first, in milliseconds of the wall clock. */
  readonly foundAt: number
}

export interface CountRequest {
  readonly forNode: NodeCode
  readonly afterSeq: number
}

/** Rows of one table that lie side by side in the change index. Never empty. */
export interface ChangeBatch {
  readonly table: TableLine
  /** The rows; none where there are `lines` in their place. */
  readonly changes: readonly Change[]
  readonly lines?: ChangeLines
}

/** Several rows as they stand in a message: a store may have them so at less cost. */
export interface ChangeLines {
  /** The node that all of them came from, where the request keeps a node's own; empty when they were changed here. */
  readonly via: NodeCode | ''
  readonly rowCount: number
  /** The position of the last one. */
  readonly lastSeq: number
  /** Their lines, each with its end. */
  readonly octets: Uint8Array
  /** Gives the memory of the octets back, where nobody else has them. */
  readonly release?: () => void
}

export interface Change {
  readonly seq: number
  /** The row's own position in the change index: another one where not the row has changed, but the node's share. */
  readonly entrySeq: number
  /** The node that the row came from; empty when it was changed here. */
  readonly via: NodeCode | ''
  readonly row: RowLine
  /** Why the row can't be sent as it is. */
  readonly defect?: TextNotUtf8
}

/** A row that can't be sent as it is, until it changes: the others go without it. */
export interface UnsentRow {
  readonly table: string
  /** Its key, for people. */
  readonly key: string
  /** Its own position in the change index when it was set aside. With another position it is sent, or set aside anew. */
  readonly seq: number
  readonly reason: UnsentReason
  readonly setAsideAt: number
}

export type UnsentReason =
  | { readonly kind: 'not-utf8'; readonly column: string }
  /** The mail server refused a letter that held nothing but the row; `limitOctets` is what it says that it takes, 0 when it does not say. */
  | { readonly kind: 'too-large'; readonly sizeOctets: number; readonly limitOctets: number }

export interface StoreTransaction {
  /** The blocks of keys. */
  readonly keys: KeyLedger

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

  /**
   * The same; and where something was registered that may have made room for rows which were refused, they are tried once more: the parent of one
   * was entered, or a unique value is free. Nothing comes with it, so no deletion that waits gives way.
   */
  foldAndRetry(nowMs: number): Promise<number>

  /** Lets the node be offered also what came from it, and what waits and came from it once it fits: it may have lost it. */
  forgetVia(code: NodeCode): Promise<void>

  /**
   * Puts rows into the change index that are in a table and not in it, because a program wrote them while triggers were switched off. They
   * count as rows from before the exchange began.
   */
  enterUnknown(): Promise<void>

  /** Keeps rows from being sent at their present position. */
  setAside(rows: readonly UnsentRow[]): Promise<void>

  /** Gives rows that were set aside a new position, so that they are tried again. */
  takeUp(rows: readonly UnsentRow[]): Promise<void>

  /**
   * Ends a day on which there was an exchange. Entries of deleted rows that are as old as `keepDays` such days, and that every node has
   * acknowledged, are removed from the change index. Gives their number.
   */
  endDay(request: { readonly nowMs: number; readonly keepDays: number }): Promise<number>

  /** Records which instance of this node works on the database. */
  setInstance(instance: string): Promise<void>

  /**
   * Writes one of the two versions of a conflict as a change of this node, and closes it. Throws {@link ConflictUnknown}, and
   * {@link RowRefused} when the database does not take that version. {@link fold} must have been called before.
   */
  resolveConflict(choice: Choice, nowMs: number): Promise<void>
  /** Closes the conflicts with a node that a person has decided there. */
  acceptResolutions(
    from: NodeCode,
    resolutions: readonly ChosenVersion[],
    nowMs: number,
  ): Promise<void>
  /** Puts the records of conflicts away that were decided before a moment. Gives how many. */
  clearConflicts(beforeMs: number): Promise<number>

  /** Tries all rows that were refused once more. {@link fold} must have been called before. */
  retryRefused(nowMs: number): Promise<ApplySummary>
  /** What of a node's rows waits here, the first of them by name; `undefined` when nothing does. */
  setAsideOf(code: NodeCode): Promise<SetAside | undefined>
  /** Keeps what a node says of our rows, in the place of what it said before. */
  keepSetAsideThere(there: SetAsideThere): Promise<void>

  /** Where the node's tables hold something else than ours, and in the place of what was known. */
  differencesWith(code: NodeCode): Promise<readonly TableDiffers[]>
  saveDifferences(code: NodeCode, differences: readonly TableDiffers[]): Promise<void>

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
  /** So many of the message's first rows were met here already, in the same versions: what differs here was changed with knowledge of them. */
  readonly toldAgain?: number
  /** The sender had more to say than went into this message: rows that belong together may come with the next one. */
  readonly hasMore?: boolean
  /** Wall clock in milliseconds, for the records of conflicts and refusals. */
  readonly nowMs: number
}

/** Applies rows so that the newest version of each wins, whatever came first. */
export interface RowApplier {
  /** As many rows, or more, are best given at once: each call costs something. Absent where fewer will do as well. */
  readonly batchRows?: number
  /** The rows that follow belong to this table. */
  beginTable(table: TableLine): Promise<void>
  applyRows(rows: readonly RowLine[]): Promise<void>
  /**
   * Tries once more what did not fit at its place, sets aside what the database refuses, and sums up. Throws {@link SchemaMismatch}
   * when a table does not take the sender's rows, and, where the plan is strict, {@link RowRefused} instead of setting aside.
   */
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
  /** Columns here that take less than the sender's: rows with longer values are among the refused ones. Absent when there are none. */
  readonly narrower?: readonly NarrowerColumn[]
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
  /** The row under the same key as it was here then; `undefined` when there was none. */
  readonly ours: string | undefined
  readonly refusedAt: number
}

/** What a node says of rows of this database that it could not take. */
export interface SetAsideThere extends SetAside {
  readonly node: NodeCode
  /** When its message was applied here, in milliseconds of the wall clock. */
  readonly toldAt: number
}

/** A row that was changed on both sides, with both versions; `undefined` where a version is a deletion. */
export interface Conflict {
  readonly table: string
  /** Key and versions as JSON, in the form of the message body. */
  readonly key: string
  readonly node: NodeCode
  /** Whose row stayed; `merged`: one that a function of the application made of both. */
  readonly winner: 'ours' | 'theirs' | 'merged'
  /** What decided; `person`: somebody chose; `reference`: a deletion gave way, because rows refer to the row. */
  readonly policy: ConflictPolicy['kind'] | 'person' | 'reference'
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

/** A conflict to be put on record. */
export interface NewConflict extends Conflict {
  /** The columns of both versions. */
  readonly line: TableLine
  /** The greater stamp of the two. */
  readonly stamp: number
}

/** A conflict as it is on record. */
export interface ConflictRecord extends Conflict {
  /** By which it is called, at this node. */
  readonly id: number
  /** The columns of both versions. */
  readonly columns: readonly string[]
}
