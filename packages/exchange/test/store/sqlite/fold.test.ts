import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { PreparedDatabase, row, tableLine } from './prepared-database.ts'

const GOODS = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT)'
const INDEX = 'SELECT k1, seq, stamp, origin, via FROM obmen_index_1 ORDER BY seq'

describe('the fold', () => {
  it('gives each changed row one position, in the order of the keys', async () => {
    const node = new PreparedDatabase(GOODS)
    node.sql(
      `INSERT INTO goods (id) VALUES (3), (1), (2); UPDATE goods SET name = 'x' WHERE id = 1`,
    )

    const headSeq = await node.fold()

    assert.equal(headSeq, 3)
    assert.deepEqual(node.rows('SELECT k1, seq FROM obmen_index_1 ORDER BY seq'), [
      [1, 1],
      [2, 2],
      [3, 3],
    ])
  })

  for (const [what, schema] of [
    ['hold unique values', 'id INTEGER PRIMARY KEY, name TEXT UNIQUE'],
    ['refer to one another', 'id INTEGER PRIMARY KEY, name TEXT, part_of INTEGER REFERENCES GOODS'],
  ] as const) {
    it(`gives rows that ${what} their positions in the order of the last changes`, async () => {
      const node = new PreparedDatabase(`CREATE TABLE goods (${schema})`)
      node.sql(
        `INSERT INTO goods (id) VALUES (3), (1), (2); UPDATE goods SET name = 'x' WHERE id = 1`,
      )

      await node.fold()

      assert.deepEqual(node.rows('SELECT k1, seq FROM obmen_index_1 ORDER BY seq'), [
        [3, 1],
        [2, 2],
        [1, 3],
      ])
    })
  }

  it('goes by the order of changes where a unique value is an expression', async () => {
    const node = new PreparedDatabase(`${GOODS}; CREATE UNIQUE INDEX one ON goods (lower(name))`)
    node.sql('INSERT INTO goods (id) VALUES (2), (1)')

    await node.fold()

    assert.deepEqual(node.rows('SELECT k1 FROM obmen_index_1 ORDER BY seq'), [[2], [1]])
  })

  it('moves a row that changes again to the end, and gives no position twice', async () => {
    const node = new PreparedDatabase(GOODS)
    node.sql('INSERT INTO goods (id) VALUES (1), (2), (3)')
    await node.fold()
    node.sql('DELETE FROM goods WHERE id = 1; UPDATE goods SET id = 4 WHERE id = 2')

    const headSeq = await node.fold()

    const positions = node.rows('SELECT seq FROM obmen_index_1 ORDER BY seq').flat()
    assert.equal(headSeq, 6)
    assert.deepEqual(positions, [3, 4, 5, 6])
  })

  it('gives the tables their positions one after the other, whatever was written first', async () => {
    const node = new PreparedDatabase(`
      CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b); CREATE TABLE b (id INTEGER PRIMARY KEY)`)

    node.sql('INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1); INSERT INTO a VALUES (2, 1)')

    assert.deepEqual(await node.newChanges(), ['+ b 1', '+ a 1 1', '+ a 2 1'])
  })

  it('changes nothing when nothing has changed', async () => {
    const node = new PreparedDatabase(GOODS)
    node.sql('INSERT INTO goods (id) VALUES (1)')
    await node.fold()
    const before = node.rows(INDEX)

    const headSeq = await node.fold()

    assert.equal(headSeq, 1)
    assert.deepEqual(node.rows(INDEX), before)
  })

  it('stamps a change with the clock', async () => {
    const node = new PreparedDatabase(GOODS)
    const before = Date.now()
    node.sql('INSERT INTO goods (id) VALUES (1)')
    const after = Date.now()

    await node.fold()

    const [[stamp] = []] = node.rows('SELECT stamp FROM obmen_index_1')
    // SQLite keeps a date in days: a millisecond may be rounded.
    assert.equal(Number(stamp) >= before - 1 && Number(stamp) <= after + 1, true, String(stamp))
  })

  it('stamps a change above the version before, although the clock went back by years', async () => {
    const node = new PreparedDatabase(GOODS)
    node.sql(`INSERT INTO goods (id) VALUES (1); UPDATE obmen_log_1 SET at = 4102444800000`)
    await node.fold()

    node.sql(`UPDATE goods SET name = 'x'; UPDATE obmen_log_1 SET at = -5000`)
    await node.fold()
    node.sql('DELETE FROM goods')
    await node.fold()

    assert.deepEqual(node.rows(INDEX), [[1, 3, 4102444800002, 'ЦБ', '']])
  })

  it('stamps nothing with a time before the first one, which rows from before the exchange have', async () => {
    const node = new PreparedDatabase(`${GOODS}; INSERT INTO goods (id) VALUES (1)`)

    node.sql('INSERT INTO goods (id) VALUES (2); UPDATE obmen_log_1 SET at = -5000')
    await node.fold()

    assert.deepEqual(node.rows('SELECT k1, stamp FROM obmen_index_1'), [
      [1, 0],
      [2, 1],
    ])
  })

  it('makes a change on top of a received row a change of this node', async () => {
    const node = new PreparedDatabase(GOODS)
    const goods = tableLine('goods', 1, { id: 'integer', name: 'text' })
    await node.apply(goods, [row(9_000_000_000_000, 'С01', 1n, 'theirs')])
    const received = node.rows(INDEX)

    node.sql(`UPDATE goods SET name = 'ours'`)
    await node.fold()

    assert.deepEqual(received, [[1, 1, 9_000_000_000_000, 'С01', 'С01']])
    assert.deepEqual(node.rows(INDEX), [[1, 2, 9_000_000_000_001, 'ЦБ', '']])
  })

  it('leaves the log empty, also of notes that came to nothing', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE)',
    )
    node.sql(`INSERT INTO goods VALUES (1, 'a'); INSERT OR IGNORE INTO goods VALUES (2, 'a')`)
    const noted = node.rows('SELECT k1, evicted FROM obmen_log_1')

    await node.fold()

    assert.deepEqual(noted, [
      [1, 0],
      [1, 1],
    ])
    assert.deepEqual(node.rows('SELECT count(*) FROM obmen_log_1'), [[0]])
  })

  it('that is rolled back has not happened', async () => {
    const node = new PreparedDatabase(GOODS)
    node.sql('INSERT INTO goods (id) VALUES (1)')

    const failed = node.store.transaction(async (transaction) => {
      await transaction.fold()
      throw new Error('the process has other plans')
    })

    await assert.rejects(failed, /other plans/)
    assert.deepEqual(node.rows(INDEX), [])
    assert.equal(await node.fold(), 1)
  })
})
