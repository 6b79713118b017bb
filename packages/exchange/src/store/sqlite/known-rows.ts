import type { RowLine, TableLine } from '../../message/body-lines.ts'
import type { Value } from '../../message/values.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { PlainTerms } from '../apply/table-target.ts'
import { compare, indexName, keyNames } from './capture.ts'
import type { RuledTable } from './ruled-table.ts'
import {
  prepareToWrite,
  quoteName,
  refusalOf,
  type SqliteDatabase,
  type SqliteStatement,
  type SqlValue,
} from './sqlite-database.ts'

/** Gives the SQL of a column's value; `undefined` for a column that the sender does not name. */
type ColumnValue = (column: string) => string | undefined

/** A table, and what of a row is written to it. */
export interface KnownRowOptions {
  readonly table: RuledTable
  readonly line: TableLine
  readonly thisNode: NodeCode
  /** The columns that an update writes, by their places in the line. */
  readonly written: readonly number[]
  /** The condition under which the parents of a row are there; empty when it can't have any. */
  readonly parents: (value: ColumnValue) => string
}

/** Writes rows that the change index knows. */
export interface KnownRows {
  /** Writes a row and its entry, with a position. Gives whether it did: nothing is written of a row that needs a thought. */
  write(row: RowLine, seq: number, terms: PlainTerms): boolean
}

/**
 * The two ways to write a row and its entry. Where the table can't refuse a row, the entry is written first, and says by that whether the row
 * needs no thought: it is then looked up once, and not twice.
 *
 * Parameters have no numbers where they need none: for each value that is bound, the driver goes through those that have one. No statement may
 * ABORT, see PlainWriter.
 */
export function knownRowsOf(database: SqliteDatabase, options: KnownRowOptions): KnownRows {
  return options.table.refuses === 'nothing but NULL'
    ? new EntryFirst(database, options)
    : new RowFirst(database, options)
}

class RowFirst implements KnownRows {
  readonly #bound: readonly number[]
  readonly #keyLength: number
  readonly #thisNode: NodeCode
  readonly #update: SqliteStatement
  readonly #renew: SqliteStatement

