import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import type { TableLine } from '../../message/body-lines.ts'
import type { Change, ChangeBatch, ChangesRequest } from '../change-store.ts'
import { indexName, matchesKey } from './capture.ts'
import { LineReader, type LineSource, type ReadColumn } from './line-reader.ts'
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

/** Rows in one batch that is read row by row: enough that the work for a batch does not count. */
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
  while (true) {
    const [first, second] = cursors.toSorted((a, b) => a.seq - b.seq)
    if (first === undefined || first.seq === Number.POSITIVE_INFINITY) return
    // A fold gives the changes of one table neighbouring positions, so a run is usually long.
    const end = request.ends?.find((seq) => seq >= first.seq) ?? Number.POSITIVE_INFINITY
    yield* first.takeUntil(Math.min(second?.seq ?? Number.POSITIVE_INFINITY, end + 1))
  }
}

/** The changes of one table. */
class TableCursor {
  readonly #table: RuledTable
  readonly #database: SqliteDatabase
  readonly #source: LineSource
  readonly #request: ChangesRequest
  /** The node that needs no rows that came from it. */
  readonly #knower: string
  readonly #query: Query
  #lines: LineReader | undefined
  #afterSeq: number
  #nextSeq: number | undefined
  #code: NodeCode | undefined

  constructor(database: SqliteDatabase, table: RuledTable, request: ChangesRequest) {
    this.#table = table
    this.#database = database
    this.#request = request
    const source =
      table.condition === undefined
        ? wholeSource(table)
        : shareSource(table, conditionFor(database, table, request.forNode))
    this.#source = { ...source, columns: readColumns(table), keyLength: table.key.length }
    // A part of a table is one node's, and nobody else's.
    const isForMany = request.keepsOwn === true && table.condition === undefined
    this.#knower = isForMany ? NOBODY : request.forNode
    this.#query = new Query(database, changesStatement(this.#source))
    this.#afterSeq = request.afterSeq
  }

  /** No change that is still to be read has a position before it; infinite when there is none. */
  get seq(): number {
    this.#nextSeq ??= this.#findNext()
    return this.#nextSeq
  }

  #findNext(): number {
    const { throughSeq } = this.#request
    if (this.#afterSeq >= throughSeq) return Number.POSITIVE_INFINITY
    const next = new Query(this.#database, `${this.#source.positions} AND seq > ?2 AND seq <= ?3`)
    const [seq = null] = next.first(this.#knower, BigInt(this.#afterSeq), BigInt(throughSeq)) ?? []
    return seq === null ? Number.POSITIVE_INFINITY : toNumber(seq)
  }

  *takeUntil(seq: number): Generator<ChangeBatch, void, void> {
    const table = toSharedTableLine(this.#table)
    const throughSeq = Math.min(seq - 1, this.#request.throughSeq)
    while (this.#afterSeq < throughSeq) {
      const batch = this.#readLines(table, throughSeq) ?? this.#readRows(table, throughSeq)
      if (batch === undefined) break
      this.#afterSeq = batch.lines?.lastSeq ?? batch.changes.at(-1)?.seq ?? throughSeq
      yield batch
    }
    this.#afterSeq = throughSeq
    this.#nextSeq = undefined
  }

  #readLines(table: TableLine, throughSeq: number): ChangeBatch | undefined {
    const { roomForLines, keepsOwn = false } = this.#request
    if (roomForLines === undefined || throughSeq - this.#afterSeq < 2) return undefined
    const at = { knower: this.#knower, tellsVia: keepsOwn }
    this.#lines ??= new LineReader(this.#database, this.#source, at)
    const lines = this.#lines.read(this.#afterSeq, throughSeq)
    if (lines === undefined || lines.octets.length > roomForLines()) return undefined
    return { table, changes: [], lines }
  }

  #readRows(table: TableLine, throughSeq: number): ChangeBatch | undefined {
    const changes: Change[] = []
    let octets = 0
    const range = [BigInt(this.#afterSeq), BigInt(throughSeq)]
    for (const row of this.#query.iterate(this.#knower, ...range)) {
      changes.push(this.#toChange(row, table))
      octets += sizeOf(row)
      if (octets >= BATCH_OCTETS) break
    }
    return changes.length === 0 ? undefined : { table, changes }
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
    const query = new Query(this.#database, octetsStatement(this.#source))
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
    positions: `SELECT min(seq) FROM ${indexName(table)} WHERE ?1 IS NOT NULL`,
    position: 'i.seq',
    condition: 'i.via <> ?1',
    presence: `d.${quoteName(table.key[0]?.name ?? '')} IS NOT NULL`,
  }
}

function changesStatement({ from, position, condition, presence, columns }: LineSource): string {
  const values = columns.map(({ value }) => value)
  return `
    SELECT ${[position, 'i.seq', 'i.via', 'i.stamp', 'i.origin', presence, ...values].join(', ')}
      ${from}
     WHERE ${position} > ?2 AND ${position} <= ?3 AND ${condition}
       AND i.seq NOT IN (SELECT seq FROM obmen_unsent)
     ORDER BY ${position} LIMIT ${BATCH_ROWS}`
}

/** The octets of each text of the row at a position. */
function octetsStatement({ from, position, condition, columns }: LineSource): string {
  const octets = columns.map(({ value }) => {
    return `CASE typeof(${value}) WHEN 'text' THEN CAST(${value} AS BLOB) END`
  })
  return `SELECT ${octets.join(', ')} ${from} WHERE ${position} = ?2 AND ${condition}`
}

/** The columns as a message has them: key columns first. Of a row that is gone, the index has the key. */
function readColumns(table: RuledTable): ReadColumn[] {
  const key = table.key.map(({ name, type }, index) => {
    return { name, type, value: `coalesce(d.${quoteName(name)}, i.k${index + 1})` }
  })
  const others = sharedColumns(table).map(({ name, type }) => {
    return { name, type, value: `d.${quoteName(name)}` }
  })
  return [...key, ...others]
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
