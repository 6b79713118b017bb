import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { parseNodeCode, type PlanRules, type RowLine, type TableLine } from '@obmen/exchange'

import { deletion, PreparedDatabase, row, tableLine } from '../sqlite/prepared-database.ts'

const SCHEMA = `
  CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE goods (id INTEGER PRIMARY KEY, place INTEGER REFERENCES Places,
    part_of INTEGER REFERENCES goods (id) ON DELETE CASCADE, code TEXT UNIQUE);`
const PLACES = tableLine('places', 1, { id: 'integer', name: 'text' })
const GOODS = tableLine('goods', 1, {
  id: 'integer',
  place: 'integer',
  part_of: 'integer',
  code: 'text',
})
const MISSING_PLACE =
  'FOREIGN KEY constraint failed: goods(place) refers to places(id), and there is no such row'

function place(stamp: number, id: bigint): RowLine {
  return row(stamp, 'С01', id, 'x')
}

function goods(
  stamp: number,
  id: bigint,
  at: bigint | null,
  partOf: bigint | null = null,
): RowLine {
  return row(stamp, 'С01', id, at, partOf, `code ${id}`)
}

function applied(node: PreparedDatabase, ...rows: readonly (readonly [TableLine, RowLine])[]) {
  return node.applyMessage(rows.map(([table, line]) => ({ table, rows: [line] })))
}

async function reasons(node: PreparedDatabase): Promise<string[]> {
  return (await node.store.refusedRows()).map(({ key, reason }) => `${key} ${reason}`)
}

function open(rules: Partial<PlanRules> = {}): PreparedDatabase {
  return new PreparedDatabase(SCHEMA, { rules })
}

describe('a row whose parent is missing', () => {
  it('is written when the parent comes later in the message', async () => {
    const node = open()

    const summary = await applied(node, [GOODS, goods(1, 1n, 5n)], [PLACES, place(1, 5n)])

    assert.deepEqual(summary, { applied: 2, outdated: 0, conflicts: 0, refused: 0 })
    assert.deepEqual(node.rows('SELECT id, place FROM goods'), [[1, 5]])
  })

  it('waits for a parent that comes with a later message', async () => {
    const node = open()

    const first = await applied(node, [GOODS, goods(1, 1n, 5n)])
    const waiting = await reasons(node)
    const second = await applied(node, [PLACES, place(1, 5n)])

    assert.deepEqual([first.applied, first.refused], [0, 1])
    assert.deepEqual(waiting, [`[1] ${MISSING_PLACE}`])
    assert.deepEqual(second, { applied: 2, outdated: 0, conflicts: 0, refused: 0 })
  })

  it('waits also when it is a change of a row that is here, which stays as it was', async () => {
    const node = open()
    await applied(node, [PLACES, place(1, 5n)], [GOODS, goods(1, 1n, 5n)])

    const summary = await applied(node, [GOODS, goods(2, 1n, 6n)])

    assert.equal(summary.refused, 1)
    assert.deepEqual(node.rows('SELECT place FROM goods'), [[5]])
    assert.deepEqual(node.rows('SELECT stamp FROM obmen_index_2'), [[1]])
  })

  it('may refer to nothing, or to itself', async () => {
    const node = open()

    const summary = await applied(
      node,
      [GOODS, goods(1, 1n, null)],
      [GOODS, goods(1, 2n, null, 2n)],
    )

    assert.deepEqual([summary.applied, summary.refused], [2, 0])
  })

  it('comes with its parent when each is the parent of the other', async () => {
    const node = open()

    const summary = await applied(
      node,
      [GOODS, goods(1, 1n, null, 2n)],
      [GOODS, goods(1, 2n, null, 1n)],
      [GOODS, goods(1, 3n, null, 9n)],
    )

    assert.deepEqual([summary.applied, summary.refused], [2, 1])
    assert.deepEqual(node.rows('SELECT id, part_of FROM goods'), [
      [1, 2],
      [2, 1],
    ])
  })

  it('comes with a long chain of parents in the wrong order', async () => {
    const node = open()
    const chain = Array.from({ length: 60 }, (_, index): RowLine => {
      const id = BigInt(60 - index)
      return goods(1, id, null, id === 1n ? null : id - 1n)
    })

    const summary = await node.apply(GOODS, chain)

    assert.deepEqual([summary.applied, summary.refused], [60, 0])
  })

  it('is written all the same where the plan ignores foreign keys', async () => {
    const node = open({ foreignKeys: 'ignored' })

    const summary = await applied(node, [GOODS, goods(1, 1n, 5n)])

    assert.deepEqual([summary.applied, summary.refused], [1, 0])
  })

  it('stops the last message of a strict plan, and waits for the next one before', async () => {
    const node = open({ strict: true })
    const send = (hasMore: boolean) =>
      node.applyMessage([{ table: GOODS, rows: [goods(1, 1n, 5n)] }], { hasMore })

    await assert.rejects(send(false), { code: 'ROW_REFUSED', reason: MISSING_PLACE })
    assert.equal((await send(true)).refused, 1)
  })
})

