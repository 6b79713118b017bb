/**
 * How the values of PostgreSQL's types travel, and back. docs/types.md is this file for people; a test compares them.
 */
import type { ColumnType, Value } from '../../message/values.ts'

/** A type as the catalog has it; of a domain, the type below it. */
export interface CatalogType {
  readonly name: string
  /** False for what an extension or the application has made. */
  readonly isBuiltIn: boolean
  readonly isEnum: boolean
  /** Length or precision as PostgreSQL keeps it; -1 without one. */
  readonly modifier: number
}

/** What is done with the values of a column. */
export interface Codec {
  /** The type that the table line names. */
  readonly type: ColumnType
  /** An expression for the value's text, from one for the value. */
  readonly read: (value: string) => string
  /** An expression for what JSON is made of as it stands in the line of a message; absent where it is what `read` gives. */
  readonly readForLine?: (value: string) => string
  /** A condition for a value that JSON would not hold so; absent where it holds all. */
  readonly isUnlikeInLine?: (value: string) => string
  /** An expression for about how many octets a value has, told without looking at it; absent where there are never many. */
  readonly sizeOf?: (value: string) => string
  /** The value, from its text. */
  readonly decode: (text: string) => Value
  /** The text that is bound for a value, or `undefined` for a value that the type does not have. */
  readonly encode: (value: NonNullable<Value>) => string | undefined
  /** An expression for the value, from one for its text and the type as it is declared. */
  readonly write: (text: string, declared: string) => string
  /** A condition for the value being kept as it came, from an expression for its text; absent where it always is. */
  readonly isExact?: (text: string, declared: string) => string
  /**
   * Whether a text is surely one that PostgreSQL takes and keeps as it is, told without asking it. Absent where only PostgreSQL
   * knows; what this says no to may be all right too.
   */
  readonly isSure?: (text: string, declared: string) => boolean
  /** Whether no other text stands for the same value, from the text and the type as it is declared. Absent where no two texts ever do. */
  readonly isAlone?: (text: string, declared: string) => boolean
  /** Named where values that are equal as a key may still differ in their form: only a key compared in the same way will do. */
  readonly collation?: string
}

const cast = (text: string, declared: string): string => `${text}::${declared}`

const asText = (value: NonNullable<Value>): string | undefined => {
  return typeof value === 'string' && value.isWellFormed() ? value : undefined
}

/** The whole numbers that JSON holds exactly. */
const EXACT_RANGE = `-${Number.MAX_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER}`

/** Of 32 bits, at most. */
const SHORT_INTEGER: Codec = {
  type: 'integer',
  read: (value) => value,
  decode: BigInt,
  encode: (value) => (typeof value === 'bigint' ? value.toString() : undefined),
  write: cast,
  isSure: (text, declared) => isWithin(Number(text), INTEGER_LIMITS.get(declared)),
}

/** JSON of PostgreSQL has it in quotes, as it has every type that it does not know for a number. */
const OBJECT_NUMBER: Codec = { ...SHORT_INTEGER, readForLine: (value) => `${value}::bigint` }

const INTEGER: Codec = {
  ...SHORT_INTEGER,
  isUnlikeInLine: (value) => `${value} NOT BETWEEN ${EXACT_RANGE}`,
}

const DOUBLE: Codec = {
  type: 'real',
  read: (value) => value,
  isUnlikeInLine: (value) => `${value} IN ('NaN', 'Infinity', '-Infinity')`,
  decode: Number,
  encode: (value) => (typeof value === 'number' ? formatDouble(value) : undefined),
  write: cast,
  isAlone: (text) => text !== '-0',
}

/** A number of 32 bits travels as the number of 64 bits that it is, not as its shortest text: 0.10000000149011612 for 0.1. */
const SINGLE: Codec = {
  ...DOUBLE,
  readForLine: (value) => `${value}::double precision`,
  decode: (text) => Math.fround(Number(text)),
  encode: (value) => {
    if (typeof value !== 'number' || !Object.is(Math.fround(value), value)) return undefined
    return formatDouble(value)
  },
}

/** As many digits as a double holds exactly in any case: with them NUMERIC of SQLite is a number, and still exact. */
const EXACT_DIGITS = 15

const NUMERIC: Codec = {
  type: 'numeric',
  read: (value) => value,
  // With a scale below 0 they go that far, too. NaN is above all numbers.
  isUnlikeInLine: (value) => `${value} NOT BETWEEN ${EXACT_RANGE}`,
  decode: decodeNumeric,
  encode: (value) => {
    if (typeof value === 'bigint') return value.toString()
    return typeof value === 'number' ? formatDouble(value) : undefined
  },
  write: cast,
  isExact: (text, declared) => `${text}::${declared} = ${text}::numeric`,
  isSure: fitsScale,
}

