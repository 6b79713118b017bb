/**
 * Rows as lines of a message, made by SQLite itself: what is read then never becomes values of JavaScript, only to become text and octets again.
 *
 * Only values are read so that are alike in both forms: text, NULL, whole numbers that JSON holds exactly, and fractions. A piece with
 * any other one in it (octets, numbers beyond 2^53, infinities, text that is not UTF-8) is left to who reads row by row.
 */
import { isUtf8 } from 'node:buffer'

import type { Column } from '../../message/body-lines.ts'
import { release } from '../../platform/release.ts'
import type { ChangeLines } from '../change-store.ts'
import { MAX_COLUMNS, MAX_LINE_OCTETS, toChangeLines } from '../line-piece.ts'
import type { ChangeSource } from './share.ts'
import { Query, quoteName, type SqliteDatabase, toNumber, toText } from './sqlite-database.ts'

/** Pieces of more rows are hardly cheaper, and their memory comes from the system anew each time. */
const LINES_AT_A_TIME = 128

/** Pieces that may be in vain one after another, before the rest of a table is read row by row. */
const MAX_FAILURES = 3

/** A column as a message has it, and the expression that reads it. */
export interface ReadColumn extends Column {
  readonly value: string
}

/** What lines are read from: a table's source, and its columns, those of the key first. */
export interface LineSource extends ChangeSource {
  readonly columns: readonly ReadColumn[]
  readonly keyLength: number
}

/** How the lines of a table are read for one request. */
export class LineReader {
  readonly #query: Query | undefined
  readonly #knower: string
  #failures = 0

  /** `tellsVia`: lines of several senders are not wanted in one piece. To be made in the snapshot that is read. */
  constructor(
    database: SqliteDatabase,
    source: LineSource,
    at: { readonly knower: string; readonly tellsVia: boolean },
  ) {
    const isPossible = source.columns.length <= MAX_COLUMNS && writesNumbersExactly(database)
    const hasUnsent = new Query(database, 'SELECT 1 FROM obmen_unsent').first() !== undefined
    this.#query = isPossible
      ? new Query(database, linesStatement(source, { ...at, hasUnsent }))
      : undefined
    this.#knower = at.knower
  }

  /** The next rows above one position and up to another; `undefined` when they have to be read row by row. */
  read(afterSeq: number, throughSeq: number): ChangeLines | undefined {
    if (this.#query === undefined || this.#failures >= MAX_FAILURES) return undefined
    const row = this.#query.first(this.#knower, BigInt(afterSeq), BigInt(throughSeq))
    const [rowCount, lastSeq, via, lastVia, plainCount, octets] = row ?? []
    const isText = octets instanceof Uint8Array && isUtf8(octets)
    const lines = isText
      ? toChangeLines({
          rowCount: toNumber(rowCount),
          plainCount: toNumber(plainCount),
          lastSeq: toNumber(lastSeq),
          vias: [toText(via), toText(lastVia)],
          octets,
        })
      : undefined
    this.#failures = lines === undefined ? this.#failures + 1 : 0
    return lines && { ...lines, release: () => release(lines.octets) }
  }
}

/** Numbers that 15 digits do not tell apart, or 16. */
const LONG_NUMBERS = [0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623155e307, 2 ** 52 - 0.5]

/** Whether the lines of this database are UTF-8, and floating point numbers come back from their text: a SQLite before 3.43 wrote 15 digits of them. */
function writesNumbersExactly(database: SqliteDatabase): boolean {
  const [encoding] = new Query(database, 'PRAGMA encoding').first() ?? []
  if (encoding !== 'UTF-8') return false
  const texts = LONG_NUMBERS.map(() => 'json_array(?)').join(', ')
  const written = new Query(database, `SELECT ${texts}`).first(...LONG_NUMBERS) ?? []
  return LONG_NUMBERS.every(
    (number, index) => Number(toText(written[index]).slice(1, -1)) === number,
  )
}

/**
 * Counts the next rows, and joins their lines. The lines are made inside: SQLite would otherwise make each of them anew wherever it is
 * named. A limit inside keeps their order. Nothing is asked of each row that is known of all of them.
 */
function linesStatement(
  source: LineSource,
  { tellsVia, hasUnsent }: { readonly tellsVia: boolean; readonly hasUnsent: boolean },
): string {
  const { from, position, condition } = source
  const isShort = `octet_length(line) <= ${MAX_LINE_OCTETS}`
  const isSent = hasUnsent ? 'AND i.seq NOT IN (SELECT seq FROM obmen_unsent)' : ''
  return `
    SELECT count(*), max(seq), ${tellsVia ? 'min(via), max(via)' : `'', ''`}, sum(${isShort}),
           CAST(group_concat(line, char(10)) FILTER (WHERE ${isShort}) || char(10) AS BLOB)
      FROM (SELECT ${position} AS seq, i.via AS via, ${lineOf(source)} AS line
              ${from}
             WHERE ${position} > ?2 AND ${position} <= ?3 AND ${condition} ${isSent}
             ORDER BY ${position} LIMIT ${LINES_AT_A_TIME})`
}

/** The line of a row, see body-lines.ts; NULL for one that can't be had so. The index has the key of one that is gone. */
function lineOf({ presence, columns, keyLength }: LineSource): string {
  const present = columns.map(({ name, type }) => ({ type, value: `d.${quoteName(name)}` }))
  const gone = present.slice(0, keyLength).map(({ type }, index) => {
    return { type, value: `i.k${index + 1}` }
  })
  const line = (mark: string, some: readonly LineValue[]): string => {
    const values = [mark, 'i.stamp', 'i.origin', ...some.map(({ value }) => value)]
    return `CASE WHEN ${some.map(isUnlike).join(' OR ')} THEN NULL ELSE json_array(${values.join(', ')}) END`
  }
  return `CASE ${presence} WHEN 1 THEN ${line(`'u'`, present)} WHEN 2 THEN ${line(`'x'`, present.slice(0, keyLength))} ELSE ${line(`'d'`, gone)} END`
}

type LineValue = Pick<ReadColumn, 'type' | 'value'>

/**
 * Whether a value would not come back as it is. All octets are above all texts, and those above all numbers. In a column for numbers, a
 * whole one is never kept as floating point (https://sqlite.org/datatype3.html, section 3), and in one for text no number is.
 */
function isUnlike({ value, type }: LineValue): string {
  const isOctets = `${value} >= x'' COLLATE BINARY`
  if (type === 'text') return isOctets
  const bound = type === 'real' ? '1e308' : String(Number.MAX_SAFE_INTEGER)
  const isBeyond = `(${value} NOT BETWEEN -${bound} AND ${bound} AND (${value} < '' COLLATE BINARY OR ${isOctets}))`
  // Nothing is converted for a column of no type.
  if (type !== 'blob') return isBeyond
  return `${isBeyond} OR (typeof(${value}) = 'real' AND ${value} = CAST(${value} AS INTEGER))`
}
