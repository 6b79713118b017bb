import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { SchemaMismatch } from '@obmen/exchange/errors'

import { deletion, PreparedDatabase, row, tableLine } from './prepared-database.ts'

const GOODS = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT)'
const GOODS_LINE = tableLine('goods', 1, { id: 'integer', name: 'text' })

describe('applying a message', () => {
  it('inserts, updates and deletes', async () => {
    const node = new PreparedDatabase(GOODS)
    node.sql(`INSERT INTO goods VALUES (2, 'b'), (3, 'c')`)
    await node.fold()
    const later = Date.now() + 5000

    const summary = await node.apply(
      GOODS_LINE,
      [row(later, 'С01', 1n, 'A'), row(later, 'С01', 2n, 'B'), deletion(later, 'С01', 3n)],
      { acknowledgedSeq: 2 },
    )

    assert.deepEqual(summary, { applied: 3, outdated: 0, conflicts: 0, refused: 0 })
    assert.deepEqual(node.rows('SELECT * FROM goods'), [
      [1, 'A'],
      [2, 'B'],
    ])
  })

  it('has no effect for versions that are here already', async () => {
    const node = new PreparedDatabase(GOODS)
    const rows = [row(5, 'С01', 1n, 'a'), deletion(6, 'С01', 2n)]
    await node.apply(GOODS_LINE, rows)
    const before = node.rows('SELECT k1, seq FROM obmen_index_1')

    const summary = await node.apply(GOODS_LINE, rows)

    assert.deepEqual(summary, { applied: 0, outdated: 2, conflicts: 0, refused: 0 })
    assert.deepEqual(node.rows('SELECT k1, seq FROM obmen_index_1'), before)
  })

  it('decides between equal stamps by the node that made the change', async () => {
    const node = new PreparedDatabase(GOODS)

    await node.apply(GOODS_LINE, [
      row(5, 'С02', 1n, 'of the second'),
      row(5, 'С01', 2n, 'of the first'),
    ])
    await node.apply(GOODS_LINE, [
      row(5, 'С01', 1n, 'of the first'),
      row(5, 'С02', 2n, 'of the second'),
    ])

    assert.deepEqual(node.rows('SELECT * FROM goods'), [
      [1, 'of the second'],
      [2, 'of the second'],
    ])
  })

  it('remembers a deletion of a row that never was here', async () => {
    const node = new PreparedDatabase(GOODS)

    await node.apply(GOODS_LINE, [deletion(9, 'С01', 1n)])
    await node.apply(GOODS_LINE, [row(8, 'С02', 1n, 'older')], { code: 'С02' })

    assert.deepEqual(node.rows('SELECT * FROM goods'), [])
  })

  it('takes a row whose table is nothing but its key', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE pairs (a INTEGER, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID',
    )
    const pairs = tableLine('pairs', 2, { a: 'integer', b: 'text' })

    await node.apply(pairs, [row(1, 'С01', 1n, 'x'), row(1, 'С01', 2n, 'y')])
    await node.apply(pairs, [row(2, 'С01', 1n, 'x'), deletion(2, 'С01', 2n, 'y')])

    assert.deepEqual(node.rows('SELECT * FROM pairs'), [[1, 'x']])
  })

  it('takes a key in another case over', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE users (login TEXT COLLATE NOCASE PRIMARY KEY) WITHOUT ROWID',
    )
    const users = tableLine('users', 1, { login: ['text', 'NOCASE'] })
    await node.apply(users, [row(1, 'С01', 'anna')])

    await node.apply(users, [row(2, 'С01', 'ANNA')])

    assert.deepEqual(node.rows('SELECT * FROM users'), [['ANNA']])
  })

  it('takes a key over that is equal as a number and of another kind', async () => {
    const node = new PreparedDatabase('CREATE TABLE codes (code PRIMARY KEY, n INTEGER)')
    const codes = tableLine('codes', 1, { code: 'blob', n: 'integer' })
    await node.apply(codes, [row(1, 'С01', 1n, 5n)])

    await node.apply(codes, [row(2, 'С01', 1, 6n)])

    assert.deepEqual(node.rows('SELECT typeof(code), n FROM codes'), [['real', 6]])
  })

  it('keeps the values of columns that the sender does not have', async () => {
    const node = new PreparedDatabase(
      `CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT, shelf TEXT NOT NULL, note TEXT DEFAULT 'new')`,
    )
    node.sql(`INSERT INTO goods VALUES (1, 'a', 'left', 'mine')`)

    const summary = await node.apply(GOODS_LINE, [row(Date.now() + 5000, 'С01', 1n, 'b')])

    assert.equal(summary.refused, 0)
    assert.deepEqual(node.rows('SELECT * FROM goods'), [[1, 'b', 'left', 'mine']])
  })

  it('gives a row with values of columns that the sender does not have a version of its own', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT UNIQUE, note TEXT)',
    )
    node.sql(`INSERT INTO goods VALUES (1, 'a', 'mine'), (2, 'b', 'mine'), (3, 'c', 'mine')`)
    await node.fold()
    const later = Date.now() + 5000

    await node.apply(GOODS_LINE, [
      row(later, 'С01', 1n, 'b'),
      row(later, 'С01', 2n, 'a'),
      deletion(later, 'С01', 3n),
      row(later, 'С01', 4n, 'new'),
    ])

    assert.deepEqual(node.rows('SELECT k1, stamp, origin, via FROM obmen_index_1 ORDER BY k1'), [
      [1, later + 1, 'ЦБ', ''],
      [2, later + 1, 'ЦБ', ''],
      [3, later, 'С01', 'С01'],
      [4, later, 'С01', 'С01'],
    ])
  })

  it('gives a new row the defaults of columns that the sender does not have', async () => {
    const node = new PreparedDatabase(
      `CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT, note TEXT DEFAULT 'new')`,
    )

    await node.apply(GOODS_LINE, [row(5, 'С01', 1n, 'a')])

    assert.deepEqual(node.rows('SELECT * FROM goods'), [[1, 'a', 'new']])
  })

  it('is not registered as a change of this node', async () => {
    const node = new PreparedDatabase(GOODS)

    await node.apply(GOODS_LINE, [row(5, 'С01', 1n, 'a'), deletion(5, 'С01', 2n)])

    assert.deepEqual(node.rows('SELECT count(*) FROM obmen_log_1'), [[0]])
    assert.deepEqual(node.rows('SELECT DISTINCT via FROM obmen_index_1'), [['С01']])
  })

  it('gives its rows positions above all that were given, so that they travel on', async () => {
    const node = new PreparedDatabase(GOODS)
    node.sql('INSERT INTO goods (id) VALUES (7), (8)')
    await node.fold()

    await node.apply(GOODS_LINE, [row(5, 'С01', 1n, 'a'), row(5, 'С01', 2n, 'b')])
    node.sql('INSERT INTO goods (id) VALUES (9)')

    assert.equal(await node.fold(), 5)
    assert.deepEqual(node.rows('SELECT k1, seq FROM obmen_index_1 ORDER BY seq'), [
      [7, 1],
      [8, 2],
      [1, 3],
      [2, 4],
      [9, 5],
    ])
  })

  it('has happened entirely or not at all', async () => {
    const node = new PreparedDatabase(GOODS)
    const unknown = tableLine('services', 1, { id: 'integer' })

    const applied = node.applyMessage([
      { table: GOODS_LINE, rows: [row(5, 'С01', 1n, 'a')] },
      { table: unknown, rows: [] },
    ])

    await assert.rejects(applied, /it is not in the plan here/)
    assert.deepEqual(node.rows('SELECT * FROM goods'), [])
    assert.deepEqual(node.rows('SELECT count(*) FROM obmen_index_1'), [[0]])
  })
})