/** Whether a decimal number has no more digits than `numeric(p,s)`. */
function fitsScale(text: string, declared: string): boolean {
  const [, precision, scale] = /^numeric\((\d+),(\d+)\)$/.exec(declared) ?? []
  const [, whole = '', fraction = ''] = /^-?(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (precision === undefined || whole === '') return false
  return whole.length <= Number(precision) - Number(scale) && fraction.length <= Number(scale)
}

const BOOLEAN: Codec = {
  type: 'boolean',
  read: (value) => value,
  readForLine: (value) => `${value}::int`,
  decode: (text) => (text === 't' ? 1n : 0n),
  encode: (value) => (value === 1n ? 'true' : value === 0n ? 'false' : undefined),
  write: cast,
}

/** Without a cast, which would cut off what is too long: so the database refuses it. */
const TEXT: Codec = {
  type: 'text',
  read: (value) => value,
  sizeOf: (value) => `octet_length(${value})`,
  decode: (text) => text,
  encode: asText,
  write: (text) => text,
  // A domain may refuse any.
  isSure: (text, declared) => declared === 'text' && /^[ -~]*$/.test(text),
}

/** Trailing blanks mean nothing in `varchar(n)` when it is full, and never in `char(n)`, which fills up with them. */
const LIMITED_TEXT: Codec = {
  ...TEXT,
  isSure: (text, declared) => {
    const [, limit = 0] = /^character varying\((\d+)\)$/.exec(declared) ?? []
    return /^[ -~]*$/.test(text) && text.length <= Number(limit)
  },
  isExact: (text, declared) => `${text}::${declared}::text = ${text}`,
  isAlone: (text) => !text.endsWith(' '),
}

const PADDED_TEXT: Codec = {
  ...LIMITED_TEXT,
  isSure: () => false,
  read: (value) => `${value}::text`,
  // Of any length, so that nothing is cut off; compared with a text, a key of this type would not be found by its index.
  write: (text) => `${text}::bpchar`,
}

const OCTETS: Codec = {
  type: 'blob',
  read: (value) => value,
  readForLine: () => 'NULL::text',
  isUnlikeInLine: (value) => `${value} IS NOT NULL`,
  decode: (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex')),
  encode: (value) => {
    if (!(value instanceof Uint8Array)) return undefined
    const { buffer, byteOffset, byteLength } = value
    return `\\x${Buffer.from(buffer, byteOffset, byteLength).toString('hex')}`
  },
  write: cast,
}

/** Below which a whole number of a type is; one of 64 bits always is. */
const INTEGER_LIMITS: ReadonlyMap<string, number> = new Map([
  ['smallint', 2 ** 15],
  ['integer', 2 ** 31],
  ['bigint', Number.POSITIVE_INFINITY],
])

function isWithin(number: number, limit = 0): boolean {
  return number >= -limit && number < limit
}

/** Days that every year has: 29 February is left to PostgreSQL. */
const DAY_OF_YEAR = String.raw`(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31`
const DAY = String.raw`[1-9]\d{3}-(?:${DAY_OF_YEAR})`
const HOUR = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{0,5}[1-9])?`

/** A table of data: the plain forms of types by their declaration. Each is that of a value that there is, and of no other one. */
const PLAIN_FORMS: ReadonlyMap<string, RegExp> = new Map([
  ['date', new RegExp(`^${DAY}$`)],
  ['time without time zone', new RegExp(`^${HOUR}$`)],
  ['timestamp without time zone', new RegExp(`^${DAY} ${HOUR}$`)],
  ['timestamp with time zone', new RegExp(`^${DAY} ${HOUR}\\+00$`)],
  ['uuid', /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/],
])

function hasPlainForm(text: string, declared: string): boolean {
  return PLAIN_FORMS.get(declared)?.test(text) === true
}

/** A type that travels in the form in which PostgreSQL writes it. Another form of the same value is none: it would come back changed. */
function written(type: ColumnType, collation?: string): Codec {
  return {
    type,
    read: (value) => `${value}::text`,
    decode: (text) => text,
    encode: asText,
    write: cast,
    isExact: (text, declared) => `${text}::${declared}::text = ${text}`,
    isSure: hasPlainForm,
    isAlone: hasPlainForm,
    ...(collation !== undefined && { collation }),
  }
}

/** A label is its only form. */
const ENUM: Codec = { ...written('text'), isAlone: () => true }

/** A type whose values may be large: what counts is how they are stored, so one that compresses well may have a longer text. */
function stored(codec: Codec): Codec {
  return { ...codec, sizeOf: (value) => `pg_column_size(${value})` }
}

/** A table of data: the types of PostgreSQL by their names in the catalog. Every other type travels as a text, as PostgreSQL writes it. */
export const CODECS: ReadonlyMap<string, Codec> = new Map([
  ['int2', SHORT_INTEGER],
  ['int4', SHORT_INTEGER],
  ['int8', INTEGER],
  ['oid', OBJECT_NUMBER],
  ['float8', DOUBLE],
  ['float4', SINGLE],
  ['bool', BOOLEAN],
  ['text', TEXT],
  ['varchar', LIMITED_TEXT],
  ['bpchar', PADDED_TEXT],
  ['bytea', OCTETS],
  ['date', written('date')],
  ['time', written('time')],
  ['timestamp', written('timestamp')],
  ['timestamptz', written('timestamptz')],
  ['interval', written('interval', 'INTERVAL')],
  ['uuid', written('uuid')],
  ['json', stored(written('json'))],
  ['jsonb', stored(written('json', 'JSONB'))],
])

/** What is done with the values of a type. */
export function codecOf(type: CatalogType): Codec {
  if (type.isBuiltIn && type.name === 'numeric') return numericCodec(type.modifier)
  const known = type.isBuiltIn ? CODECS.get(type.name) : undefined
  if (known !== undefined) return known
  return type.isEnum ? ENUM : stored(written('text', type.name.toUpperCase()))
}

/** The modifier of `numeric(p, s)` is p in its upper half and s in its lower one, plus 4. */
function numericCodec(modifier: number): Codec {
  const precision = modifier === -1 ? Number.POSITIVE_INFINITY : (modifier - 4) >> 16
  return precision <= EXACT_DIGITS ? NUMERIC : written('decimal', 'NUMERIC')
}

/** As NUMERIC of SQLite holds it: a whole number where it is one and has room, without the zeros that only the scale asks for. */
function decodeNumeric(text: string): Value {
  const [, whole = text, fraction = ''] = /^(-?\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (/^0*$/.test(fraction) && /^-?\d{1,18}$/.test(whole)) return BigInt(whole)
  return Number(text)
}

function formatDouble(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}
