import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { RowLine } from '@obmen/exchange'
import { openPostgresStore, preparePostgres } from '@obmen/exchange/postgres'
import type pg from 'pg'

import { PLAN, row, StoreToTry, tableLine } from '../contract/store-to-try.ts'
import { clear } from './prepared-postgres.ts'
import { openRole, readRows, startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()

const PARTS = tableLine('parts', 1, { id: 'integer', next: 'integer' })
const SHOPS = tableLine('shops', 1, { id: 'integer', head: 'integer' })
const STAFF = tableLine('staff', 1, { id: 'integer', shop: 'integer' })

/** A shop has a head, who is one of its staff; parts lie in a ring. */
function schemaOf(how: string, more: string): string {
  return `
    CREATE TABLE shops (id integer PRIMARY KEY, head integer);
    CREATE TABLE staff (id integer PRIMARY KEY, shop integer NOT NULL REFERENCES shops ${how});
    ALTER TABLE shops ADD FOREIGN KEY (head) REFERENCES staff ${how};
    CREATE TABLE parts (id integer PRIMARY KEY, next integer NOT NULL REFERENCES parts ${how});
    ${more}`
}

async function open(own: pg.Pool, schema: string): Promise<StoreToTry> {
  await own.query(schema)
  await preparePostgres(own, PLAN, { kind: 'all' })
  const store = await openPostgresStore(own, PLAN)
  return new StoreToTry({
    store,
    sql: async (statements) => void (await own.query(statements)),
    rows: (query) => readRows(own, query),
    checkCapture: () => store.checkCapture(),
  })
}

function arrival(id: bigint, other: bigint): RowLine {
  return row(1, 'С01', id, other)
}

/** What becomes of rows in circles, whatever the circumstances. */
async function fit(node: StoreToTry): Promise<void> {
  const declared = 'SELECT conname, condeferrable, condeferred FROM pg_constraint ORDER BY oid'
  const before = await node.rows(declared)

  const summary = await node.applyMessage([
    { table: SHOPS, rows: [arrival(1n, 11n), arrival(2n, 99n)] },
    { table: STAFF, rows: [arrival(11n, 1n), arrival(12n, 1n), arrival(13n, 7n)] },
    { table: PARTS, rows: [arrival(1n, 2n), arrival(2n, 3n), arrival(3n, 1n), arrival(4n, 5n)] },
  ])
  const inBetween = await node.rows('SELECT id FROM parts ORDER BY id')
  await node.applyMessage([
    { table: PARTS, rows: [arrival(5n, 4n)] },
    { table: SHOPS, rows: [arrival(7n, 13n)] },
  ])

  assert.deepEqual([summary.applied, summary.refused], [6, 3])
  assert.deepEqual(inBetween, [['1'], ['2'], ['3']])
  assert.deepEqual(await node.rows('SELECT id, next FROM parts ORDER BY id'), [
    ['1', '2'],
    ['2', '3'],
    ['3', '1'],
    ['4', '5'],
    ['5', '4'],
  ])
  assert.deepEqual(await node.rows('SELECT id, head FROM shops ORDER BY id'), [
    ['1', '11'],
    ['7', '13'],
  ])
  assert.deepEqual(await node.rows('SELECT id FROM staff ORDER BY id'), [['11'], ['12'], ['13']])
  assert.deepEqual(
    (await node.store.refusedRows()).map(({ table, key }) => [table, key]),
    [['shops', '[2]']],
  )
  assert.deepEqual(await node.rows(declared), before)
}

/** Each of the tables refers to one more, which is looked at at the end of a transaction. */
const REGIONS = `
  CREATE TABLE regions (id integer PRIMARY KEY);
  INSERT INTO regions VALUES (1);
  ALTER TABLE shops ADD region integer DEFAULT 1 REFERENCES regions DEFERRABLE INITIALLY DEFERRED;
  ALTER TABLE staff ADD region integer DEFAULT 1 REFERENCES regions DEFERRABLE INITIALLY DEFERRED;
  ALTER TABLE parts ADD region integer DEFAULT 1 REFERENCES regions DEFERRABLE INITIALLY DEFERRED;`

describe('new rows that refer to one another in a circle', () => {
  for (const how of ['', 'DEFERRABLE', 'DEFERRABLE INITIALLY DEFERRED']) {
    it(`find their places where foreign keys rest: ${how}`, async () => {
      await clear(pool)
      await fit(await open(pool, schemaOf(how, '')))
    })

    it(`find their places where foreign keys are at work, as for a role that is no superuser: ${how}`, async (t) => {
      await clear(pool)
      await fit(await open(await openRole(t, pool, 'owner_of_circles'), schemaOf(how, '')))
    })

    it(`find their places where unique values can be deferred: ${how}`, async () => {
      await clear(pool)
      const more = 'CREATE TABLE places (id integer PRIMARY KEY, code text UNIQUE DEFERRABLE);'
      await fit(await open(pool, schemaOf(how, more)))
    })
  }

  it('find their places where other foreign keys of their tables are deferred', async (t) => {
    await clear(pool)
    await fit(await open(await openRole(t, pool, 'owner_of_circles'), schemaOf('', REGIONS)))
  })
})
