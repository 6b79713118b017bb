import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { readCatalogVersion } from '../../../src/store/postgres/catalog-version.ts'
import { Connection } from '../../../src/store/postgres/postgres-database.ts'
import { prepareIn } from './prepared-postgres.ts'
import { startPostgres } from './test-server.ts'

const SCHEMA = `
  CREATE TABLE goods (id bigint PRIMARY KEY, name text);
  CREATE SEQUENCE counter;
  CREATE TABLE sales (id bigint, year int, PRIMARY KEY (id, year)) PARTITION BY LIST (year);
  CREATE TABLE sales_2025 PARTITION OF sales FOR VALUES IN (2025)`

const CHANGES = [
  'ALTER TABLE goods ADD COLUMN price numeric',
  'ALTER TABLE goods RENAME COLUMN price TO cost',
  'ALTER TABLE goods ALTER COLUMN cost TYPE numeric(12, 2)',
  'ALTER TABLE goods DROP COLUMN cost',
  'CREATE TABLE sales_2026 PARTITION OF sales FOR VALUES IN (2026)',
  'ALTER TABLE sales DETACH PARTITION sales_2026',
  'ALTER TABLE sales_2026 RENAME TO sales_of_2026',
  'ALTER SEQUENCE counter OWNED BY goods.id',
  'ALTER SEQUENCE counter OWNED BY sales.id',
  'ALTER SEQUENCE counter INCREMENT 2',
  'ALTER TABLE goods DISABLE TRIGGER ALL',
  'ALTER TABLE goods DROP CONSTRAINT goods_pkey',
  `UPDATE obmen_exchange.tables SET capture = ''`,
  'DROP TABLE goods',
]

const server = await startPostgres()
const pool = await server.newDatabase()

describe('the version of the catalog', () => {
  test('is another one after each change of tables, columns, sequences, partitions or triggers, and only then', async () => {
    await prepareIn(pool, SCHEMA)
    const client = await pool.connect()
    const connection = new Connection(client)
    for (const change of CHANGES) {
      const before = await readCatalogVersion(connection)
      await pool.query('INSERT INTO sales VALUES ($1, 2025)', [CHANGES.indexOf(change)])
      await pool.query('ANALYZE')
      assert.equal(await readCatalogVersion(connection), before)

      await pool.query(change)

      assert.notEqual(await readCatalogVersion(connection), before, change)
    }
    client.release()
  })

  test('counts what its own transaction has changed, and no more once that is rolled back', async () => {
    const client = await pool.connect()
    const connection = new Connection(client)
    const before = await readCatalogVersion(connection)
    await connection.exec('BEGIN')
    await connection.exec('CREATE TABLE prices (id bigint PRIMARY KEY)')
    const within = await readCatalogVersion(connection)
    await connection.exec('ROLLBACK')

    assert.notEqual(within, before)
    assert.equal(await readCatalogVersion(connection), before)
    client.release()
  })
})
