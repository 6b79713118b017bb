import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { deletion, type OpenDatabase, row, type StoreToTry, tableLine } from './store-to-try.ts'

const SCHEMA = `
  CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE);
  CREATE TABLE parts (id INTEGER PRIMARY KEY, good INTEGER NOT NULL REFERENCES goods);
  CREATE TABLE places (id INTEGER PRIMARY KEY);
  INSERT INTO goods VALUES (900, 'taken')`
const GOODS = tableLine('goods', 1, { id: 'integer', code: 'text' })
const PARTS = tableLine('parts', 1, { id: 'integer', good: 'integer' })

/** Rows that wait are tried again when a program here may have made room for them, although no message comes. */
export function retryingContract(open: OpenDatabase): void {
  describe('a row that waits, after a fold,', () => {
    fitsNow(open)
    waitsOn(open)
  })
}

async function foldAndRetry(node: StoreToTry): Promise<number> {
  const lastSeq = await node.store.transaction((transaction) => transaction.foldAndRetry(5))
  const { headSeq } = await node.store.survey({ nowMs: 5, resendAfterMs: 1 })
  assert.equal(lastSeq, headSeq)
  return (await node.store.refusedRows()).length
}

function fitsNow(open: OpenDatabase): void {
  it('is there when its unique value was given up here', async () => {
    const node = await open(SCHEMA)
    await node.apply(GOODS, [row(1, 'С01', 1n, 'taken')])
    await node.sql(`UPDATE goods SET code = 'free' WHERE id = 900`)

    assert.equal(await foldAndRetry(node), 0)

    assert.deepEqual(await node.rows('SELECT * FROM goods WHERE id = 1'), [['1', 'taken']])
  })

  it('is there when its parent was entered here', async () => {
    const node = await open(SCHEMA)
    await node.apply(PARTS, [row(1, 'С01', 7n, 1n)])
    await node.sql(`INSERT INTO goods VALUES (1, 'entered')`)

    assert.equal(await foldAndRetry(node), 0)

    assert.deepEqual(await node.rows('SELECT * FROM parts'), [['7', '1']])
  })

  it('is deleted when what refers to it was deleted here', async () => {
    const node = await open(`${SCHEMA}; INSERT INTO parts VALUES (7, 900)`)
    await node.fold()
    const far = 9_000_000_000_000
    const { refused } = await node.apply(GOODS, [deletion(far, 'С01', 900n)], {
      acknowledgedSeq: 1_000,
      hasMore: true,
    })
    await node.sql('DELETE FROM parts')

    assert.deepEqual([refused, await foldAndRetry(node)], [1, 0])

    assert.deepEqual(await node.rows('SELECT * FROM goods'), [])
  })
}

function waitsOn(open: OpenDatabase): void {
  it('is not deleted, nor kept for good, while something refers to it: that is for the next message', async () => {
    const node = await open(`${SCHEMA}; INSERT INTO parts VALUES (7, 900), (8, 900)`)
    await node.fold()
    await node.apply(GOODS, [deletion(9_000_000_000_000, 'С01', 900n)], {
      acknowledgedSeq: 1_000,
      hasMore: true,
    })
    await node.sql('DELETE FROM parts WHERE id = 7')

    assert.equal(await foldAndRetry(node), 1)

    assert.deepEqual(await node.store.conflicts(), [])
  })

  it('is not looked at where only other tables have changed', async () => {
    const node = await open(SCHEMA)
    await node.apply(GOODS, [row(1, 'С01', 1n, 'taken')])
    await node.sql(`UPDATE goods SET code = 'free' WHERE id = 900`)
    await node.fold()
    await node.sql('INSERT INTO places VALUES (1)')

    const waiting = await foldAndRetry(node)
    await node.sql(`INSERT INTO goods VALUES (2, 'any')`)

    assert.deepEqual([waiting, await foldAndRetry(node)], [1, 0])
  })
}
