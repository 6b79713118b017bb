import type { RowLine, TableLine } from '../../message/body-lines.ts'
import type { Value } from '../../message/values.ts'
import type { RowVersion } from '../../plan/row-version.ts'

/** What the change index says of a row. */
export interface IndexEntry extends RowVersion {
  readonly seq: number
  /** The node that the row came from; empty when it was changed here. */
  readonly via: string
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
export type WriteOutcome = 'as sent' | 'merged' | { readonly refused: string }

/**
 * A table of a database as the target of a sender's rows, for the columns that the sender names. Works on batches, in
 * which no key comes twice; what it gives is in the order of the rows.
 */
export interface TableTarget {
  readonly line: TableLine

  entriesOf(rows: readonly RowLine[]): Promise<readonly (IndexEntry | undefined)[]>

  /** The rows as they are here, in the sender's columns. */
  presentRows(rows: readonly RowLine[]): Promise<readonly (readonly Value[] | undefined)[]>

  /** Writes or deletes. A row that is refused leaves no trace, and the others are written all the same. */
  write(writes: readonly RowWrite[]): Promise<readonly WriteOutcome[]>

  /** Gives rows a version and a position of their own, so that they travel on to the other nodes. */
  record(rows: readonly RowLine[], entries: readonly IndexEntry[]): Promise<void>
}
