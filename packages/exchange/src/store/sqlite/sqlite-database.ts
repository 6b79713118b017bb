/**
 * The part of `node:sqlite` that this store needs. The application opens the database, so that no driver is a
 * dependency here, and what the application registers (collations, functions) is there too.
 */
export interface SqliteDatabase {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
}

/** What can be bound to a parameter and comes out of a column. Whole numbers come as `bigint`, see {@link prepare}. */
export type SqlValue = null | number | bigint | string | Uint8Array

export interface SqliteStatement {
  run(...values: SqlValue[]): { readonly changes: number | bigint }
  get(...values: SqlValue[]): unknown
  all(...values: SqlValue[]): unknown[]
  iterate(...values: SqlValue[]): Iterable<unknown>
  setReadBigInts(enabled: boolean): void
  setReturnArrays(enabled: boolean): void
}

/** A row as an array of its columns. */
export type SqlRow = readonly SqlValue[]

/**
 * A statement whose rows come as arrays, whole numbers as `bigint`: as `number`, those above 2^53 would be an error.
 */
export class Query {
  readonly #database: SqliteDatabase
  readonly #sql: string
  #prepared: SqliteStatement | undefined

  /** It is compiled when it is first used: of the statements for a table, few messages need all. */
  constructor(database: SqliteDatabase, sql: string) {
    this.#database = database
    this.#sql = sql
  }

  get #statement(): SqliteStatement {
    if (this.#prepared !== undefined) return this.#prepared
    const statement = this.#database.prepare(this.#sql)
    statement.setReadBigInts(true)
    statement.setReturnArrays(true)
    this.#prepared = statement
    return statement
  }

  all(...values: SqlValue[]): SqlRow[] {
    return this.#statement.all(...values).filter(isSqlRow)
  }

  first(...values: SqlValue[]): SqlRow | undefined {
    const row = this.#statement.get(...values)
    return isSqlRow(row) ? row : undefined
  }

  *iterate(...values: SqlValue[]): Generator<SqlRow, void, void> {
    for (const row of this.#statement.iterate(...values)) {
      if (isSqlRow(row)) yield row
    }
  }

  /** Runs the statement and tells how many rows it changed. */
  run(...values: SqlValue[]): number {
    return Number(this.#statement.run(...values).changes)
  }
}

function isSqlRow(row: unknown): row is SqlRow {
  return Array.isArray(row)
}

/** A column that holds a whole number of ours, always below 2^53. */
export function toNumber(value: SqlValue | undefined): number {
  return Number(value ?? 0)
}

/** A column that holds a text of ours. */
export function toText(value: SqlValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** A name as SQL takes it, whatever it consists of. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** SQLITE_CONSTRAINT, the primary code of every refusal by UNIQUE, CHECK, NOT NULL or a STRICT type. */
const SQLITE_CONSTRAINT = 19

/** SQLITE_MISMATCH: the key of a rowid table is not a whole number. */
const SQLITE_MISMATCH = 20

/** Whether the database refused a row, as opposed to being unable to work. */
export function isRefusal(error: unknown): error is Error {
  if (!(error instanceof Error) || !('errcode' in error)) return false
  if (typeof error.errcode !== 'number') return false
  const primaryCode = error.errcode & 0xff
  return primaryCode === SQLITE_CONSTRAINT || primaryCode === SQLITE_MISMATCH
}
