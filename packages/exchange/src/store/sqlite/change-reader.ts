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
  readonly #rows: Generator<SqlRow, void, void>
  #next: SqlRow | undefined

  constructor(database: SqliteDatabase, table: CapturedTable, request: ChangesRequest) {
    this.#table = table
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
  }
}

function changesStatement(table: CapturedTable): string {
  const key = table.key.map(({ name }, index) => `coalesce(d.${quoteName(name)}, i.k${index + 1})`)
  const others = table.others.map(({ name }) => `d.${quoteName(name)}`)
  const presence = `d.${quoteName(table.key[0]?.name ?? '')} IS NOT NULL`
  return `
    SELECT i.seq, i.stamp, i.origin, ${[presence, ...key, ...others].join(', ')}
      FROM ${indexName(table)} i LEFT JOIN ${quoteName(table.name)} d ON ${matchesKey(table, 'd', 'i')}
     WHERE i.seq > ? AND i.seq <= ? AND i.via <> ?
     ORDER BY i.seq`
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
