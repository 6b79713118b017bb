import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { newNodeState, type NodeState, parseNodeCode } from '@obmen/exchange'
import { NodeExists, NodeUnknown } from '@obmen/exchange/errors'

import { toMessageNo } from '../../../src/plan/message-no.ts'
import { PreparedDatabase, readBatches, row, tableLine } from './prepared-database.ts'

const SCHEMA = 'CREATE TABLE goods (id INTEGER PRIMARY KEY)'
const FIRST = parseNodeCode('С01')
const SECOND = parseNodeCode('С02')

/** A state of which every field differs from the first one. */
const STATE: NodeState = {
  code: FIRST,
  epoch: { counter: 3, random: 'r' },
  sentNo: toMessageNo(9),
  acknowledgedNo: toMessageNo(7),
  acknowledgedSeq: 70,
  offeredSeq: 90,
  unacknowledged: [8, 9].map((messageNo) => ({
    messageNo: toMessageNo(messageNo),
    uuid: `u${messageNo}`,
    baseNo: toMessageNo(messageNo - 1),
    throughSeq: messageNo * 10,
    rowCount: messageNo,
    sizeOctets: 100,
    writtenAt: 1_800_000_000_000,
    delivered: messageNo === 8,
    superseded: messageNo === 9,
  })),
  receivedNo: toMessageNo(5),
  received: [
    { messageNo: toMessageNo(4), uuid: 'v4' },
    { messageNo: toMessageNo(5), uuid: 'v5' },
  ],
  owesAcknowledgement: true,
  gapBefore: toMessageNo(8),
}

describe('the nodes of a store', () => {
  it('are kept with everything that is known of them', async () => {
    const { store } = new PreparedDatabase(SCHEMA)
    await store.transaction(async (transaction) => {
      await transaction.addNode(newNodeState(SECOND))
      await transaction.addNode(newNodeState(FIRST))
      await transaction.saveNode(STATE)
    })

    const nodes = await store.transaction((transaction) => transaction.nodes())
    const node = await store.transaction((transaction) => transaction.node(FIRST))

    assert.deepEqual(nodes, [STATE, newNodeState(SECOND)])
    assert.deepEqual(node, STATE)
  })

  it('are saved again with fewer messages, and removed with all of them', async () => {
    const { store, database } = new PreparedDatabase(SCHEMA)
    await store.transaction((transaction) => transaction.addNode(STATE))
    await store.transaction((transaction) => transaction.saveNode({ ...STATE, unacknowledged: [] }))
    const saved = await store.transaction((transaction) => transaction.node(FIRST))

    await store.transaction((transaction) => transaction.removeNode(FIRST))

    assert.deepEqual(saved.unacknowledged, [])
    const left = database
      .prepare('SELECT node FROM obmen_sent UNION ALL SELECT node FROM obmen_received')
      .all()
    assert.deepEqual(left, [])
  })

  it('are named where one is unknown', async () => {
    const { store } = new PreparedDatabase(SCHEMA)
    await store.transaction((transaction) => transaction.addNode(newNodeState(SECOND)))

    const asked = store.transaction((transaction) => transaction.node(FIRST))

    await assert.rejects(asked, (error) => {
      assert.equal(error instanceof NodeUnknown && error.code, 'NODE_UNKNOWN')
      assert.match(String(error instanceof Error && error.message), /С01/)
      return true
    })
  })

  it('can’t be added twice', async () => {
    const { store } = new PreparedDatabase(SCHEMA)
    await store.transaction((transaction) => transaction.addNode(STATE))

    const again = store.transaction((transaction) => transaction.addNode(newNodeState(FIRST)))

    await assert.rejects(
      again,
      (error) => error instanceof NodeExists && error.code === 'NODE_EXISTS',
    )
    assert.deepEqual(await store.transaction((transaction) => transaction.node(FIRST)), STATE)
  })

  it('are offered also what came from them when they are added anew', async () => {
    const node = new PreparedDatabase(SCHEMA)
    await node.apply(tableLine('goods', 1, { id: 'integer' }), [row(5, 'С01', 1n)])
    const before = await readBatches(node.store, { afterSeq: 0, throughSeq: 9 })

    await node.store.transaction((transaction) => transaction.addNode(newNodeState(FIRST)))

    assert.deepEqual(before, [])
    assert.equal((await readBatches(node.store, { afterSeq: 0, throughSeq: 9 })).length, 1)
  })
})
