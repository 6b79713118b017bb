import type { RowLine, TableLine } from '../../message/body-lines.ts'
import type { Value } from '../../message/values.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import { checkColumns } from '../apply/check-columns.ts'
import { isRefused } from '../apply/row-writer.ts'
import type {
  IndexEntry,
  PlainTerms,
  RowWrite,
  TableTarget,
  TakenOut,
  WriteOutcome,
} from '../apply/table-target.ts'
import { compare, indexName, keyNames } from './capture.ts'
import { type ForeignKey, parentConditions } from './foreign-keys.ts'
import { knownRowsOf } from './known-rows.ts'
import { PlainWriter } from './plain-writer.ts'
import { References } from './references.ts'
import type { RuledTable } from './ruled-table.ts'
import { Query, quoteName, refusalOf, type SqliteDatabase, toNumber } from './sqlite-database.ts'
import { UnkeptNumbers } from './unkept-numbers.ts'
import { toTableLine } from './user-table.ts'

/** Which table, for whose rows, and at which node. */
export interface TargetOptions {
  readonly table: RuledTable
  readonly line: TableLine
  readonly thisNode: NodeCode
  /** Whether triggers of the application are there, and fire. */
  readonly hasTriggers: boolean
  /** Is told how many rows come next. */
  readonly expectRows: (rowCount: number) => void
  /** The foreign keys that are kept. */
  readonly foreignKeys: readonly ForeignKey[]
}

/** A table of this database as the target of a sender's rows: the statements for the columns that the sender names. */
export class SqliteTableTarget implements TableTarget {
  readonly line: TableLine
  readonly isParent: boolean
  readonly #expectRows: (rowCount: number) => void
  readonly #references: References
  /** There are columns that the sender does not name, and that other nodes are to have. */
  readonly #hasExtras: boolean
  readonly #numbers: UnkeptNumbers
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

