import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { newNodeState, parseNodeCode } from '@obmen/exchange'

import { DEFAULT_PLAN_RULES, type PlanRules } from '../../../src/plan/plan-rules.ts'
import { departure, type OpenDatabase, row, type StoreToTry, tableLine } from './store-to-try.ts'

const GOODS = `
  CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE);
  INSERT INTO goods VALUES (900, 'taken')`
const PARTS = 'CREATE TABLE parts (id INTEGER PRIMARY KEY, good INTEGER REFERENCES goods)'
const LINE = tableLine('goods', 1, { id: 'integer', code: 'text' })
const ROWS = 'SELECT * FROM goods WHERE id < 900'

/** Later than any clock that writes here. */
const LATER = 9_000_000_000_000

/** A row that waits for a value to be free. */
async function withWaiting(open: OpenDatabase, schema: string): Promise<StoreToTry> {
  const node = await open(schema)
  await node.apply(LINE, [row(5, 'С01', 1n, 'taken')])
  assert.equal((await node.store.refusedRows()).length, 1)
  return node
}

/** The value is free: what waits now, fits. */
async function afterRoomIsMade(node: StoreToTry): Promise<string[][]> {
  await node.sql(`UPDATE goods SET code = 'free' WHERE id = 900`)
  await node.apply(LINE, [])
  return node.rows(ROWS)
}

/** A row that waits, and leaves the share of this node meanwhile. */
export function departingContract(open: OpenDatabase): void {
  for (const [kind, schema] of [
    ['', GOODS],
    [' of a table that others refer to', `${GOODS}; ${PARTS}`],
  ] as const) {
    describe(`a row that waits${kind}, and is no longer the share of its node,`, () => {
      itGoes(open, schema)
      itGoesBesideOurs(open, schema)
      itStays(open, schema)
    })
  }
  describeReferred(open)
  describeChanged(open)
  describeLost(open)
  describeRevised(open)
}

const SHARED: PlanRules = {
  ...DEFAULT_PLAN_RULES,
  tables: new Map([['goods', { direction: 'both', where: 'code = :place', leaveOut: [] }]]),
}

function describeLost(open: OpenDatabase): void {
  it('a row that is refused, and loses against one of another node that waits, leaves its node with that one', async () => {
    const node = await open(`${GOODS}, (1, 'old')`, SHARED)
    const code = parseNodeCode('С01')
    await node.store.transaction(async (transaction) => {
      await transaction.addNode(newNodeState(code))
      await transaction.setAttributes(code, new Map([['place', 'mine']]))
    })
    await node.apply(LINE, [row(9, 'С02', 1n, 'taken')], { code: 'С02' })
    await node.apply(LINE, [row(5, 'С01', 1n, 'taken')], { code })

    // What is here is older than what the node has, and would not make it leave.
    const told = await node.newChanges()
    await node.sql(`UPDATE goods SET code = 'free' WHERE id = 900`)
    await node.apply(LINE, [], { code: 'С02' })

    assert.deepEqual([told, await node.newChanges()], [[], ['x goods 1']])
  })
}

function describeRevised(open: OpenDatabase): void {
  it('a row that a new attribute takes out of a share leaves its node with the newer one of another node that waits', async () => {
    const node = await open(`${GOODS}, (1, 'mine'), (2, 'mine, too')`, SHARED)
    const code = parseNodeCode('С01')
    const moveTo = (place: string): Promise<void> =>
      node.store.transaction((transaction) =>
        transaction.setAttributes(code, new Map([['place', place]])),
      )
    await node.store.transaction((transaction) => transaction.addNode(newNodeState(code)))
    await moveTo('mine')
    const first = await node.newChanges()
    await node.apply(LINE, [row(LATER, 'С02', 1n, 'taken')], { code: 'С02' })

    // The node may have the newer one, or what waited before it, and would not let it go for what is here.
    await moveTo('elsewhere')
    const second = await node.newChanges()
    await node.sql(`UPDATE goods SET code = 'free' WHERE id = 900`)
    await node.apply(LINE, [], { code: 'С02' })

    assert.deepEqual([first, second], [['+ goods 1 "mine"'], []])
    assert.deepEqual(await node.newChanges(), ['x goods 1'])
  })
}

