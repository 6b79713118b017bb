import type { RowLine, TableLine } from '../../message/body-lines.ts'
import type { PlainTerms } from '../apply/table-target.ts'
import { type CapturedTable, indexName, keyNames } from './capture.ts'
import { attempt, type KnownRows } from './known-rows.ts'
import {
  prepareToWrite,
  type SqliteDatabase,
  type SqliteStatement,
  type SqlValue,
} from './sqlite-database.ts'

/** A table, and what writes a row of it: parameters are the columns of the line, in their order. */
export interface PlainOptions {
  readonly table: CapturedTable
  readonly line: TableLine
  readonly known: KnownRows
  /** Under a condition; writes nothing when a parent of the row is missing, and FAILs when the row is refused. */
  readonly insert: (condition: string) => string
}

/** New entries that one statement makes: from eight on a statement costs little beside its rows. */
const GROUP_ENTRIES = 16

/**
 * Writes the rows that need no thought with one statement each, and their entries, new ones many at a time: looking first, and recording
 * each, takes three.
 *
 * No statement here may ABORT: SQLite then keeps a copy of every page that it touches, for each statement anew, and with keys
 * in random order that costs more than the writing itself. FAIL is the same where a statement writes one row, and no trigger.
 */
export class PlainWriter {
  readonly #keyLength: number
  readonly #known: KnownRows
  readonly #insert: SqliteStatement
  readonly #enter: SqliteStatement
  readonly #enterGroup: SqliteStatement
  /** Entries of new rows that are still to be made. */
  #entered: SqlValue[][] = []
  /** Rows of one kind come in long runs: what the last one was is tried first. */
  #areNew = false

  constructor(database: SqliteDatabase, { table, line, known, insert }: PlainOptions) {
    this.#keyLength = line.keyLength
    this.#known = known
    const entry = keyNames(table).map((name, index) => `${name} = ?${index + 1}`)
    const isEntry = `SELECT 1 FROM ${indexName(table)} WHERE ${entry.join(' AND ')}`
    this.#insert = prepareToWrite(database, insert(`NOT EXISTS (${isEntry})`))
    this.#enter = prepareToWrite(database, enterStatement(table, 1))
    this.#enterGroup = prepareToWrite(database, enterStatement(table, GROUP_ENTRIES))
  }

  /** Gives the rows that need a thought. */
  write(rows: readonly RowLine[], terms: PlainTerms): readonly RowLine[] {
    const others: RowLine[] = []
    let seq = terms.afterSeq
    for (const row of rows) {
      if (row.kind === 'row' && this.#write(row, seq + 1, terms)) seq += 1
      else others.push(row)
    }
    this.#enterAll()
    return others
  }

  #write(row: RowLine, seq: number, terms: PlainTerms): boolean {
    const areNew = this.#areNew
    if (areNew ? this.#writeNew(row, seq, terms) : this.#known.write(row, seq, terms)) return true
    if (areNew ? this.#known.write(row, seq, terms) : this.#writeNew(row, seq, terms)) {
      this.#areNew = !areNew
      return true
    }
    return false
  }

  #writeNew({ values, stamp, origin }: RowLine, seq: number, { sender }: PlainTerms): boolean {
    if (!attempt(this.#insert, values)) return false
    this.#entered.push([...values.slice(0, this.#keyLength), seq, stamp, origin, sender])
    return true
  }

  #enterAll(): void {
    const entries = this.#entered
    let begin = 0
    for (; begin + GROUP_ENTRIES <= entries.length; begin += GROUP_ENTRIES) {
      this.#enterGroup.run(...entries.slice(begin, begin + GROUP_ENTRIES).flat())
    }
    for (const entry of entries.slice(begin)) this.#enter.run(...entry)
    this.#entered = []
  }
}

function enterStatement(table: CapturedTable, entries: number): string {
  const values = `(${'?, '.repeat(table.key.length)}?, ?, ?, ?, 0)`
  return `
    INSERT OR FAIL INTO ${indexName(table)} (${keyNames(table).join(', ')}, seq, stamp, origin, via, gone)
    VALUES ${Array.from({ length: entries }, () => values).join(', ')}`
}
