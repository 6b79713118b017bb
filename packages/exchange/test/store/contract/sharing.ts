import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { newNodeState, type NodeCode, parseNodeCode } from '@obmen/exchange'
import { NodeAttributeMissing } from '@obmen/exchange/errors'

import { DEFAULT_PLAN_RULES, type PlanRules } from '../../../src/plan/plan-rules.ts'
import { type OpenDatabase, row, type StoreToTry, tableLine } from './store-to-try.ts'

const ORDERS = 'CREATE TABLE orders (id INTEGER PRIMARY KEY, place TEXT, margin INTEGER);'
const [FIRST, SECOND] = [parseNodeCode('С01'), parseNodeCode('С02')]

/** Which rows are whose. */
export function sharingContract(open: OpenDatabase): void {
  describe('a store that keeps shares', () => {
    keepsShares(open)
    keepsSharesWhileRowsMove(open)
    keepsSharesByEveryKey(open)
    keepsSharesOfRefused(open)
    keepsSharesBesideOlder(open)
  })
}

async function addNodes(node: StoreToTry, ...codes: readonly NodeCode[]): Promise<void> {
  await node.store.transaction(async (transaction) => {
    for (const code of codes) await transaction.addNode(newNodeState(code))
  })
}

const RULES: PlanRules = {
  ...DEFAULT_PLAN_RULES,
  tables: new Map([
    ['orders', { direction: 'both', where: 'place = :place', leaveOut: ['margin'] }],
  ]),
}

function move(node: StoreToTry, place: string): Promise<void> {
  return node.store.transaction((transaction) => {
    return transaction.setAttributes(FIRST, new Map([['place', place]]))
  })
}

function keepsShares(open: OpenDatabase): void {
  it('gives each node its rows, without columns that stay, and a departure for one that leaves', async () => {
    const node = await open(`${ORDERS} INSERT INTO orders VALUES (1, 'a', 9), (2, 'b', 9)`, RULES)
    await addNodes(node, FIRST, SECOND)
    await assert.rejects(node.newChanges(), NodeAttributeMissing)
    await node.store.transaction(async (transaction) => {
      await transaction.setAttributes(FIRST, new Map([['place', 'a']]))
      await transaction.setAttributes(SECOND, new Map([['place', 'b']]))
    })
    const first = await node.newChanges()
    await node.sql(`UPDATE orders SET place = 'b' WHERE id = 1`)
    const left = await node.newChanges()
    const throughSeq = await node.fold()
    const second = await node.changes({ afterSeq: 0, throughSeq, forNode: 'С02' })

    assert.deepEqual(first, ['+ orders 1 "a"'])
    assert.deepEqual(left, ['x orders 1'])
    assert.deepEqual(
      second.map(({ row: { kind, values } }) => [kind, ...values]),
      [
        ['row', 2n, 'b'],
        ['row', 1n, 'b'],
      ],
    )
    const attributes = await node.store.transaction((transaction) => transaction.attributes(FIRST))
    assert.deepEqual([...attributes], [['place', 'a']])
  })

  it('takes a row from a node that lost here and is none of its share', async () => {
    const node = await open(`${ORDERS} INSERT INTO orders VALUES (1, 'b', 9)`, RULES)
    await addNodes(node, FIRST)
    await move(node, 'a')
    const nothing = await node.newChanges()
    await node.apply(tableLine('orders', 1, { id: 'integer', place: 'text' }), [
      row(0, FIRST, 1n, 'a'),
    ])
    const taken = await node.newChanges()
    await move(node, 'b')
    const given = await node.newChanges()

    assert.deepEqual([nothing, taken, given], [[], ['x orders 1'], ['+ orders 1 "b"']])
  })
}

