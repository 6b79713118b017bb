import { parseNodeCode } from '../../plan/node-code.ts'
import type { RowLine, TableLine } from '../../message/body-lines.ts'
import type { Value } from '../../message/values.ts'
import type { Change, ChangeBatch, ChangesRequest } from '../change-store.ts'
import { type CapturedTable, indexName, matchesKey } from './capture.ts'
import {
  type Connection,
  quoteName,
  type SqlRow,
  toBoolean,
  toNumber,
  toText,
} from './postgres-database.ts'
import { tableName, toTableLine, type UserColumn } from './user-table.ts'

/** Rows in one batch: enough that the work for a batch does not count. */
const BATCH_ROWS = 1000

/** The first look at a table is short: nobody knows yet how large its rows are. */
const FIRST_ROWS = 50

/** A batch of rows with pictures in them is smaller, so that it can be held. */
const BATCH_OCTETS = 1024 * 1024

/** Reads the changes of all tables in the order of their positions. Must run in one snapshot. */
export async function* readChanges(
  connection: Connection,
  tables: readonly CapturedTable[],
  request: ChangesRequest,
): AsyncGenerator<ChangeBatch, void, void> {
  const cursors: TableCursor[] = []
  for (const table of await withChanges(connection, tables, request)) {
    const cursor = new TableCursor(connection, table)
    await cursor.open(request)
    cursors.push(cursor)
  }
  while (true) {
    const [first, second] = cursors.toSorted((a, b) => a.seq - b.seq)
    if (first === undefined || first.seq === Number.POSITIVE_INFINITY) return
    // A fold gives the changes of one table neighbouring positions, so a run is usually long.
    yield* first.takeUntil(second?.seq ?? Number.POSITIVE_INFINITY)
  }
}

/** The tables that have something for the request. */
async function withChanges(
  connection: Connection,
  tables: readonly CapturedTable[],
  { afterSeq, throughSeq }: ChangesRequest,
): Promise<CapturedTable[]> {
  if (tables.length === 0) return []
  const exist = tables.map(
    (table) =>
      `EXISTS (SELECT 1 FROM ${indexName(table)} WHERE seq > $1::bigint AND seq <= $2::bigint)`,
  )
  const row = await connection.first(`SELECT ${exist.join(', ')}`, afterSeq, throughSeq)
  return tables.filter((_, index) => row?.[index] === 't')
}

/** The changes of one table, a piece ahead. */
class TableCursor {
  readonly #connection: Connection
  readonly #table: CapturedTable
  readonly #columns: readonly UserColumn[]
  readonly #line: TableLine
  #rows: readonly SqlRow[] = []
  #next = 0
  #fetchRows = FIRST_ROWS
  #isAtEnd = false

  constructor(connection: Connection, table: CapturedTable) {
    this.#connection = connection
    this.#table = table
    this.#columns = [...table.key, ...table.others]
    this.#line = toTableLine(table)
  }

  async open(request: ChangesRequest): Promise<void> {
    // Named by the table: two tables are read side by side, in one transaction that ends both.
    await this.#connection.run(
      `DECLARE ${this.#name} NO SCROLL CURSOR FOR ${changesStatement(this.#table, this.#columns)}`,
      request.afterSeq,
      request.throughSeq,
      request.keepsOwn === true ? NOBODY : request.forNode,
    )
    await this.#fetch()
  }

  get #name(): string {
    return `obmen_changes_${this.#table.id}`
  }

  /** The position of the next change; infinite when there is none. */
  get seq(): number {
    const row = this.#rows[this.#next]
    return row === undefined ? Number.POSITIVE_INFINITY : toNumber(row[0])
  }

  async *takeUntil(seq: number): AsyncGenerator<ChangeBatch, void, void> {
    while (this.seq < seq) {
      const changes: Change[] = []
      let row = this.#rows[this.#next]
      while (row !== undefined && toNumber(row[0]) < seq) {
        changes.push(this.#toChange(row))
        this.#next += 1
        row = this.#rows[this.#next]
      }
      if (row === undefined) await this.#fetch()
      yield { table: this.#line, changes }
    }
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
    const [seq, via, stamp, origin, isPresent, ...texts] = row
    const kind = toBoolean(isPresent) ? 'row' : 'deletion'
    const columns = kind === 'row' ? this.#columns : this.#table.key
    const line: RowLine = {
      kind,
      stamp: toNumber(stamp),
      origin: parseNodeCode(toText(origin)),
      values: decodeValues(columns, texts),
    }
    const sender = toText(via)
    return {
      seq: toNumber(seq),
      entrySeq: toNumber(seq),
      via: sender === '' ? '' : parseNodeCode(sender),
      row: line,
    }
  }
}

/** In the place of a node that knows rows already. No node has this code, and no row came from it. */
const NOBODY = '_'

/** The values of columns, from the texts that {@link readColumns} asks for. */
export function decodeValues(columns: readonly UserColumn[], texts: SqlRow): Value[] {
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
function changesStatement(table: CapturedTable, columns: readonly UserColumn[]): string {
  const values = columns.map(({ name, codec }, index) => {
    const value = `d.${quoteName(name)}`
    return codec.read(index < table.key.length ? `coalesce(${value}, i.k${index + 1})` : value)
  })
  const presence = `d.${quoteName(table.key[0]?.name ?? '')} IS NOT NULL`
  return `
    SELECT i.seq, i.via, i.stamp, i.origin, ${[presence, ...values].join(', ')}
      FROM ${indexName(table)} i LEFT JOIN ${tableName(table)} d ON ${matchesKey(table, 'd', 'i')}
     WHERE i.seq > $1::bigint AND i.seq <= $2::bigint AND i.via <> $3
     ORDER BY i.seq`
}

/** About what the texts of a row take. */
function sizeOf(row: SqlRow): number {
  let size = 0
  for (const text of row) size += text?.length ?? 0
  return size
}
