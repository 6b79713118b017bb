/**
 * The part of `node:sqlite` that this store needs. The application opens the database, so that no driver is a
 * dependency here, and what the application registers (collations, functions) is there too.
 */
export interface SqliteDatabase {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
}

/** What can be bound to a parameter and comes out of a column. Whole numbers come as `bigint`, see {@link Query}. */
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
 * A statement that writes. It tells the last rowid as `bigint`: as `number`, one above 2^53 is an error from Node 26 on, and only after the row
 * was written.
 */
export function prepareToWrite(database: SqliteDatabase, sql: string): SqliteStatement {
  const statement = database.prepare(sql)
  statement.setReadBigInts(true)
  return statement
}

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

  /** Whether the statement fits the schema as it is. */
  isValid(): boolean {
    try {
      new Query(this.#database, `EXPLAIN ${this.#sql}`).all()
      return true
    } catch {
      return false
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

/** SQLITE_TOOBIG: a value, or what an expression makes of it, is longer than this database takes. */
const SQLITE_TOOBIG = 18

/** SQLITE_ERROR: an expression fails at a value. It also says that a statement can't be compiled. */
const SQLITE_ERROR = 1

/** SQLITE_CORRUPT_VTAB: a virtual table is not in step, such as a full-text index that does not know a row. Of the database itself it says nothing. */
const SQLITE_CORRUPT_VTAB = 267

/** What Node says of a database that is closed. A function of the application may throw anything else. */
const INVALID_STATE = 'ERR_INVALID_STATE'

/**
 * How the database refused a row, as opposed to being unable to work: by what it is declared to hold, or because an expression (of an index, a
 * generated column, a trigger), a function of the application in it, or a virtual table fails at what the row holds. A statement that can't be compiled
 * looks like the latter: see {@link Query.isValid}.
 */
export function refusalOf(error: unknown): 'by declaration' | 'by expression' | undefined {
  if (!(error instanceof Error)) return undefined
  if (!('errcode' in error)) {
    return 'code' in error && error.code === INVALID_STATE ? undefined : 'by expression'
  }
  if (Number(error.errcode) === SQLITE_CORRUPT_VTAB) return 'by expression'
  const primaryCode = Number(error.errcode) & 0xff
  if (primaryCode === SQLITE_CONSTRAINT || primaryCode === SQLITE_MISMATCH) return 'by declaration'
  return primaryCode === SQLITE_ERROR || primaryCode === SQLITE_TOOBIG ? 'by expression' : undefined
}