describe('a deletion', () => {
  it('takes the rows with it that refer to the row, in whatever order they come', async () => {
    const node = open()
    await applied(
      node,
      [PLACES, place(1, 5n)],
      [GOODS, goods(1, 1n, 5n)],
      [GOODS, goods(1, 2n, 5n, 1n)],
    )

    const summary = await applied(
      node,
      [PLACES, deletion(2, 'С01', 5n)],
      [GOODS, deletion(2, 'С01', 1n)],
      [GOODS, deletion(2, 'С01', 2n)],
    )

    assert.deepEqual(summary, { applied: 3, outdated: 0, conflicts: 0, refused: 0 })
    assert.deepEqual(node.rows('SELECT count(*) FROM goods'), [[0]])
  })

  it('goes ahead when the message moves what referred to the row', async () => {
    const node = open()
    await applied(node, [PLACES, place(1, 5n)], [GOODS, goods(1, 1n, 5n)])

    const summary = await applied(
      node,
      [PLACES, deletion(2, 'С01', 5n)],
      [GOODS, goods(2, 1n, null)],
    )

    assert.deepEqual([summary.applied, summary.conflicts], [2, 0])
    assert.deepEqual(node.rows('SELECT * FROM places'), [])
  })

  it('gives way to a row that was entered here meanwhile, and that is on record', async () => {
    const node = open()
    await applied(node, [PLACES, place(1, 5n)])
    node.sql(`INSERT INTO goods (id, place) VALUES (7, 5)`)

    const summary = await applied(node, [PLACES, deletion(2000, 'С01', 5n)])

    const [conflict] = await node.store.conflicts()
    assert.deepEqual([summary.applied, summary.refused], [1, 0])
    assert.deepEqual(node.rows('SELECT * FROM places'), [[5, 'x']])
    assert.deepEqual(node.rows('SELECT stamp, origin, via, gone FROM obmen_index_1'), [
      [2001, 'ЦБ', '', 0],
    ])
    assert.deepEqual(
      [conflict?.table, conflict?.winner, conflict?.policy, conflict?.ours, conflict?.theirs],
      ['places', 'ours', 'reference', '[5,"x"]', undefined],
    )
  })

  it('waits while the sender has more to say', async () => {
    const node = open()
    await applied(node, [PLACES, place(1, 5n)], [GOODS, goods(1, 1n, 5n)])

    const first = await node.applyMessage([{ table: PLACES, rows: [deletion(2, 'С01', 5n)] }], {
      hasMore: true,
    })
    const waiting = await reasons(node)
    const second = await applied(node, [GOODS, deletion(2, 'С01', 1n)])

    assert.deepEqual([first.applied, first.refused], [0, 1])
    assert.deepEqual(waiting, ['[5] FOREIGN KEY constraint failed: rows here refer to it'])
    assert.deepEqual(second, { applied: 2, outdated: 0, conflicts: 0, refused: 0 })
    assert.deepEqual(node.rows('SELECT * FROM places'), [])
  })

  it('that waits gives way when the sender has no more to say', async () => {
    const node = open()
    await applied(node, [PLACES, place(1, 5n)], [GOODS, goods(1, 1n, 5n)])
    await node.applyMessage([{ table: PLACES, rows: [deletion(2, 'С01', 5n)] }], { hasMore: true })

    const ofAnother = await node.applyMessage([], { code: 'С02' })
    const ofSender = await node.applyMessage([])

    assert.deepEqual([ofAnother.refused, ofSender.refused], [1, 0])
    assert.deepEqual(node.rows('SELECT stamp, origin FROM obmen_index_1'), [[3, 'ЦБ']])
  })

  it('that waits, and that another node tells of as well, gives way and leaves no record behind', async () => {
    const node = open()
    const goes = { table: PLACES, rows: [deletion(2, 'С01', 5n)] }
    await applied(node, [PLACES, place(1, 5n)], [GOODS, goods(1, 1n, 5n)])
    await node.applyMessage([goes], { hasMore: true })

    const summary = await node.applyMessage([goes], { code: 'С02' })

    assert.deepEqual([summary.applied, summary.refused], [1, 0])
    assert.deepEqual(await reasons(node), [])
    assert.deepEqual(node.rows('SELECT stamp, origin, gone FROM obmen_index_1'), [[3, 'ЦБ', 0]])
  })

  it('that waits gives up its place to a later deletion of the row', async () => {
    const node = open()
    await applied(node, [PLACES, place(1, 5n)], [GOODS, goods(1, 1n, 5n)])
    const send = (stamp: number, code: string) =>
      node.applyMessage([{ table: PLACES, rows: [deletion(stamp, code, 5n)] }], {
        code,
        hasMore: true,
      })
    await send(3, 'С01')

    const later = await send(4, 'С02')
    const earlier = await send(2, 'С01')

    assert.deepEqual([later.refused, earlier.refused], [1, 1])
    assert.deepEqual(
      (await node.store.refusedRows()).map(({ node: from }) => from),
      ['С02'],
    )
  })

  it('of a row that refers to itself goes ahead', async () => {
    const node = open()
    await applied(node, [GOODS, goods(1, 1n, null, 1n)])

    const summary = await applied(node, [GOODS, deletion(2, 'С01', 1n)])

    assert.equal(summary.applied, 1)
    assert.deepEqual(node.rows('SELECT * FROM goods'), [])
  })

  it('makes room for a row of the same message', async () => {
    const node = open()
    await applied(node, [GOODS, goods(1, 1n, null)])

    const summary = await applied(
      node,
      [GOODS, row(2, 'С01', 2n, null, null, 'code 1')],
      [GOODS, deletion(2, 'С01', 1n)],
    )

    assert.deepEqual([summary.applied, summary.refused], [2, 0])
    assert.deepEqual(node.rows('SELECT id FROM goods'), [[2]])
  })

  it('does not take a newer row of the same message', async () => {
    const node = open()
    await applied(node, [PLACES, place(1, 5n)])

    await applied(node, [PLACES, deletion(2, 'С01', 5n)], [PLACES, place(3, 5n)])

    assert.deepEqual(node.rows('SELECT id FROM places'), [[5]])
  })
})

