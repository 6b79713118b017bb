import type { Random } from '../random/random.ts'
import { Random as Stream } from '../random/random.ts'
import type { KeyKind, TableShape, WorldShape } from '../world/shape.ts'
import { KEY_COUNT } from '../world/tables.ts'
import { HOUR_MS, YEAR_MS } from '../world/times.ts'

/** Schemas there are to draw from: a process prepares each of their databases once. */
const SCHEMA_COUNT = 48

const CODES = ['ЦБ', 'С01', 'С02', '007', 'a-b'] as const

const STAR = [
  [0, 1],
  [0, 2],
  [0, 3],
  [0, 4],
] as const
const CHAIN = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 4],
] as const
const RING = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 4],
  [0, 2],
] as const

const POLICIES = ['ours', 'theirs', 'ask', 'priority', 'function'] as const

/** By the last digit of a serial number. */
export const ZONES = ['0123456789', '13579', '02468', '12', ''] as const

/** Draws what a world is like. `nodeCount` overrules the number of nodes that is drawn. */
export function drawShape(random: Random, nodeCount?: number): WorldShape {
  const count = Math.min(nodeCount ?? random.pick([2, 2, 3]), CODES.length)
  const schema = new Stream(random.below(SCHEMA_COUNT), 'schema')
  const drawn = drawTables(schema, count)
  const links = random.pick([STAR, STAR, CHAIN, RING])
  // Together with what only goes one way, nobody could say what must become of rows that a database refuses.
  const isPlain = drawn.every(
    ({ unique, refusingNode, parent }) => (unique ?? refusingNode ?? parent) === undefined,
  )
  const isShared =
    links === STAR && (isPlain ? random.percent(35) : random.stream('refused share').percent(60))
  const goesOneWay = isPlain && links === STAR && !isShared && random.percent(30)
  const oneWayBy = random.pick(['office', 'nodes'] as const)
  const directed = goesOneWay
    ? drawn.map((table, index) => (index === 0 ? { ...table, oneWayBy } : table))
    : drawn
  const countsKeys = isPlain && links === STAR && random.stream('keys').percent(60)
  const tables = countsKeys ? [...directed, COUNTED] : directed
  return {
    codes: CODES.slice(0, count),
    links: links.filter(([a, b]) => a < count && b < count),
    tables,
    firstRows: CODES.slice(0, count).map(() => drawFirstRows(schema)),
    clocksMs: CODES.slice(0, count).map(() =>
      random.pick([0, 0, 7, -3 * HOUR_MS, 4 * YEAR_MS, -2 * YEAR_MS]),
    ),
    rules: {
      window: random.pick([3, 3, 1, 24]),
      resendAfterMs: 24 * HOUR_MS,
      messageSizeOctets: random.pick([10_000, 10_000, 250, 60]),
      keepDeletionsDays: random.pick([400, 400, 0, 1]),
    },
    policy: goesOneWay ? 'latest' : random.pick(['latest', 'latest', 'latest', ...POLICIES]),
    ...(isShared && { zones: CODES.slice(0, count).map(() => random.pick(ZONES)) }),
    ...(links === STAR && random.percent(30) && { ownColumnsBy: 'office' as const }),
    ...(!isPlain && random.percent(20) && { isStrict: true }),
    removal: random.pick(['at once', 'at close']),
    capacity: random.pick([100, 100, 100, 4]),
  }
}

/** Blocks are small, so that each of them comes to its end. */
const COUNTED: TableShape = {
  name: 'Заказы',
  key: [{ name: 'номер', kind: 'integer' }],
  note: 'текст',
  isWithoutRowid: false,
  isStrict: false,
  areKeysLast: false,
  keyBlocks: { size: 6, reserve: 2 },
}

function drawFirstRows(schema: Random): number[] {
  if (!schema.percent(30)) return []
  return Array.from({ length: KEY_COUNT }, (_, key) => key).filter(() => schema.percent(40))
}

const TABLE_NAMES = [
  'goods',
  'Товары',
  'Order Details',
  'select',
  'a "b" c',
  `it's`,
  'X-1.2',
] as const
const COLUMN_NAMES = ['id', 'Код', 'order', 'a b', 'k"', 'группа', 'z'] as const
const KEY_KINDS = ['integer', 'integer', 'text', 'uuid', 'blob'] as const

function drawTables(schema: Random, nodeCount: number): TableShape[] {
  const first = schema.below(TABLE_NAMES.length)
  const count = schema.pick([1, 1, 2, 2])
  const tables = Array.from({ length: count }, (_, index) => {
    const name = TABLE_NAMES[(first + index) % TABLE_NAMES.length] ?? TABLE_NAMES[0]
    return drawTable(schema, name, nodeCount)
  })
  // Only a key of one column can be referred to by one; a table may refer to itself.
  const mayRefer = tables[0]?.key.length === 1 && schema.percent(35)
  const last = tables.at(-1)
  if (!mayRefer || last === undefined) return tables
  const onDelete = schema.pick(['RESTRICT', 'CASCADE', 'SET NULL'] as const)
  return [...tables.slice(0, -1), { ...last, parent: 0, onDelete }]
}

function drawTable(schema: Random, name: string, nodeCount: number): TableShape {
  const begin = schema.below(COLUMN_NAMES.length)
  const columns = [...COLUMN_NAMES.slice(begin), ...COLUMN_NAMES.slice(0, begin)]
  const keyLength = schema.pick([1, 1, 2, 3])
  const key = columns.slice(0, keyLength).map((column) => {
    const kind: KeyKind = schema.pick(KEY_KINDS)
    return { name: column, kind }
  })
  const special = schema.below(10)
  return {
    name,
    key,
    note: columns[4] ?? 'note',
    unique: special < 2 ? (columns[5] ?? 'code') : undefined,
    refusingNode: special === 9 ? schema.below(nodeCount) : undefined,
    isWithoutRowid: schema.percent(40),
    isStrict: schema.percent(30),
    areKeysLast: schema.percent(30),
    ...(schema.percent(25) && { hasTrigger: true }),
    ...(schema.percent(20) && { hasOwnColumn: true }),
  }
}
