import { TextNotUtf8 } from '../errors.ts'
import { Query, type SqliteDatabase, type SqlRow, toText } from './sqlite-database.ts'

/** What the driver makes of octets that are no text. A text may also hold it rightfully. */
const REPLACEMENT_CHARACTER = '\u{FFFD}'

/** Whether a row has a text that may have been something else in the database. */
export function isSuspicious(row: SqlRow): boolean {
  return row.some((value) => typeof value === 'string' && value.includes(REPLACEMENT_CHARACTER))
}

/** Where a row lies: its table, its key for people, and the names of its columns. */
export interface RowPlace {
  readonly table: string
  readonly key: string
  readonly columns: readonly string[]
}

/** What is wrong with the first of these octets of texts, in the order of the columns, that are no text. */
export function findDefect(
  database: SqliteDatabase,
  octets: SqlRow,
  place: RowPlace,
): TextNotUtf8 | undefined {
  const [encoding] = new Query(database, 'PRAGMA encoding').first() ?? []
  const decoder = new TextDecoder(toText(encoding).toLowerCase(), { fatal: true })
  for (const [index, value] of octets.entries()) {
    if (!(value instanceof Uint8Array)) continue
    try {
      decoder.decode(value)
    } catch (cause) {
      return new TextNotUtf8({ ...place, column: place.columns[index] ?? '' }, { cause })
    }
  }
  return undefined
}
