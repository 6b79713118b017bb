/** A database of a server for tests that is prepared for an exchange. */
import {
  openPostgresStore,
  type PostgresContent,
  type PostgresRules,
  type PostgresStore,
  preparePostgres,
} from '@obmen/exchange/postgres'
import type pg from 'pg'

import { PLAN, StoreToTry } from '../contract/store-to-try.ts'
import { readRows } from './test-server.ts'

/** Takes everything out of a database: quicker than a new one for each test. */
export async function clear(pool: pg.Pool): Promise<void> {
  await pool.query(`
    DROP SCHEMA IF EXISTS obmen_exchange CASCADE;
    DROP SCHEMA public CASCADE;
    CREATE SCHEMA public`)
}

export interface PreparedPostgres {
  readonly node: StoreToTry
  readonly store: PostgresStore
  readonly pool: pg.Pool
}

export interface PreparedOptions {
  readonly plan?: typeof PLAN
  readonly content?: PostgresContent
  readonly rules?: PostgresRules
}

/** Makes the schema in an empty database, and prepares and opens it. */
export async function prepareIn(
  pool: pg.Pool,
  schema: string,
  { plan = PLAN, content = { kind: 'all' }, rules }: PreparedOptions = {},
): Promise<PreparedPostgres> {
  await clear(pool)
  await pool.query(schema)
  await preparePostgres(pool, plan, content)
  const store = await openPostgresStore(pool, plan, rules)
  const node = new StoreToTry({
    store,
    sql: async (statements) => {
      await pool.query(statements)
    },
    rows: (query) => readRows(pool, query),
    checkCapture: () => store.checkCapture(),
  })
  return { node, store, pool }
}
