import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { CaptureDisturbed } from '@obmen/exchange/errors'
import { preparePostgres } from '@obmen/exchange/postgres'

import { PLAN } from '../contract/store-to-try.ts'
import { prepareIn } from './prepared-postgres.ts'
import { startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()
const GOODS = 'CREATE TABLE goods (id integer PRIMARY KEY, name text)'

describe('a key of PostgreSQL', () => {
  for (const { name, schema, change, write, after } of [
    {
      name: 'renamed',
      change: 'ALTER TABLE goods RENAME COLUMN id TO number',
      write: `INSERT INTO goods VALUES (2, 'b'); UPDATE goods SET name = 'c' WHERE number = 1`,
      after: ['+ goods 1 "c"', '+ goods 2 "b"'],
    },
    {
      name: 'wider',
      change: 'ALTER TABLE goods ALTER COLUMN id TYPE bigint',
      write: `INSERT INTO goods VALUES (5000000000, 'b')`,
      after: ['+ goods 1 "a"', '+ goods 5000000000 "b"'],
    },
    {
      name: 'another one',
      change: `ALTER TABLE goods ADD COLUMN code varchar(3), DROP COLUMN id; UPDATE goods SET code = 'x'; ALTER TABLE goods ADD PRIMARY KEY (code)`,
      write: `INSERT INTO goods VALUES ('b', 'y')`,
      after: ['+ goods "x" "a"', '+ goods "y" "b"'],
    },
    {
      name: 'a longer text',
      schema: 'CREATE TABLE goods (id varchar(3) PRIMARY KEY, name text)',
      change: 'ALTER TABLE goods ALTER COLUMN id TYPE varchar(30)',
      write: `INSERT INTO goods VALUES ('Чай чёрный', 'b')`,
      after: ['+ goods "1" "a"', '+ goods "Чай чёрный" "b"'],
    },
  ].map((change) => ({ schema: GOODS, ...change }))) {
    it(`that is ${name} lets programs write on, and nothing of that is lost`, async () => {
      const { node, store } = await prepareIn(pool, `${schema}; INSERT INTO goods VALUES (1, 'a')`)
      await node.newChanges()
      await node.sql(change)

      await node.sql(write)

      await assert.rejects(store.checkCapture(), CaptureDisturbed)
      await preparePostgres(pool, PLAN, { kind: 'all' })
      assert.deepEqual((await node.newChanges()).toSorted(), after)
    })
  }

  it('that has its name again is as it should be, and every row counts as changed', async () => {
    const { node } = await prepareIn(pool, `${GOODS}; INSERT INTO goods VALUES (1, 'a'), (2, 'b')`)
    await node.newChanges()
    await node.sql('ALTER TABLE goods RENAME COLUMN id TO number')
    await node.sql(`DELETE FROM goods WHERE number = 1; INSERT INTO goods VALUES (3, 'c')`)

    await node.sql('ALTER TABLE goods RENAME COLUMN number TO id')

    const changes = await node.newChanges()
    assert.deepEqual(changes.toSorted(), ['+ goods 2 "b"', '+ goods 3 "c"', '- goods 1'])
  })
})
