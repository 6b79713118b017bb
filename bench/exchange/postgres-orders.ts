/** The table of the bench for PostgreSQL, and two ways to write its rows by hand: INSERT … ON CONFLICT of lists of values, and of arrays. */
import type pg from 'pg'

const COLUMNS = [
  ['id', 'bigint'],
  ['number', 'text'],
  ['ordered_at', 'timestamp'],
  ['customer', 'text'],
  ['warehouse', 'integer'],
  ['goods', 'text'],
  ['quantity', 'integer'],
  ['price', 'numeric(12,2)'],
  ['discount', 'double precision'],
  ['is_paid', 'boolean'],
  ['ref', 'uuid'],
  ['note', 'text'],
] as const

export const TABLE = `CREATE TABLE orders (${COLUMNS.map(([name, type]) => `${name} ${type}${name === 'id' ? ' PRIMARY KEY' : ''}`).join(', ')})`

const BATCH_ROWS = 500

/** Rows in batches, each an array for each column: made ready, so that only the writing is measured. */
export type Batches = readonly (readonly unknown[][])[]

/** Orders as a shop enters them, or as they are after a change of each. */
export function makeOrders(rows: number, state: 'entered' | 'changed'): Batches {
  return Array.from({ length: Math.ceil(rows / BATCH_ROWS) }, (_, batch) => {
    const begin = batch * BATCH_ROWS
    const ids = Array.from({ length: Math.min(BATCH_ROWS, rows - begin) }, (_, nth) => begin + nth)
    return columnsOf(ids, state)
  })
}

function columnsOf(ids: readonly number[], state: 'entered' | 'changed'): unknown[][] {
  const isChanged = state === 'changed'
  const delivery = (id: number): string | null =>
    id % 5 === 0 ? 'Доставка до двери, позвонить за час' : null
  const columns: readonly ((id: number) => unknown)[] = [
    (id) => id,
    (id) => `ЗК-${String(id).padStart(9, '0')}`,
    (id) => `2026-11-22 ${String(id % 24).padStart(2, '0')}:30:00`,
    (id) => `ООО «Ромашка № ${id % 977}»`,
    (id) => id % 40,
    (id) => `Чай чёрный байховый, упаковка ${id % 313} г`,
    (id) => 1 + (id % 12) + (isChanged ? 1 : 0),
    (id) => (100 + (id % 100_000) / 100).toFixed(2),
    (id) => (id % 10) / 100,
    (id) => id % 3 === 0,
    (id) => `0b9e1d3c-7e5a-4c43-9d3e-${String(id).padStart(12, '0')}`,
    (id) => (isChanged ? 'Отгружено без замечаний' : delivery(id)),
  ]
  return columns.map((make) => ids.map(make))
}

const WRITE = `ON CONFLICT (id) DO UPDATE SET ${COLUMNS.slice(1)
  .map(([name]) => `${name} = excluded.${name}`)
  .join(', ')}`

/** Writes rows in one transaction, with one statement for each batch: an array for each column, the fastest way that we know. */
export async function writeArrays(pool: pg.Pool, batches: Batches): Promise<void> {
  const arrays = COLUMNS.map(([, type], index) => `$${index + 1}::${type.replace(/\(.*/, '')}[]`)
  const statement = `INSERT INTO orders SELECT * FROM unnest(${arrays.join(', ')}) ${WRITE}`
  await inTransaction(pool, async (client) => {
    for (const batch of batches) await client.query(statement, [...batch])
  })
}

/** The statement of each batch with its values, row by row: made ready as well. */
export type Lists = readonly { readonly statement: string; readonly values: unknown[] }[]

export function listsOf(batches: Batches): Lists {
  return batches.map((columns) => {
    const rows = Array.from({ length: columns[0]?.length ?? 0 }, (_, row) => {
      return columns.map((column) => column[row])
    })
    return { statement: listStatement(rows.length), values: rows.flat() }
  })
}

/** The same with a list of values for each row, as most programs and mappers write: `VALUES ($1, …), ($13, …), …`. */
export async function writeLists(pool: pg.Pool, lists: Lists): Promise<void> {
  await inTransaction(pool, async (client) => {
    for (const { statement, values } of lists) await client.query(statement, values)
  })
}

function listStatement(rowCount: number): string {
  const rows = Array.from({ length: rowCount }, (_, row) => {
    return `(${COLUMNS.map((_column, index) => `$${row * COLUMNS.length + index + 1}`).join(', ')})`
  })
  return `INSERT INTO orders VALUES ${rows.join(', ')} ${WRITE}`
}

async function inTransaction(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<void>,
): Promise<void> {
  const client = await pool.connect()
  await client.query('BEGIN')
  await work(client)
  await client.query('COMMIT')
  client.release()
}

/** What a table holds, as one text. */
export async function readDigest(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ digest: string }>(
    `SELECT count(*) || ' ' || sum(hashtextextended(orders::text, 0)) AS digest FROM orders`,
  )
  return rows[0]?.digest ?? ''
}
