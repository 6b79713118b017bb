import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { StoreToTry } from '../contract/store-to-try.ts'
import { prepareIn } from './prepared-postgres.ts'
import { readRows, startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()
const otherPool = await server.newDatabase()

/** A type of a key, and two of its values. */
const KEYS: readonly (readonly [string, string, string])[] = [
  ['integer[]', '{1,NULL}', '{}'],
  ['text[]', '{"a,b",c}', '{{a},{b}}'],
  ['numbers', '{1,2}', '{3}'],
  ['mood', 'sad', 'happy, "very"'],
  ['mood[]', '{sad}', '{"happy, \\"very\\""}'],
  ['address', '("Main, 1",2)', '(,)'],
  ['address[]', '{"(a,1)"}', '{}'],
  ['int4range', '[1,5)', 'empty'],
  ['nummultirange', '{[1,2),[3,)}', '{}'],
  ['inet', '10.0.0.1', '10.0.0.1/8'],
  ['macaddr', '08:00:2b:01:02:03', '08:00:2b:01:02:04'],
  ['bit(3)', '101', '000'],
  ['bit varying', '1', ''],
  ['jsonb', '{"a": 1}', '1.0'],
  ['name', 'tea', ''],
  ['"char"', 'a', 'b'],
  ['money', '$1.50', '-$2.00'],
  ['time with time zone', '10:00:00+05:30', '10:00:00-03'],
  ['interval', '1 mon -3 days', '00:00:01'],
  ['bytea', '\\x00ff', '\\x'],
  ['pg_lsn', '16/B374D848', '0/0'],
  ['tsvector', "'tea':1A", ''],
  ['real', '0.1', 'NaN'],
  ['double precision', '-Infinity', '1e-300'],
  ['numeric', '1e300', 'NaN'],
  ['character(3)', 'a', ''],
  ['boolean', 'true', 'false'],
  ['timestamp with time zone', 'infinity', '2026-01-01 00:00:00.123456+03'],
]

const TYPES = `
  CREATE DOMAIN numbers AS integer[] CHECK (cardinality(VALUE) > 0);
  CREATE TYPE mood AS ENUM ('sad', 'happy, "very"');
  CREATE TYPE address AS (street text, house integer);`

/** Sends what came after a position, as a message would; gives the next position. */
async function send(from: StoreToTry, to: StoreToTry, afterSeq: number): Promise<number> {
  const throughSeq = await from.store.transaction((transaction) => transaction.fold())
  for (const { table, changes } of await from.batches({ afterSeq, throughSeq })) {
    await to.apply(
      table,
      changes.map(({ row }) => row),
    )
  }
  return throughSeq
}

describe('a key of PostgreSQL', () => {
  for (const [type, one, other] of KEYS) {
    it(`of type ${type} finds its row when it changes, and when it goes`, async () => {
      const schema = `${TYPES} CREATE TABLE v (k ${type} PRIMARY KEY, name text)`
      const { node: from } = await prepareIn(pool, schema)
      const { node: to } = await prepareIn(otherPool, schema)
      await pool.query(`INSERT INTO v VALUES ($1, 'a'), ($2, 'b')`, [one, other])
      const first = await send(from, to, 0)
      await pool.query(`UPDATE v SET name = 'c' WHERE k = $1::${type}`, [one])
      await pool.query(`DELETE FROM v WHERE k = $1::${type}`, [other])

      await send(from, to, first)

      assert.deepEqual(await to.store.refusedRows(), [])
      const everything = 'SELECT * FROM v'
      assert.deepEqual(await readRows(otherPool, everything), await readRows(pool, everything))
    })
  }
})
