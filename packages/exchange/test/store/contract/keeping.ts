import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { newNodeState, type NodeCode, type NodeState, parseNodeCode } from '@obmen/exchange'
import { NodeExists, NodeUnknown } from '@obmen/exchange/errors'

import { FIRST_EPOCH } from '../../../src/plan/epoch.ts'
import { toMessageNo } from '../../../src/plan/message-no.ts'
import { DEFAULT_PLAN_RULES, type PlanRules } from '../../../src/plan/plan-rules.ts'
import { deletion, type OpenDatabase, row, type StoreToTry, tableLine } from './store-to-try.ts'

const ORDERS = 'CREATE TABLE orders (id INTEGER PRIMARY KEY, place TEXT, margin INTEGER);'
const [FIRST, SECOND] = [parseNodeCode('С01'), parseNodeCode('С02')]

/** What is kept of nodes, and of rows beside their versions. */
export function keepingContract(open: OpenDatabase): void {
  describe('what a store keeps', () => {
    keepsNodes(open)
    keepsChoices(open)
    keepsDays(open)
    keepsForgottenDeletions(open)
    keepsUnsentRows(open)
  })
}

async function addNodes(node: StoreToTry, ...codes: readonly NodeCode[]): Promise<void> {
  await node.store.transaction(async (transaction) => {
    for (const code of codes) await transaction.addNode(newNodeState(code))
  })
}

function keepsChoices(open: OpenDatabase): void {
  it('is a choice in a conflict until the other node knows it, also when records are cleared', async () => {
    const node = await open(ORDERS, { ...DEFAULT_PLAN_RULES, conflicts: { kind: 'ask' } })
    await addNodes(node, FIRST)
    await node.sql(`INSERT INTO orders VALUES (1, 'ours', 0)`)
    const line = tableLine('orders', 1, { id: 'integer', place: 'text', margin: 'integer' })
    await node.apply(line, [row(4_000_000_000_000, 'С01', 1n, 'theirs', 0n)])
    const [conflict] = await node.store.conflicts()
    const clear = (): Promise<number> =>
      node.store.transaction((transaction) => transaction.clearConflicts(5_000_000_000_000))

    await node.store.transaction(async (transaction) => {
      await transaction.resolveConflict({ id: conflict?.id ?? 0, take: 'ours' }, 1)
    })
    const before = await clear()
    await node.store.transaction(async (transaction) => {
      const known = await transaction.node(FIRST)
      await transaction.saveNode({ ...known, acknowledgedSeq: 1_000 })
    })

    assert.deepEqual([before, await clear()], [0, 1])
  })
}

/** A node in the middle of an exchange. */
function busyNode(code: NodeCode): NodeState {
  const message = {
    messageNo: toMessageNo(7),
    uuid: 'u7',
    baseNo: toMessageNo(6),
    throughSeq: 90,
    rowCount: 3,
    sizeOctets: 1000,
    writtenAt: 5,
    delivered: false,
    superseded: false,
    content: { head: 'aGVhZA==', body: 'body', ranges: [[0, 9]] as const, tail: '' },
  }
  return {
    ...newNodeState(code),
    epoch: { ...FIRST_EPOCH, random: 'x' },
    sentNo: toMessageNo(7),
    acknowledgedNo: toMessageNo(6),
    unacknowledged: [message],
    receivedNo: toMessageNo(2),
    received: [{ messageNo: toMessageNo(2), uuid: 'r2' }],
    owesAcknowledgement: true,
    former: {
      epoch: FIRST_EPOCH,
      acknowledgedNo: toMessageNo(3),
      acknowledgedSeq: 40,
      receivedNo: toMessageNo(9),
    },
  }
}

