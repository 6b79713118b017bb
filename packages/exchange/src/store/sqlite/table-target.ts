import type { Column, RowLine, TableLine } from '../../message/body-lines.ts'
import { encodeValue, type Value } from '../../message/values.ts'
import { compareVersions, type RowVersion } from '../../plan/row-version.ts'
import { base64 } from '../../platform/base64.ts'
import { SchemaMismatch } from '../errors.ts'
import { type CapturedTable, compare, indexName, keyNames } from './capture.ts'
import { Query, quoteName, type SqliteDatabase, toNumber } from './sqlite-database.ts'
import { toTableLine } from './user-table.ts'
import { parseNodeCode } from '../../plan/node-code.ts'

/** What the change index says of a row. */
export interface IndexEntry extends RowVersion {
  readonly seq: number
  readonly via: string
}

/** A row of this database that was taken out of its table: the columns that the sender does not name. */
export type TakenOut = readonly Value[] | undefined

/** Whether a row is now what the sender has, or has values of ours in columns that the sender does not name. */
export type Written = 'as sent' | 'merged'

/** A table of this database as the target of a sender's rows: the statements for the columns that the sender names. */
export class TableTarget {
  readonly line: TableLine
  readonly #hasExtras: boolean
  readonly #entry: Query
  readonly #row: Query
  readonly #extras: Query
  readonly #update: Query
  readonly #insert: Query
  readonly #insertWhole: Query
  readonly #delete: Query
  readonly #record: Query

  constructor(database: SqliteDatabase, table: CapturedTable, line: TableLine) {
    checkColumns(table, line)
    this.line = line
    const target = quoteName(table.name)
    const columns = line.columns.map(({ name }) => quoteName(name))
    const extras = table.others.filter(({ name }) => line.columns.every((own) => own.name !== name))
    this.#hasExtras = extras.length > 0
    const extraColumns = extras.map(({ name }) => quoteName(name))
    const isKey = table.key
      .map((column, index) => compare(column, '=', `?${index + 1}`))
      .join(' AND ')
    const query = (sql: string): Query => new Query(database, sql)
    this.#entry = query(entryStatement(table))
    this.#row = query(`SELECT ${columns.join(', ')} FROM ${target} WHERE ${isKey}`)
    this.#extras = query(
      `SELECT ${['1', ...extraColumns].join(', ')} FROM ${target} WHERE ${isKey}`,
    )
    this.#update = query(
      `UPDATE OR ABORT ${target} SET ${assignments(table, line).join(', ')} WHERE ${isKey}`,
    )
    this.#insert = query(insertStatement(target, columns))
    this.#insertWhole = query(insertStatement(target, [...columns, ...extraColumns]))
    this.#delete = query(`DELETE FROM ${target} WHERE ${isKey}`)
    this.#record = query(recordStatement(table))
  }

  keyOf(row: RowLine): readonly Value[] {
    return row.values.slice(0, this.line.keyLength)
  }

  entryOf(row: RowLine): IndexEntry | undefined {
    const entry = this.#entry.first(...this.keyOf(row))
    if (entry === undefined) return undefined
    const [seq, stamp, origin, via] = entry
    return {
      seq: toNumber(seq),
      stamp: toNumber(stamp),
      origin: parseNodeCode(String(origin)),
      via: String(via),
    }
  }

  /** The row's key as readable JSON, in the form of the message body. */
  keyText(row: RowLine): string {
    return this.#format(this.keyOf(row))
  }

  /** The sender's values as readable JSON; null for a deletion. */
  text(row: RowLine): string | null {
    return row.kind === 'row' ? this.#format(row.values) : null
  }

  /** The row as it is here, in the sender's columns and as readable JSON; null when there is none. */
  presentText(row: RowLine): string | null {
    const present = this.#row.first(...this.keyOf(row))
    return present === undefined ? null : this.#format(present)
  }

  /**
   * Positive when the sender's row wins over ours, 0 when they are the same. One version may have two contents: a node that
   * was restored from a backup has made a change in each of its lives, at the same time of its clock. Then the greater
   * text wins, on every node alike; a deletion is less than any row.
   */
  orderOf(row: RowLine, entry: IndexEntry): number {
    const versions = compareVersions(row, entry)
    if (versions !== 0) return versions
    const ours = this.presentText(row) ?? ''
    const theirs = this.text(row) ?? ''
    if (ours === theirs) return 0
    return theirs > ours ? 1 : -1
  }

  #format(values: readonly Value[]): string {
    const encoded = values.map((value, index) =>
      encodeValue(value, this.line.columns[index]?.type ?? 'text', base64),
    )
    return JSON.stringify(encoded)
  }

  /**
   * Writes or deletes the row. Throws what the database says when it refuses. A row that is there is updated: an upsert
   * would be checked first as if it were new, and fail for want of a column that the sender does not have.
   */
  write(row: RowLine, entry: IndexEntry | undefined): Written {
    if (row.kind === 'deletion') {
      this.#delete.run(...row.values)
      return 'as sent'
    }
    if (entry !== undefined && this.#update.run(...row.values) > 0) {
      return this.#hasExtras ? 'merged' : 'as sent'
    }
    this.#insert.run(...row.values)
    return 'as sent'
  }

  /** Takes the row away, to make room for others. {@link putBack} brings it in again. */
  takeOut(row: RowLine): TakenOut {
    const present = this.#extras.first(...this.keyOf(row))
    if (present === undefined) return undefined
    this.#delete.run(...this.keyOf(row))
    return present.slice(1)
  }

  /** Writes a row that was taken out; the columns that the sender does not name are as they were. */
  putBack(row: RowLine, takenOut: TakenOut): Written {
    if (takenOut === undefined) {
      this.#insert.run(...row.values)
      return 'as sent'
    }
    this.#insertWhole.run(...row.values, ...takenOut)
    return this.#hasExtras ? 'merged' : 'as sent'
  }

  /** Gives the row a version and a position of its own, so that it travels on to the other nodes. */
  record(row: RowLine, { seq, stamp, origin, via }: IndexEntry): void {
    const gone = row.kind === 'row' ? 0n : 1n
    this.#record.run(...this.keyOf(row), BigInt(seq), BigInt(stamp), origin, via, gone)
  }
}

