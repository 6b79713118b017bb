import type { Column, RowLine, TableLine } from '../../message/body-lines.ts'
import type { Value } from '../../message/values.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import type {
  IndexEntry,
  PlainTerms,
  RowWrite,
  TableTarget,
  TakenOut,
  WriteOutcome,
} from '../apply/table-target.ts'
import { SchemaMismatch } from '../errors.ts'
import { compare, indexName, keyNames } from './capture.ts'
import { PlainWriter } from './plain-writer.ts'
import type { RuledTable } from './ruled-table.ts'
import { isRefusal, Query, quoteName, type SqliteDatabase, toNumber } from './sqlite-database.ts'
import { toTableLine } from './user-table.ts'

/** Which table, for whose rows, and at which node. */
export interface TargetOptions {
  readonly table: RuledTable
  readonly line: TableLine
  readonly thisNode: NodeCode
}

/** A table of this database as the target of a sender's rows: the statements for the columns that the sender names. */
export class SqliteTableTarget implements TableTarget {
  readonly line: TableLine
  /** There are columns that the sender does not name, and that other nodes are to have. */
  readonly #hasExtras: boolean
  readonly #plain: PlainWriter | undefined
  readonly #entry: Query
  readonly #row: Query
  readonly #extras: Query
  readonly #update: Query
  readonly #insert: Query
  readonly #insertWhole: Query
  readonly #delete: Query
  readonly #record: Query
  readonly #forget: Query

  constructor(database: SqliteDatabase, { table, line, thisNode }: TargetOptions) {
    checkColumns(table, line)
    this.line = line
    const target = quoteName(table.name)
    const columns = line.columns.map(({ name }) => quoteName(name))
    const extras = table.others.filter(({ name }) => line.columns.every((own) => own.name !== name))
    this.#hasExtras = extras.some(({ name }) => {
      return !table.leaveOut.has(name) && line.leftOut?.includes(name) !== true
    })
    const extraColumns = extras.map(({ name }) => quoteName(name))
    const isKey = keyCondition(table)
    const query = (sql: string): Query => new Query(database, sql)
    const update = `UPDATE OR ABORT ${target} SET ${assignments(table, line).join(', ')} WHERE ${isKey}`
    const insert = insertStatement(target, columns)
    this.#entry = query(entryStatement(table))
    this.#row = query(`SELECT ${columns.join(', ')} FROM ${target} WHERE ${isKey}`)
    this.#extras = query(
      `SELECT ${['1', ...extraColumns].join(', ')} FROM ${target} WHERE ${isKey}`,
    )
    this.#update = query(update)
    this.#insert = query(insert)
    this.#insertWhole = query(insertStatement(target, [...columns, ...extraColumns]))
    this.#delete = query(`DELETE FROM ${target} WHERE ${isKey}`)
    this.#record = query(recordStatement(table))
    this.#forget = query(forgetStatement(table))
    this.#plain = this.#hasExtras
      ? undefined
      : new PlainWriter(database, { table, line, thisNode, update, insert })
  }

  writePlain(rows: readonly RowLine[], terms: PlainTerms): Promise<readonly RowLine[]> {
    return Promise.resolve(this.#plain?.write(rows, terms) ?? rows)
  }

  entriesOf(rows: readonly RowLine[]): Promise<readonly (IndexEntry | undefined)[]> {
    return Promise.resolve(rows.map((row) => this.#entryOf(row)))
  }

  presentRows(rows: readonly RowLine[]): Promise<readonly (readonly Value[] | undefined)[]> {
    return Promise.resolve(rows.map((row) => this.#row.first(...this.#keyOf(row))))
  }

  write(writes: readonly RowWrite[]): Promise<readonly WriteOutcome[]> {
    return Promise.resolve(writes.map((write) => attempt(() => this.#write(write))))
  }

  depart(rows: readonly RowLine[]): Promise<void> {
    for (const { values } of rows) {
      this.#delete.run(...values)
      this.#forget.run(...values)
    }
    return Promise.resolve()
  }

  takeOut(rows: readonly RowLine[]): Promise<readonly TakenOut[]> {
    return Promise.resolve(rows.map((row) => this.#takeOut(row)))
  }

  putBack(
    rows: readonly RowLine[],
    takenOut: readonly TakenOut[],
  ): Promise<readonly WriteOutcome[]> {
    return Promise.resolve(
      rows.map((row, index) => attempt(() => this.#putBack(row, takenOut[index]))),
    )
  }

  record(rows: readonly RowLine[], entries: readonly IndexEntry[]): Promise<void> {
    for (const [index, row] of rows.entries()) {
      const entry = entries[index]
      if (entry === undefined) throw new TypeError('a row without its entry')
      const { seq, stamp, origin, via } = entry
      this.#record.run(...this.#keyOf(row), seq, stamp, origin, via, row.kind === 'row' ? 0 : 1)
    }
    return Promise.resolve()
  }

  #keyOf(row: RowLine): readonly Value[] {
    return row.values.slice(0, this.line.keyLength)
  }

  #entryOf(row: RowLine): IndexEntry | undefined {
    const entry = this.#entry.first(...this.#keyOf(row))
    if (entry === undefined) return undefined
    const [seq, stamp, origin, via] = entry
    return {
      seq: toNumber(seq),
      stamp: toNumber(stamp),
      origin: parseNodeCode(String(origin)),
      via: via === '' ? '' : parseNodeCode(String(via)),
    }
  }

  /**
   * A row that is there is updated: an upsert would be checked first as if it were new, and fail for want of a column that
   * the sender does not have.
   */
  #write({ row, entry }: RowWrite): WriteOutcome {
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

  #takeOut(row: RowLine): TakenOut {
    const present = this.#extras.first(...this.#keyOf(row))
    if (present === undefined) return undefined
    this.#delete.run(...this.#keyOf(row))
    return present.slice(1)
  }

  #putBack(row: RowLine, takenOut: TakenOut): WriteOutcome {
    if (row.kind === 'deletion') return 'as sent'
    if (takenOut === undefined) {
      this.#insert.run(...row.values)
      return 'as sent'
    }
    this.#insertWhole.run(...row.values, ...takenOut)
    return this.#hasExtras ? 'merged' : 'as sent'
  }
}

/** Writes, or gives what the database says when it refuses to. */
function attempt(write: () => WriteOutcome): WriteOutcome {
  try {
    return write()
  } catch (error) {
    if (isRefusal(error)) return { refused: error.message }
    throw error
  }
}

function keyCondition(table: RuledTable): string {
  return table.key.map((column, index) => compare(column, '=', `?${index + 1}`)).join(' AND ')
}

function entryStatement(table: RuledTable): string {
  const isEntry = keyNames(table).map((name) => `${name} = ?`)
  return `SELECT seq, stamp, origin, via FROM ${indexName(table)} WHERE ${isEntry.join(' AND ')}`
}

function forgetStatement(table: RuledTable): string {
  const isEntry = keyNames(table).map((name) => `${name} = ?`)
  return `DELETE FROM ${indexName(table)} WHERE ${isEntry.join(' AND ')}`
}

function recordStatement(table: RuledTable): string {
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
function assignments(table: RuledTable, line: TableLine): string[] {
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
function checkColumns(table: RuledTable, line: TableLine): void {
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
