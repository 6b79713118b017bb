import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { newNodeState, parseNodeCode } from '@obmen/exchange'

import { PreparedDatabase } from './prepared-database.ts'

const GOODS =
  'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT UNIQUE); CREATE TABLE other (a, b, PRIMARY KEY (a, b))'

const REQUEST = { nowMs: 1_800_000_000_000, resendAfterMs: 1000 }

/** The statements that are compiled from now on, with SQLite's plan for each. */
function watchPlans(node: PreparedDatabase): string[] {
  const plans: string[] = []
  const { database } = node
  const prepare = database.prepare.bind(database)
  database.prepare = (sql) => {
    if (/^\s*SELECT/i.test(sql)) {
      for (const row of prepare(`EXPLAIN QUERY PLAN ${sql}`).all())
        plans.push(String(row['detail']))
    }
    return prepare(sql)
  }
  return plans
}

describe('a survey', () => {
  it('scans no table but that of the nodes', async () => {
    const node = new PreparedDatabase(GOODS)
    await node.fold()
    const plans = watchPlans(node)

    await node.store.survey(REQUEST)

    const scans = plans.filter((plan) => plan.startsWith('SCAN'))
    assert.equal(plans.length > 5, true)
    assert.deepEqual(
      scans.filter((plan) => !/^SCAN (obmen_node|CONSTANT|\(subquery|\d+ CONSTANT)/.test(plan)),
      [],
    )
  })

  it('tells whether there is something to fold, and the nodes that are behind', async () => {
    const node = new PreparedDatabase(GOODS)
    await node.store.transaction((transaction) =>
      transaction.addNode(newNodeState(parseNodeCode('С01'))),
    )
    await node.fold()
    const before = await node.store.survey(REQUEST)
    node.sql(`INSERT INTO goods VALUES (1, 'a')`)
    const changed = await node.store.survey(REQUEST)
    await node.fold()
    const folded = await node.store.survey(REQUEST)

    assert.deepEqual([before.hasUnfolded, before.toServe], [false, []])
    assert.deepEqual([changed.hasUnfolded, changed.toServe], [true, []])
    assert.deepEqual([folded.hasUnfolded, folded.toServe], [false, ['С01']])
    assert.equal(folded.headSeq, 1)
  })
})

describe('counting changes', () => {
  it('counts what is folded and what is not, each row once, without what came from the node', async () => {
    const node = new PreparedDatabase(GOODS)
    node.sql(`INSERT INTO goods VALUES (1, 'a'), (2, 'b'), (3, 'c')`)
    await node.fold()
    node.sql(`UPDATE obmen_index_1 SET via = 'С01' WHERE k1 = 2`)
    node.sql(
      `UPDATE goods SET name = 'x' WHERE id = 3; INSERT INTO goods VALUES (4, 'd'), (5, 'e')`,
    )
    const request = (code: string, afterSeq: number) => ({ forNode: parseNodeCode(code), afterSeq })

    const counts = await node.store.countChanges([
      request('С01', 0),
      request('С02', 0),
      request('С02', 3),
    ])

    assert.deepEqual(counts, [4, 5, 3])
    assert.equal(node.rows('SELECT count(*) FROM obmen_log_1')[0]?.[0], 3)
  })
})
