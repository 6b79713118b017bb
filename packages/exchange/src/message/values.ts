/**
 * How values travel: as JSON that any program reads, and back as exactly the value they were.
 *
 * | value | in a column of type `real` | in any other column |
 * |---|---|---|
 * | null | `null` | `null` |
 * | text | `"text"` | `"text"` |
 * | whole number (`bigint`) | `{"i":"5"}` | `5`; above 2^53 `{"i":"9007199254740993"}` |
 * | floating point (`number`) | `0.5`, `5` | `0.5`; whole ones up to 2^53 `{"r":"5"}` |
 * | NaN, infinities, -0 | `{"r":"-0"}` | `{"r":"-0"}` |
 * | octets | `{"b":"base64"}` | `{"b":"base64"}` |
 */

/** A value of a row: null, text, a whole number of 64 bits, a floating point number of 64 bits, or octets. */
export type Value = null | string | bigint | number | Uint8Array

/**
 * What a column holds by its declaration. Values of another type may occur all the same, and travel marked as such.
 *
 * The first five are the affinities of SQLite, and what goes with them in PostgreSQL. The others are types that SQLite does not have:
 * their values travel in the form in which PostgreSQL writes them (a boolean as 0 or 1), and type-agreement.ts says which
 * columns of SQLite hold them exactly.
 */
export const COLUMN_TYPES = [
  'integer',
  'real',
  'text',
  'blob',
  'numeric',
  'decimal',
  'boolean',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'interval',
  'uuid',
  'json',
] as const

export type ColumnType = (typeof COLUMN_TYPES)[number]

/** A value in its JSON form. */
export type JsonValue =
  null | string | number | { readonly i: string } | { readonly r: string } | { readonly b: string }

/** Base64 of octets and back, given by the caller: this folder has no platform. */
export interface Base64 {
  encode(octets: Uint8Array): string
  decode(text: string): Uint8Array
}

export function encodeValue(value: Value, type: ColumnType, base64: Base64): JsonValue {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'bigint') return encodeWholeNumber(value, type)
  if (typeof value === 'number') return encodeFloatingPoint(value, type)
  return { b: base64.encode(value) }
}

function encodeWholeNumber(value: bigint, type: ColumnType): JsonValue {
  const number = Number(value)
  return type !== 'real' && Number.isSafeInteger(number) ? number : { i: value.toString() }
}

function encodeFloatingPoint(value: number, type: ColumnType): JsonValue {
  if (!Number.isFinite(value) || Object.is(value, -0)) {
    return { r: Object.is(value, -0) ? '-0' : String(value) }
  }
  return type !== 'real' && Number.isSafeInteger(value) ? { r: String(value) } : value
}

/** Reads a JSON form back, or gives `undefined` for what is none. */
export function decodeValue(json: unknown, type: ColumnType, base64: Base64): Value | undefined {
  if (json === null || typeof json === 'string') return json
  if (typeof json === 'number') {
    if (!Number.isFinite(json)) return undefined
    return type !== 'real' && Number.isSafeInteger(json) ? BigInt(json) : json
  }
  return typeof json === 'object' ? decodeMarked(json, base64) : undefined
}

/** What BigInt and Number accept beyond these (hexadecimal, blanks, nothing at all) is not ours. */
const WHOLE_NUMBER = /^-?\d{1,19}$/
const FLOATING_POINT = /^-?(?:\d+(?:\.\d+)?(?:e[+-]\d+)?|Infinity)$|^NaN$/

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n

function decodeMarked(json: object, base64: Base64): Value | undefined {
  if ('i' in json && typeof json.i === 'string' && WHOLE_NUMBER.test(json.i)) {
    const number = BigInt(json.i)
    return number >= INT64_MIN && number <= INT64_MAX ? number : undefined
  }
  if ('r' in json && typeof json.r === 'string' && FLOATING_POINT.test(json.r))
    return Number(json.r)
  if ('b' in json && typeof json.b === 'string') return decodeOctets(json.b, base64)
  return undefined
}

/** What a decoder skips or leaves out (other characters, half a group) shows in the length. */
function decodeOctets(text: string, base64: Base64): Uint8Array | undefined {
  const octets = base64.decode(text)
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return octets.length === (text.length / 4) * 3 - padding ? octets : undefined
}
