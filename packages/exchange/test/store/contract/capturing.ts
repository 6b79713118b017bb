import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { OpenDatabase } from './store-to-try.ts'

const GOODS = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT);'

/** What is registered, whoever writes. */
export function capturingContract(open: OpenDatabase): void {
  describe('a change', () => {
    capturesStatements(open)
    capturesAnyTable(open)
  })
}

function capturesStatements(open: OpenDatabase): void {
  it('is registered for each row that is inserted, updated or deleted', async () => {
    const node = await open(GOODS)
    await node.sql(`INSERT INTO goods VALUES (1, 'a'), (2, 'b'), (3, 'c')`)
    const inserted = await node.newChanges()
    await node.sql(`UPDATE goods SET name = 'B' WHERE id = 2`)
    await node.sql('DELETE FROM goods WHERE id = 3')

    const changed = await node.newChanges()

    assert.deepEqual(inserted, ['+ goods 1 "a"', '+ goods 2 "b"', '+ goods 3 "c"'])
    assert.deepEqual(changed.toSorted(), ['+ goods 2 "B"', '- goods 3'])
  })

  it('is offered once, however often the row changed', async () => {
    const node = await open(GOODS)
    await node.sql(`INSERT INTO goods VALUES (1, 'a')`)
    await node.sql(`UPDATE goods SET name = 'b'`)
    await node.sql(`UPDATE goods SET name = 'c'`)

    assert.deepEqual(await node.newChanges(), ['+ goods 1 "c"'])
    assert.deepEqual(await node.newChanges(), [])
  })

  it('of a key is a deletion of the old one and a change of the new one', async () => {
    const node = await open(GOODS)
    await node.sql(`INSERT INTO goods VALUES (1, 'a'), (2, 'b')`)
    await node.newChanges()

    await node.sql('UPDATE goods SET id = id + 10 WHERE id = 1')

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods 11 "a"', '- goods 1'])
  })

  it('is registered where an upsert made it', async () => {
    const node = await open(GOODS)
    await node.sql(`INSERT INTO goods VALUES (1, 'a')`)
    await node.newChanges()

    await node.sql(`INSERT INTO goods VALUES (1, 'x'), (2, 'y')
        ON CONFLICT (id) DO UPDATE SET name = excluded.name`)

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods 1 "x"', '+ goods 2 "y"'])
  })

  it('leaves nothing when it is rolled back', async () => {
    const node = await open(GOODS)

    await node.sql(`BEGIN; INSERT INTO goods VALUES (1, 'a'); ROLLBACK`)

    assert.deepEqual(await node.newChanges(), [])
  })
}

function capturesAnyTable(open: OpenDatabase): void {
  it('is registered of tables and columns with any name', async () => {
    const node = await open(
      `CREATE TABLE "Order ""Details""" ("Order" INTEGER, "№ $1 'x' \\ $obmen$" TEXT, "select" TEXT, PRIMARY KEY ("Order", "№ $1 'x' \\ $obmen$"))`,
    )

    await node.sql(`INSERT INTO "Order ""Details""" VALUES (1, 'ключ', 'v')`)

    assert.deepEqual(await node.newChanges(), ['+ Order "Details" 1 "ключ" "v"'])
  })

  it('has a key of any length and kind', async () => {
    const node = await open(`
        CREATE TABLE texts (k TEXT PRIMARY KEY);
        CREATE TABLE pairs (a INTEGER, b TEXT, n TEXT, PRIMARY KEY (b, a));
        CREATE TABLE large (k BIGINT PRIMARY KEY)`)

    await node.sql(`INSERT INTO texts VALUES (''), ('Ж')`)
    await node.sql(`INSERT INTO pairs VALUES (7, 'x', 'n')`)
    await node.sql('INSERT INTO large VALUES (9007199254740993)')

    assert.deepEqual((await node.newChanges()).toSorted(), [
      '+ large 9007199254740993',
      '+ pairs "x" 7 "n"',
      '+ texts ""',
      '+ texts "Ж"',
    ])
  })

  it('is registered of every row that was there before', async () => {
    const node = await open(`${GOODS} INSERT INTO goods VALUES (1, 'a'), (2, 'b')`)

    assert.deepEqual(await node.newChanges(), ['+ goods 1 "a"', '+ goods 2 "b"'])
  })

  it('gets a version above the one that it was made on', async () => {
    const node = await open(GOODS)
    const future = 4_000_000_000_000
    const line = { kind: 'table', table: 'goods', keyLength: 1, columns: GOODS_COLUMNS } as const
    await node.apply(line, [
      { kind: 'row', stamp: future, origin: node.store.plan.thisNode, values: [1n, 'theirs'] },
    ])

    await node.sql(`UPDATE goods SET name = 'ours'`)
    const throughSeq = await node.fold()

    const [change] = await node.changes({ afterSeq: throughSeq - 1, throughSeq })
    assert.equal(change?.row.stamp, future + 1)
    assert.equal(change.row.origin, node.store.plan.thisNode)
  })
}

const GOODS_COLUMNS = [
  { name: 'id', type: 'integer' },
  { name: 'name', type: 'text' },
] as const
