/**
 * The native body of a message: one JSON value a line (NDJSON), in UTF-8.
 *
 *     {"obmen":1,"plan":"УдаленныеСклады","from":"ЦБ","to":"С01","epoch":[1,""],"messageNo":7,…}      header line
 *     {"table":"Order Details","key":2,"columns":[["OrderID","integer"],["ProductID","integer"],…]}  table line
 *     ["u",1763790000000,"ЦБ",10248,11,14,12]                                                          the row is so
 *     ["d",1763790000123,"ЦБ",10248,42]                                                                the row is gone
 *     ["x",1763790000456,"ЦБ",10250,11]                                                                not your share any more
 *     {"part":3,"sha256":"…"}                                                                          end of a part
 *     {"check":"goods","key":1,"columns":["id",…],"parts":[[3,"…"],…]}                                  what a table holds: see check-line.ts
 *     {"rows":3,"sha256":"…"}                                                                          end line
 *
 * A table line says which column is what for the rows that follow, key columns first, so that a reader never
 * guesses; `"leftOut":["Margin"]` names columns that the sender keeps to itself. A key column that is not compared octet by octet has its
 * collation, too: ["Login","text","NOCASE"].
 *
 * Rows come in parts that stand for themselves, because many messages may share one: each begins with a table line, and its end seals
 * all octets of it. The end line seals the header line, the ends of all parts and the check lines.
 */
import { type NodeCode, parseNodeCode } from '../plan/node-code.ts'
import { type CheckLine, readCheckLine } from './check-line.ts'
import { isArray } from './json.ts'
import { MessageDamaged } from './errors.ts'
import {
  type Base64,
  COLUMN_TYPES,
  type ColumnType,
  decodeValue,
  encodeValue,
  type Value,
} from './values.ts'

export interface Column {
  readonly name: string
  readonly type: ColumnType
  /** How a key column is compared, in upper case. Absent for BINARY, and for columns beside the key. */
  readonly collation?: string
}

/** A table whose rows follow. The first `keyLength` columns are its primary key. */
export interface TableLine {
  readonly kind: 'table'
  readonly table: string
  readonly keyLength: number
  readonly columns: readonly Column[]
  /** Columns that the sender keeps to itself by a rule. What the receiver has in them is its own: they are no part of the row. */
  readonly leftOut?: readonly string[]
}

/** How a row stands with the receiver: it is so, it is gone, or it is there and no longer the receiver's share. */
export type RowKind = 'row' | 'deletion' | 'departure'

/**
 * One row. Of a deletion and of a departure `values` holds the key alone. Who takes a departure removes the row and forgets that it
 * had it: it is no deletion, which would travel on to other nodes.
 */
export interface RowLine {
  readonly kind: RowKind
  readonly stamp: number
  readonly origin: NodeCode
  readonly values: readonly Value[]
}

/** The end of a part. */
export interface PartLine {
  readonly kind: 'part'
  readonly rowCount: number
  readonly sha256: string
}

export interface EndLine {
  readonly kind: 'end'
  readonly rowCount: number
  readonly sha256: string
}

export type BodyLine = TableLine | RowLine | PartLine | CheckLine | EndLine

/** Whether a line is a row. */
export function isRowLine(line: BodyLine | undefined): line is RowLine {
  return line !== undefined && 'stamp' in line
}

export function formatTableLine(table: TableLine): string {
  return JSON.stringify({
    table: table.table,
    key: table.keyLength,
    ...(table.leftOut !== undefined && { leftOut: table.leftOut }),
    columns: table.columns.map(({ name, type, collation }) => {
      return collation === undefined ? [name, type] : [name, type, collation]
    }),
  })
}

const MARKS: Readonly<Record<RowKind, string>> = { row: 'u', deletion: 'd', departure: 'x' }

const KINDS: ReadonlyMap<unknown, RowKind> = new Map([
  ['u', 'row'],
  ['d', 'deletion'],
  ['x', 'departure'],
])

export function formatRowLine(row: RowLine, table: TableLine, base64: Base64): string {
  const line: unknown[] = [MARKS[row.kind], row.stamp, row.origin]
  let index = 0
  for (const value of row.values) {
    line.push(encodeValue(value, table.columns[index]?.type ?? 'text', base64))
    index += 1
  }
  return JSON.stringify(line)
}

export function formatPartLine(part: Omit<PartLine, 'kind'>): string {
  return JSON.stringify({ part: part.rowCount, sha256: part.sha256 })
}

export function formatEndLine(end: Omit<EndLine, 'kind'>): string {
  return JSON.stringify({ rows: end.rowCount, sha256: end.sha256 })
}