/** A row that left the share, and has to wait, because another row refers to it. */
async function withLeaving(open: OpenDatabase, stamp = 5): Promise<StoreToTry> {
  const node = await open(`${GOODS}; ${PARTS}`)
  await node.apply(LINE, [row(5, 'С01', 1n, 'a')])
  await node.sql('INSERT INTO parts VALUES (1, 1)')
  await node.apply(LINE, [departure(stamp, 'С01', 1n)])
  assert.equal((await node.store.refusedRows()).length, 1)
  return node
}

/** Nothing refers to the row any more: what waits to go, goes. */
async function afterNothingRefers(node: StoreToTry): Promise<string[][]> {
  await node.sql('DELETE FROM parts')
  await node.apply(LINE, [])
  return node.rows(ROWS)
}

function describeReferred(open: OpenDatabase): void {
  describe('a row that is no longer the share of its node, and that others refer to,', () => {
    it('goes when nothing refers to it any more', async () => {
      const node = await withLeaving(open)

      assert.deepEqual(await afterNothingRefers(node), [])
      assert.deepEqual(await node.store.refusedRows(), [])
    })

    it('stays when it is the share again in the same version', async () => {
      const node = await withLeaving(open)

      const summary = await node.apply(LINE, [row(5, 'С01', 1n, 'a')])

      assert.equal(summary.refused, 0)
      assert.deepEqual(await node.store.refusedRows(), [])
      assert.deepEqual(await afterNothingRefers(node), [['1', 'a']])
    })

    it('stays when it is the share again, although its sender began anew in between', async () => {
      const node = await withLeaving(open)
      await node.store.transaction((transaction) => transaction.forgetVia(parseNodeCode('С01')))

      await node.apply(LINE, [row(5, 'С01', 1n, 'a')], { beginsAnew: true })

      assert.deepEqual(await node.store.refusedRows(), [])
      assert.deepEqual(await afterNothingRefers(node), [['1', 'a']])
    })

    it('stays when the version that left with it, and had waited, is the share again', async () => {
      const node = await withWaitingLater(open)

      await node.apply(LINE, [departure(6, 'С01', 1n)])
      await node.sql(`UPDATE goods SET code = 'free' WHERE id = 900`)
      await node.apply(LINE, [row(6, 'С01', 1n, 'taken')], { acknowledgedSeq: 1000 })

      assert.deepEqual(await afterNothingRefers(node), [['1', 'taken']])
    })

    it('leaves the newer version of it that waits where it is', async () => {
      const node = await withWaitingLater(open)

      await node.apply(LINE, [departure(5, 'С01', 1n)])

      assert.deepEqual(await afterRoomIsMade(node), [['1', 'taken']])
    })

    it('goes although another node still has it', async () => {
      const node = await withLeaving(open)

      await node.apply(LINE, [row(5, 'С01', 1n, 'a')], { code: 'С02' })

      assert.deepEqual(await afterNothingRefers(node), [])
    })

    it('goes when it is the share again, and leaves once more', async () => {
      const node = await withLeaving(open)
      await node.apply(LINE, [row(5, 'С01', 1n, 'a')])

      await node.apply(LINE, [departure(5, 'С01', 1n)])

      assert.deepEqual(await afterNothingRefers(node), [])
    })
  })
}

function describeChanged(open: OpenDatabase): void {
  describe('a row that waits to leave the share of its node, and is changed here meanwhile,', () => {
    it('stays until its sender knows of that', async () => {
      const node = await withLeaving(open, LATER)
      await node.sql(`UPDATE goods SET code = 'ours' WHERE id = 1`)

      assert.deepEqual(await afterNothingRefers(node), [['1', 'ours']])
      assert.deepEqual(await node.store.refusedRows(), [])
      await node.apply(LINE, [departure(LATER, 'С01', 1n)], { acknowledgedSeq: 1000 })
      assert.deepEqual(await node.rows(ROWS), [])
    })

    it('stays until its sender writes, when another node writes before', async () => {
      const node = await withLeaving(open, LATER)
      await node.sql(`UPDATE goods SET code = 'ours' WHERE id = 1; DELETE FROM parts`)

      const summary = await node.apply(LINE, [], { code: 'С02', acknowledgedSeq: 1000 })

      assert.equal(summary.refused, 1)
      assert.deepEqual(await node.rows(ROWS), [['1', 'ours']])
      const [waiting] = await node.store.refusedRows()
      assert.match(waiting?.reason ?? '', /was changed here/)
      await node.apply(LINE, [], { acknowledgedSeq: 1000 })
      assert.deepEqual(await node.rows(ROWS), [])
    })
  })
}

