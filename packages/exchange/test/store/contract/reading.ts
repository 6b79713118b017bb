import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { parseNodeCode } from '@obmen/exchange'

import { countRows, readLines, rowsOf } from '../lines.ts'
import { type OpenDatabase, row, tableLine } from './store-to-try.ts'

const GOODS = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT);'
const GOODS_LINE = tableLine('goods', 1, { id: 'integer', name: 'text' })
const FIRST_THOUSAND =
  'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)'

/** What a node is offered, and in which order. */
export function readingContract(open: OpenDatabase): void {
  describe('the changes for a node', () => {
    readsRanges(open)
    readsWhatWaited(open)
    readsColumns(open)
    readsInBatches(open)
    readsUpToEnds(open)
  })
  describe('rows as lines', () => readsLines(open))
  describe('checksums', () => comparesTables(open))
}

function readsLines(open: OpenDatabase): void {
  it('come in the order of positions, from tables by turns, deletions among them', async () => {
    const node = await open(`${GOODS} CREATE TABLE other (id INTEGER PRIMARY KEY)`)
    for (const turn of [1, 2]) {
      await node.sql(`${FIRST_THOUSAND} INSERT INTO goods SELECT ${turn} * 10000 - i, 'Ж' FROM n`)
      await node.sql(`DELETE FROM goods WHERE id % 5 = 0`)
      await node.sql(`INSERT INTO other VALUES (${turn}), (-${turn})`)
      await node.fold()
    }
    const range = { afterSeq: 0, throughSeq: 9999 }

    const lines = await readLines(node.store, range)

    assert.equal(countRows(lines, 'lines') > 2400, true)
    assert.deepEqual(rowsOf(lines), rowsOf(await node.batches(range)))
  })

  it('end where there is no room for more, and the rest comes row by row', async () => {
    const node = await open(GOODS)
    await node.sql(`INSERT INTO goods VALUES (1, 'a'), (2, 'b'), (3, 'c')`)
    await node.fold()
    const [whole] = await readLines(node.store)
    const room = whole?.lines?.octets.length ?? 0

    const fitting = await readLines(node.store, { room })
    const tooLarge = await readLines(node.store, { room: room - 1 })

    assert.equal(countRows(fitting, 'lines'), 3)
    assert.equal(countRows(tooLarge, 'rows'), 3)
  })

  it('are of one sender where the sender matters', async () => {
    const node = await open(GOODS)
    const ofOne = [row(5, 'С02', 1n, 'a'), row(5, 'С02', 2n, 'b')]
    await node.apply(GOODS_LINE, ofOne, { code: 'С02' })
    const [first] = await readLines(node.store, { keepsOwn: true })
    await node.apply(GOODS_LINE, [row(5, 'С03', 3n, 'c')], { code: 'С03' })
    const ofTwo = await readLines(node.store, { keepsOwn: true })

    assert.equal(first?.lines?.via, 'С02')
    const senders = ofTwo.flatMap(({ changes }) => changes.map(({ via }) => via))
    assert.deepEqual(senders, ['С02', 'С02', 'С03'])
  })

  it('are not made of long rows', async () => {
    const node = await open(GOODS)
    await node.sql(`INSERT INTO goods VALUES (1, 'a'), (2, '${'x'.repeat(20_000)}')`)
    await node.fold()

    assert.equal(countRows(await readLines(node.store), 'rows'), 2)
  })
}

