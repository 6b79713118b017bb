import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import fc from 'fast-check'

import { anyText } from '../../message/any-text.ts'
import { countRows, readLines, rowsOf } from '../lines.ts'
import { PreparedDatabase, readBatches } from './prepared-database.ts'

const TYPES = ['INTEGER', 'REAL', 'TEXT', 'NUMERIC', 'DATE', '', 'TEXT COLLATE NOCASE']
const EVERYTHING = { afterSeq: 0, throughSeq: Number.MAX_SAFE_INTEGER }
const GOODS = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT)'

const anyValue = fc.oneof(
  fc.constantFrom(null, 2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n), 2n ** 63n - 1n, 5, -0, 0.1, 1e19),
  fc.constantFrom(Number.POSITIVE_INFINITY, 1.7976931348623157e308, 5e-324, 0.1 + 0.2),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true }),
  anyText.map((text) => text.toWellFormed()),
  fc.constantFrom('', '{"i":"5"}', '007', 'a\0b', '\u2028\r\n\t\u007F"\\', '📦'),
  fc.uint8Array({ maxLength: 8 }),
)

describe('rows as lines', () => {
  it('say the same as rows that are read one by one, whatever is in them', async () => {
    const values = fc.array(anyValue, { minLength: 2, maxLength: 4 })
    let asLines = 0
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...TYPES), values, async (type, some) => {
        const node = new PreparedDatabase(`CREATE TABLE t (id INTEGER PRIMARY KEY, c ${type})`)
        const insert = node.database.prepare('INSERT INTO t (c) VALUES (?)')
        for (const value of some) insert.run(value)
        await node.fold()
        const lines = await readLines(node.store)
        asLines += countRows(lines, 'lines')
        assert.deepEqual(rowsOf(lines), rowsOf(await readBatches(node.store, EVERYTHING)))
      }),
      { numRuns: 100 },
    )
    assert.equal(asLines > 0, true)
  })

  it('hold every fraction to its last bit', async () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 100,
      maxLength: 100,
    })
    await fc.assert(
      fc.asyncProperty(numbers, async (some) => {
        const node = new PreparedDatabase('CREATE TABLE t (id INTEGER PRIMARY KEY, r REAL)')
        const insert = node.database.prepare('INSERT INTO t (r) VALUES (?)')
        for (const number of some) if (Math.abs(number) < 1e308) insert.run(number)
        await node.fold()
        const lines = await readLines(node.store)
        assert.equal(countRows(lines, 'rows'), 0)
        assert.deepEqual(rowsOf(lines), rowsOf(await readBatches(node.store, EVERYTHING)))
      }),
      { numRuns: 20 },
    )
  })

  it('are not made of what is no text', async () => {
    for (const value of [`CAST(x'cff0' AS TEXT)`, `x'00'`]) {
      const node = new PreparedDatabase(GOODS)
      node.sql(`INSERT INTO goods VALUES (1, 'a'), (2, ${value}), (3, 'c')`)
      await node.fold()

      const batches = await readLines(node.store)

      assert.deepEqual(rowsOf(batches), rowsOf(await readBatches(node.store, EVERYTHING)))
      assert.equal(countRows(batches, 'rows'), 3)
    }
  })

  it('are not made in a database of UTF-16, nor of more columns than a function takes', async () => {
    const many = Array.from({ length: 120 }, (_, index) => `c${index} TEXT`).join(', ')
    for (const schema of [
      `PRAGMA encoding = 'UTF-16le'; ${GOODS}`,
      `CREATE TABLE goods (id INTEGER PRIMARY KEY, ${many})`,
    ]) {
      const node = new PreparedDatabase(schema)
      node.sql('INSERT INTO goods (id) VALUES (1), (2)')
      await node.fold()

      assert.equal(countRows(await readLines(node.store), 'rows'), 2)
    }
  })
})
