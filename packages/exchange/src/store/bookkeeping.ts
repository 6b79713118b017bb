/**
 * The tables that Obmen keeps in an application's database, for statements that every database understands as they are: a parameter is
 * written `?1`, and nothing is used that SQLite and PostgreSQL say in different words.
 */
export interface Bookkeeping {
  readonly tables: BookkeepingTables
  readonly all: (
    sql: string,
    ...values: readonly BookkeepingValue[]
  ) => Promise<readonly BookkeepingRow[]>
  /** Runs a statement and tells how many rows it changed. */
  readonly run: (sql: string, ...values: readonly BookkeepingValue[]) => Promise<number>
}

/** What the tables are called in SQL. */
export interface BookkeepingTables {
  readonly nodes: string
  readonly conflicts: string
  readonly differences: string
  readonly refused: string
  readonly refusedThere: string
  readonly keyBlocks: string
  readonly keyReports: string
}

export type BookkeepingValue = string | number | boolean | null

/** A row as an array of its columns, each in the form in which its database gives it. */
export type BookkeepingRow = readonly (string | number | bigint | Uint8Array | null)[]

type Cell = BookkeepingRow[number] | undefined

/** A column that holds a whole number, always below 2^53. */
export function numberOf(cell: Cell): number {
  return Number(cell ?? 0)
}

export function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : ''
}

/** A text that may be missing. */
export function optionalText(cell: Cell): string | undefined {
  return typeof cell === 'string' ? cell : undefined
}

/** A column that holds a boolean: 1 in SQLite, `t` in the form in which PostgreSQL writes it. */
export function flagOf(cell: Cell): boolean {
  return cell === 1n || cell === 't'
}