function readsRanges(open: OpenDatabase): void {
  it('lie above one position and up to another, in their order', async () => {
    const node = await open(GOODS)
    for (const id of [50, 40, 30, 20, 10]) {
      await node.sql(`INSERT INTO goods (id) VALUES (${id})`)
      await node.fold()
    }

    const changes = await node.changes({ afterSeq: 1, throughSeq: 4 })

    assert.deepEqual(
      changes.map(({ seq, row: { values } }) => [seq, values[0]]),
      [
        [2, 40n],
        [3, 30n],
        [4, 20n],
      ],
    )
  })

  it('are the state at reading, a deletion for what is gone by now', async () => {
    const node = await open(GOODS)
    await node.sql(`INSERT INTO goods VALUES (1, 'a'), (2, 'b')`)
    await node.fold()
    await node.sql(`UPDATE goods SET name = 'c' WHERE id = 1; DELETE FROM goods WHERE id = 2`)

    const changes = await node.changes({ afterSeq: 0, throughSeq: 2 })

    assert.deepEqual(
      changes.map(({ row: { kind, values } }) => [kind, ...values]),
      [
        ['row', 1n, 'c'],
        ['deletion', 2n],
      ],
    )
  })

  it('leave out what came from the node itself, until that is forgotten', async () => {
    const node = await open(GOODS)
    await node.apply(GOODS_LINE, [row(5, 'С01', 1n, 'theirs')], { code: 'С01' })
    const range = { afterSeq: 0, throughSeq: 9 }

    const own = await node.changes({ ...range, forNode: 'С01' })
    const foreign = await node.changes({ ...range, forNode: 'С02' })
    await node.store.transaction((transaction) => transaction.forgetVia(parseNodeCode('С01')))
    const forgotten = await node.changes({ ...range, forNode: 'С01' })

    assert.deepEqual([own.length, foreign.length, forgotten.length], [0, 1, 1])
  })

  it('keep the version that the row was changed with, and who did it', async () => {
    const node = await open(GOODS)
    await node.apply(GOODS_LINE, [row(77, 'С09', 1n, 'theirs')], { code: 'С01' })

    const changes = await node.changes({ afterSeq: 0, throughSeq: 9, forNode: 'С02' })

    const [change] = changes
    assert.deepEqual([change?.seq, change?.via], [1, 'С01'])
    assert.deepEqual(change?.row, row(77, 'С09', 1n, 'theirs'))
  })
}

function readsWhatWaited(open: OpenDatabase): void {
  it('leave out what waited and came from the node itself, until that is forgotten', async () => {
    for (const forgets of [false, true]) {
      const node = await open('CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT UNIQUE)')
      await node.sql(`INSERT INTO goods VALUES (9, 'a')`)
      await node.apply(GOODS_LINE, [row(5, 'С01', 1n, 'a')], { code: 'С01' })
      if (forgets) {
        await node.store.transaction((transaction) => transaction.forgetVia(parseNodeCode('С01')))
      }
      await node.sql('DELETE FROM goods WHERE id = 9')
      await node.apply(GOODS_LINE, [row(6, 'С01', 2n, 'b')], { code: 'С01' })

      const changes = await node.changes({ afterSeq: 0, throughSeq: 99, forNode: 'С01' })

      const keys = changes.map(({ row: { values } }) => values[0])
      assert.deepEqual(keys, forgets ? [9n, 1n] : [9n])
    }
  })
}

function readsColumns(open: OpenDatabase): void {
  it('hold key columns first, and no generated ones', async () => {
    const node = await open(`
        CREATE TABLE goods (price DOUBLE PRECISION, id INTEGER PRIMARY KEY,
          thrice DOUBLE PRECISION GENERATED ALWAYS AS (price * 3) STORED, name TEXT)`)
    await node.sql(`INSERT INTO goods (id, price, name) VALUES (1, 1.5, 'a')`)
    await node.fold()

    const [batch] = await node.batches({ afterSeq: 0, throughSeq: 9 })

    const columns = batch?.table.columns.map(({ name, type }) => [name, type])
    assert.deepEqual(columns, Object.entries({ id: 'integer', price: 'real', name: 'text' }))
    assert.deepEqual([batch?.table.table, batch?.table.keyLength], ['goods', 1])
    assert.deepEqual(batch?.changes[0]?.row.values, [1n, 1.5, 'a'])
  })

  it('hold a column that was added meanwhile', async () => {
    const node = await open(GOODS)
    await node.sql(`INSERT INTO goods VALUES (1, 'a')`)
    const before = await node.newChanges()

    await node.sql(
      `ALTER TABLE goods ADD COLUMN price DOUBLE PRECISION DEFAULT 5; UPDATE goods SET name = 'b'`,
    )

    assert.deepEqual(before, ['+ goods 1 "a"'])
    assert.deepEqual(await node.newChanges(), ['+ goods 1 "b" 5.0'])
  })
}