function keepsSharesWhileRowsMove(open: OpenDatabase): void {
  it('tells of what left, also when a change that is still to be folded brings it back', async () => {
    const node = await open(`${ORDERS} INSERT INTO orders VALUES (1, 'a', 9)`, RULES)
    await addNodes(node, FIRST)
    await move(node, 'a')
    await node.newChanges()
    await node.sql(`UPDATE orders SET place = 'b' WHERE id = 1`)
    const range = { afterSeq: 0, throughSeq: await node.fold() }
    const kinds = async (): Promise<string[]> => {
      return (await node.changes(range)).map(({ row: { kind } }) => kind)
    }
    const left = await kinds()
    await node.sql(`UPDATE orders SET place = 'a' WHERE id = 1`)

    assert.deepEqual([left, await kinds()], [['departure'], ['departure']])
    assert.deepEqual(await node.newChanges(), ['+ orders 1 "a"'])
  })
}

/** Keys that only the database can judge, and one that is as it seems. */
const KEYS = [
  ['a text', 'TEXT', 'text', 'bolt'],
  ['a text in any letters', 'TEXT', 'text', 'болт'],
  ['a number with a fraction', 'DOUBLE PRECISION', 'real', 1.5],
] as const

function keepsSharesByEveryKey(open: OpenDatabase): void {
  it('takes a row from a node beside one with a key that not every database takes', async () => {
    const node = await open(
      `CREATE TABLE orders (id TEXT PRIMARY KEY, place TEXT, margin INTEGER);
       INSERT INTO orders VALUES ('ключ', 'b', 9)`,
      RULES,
    )
    await addNodes(node, FIRST)
    await move(node, 'a')
    await node.newChanges()
    const line = tableLine('orders', 1, { id: 'text', place: 'text' })

    await node.apply(line, [row(0, FIRST, 'ключ', 'a'), row(0, FIRST, 'не\0ключ', 'a')])

    assert.deepEqual(await node.newChanges(), ['x orders "ключ"'])
  })

  for (const [name, declared, type, key] of KEYS) {
    const line = tableLine('orders', 1, { id: type, place: 'text' })
    const schema = `CREATE TABLE orders (id ${declared} PRIMARY KEY, place TEXT, margin INTEGER);`
    const literal = typeof key === 'string' ? `'${key}'` : `${key}`

    it(`takes a row from a node that lost here, when its key is ${name}`, async () => {
      const node = await open(`${schema} INSERT INTO orders VALUES (${literal}, 'b', 9)`, RULES)
      await addNodes(node, FIRST)
      await move(node, 'a')
      await node.newChanges()

      await node.apply(line, [row(0, FIRST, key, 'a')])

      assert.deepEqual(await node.newChanges(), [`x orders ${JSON.stringify(key)}`])
    })

    it(`leaves a node its row that waits here, when its key is ${name}`, async () => {
      const node = await open(
        `${schema} CREATE UNIQUE INDEX one_of_each ON orders (place);
         INSERT INTO orders VALUES (${literal}, 'b', 9), (0, 'a', 9)`,
        RULES,
      )
      await addNodes(node, FIRST)
      await move(node, 'a')
      await node.newChanges()

      await node.apply(line, [row(5, FIRST, key, 'a')])

      assert.deepEqual(await node.newChanges(), [])
    })
  }
}

function keepsSharesOfRefused(open: OpenDatabase): void {
  it('leaves a node its newer row, which waits here, until that has lost', async () => {
    const node = await open(
      `${ORDERS} CREATE UNIQUE INDEX one_of_each ON orders (place);
       INSERT INTO orders VALUES (1, 'b', 9), (2, 'a', 9)`,
      RULES,
    )
    await addNodes(node, FIRST)
    await move(node, 'a')
    await node.newChanges()
    const newer = row(5, FIRST, 1n, 'a')
    await node.apply(tableLine('orders', 1, { id: 'integer', place: 'text' }), [newer])
    const waiting = await node.newChanges()
    await move(node, 'c')
    const moved = await node.newChanges()

    await node.sql('DELETE FROM orders WHERE id = 1')

    assert.deepEqual([waiting, moved], [[], ['x orders 2']])
    assert.deepEqual(await node.newChanges(), ['- orders 1'])
  })
}

