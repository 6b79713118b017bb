import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import type { TableLine } from '../../message/body-lines.ts'
import type { Change, ChangeBatch, ChangesRequest } from '../change-store.ts'
import { indexName, matchesKey } from './capture.ts'
import { type RuledTable, sharedColumns, toSharedTableLine } from './ruled-table.ts'
import { type ChangeSource, conditionFor, shareSource } from './share.ts'
import {
  Query,
  quoteName,
  type SqliteDatabase,
  type SqlRow,
  toNumber,
  toText,
} from './sqlite-database.ts'
import type { TextNotUtf8 } from '../errors.ts'
import { findDefect, isSuspicious } from './text-check.ts'

/** Rows in one batch: enough that the work for a batch does not count. */
const BATCH_ROWS = 500

/** A batch of rows with pictures in them ends earlier, so that it can be held. */
const BATCH_OCTETS = 1024 * 1024

/** Reads the changes of all tables in the order of their positions. */
export function* readChanges(
  database: SqliteDatabase,
  tables: readonly RuledTable[],
  request: ChangesRequest,
): Generator<ChangeBatch, void, void> {
  const cursors = tables
    .filter(({ direction }) => direction !== 'in')
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
  readonly #table: RuledTable
  readonly #database: SqliteDatabase
  readonly #source: ChangeSource
  /** The node that needs no rows that came from it. */
  readonly #knower: string
  readonly #rows: Generator<SqlRow, void, void>
  #next: SqlRow | undefined
  #code: NodeCode | undefined

  constructor(database: SqliteDatabase, table: RuledTable, request: ChangesRequest) {
    this.#table = table
    this.#database = database
    const { forNode, afterSeq, throughSeq } = request
    this.#source =
      table.condition === undefined
        ? wholeSource(table)
        : shareSource(table, conditionFor(database, table, forNode))
    const query = new Query(database, changesStatement(table, this.#source))
    // A part of a table is one node's, and nobody else's.
    const isForMany = request.keepsOwn === true && table.condition === undefined
    this.#knower = isForMany ? NOBODY : forNode
    this.#rows = query.iterate(this.#knower, BigInt(afterSeq), BigInt(throughSeq))
    this.#advance()
  }

  /** The position of the next change; infinite when there is none. */
  get seq(): number {
    return this.#next === undefined ? Number.POSITIVE_INFINITY : toNumber(this.#next[0])
  }

  *takeUntil(seq: number): Generator<ChangeBatch, void, void> {
    const table = toSharedTableLine(this.#table)
    while (this.seq < seq) {
      const changes: Change[] = []
      let octets = 0
      while (this.seq < seq && this.#next !== undefined) {
        if (changes.length >= BATCH_ROWS || octets >= BATCH_OCTETS) break
        changes.push(this.#toChange(this.#next, table))
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

  #toChange(row: SqlRow, table: TableLine): Change {
    const kind = KINDS[toNumber(row[5])] ?? 'deletion'
    const last = FIRST_VALUE + (kind === 'row' ? row.length : table.keyLength)
    const values = row.slice(FIRST_VALUE, last)
    const origin = this.#codeOf(toText(row[4]))
    const change: Change = {
      seq: toNumber(row[0]),
      entrySeq: toNumber(row[1]),
      via: row[2] === '' ? '' : this.#codeOf(toText(row[2])),
      row: { kind, stamp: toNumber(row[3]), origin, values },
    }
    if (!isSuspicious(row)) return change
    const defect = this.#findDefect(change, table)
    return defect === undefined ? change : { ...change, defect }
  }

  /** Rows of one node come in long runs. */
  #codeOf(text: string): NodeCode {
    if (this.#code !== text) this.#code = parseNodeCode(text)
    return this.#code
  }

  /** What is no text would arrive as another text, and take the place of what was entered. */
  #findDefect(
    { seq, row }: Change,
    { table, keyLength, columns }: TableLine,
  ): TextNotUtf8 | undefined {
    const query = new Query(this.#database, octetsStatement(this.#table, this.#source))
    const octets = query.first(this.#knower, BigInt(seq)) ?? []
    const key = row.values.slice(0, keyLength).map(String).join(', ')
    const place = { table, key, columns: columns.map(({ name }) => name) }
    return findDefect(this.#database, octets, place)
  }
}

/** In the place of a node that knows rows already. No node has this code, and no row came from it. */
const NOBODY = '_'

/** The whole change index, but for what came from the node. `?1` is the node's code. */
function wholeSource(table: RuledTable): ChangeSource {
  const row = quoteName(table.name)
  return {
    from: `FROM ${indexName(table)} i LEFT JOIN ${row} d ON ${matchesKey(table, 'd', 'i')}`,
    position: 'i.seq',
    condition: 'i.via <> ?1',
    presence: `d.${quoteName(table.key[0]?.name ?? '')} IS NOT NULL`,
  }
}

function changesStatement(table: RuledTable, source: ChangeSource): string {
  const { from, position, condition, presence } = source
  return `
    SELECT ${[position, 'i.seq', 'i.via', 'i.stamp', 'i.origin', presence, ...valueColumns(table)].join(', ')}
      ${from}
     WHERE ${position} > ?2 AND ${position} <= ?3 AND ${condition}
       AND i.seq NOT IN (SELECT seq FROM obmen_unsent)
     ORDER BY ${position}`
}

/** The octets of each text of the row at a position. */
function octetsStatement(table: RuledTable, { from, position, condition }: ChangeSource): string {
  const octets = valueColumns(table).map((value) => {
    return `CASE typeof(${value}) WHEN 'text' THEN CAST(${value} AS BLOB) END`
  })
  return `SELECT ${octets.join(', ')} ${from} WHERE ${position} = ?2 AND ${condition}`
}

/** The columns as a message has them: key columns first. Of a row that is gone, the index has the key. */
function valueColumns(table: RuledTable): string[] {
  const key = table.key.map(({ name }, index) => `coalesce(d.${quoteName(name)}, i.k${index + 1})`)
  return [...key, ...sharedColumns(table).map(({ name }) => `d.${quoteName(name)}`)]
}

/** About what the texts and octets of a row take. */
function sizeOf(row: SqlRow): number {
  let size = 0
  for (const value of row) {
    if (typeof value === 'string' || value instanceof Uint8Array) size += value.length
  }
  return size
}

/** Before the values come position, the row's own position, via, stamp, origin and presence. */
const FIRST_VALUE = 6

const KINDS = ['deletion', 'row', 'departure'] as const