  constructor(database: SqliteDatabase, options: KnownRowOptions) {
    const { table, line, thisNode, parents } = options
    this.#keyLength = line.keyLength
    this.#thisNode = thisNode
    this.#bound = boundColumns(options)
    const parameter = (place: number): string => `?${this.#bound.indexOf(place) + 1}`
    const hasParents = parents((column) => {
      const place = placeOf(line, column)
      return place < 0 ? undefined : parameter(place)
    })
    const isEntry = keyNames(table).map((name, place) => `${name} = ${parameter(place)}`)
    const isOlder = isOlderEntry({ stamp: '?', sender: '?', acknowledged: '?', origin: '?' })
    this.#update = prepareToWrite(
      database,
      `${updateStatement(options)} AND EXISTS (
         SELECT 1 FROM ${indexName(table)} WHERE ${isOlder} AND ${isEntry.join(' AND ')})` +
        (hasParents === '' ? '' : ` AND ${hasParents}`),
    )
    this.#renew = prepareToWrite(database, renewStatement(table))
  }

  write(row: RowLine, seq: number, terms: PlainTerms): boolean {
    const { values, stamp, origin } = row
    const { sender, acknowledgedSeq } = terms
    const older = [stamp, sender, acknowledgedSeq, origin, anewOf(terms, this.#thisNode)]
    if (!attempt(this.#update, [...pick(values, this.#bound), ...older])) return false
    this.#renew.run(...entryOf(row, seq, terms), ...values.slice(0, this.#keyLength))
    return true
  }
}

class EntryFirst implements KnownRows {
  readonly #bound: readonly number[]
  /** What the entry's statement needs of a row: its key, and what refers to parents. */
  readonly #named: readonly number[]
  readonly #keyLength: number
  readonly #notNull: readonly number[]
  readonly #thisNode: NodeCode
  readonly #renew: SqliteStatement
  readonly #update: SqliteStatement
  readonly #forget: SqliteStatement
  /** What is bound, row after row: to make arrays for each takes a fortieth of the way from one database to the other. */
  readonly #entry: SqlValue[] = []
  readonly #updated: SqlValue[] = []

  constructor(database: SqliteDatabase, options: KnownRowOptions) {
    const { table, line, thisNode, parents } = options
    this.#keyLength = line.keyLength
    this.#thisNode = thisNode
    this.#bound = boundColumns(options)
    this.#notNull = options.written.filter((place) => {
      return table.notNull.has(line.columns[place]?.name ?? '')
    })
    const named = Array.from({ length: line.keyLength }, (_, place) => place)
    const hasParents = parents((column) => {
      const place = placeOf(line, column)
      if (place < 0) return undefined
      if (!named.includes(place)) named.push(place)
      return `?${RENEWED + BEFORE_KEY + named.indexOf(place) + 1}`
    })
    this.#named = named
    const isOlder = isOlderEntry({ stamp: '?2', sender: '?4', acknowledged: '?', origin: '?3' })
    const key = keyNames(table).map((name) => `${name} = ?`)
    this.#renew = prepareToWrite(
      database,
      `${renewSet(table)} WHERE gone = 0 AND ${isOlder} AND ${key.join(' AND ')}` +
        (hasParents === '' ? '' : ` AND ${hasParents}`),
    )
    this.#update = prepareToWrite(database, updateStatement(options))
    this.#forget = prepareToWrite(
      database,
      `DELETE FROM ${indexName(table)} WHERE ${key.join(' AND ')}`,
    )
  }

  write({ values, stamp, origin }: RowLine, seq: number, terms: PlainTerms): boolean {
    for (const place of this.#notNull) if (isNull(values[place])) return false
    const entry = this.#entry
    // See entryOf, and then the condition of the statement.
    entry[0] = seq
    entry[1] = stamp
    entry[2] = origin
    entry[3] = terms.sender
    entry[4] = terms.acknowledgedSeq
    entry[5] = anewOf(terms, this.#thisNode)
    let at = RENEWED + BEFORE_KEY
    for (const place of this.#named) entry[at++] = values[place] ?? null
    if (Number(this.#renew.run(...entry).changes) === 0) return false
    const updated = this.#updated
    at = 0
    for (const place of this.#bound) updated[at++] = values[place] ?? null
    if (Number(this.#update.run(...updated).changes) > 0) return true
    // The row went without being registered: then this node knows nothing of it.
    this.#forget.run(...values.slice(0, this.#keyLength))
    return false
  }
}

/** Parameters that a renewed entry takes for itself, and those that come before its key. */
const RENEWED = 4
const BEFORE_KEY = 2

function renewSet(table: RuledTable): string {
  return `UPDATE OR FAIL ${indexName(table)} SET seq = ?, stamp = ?, origin = ?, via = ?, gone = 0`
}

function renewStatement(table: RuledTable): string {
  const key = keyNames(table).map((name) => `${name} = ?`)
  return `${renewSet(table)} WHERE ${key.join(' AND ')}`
}

/** What is bound to a renewed entry, before all else. */
function entryOf({ stamp, origin }: RowLine, seq: number, { sender }: PlainTerms): SqlValue[] {
  return [seq, stamp, origin, sender]
}

/** Ends with its WHERE clause; the parameters are those of {@link boundColumns}. */
function updateStatement({ table, line, written }: KnownRowOptions): string {
  const set = written.map((place) => `${quoteName(line.columns[place]?.name ?? '')} = ?`)
  const isKey = table.key.map((column) => compare(column, '=', '?'))
  return `UPDATE OR FAIL ${quoteName(table.name)} SET ${set.join(', ')} WHERE ${isKey.join(' AND ')}`
}

/** What is bound to an update, in its order. */
function boundColumns({ line, written }: KnownRowOptions): readonly number[] {
  return [...written, ...Array.from({ length: line.keyLength }, (_, place) => place)]
}

/** A lesser version, which the sender knew: see {@link TableTarget.writePlain}. The last parameter is its own. */
function isOlderEntry(parameter: {
  readonly stamp: string
  readonly sender: string
  readonly acknowledged: string
  readonly origin: string
}): string {
  const { stamp, sender, acknowledged, origin } = parameter
  return `stamp < ${stamp} AND (via = ${sender} OR seq <= ${acknowledged} OR origin = ${origin} OR origin <> ?)`
}

/** Nothing is unequal to NULL: of a sender that does not begin anew, it makes no difference who made a row. */
function anewOf({ beginsAnew }: PlainTerms, thisNode: NodeCode): NodeCode | null {
  return beginsAnew ? thisNode : null
}

function placeOf(line: TableLine, column: string): number {
  return line.columns.findIndex(({ name }) => name === column)
}

function pick(values: readonly Value[], places: readonly number[]): Value[] {
  return places.map((place) => values[place] ?? null)
}

/** SQLite takes NaN for NULL. */
function isNull(value: Value | undefined): boolean {
  return value === null || Number.isNaN(value)
}

/** Whether a row was written; one that the database refuses was not. */
export function attempt(statement: SqliteStatement, values: readonly SqlValue[]): boolean {
  try {
    return Number(statement.run(...values).changes) > 0
  } catch (error) {
    if (refusalOf(error) !== undefined) return false
    throw error
  }
}
