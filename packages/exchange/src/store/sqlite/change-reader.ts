import { parseNodeCode } from '../../plan/node-code.ts'
import type { RowLine } from '../../message/body-lines.ts'
import type { Change, ChangeBatch, ChangesRequest } from '../change-store.ts'
import { type CapturedTable, indexName, matchesKey } from './capture.ts'
import {
  Query,
  quoteName,
  type SqliteDatabase,
  type SqlRow,
  toNumber,
  toText,
} from './sqlite-database.ts'
import { checkTexts, isSuspicious } from './text-check.ts'
import { toTableLine } from './user-table.ts'

/** Rows in one batch: enough that the work for a batch does not count. */
const BATCH_ROWS = 500

/** A batch of rows with pictures in them ends earlier, so that it can be held. */
const BATCH_OCTETS = 1024 * 1024

/** Reads the changes of all tables in the order of their positions. */
export function* readChanges(
  database: SqliteDatabase,
  tables: readonly CapturedTable[],
  request: ChangesRequest,
): Generator<ChangeBatch, void, void> {
  const cursors = tables
    .map((table) => new TableCursor(database, table, request))
    .filter((cursor) => cursor.seq < Number.POSITIVE_INFINITY)
  try {
    while (true) {
      const [first, second] = cursors.toSorted((a, b) => a.seq - b.seq)
      if (first === undefined || first.seq === Number.POSITIVE_INFINITY) return
      // A fold gives the changes of one table neighbouring positions, so a run is usually long.
      yield* first.takeUntil(second?.seq ?? Number.POSITIVE_INFINITY)
    }
  } finally {
    for (const cursor of cursors) cursor.close()
  }
}

/** The changes of one table, one ahead. */
class TableCursor {
  readonly #table: CapturedTable
  readonly #database: SqliteDatabase
  readonly #rows: Generator<SqlRow, void, void>
  #next: SqlRow | undefined

  constructor(database: SqliteDatabase, table: CapturedTable, request: ChangesRequest) {
    this.#table = table
    this.#database = database
    const query = new Query(database, changesStatement(table))
    this.#rows = query.iterate(
      BigInt(request.afterSeq),
      BigInt(request.throughSeq),
      request.forNode,
    )
    this.#advance()
  }

  /** The position of the next change; infinite when there is none. */
  get seq(): number {
    return this.#next === undefined ? Number.POSITIVE_INFINITY : toNumber(this.#next[0])
  }

  *takeUntil(seq: number): Generator<ChangeBatch, void, void> {
    const table = toTableLine(this.#table)
    while (this.seq < seq) {
      const changes: Change[] = []
      let octets = 0
      while (this.seq < seq && this.#next !== undefined) {
        if (changes.length >= BATCH_ROWS || octets >= BATCH_OCTETS) break
        changes.push(toChange(this.#next, table.keyLength))
        octets += sizeOf(this.#next)
        this.#advance()
      }
      yield { table, changes }
    }
  }

  close(): void {
    this.#rows.return()
  }

  #advance(): void {
    const next = this.#rows.next()
    this.#next = next.done === true ? undefined : next.value
    if (this.#next !== undefined && isSuspicious(this.#next)) this.#check(this.#next)
  }

  /** What is no text would arrive as another text, and take the place of what was entered. */
  #check(row: SqlRow): void {
    const { table, keyLength, columns } = toTableLine(this.#table)
    const [seq = null, , , , ...values] = row
    const octets = new Query(this.#database, octetsStatement(this.#table)).first(seq) ?? []
    const key = values.slice(0, keyLength).map(String).join(', ')
    checkTexts(this.#database, octets, { table, key, columns: columns.map(({ name }) => name) })
  }
}

function changesStatement(table: CapturedTable): string {
  const presence = `d.${quoteName(table.key[0]?.name ?? '')} IS NOT NULL`
  return `
    SELECT i.seq, i.stamp, i.origin, ${[presence, ...valueColumns(table)].join(', ')}
      ${fromIndex(table)}
     WHERE i.seq > ? AND i.seq <= ? AND i.via <> ?
     ORDER BY i.seq`
}

/** The octets of each text of the row at a position. */
function octetsStatement(table: CapturedTable): string {
  const octets = valueColumns(table).map((value) => {
    return `CASE typeof(${value}) WHEN 'text' THEN CAST(${value} AS BLOB) END`
  })
  return `SELECT ${octets.join(', ')} ${fromIndex(table)} WHERE i.seq = ?`
}

/** The columns as a message has them: key columns first. Of a row that is gone, the index has the key. */
function valueColumns(table: CapturedTable): string[] {
  const key = table.key.map(({ name }, index) => `coalesce(d.${quoteName(name)}, i.k${index + 1})`)
  return [...key, ...table.others.map(({ name }) => `d.${quoteName(name)}`)]
}

function fromIndex(table: CapturedTable): string {
  const row = quoteName(table.name)
  return `FROM ${indexName(table)} i LEFT JOIN ${row} d ON ${matchesKey(table, 'd', 'i')}`
}

/** About what the texts and octets of a row take. */
function sizeOf(row: SqlRow): number {
  let size = 0
  for (const value of row) {
    if (typeof value === 'string' || value instanceof Uint8Array) size += value.length
  }
  return size
}

function toChange(row: SqlRow, keyLength: number): Change {
  const [seq, stamp, origin, isPresent, ...values] = row
  const line: RowLine = {
    kind: toNumber(isPresent) === 1 ? 'row' : 'deletion',
    stamp: toNumber(stamp),
    origin: parseNodeCode(toText(origin)),
    values: toNumber(isPresent) === 1 ? values : values.slice(0, keyLength),
  }
  return { seq: toNumber(seq), row: line }
}
