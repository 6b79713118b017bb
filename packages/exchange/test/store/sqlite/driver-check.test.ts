import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'

import { SqliteUnfit } from '@obmen/exchange/errors'
import { openSqliteStore, prepareSqlite, type SqliteDatabase } from '@obmen/exchange/sqlite'

import { withDriver } from './other-driver.ts'
import { PLAN, schemaOf } from './prepared-database.ts'

/** A database whose driver ends texts at their first NUL, as `node:sqlite` did before Node 24.16. */
function cutting(database: DatabaseSync): SqliteDatabase {
  const cut = (value: unknown): unknown =>
    typeof value === 'string' ? value.replace(/\0.*/s, '') : value
  return withDriver(database, (statement) => ({
    get: (...values) => {
      const row: unknown = statement.get(...values)
      return Array.isArray(row) ? row.map(cut) : row
    },
  }))
}

describe('a driver that does not give texts as they are', () => {
  it('prepares no database, and leaves nothing in it', () => {
    const database = new DatabaseSync(':memory:')
    database.exec('CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT)')

    assert.throws(() => prepareSqlite(cutting(database), PLAN, { kind: 'all' }), SqliteUnfit)

    assert.equal(schemaOf(database, 'all').length, 1)
    database.close()
  })

  it('opens none that was prepared with another one', () => {
    const database = new DatabaseSync(':memory:')
    prepareSqlite(database, PLAN, { kind: 'all' })

    assert.throws(() => openSqliteStore(cutting(database), PLAN), SqliteUnfit)

    database.close()
  })
})