function keepsNodes(open: OpenDatabase): void {
  it('of a node is all of its state, until the node is removed', async () => {
    const node = await open(ORDERS)
    await addNodes(node, SECOND, FIRST)
    await assert.rejects(addNodes(node, FIRST), NodeExists)
    const state = busyNode(FIRST)

    await node.store.transaction((transaction) => transaction.saveNode(state))
    const known = await node.store.transaction((transaction) => transaction.node(FIRST))
    const delivered = { ...known, unacknowledged: [] }
    await node.store.transaction(async (transaction) => {
      await transaction.node(FIRST)
      await transaction.saveNode(delivered)
    })
    const codes = (await node.store.nodes()).map(({ code }) => code)
    await node.store.transaction((transaction) => transaction.removeNode(SECOND))

    assert.deepEqual(known, state)
    assert.deepEqual(codes, [FIRST, SECOND])
    assert.deepEqual(await node.store.nodes(), [delivered])
    await assert.rejects(
      node.store.transaction((transaction) => transaction.node(SECOND)),
      NodeUnknown,
    )
  })

  it('tells in a survey which nodes are to be served, and counts what waits for them', async () => {
    const node = await open(ORDERS)
    await addNodes(node, FIRST, SECOND)
    await node.fold()
    const request = { nowMs: 1_000, resendAfterMs: 500 }
    const idle = await node.store.survey(request)
    await node.store.transaction((transaction) => transaction.saveNode(busyNode(FIRST)))
    await node.sql(`INSERT INTO orders VALUES (1, 'a', 1), (2, 'b', 1)`)
    const busy = await node.store.survey(request)
    const counts = await node.store.countChanges([
      { forNode: FIRST, afterSeq: 0 },
      { forNode: SECOND, afterSeq: 5 },
    ])

    assert.deepEqual([idle.toServe, idle.hasUnfolded, idle.nodes], [[], false, [FIRST, SECOND]])
    assert.deepEqual([busy.toServe, busy.hasUnfolded, busy.bodies], [[FIRST], true, ['body']])
    assert.deepEqual(counts, [2, 2])
  })
}

function keepsDays(open: OpenDatabase): void {
  it('of deleted rows goes when all nodes have acknowledged it, so many days later', async () => {
    const node = await open(ORDERS)
    const day = 86_400_000
    await node.apply(tableLine('orders', 1, { id: 'integer' }), [
      deletion(1, 'С01', 1n),
      row(1, 'С01', 2n),
    ])
    const purged: number[] = []
    for (const nowMs of [day, 2 * day, 3 * day]) {
      purged.push(
        await node.store.transaction((transaction) => transaction.endDay({ nowMs, keepDays: 1 })),
      )
    }

    assert.deepEqual(purged, [0, 1, 0])
    const survey = await node.store.survey({ nowMs: 3 * day, resendAfterMs: 1 })
    assert.equal(survey.isNewDay, false)
  })

  it('of deleted rows stays while a node has not acknowledged it, or letters of it wait for missing ones', async () => {
    const node = await open(`${ORDERS} INSERT INTO orders VALUES (1, 'a', 1)`)
    await addNodes(node, FIRST)
    await node.sql('DELETE FROM orders')
    const headSeq = await node.fold()
    const purged: number[] = []
    const known = { ...newNodeState(FIRST), offeredSeq: headSeq }
    for (const state of [
      { ...known, acknowledgedSeq: headSeq - 1 },
      { ...known, acknowledgedSeq: headSeq, gapBefore: toMessageNo(7) },
      { ...known, acknowledgedSeq: headSeq },
    ]) {
      purged.push(
        await node.store.transaction(async (transaction) => {
          await transaction.saveNode(state)
          return transaction.endDay({ nowMs: 86_400_000, keepDays: 0 })
        }),
      )
    }

    assert.deepEqual(purged, [0, 0, 1])
  })

  it('of a deleted row stays while a node that was told late of it has not acknowledged it', async () => {
    const node = await open(`${ORDERS} INSERT INTO orders VALUES (1, 'b', 1)`, SHARED)
    await addNodes(node, FIRST)
    await node.store.transaction((transaction) => {
      return transaction.setAttributes(FIRST, new Map([['place', 'a']]))
    })
    await node.sql('DELETE FROM orders')
    const nothing = await node.newChanges()
    const endDay = async (acknowledgedSeq: number): Promise<number> => {
      const known = { ...newNodeState(FIRST), offeredSeq: acknowledgedSeq, acknowledgedSeq }
      return node.store.transaction(async (transaction) => {
        await transaction.saveNode(known)
        return transaction.endDay({ nowMs: 86_400_000, keepDays: 0 })
      })
    }
    const before = await node.fold()
    await node.apply(tableLine('orders', 1, { id: 'integer', place: 'text' }), [
      row(0, FIRST, 1n, 'a'),
    ])
    const told = await node.newChanges()
    const purged = [await endDay(before), await endDay(await node.fold())]

    assert.deepEqual([nothing, told, purged], [[], ['- orders 1'], [0, 1]])
  })
}

