import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { PreparedDatabase } from './prepared-database.ts'

const SCHEMA = `CREATE TABLE goods (id INTEGER PRIMARY KEY, name, price REAL)`

const DIFFERENCES = [
  { name: 'a value', statement: `UPDATE goods SET name = 'Кофе' WHERE id = 2` },
  { name: 'the type of a value', statement: `UPDATE goods SET name = 5.0 WHERE id = 3` },
  { name: 'a digit as text', statement: `UPDATE goods SET name = '5' WHERE id = 3` },
  { name: 'NULL instead of an empty text', statement: `UPDATE goods SET name = NULL WHERE id = 4` },
  { name: 'a missing row', statement: 'DELETE FROM goods WHERE id = 1' },
  { name: 'another key', statement: 'UPDATE goods SET id = 9 WHERE id = 1' },
  {
    name: 'two rows that swapped their values',
    statement: 'UPDATE goods SET id = -id WHERE id < 3; UPDATE goods SET id = 3 + id WHERE id < 0',
  },
]

const ROWS = [`(1, 'Чай', 1.5)`, `(2, 'Мате', 1.5)`, `(3, 5, 2)`, `(4, '', NULL)`]

describe('a checksum', () => {
  it('is equal for equal rows, whoever entered them, in whatever order', async () => {
    const one = new PreparedDatabase(`${SCHEMA}; INSERT INTO goods VALUES ${ROWS.join(', ')}`)
    const other = new PreparedDatabase(SCHEMA)
    other.sql(
      `INSERT INTO goods VALUES ${ROWS.toReversed().join(', ')}; UPDATE goods SET price = price`,
    )

    const [checksum] = await one.store.checksums()

    assert.deepEqual([checksum?.table, checksum?.rowCount], ['goods', 4])
    assert.match(checksum?.sha256 ?? '', /^[0-9a-f]{64}$/)
    assert.deepEqual(await other.store.checksums(), [checksum])
  })

  for (const { name, statement } of DIFFERENCES) {
    it(`is another one for ${name}`, async () => {
      const one = new PreparedDatabase(`${SCHEMA}; INSERT INTO goods VALUES ${ROWS.join(', ')}`)
      const [before] = await one.store.checksums()

      one.sql(statement)

      const [after] = await one.store.checksums()
      assert.notEqual(after?.sha256, before?.sha256)
    })
  }

  it('leaves out generated columns', async () => {
    const plain = new PreparedDatabase(`CREATE TABLE goods (id INTEGER PRIMARY KEY, n INT);
      INSERT INTO goods VALUES (1, 2)`)
    const richer = new PreparedDatabase(`
      CREATE TABLE goods (id INTEGER PRIMARY KEY, twice AS (n * 2), n INT); INSERT INTO goods VALUES (1, 2)`)

    assert.deepEqual(await richer.store.checksums(), await plain.store.checksums())
  })

  it('leaves out rows whose key holds NULL, which no other node gets', async () => {
    const schema = 'CREATE TABLE goods (code TEXT PRIMARY KEY, n INT)'
    const plain = new PreparedDatabase(`${schema}; INSERT INTO goods VALUES ('a', 1)`)
    const other = new PreparedDatabase(`${schema}; INSERT INTO goods VALUES ('a', 1), (NULL, 2)`)

    assert.deepEqual(await other.store.checksums(), await plain.store.checksums())
  })
})
