import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { openPostgresStore, preparePostgres } from '@obmen/exchange/postgres'
import pg from 'pg'

import { PLAN } from '../contract/store-to-try.ts'
import { clear, prepareIn } from './prepared-postgres.ts'
import { openRole, readRows, startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()
const GOODS = 'CREATE TABLE goods (id integer PRIMARY KEY, name text);'

describe('an exchange, whatever is set for its role or database,', () => {
  it('waits longer than statements may take', async (t) => {
    await prepareIn(pool, GOODS)
    const { database = '' } = pool.options
    const hasty = new pg.Pool({ ...server.settings(database), statement_timeout: 50 })
    t.after(() => hasty.end())
    const store = await openPostgresStore(hasty, PLAN)
    const other = await pool.connect()
    t.after(() => other.release(true))
    await other.query('BEGIN; LOCK TABLE obmen_exchange.log_1')

    const folding = store.transaction((transaction) => transaction.fold())
    const waiting = `SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE NOT granted AND clock_timestamp() - query_start > '200 ms'`
    const isOver = folding.then(
      () => true,
      () => true,
    )
    while ((await readRows(pool, waiting)).length === 0) {
      const ended = await Promise.race([isOver, new Promise((resolve) => setImmediate(resolve))])
      if (ended === true) break
    }
    await other.query('COMMIT')

    assert.equal(await folding, 0)
  })

  it('compares keys of types whose schema nobody looks for names in', async () => {
    const types = await server.newDatabase()
    await pool.query(`ALTER DATABASE ${types.options.database} SET search_path = ''`)
    const { node } = await prepareIn(
      types,
      `CREATE SCHEMA "Other types"; CREATE EXTENSION citext SCHEMA "Other types"; CREATE EXTENSION ltree SCHEMA "Other types";
       CREATE TABLE public.goods (code "Other types".citext PRIMARY KEY, name text);
       CREATE TABLE public.places (path "Other types".ltree PRIMARY KEY, name text);
       INSERT INTO public.goods VALUES ('tea', 'a'); INSERT INTO public.places VALUES ('a.b', 'c')`,
    )
    await node.newChanges()

    await node.sql(`UPDATE public.goods SET code = 'TEA'; UPDATE public.places SET path = 'a.d'`)

    assert.deepEqual((await node.newChanges()).toSorted(), [
      '+ goods "TEA" "a"',
      '+ places "a.d" "c"',
      '- places "a.b"',
    ])
  })

  it('takes no row that a policy hides for one that is gone: its table is refused', async (t) => {
    await clear(pool)
    const owner = await openRole(t, pool, 'owner_of_policies')
    await owner.query(`${GOODS} INSERT INTO goods VALUES (1, 'a'), (2, 'secret')`)
    await preparePostgres(owner, PLAN, { kind: 'all' })
    const store = await openPostgresStore(owner, PLAN)
    const fold = (): Promise<number> => store.transaction((transaction) => transaction.fold())
    const position = await fold()
    await owner.query(`ALTER TABLE goods ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY public ON goods USING (name <> 'secret')`)
    await pool.query(`UPDATE goods SET name = name`)

    await assert.rejects(fold(), /row-level security policy for table "goods"/)

    await pool.query('ALTER ROLE owner_of_policies BYPASSRLS')
    assert.equal(await fold(), position + 2)
    const gone = 'SELECT gone FROM obmen_exchange.index_1'
    assert.deepEqual(await readRows(pool, gone), [['f'], ['f']])
  })
})
