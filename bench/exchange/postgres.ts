/**
 * What an exchange costs on PostgreSQL: the same table as on SQLite, 12 columns of a trade with texts in Cyrillic. Beside it what
 * one would do by hand: INSERT … ON CONFLICT in batches of arrays.
 */
import { type ChangeStore, type ExchangePlan, parseNodeCode, parsePlanName } from '@obmen/exchange'
import { openPostgresStore, preparePostgres } from '@obmen/exchange/postgres'
import type pg from 'pg'

import { startServer } from '../../packages/exchange/test/store/postgres/postgres-server.ts'

const PLAN: ExchangePlan = { name: parsePlanName('Склады'), thisNode: parseNodeCode('ЦБ') }

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

const TABLE = `CREATE TABLE orders (${COLUMNS.map(([name, type]) => `${name} ${type}${name === 'id' ? ' PRIMARY KEY' : ''}`).join(', ')})`

const BATCH_ROWS = 500

/** Milliseconds of each step. */
export interface PostgresFigures {
  readonly rows: number
  readonly bareInsert: number
  readonly insert: number
  readonly bareUpdate: number
  readonly update: number
  readonly fold: number
  readonly read: number
  readonly apply: number
  readonly applyAgain: number
}

/** Fills a table, changes every row, and lets another database have them, without letters in between. */
export async function measurePostgres(rows: number): Promise<PostgresFigures> {
  const server = await startServer()
  try {
    const [bare, office, warehouse] = [
      await server.newDatabase(),
      await server.newDatabase(),
      await server.newDatabase(),
    ]
    for (const pool of [bare, office, warehouse]) await pool.query(TABLE)
    for (const pool of [office, warehouse]) await preparePostgres(pool, PLAN, { kind: 'all' })
    const from = await openPostgresStore(office, PLAN)
    const to = await openPostgresStore(warehouse, PLAN)
    const bareInsert = await timed(() => fill(bare, rows))
    const insert = await timed(() => fill(office, rows))
    const fold = await timed(() => from.transaction((transaction) => transaction.fold()))
    const whole = await carry(from, to, 0)
    const change = `UPDATE orders SET quantity = quantity + 1, note = 'изменён'`
    const bareUpdate = await timed(() => bare.query(change))
    const update = await timed(() => office.query(change))
    await from.transaction((transaction) => transaction.fold())
    const again = await carry(from, to, rows)
    const { read, apply } = whole
    return {
      rows,
      bareInsert,
      insert,
      bareUpdate,
      update,
      fold,
      read,
      apply,
      applyAgain: again.apply,
    }
  } finally {
    await server.stop()
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}

/** Orders as a shop has them, in batches of one statement each, in one transaction. */
async function fill(pool: pg.Pool, rows: number): Promise<void> {
  const arrays = COLUMNS.map(([, type], index) => `$${index + 1}::${type.replace(/\(.*/, '')}[]`)
  const others = COLUMNS.slice(1).map(([name]) => `${name} = excluded.${name}`)
  const statement = `INSERT INTO orders SELECT * FROM unnest(${arrays.join(', ')})
    ON CONFLICT (id) DO UPDATE SET ${others.join(', ')}`
  const client = await pool.connect()
  await client.query('BEGIN')
  for (let begin = 0; begin < rows; begin += BATCH_ROWS) {
    const ids = Array.from(
      { length: Math.min(BATCH_ROWS, rows - begin) },
      (_, index) => begin + index,
    )
    await client.query(statement, columnsOf(ids))
  }
  await client.query('COMMIT')
  client.release()
}

function columnsOf(ids: readonly number[]): unknown[][] {
  const texts = (make: (id: number) => unknown): unknown[] => ids.map(make)
  return [
    texts((id) => id),
    texts((id) => `ЗК-${String(id).padStart(9, '0')}`),
    texts((id) => `2026-11-22 ${String(id % 24).padStart(2, '0')}:30:00`),
    texts((id) => `ООО «Ромашка № ${id % 977}»`),
    texts((id) => id % 40),
    texts((id) => `Чай чёрный байховый, упаковка ${id % 313} г`),
    texts((id) => 1 + (id % 12)),
    texts((id) => (100 + (id % 100_000) / 100).toFixed(2)),
    texts((id) => (id % 10) / 100),
    texts((id) => id % 3 === 0),
    texts((id) => `0b9e1d3c-7e5a-4c43-9d3e-${String(id).padStart(12, '0')}`),
    texts((id) => (id % 5 === 0 ? 'Доставка до двери, позвонить за час' : null)),
  ]
}

/** Reads everything behind a position from one store, as it is sent, and applies it to another one. Tells how long either took. */
async function carry(
  from: ChangeStore,
  to: ChangeStore,
  afterSeq: number,
): Promise<{ readonly read: number; readonly apply: number }> {
  const request = { forNode: parseNodeCode('С01'), afterSeq, throughSeq: Number.MAX_SAFE_INTEGER }
  const read = await timed(async () => {
    let rows = 0
    const lines = from.readChanges({ ...request, roomForLines: () => Number.POSITIVE_INFINITY })
    for await (const batch of lines) rows += batch.lines?.rowCount ?? batch.changes.length
    return rows
  })
  let apply = 0
  await to.transaction(async (transaction) => {
    await transaction.fold()
    const sender = { code: parseNodeCode('С09'), acknowledgedSeq: 0, nowMs: 0 }
    const applier = await transaction.beginApplying(sender)
    for await (const { table, changes } of from.readChanges(request)) {
      const rows = changes.map(({ row }) => row)
      apply += await timed(async () => {
        await applier.beginTable(table)
        await applier.applyRows(rows)
      })
    }
    apply += await timed(() => applier.finish())
  })
  return { read, apply }
}

export function formatPostgres(figures: PostgresFigures): string {
  const { rows, bareInsert, insert, bareUpdate, update, fold, read, apply, applyAgain } = figures
  const line = (text: string, ms: number, beside: string): string => {
    const perSecond = Math.round((rows / ms) * 1000).toLocaleString('en')
    return `${text.padEnd(46)}${ms.toFixed(0).padStart(8)} ms${perSecond.padStart(12)} rows/s   ${beside}`
  }
  const times = (ms: number, of: number): string => `${(ms / of).toFixed(2)} × bare`
  return [
    `PostgreSQL: ${rows} rows of 12 columns, in one server on this machine`,
    line('INSERT … ON CONFLICT in batches, bare', bareInsert, ''),
    line('the same with registration', insert, times(insert, bareInsert)),
    line('UPDATE of all rows, bare', bareUpdate, ''),
    line('the same with registration', update, times(update, bareUpdate)),
    line('fold', fold, times(fold, bareInsert)),
    line('read', read, times(read, bareInsert)),
    line('apply new rows, with change index', apply, times(apply, bareInsert)),
    line('apply changed rows', applyAgain, times(applyAgain, bareInsert)),
    `fold, read and apply: ${((fold + read + apply) / bareInsert).toFixed(2)} × the time of the bare INSERT … ON CONFLICT`,
  ].join('\n')
}
