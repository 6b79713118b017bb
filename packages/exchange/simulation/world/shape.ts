/** What a world is like before anything happens in it. Plain data, so that a failure can be printed and played again. */

import type { KeyBlockRule } from '@obmen/exchange'

/** What a key column holds. */
export type KeyKind = 'integer' | 'text' | 'uuid' | 'blob'

export interface TableShape {
  readonly name: string
  /** The database counts its keys, in blocks that the head office hands out. */
  readonly keyBlocks?: KeyBlockRule
  readonly key: readonly { readonly name: string; readonly kind: KeyKind }[]
  /** A text that each write makes anew, so that no two writes leave the same row. */
  readonly note: string
  /** A value that no two rows may share. */
  readonly unique?: string | undefined
  /** Node whose database alone refuses rows with an odd serial number. */
  readonly refusingNode?: number | undefined
  readonly isWithoutRowid: boolean
  readonly isStrict: boolean
  readonly areKeysLast: boolean
  /** The table whose rows its rows refer to, by number; its key has one column. */
  readonly parent?: number
  /** What becomes of rows when the row that they refer to is deleted. */
  readonly onDelete?: 'RESTRICT' | 'CASCADE' | 'SET NULL'
  /** The application has a trigger that makes a row another one each time that it is written. */
  readonly hasTrigger?: boolean
  /** A column that every node keeps to itself: its own number is in it, in the rows that it wrote. */
  readonly hasOwnColumn?: boolean
  /** In PostgreSQL its rows lie in two partitions, by a hash of the key. */
  readonly isPartitioned?: boolean
  /** Rows go from the head office to its nodes: because it takes none, or because they send none. */
  readonly oneWayBy?: 'office' | 'nodes'
}

/** Who keeps the rows of a row's table from going back; nobody when they go both ways. */
export function oneWayBy({ tables }: WorldShape, id: string): TableShape['oneWayBy'] {
  return tables[tableNumber(id)]?.oneWayBy
}

/** The table of a row. */
export function tableNumber(id: string): number {
  return Number(id.slice(0, id.indexOf(':')))
}

/** The column that refers to a parent. */
export const REFERENCE = 'ref'

/** The column that comes later. */
export const ADDED = 'новое'

/** The column that stays at home. */
export const OWN = 'свое'

/** What a site keeps its database in; in PostgreSQL as a superuser, or as nothing more than the owner of the database. */
export type DatabaseKind = 'sqlite' | 'postgres' | 'owned postgres'

export interface WorldShape {
  /** The plan's name, when another one shares the mailbox. */
  readonly plan?: string
  readonly codes: readonly string[]
  /** What each node keeps its database in; SQLite, when nothing is said. */
  readonly databases?: readonly DatabaseKind[]
  /** Who exchanges with whom: `[0, 1]` is a pair. */
  readonly links: readonly (readonly [number, number])[]
  readonly tables: readonly TableShape[]
  /** Rows that are there before the exchange begins: the key numbers in the first table, at each node. */
  readonly firstRows: readonly (readonly number[])[]
  /** What each node's clock is wrong by. */
  readonly clocksMs: readonly number[]
  readonly rules: {
    readonly window: number
    readonly resendAfterMs: number
    readonly messageSizeOctets: number
    readonly keepDeletionsDays: number
  }
  /** Who wins when a row was changed on both sides. */
  readonly policy: 'latest' | 'ours' | 'theirs' | 'ask' | 'priority' | 'function'
  /**
   * What part of the first table the head office gives to each of its nodes: the digits that a row's note may end with. Absent: everything.
   */
  readonly zones?: readonly string[]
  /** A row that a database refuses stops its message. */
  readonly isStrict?: boolean
  /** Who says that columns stay at home; otherwise every node does. */
  readonly ownColumnsBy?: 'office'
  /** Whether a removed letter is gone at once (IMAP), or only when the mailbox was closed in order (POP3). */
  readonly removal: 'at once' | 'at close'
  /** Letters of exchanges that the mailbox holds. */
  readonly capacity: number
}

export function databaseOf({ databases }: WorldShape, node: number): DatabaseKind {
  return databases?.[node] ?? 'sqlite'
}

/** The pairs of nodes that exchange, from one node's view. */
export function peersOf(shape: WorldShape, node: number): readonly number[] {
  return shape.links.flatMap(([a, b]) => (a === node ? [b] : b === node ? [a] : []))
}

/** The table that the head office gives parts of. */
export const SHARED_TABLE = 0
