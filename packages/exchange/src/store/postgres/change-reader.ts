import { parseNodeCode } from '../../plan/node-code.ts'
import type { RowLine, TableLine } from '../../message/body-lines.ts'
import type { Value } from '../../message/values.ts'
import type { Change, ChangeBatch, ChangeLines, ChangesRequest } from '../change-store.ts'
import { type Connection, quoteName, type SqlRow, toNumber, toText } from './postgres-database.ts'
import { indexName } from './capture.ts'
import {
  canReadLines,
  FIRST_LINES,
  linesAfter,
  type LineSource,
  type ReadColumn,
  readLines,
} from './line-reader.ts'
import { type RuledTable, sharedColumns, toSharedTableLine } from './ruled-table.ts'
import { type ChangeSource, conditionFor, shareName, shareSource, wholeSource } from './share.ts'
import type { UserColumn } from './user-table.ts'

/** Rows in one batch: enough that the work for a batch does not count. */
const BATCH_ROWS = 1000

/** The first look at a table is short: nobody knows yet how large its rows are. */
const FIRST_ROWS = 50

/** A batch of rows with pictures in them is smaller, so that it can be held. */
const BATCH_OCTETS = 1024 * 1024

/** In the place of a node that knows rows already. No node has this code, and no row came from it. */
const NOBODY = '_'

/**
 * What is set in the transaction that reads: a piece is looked up row by row, along the index of positions. Where there are no statistics yet, as after a first load, PostgreSQL would
 * sort all that is left, or read the whole table, for each piece.
 */
export const PIECE_BY_PIECE = `
  SET LOCAL enable_sort = off;
  SET LOCAL enable_bitmapscan = off;
  SET LOCAL enable_hashjoin = off;
  SET LOCAL enable_mergejoin = off;
  SET LOCAL enable_seqscan = off`

/** Reads the changes of all tables in the order of their positions. Must run in one snapshot. */
export async function* readChanges(
  connection: Connection,
  tables: readonly RuledTable[],
  request: ChangesRequest,
): AsyncGenerator<ChangeBatch, void, void> {
  const cursors: TableCursor[] = []
  for (const table of await withChanges(connection, tables, request)) {
    cursors.push(await TableCursor.open(connection, table, request))
  }
  while (true) {
    const [first, second] = cursors.toSorted((a, b) => a.seq - b.seq)
    if (first === undefined || first.seq === Number.POSITIVE_INFINITY) return
    // A fold gives the changes of one table neighbouring positions, so a run is usually long.
    const end = request.ends?.find((seq) => seq >= first.seq) ?? Number.POSITIVE_INFINITY
    yield* first.takeUntil(Math.min(second?.seq ?? Number.POSITIVE_INFINITY, end + 1))
  }
}

/** The tables that have something for the request. */
async function withChanges(
  connection: Connection,
  tables: readonly RuledTable[],
  { afterSeq, throughSeq }: ChangesRequest,
): Promise<RuledTable[]> {
  const sent = tables.filter(({ direction }) => direction !== 'in')
  if (sent.length === 0) return []
  const exist = sent.map((table) => {
    const positions = table.condition === undefined ? indexName(table) : shareName(table)
    return `EXISTS (SELECT 1 FROM ${positions} WHERE seq > $1::bigint AND seq <= $2::bigint)`
  })
  const row = await connection.first(`SELECT ${exist.join(', ')}`, afterSeq, throughSeq)
  return sent.filter((_, index) => row?.[index] === 't')
}

/** The changes of one table: as lines as long as they are to be had, then row by row, a piece ahead. */
class TableCursor {
  readonly #connection: Connection
  readonly #table: RuledTable
  readonly #line: TableLine
  readonly #source: LineSource
  readonly #request: ChangesRequest
  readonly #knower: string
  /** Before the first row that is read by itself: where the next lines begin, at the earliest. */
  #nextSeq: number | undefined
  #lineCount = FIRST_LINES
  #rows: readonly SqlRow[] = []
  #next = 0
  #fetchRows = FIRST_ROWS
  #isAtEnd = false

  private constructor(
    connection: Connection,
    at: { readonly table: RuledTable; readonly request: ChangesRequest },
    source: ChangeSource,
  ) {
    const { table, request } = at
    this.#connection = connection
    this.#table = table
    this.#line = toSharedTableLine(table)
    this.#source = { ...source, columns: valuesOf(table), keyLength: table.key.length }
    this.#request = request
    // A part of a table is one node's, and nobody else's.
    const isForMany = request.keepsOwn === true && table.condition === undefined
    this.#knower = isForMany ? NOBODY : request.forNode
  }

