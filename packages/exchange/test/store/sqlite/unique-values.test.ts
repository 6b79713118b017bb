import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { deletion, PreparedDatabase, row, tableLine } from './prepared-database.ts'

const SCHEMA = `CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE NOT NULL)`
const GOODS = tableLine('goods', 1, { id: 'integer', code: 'text' })
const ROWS = 'SELECT * FROM goods ORDER BY id'

/** A node that knows three goods from С01. */
async function withThreeGoods(schema: string = SCHEMA): Promise<PreparedDatabase> {
  const node = new PreparedDatabase(schema)
  await node.apply(GOODS, [row(1, 'С01', 1n, 'a'), row(1, 'С01', 2n, 'b'), row(1, 'С01', 3n, 'c')])
  return node
}

describe('unique values', () => {
  it('move on to a row that comes before the one that gives it up', async () => {
    const node = await withThreeGoods()

    const summary = await node.apply(GOODS, [row(2, 'С01', 4n, 'a'), deletion(2, 'С01', 1n)])

    assert.deepEqual(summary, { applied: 2, outdated: 0, conflicts: 0, refused: 0 })
    assert.deepEqual(node.rows(ROWS), [
      [2, 'b'],
      [3, 'c'],
      [4, 'a'],
    ])
  })

  it('move along a chain that comes in the wrong order', async () => {
    const node = await withThreeGoods()

    const summary = await node.apply(GOODS, [
      row(2, 'С01', 1n, 'b'),
      row(2, 'С01', 2n, 'c'),
      row(2, 'С01', 3n, 'd'),
    ])

    assert.equal(summary.applied, 3)
    assert.deepEqual(node.rows(ROWS), [
      [1, 'b'],
      [2, 'c'],
      [3, 'd'],
    ])
  })

  it('are swapped between two rows', async () => {
    const node = await withThreeGoods()

    const summary = await node.apply(GOODS, [row(2, 'С01', 1n, 'b'), row(2, 'С01', 2n, 'a')])

    assert.deepEqual(summary, { applied: 2, outdated: 0, conflicts: 0, refused: 0 })
    assert.deepEqual(node.rows(ROWS), [
      [1, 'b'],
      [2, 'a'],
      [3, 'c'],
    ])
  })

  it('go round in a cycle of three', async () => {
    const node = await withThreeGoods()

    await node.apply(GOODS, [
      row(2, 'С01', 1n, 'b'),
      row(2, 'С01', 2n, 'c'),
      row(2, 'С01', 3n, 'a'),
    ])

    assert.deepEqual(node.rows(ROWS), [
      [1, 'b'],
      [2, 'c'],
      [3, 'a'],
    ])
    assert.deepEqual(await node.store.refusedRows(), [])
  })

  it('are swapped although another row of the message fits nowhere', async () => {
    const node = await withThreeGoods()
    node.sql(`INSERT INTO goods VALUES (9, 'z')`)

    const summary = await node.apply(GOODS, [
      row(2, 'С01', 1n, 'b'),
      row(2, 'С01', 2n, 'a'),
      row(2, 'С01', 5n, 'z'),
    ])

    assert.deepEqual(summary, { applied: 2, outdated: 0, conflicts: 0, refused: 1 })
    assert.deepEqual(node.rows(ROWS), [
      [1, 'b'],
      [2, 'a'],
      [3, 'c'],
      [9, 'z'],
    ])
  })

  it('are swapped although a row of an earlier message still fits nowhere', async () => {
    const node = await withThreeGoods()
    node.sql(`INSERT INTO goods VALUES (9, 'z')`)
    await node.apply(GOODS, [row(2, 'С01', 5n, 'z')])

    const summary = await node.apply(GOODS, [row(3, 'С01', 1n, 'b'), row(3, 'С01', 2n, 'a')])

    assert.deepEqual(summary, { applied: 2, outdated: 0, conflicts: 0, refused: 1 })
  })

  it('that would go round are left where they are when one of the rows fits nowhere', async () => {
    const node = await withThreeGoods()
    node.sql(`INSERT INTO goods VALUES (9, 'z')`)

    const summary = await node.apply(GOODS, [
      row(2, 'С01', 1n, 'b'),
      row(2, 'С01', 2n, 'c'),
      row(2, 'С01', 3n, 'z'),
    ])

    assert.equal(summary.refused, 3)
    assert.deepEqual(node.rows(ROWS), [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
      [9, 'z'],
    ])
  })

  it('are swapped without touching columns that the sender does not have', async () => {
    const node = await withThreeGoods(
      `CREATE TABLE goods (id INTEGER PRIMARY KEY, note TEXT NOT NULL DEFAULT 'new', code TEXT UNIQUE)`,
    )
    node.sql(`UPDATE goods SET note = 'mine ' || id`)
    await node.fold()
    const later = Date.now() + 5000

    await node.apply(GOODS, [row(later, 'С01', 1n, 'b'), row(later, 'С01', 2n, 'a')])

    assert.deepEqual(node.rows('SELECT id, note, code FROM goods'), [
      [1, 'mine 1', 'b'],
      [2, 'mine 2', 'a'],
      [3, 'mine 3', 'c'],
    ])
  })

  it('are swapped between rows of two tables at a time', async () => {
    const node = new PreparedDatabase(
      `${SCHEMA}; CREATE TABLE places (id INTEGER PRIMARY KEY, code TEXT UNIQUE)`,
    )
    const places = { ...GOODS, table: 'places' }
    const both = (stamp: number, codes: readonly [string, string]) =>
      [GOODS, places].map((table) => ({
        table,
        rows: [row(stamp, 'С01', 1n, codes[0]), row(stamp, 'С01', 2n, codes[1])],
      }))
    await node.applyMessage(both(1, ['a', 'b']))

    const summary = await node.applyMessage(both(2, ['b', 'a']))

    assert.equal(summary.applied, 4)
    assert.deepEqual(node.rows('SELECT code FROM goods UNION ALL SELECT code FROM places'), [
      ['b'],
      ['a'],
      ['b'],
      ['a'],
    ])
  })

  it('wait for room also where a row wins by its content alone, of the same version', async () => {
    const node = await withThreeGoods()

    await node.apply(GOODS, [row(1, 'С01', 1n, 'b'), row(1, 'С01', 2n, 'a')])
    const afterTwo = node.rows(ROWS)
    await node.apply(GOODS, [row(1, 'С01', 2n, 'x')])

    assert.deepEqual(afterTwo, [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ])
    assert.deepEqual(node.rows(ROWS), [
      [1, 'b'],
      [2, 'x'],
      [3, 'c'],
    ])
  })

  it('evict nobody, although the schema of the application says REPLACE', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE ON CONFLICT REPLACE)',
    )
    node.sql(`INSERT INTO goods VALUES (9, 'a'), (10, 'b')`)

    const summary = await node.apply(GOODS, [row(2, 'С01', 1n, 'a')])

    assert.equal(summary.refused, 1)
    assert.deepEqual(node.rows(ROWS), [
      [9, 'a'],
      [10, 'b'],
    ])
  })

  it('are not lost without a word, although the schema of the application says IGNORE', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE ON CONFLICT IGNORE NOT NULL ON CONFLICT IGNORE)',
    )
    node.sql(`INSERT INTO goods VALUES (9, 'a')`)

    const summary = await node.apply(GOODS, [row(2, 'С01', 1n, 'a'), row(2, 'С01', 2n, null)])

    assert.deepEqual([summary.applied, summary.refused], [0, 2])
  })

  it('don’t undo a message, although the schema of the application says ROLLBACK', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY ON CONFLICT REPLACE, code TEXT UNIQUE ON CONFLICT ROLLBACK)',
    )
    node.sql(`INSERT INTO goods VALUES (9, 'a')`)

    const summary = await node.apply(GOODS, [row(2, 'С01', 2n, 'b'), row(2, 'С01', 1n, 'a')])

    assert.deepEqual([summary.applied, summary.refused], [1, 1])
    assert.deepEqual(node.rows(ROWS), [
      [2, 'b'],
      [9, 'a'],
    ])
  })
})
