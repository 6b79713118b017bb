/**
 * How a message says what the sender's tables hold, so that a difference is found that nobody has caused knowingly:
 *
 *     {"check":"goods","key":1,"columns":["id","name"],"parts":[[3,"5f0c…"],null,[2,"90ab…"],…]}
 *
 * The rows of a table are spread over parts by their keys. Of each part the sender says how many rows it has, and a sum of their hashes; or
 * nothing, where a row has changed since, or waits.
 */
import { isArray } from './json.ts'

/** Rows of a table: how many, and a sum of hashes that is the same in whatever order they come. */
export interface PartSum {
  readonly rowCount: number
  /** 16 hexadecimal digits. */
  readonly sum: string
}

/** What a table holds, part by part; `undefined` for a part of which its owner can say nothing. */
export interface TableSum {
  readonly table: string
  readonly keyLength: number
  /** The names of the columns that were summed, key columns first. */
  readonly columns: readonly string[]
  readonly parts: readonly (PartSum | undefined)[]
}

export interface CheckLine extends TableSum {
  readonly kind: 'check'
}

export function formatCheckLine({ table, keyLength, columns, parts }: TableSum): string {
  return JSON.stringify({
    check: table,
    key: keyLength,
    columns,
    parts: parts.map((part) => (part === undefined ? null : [part.rowCount, part.sum])),
  })
}

/** More than any sender makes: what a reader keeps of a message is bounded. */
const MAX_PARTS = 1024

/** Reads what {@link formatCheckLine} writes; `undefined` for anything else. */
export function readCheckLine(json: object): CheckLine | undefined {
  if (!('check' in json) || typeof json.check !== 'string') return undefined
  if (!('key' in json) || typeof json.key !== 'number') return undefined
  if (!('columns' in json) || !isArray(json.columns)) return undefined
  if (!('parts' in json) || !isArray(json.parts) || json.parts.length > MAX_PARTS) return undefined
  const columns = json.columns.filter((name) => typeof name === 'string')
  if (columns.length < json.columns.length) return undefined
  const parts: (PartSum | undefined)[] = []
  for (const part of json.parts) {
    const read = part === null ? undefined : readPart(part)
    if (part !== null && read === undefined) return undefined
    parts.push(read)
  }
  return { kind: 'check', table: json.check, keyLength: json.key, columns, parts }
}

const SUM = /^[0-9a-f]{16}$/

function readPart(json: unknown): PartSum | undefined {
  const [rowCount, sum] = isArray(json) ? json : []
  if (typeof rowCount !== 'number' || typeof sum !== 'string' || !SUM.test(sum)) return undefined
  return { rowCount, sum }
}
