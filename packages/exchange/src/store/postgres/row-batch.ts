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

/** A value as it is bound; `undefined` for one that its column's type does not have. */
type Text = string | null | undefined

/** Rows of which every value has a text, column by column. */
export interface RowColumns {
  readonly rows: readonly RowLine[]
  readonly texts: readonly (readonly (string | null)[])[]
  /** Whether PostgreSQL surely keeps all values as they are, if it takes them. */
  readonly areSure: boolean
}

/** Texts for the values of rows, or why a row's values have none. */
export class RowTexts {
  readonly #columns: readonly UserColumn[]
  /** Each row is bound several times: to be looked up, to be written, to be recorded. */
  readonly #encoded = new WeakMap<RowLine, readonly Text[]>()

  constructor(columns: readonly UserColumn[]) {
    this.#columns = columns
  }

  /** Why a row can't be bound: a value is not of the column's type. */
  faultOf(row: RowLine): string | undefined {
    const index = this.#encode(row).indexOf(undefined)
    const column = this.#columns[index]
    if (column === undefined) return undefined
    const value = describe(row.values[index] ?? null)
    return `column ${JSON.stringify(column.name)} of type ${column.declared} does not take ${value}`
  }

  /** Whether PostgreSQL surely takes the values of the first `width` columns. */
  areSure(rows: readonly RowLine[], width: number): boolean {
    return this.#columns.slice(0, width).every(({ codec, declared }, index) =>
      rows.every((row) => {
        const text = this.#encode(row)[index]
        return text === null || (text !== undefined && codec.isSure?.(text, declared) === true)
      }),
    )
  }

  /** Those of the rows that can be bound. */
  columnsOf(rows: readonly RowLine[]): RowColumns {
    const faulty = new Set<RowLine>()
    const texts = this.#columns.map(({ codec }, index) =>
      rows.map((row) => {
        const value = row.values[index] ?? null
        if (value === null) return null
        const text = codec.encode(value)
        if (text === undefined) faulty.add(row)
        return text ?? null
      }),
    )
    if (faulty.size > 0) return this.columnsOf(rows.filter((row) => !faulty.has(row)))
    const areSure = this.#columns.every((column, index) => {
      return (
        column.codec.isExact === undefined || texts[index]?.every((text) => isKept(text, column))
      )
    })
    return { rows, texts, areSure }
  }

  /** The arrays for the first `width` columns. A row that can't be bound must not be among these. */
  bind(rows: readonly RowLine[], width: number = this.#columns.length): string[] {
    const texts = rows.map((row) => this.#encode(row))
    return Array.from({ length: width }, (_, index) => {
      return toArray(texts.map((ofRow) => ofRow[index] ?? null))
    })
  }

  /** One row as an array of all columns. */
  bindRow(row: RowLine): string {
    const texts = this.#encode(row)
    return toArray(this.#columns.map((_, index) => texts[index] ?? null))
  }

  #encode(row: RowLine): readonly Text[] {
    const known = this.#encoded.get(row)
    if (known !== undefined) return known
    const texts = row.values.map((value, index) => {
      return value === null ? null : this.#columns[index]?.codec.encode(value)
    })
    this.#encoded.set(row, texts)
    return texts
  }
}

/** Beyond which an index may have no room for a key. */
const SHORT_KEY_LENGTH = 512

/** Whether an index surely has room for the key of a row, its first `width` values. */
export function hasShortKey({ values }: RowLine, width: number): boolean {
  let length = 0
  for (const value of values.slice(0, width)) {
    length +=
      typeof value === 'string' || value instanceof Uint8Array ? value.length : NUMBER_LENGTH
  }
  return length <= SHORT_KEY_LENGTH
}

const NUMBER_LENGTH = 20

/** Whether a text surely comes back as it is, if PostgreSQL takes it: what would come back in its place is another text for the same value. */
function isKept(text: string | null, { codec, declared }: UserColumn): boolean {
  if (text === null || codec.isAlone?.(text, declared) === true) return true
  return codec.isSure?.(text, declared) === true
}

/** A value for people, short. */
function describe(value: Value): string {
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
