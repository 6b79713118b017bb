/** What a world wants of the database of a site, of whatever kind it is. */
import type { ChangeStore } from '@obmen/exchange'
import type { ForeignLetterMemory } from '@obmen/exchange/mail'

import type { RowId, RowState } from '../model/row-state.ts'
import type { CountedTable } from '../world/counted-rows.ts'
import type { WorldShape } from '../world/shape.ts'
import type { ConnectionLoss, Statement } from '../world/step.ts'
import type { CountedBlock, IndexedRow, MadeKey } from './table-reader.ts'

/** A database as it was once. It can be opened any number of times, each time as a database of its own. */
export interface DatabaseImage {
  open(options: OpenOptions): SiteDatabase | Promise<SiteDatabase>
}

export interface OpenOptions {
  readonly shape: WorldShape
  readonly node: number
  /** The clock of the site: the database's triggers ask for the time. */
  readonly nowMs: () => number
}

/** A database, and the process that works on it. */
export interface SiteDatabase {
  readonly store: ChangeStore
  readonly reader: DatabaseReader
  readonly foreignLetters: ForeignLetterMemory
  readonly program: Program
  /** What is to become of the connection in the next exchange, where there is one. */
  expectLoss(loss: ConnectionLoss | undefined): void
  /** How often the exchange was not told that what it did is committed. */
  readonly unheardCommits: number
  /** The process is gone, and with it what it had not committed; another one opens the database. */
  restart(): void | Promise<void>
  backUp(): DatabaseImage
  /** From now on the database can grow by so many pages; without a number, by any. */
  limitDisk(freePages: number | undefined): void
  /** Does nothing when the column is there. */
  addColumn(): void
  readonly hasAddedColumn: boolean
  close(): void
}

/** A program of the application, which knows nothing of an exchange. */
export interface Program {
  begin(): void
  /** A statement that is refused has no effect, and the transaction goes on; but for one that ended it. */
  run(statement: Statement): 'done' | 'refused' | 'ended'
  /** Gives whether it is committed. */
  end(how: 'commit' | 'rollback'): boolean
  /** Empties a table, in a transaction of its own. */
  empty(table: string): void
}

/** Reads what a database holds, in the form of the model. */
export interface DatabaseReader {
  /** The rows that are there, as a message would have them. */
  rows(): Map<RowId, string>
  /** The rows that a node with such a zone has a share in: of the first table a part, and all others. */
  zone(zone: string): ReadonlySet<RowId>
  /** A row with another node's number in the column that every node keeps to itself. */
  strangeOwnColumn(node: number): string | undefined
  /** A row that refers to one that is not there. */
  brokenReference(): string | undefined
  /** The key that was counted last, and the block that it should be from. */
  lastKey(table: CountedTable, node: string): MadeKey
  /** The blocks that the node has: the newest of each table. */
  countedBlocks(node: string): readonly CountedBlock[]
  index(): Map<RowId, IndexedRow>
  /** The rows that the database holds back. */
  refused(): Map<RowId, RowState>
}
