import type { TableLine } from '../../message/body-lines.ts'
import type { NewConflict } from '../change-store.ts'
import type { StoredConflict } from './resolve-conflict.ts'
import type { TableTarget } from './table-target.ts'
import type { WaitingRow } from './waiting-row.ts'

/** How a person has closed a conflict: whose version it is, and which version of the row it has become. */
export interface Closing {
  readonly winner: 'ours' | 'theirs'
  readonly nowMs: number
  readonly stamp: number
  readonly seq: number
}

/** What applying needs of a database, within the transaction that is open. */
export interface ApplyDatabase {
  /** As many rows, or more, are best given at once; absent where fewer will do as well. */
  readonly batchRows?: number

  /** The columns of a table that are none of the sender's business: a rule keeps them at home here. */
  leftOut(table: string): ReadonlySet<string>

  /** The table that a sender's line names, ready to be written to. Throws {@link SchemaMismatch}. */
  targetFor(line: TableLine): Promise<TableTarget>

  /** Does the work; unless it says `true`, nothing of it has happened. */
  tentatively(work: () => Promise<boolean>): Promise<void>

  /** The rows that were refused at earlier messages, the oldest first. */
  waitingRows(): Promise<readonly WaitingRow[]>
  /** Puts a row with the others that wait, in the place of one with the same key. */
  keepWaiting(row: WaitingRow, nowMs: number): Promise<void>
  forgetWaiting(table: string, key: string): Promise<void>

  /** Puts a conflict on record, with the columns of its versions. */
  keepConflict(conflict: NewConflict): Promise<void>

  /** The greatest stamp of a deletion that was forgotten; 0 where none was. */
  forgottenStamp(): Promise<number>

  conflict(id: number): Promise<StoredConflict | undefined>
  /** Somebody has chosen. */
  closeConflict(id: number, closing: Closing): Promise<void>

  /** No more rows come: what was switched off for them is on again. */
  finish(): Promise<void>
}
