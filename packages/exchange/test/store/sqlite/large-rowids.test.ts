/** Node 26 refuses to give a rowid above 2^53 as a number, after the statement has done its work: an insert tells it, and every later statement does. */
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'

import { openSqliteStore, prepareSqlite, type SqliteDatabase } from '@obmen/exchange/sqlite'

import { applyMessage } from '../store-language.ts'
import { withDriver } from './other-driver.ts'
import { deletion, PLAN, readRows, row, tableLine } from './prepared-database.ts'

const LARGE = 2n ** 53n + 1n
const LARGEST = 2n ** 63n - 1n

/** A database that gives rowids as Node 26 does, whatever this Node is. */
function strict(database: DatabaseSync): SqliteDatabase {
  return withDriver(database, (statement) => {
    let readsBigInts = false
    return {
      run: (...values) => {
        const done = statement.run(...values)
        if (!readsBigInts) requireSafe(Number(done.lastInsertRowid))
        return done
      },
      setReadBigInts: (enabled) => {
        readsBigInts = enabled
        statement.setReadBigInts(enabled)
      },
    }
  })
}

function requireSafe(rowid: number): void {
  if (Number.isSafeInteger(rowid)) return
  const error = new RangeError('Value is too large to be represented as a JavaScript number')
  throw Object.assign(error, { code: 'ERR_OUT_OF_RANGE' })
}

describe('rows with keys above 2^53', () => {
  for (const [words, schema] of [
    ['that can refuse nothing', 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT)'],
    ['with a check', 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT CHECK (name > 0))'],
  ] as const) {
    it(`are entered, changed and deleted in a table ${words}`, async () => {
      const database = new DatabaseSync(':memory:')
      const strictly = strict(database)
      database.exec(schema)
      prepareSqlite(strictly, PLAN, { kind: 'all' })
      const store = openSqliteStore(strictly, PLAN)
      const line = tableLine('goods', 1, { id: 'integer', name: 'text' })
      const apply = async (...rows: readonly ReturnType<typeof row>[]): Promise<number> => {
        const { refused } = await applyMessage(store, [{ table: line, rows }], {})
        return refused
      }

      const refused = [
        await apply(row(1, 'С01', LARGE, 'Tea'), row(1, 'С01', LARGEST, 'Milk')),
        await apply(row(2, 'С01', LARGE, 'Green tea'), row(2, 'С01', LARGEST, 'Cream')),
        await apply(deletion(3, 'С01', LARGE), row(3, 'С01', 1n, 'Salt')),
      ]

      assert.deepEqual(refused, [0, 0, 0])
      assert.deepEqual(readRows(database, 'SELECT CAST(id AS TEXT), name FROM goods ORDER BY id'), [
        ['1', 'Salt'],
        [String(LARGEST), 'Cream'],
      ])
      database.close()
    })
  }
})
