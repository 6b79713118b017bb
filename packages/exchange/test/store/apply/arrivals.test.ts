import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { parseNodeCode, type RowLine, type Value } from '@obmen/exchange'

import { deletion, PreparedDatabase, row, tableLine } from '../sqlite/prepared-database.ts'

const SCHEMA = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE)'
const GOODS = tableLine('goods', 1, { id: 'integer', code: 'text' })
const ROWS = 'SELECT * FROM goods ORDER BY id'

function departure(stamp: number, origin: string, ...values: Value[]): RowLine {
  return { kind: 'departure', stamp, origin: parseNodeCode(origin), values }
}

describe('a row that is no longer this node’s share', () => {
  it('goes without a trace', async () => {
    const node = new PreparedDatabase(SCHEMA)
    await node.apply(GOODS, [row(1, 'ЦБ', 1n, 'a'), row(1, 'ЦБ', 2n, 'b')])

    const summary = await node.apply(GOODS, [departure(2, 'ЦБ', 1n)])

    assert.deepEqual(summary, { applied: 1, outdated: 0, conflicts: 0, refused: 0 })
    assert.deepEqual(node.rows(ROWS), [[2, 'b']])
    assert.deepEqual(node.rows('SELECT k1 FROM obmen_index_1'), [[2]])
    assert.deepEqual(await node.newChanges(), [])
  })

  it('stays when it was changed here and the sender does not know yet', async () => {
    const node = new PreparedDatabase(SCHEMA)
    await node.apply(GOODS, [row(1, 'С01', 1n, 'a')])
    node.sql(`UPDATE goods SET code = 'mine'`)

    const before = await node.apply(GOODS, [departure(2, 'С01', 1n)])
    const rows = node.rows(ROWS)
    const [[stamp = 0] = []] = node.rows('SELECT stamp FROM obmen_index_1')
    await node.apply(GOODS, [departure(Number(stamp), 'ЦБ', 1n)], { acknowledgedSeq: 2 })

    assert.deepEqual([before.applied, before.outdated], [0, 1])
    assert.deepEqual(rows, [[1, 'mine']])
    assert.deepEqual(node.rows(ROWS), [])
  })

  it('may never have been here', async () => {
    const node = new PreparedDatabase(SCHEMA)

    const summary = await node.apply(GOODS, [departure(2, 'С01', 1n)])

    assert.deepEqual(summary, { applied: 0, outdated: 1, conflicts: 0, refused: 0 })
  })

  it('does not come back from among the rows that wait', async () => {
    const node = new PreparedDatabase(SCHEMA)
    await node.apply(GOODS, [row(1, 'С01', 1n, 'a'), row(1, 'С01', 9n, 'z')])
    await node.apply(GOODS, [row(2, 'С01', 1n, 'z')])

    const summary = await node.apply(GOODS, [departure(3, 'С01', 1n), deletion(3, 'С01', 9n)])

    assert.equal(summary.refused, 0)
    assert.deepEqual(node.rows(ROWS), [])
  })
})

describe('rows of a table that this node only sends', () => {
  it('are not taken, and counted', async () => {
    const rule = { direction: 'out', leaveOut: [] } as const
    const node = new PreparedDatabase(SCHEMA, { rules: { tables: new Map([['goods', rule]]) } })

    const summary = await node.apply(GOODS, [row(1, 'С01', 1n, 'a'), deletion(1, 'С01', 2n)])

    assert.deepEqual(summary, { applied: 0, outdated: 0, conflicts: 0, refused: 0, ignored: 2 })
    assert.deepEqual(node.rows('SELECT count(*) FROM obmen_index_1'), [[0]])
  })
})