const SHARED: PlanRules = {
  ...DEFAULT_PLAN_RULES,
  tables: new Map([['orders', { direction: 'both', where: 'place = :place', leaveOut: [] }]]),
}

function keepsForgottenDeletions(open: OpenDatabase): void {
  it('of a forgotten deletion is its time, and a row that comes again has a later one', async () => {
    const node = await open(`${ORDERS} INSERT INTO orders VALUES (2, 'b', 1)`)
    const ahead = 4_000_000_000_000
    await node.apply(tableLine('orders', 1, { id: 'integer' }), [deletion(ahead, 'С01', 1n)])
    const end = { nowMs: 86_400_000, keepDays: 0 }
    const purged = await node.store.transaction((transaction) => transaction.endDay(end))
    const before = await node.fold()

    await node.sql(
      `INSERT INTO orders VALUES (1, 'again', 1); UPDATE orders SET place = 'c' WHERE id = 2`,
    )
    const changes = await node.changes({ afterSeq: before, throughSeq: await node.fold() })

    assert.equal(purged, 1)
    const later = changes.filter(({ row }) => row.stamp > ahead).map(({ row }) => row.values[0])
    assert.deepEqual([changes.length, later], [2, [1n]])
  })

  it('of a forgotten deletion is its time, and a choice in a conflict has a later one', async () => {
    const node = await open(ORDERS, { ...DEFAULT_PLAN_RULES, conflicts: { kind: 'ask' } })
    const ahead = 4_000_000_000_000
    const line = tableLine('orders', 1, { id: 'integer', place: 'text', margin: 'integer' })
    await node.sql(`INSERT INTO orders VALUES (1, 'ours', 0)`)
    await node.apply(line, [row(5, 'С01', 1n, 'theirs', 0n)])
    const [conflict] = await node.store.conflicts()
    await node.apply(line, [deletion(ahead, 'С01', 1n)], { acknowledgedSeq: 1_000 })
    const end = { nowMs: 86_400_000, keepDays: 0 }
    const purged = await node.store.transaction((transaction) => transaction.endDay(end))
    const before = await node.fold()

    await node.store.transaction(async (transaction) => {
      await transaction.resolveConflict({ id: conflict?.id ?? 0, take: 'ours' }, 1)
    })
    const changes = await node.changes({ afterSeq: before, throughSeq: before + 1 })

    assert.equal(purged, 1)
    assert.deepEqual(
      changes.map(({ row: { values, stamp } }) => [values[1], stamp]),
      [['ours', ahead + 1]],
    )
  })
}

function keepsUnsentRows(open: OpenDatabase): void {
  it('of a row that can’t be sent is sent only when it changes, or is taken up', async () => {
    const node = await open(`${ORDERS} INSERT INTO orders VALUES (1, 'a', 1), (2, 'b', 1)`)
    const unsent = {
      table: 'orders',
      key: '1',
      seq: 1,
      reason: { kind: 'too-large', sizeOctets: 9, limitOctets: 5 },
      setAsideAt: 7,
    } as const
    await node.store.transaction((transaction) => transaction.setAside([unsent]))
    const kept = await node.store.unsentRows()
    const without = await node.changes({ afterSeq: 0, throughSeq: 9 })
    await node.store.transaction((transaction) => transaction.takeUp([unsent]))

    assert.deepEqual(kept, [unsent])
    assert.deepEqual(
      without.map(({ row: { values } }) => values[0]),
      [2n],
    )
    assert.equal((await node.changes({ afterSeq: 2, throughSeq: 9 })).length, 1)
  })
}