function readsUpToEnds(open: OpenDatabase): void {
  it('come in batches that reach over no end', async () => {
    const node = await open(`${GOODS} CREATE TABLE other (id INTEGER PRIMARY KEY)`)
    await node.sql(`${FIRST_THOUSAND} INSERT INTO goods SELECT i, 'x' FROM n`)
    await node.sql(`${FIRST_THOUSAND} INSERT INTO other SELECT i FROM n`)
    await node.fold()
    const ends = [3, 4, 777, 1200, 1201, 2399]

    const batches = await node.batches({ afterSeq: 3, throughSeq: 2400, ends })

    const ranges = batches.map(({ changes }) => changes.map(({ seq }) => seq))
    assert.deepEqual(
      ranges.flat(),
      Array.from({ length: 2397 }, (_, index) => index + 4),
    )
    const over = ranges.filter(([first = 0, ...rest]) => {
      return ends.some((end) => first <= end && end < (rest.at(-1) ?? first))
    })
    assert.deepEqual(over, [])
  })
}

function readsInBatches(open: OpenDatabase): void {
  it('come in order from ten tables whose rows changed by turns', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `t${index}`)
    const node = await open(
      names.map((name) => `CREATE TABLE ${name} (id INTEGER PRIMARY KEY);`).join(''),
    )
    for (let turn = 1; turn <= 3; turn += 1) {
      await node.sql(names.map((name) => `INSERT INTO ${name} VALUES (${turn});`).join(''))
      await node.fold()
    }

    const batches = await node.batches({ afterSeq: 0, throughSeq: 30 })

    const positions = batches.flatMap(({ changes }) => changes.map(({ seq }) => seq))
    assert.deepEqual(
      positions,
      Array.from({ length: 30 }, (_, index) => index + 1),
    )
    assert.equal(new Set(batches.map(({ table }) => table.table)).size, 10)
  })

  it('come in batches that are never empty', async () => {
    const node = await open(`${GOODS} CREATE TABLE other (id INTEGER PRIMARY KEY)`)
    await node.sql(`${FIRST_THOUSAND} INSERT INTO goods SELECT i, 'x' FROM n`)
    await node.sql('INSERT INTO other VALUES (1)')
    await node.fold()

    const batches = await node.batches({ afterSeq: 0, throughSeq: 1201 })

    assert.ok(batches.every(({ changes }) => changes.length > 0))
    assert.equal(batches.flatMap(({ changes }) => changes).length, 1201)
  })

  it('may be left at any row, or with an error', async () => {
    const node = await open(GOODS)
    await node.sql(`${FIRST_THOUSAND} INSERT INTO goods SELECT i, 'x' FROM n`)
    await node.fold()
    const range = { forNode: parseNodeCode('С01'), afterSeq: 0, throughSeq: 1200 }
    let read = 0
    for await (const { changes } of node.store.readChanges(range)) {
      read += changes.length
      break
    }
    const failing = async (): Promise<void> => {
      for await (const { changes } of node.store.readChanges(range)) {
        throw new Error(`no room for ${changes.length > 0 ? 'it' : 'nothing'}`)
      }
    }

    await assert.rejects(failing(), /no room for it/)

    assert.ok(read > 0 && read < 1200)
    await node.sql('DROP TABLE goods')
  })
}

function comparesTables(open: OpenDatabase): void {
  it('are those of the rows, and not of when they came or in which order', async () => {
    const one = await open(`${GOODS} INSERT INTO goods VALUES (1, 'a'), (2, 'b')`)
    const ofOne = await one.store.checksums()
    const other = await open(GOODS)
    const ofNone = await other.store.checksums()
    await other.sql(`INSERT INTO goods VALUES (2, 'b')`)
    await other.sql(`INSERT INTO goods VALUES (1, 'a')`)

    assert.deepEqual(await other.store.checksums(), ofOne)
    assert.deepEqual(
      [...ofNone, ...ofOne].map(({ table, rowCount }) => [table, rowCount]),
      [
        ['goods', 0],
        ['goods', 2],
      ],
    )
  })
}