describe('a strict plan', () => {
  const rules = { strict: true }

  it('refuses the message with a row that the database refuses', async () => {
    const node = new PreparedDatabase(`${SCHEMA}; INSERT INTO goods VALUES (9, 'a')`, { rules })

    const applied = node.apply(GOODS, [row(1, 'С01', 2n, 'b'), row(1, 'С01', 1n, 'a')])

    await assert.rejects(applied, {
      name: 'RowRefused',
      code: 'ROW_REFUSED',
      message:
        'the database refuses row [1] of table "goods": UNIQUE constraint failed: goods.code',
    })
    assert.deepEqual(node.rows(ROWS), [[9, 'a']])
    assert.deepEqual(await node.store.refusedRows(), [])
  })

  it('takes the message when its rows fit in another order', async () => {
    const node = new PreparedDatabase(SCHEMA, { rules })
    await node.apply(GOODS, [row(1, 'С01', 1n, 'a'), row(1, 'С01', 2n, 'b')])

    const summary = await node.apply(GOODS, [row(2, 'С01', 1n, 'b'), row(2, 'С01', 2n, 'a')])

    assert.equal(summary.applied, 2)
  })
})

describe('a row that waits', () => {
  it('is on record with the row that is here', async () => {
    const node = new PreparedDatabase(`${SCHEMA}; INSERT INTO goods VALUES (1, 'mine'), (9, 'a')`)

    await node.apply(GOODS, [row(Date.now() + 5000, 'С01', 1n, 'a')])

    assert.deepEqual(
      (await node.store.refusedRows()).map(({ ours }) => ours),
      ['[1,"mine"]'],
    )
  })

  it('is tried again when somebody asks for it', async () => {
    const node = new PreparedDatabase(`${SCHEMA}; INSERT INTO goods VALUES (9, 'a')`)
    await node.apply(GOODS, [row(1, 'С01', 1n, 'a')])
    node.sql('DELETE FROM goods')

    const summary = await node.store.transaction(async (transaction) => {
      await transaction.fold()
      return transaction.retryRefused(5)
    })

    assert.deepEqual(summary, { applied: 1, outdated: 0, conflicts: 0, refused: 0 })
    assert.deepEqual(node.rows('SELECT k1, via FROM obmen_index_1 WHERE gone = 0'), [[1, 'С01']])
  })

  it('is given up when somebody says so', async () => {
    const node = new PreparedDatabase(`${SCHEMA}; INSERT INTO goods VALUES (9, 'a')`)
    await node.apply(GOODS, [row(1, 'С01', 1n, 'a')])
    const drop = (key: string) =>
      node.store.transaction((transaction) => transaction.dropRefused({ table: 'goods', key }))

    assert.deepEqual([await drop('[2]'), await drop('[1]')], [false, true])
    assert.deepEqual(await node.store.refusedRows(), [])
  })
})

describe('a message whose tables differ', () => {
  it('names everything that is different, of all its tables', async () => {
    const node = new PreparedDatabase(`${SCHEMA}; CREATE TABLE places (id INTEGER PRIMARY KEY)`)

    const applied = node.applyMessage([
      { table: GOODS, rows: [row(1, 'С01', 1n, 'a')] },
      { table: tableLine('goods', 1, { id: 'text', code: 'real', shelf: 'text' }), rows: [] },
      { table: tableLine('places', 1, { id: 'integer', name: 'text' }), rows: [] },
    ])

    await assert.rejects(applied, {
      code: 'SCHEMA_MISMATCH',
      message:
        'table "goods" is not the same on both sides: the sender has "shelf", which is missing here, ' +
        'column "id" is integer here and text at the sender, column "code" is text here and real at the sender; ' +
        'table "places" is not the same on both sides: the sender has "name", which is missing here',
    })
    assert.deepEqual(node.rows(ROWS), [])
  })
})

describe('a key that comes twice in one message', () => {
  it('is taken in the order of its rows', async () => {
    const node = new PreparedDatabase(SCHEMA)

    const summary = await node.apply(GOODS, [
      row(1, 'С01', 1n, 'a'),
      deletion(2, 'С01', 1n),
      row(3, 'С01', 1n, 'b'),
    ])

    assert.equal(summary.applied, 3)
    assert.deepEqual(node.rows(ROWS), [[1, 'b']])
  })
})