describe('a row that leaves this node’s share', () => {
  it('stays as long as others refer to it', async () => {
    const node = open()
    const leaves: RowLine = { ...deletion(2, 'С01', 5n), kind: 'departure' }
    await applied(node, [PLACES, place(1, 5n)], [GOODS, goods(1, 1n, 5n)])

    const first = await applied(node, [PLACES, leaves])
    const second = await applied(node, [GOODS, goods(2, 1n, null)])

    assert.deepEqual([first.applied, first.refused], [0, 1])
    assert.deepEqual([second.applied, second.refused], [2, 0])
    assert.deepEqual(node.rows('SELECT k1 FROM obmen_index_1'), [])
  })
})

describe('foreign keys', () => {
  it('may have several columns, and refer to a unique value that is no key', async () => {
    const node = new PreparedDatabase(`
      CREATE TABLE parents (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, b INTEGER, UNIQUE (a, b));
      CREATE TABLE children (id INTEGER PRIMARY KEY, x TEXT, y TEXT, FOREIGN KEY (x, y) REFERENCES parents (a, b));
      CREATE TABLE strays (id INTEGER PRIMARY KEY, x INTEGER REFERENCES nowhere)`)
    const parents = tableLine('parents', 1, { id: 'integer', a: 'text', b: 'integer' })
    const children = tableLine('children', 1, { id: 'integer', x: 'text', y: 'text' })
    const strays = tableLine('strays', 1, { id: 'integer', x: 'integer' })

    const summary = await applied(
      node,
      [parents, row(1, 'С01', 1n, 'A', 7n)],
      [children, row(1, 'С01', 1n, 'a', '7')],
      [children, row(1, 'С01', 2n, 'a', '8')],
      [children, row(1, 'С01', 3n, 'b', null)],
      [strays, row(1, 'С01', 1n, 3n)],
      [parents, deletion(2, 'С01', 1n)],
    )

    assert.deepEqual([summary.applied, summary.refused], [5, 1])
    assert.deepEqual(node.rows('SELECT id FROM children'), [[1], [3]])
    assert.deepEqual(node.rows('SELECT id FROM parents'), [[1]])
    assert.equal((await node.store.refusedRows())[0]?.node, parseNodeCode('С01'))
  })
})
