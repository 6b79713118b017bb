import type { RowLine, TableLine } from '../../message/body-lines.ts'

/**
 * Floating point numbers that another database has and SQLite does not keep: it takes NaN for NULL, and writes -0 as 0 in a column
 * with an affinity for numbers.
 */
export class UnkeptNumbers {
  readonly #line: TableLine
  /** The columns in which they may come; a column of another type has none of a database that keeps types. */
  readonly #columns: readonly number[]

  constructor(line: TableLine) {
    this.#line = line
    this.#columns = [...line.columns.keys()].filter((index) => {
      const type = line.columns[index]?.type
      return type === 'real' || type === 'numeric'
    })
  }

  /** Why a row would not be kept as it is; `undefined` when it would. */
  lossOf({ values }: RowLine): string | undefined {
    for (const index of this.#columns) {
      const value = values[index]
      if (typeof value !== 'number') continue
      if (!Number.isNaN(value) && !Object.is(value, -0)) continue
      const column = JSON.stringify(this.#line.columns[index]?.name)
      return `column ${column} would not keep ${Number.isNaN(value) ? 'NaN' : '-0'}: SQLite does not have it`
    }
    return undefined
  }
}
