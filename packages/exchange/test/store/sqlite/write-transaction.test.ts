import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { prepareSqlite } from '@obmen/exchange/sqlite'

import { PLAN, PreparedDatabase } from './prepared-database.ts'

const SCHEMA = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT)'

/** As SQLite does when the disk is full: it rolls back by itself, and a second ROLLBACK is an error. */
const ROLLS_BACK = `BEFORE INSERT ON obmen_index_1 BEGIN SELECT raise(ROLLBACK, 'disk full'); END`

describe('a transaction that SQLite itself has rolled back', () => {
  it('tells what was wrong at first, and the next one works', async () => {
    const node = new PreparedDatabase(SCHEMA)
    node.sql(`CREATE TRIGGER full ${ROLLS_BACK}; INSERT INTO goods VALUES (1, 'a')`)

    await assert.rejects(node.fold(), /disk full/)
    node.sql('DROP TRIGGER full')

    assert.deepEqual(await node.newChanges(), ['+ goods 1 "a"'])
  })

  it('tells what was wrong at first also when a database is prepared', () => {
    const node = new PreparedDatabase(SCHEMA)
    node.sql(`DROP TRIGGER obmen_1_insert;
      CREATE TRIGGER full BEFORE INSERT ON obmen_table BEGIN SELECT raise(ROLLBACK, 'disk full'); END`)

    assert.throws(() => prepareSqlite(node.database, PLAN, { kind: 'all' }), /disk full/)
  })
})
