import type { RowLine, TableLine } from '../../message/body-lines.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { PlainTerms } from '../apply/table-target.ts'
import { type CapturedTable, indexName, keyNames } from './capture.ts'
import { isRefusal, type SqliteDatabase, type SqliteStatement } from './sqlite-database.ts'

/** A table, and the statements that write a row of it: parameters are the columns of the line, in their order. */
export interface PlainOptions {
  readonly table: CapturedTable
  readonly line: TableLine
  readonly thisNode: NodeCode
  /** Ends with its WHERE clause. Both write nothing when a parent of the row is missing. */
  readonly update: string
  readonly insert: string
}

/**
 * Writes the rows that need no thought with two statements each, where three would be needed to look first: the statement
 * that updates a row looks the entry up itself; for a new row the entry is made first, if there is none.
 */
export class PlainWriter {
  readonly #keyLength: number
  readonly #thisNode: NodeCode
  readonly #update: SqliteStatement
  readonly #insert: SqliteStatement
  readonly #enter: SqliteStatement
  readonly #renew: SqliteStatement
  readonly #withdraw: SqliteStatement
  /** Rows of one kind come in long runs: what the last one was is tried first. */
  #areNew = false

  constructor(database: SqliteDatabase, options: PlainOptions) {
    const { table, line } = options
    this.#keyLength = line.keyLength
    this.#thisNode = options.thisNode
    const statement = (sql: string): SqliteStatement => database.prepare(sql)
    const count = line.columns.length
    const isEntry = keyNames(table)
      .map((name, index) => `${name} = ?${index + 1}`)
      .join(' AND ')
    const [stamp, origin, sender, acknowledged, anew] = [1, 2, 3, 4, 5].map(
      (nth) => `?${count + nth}`,
    )
    this.#update = statement(`${options.update} AND EXISTS (
      SELECT 1 FROM ${indexName(table)} WHERE ${isEntry} AND stamp < ${stamp}
         AND (via = ${sender} OR seq <= ${acknowledged} OR origin = ${origin} OR origin <> ${anew}))`)
    this.#insert = statement(options.insert)
    const keys = keyNames(table).join(', ')
    this.#enter = statement(`
      INSERT INTO ${indexName(table)} (${keys}, seq, stamp, origin, via, gone)
      VALUES (${'?, '.repeat(table.key.length)}?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`)
    const [seq, ...version] = [1, 2, 3, 4].map((nth) => `?${table.key.length + nth}`)
    this.#renew = statement(`
      UPDATE ${indexName(table)}
         SET seq = ${seq}, stamp = ${version[0]}, origin = ${version[1]}, via = ${version[2]}, gone = 0
       WHERE ${isEntry}`)
    this.#withdraw = statement(`DELETE FROM ${indexName(table)} WHERE ${isEntry}`)
  }

  /** Gives the rows that need a thought. */
  write(rows: readonly RowLine[], terms: PlainTerms): readonly RowLine[] {
    const others: RowLine[] = []
    let seq = terms.afterSeq
    for (const row of rows) {
      if (row.kind === 'row' && this.#write(row, terms, seq + 1)) seq += 1
      else others.push(row)
    }
    return others
  }

  #write(row: RowLine, terms: PlainTerms, seq: number): boolean {
    if (this.#areNew) {
      if (this.#tryNew(row, terms, seq)) return true
      if (!this.#tryKnown(row, terms, seq)) return false
      this.#areNew = false
      return true
    }
    if (this.#tryKnown(row, terms, seq)) return true
    this.#areNew = this.#tryNew(row, terms, seq)
    return this.#areNew
  }

  #tryKnown({ values, stamp, origin }: RowLine, terms: PlainTerms, seq: number): boolean {
    const { sender, acknowledgedSeq, beginsAnew } = terms
    try {
      const { changes } = this.#update.run(
        ...values,
        stamp,
        origin,
        sender,
        acknowledgedSeq,
        // Nothing is unequal to NULL: of a sender that does not begin anew, it makes no difference who made a row.
        beginsAnew ? this.#thisNode : null,
      )
      if (Number(changes) === 0) return false
    } catch (error) {
      if (isRefusal(error)) return false
      throw error
    }
    this.#renew.run(...this.#keyOf(values), seq, stamp, origin, sender)
    return true
  }

  #tryNew({ values, stamp, origin }: RowLine, { sender }: PlainTerms, seq: number): boolean {
    const key = this.#keyOf(values)
    if (Number(this.#enter.run(...key, seq, stamp, origin, sender).changes) === 0) return false
    try {
      if (Number(this.#insert.run(...values).changes) > 0) return true
    } catch (error) {
      if (!isRefusal(error)) throw error
    }
    this.#withdraw.run(...key)
    return false
  }

  #keyOf(values: RowLine['values']): RowLine['values'] {
    return values.slice(0, this.#keyLength)
  }
}
