/** Many rows that PostgreSQL refuses: they are tried within the server, and not with savepoints of ours. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { openPostgresStore, type PostgresPool, preparePostgres } from '@obmen/exchange/postgres'
import type { RowLine } from '@obmen/exchange'

import { deletion, PLAN, row, tableLine } from '../contract/store-to-try.ts'
import { applyMessage } from '../store-language.ts'
import { clear, prepareIn } from './prepared-postgres.ts'
import { openRole, startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()

const GOODS = 'CREATE TABLE goods (id integer PRIMARY KEY, price integer CHECK (price > 0))'
const LINE = tableLine('goods', 1, { id: 'integer', price: 'integer' })

/** Rows of which the check refuses all but the first. */
function cheapRows(count: number): RowLine[] {
  return Array.from({ length: count }, (_, id) => row(5, 'С01', BigInt(id), id === 0 ? 1n : 0n))
}

/** A pool that counts what it is asked. */
function counting(counted: { statements: number }): PostgresPool {
  return {
    connect: async () => {
      const client = await pool.connect()
      return {
        query: (query) => {
          counted.statements += 1
          return client.query(query)
        },
        release: (error) => client.release(error),
      }
    },
  }
}

describe('rows that PostgreSQL refuses', () => {
  it('take no statement each when they are tried again', async () => {
    const statements: number[] = []
    for (const count of [10, 400]) {
      await prepareIn(pool, GOODS)
      const counted = { statements: 0 }
      const store = await openPostgresStore(counting(counted), PLAN)
      await applyMessage(store, [{ table: LINE, rows: cheapRows(count) }], {})
      counted.statements = 0

      const summary = await applyMessage(
        store,
        [{ table: LINE, rows: [row(6, 'С01', -1n, 5n)] }],
        {},
      )

      assert.deepEqual([summary.applied, summary.refused], [1, count - 1])
      statements.push(counted.statements)
    }
    const [few, many] = statements
    assert.equal(many, few)
  })

  it('are named, each with the words of the database, whether they come, change or go', async () => {
    const { node } = await prepareIn(
      pool,
      `CREATE TABLE goods (id integer PRIMARY KEY, price integer CHECK (price > 0), code varchar(2), tag text UNIQUE);
       CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN IF OLD.tag = 'kept' THEN RAISE 'it is kept'; END IF; RETURN OLD; END $$;
       CREATE TRIGGER keep BEFORE DELETE ON goods FOR EACH ROW EXECUTE FUNCTION keep();
       ALTER TABLE goods ENABLE ALWAYS TRIGGER keep`,
    )
    const line = tableLine('goods', 1, {
      id: 'integer',
      price: 'integer',
      code: 'text',
      tag: 'text',
    })
    const known = ['kept', 'b', 'c', 'd', 'free'].map((tag, id) =>
      row(1, 'С01', BigInt(id), 1n, null, tag),
    )
    await node.apply(line, known)

    const summary = await node.apply(line, [
      deletion(2, 'С01', 0n),
      deletion(2, 'С01', 4n),
      deletion(2, 'С01', 99n),
      row(2, 'С01', 1n, 0n, null, 'b'),
      row(2, 'С01', 2n, 7n, null, 'c'),
      row(2, 'С01', 3n, 7n, 'abc', 'd'),
      row(2, 'С01', 5n, 7n, null, 'c'),
      row(2, 'С01', 6n, 7n, 'a\0', 'f'),
      row(2, 'С01', 7n, 7n, 'ab', 'free'),
    ])

    const refused = await node.store.refusedRows()
    const reasons = new Map(refused.map(({ key, reason }) => [key, reason]))
    assert.deepEqual(
      reasons,
      new Map([
        ['[0]', 'it is kept'],
        ['[1]', 'new row for relation "goods" violates check constraint "goods_price_check"'],
        ['[3]', 'column "code" of type character varying(2) would keep this value as "ab"'],
        ['[5]', 'duplicate key value violates unique constraint "goods_tag_key"'],
        ['[6]', 'invalid byte sequence for encoding "UTF8": 0x00'],
      ]),
    )
    assert.equal(summary.refused, 5)
    assert.deepEqual(await node.rows('SELECT id, price, code, tag FROM goods ORDER BY id'), [
      ['0', '1', 'null', 'kept'],
      ['1', '1', 'null', 'b'],
      ['2', '7', 'null', 'c'],
      ['3', '1', 'null', 'd'],
      ['7', '7', 'ab', 'free'],
    ])
  })

  it('are tried in blocks that are not large', async () => {
    const { node } = await prepareIn(
      pool,
      'CREATE TABLE goods (id integer PRIMARY KEY, film text CHECK (length(film) < 400000))',
    )
    const line = tableLine('goods', 1, { id: 'integer', film: 'text' })
    const lengths = [1, 500_000, 2, 500_000, 500_000, 3]
    const films = lengths.map((length, id) => row(1, 'С01', BigInt(id), 'ф'.repeat(length)))

    const { applied, refused } = await node.apply(line, films)

    assert.deepEqual([applied, refused], [3, 3])
    assert.deepEqual(
      (await node.store.refusedRows()).map(({ key }) => key),
      ['[1]', '[3]', '[4]'],
    )
    assert.deepEqual(await node.rows('SELECT id FROM goods ORDER BY id'), [['0'], ['2'], ['5']])
  })

  it('are named also where columns have the names of what tries them', async () => {
    const { node } = await prepareIn(
      pool,
      `CREATE TABLE "$obmen$ 'v'" (n integer PRIMARY KEY, obmen_row integer CHECK (obmen_row > 0), obmen_nth text, v text, f text, t1 text)`,
    )
    const columns = {
      n: 'integer',
      obmen_row: 'integer',
      obmen_nth: 'text',
      v: 'text',
      f: 'text',
      t1: 'text',
    } as const
    const line = tableLine(`$obmen$ 'v'`, 1, columns)
    const rowsOf = (stamp: number): RowLine[] =>
      [0n, 1n, 2n].map((id) => row(stamp, 'С01', id, id, 'a', 'b', 'c', `${stamp}`))

    await node.apply(line, rowsOf(1))
    await node.apply(line, rowsOf(2))

    assert.deepEqual(
      (await node.store.refusedRows()).map(({ key }) => key),
      ['[0]'],
    )
    assert.deepEqual(await node.rows(`SELECT n, t1 FROM "$obmen$ 'v'" ORDER BY n`), [
      ['1', '2'],
      ['2', '2'],
    ])
  })
})

describe('a role that may not use the language of blocks', () => {
  it('has its rows tried one by one', async (t) => {
    await clear(pool)
    const own = await openRole(t, pool, 'trier')
    t.after(() => pool.query('GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC'))
    await own.query(GOODS)
    await preparePostgres(own, PLAN, { kind: 'all' })
    const store = await openPostgresStore(own, PLAN)
    await pool.query('REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC')

    const { applied, refused } = await applyMessage(
      store,
      [{ table: LINE, rows: cheapRows(5) }],
      {},
    )

    assert.deepEqual([applied, refused], [1, 4])
    assert.match((await store.refusedRows())[0]?.reason ?? '', /goods_price_check/)
  })
})
