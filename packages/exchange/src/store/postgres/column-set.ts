import type { RowLine } from '../../message/body-lines.ts'
import type { CapturedTable } from './capture.ts'
import { type Connection, toArray, toNumber, toText } from './postgres-database.ts'
import { type Refusals, writeRefusing } from './refusing.ts'
import { type NumberedRow, RowTexts } from './row-batch.ts'
import { RowStatements } from './row-statements.ts'
import { theRow, type Tried, tryEach } from './row-trial.ts'
import type { UserColumn } from './user-table.ts'

/** What is done with rows that PostgreSQL takes as they are. */
export interface ExactWork {
  /** With all of them at once. Gives `false` when not all of it is done. */
  readonly all: (exact: readonly RowLine[]) => Promise<unknown>
  /** With one after the other, see {@link Writing}. */
  readonly each?: (rows: readonly NumberedRow[]) => Promise<Tried>
}

/** Some columns of a table, key columns first, with what it takes to write rows in them. */
export class ColumnSet {
  readonly texts: RowTexts
  readonly statements: RowStatements
  readonly #columns: readonly UserColumn[]

  constructor(table: CapturedTable, columns: readonly UserColumn[]) {
    this.#columns = columns
    this.texts = new RowTexts(columns)
    this.statements = new RowStatements(table, columns)
  }

  /**
   * Does the work with those of the rows that PostgreSQL takes as they are: in one go, or in parts when it refuses some. Gives the others, with the reason.
   */
  async withExact(
    connection: Connection,
    rows: readonly NumberedRow[],
    work: ExactWork,
  ): Promise<Refusals> {
    const faulty = new Map(
      rows.flatMap(({ place, row }): [number, string][] => {
        const fault = this.texts.faultOf(row)
        return fault === undefined ? [] : [[place, fault]]
      }),
    )
    const sound = rows.filter(({ place }) => !faulty.has(place))
    const all = async (some: readonly NumberedRow[]): Promise<Refusals | undefined> => {
      const inexact = await this.inexact(connection, some)
      const exact = some.filter(({ place }) => !inexact.has(place)).map(({ row }) => row)
      const isDone = exact.length === 0 || (await work.all(exact)) !== false
      return isDone ? inexact : undefined
    }
    const refusals = await writeRefusing(connection, sound, { all, each: work.each })
    return new Map([...faulty, ...refusals])
  }

  /** The rows with a value that its column would keep in another form: that of another time, without its last digits. */
  async inexact(connection: Connection, rows: readonly NumberedRow[]): Promise<Refusals> {
    const { inexact } = this.statements
    if (inexact === undefined) return new Map()
    const { texts, areSure } = this.texts.columnsOf(rows.map(({ row }) => row))
    if (areSure) return new Map()
    const found = await connection.all(inexact, ...texts.map(toArray))
    return new Map(
      found.map(([n, column, form]) => {
        const place = rows[toNumber(n) - 1]?.place ?? -1
        return [place, this.#inexactReason(toNumber(column), toText(form))]
      }),
    )
  }

  /** Tries rows one after the other, none of which has a fault. */
  tryEach(
    connection: Connection,
    verb: 'insert' | 'update' | 'delete',
    rows: readonly NumberedRow[],
  ): Promise<Tried> {
    const row = theRow(this.#columns.length)
    return tryEach(connection, rows, {
      statement: this.statements[`${verb}Of`](row),
      inexact: this.statements.inexactOf(row),
      inexactReason: (column, form) => this.#inexactReason(column, form),
      bind: (one) => this.texts.bindRow(one),
    })
  }

  #inexactReason(column: number, form: string): string {
    const { name = '', declared = '' } = this.#columns[column] ?? {}
    return `column ${JSON.stringify(name)} of type ${declared} would keep this value as ${JSON.stringify(form)}`
  }
}
