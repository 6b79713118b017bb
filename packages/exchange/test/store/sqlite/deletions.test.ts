import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { newNodeState, parseNodeCode } from '@obmen/exchange'

import { PreparedDatabase } from './prepared-database.ts'

const GOODS = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT)'
const DAY_MS = 24 * 3600 * 1000

/** A row that was there and is deleted, and two nodes that have acknowledged up to these positions. */
async function prepare(...acknowledged: readonly number[]): Promise<PreparedDatabase> {
  const node = new PreparedDatabase(GOODS)
  await node.store.transaction(async (transaction) => {
    for (const [index, acknowledgedSeq] of acknowledged.entries()) {
      const code = parseNodeCode(`С0${index + 1}`)
      await transaction.addNode({ ...newNodeState(code), acknowledgedSeq })
    }
  })
  node.sql(`INSERT INTO goods VALUES (1, 'a'), (2, 'b')`)
  await node.fold()
  node.sql('DELETE FROM goods WHERE id = 1')
  await node.fold()
  return node
}

/** Ends so many days, by a clock that goes as it is told. */
async function endDays(node: PreparedDatabase, clock: readonly number[]): Promise<number> {
  let purged = 0
  for (const nowMs of clock) {
    const { isNewDay } = await node.store.survey({ nowMs, resendAfterMs: DAY_MS })
    if (!isNewDay) continue
    purged += await node.store.transaction((t) => t.endDay({ nowMs, keepDays: 3 }))
  }
  return purged
}

const days = (...numbers: readonly number[]): number[] => numbers.map((day) => day * DAY_MS)

function entries(node: PreparedDatabase): unknown[] {
  return node.rows('SELECT k1, gone FROM obmen_index_1 ORDER BY k1')
}

describe('the entry of a deleted row', () => {
  it('goes when every node has acknowledged the deletion and its days are over', async () => {
    const node = await prepare(3, 3)

    assert.equal(await endDays(node, days(1, 2, 3)), 0)
    assert.equal(await endDays(node, days(4)), 1)
    assert.deepEqual(entries(node), [[2, 0]])
  })

  it('stays while a node has not acknowledged it', async () => {
    const node = await prepare(3, 2)

    assert.equal(await endDays(node, days(1, 2, 3, 4, 5, 6)), 0)
  })

  it('stays while letters of a node wait for missing ones', async () => {
    const node = await prepare(3, 3)
    node.sql(`UPDATE obmen_node SET gap_before = 7 WHERE code = 'С02'`)

    assert.equal(await endDays(node, days(1, 2, 3, 4, 5, 6)), 0)
  })

  it('does not grow old by a clock that jumps: a day is a day with an exchange', async () => {
    const node = await prepare(3, 3)

    assert.equal(await endDays(node, days(1, 10_000, 2)), 0)
    assert.equal(await endDays(node, days(2, 2, 2)), 0)
    assert.equal(await endDays(node, days(3)), 1)
  })
})
