/** Rows of a message as parameters of one statement: an array for each column, and each row with its number. */
import type { RowLine } from '../../message/body-lines.ts'
import type { Value } from '../../message/values.ts'
import { toArray } from './postgres-database.ts'
import type { UserColumn } from './user-table.ts'

/** A row with its place in the batch that it came in. */
export interface NumberedRow {
  readonly place: number
  readonly row: RowLine
}

export function numbered(rows: readonly RowLine[]): NumberedRow[] {
  return rows.map((row, place) => ({ place, row }))
}

/** Texts for the values of rows, or why a row's values have none. */
export class RowTexts {
  readonly #columns: readonly UserColumn[]

  constructor(columns: readonly UserColumn[]) {
    this.#columns = columns
  }

  /** Why a row can't be bound: a value is not of the column's type. */
  faultOf({ values }: RowLine): string | undefined {
    for (const [index, value] of values.entries()) {
      const column = this.#columns[index]
      if (column === undefined || value === null || column.codec.encode(value) !== undefined)
        continue
      return `column ${JSON.stringify(column.name)} of type ${column.declared} does not take ${describe(value)}`
    }
    return undefined
  }

  /** Whether PostgreSQL surely takes the values of the first `width` columns, or of those of them that it might change. */
  areSure(rows: readonly RowLine[], which: { readonly width?: number } = {}): boolean {
    const { width } = which
    const columns = this.#columns.slice(0, width)
    return rows.every(({ values }) =>
      columns.every(({ codec, declared }, index) => {
        const value = values[index] ?? null
        if (value === null || (width === undefined && codec.isExact === undefined)) return true
        const text = codec.encode(value)
        return text !== undefined && codec.isSure?.(text, declared) === true
      }),
    )
  }

  /** The arrays for the first `width` columns. A row that can't be bound must not be among these. */
  bind(rows: readonly RowLine[], width: number = this.#columns.length): string[] {
    return this.#columns.slice(0, width).map(({ codec }, index) =>
      toArray(
        rows.map(({ values }) => {
          const value = values[index] ?? null
          return value === null ? null : (codec.encode(value) ?? null)
        }),
      ),
    )
  }
}

/** A value for people, short. */
function describe(value: NonNullable<Value>): string {
  if (value instanceof Uint8Array) return `${value.length} octets`
  if (typeof value !== 'string') return `the number ${String(value)}`
  const text = JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  return `the text ${text}`
}

/** `unnest($1::text[], $2::text[]) WITH ORDINALITY v (t1, t2, n)`: the rows, each value as its text. */
export function rowsFrom(width: number, firstParameter = 1): string {
  const arrays = Array.from({ length: width }, (_, index) => `$${firstParameter + index}::text[]`)
  const names = Array.from({ length: width }, (_, index) => `t${index + 1}`)
  return `unnest(${arrays.join(', ')}) WITH ORDINALITY v (${names.join(', ')}, n)`
}

/** The value of a column of a row of {@link rowsFrom}. */
export function writeColumn(column: UserColumn, index: number): string {
  return column.codec.write(`v.t${index + 1}`, column.declared)
}