  constructor(
    database: SqliteDatabase,
    { table, line, thisNode, foreignKeys, hasTriggers, expectRows }: TargetOptions,
  ) {
    checkColumns(toTableLine(table), line)
    this.line = line
    this.#expectRows = expectRows
    this.#numbers = new UnkeptNumbers(line)
    const target = quoteName(table.name)
    const columns = line.columns.map(({ name }) => quoteName(name))
    const extras = table.others.filter(({ name }) => line.columns.every((own) => own.name !== name))
    this.#hasExtras = extras.some(({ name }) => {
      return !table.leaveOut.has(name) && line.leftOut?.includes(name) !== true
    })
    const extraColumns = extras.map(({ name }) => quoteName(name))
    const isKey = keyCondition(table)
    const query = (sql: string): Query => new Query(database, sql)
    const set = writtenPlaces(table, line).map((place) => `${columns[place]} = ?${place + 1}`)
    this.#entry = query(entryStatement(table))
    this.#row = query(`SELECT ${columns.join(', ')} FROM ${target} WHERE ${isKey}`)
    this.#extras = query(
      `SELECT ${['1', ...extraColumns].join(', ')} FROM ${target} WHERE ${isKey}`,
    )
    this.#update = query(`UPDATE OR ABORT ${target} SET ${set.join(', ')} WHERE ${isKey}`)
    this.#insert = query(insertStatement(target, columns))
    this.#insertWhole = query(insertStatement(target, [...columns, ...extraColumns]))
    this.#delete = query(`DELETE FROM ${target} WHERE ${isKey}`)
    this.#record = query(recordStatement(table))
    this.#forget = query(forgetStatement(table))
    this.#references = new References(database, { table, line, foreignKeys })
    this.isParent = this.#references.isParent
    const { parents } = this.#references
    const hasParents = parents === '' ? '' : ` AND ${parents}`
    this.#plain =
      this.#hasExtras || hasTriggers
        ? undefined
        : new PlainWriter(database, {
            table,
            line,
            known: knownRowsOf(database, {
              table,
              line,
              thisNode,
              written: writtenPlaces(table, line),
              parents: (value) =>
                parentConditions(table, foreignKeys, value)
                  .map(({ sql }) => sql)
                  .join(' AND '),
            }),
            insert: (condition) => plainInsertStatement(target, columns, condition + hasParents),
          })
  }

  writePlain(rows: readonly RowLine[], terms: PlainTerms): Promise<readonly RowLine[]> {
    this.#expectRows(rows.length)
    const lossy = rows.filter((row) => this.#numbers.lossOf(row) !== undefined)
    const exact = lossy.length === 0 ? rows : rows.filter((row) => !lossy.includes(row))
    return Promise.resolve([...(this.#plain?.write(exact, terms) ?? exact), ...lossy])
  }

  entriesOf(rows: readonly RowLine[]): Promise<readonly (IndexEntry | undefined)[]> {
    return Promise.resolve(rows.map((row) => this.#entryOf(row)))
  }

  presentRows(rows: readonly RowLine[]): Promise<readonly (readonly Value[] | undefined)[]> {
    return Promise.resolve(rows.map((row) => this.#row.first(...this.#keyOf(row))))
  }

  missingParents(rows: readonly RowLine[]): Promise<readonly (string | undefined)[]> {
    return Promise.resolve(rows.map((row) => this.#references.missingParent(row)))
  }

  areReferredTo(rows: readonly RowLine[]): Promise<readonly boolean[]> {
    return Promise.resolve(rows.map((row) => this.#references.isReferredTo(this.#keyOf(row))))
  }

  write(writes: readonly RowWrite[]): Promise<readonly WriteOutcome[]> {
    return Promise.resolve(
      writes.map((write) => this.#attempt(write.row, () => this.#write(write))),
    )
  }

  depart(rows: readonly RowLine[]): Promise<readonly WriteOutcome[]> {
    return Promise.resolve(rows.map((row) => this.#depart(row)))
  }

  takeOut(rows: readonly RowLine[]): Promise<readonly TakenOut[]> {
    return Promise.resolve(rows.map((row) => this.#takeOut(row)))
  }

  putBack(
    rows: readonly RowLine[],
    takenOut: readonly TakenOut[],
  ): Promise<readonly WriteOutcome[]> {
    return Promise.resolve(
      rows.map((row, index) => this.#attempt(row, () => this.#putBack(row, takenOut[index]))),
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

  /** Writes, or gives what the database says when it refuses to. */
  #attempt(row: RowLine, write: () => WriteOutcome): WriteOutcome {
    const loss = this.#numbers.lossOf(row)
    if (loss !== undefined) return { refused: loss }
    try {
      return write()
    } catch (error) {
      if (this.#isRefusal(error)) return { refused: error.message }
      throw error
    }
  }

  #isRefusal(error: unknown): error is Error {
    const refusal = refusalOf(error)
    if (refusal !== 'by expression') return refusal !== undefined
    return [this.#update, this.#insert, this.#delete].every((query) => query.isValid())
  }

  #keyOf(row: RowLine): readonly Value[] {
    return row.values.slice(0, this.line.keyLength)
  }

  #entryOf(row: RowLine): IndexEntry | undefined {
    const entry = this.#entry.first(...this.#keyOf(row))
    if (entry === undefined) return undefined
    const [seq, stamp, origin, via, base] = entry
    return {
      seq: toNumber(seq),
      stamp: toNumber(stamp),
      origin: parseNodeCode(String(origin)),
      via: via === '' ? '' : parseNodeCode(String(via)),
      ...(base !== null && { base: toNumber(base) }),
    }
  }

  /**
   * A row that is there is updated: an upsert would be checked first as if it were new, and fail for want of a column that
   * the sender does not have.
   */
  #write({ row, entry }: RowWrite): WriteOutcome {
    if (row.kind === 'deletion') return this.#remove(row)
    if (entry !== undefined && this.#update.run(...row.values) > 0) {
      return this.#hasExtras ? 'merged' : 'as sent'
    }
    this.#insert.run(...row.values)
    return 'as sent'
  }

  #remove(row: RowLine): WriteOutcome {
    this.#delete.run(...this.#keyOf(row))
    return 'as sent'
  }

  #depart(row: RowLine): WriteOutcome {
    const outcome = this.#attempt(row, () => this.#remove(row))
    if (!isRefused(outcome)) this.#forget.run(...this.#keyOf(row))
    return outcome
  }

  #takeOut(row: RowLine): TakenOut {
    const present = this.#extras.first(...this.#keyOf(row))
    if (present === undefined) return undefined
    const outcome = this.#attempt(row, () => this.#remove(row))
    return isRefused(outcome) ? outcome : present.slice(1)
  }

  #putBack(row: RowLine, takenOut: TakenOut): WriteOutcome {
    if (isRefused(takenOut)) return takenOut
    if (row.kind === 'deletion') return 'as sent'
    if (takenOut === undefined) {
      this.#insert.run(...row.values)
      return 'as sent'
    }
    this.#insertWhole.run(...row.values, ...takenOut)
    return this.#hasExtras ? 'merged' : 'as sent'
  }
}

function keyCondition(table: RuledTable): string {
  return table.key.map((column, index) => compare(column, '=', `?${index + 1}`)).join(' AND ')
}

function entryStatement(table: RuledTable): string {
  const isEntry = keyNames(table).map((name) => `${name} = ?`)
  return `SELECT seq, stamp, origin, via, base FROM ${indexName(table)} WHERE ${isEntry.join(' AND ')}`
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
      gone = excluded.gone, base = CASE excluded.via WHEN '' THEN excluded.stamp - 1 END`
}

/** ABORT overrules what the application's schema may say: REPLACE would delete other rows without a word, IGNORE lose ours. */
function insertStatement(target: string, columns: readonly string[]): string {
  return `INSERT OR ABORT INTO ${target} (${columns.join(', ')}) VALUES (${parametersOf(columns)})`
}

/** Without a table to select from, the row comes once or, when the condition does not hold, not at all. */
function plainInsertStatement(
  target: string,
  columns: readonly string[],
  condition: string,
): string {
  const row = `SELECT ${parametersOf(columns)} WHERE ${condition}`
  return `INSERT OR FAIL INTO ${target} (${columns.join(', ')}) ${row}`
}

function parametersOf(columns: readonly string[]): string {
  return columns.map((_, index) => `?${index + 1}`).join(', ')
}

/**
 * The columns that an update writes, by their places in the line. The key is written too where equal keys may differ: in case under
 * NOCASE, as 1 and 1.0 without a type.
 */
function writtenPlaces(table: RuledTable, line: TableLine): readonly number[] {
  const all = [...line.columns.keys()]
  const written = all.filter((place) => {
    const column = table.key[place]
    return (
      column === undefined || column.type === 'blob' || column.collation.toUpperCase() !== 'BINARY'
    )
  })
  return written.length === 0 ? all : written
}
