/**
 * Rows as lines of a message, made by PostgreSQL itself: what is read then never becomes values of JavaScript, only to become text again. A
 * piece with a value in it that JSON would not hold as it is (octets, whole numbers beyond 2^53, infinities) is left to who reads row by row.
 */
import type { ChangeLines } from '../change-store.ts'
import { MAX_COLUMNS, MAX_LINE_OCTETS, toChangeLines } from '../line-piece.ts'
import type { Codec } from './column-type.ts'
import { type Connection, toNumber, toText } from './postgres-database.ts'
import type { ChangeSource } from './share.ts'

/** As long as nobody knows how long lines are. */
export const FIRST_LINES = 500

/** Enough that the work for a piece, most of it planning, does not count. */
const MOST_LINES = 1000

/** About how much a piece should hold, where lines are long. */
const PIECE_OCTETS = 1024 * 1024

/** How many lines to read after a piece: as many as it takes for the next one to be large, and not too large. */
export function linesAfter({ rowCount, octets }: ChangeLines): number {
  const fitting = Math.floor((PIECE_OCTETS * rowCount) / Math.max(1, octets.length))
  return Math.max(FIRST_LINES, Math.min(MOST_LINES, fitting))
}

/** What is done with the values of a column, and the expression that reads them. */
export interface ReadColumn {
  readonly codec: Codec
  readonly value: string
}

/** What lines are read from: a table's source, and its columns, those of the key first. */
export interface LineSource extends ChangeSource {
  readonly columns: readonly ReadColumn[]
  readonly keyLength: number
}

/** Whether there may be lines of a table. */
export function canReadLines({ columns }: LineSource): boolean {
  return columns.length <= MAX_COLUMNS
}

/** The next rows above one position and up to another, if there are any; `undefined` when they have to be read row by row. */
export async function readLines(
  connection: Connection,
  source: LineSource,
  range: {
    readonly afterSeq: number
    readonly throughSeq: number
    readonly knower: string
    /** Lines of several senders are not wanted in one piece. */
    readonly tellsVia: boolean
    readonly lineCount: number
  },
): Promise<ChangeLines | 'none' | undefined> {
  const statement = linesStatement(source, range.tellsVia ? 'i.via' : `''`)
  const { afterSeq, throughSeq, knower, lineCount } = range
  const row = await connection.first(statement, afterSeq, throughSeq, knower, lineCount)
  const [rowCount, lastSeq, via, lastVia, plainCount, lines] = row ?? []
  if (toNumber(rowCount) === 0) return 'none'
  if (typeof lines !== 'string') return undefined
  return toChangeLines({
    rowCount: toNumber(rowCount),
    plainCount: toNumber(plainCount),
    lastSeq: toNumber(lastSeq),
    vias: [toText(via), toText(lastVia)],
    octets: Buffer.from(lines),
  })
}

/** Counts the next rows, and joins their lines. They are made inside, because a limit keeps them from being made anew wherever they are named. */
function linesStatement(source: LineSource, via: string): string {
  const { from, position, condition } = source
  const isShort = `FILTER (WHERE octet_length(line) <= ${MAX_LINE_OCTETS})`
  return `
    SELECT count(*), max(seq), min(via), max(via), count(*) ${isShort}, string_agg(line, E'\\n' ORDER BY seq) ${isShort} || E'\\n'
      FROM (SELECT ${position} AS seq, ${via} AS via, ${lineOf(source)} AS line
              ${from}
             WHERE ${position} > $1::bigint AND ${position} <= $2::bigint AND ${condition}
               AND i.seq NOT IN (SELECT seq FROM obmen_exchange.unsent)
             ORDER BY ${position} LIMIT $4::bigint) AS piece`
}

/** The line of a row, see body-lines.ts; NULL for one that can't be had so. */
function lineOf({ presence, columns, keyLength }: LineSource): string {
  const key = columns.slice(0, keyLength)
  const line = (mark: string, some: readonly ReadColumn[]): string => {
    const values = some.map(({ value, codec }) => (codec.readForLine ?? codec.read)(value))
    const unlike = some.flatMap(({ value, codec }) => codec.isUnlikeInLine?.(value) ?? [])
    // Looked at first: JSON of large values would be made in vain.
    const sizes = some.flatMap(({ value, codec }) => codec.sizeOf?.(value) ?? [])
    unlike.push(...sizes.map((size) => `${size} > ${MAX_LINE_OCTETS}`))
    const json = `json_build_array(${[mark, 'i.stamp', 'i.origin', ...values].join(', ')})::text`
    return unlike.length === 0
      ? json
      : `CASE WHEN ${unlike.join(' OR ')} THEN NULL ELSE ${json} END`
  }
  return `CASE ${presence} WHEN 1 THEN ${line(`'u'`, columns)} WHEN 2 THEN ${line(`'x'`, key)} ELSE ${line(`'d'`, key)} END`
}
