import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { deletion, PreparedDatabase, row, tableLine } from './prepared-database.ts'

describe('a row that another one evicts', () => {
  it('is registered as deleted after INSERT OR REPLACE', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE)',
    )
    node.sql(`INSERT INTO goods VALUES (1, 'a'), (2, 'b')`)
    await node.newChanges()

    node.sql(`INSERT OR REPLACE INTO goods VALUES (3, 'a')`)

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods 3 "a"', '- goods 1'])
  })

  it('is registered as deleted after UPDATE OR REPLACE', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE)',
    )
    node.sql(`INSERT INTO goods VALUES (1, 'a'), (2, 'b')`)
    await node.newChanges()

    node.sql(`UPDATE OR REPLACE goods SET code = 'a' WHERE id = 2`)

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods 2 "a"', '- goods 1'])
  })

  it('is registered as deleted when the schema itself says REPLACE', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE ON CONFLICT REPLACE)',
    )
    node.sql(`INSERT INTO goods VALUES (1, 'a')`)
    await node.newChanges()

    node.sql(`INSERT INTO goods VALUES (2, 'a')`)

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods 2 "a"', '- goods 1'])
  })

  it('is found by the default that REPLACE takes in the place of NULL', async () => {
    const node = new PreparedDatabase(
      `CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT NOT NULL DEFAULT 'a''b' UNIQUE, size INTEGER NOT NULL DEFAULT small UNIQUE)`,
    )
    node.sql(`INSERT INTO goods VALUES (1, 'a''b', 1), (2, 'c', 2)`)
    await node.newChanges()

    node.sql(`INSERT OR REPLACE INTO goods VALUES (3, NULL, 3)`)
    const inserted = await node.newChanges()
    node.sql(`UPDATE OR REPLACE goods SET code = NULL WHERE id = 2`)

    assert.deepEqual(inserted.toSorted(), [`+ goods 3 "a'b" 3`, '- goods 1'])
    assert.deepEqual((await node.newChanges()).toSorted(), [`+ goods 2 "a'b" 2`, '- goods 3'])
  })

  it('is found by any of several unique values, also of more than one column', async () => {
    const node = new PreparedDatabase(`
      CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE, shelf TEXT, place INTEGER, UNIQUE (shelf, place))`)
    node.sql(`INSERT INTO goods VALUES (1, 'a', 'x', 1), (2, 'b', 'x', 2), (3, 'c', 'x', 3)`)
    await node.newChanges()

    node.sql(`INSERT OR REPLACE INTO goods VALUES (4, 'a', 'x', 2)`)

    assert.deepEqual((await node.newChanges()).toSorted(), [
      '+ goods 4 "a" "x" 2',
      '- goods 1',
      '- goods 2',
    ])
  })

  it('is found by a value that only its index compares without case', async () => {
    const node = new PreparedDatabase(`
      CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT);
      CREATE UNIQUE INDEX one_code ON goods (code COLLATE NOCASE)`)
    node.sql(`INSERT INTO goods VALUES (1, 'a')`)
    await node.newChanges()

    node.sql(`INSERT OR REPLACE INTO goods VALUES (2, 'A')`)

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods 2 "A"', '- goods 1'])
  })

  it('is found by a unique expression, once, and may come back', async () => {
    const node = new PreparedDatabase(`
      CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT);
      CREATE UNIQUE INDEX one_code ON goods (lower(code)); INSERT INTO goods VALUES (1, 'a'), (7, 'g')`)
    await node.newChanges()

    node.sql(`INSERT OR REPLACE INTO goods VALUES (2, 'A')`)
    const evicted = await node.newChanges()
    const afterwards = await node.newChanges()
    node.sql(
      `INSERT OR REPLACE INTO goods VALUES (1, 'a'); UPDATE OR REPLACE goods SET code = 'G' WHERE id = 1`,
    )

    assert.deepEqual(evicted.toSorted(), ['+ goods 2 "A"', '- goods 1'])
    assert.deepEqual(afterwards, [])
    assert.deepEqual((await node.newChanges()).toSorted(), [
      '+ goods 1 "G"',
      '- goods 2',
      '- goods 7',
    ])
  })

  it('is found by a unique expression also when a message brought it, and no deletion is told twice', async () => {
    const node = new PreparedDatabase(`
      CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT);
      CREATE UNIQUE INDEX one_code ON goods (lower(code))`)
    const goods = tableLine('goods', 1, { id: 'integer', code: 'text' })
    await node.apply(goods, [
      row(1000, 'С01', 1n, 'a'),
      row(1000, 'С01', 2n, 'b'),
      deletion(1000, 'С01', 3n),
    ])
    await node.apply(goods, [deletion(2000, 'С01', 2n)])
    await node.newChanges()

    node.sql(`INSERT OR REPLACE INTO goods VALUES (9, 'A')`)

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods 9 "A"', '- goods 1'])
    assert.deepEqual(await node.newChanges(), [])
  })

  it('is found when its unique index is younger than the triggers', async () => {
    const node = new PreparedDatabase(
      `CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT); INSERT INTO goods VALUES (1, 'a')`,
    )
    await node.newChanges()

    node.sql(
      `CREATE UNIQUE INDEX one_code ON goods (code); INSERT OR REPLACE INTO goods VALUES (2, 'a')`,
    )

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods 2 "a"', '- goods 1'])
  })

  it('is found by the unique value of a generated column', async () => {
    const node = new PreparedDatabase(`
      CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT, lower_code TEXT AS (lower(code)) STORED UNIQUE)`)
    node.sql(`INSERT INTO goods (id, code) VALUES (1, 'A')`)
    await node.newChanges()

    node.sql(`INSERT OR REPLACE INTO goods (id, code) VALUES (2, 'a')`)

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods 2 "a"', '- goods 1'])
  })

  it('may have the key -1, which SQLite shows to a trigger for a key yet to come', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE)',
    )
    node.sql(`INSERT INTO goods VALUES (-1, 'a')`)
    await node.newChanges()

    node.sql(`INSERT OR REPLACE INTO goods (code) VALUES ('a')`)

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods 0 "a"', '- goods -1'])
  })

  it('is registered once with recursive triggers', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE)',
    )
    node.sql(`PRAGMA recursive_triggers = ON; INSERT INTO goods VALUES (1, 'a')`)
    await node.newChanges()

    node.sql(`INSERT OR REPLACE INTO goods VALUES (2, 'a')`)

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods 2 "a"', '- goods 1'])
  })

  it('is replaced under its own key and stays', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE)',
    )
    node.sql(`INSERT INTO goods VALUES (1, 'a')`)
    await node.newChanges()

    node.sql(`INSERT OR REPLACE INTO goods VALUES (1, 'a'); UPDATE goods SET code = 'a'`)

    assert.deepEqual(await node.newChanges(), ['+ goods 1 "a"'])
  })

  it('is not registered when it stays after all', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE)',
    )
    node.sql(`INSERT INTO goods VALUES (1, 'a')`)
    await node.newChanges()

    assert.throws(() => node.sql(`INSERT OR FAIL INTO goods VALUES (2, 'b'), (3, 'a'), (4, 'd')`))

    assert.deepEqual(await node.newChanges(), ['+ goods 2 "b"'])
  })

  it('has no key of its own when that holds NULL', async () => {
    const node = new PreparedDatabase('CREATE TABLE goods (id TEXT PRIMARY KEY, code TEXT UNIQUE)')
    node.sql(`INSERT INTO goods VALUES (NULL, 'a')`)

    node.sql(`INSERT OR REPLACE INTO goods VALUES ('k', 'a')`)

    assert.deepEqual(await node.newChanges(), ['+ goods "k" "a"'])
  })
})