function keepsSharesBesideOlder(open: OpenDatabase): void {
  it('leaves a node its newer row, which waits here, also when older ones come', async () => {
    const node = await withNewer(open)
    const told = [await node.newChanges()]
    for (const stamp of [1, 2]) {
      await node.apply(LINE, [row(stamp, SECOND, 1n, `${stamp}`)], { code: SECOND })
      told.push(await node.newChanges())
    }

    await node.apply(LINE, [row(6, SECOND, 1n, 'b')], { code: SECOND })

    assert.deepEqual(told, [[], [], []])
    assert.deepEqual(await node.newChanges(), ['x orders 1'])
  })

  it('leaves a node its row, also when one of another node waits in its place', async () => {
    const node = await withNewer(open)
    await node.apply(LINE, [row(6, SECOND, 1n, 'a')], { code: SECOND })
    await node.apply(LINE, [row(1, SECOND, 1n, 'b')], { code: SECOND })
    const told = await node.newChanges()

    await node.apply(LINE, [row(7, SECOND, 1n, 'c')], { code: SECOND })

    assert.deepEqual(told, [])
    assert.deepEqual(await node.newChanges(), ['x orders 1'])
  })

  it('leaves a node its row, also when a newer one of another node waited before', async () => {
    const node = await withNewer(open, SECOND)
    await node.apply(LINE, [row(1, SECOND, 1n, 'b')], { code: SECOND })
    await node.apply(LINE, [row(4, FIRST, 1n, 'a')])
    const told = await node.newChanges()

    await node.apply(LINE, [row(6, SECOND, 1n, 'c')], { code: SECOND })

    assert.deepEqual(told, [])
    assert.deepEqual(await node.newChanges(), ['x orders 1'])
  })

  it('leaves a node its row, also when it was told of another one before', async () => {
    const node = await withTaken(open, 'd')
    const theirs = (stamp: number, place: string): Promise<unknown> =>
      node.apply(LINE, [row(stamp, SECOND, 1n, place)], { code: SECOND })
    await theirs(1, 'a')
    const told = [await node.newChanges()]
    await theirs(5, 'd')
    await node.apply(LINE, [row(4, FIRST, 1n, 'd')])
    await theirs(2, 'b')
    told.push(await node.newChanges())

    await theirs(6, 'c')

    assert.deepEqual(told, [['+ orders 1 "a"'], []])
    assert.deepEqual(await node.newChanges(), ['x orders 1'])
  })

  it('leaves a node its row, which waits here, also when a deletion of another row is forgotten', async () => {
    const node = await withNewer(open)
    await node.sql(`INSERT INTO orders VALUES (3, 'd', 9); DELETE FROM orders WHERE id = 3`)
    const told = await node.newChanges()
    const purged = await forgetDeletions(node)

    await node.sql(`INSERT INTO orders VALUES (1, 'c', 9)`)

    assert.deepEqual([told, purged], [[], 1])
    assert.deepEqual(await node.newChanges(), ['x orders 1'])
  })
}

/** As if all nodes had acknowledged all deletions. */
async function forgetDeletions(node: StoreToTry): Promise<number> {
  const acknowledgedSeq = await node.fold()
  return node.store.transaction(async (transaction) => {
    for (const known of await transaction.nodes()) {
      await transaction.saveNode({ ...known, offeredSeq: acknowledgedSeq, acknowledgedSeq })
    }
    return transaction.endDay({ nowMs: 86_400_000, keepDays: 0 })
  })
}

const LINE = tableLine('orders', 1, { id: 'integer', place: 'text' })

/** A row of a node, which waits here for a value to be free; there is no other one under its key. */
async function withNewer(open: OpenDatabase, code = FIRST): Promise<StoreToTry> {
  const node = await withTaken(open, 'a')
  await node.apply(LINE, [row(5, code, 1n, 'a')], { code })
  return node
}

/** Places are unique, and one is taken. The first node has those that are called `a`. */
async function withTaken(open: OpenDatabase, place: string): Promise<StoreToTry> {
  const node = await open(
    `${ORDERS} CREATE UNIQUE INDEX one_of_each ON orders (place);
     INSERT INTO orders VALUES (2, '${place}', 9)`,
    RULES,
  )
  await addNodes(node, FIRST, SECOND)
  await move(node, 'a')
  await node.newChanges()
  return node
}
