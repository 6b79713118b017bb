import { type NodeCode, parseNodeCode } from '../plan/node-code.ts'
import type {
  BodyLine,
  Column,
  EndLine,
  PartLine,
  RowKind,
  RowLine,
  TableLine,
} from './body-lines.ts'
import { type CheckLine, readCheckLine } from './check-line.ts'
import { MessageDamaged } from './errors.ts'
import { isArray } from './json.ts'
import { type Base64, COLUMN_TYPES, decodeValue, type Value } from './values.ts'

/** Reads body lines in their order: what a row line means depends on the table line before it. */
export class BodyLineReader {
  readonly #base64: Base64
  #table: TableLine | undefined
  #origin: NodeCode | undefined
  #lineNo = 1

  constructor(base64: Base64) {
    this.#base64 = base64
  }

  /** A part follows: it stands for itself. */
  beginPart(): void {
    this.#lineNo += 1
    this.#table = undefined
  }

  /** The line's meaning. Throws {@link MessageDamaged} for anything but a body line. */
  read(text: string): BodyLine {
    const json = this.#parse(this.#count(text))
    if (isArray(json)) return this.#readRow(json)
    const line = readTableLine(json) ?? readSeal(json)
    if (line === undefined) throw this.#damaged('neither a table, a row nor an end')
    this.#table = line.kind === 'table' ? line : undefined
    return line
  }

  /**
   * The rows of lines one after another, of which the last one has no line end: parsing all at once takes two thirds of what parsing
   * each takes. Throws {@link MessageDamaged} for anything but rows.
   */
  readRows(lines: string): RowLine[] {
    // A line alone may be a row with a film in it: it is not copied to be put into an array.
    const json = lines.includes('\n') ? parseAll(lines) : undefined
    if (json !== undefined) return json.map((row) => this.#readRow(this.#count(row)))
    return lines.split('\n').map((line) => this.#readRow(this.#parse(this.#count(line))))
  }

  /** Another line. */
  #count<Line>(line: Line): Line {
    this.#lineNo += 1
    return line
  }

  #readRow(json: unknown): RowLine {
    const table = this.#table
    if (!isArray(json)) throw this.#damaged('no row')
    if (table === undefined) throw this.#damaged('a row before any table')
    const [mark, stamp, origin] = json
    const kind = KINDS.get(mark)
    const expected = kind === 'row' ? table.columns.length : table.keyLength
    if (kind === undefined || json.length !== FIRST_VALUE + expected) {
      throw this.#damaged('a row that does not fit its table')
    }
    if (!isCount(stamp) || stamp > MAX_STAMP || typeof origin !== 'string')
      throw this.#damaged('a row without version')
    const values = json.slice(FIRST_VALUE)
    if (!this.#areDecoded(values, table)) throw this.#damaged('a value of no known form')
    return { kind, stamp, origin: this.#parseOrigin(origin), values }
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

  /** Puts values in the place of their JSON forms: most of them are the same. */
  #areDecoded(values: unknown[], { columns }: TableLine): values is Value[] {
    for (let index = 0; index < values.length; index += 1) {
      const form = values[index]
      if (typeof form === 'string' || form === null) continue
      const value = decodeValue(form, columns[index]?.type ?? 'text', this.#base64)
      if (value === undefined) return false
      values[index] = value
    }
    return true
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text)
    } catch (error) {
      throw new MessageDamaged(`line ${this.#lineNo} is not JSON`, { cause: error })
    }
  }

  #damaged(what: string): MessageDamaged {
    return new MessageDamaged(`line ${this.#lineNo} is ${what}`)
  }
}

/** The values of lines; `undefined` when one of them is no JSON by itself. */
function parseAll(lines: string): readonly unknown[] | undefined {
  try {
    // JSON has no line ends within: a text has them escaped.
    const json: unknown = JSON.parse(`[${lines.replaceAll('\n', ',')}]`)
    return isArray(json) && json.length === countLines(lines) ? json : undefined
  } catch {
    return undefined
  }
}

function countLines(lines: string): number {
  let count = 1
  for (let end = lines.indexOf('\n'); end >= 0; end = lines.indexOf('\n', end + 1)) count += 1
  return count
}

/** In a row's line mark, stamp and origin come before its values. */
const FIRST_VALUE = 3

/** A change on top of this version must still be able to have the next stamp. The year 144,683 is far enough. */
const MAX_STAMP = 2 ** 52

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

const KINDS: ReadonlyMap<unknown, RowKind> = new Map([
  ['u', 'row'],
  ['d', 'deletion'],
  ['x', 'departure'],
])

function readTableLine(json: unknown): TableLine | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  if (!('table' in json) || typeof json.table !== 'string') return undefined
  if (!('key' in json) || typeof json.key !== 'number') return undefined
  if (!('columns' in json) || !isArray(json.columns)) return undefined
  const declared = 'declared' in json && isArray(json.declared) ? json.declared : []
  const columns = json.columns.map((column, index) => readColumn(column, declared[index]))
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

function readColumn(json: unknown, declared: unknown): Column | undefined {
  if (!isArray(json)) return undefined
  const [name, type, collation] = json
  const known = COLUMN_TYPES.find((candidate) => candidate === type)
  if (typeof name !== 'string' || known === undefined) return undefined
  if (collation !== undefined && typeof collation !== 'string') return undefined
  const isSaid = typeof declared === 'string' && declared.length <= MAX_DECLARED_LENGTH
  return {
    name,
    type: known,
    ...(collation !== undefined && { collation }),
    ...(isSaid && { declared }),
  }
}

/** More than a type with a length takes; a longer one is of no use here. */
const MAX_DECLARED_LENGTH = 100

function readSeal(json: unknown): PartLine | CheckLine | EndLine | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  if ('check' in json) return readCheckLine(json)
  if (!('sha256' in json) || typeof json.sha256 !== 'string') return undefined
  const { sha256 } = json
  if ('part' in json && isCount(json.part) && 'octets' in json && isCount(json.octets)) {
    return { kind: 'part', rowCount: json.part, octets: json.octets, sha256 }
  }
  if ('rows' in json && isCount(json.rows)) return { kind: 'end', rowCount: json.rows, sha256 }
  return undefined
}
