/**
 * Keys that differ as values and are one row for the database: numbers of another scale, texts of a type or collation that does not tell
 * upper from lower case, a day in two forms. A statement that is given two of them at once does not say which of them it follows, or fails.
 */
import type { RowLine } from '../../message/body-lines.ts'
import { compareVersions } from '../../plan/row-version.ts'
import { type Connection, isRefusal, toNumber } from './postgres-database.ts'
import { RowTexts, rowsFrom, writeColumn } from './row-batch.ts'
import type { UserColumn, UserTable } from './user-table.ts'

/** Whether different values of a column may be equal as a key. */
function isLoose({ codec, looseCollation }: UserColumn): boolean {
  return codec.collation !== undefined || looseCollation !== undefined || codec.type === 'numeric'
}

/** Cuts rows into batches in which no two have one key for the database. */
export class KeyDivider {
  readonly #key: readonly UserColumn[]
  readonly #texts: RowTexts
  /** Gives the numbers of rows that are not the first ones with their key, and how many are before them. */
  readonly #repeated: string | undefined
  readonly #width: number

  constructor(table: UserTable) {
    const { key } = table
    this.#key = key
    this.#texts = new RowTexts(key)
    this.#width = key.length
    const mayRepeat = key.some((column) => isLoose(column) || column.codec.isAlone !== undefined)
    this.#repeated = mayRepeat ? repeatedStatement(key) : undefined
  }

  /** The batches, each row in one behind that of an earlier row with its key. */
  async divide<Row extends RowLine>(
    connection: Connection,
    rows: readonly Row[],
  ): Promise<readonly (readonly Row[])[]> {
    if (this.#repeated === undefined || this.#areAlone(rows)) return [rows]
    const places = await this.#placesOf(connection, rows, this.#repeated)
    if (places === undefined) {
      const middle = Math.ceil(rows.length / 2)
      const left = await this.divide(connection, rows.slice(0, middle))
      return [...left, ...(await this.divide(connection, rows.slice(middle)))]
    }
    const batches: Row[][] = [[]]
    for (const [index, row] of rows.entries()) {
      const place = places.get(index) ?? 0
      while (batches.length <= place) batches.push([])
      batches[place]?.push(row)
    }
    return batches
  }

  /** The same for rows all of which are to be written, the newest of those with one key last. */
  async divideByVersion<Row extends RowLine>(
    connection: Connection,
    rows: readonly Row[],
  ): Promise<readonly (readonly Row[])[]> {
    if (this.#repeated === undefined || this.#areAlone(rows)) return [rows]
    return this.divide(connection, rows.toSorted(compareVersions))
  }

  /** Whether the texts of the keys tell by themselves that only equal ones are one row. */
  #areAlone(rows: readonly RowLine[]): boolean {
    if (rows.length < 2) return true
    return this.#key.every((column, index) => {
      const { codec, base } = column
      if (isLoose(column)) return false
      if (codec.isAlone === undefined) return true
      return rows.every(({ values }) => {
        const value = values[index] ?? null
        const text = value === null ? undefined : codec.encode(value)
        return text !== undefined && codec.isAlone?.(text, base) === true
      })
    })
  }

  /** `undefined` when the database can't read a key: then nobody knows what is equal to what. */
  async #placesOf(
    connection: Connection,
    rows: readonly RowLine[],
    statement: string,
  ): Promise<ReadonlyMap<number, number> | undefined> {
    if (rows.some((row) => this.#texts.faultOf(row) !== undefined)) return undefined
    const keys = this.#texts.bind(rows, this.#width)
    const isSure = this.#texts.areSure(rows, this.#width)
    if (!isSure) await connection.exec('SAVEPOINT obmen_keys')
    try {
      const found = await connection.all(statement, ...keys)
      if (!isSure) await connection.exec('RELEASE SAVEPOINT obmen_keys')
      return new Map(found.map(([n, before]) => [toNumber(n) - 1, toNumber(before)]))
    } catch (error) {
      if (isSure || !isRefusal(error)) throw error
      await connection.exec('ROLLBACK TO SAVEPOINT obmen_keys; RELEASE SAVEPOINT obmen_keys')
      return undefined
    }
  }
}

function repeatedStatement(key: readonly UserColumn[]): string {
  return `
    SELECT n, before
      FROM (SELECT v.n, row_number() OVER (PARTITION BY ${key.map(comparedAs).join(', ')} ORDER BY v.n) - 1 AS before
              FROM ${rowsFrom(key.length)}) k
     WHERE before > 0`
}

/** The value of a key column of a row of {@link rowsFrom} as it would be kept, compared as the column is. */
export function comparedAs(column: UserColumn, index: number): string {
  const value = `${writeColumn(column, index)}::${column.base}`
  return column.collation === '' ? value : `(${value}) COLLATE ${column.collation}`
}
