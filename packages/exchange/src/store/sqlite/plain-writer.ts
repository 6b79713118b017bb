import type { RowLine, TableLine } from '../../message/body-lines.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { PlainTerms } from '../apply/table-target.ts'
import { type CapturedTable, indexName, keyNames } from './capture.ts'
import {
  isRefusal,
  type SqliteDatabase,
  type SqliteStatement,
  type SqlValue,
} from './sqlite-database.ts'

/** A table, and the statements that write a row of it: parameters are the columns of the line, in their order. */
export interface PlainOptions {
  readonly table: CapturedTable
  readonly line: TableLine
  readonly thisNode: NodeCode
  /** Ends with its WHERE clause. Both write nothing when a parent of the row is missing, and FAIL when the row is refused. */
  readonly update: string
  /** Under a condition more. */
  readonly insert: (condition: string) => string
}

/** New entries that one statement makes: from eight on a statement costs little beside its rows. */
const GROUP_ENTRIES = 16

/**
 * Writes the rows that need no thought with one statement each, which looks the entry up itself, and makes new entries many at a
 * time: looking first, and recording each, takes three.
 *
 * No statement here may ABORT: SQLite then keeps a copy of every page that it touches, for each statement anew, and with keys
 * in random order that costs more than the writing itself. FAIL is the same where a statement writes one row, and no trigger.
 */
export class PlainWriter {
  readonly #keyLength: number
  readonly #thisNode: NodeCode
  readonly #update: SqliteStatement
  readonly #insert: SqliteStatement
  readonly #renew: SqliteStatement
  readonly #enter: SqliteStatement
  readonly #enterGroup: SqliteStatement
  /** Rows of one kind come in long runs: what the last one was is tried first. */
  #areNew = false

  constructor(database: SqliteDatabase, options: PlainOptions) {
    const { table, line } = options
    this.#keyLength = line.keyLength
    this.#thisNode = options.thisNode
    const count = line.columns.length
    const entry = keyNames(table).map((name, index) => `${name} = ?${index + 1}`)
    const isEntry = `SELECT 1 FROM ${indexName(table)} WHERE ${entry.join(' AND ')}`
    const [stamp, origin, sender, acknowledged, anew] = [1, 2, 3, 4, 5].map(
      (nth) => `?${count + nth}`,
    )
    this.#update = database.prepare(`${options.update} AND EXISTS (${isEntry} AND stamp < ${stamp}
      AND (via = ${sender} OR seq <= ${acknowledged} OR origin = ${origin} OR origin <> ${anew}))`)
    this.#insert = database.prepare(options.insert(`NOT EXISTS (${isEntry})`))
    const [seq, ...version] = [1, 2, 3, 4].map((nth) => `?${table.key.length + nth}`)
    this.#renew = database.prepare(`
      UPDATE OR FAIL ${indexName(table)}
         SET seq = ${seq}, stamp = ${version[0]}, origin = ${version[1]}, via = ${version[2]}, gone = 0
       WHERE ${entry.join(' AND ')}`)
    this.#enter = database.prepare(enterStatement(table, 1))
    this.#enterGroup = database.prepare(enterStatement(table, GROUP_ENTRIES))
  }

  /** Gives the rows that need a thought. */
  write(rows: readonly RowLine[], terms: PlainTerms): readonly RowLine[] {
    const others: RowLine[] = []
    const entered: SqlValue[][] = []
    let seq = terms.afterSeq
    for (const row of rows) {
      const wasNew = row.kind === 'row' ? this.#write(row, terms) : undefined
      if (wasNew === undefined) {
        others.push(row)
        continue
      }
      seq += 1
      const entry = this.#entryOf(row, seq, terms)
      if (wasNew) entered.push(entry)
      else this.#renew.run(...entry)
    }
    this.#enterAll(entered)
    return others
  }

  /** Whether the row that was written is new here; `undefined` when it was not written. */
  #write(row: RowLine, terms: PlainTerms): boolean | undefined {
    for (const asNew of [this.#areNew, !this.#areNew]) {
      if (!(asNew ? this.#tryNew(row) : this.#tryKnown(row, terms))) continue
      this.#areNew = asNew
      return asNew
    }
    return undefined
  }

  #tryKnown({ values, stamp, origin }: RowLine, terms: PlainTerms): boolean {
    const { sender, acknowledgedSeq, beginsAnew } = terms
    // Nothing is unequal to NULL: of a sender that does not begin anew, it makes no difference who made a row.
    const anew = beginsAnew ? this.#thisNode : null
    return attempt(this.#update, [...values, stamp, origin, sender, acknowledgedSeq, anew])
  }

  #tryNew({ values }: RowLine): boolean {
    return attempt(this.#insert, values)
  }

  #entryOf({ values, stamp, origin }: RowLine, seq: number, { sender }: PlainTerms): SqlValue[] {
    return [...values.slice(0, this.#keyLength), seq, stamp, origin, sender]
  }

  #enterAll(entries: readonly SqlValue[][]): void {
    let begin = 0
    for (; begin + GROUP_ENTRIES <= entries.length; begin += GROUP_ENTRIES) {
      this.#enterGroup.run(...entries.slice(begin, begin + GROUP_ENTRIES).flat())
    }
    for (const entry of entries.slice(begin)) this.#enter.run(...entry)
  }
}

function enterStatement(table: CapturedTable, entries: number): string {
  const values = `(${'?, '.repeat(table.key.length)}?, ?, ?, ?, 0)`
  return `
    INSERT OR FAIL INTO ${indexName(table)} (${keyNames(table).join(', ')}, seq, stamp, origin, via, gone)
    VALUES ${Array.from({ length: entries }, () => values).join(', ')}`
}

/** Whether a row was written; one that the database refuses was not. */
function attempt(statement: SqliteStatement, values: readonly SqlValue[]): boolean {
  try {
    return Number(statement.run(...values).changes) > 0
  } catch (error) {
    if (isRefusal(error)) return false
    throw error
  }
}
