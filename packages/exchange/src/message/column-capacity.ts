import type { Column, TableLine } from './body-lines.ts'

/** A column here that does not take all that the sender's column of that name does: rows with such a value are set aside. */
export interface NarrowerColumn {
  readonly table: string
  readonly column: string
  /** Both types as their databases declare them: `character varying(20)`. */
  readonly here: string
  readonly there: string
}

/**
 * Our columns that take less than the sender's, in the sender's order. Only columns of which both databases keep what is declared can
 * be compared: SQLite takes a text of any length in a column declared VARCHAR(20), so none of its columns is narrower, and of a
 * sender on SQLite only lengths that are declared count.
 */
export function narrowerColumns(ours: TableLine, theirs: TableLine): readonly NarrowerColumn[] {
  const here = new Map(ours.columns.map((column) => [column.name, column]))
  return theirs.columns.flatMap((their) => {
    const our = here.get(their.name)
    if (our?.declared === undefined || their.declared === undefined) return []
    if (!isNarrower(our, their)) return []
    const { table } = ours
    return [{ table, column: their.name, here: our.declared, there: their.declared }]
  })
}

function isNarrower(ours: Column, theirs: Column): boolean {
  const here = capacityOf(ours.declared ?? '')
  const there = capacityOf(theirs.declared ?? '')
  if (here === undefined || there === undefined || here.of !== there.of) return false
  return here.limits.some((limit, index) => limit < (there.limits[index] ?? 0))
}

/** What a declared type bounds, and how: octets, characters, digits before and behind the point, digits of a second. */
interface Capacity {
  readonly of: 'octets' | 'characters' | 'digits' | 'fractions'
  readonly limits: readonly number[]
}

const UNLIMITED = Number.POSITIVE_INFINITY
const MICROSECONDS = 6

const octets = (limit: number) => (): Capacity => ({ of: 'octets', limits: [limit] })

const characters = (limit = UNLIMITED): Capacity => ({ of: 'characters', limits: [limit] })

/** Without a length it is one character. */
const padded = (limit = 1): Capacity => characters(limit)

const digits = (precision = UNLIMITED, scale?: number): Capacity => {
  const behind = scale ?? (precision === UNLIMITED ? UNLIMITED : 0)
  return {
    of: 'digits',
    limits: [precision === UNLIMITED ? UNLIMITED : precision - behind, behind],
  }
}

const fractions = (limit = MICROSECONDS): Capacity => ({ of: 'fractions', limits: [limit] })

/** A table of data: declared types by their names in PostgreSQL, and those that programs on SQLite write with a length. */
const CAPACITIES: ReadonlyMap<string, (first?: number, second?: number) => Capacity> = new Map([
  ['smallint', octets(2)],
  ['integer', octets(4)],
  ['bigint', octets(8)],
  ['real', octets(4)],
  ['double precision', octets(8)],
  ['numeric', digits],
  ['decimal', digits],
  ['text', characters],
  ['character varying', characters],
  ['varchar', characters],
  ['nvarchar', characters],
  ['character', padded],
  ['char', padded],
  ['nchar', padded],
  ['time without time zone', fractions],
  ['timestamp without time zone', fractions],
  ['timestamp with time zone', fractions],
])

function capacityOf(declared: string): Capacity | undefined {
  const [bounds = '', first, second] = LENGTH.exec(declared) ?? []
  const name = declared.replace(bounds, '').toLowerCase()
  return CAPACITIES.get(name)?.(toLimit(first), toLimit(second))
}

/** `(20)`, `(10,2)`, `(15, -2)`. */
const LENGTH = / ?\((\d{1,8})(?:, ?(-?\d{1,8}))?\)/

function toLimit(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}

/** Whether a declared type says how long values may be, as far as its database does not keep to it anyway. */
export function hasLength(declared: string): boolean {
  return LENGTH.test(declared)
}
