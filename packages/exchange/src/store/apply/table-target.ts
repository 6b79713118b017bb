import type { RowLine, TableLine } from '../../message/body-lines.ts'
import type { NarrowerColumn } from '../../message/column-capacity.ts'
import type { Value } from '../../message/values.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { RowVersion } from '../../plan/row-version.ts'

/** What the change index says of a row. */
export interface IndexEntry extends RowVersion {
  readonly seq: number
  /** The node that the row came from; empty when it was changed here. */
  readonly via: NodeCode | ''
  /** Of a change of this node: the greatest stamp of another node's version that it was made on top of. */
  readonly base?: number
}

/** A row to write, and what the change index said of it. */
export interface RowWrite {
  readonly row: RowLine
  readonly entry: IndexEntry | undefined
}

/**
 * What became of a row: it is now what the sender has; it has values of ours in columns that the sender does not name; or
 * the database refuses it, with the reason in the database's words.
 */
export type WriteOutcome = 'as sent' | 'merged' | Refusal

/** The database refuses, with the reason in its words. */
export interface Refusal {
  readonly refused: string
}

/**
 * A row of this database that was taken out of its table: the columns that the sender does not name. `undefined` when there was none; one that the
 * database does not let go stays where it is.
 */
export type TakenOut = readonly Value[] | Refusal | undefined

/** When a row needs no thought, see {@link TableTarget.writePlain}. */
export interface PlainTerms {
  readonly sender: NodeCode
  /** What of our change index the sender knew. */
  readonly acknowledgedSeq: number
  /** Nobody can say what the sender knew: it may know every row that was not changed here. */
  readonly beginsAnew: boolean
  /** The rows that are written get the positions behind this one, in their order and without gaps. */
  readonly afterSeq: number
}

/**
 * A table of a database as the target of a sender's rows, for the columns that the sender names. Works on batches, in
 * which no key comes twice; what it gives is in the order of the rows.
 */
export interface TableTarget {
  readonly line: TableLine
  /** Whether rows of a table here may refer to rows of this one. */
  readonly isParent: boolean
  /** Columns here that take less than the sender's. Absent where columns take values of any length. */
  readonly narrower?: readonly NarrowerColumn[]

  /**
   * Cuts rows whose keys differ as values into batches in which no key comes twice for the database, each row in one behind that of an
   * earlier row with its key. Absent where the database tells all of them apart, or is given one row after the other.
   */
  divide?(rows: readonly RowLine[]): Promise<readonly (readonly RowLine[])[]>

  /**
   * Writes and records the rows that need no thought, and gives the others. A row needs none when the change index has no entry
   * for it, or one with a lesser stamp that the sender knew: it came from the sender, or lies up to `acknowledgedSeq`, or has the
   * row's own origin, or, of a sender that begins anew, was not made by this node. A row that the database refuses, or whose parent
   * is missing, is among the others and leaves no trace, and so are deletions and departures. It is never wrong to give a row back; a target may give all of
   * them.
   */
  writePlain(rows: readonly RowLine[], terms: PlainTerms): Promise<readonly RowLine[]>

  entriesOf(rows: readonly RowLine[]): Promise<readonly (IndexEntry | undefined)[]>

  /** The rows as they are here, in the sender's columns. */
  presentRows(rows: readonly RowLine[]): Promise<readonly (readonly Value[] | undefined)[]>

  /** Why rows can't be written yet: the row that a foreign key refers to is not here. `undefined` for those that can. */
  missingParents(rows: readonly RowLine[]): Promise<readonly (string | undefined)[]>

  /** Whether rows here refer to each of these, by foreign keys. */
  areReferredTo(rows: readonly RowLine[]): Promise<readonly boolean[]>

  /** Writes or deletes. Foreign keys are not asked for. A row that is refused leaves no trace, and the others are written all the same. */
  write(writes: readonly RowWrite[]): Promise<readonly WriteOutcome[]>

  /** Gives rows a version and a position of their own, so that they travel on to the other nodes. */
  record(rows: readonly RowLine[], entries: readonly IndexEntry[]): Promise<void>

  /** Removes rows and their entries without a trace: they are no longer this node's share. A row that is refused stays, and so does its entry. */
  depart(rows: readonly RowLine[]): Promise<readonly WriteOutcome[]>

  /** Takes rows away, to make room for others. {@link putBack} brings them in again. */
  takeOut(rows: readonly RowLine[]): Promise<readonly TakenOut[]>

  /** Writes rows that were taken out; the columns that the sender does not name are as they were. One that was not let go is refused again. */
  putBack(rows: readonly RowLine[], takenOut: readonly TakenOut[]): Promise<readonly WriteOutcome[]>
}