function entryStatement(table: CapturedTable): string {
  const isEntry = keyNames(table).map((name) => `${name} = ?`)
  return `SELECT seq, stamp, origin, via FROM ${indexName(table)} WHERE ${isEntry.join(' AND ')}`
}

function recordStatement(table: CapturedTable): string {
  const keys = keyNames(table).join(', ')
  return `
    INSERT INTO ${indexName(table)} (${keys}, seq, stamp, origin, via, gone)
    VALUES (${'?, '.repeat(table.key.length)}?, ?, ?, ?, ?)
    ON CONFLICT (${keys}) DO UPDATE SET
      seq = excluded.seq, stamp = excluded.stamp, origin = excluded.origin, via = excluded.via,
      gone = excluded.gone`
}

/** ABORT overrules what the application's schema may say: REPLACE would delete other rows without a word, IGNORE lose ours. */
function insertStatement(target: string, columns: readonly string[]): string {
  const parameters = columns.map((_, index) => `?${index + 1}`)
  return `INSERT OR ABORT INTO ${target} (${columns.join(', ')}) VALUES (${parameters.join(', ')})`
}

/** The key is written too where equal keys may differ: in case under NOCASE, as 1 and 1.0 without a type. */
function assignments(table: CapturedTable, line: TableLine): string[] {
  const all = line.columns.map(({ name }, index) => `${quoteName(name)} = ?${index + 1}`)
  const keys = all.slice(0, line.keyLength)
  const isExact = table.key.map(({ type, collation }) => {
    return type !== 'blob' && collation.toUpperCase() === 'BINARY'
  })
  const written = [
    ...keys.filter((_, index) => isExact[index] !== true),
    ...all.slice(line.keyLength),
  ]
  return written.length === 0 ? keys : written
}

/**
 * Columns that are here and not there keep their values; the other way round there would be no place for them. In a column
 * of another type a value would become another one, and with another collation other keys would be the same row.
 */
function checkColumns(table: CapturedTable, line: TableLine): void {
  const theirKey = line.columns.slice(0, line.keyLength).map(({ name }) => name)
  const ourKey = table.key.map(({ name }) => name)
  if (theirKey.join('\0') !== ourKey.join('\0')) {
    throw new SchemaMismatch(
      table.name,
      `its primary key is (${ourKey.join(', ')}) here and (${theirKey.join(', ')}) at the sender`,
    )
  }
  const here = new Map(toTableLine(table).columns.map((column) => [column.name, column]))
  const missing = line.columns.filter(({ name }) => !here.has(name))
  if (missing.length > 0) {
    const names = missing.map(({ name }) => JSON.stringify(name)).join(', ')
    throw new SchemaMismatch(table.name, `the sender has ${names}, which is missing here`)
  }
  for (const theirs of line.columns) {
    const [ourForm, theirForm] = [formOf(here.get(theirs.name)), formOf(theirs)]
    if (ourForm === theirForm) continue
    const name = JSON.stringify(theirs.name)
    const difference = `column ${name} is ${ourForm} here and ${theirForm} at the sender`
    throw new SchemaMismatch(table.name, difference)
  }
}

/** `text`, or `text COLLATE NOCASE` in a key. */
function formOf(column: Column | undefined): string {
  const { type = '', collation } = column ?? {}
  return collation === undefined ? type : `${type} COLLATE ${collation}`
}