const MISMATCHES = [
  {
    name: 'a column that is missing here',
    line: tableLine('goods', 1, { id: 'integer', name: 'text', weight: 'real' }),
    difference: 'the sender has "weight", which is missing here',
  },
  {
    name: 'a column that is generated here',
    line: tableLine('goods', 1, { id: 'integer', loud: 'text' }),
    difference: 'the sender has "loud", which is missing here',
  },
  {
    name: 'another key',
    line: tableLine('goods', 2, { id: 'integer', name: 'text' }),
    difference: 'its primary key is (id) here and (id, name) at the sender',
  },
  {
    name: 'a column of another type',
    line: tableLine('goods', 1, { id: 'integer', name: 'real' }),
    difference: 'column "name" is text here and real at the sender',
  },
  {
    name: 'a key of another type',
    line: tableLine('goods', 1, { id: 'text' }),
    difference: 'column "id" is integer here and text at the sender',
  },
  {
    name: 'a key that is compared otherwise',
    line: tableLine('goods', 1, { id: ['integer', 'NOCASE'] }),
    difference: 'column "id" is integer here and integer COLLATE NOCASE at the sender',
  },
  {
    name: 'a table that is not in the plan here',
    line: tableLine('Goods', 1, { id: 'integer' }),
    difference: 'it is not in the plan here',
  },
  {
    name: 'a table of ours',
    line: tableLine('obmen_meta', 1, { name: 'text', value: 'blob' }),
    difference: 'it is not in the plan here',
  },
]

describe('a message that does not fit the tables', () => {
  for (const { name, line, difference } of MISMATCHES) {
    it(`is not applied: ${name}`, async () => {
      const node = new PreparedDatabase(
        'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT, loud TEXT AS (upper(name)))',
      )
      const before = node.rows('SELECT * FROM sqlite_schema')

      const applied = node.apply(line, [])

      await assert.rejects(applied, (error) => {
        assert.equal(error instanceof SchemaMismatch && error.code, 'SCHEMA_MISMATCH')
        assert.equal(error instanceof SchemaMismatch && error.table, line.table)
        assert.equal(error instanceof SchemaMismatch && error.difference, difference)
        return true
      })
      assert.deepEqual(node.rows('SELECT * FROM sqlite_schema'), before)
      assert.equal(node.database.isTransaction, false)
    })
  }
})