  static async open(
    connection: Connection,
    table: RuledTable,
    request: ChangesRequest,
  ): Promise<TableCursor> {
    const source =
      table.condition === undefined
        ? wholeSource(table)
        : shareSource(table, await conditionFor(connection, table, request.forNode))
    const cursor = new TableCursor(connection, { table, request }, source)
    if (request.roomForLines !== undefined && canReadLines(cursor.#source)) {
      await cursor.#skipTo(request.afterSeq)
    } else {
      await cursor.#openRows(request.afterSeq)
    }
    return cursor
  }

  async #openRows(afterSeq: number): Promise<void> {
    this.#nextSeq = undefined
    // Named by the table: two tables are read side by side, in one transaction that ends both.
    await this.#connection.run(
      `DECLARE ${this.#name} NO SCROLL CURSOR FOR ${changesStatement(this.#source)}`,
      afterSeq,
      this.#request.throughSeq,
      this.#knower,
    )
    await this.#fetch()
  }

  get #name(): string {
    return `obmen_changes_${this.#table.id}`
  }

  /** No change that is still to be read has a position before it; infinite when there is none. */
  get seq(): number {
    if (this.#nextSeq !== undefined) return this.#nextSeq
    const row = this.#rows[this.#next]
    return row === undefined ? Number.POSITIVE_INFINITY : toNumber(row[0])
  }

  async *takeUntil(seq: number): AsyncGenerator<ChangeBatch, void, void> {
    const throughSeq = Math.min(seq - 1, this.#request.throughSeq)
    while (this.seq < seq) {
      const lines = this.#nextSeq === undefined ? undefined : await this.#readLines(throughSeq)
      if (lines !== undefined) yield { table: this.#line, changes: [], lines }
      else if (this.#nextSeq === undefined && this.seq < seq) yield await this.#takeRows(seq)
    }
    // Behind lines there may be nothing at once: two tables must never seem to be at one position.
    if (Number.isFinite(this.#nextSeq)) await this.#skipTo(throughSeq)
  }

  /** The next lines. Without them the cursor stands behind the range when it holds no rows, and otherwise before them, to read them one by one. */
  async #readLines(throughSeq: number): Promise<ChangeLines | undefined> {
    const { keepsOwn = false, roomForLines } = this.#request
    const afterSeq = this.seq - 1
    const range = {
      afterSeq,
      throughSeq,
      knower: this.#knower,
      tellsVia: keepsOwn,
      lineCount: this.#lineCount,
    }
    const lines = await readLines(this.#connection, this.#source, range)
    if (lines === 'none') {
      await this.#skipTo(throughSeq)
      return undefined
    }
    if (lines === undefined || lines.octets.length > (roomForLines?.() ?? 0)) {
      await this.#openRows(afterSeq)
      return undefined
    }
    this.#lineCount = linesAfter(lines)
    const isLast = lines.lastSeq >= this.#request.throughSeq
    this.#nextSeq = isLast ? Number.POSITIVE_INFINITY : lines.lastSeq + 1
    return lines
  }

  async #skipTo(afterSeq: number): Promise<void> {
    const { throughSeq } = this.#request
    const [seq = null] =
      (await this.#connection.first(
        `${this.#source.positions} AND seq > $1::bigint AND seq <= $2::bigint`,
        afterSeq,
        throughSeq,
        this.#knower,
      )) ?? []
    this.#nextSeq = seq === null ? Number.POSITIVE_INFINITY : toNumber(seq)
  }

  async #takeRows(seq: number): Promise<ChangeBatch> {
    const changes: Change[] = []
    let row = this.#rows[this.#next]
    while (row !== undefined && toNumber(row[0]) < seq) {
      changes.push(this.#toChange(row))
      this.#next += 1
      row = this.#rows[this.#next]
    }
    if (row === undefined) await this.#fetch()
    return { table: this.#line, changes }
  }

  async #fetch(): Promise<void> {
    this.#next = 0
    if (this.#isAtEnd) {
      this.#rows = []
      return
    }
    this.#rows = await this.#connection.all(`FETCH ${this.#fetchRows} FROM ${this.#name}`)
    this.#isAtEnd = this.#rows.length < this.#fetchRows
    const octets = this.#rows.reduce((sum, row) => sum + sizeOf(row), 0)
    const size = Math.max(1, octets / Math.max(1, this.#rows.length))
    this.#fetchRows = Math.max(1, Math.min(BATCH_ROWS, Math.floor(BATCH_OCTETS / size)))
  }

  #toChange(row: SqlRow): Change {
    const [seq, entrySeq, via, stamp, origin, presence, ...texts] = row
    const kind = KINDS[toNumber(presence)] ?? 'deletion'
    const columns = kind === 'row' ? this.#source.columns : this.#table.key
    const line: RowLine = {
      kind,
      stamp: toNumber(stamp),
      origin: parseNodeCode(toText(origin)),
      values: decodeValues(columns, texts),
    }
    return {
      seq: toNumber(seq),
      entrySeq: toNumber(entrySeq),
      via: via === '' ? '' : parseNodeCode(toText(via)),
      row: line,
    }
  }
}

const KINDS = ['deletion', 'row', 'departure'] as const

/** The values of columns, from the texts that {@link readColumns} asks for. */
export function decodeValues(
  columns: readonly Pick<UserColumn, 'codec'>[],
  texts: SqlRow,
): Value[] {
  return columns.map(({ codec }, index) => {
    const text = texts[index] ?? null
    return text === null ? null : codec.decode(text)
  })
}

/** The expressions for the texts of columns of a row. */
export function readColumns(columns: readonly UserColumn[], row: string): string[] {
  return columns.map(({ name, codec }) => codec.read(`${row}.${quoteName(name)}`))
}

/** The columns as a message has them: key columns first. Of a row that is gone, the index has the key. */
function valuesOf(table: RuledTable): ReadColumn[] {
  return sharedColumns(table).map(({ name, codec }, index) => {
    const value = `d.${quoteName(name)}`
    const isKey = index < table.key.length
    return { codec, value: isKey ? `coalesce(${value}, i.k${index + 1})` : value }
  })
}

function changesStatement({ from, position, condition, presence, columns }: LineSource): string {
  const values = columns.map(({ codec, value }) => codec.read(value))
  return `
    SELECT ${[position, 'i.seq', 'i.via', 'i.stamp', 'i.origin', presence, ...values].join(', ')}
      ${from}
     WHERE ${position} > $1::bigint AND ${position} <= $2::bigint AND ${condition}
       AND i.seq NOT IN (SELECT seq FROM obmen_exchange.unsent)
     ORDER BY ${position}`
}

/** About what the texts of a row take. */
function sizeOf(row: SqlRow): number {
  let size = 0
  for (const text of row) size += text?.length ?? 0
  return size
}
