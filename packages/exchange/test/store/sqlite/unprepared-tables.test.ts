import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'

import { parseNodeCode, parsePlanName } from '../../../src/index.ts'
import { type PlanContent, prepareSqlite, readUnpreparedTables } from '../../../src/sqlite.ts'

const PLAN = { name: parsePlanName('Warehouses'), thisNode: parseNodeCode('HQ') }

describe('tables that are not prepared', () => {
  const CONTENTS: readonly {
    readonly content: PlanContent
    readonly expected: readonly string[]
  }[] = [
    { content: { kind: 'all' }, expected: ['later', 'log'] },
    { content: { kind: 'except', tables: ['log'] }, expected: ['later'] },
    { content: { kind: 'only', tables: ['goods', 'log'] }, expected: ['log'] },
  ]
  for (const { content, expected } of CONTENTS) {
    it(`are those that came after the preparation and that the content includes: ${content.kind}`, () => {
      using database = new DatabaseSync(':memory:')
      database.exec('CREATE TABLE goods (id INTEGER PRIMARY KEY)')
      prepareSqlite(database, PLAN, { kind: 'all' })
      database.exec('CREATE TABLE later (id INTEGER PRIMARY KEY); CREATE TABLE log (line TEXT)')

      assert.deepEqual(readUnpreparedTables(database, content), expected)
    })
  }

  it('are none that were misspelt: that is an error', () => {
    using database = new DatabaseSync(':memory:')
    database.exec('CREATE TABLE goods (id INTEGER PRIMARY KEY)')
    prepareSqlite(database, PLAN, { kind: 'all' })

    assert.throws(() => readUnpreparedTables(database, { kind: 'only', tables: ['gods'] }), {
      code: 'TABLE_UNKNOWN',
      table: 'gods',
      known: ['goods'],
    })
  })

  it('may be named although they were dropped: the capture tells of that', () => {
    using database = new DatabaseSync(':memory:')
    database.exec('CREATE TABLE goods (id INTEGER PRIMARY KEY)')
    prepareSqlite(database, PLAN, { kind: 'all' })
    database.exec('DROP TABLE goods')

    assert.deepEqual(readUnpreparedTables(database, { kind: 'only', tables: ['goods'] }), [])
  })
})