/** A row that others refer to, and of which a later version waits. */
async function withWaitingLater(open: OpenDatabase): Promise<StoreToTry> {
  const node = await open(`${GOODS}; ${PARTS}`)
  await node.apply(LINE, [row(5, 'С01', 1n, 'a')])
  await node.sql('INSERT INTO parts VALUES (1, 1)')
  await node.apply(LINE, [row(6, 'С01', 1n, 'taken')])
  assert.equal((await node.store.refusedRows()).length, 1)
  return node
}

function itGoes(open: OpenDatabase, schema: string): void {
  it('waits no more', async () => {
    const node = await withWaiting(open, schema)

    const summary = await node.apply(LINE, [departure(5, 'С01', 1n)])

    assert.equal(summary.refused, 0)
    assert.deepEqual(await node.store.refusedRows(), [])
    assert.deepEqual(await afterRoomIsMade(node), [])
  })

  it('waits no more, also when an older one of it is here', async () => {
    const node = await open(schema)
    await node.apply(LINE, [row(2, 'С01', 1n, 'old')])
    await node.apply(LINE, [row(5, 'С01', 1n, 'taken')])

    await node.apply(LINE, [departure(5, 'С01', 1n)])

    assert.deepEqual(await node.rows(ROWS), [])
    assert.deepEqual(await node.store.refusedRows(), [])
    assert.deepEqual(await afterRoomIsMade(node), [])
  })

  it('waits no more, also when what goes makes room for it', async () => {
    const node = await open(schema)
    await node.apply(LINE, [row(2, 'С01', 1n, 'a'), row(2, 'С01', 2n, 'b')])
    await node.apply(LINE, [row(5, 'С01', 1n, 'b')])

    await node.apply(LINE, [departure(5, 'С01', 1n), departure(2, 'С01', 2n)])

    assert.deepEqual(await node.rows(ROWS), [])
    assert.deepEqual(await node.store.refusedRows(), [])
  })
}

function itGoesBesideOurs(open: OpenDatabase, schema: string): void {
  for (const [what, change, left] of [
    ['changed', `UPDATE goods SET code = 'ours' WHERE id = 1`, [['1', 'ours']]],
    ['deleted', 'DELETE FROM goods WHERE id = 1', []],
  ] as const) {
    it(`waits no more, also when the row was ${what} here, and its sender does not know that yet`, async () => {
      const node = await open(schema)
      await node.apply(LINE, [row(5, 'С01', 1n, 'old')])
      await node.sql(change)
      await node.apply(LINE, [row(LATER, 'С01', 1n, 'taken')])
      assert.equal((await node.store.refusedRows()).length, 1)

      const summary = await node.apply(LINE, [departure(LATER + 1, 'С01', 1n)])

      assert.deepEqual([summary.refused, await node.store.refusedRows()], [0, []])
      assert.deepEqual(await afterRoomIsMade(node), left)
    })
  }
}

function itStays(open: OpenDatabase, schema: string): void {
  it('goes on waiting when it is newer than what has left', async () => {
    const node = await withWaiting(open, schema)

    await node.apply(LINE, [departure(4, 'С02', 1n)], { code: 'С02' })

    assert.deepEqual(await afterRoomIsMade(node), [['1', 'taken']])
  })

  it('is there when it comes again', async () => {
    const node = await withWaiting(open, schema)
    await node.apply(LINE, [departure(5, 'С01', 1n)])

    await node.apply(LINE, [row(5, 'С01', 1n, 'taken')])

    assert.deepEqual(await afterRoomIsMade(node), [['1', 'taken']])
  })
}