/** Reads body lines in their order: what a row line means depends on the table line before it. */
export class BodyLineReader {
  readonly #base64: Base64
  #table: TableLine | undefined
  #origin: NodeCode | undefined
  #lineNo = 1

  constructor(base64: Base64) {
    this.#base64 = base64
  }

  /** The line's meaning. Throws {@link MessageDamaged} for anything but a body line. */
  read(text: string): BodyLine {
    this.#lineNo += 1
    const json = parseJson(text)
    if (isArray(json)) return this.#readRow(json)
    const line = readTableLine(json) ?? readSeal(json)
    if (line === undefined) throw this.#damaged('neither a table, a row nor an end')
    this.#table = line.kind === 'table' ? line : undefined
    return line
  }

  #readRow(json: readonly unknown[]): RowLine {
    const table = this.#table
    if (table === undefined) throw this.#damaged('a row before any table')
    const [mark, stamp, origin] = json
    const kind = KINDS.get(mark)
    const expected = kind === 'row' ? table.columns.length : table.keyLength
    if (kind === undefined || json.length !== FIRST_VALUE + expected) {
      throw this.#damaged('a row that does not fit its table')
    }
    if (!isCount(stamp) || stamp > MAX_STAMP || typeof origin !== 'string')
      throw this.#damaged('a row without version')
    return {
      kind,
      stamp,
      origin: this.#parseOrigin(origin),
      values: this.#decodeValues(json, table),
    }
  }

  #parseOrigin(origin: string): NodeCode {
    // Rows of one origin come in long runs.
    if (origin === this.#origin) return this.#origin
    try {
      this.#origin = parseNodeCode(origin)
      return this.#origin
    } catch (error) {
      throw new MessageDamaged(`line ${this.#lineNo} is a row of no node`, { cause: error })
    }
  }

  #decodeValues(line: readonly unknown[], { columns }: TableLine): Value[] {
    const values: Value[] = []
    for (let index = FIRST_VALUE; index < line.length; index += 1) {
      const type = columns[index - FIRST_VALUE]?.type ?? 'text'
      const value = decodeValue(line[index], type, this.#base64)
      if (value === undefined) throw this.#damaged('a value of no known form')
      values.push(value)
    }
    return values
  }

  #damaged(what: string): MessageDamaged {
    return new MessageDamaged(`line ${this.#lineNo} is ${what}`)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new MessageDamaged('a line is not JSON', { cause: error })
  }
}

/** In a row's line mark, stamp and origin come before its values. */
const FIRST_VALUE = 3

/** A change on top of this version must still be able to have the next stamp. The year 144,683 is far enough. */
const MAX_STAMP = 2 ** 52

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function readTableLine(json: unknown): TableLine | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  if (!('table' in json) || typeof json.table !== 'string') return undefined
  if (!('key' in json) || typeof json.key !== 'number') return undefined
  if (!('columns' in json) || !isArray(json.columns)) return undefined
  const columns = json.columns.map(readColumn)
  if (!columns.every((column) => column !== undefined)) return undefined
  if (!Number.isInteger(json.key) || json.key < 1 || json.key > columns.length) return undefined
  const leftOut = readLeftOut(json)
  if (leftOut === undefined) return undefined
  const table = { kind: 'table', table: json.table, keyLength: json.key, columns } as const
  return leftOut.length === 0 ? table : { ...table, leftOut }
}

function readLeftOut(json: object): readonly string[] | undefined {
  if (!('leftOut' in json)) return []
  if (!isArray(json.leftOut)) return undefined
  const names = json.leftOut.filter((name) => typeof name === 'string')
  return names.length === json.leftOut.length ? names : undefined
}

function readColumn(json: unknown): Column | undefined {
  if (!isArray(json)) return undefined
  const [name, type, collation] = json
  const known = COLUMN_TYPES.find((candidate) => candidate === type)
  if (typeof name !== 'string' || known === undefined) return undefined
  if (collation === undefined) return { name, type: known }
  return typeof collation === 'string' ? { name, type: known, collation } : undefined
}

function readSeal(json: unknown): PartLine | CheckLine | EndLine | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  if ('check' in json) return readCheckLine(json)
  if (!('sha256' in json) || typeof json.sha256 !== 'string') return undefined
  const { sha256 } = json
  if ('part' in json && isCount(json.part)) return { kind: 'part', rowCount: json.part, sha256 }
  if ('rows' in json && isCount(json.rows)) return { kind: 'end', rowCount: json.rows, sha256 }
  return undefined
}
