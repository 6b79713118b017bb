import assert from 'node:assert/strict'
import { suite, test } from 'node:test'

import { type RowLine, parseNodeCode } from '@obmen/exchange'
import {
  NodeAttributeInvalid,
  NodeAttributeMissing,
  NodeUnknown,
  RuleInvalid,
} from '@obmen/exchange/errors'

import { ORDERS, rulesFor, ShareSite } from './share-site.ts'

const BY_PLACE = rulesFor({ where: 'place = :place' })

async function openSite(): Promise<ShareSite> {
  const site = new ShareSite(BY_PLACE)
  site.sql(`INSERT INTO orders VALUES (1, 'a', 'x'), (2, 'b', 'y'), (3, 'a', 'z')`)
  await site.fold()
  return site
}

function fromNode(id: number, place: string): RowLine {
  const stamp = Date.UTC(2040, 1) + id
  return { kind: 'row', stamp, origin: parseNodeCode('С01'), values: [BigInt(id), place, 'new'] }
}

suite('shares', () => {
  test('a node gets the rows of its share and hears of no others', async () => {
    const site = await openSite()
    const node = await site.addNode('С01')
    await site.setAttributes('С01', { place: 'a' })
    assert.deepEqual(await node.look(), ['+1 a', '+3 a'])
    site.sql(`UPDATE orders SET note = 'n' WHERE id = 2; DELETE FROM orders WHERE id = 2`)
    assert.deepEqual(await node.look(), [])
  })

  test('a row that enters a share arrives whole, and one that leaves it departs, once', async () => {
    const site = await openSite()
    const node = await site.addNode('С01')
    await site.setAttributes('С01', { place: 'a' })
    await node.look()
    site.sql(
      `UPDATE orders SET place = 'a' WHERE id = 2; UPDATE orders SET place = 'b' WHERE id = 1`,
    )
    assert.deepEqual(await node.look(), ['x1', '+2 a'])
    site.sql(`UPDATE orders SET note = 'again' WHERE id = 1`)
    assert.deepEqual(await node.look(), [])
    site.sql(`DELETE FROM orders WHERE id IN (1, 3)`)
    assert.deepEqual(await node.look(), ['-3'])
  })

  test('what a node entered itself is told back only when it is not its share', async () => {
    const site = await openSite()
    const node = await site.addNode('С01')
    await site.setAttributes('С01', { place: 'a' })
    await node.look()
    await site.receive('С01', [fromNode(10, 'a'), fromNode(11, 'b')])
    assert.deepEqual(await node.look(), ['x11'])
    site.sql(`UPDATE orders SET place = 'b' WHERE id = 10`)
    assert.deepEqual(await node.look(), ['x10'])
  })

  test('a row that came from a node and left its share before the node was written to departs', async () => {
    const site = await openSite()
    const node = await site.addNode('С01')
    await site.setAttributes('С01', { place: 'a' })
    await node.look()
    await site.receive('С01', [fromNode(10, 'a')])
    site.sql(`UPDATE orders SET place = 'b' WHERE id = 10`)
    assert.deepEqual(await node.look(), ['x10'])
  })

  test('a row of a node that loses against one outside its share departs', async () => {
    const site = await openSite()
    const node = await site.addNode('С01')
    await site.setAttributes('С01', { place: 'a' })
    await node.look()
    const older: RowLine = { ...fromNode(2, 'a'), stamp: 5 }
    await site.receive('С01', [older])
    node.take(older)
    assert.deepEqual(await node.look(), ['x2'])
    assert.deepEqual([...node.rows.keys()], ['1', '3'])
  })

  test('a row that departed because it lost comes back when the share is widened', async () => {
    const site = await openSite()
    const node = await site.addNode('С01')
    await site.setAttributes('С01', { place: 'a' })
    await node.look()
    await site.receive('С01', [{ ...fromNode(2, 'a'), stamp: 5 }])
    assert.deepEqual(await node.look(), ['x2'])
    await site.setAttributes('С01', { place: 'b' })
    assert.deepEqual(await node.look(), ['x1', '+2 b', 'x3'])
  })

  test('a row of a node that loses against one of its share is given ours', async () => {
    const site = await openSite()
    const node = await site.addNode('С01')
    await site.setAttributes('С01', { place: 'a' })
    await site.receive('С01', [{ ...fromNode(1, 'b'), stamp: 0 }])
    assert.deepEqual(await node.look(), ['+1 a', '+3 a'])
  })

  test('attributes of a node that change move its share', async () => {
    const site = await openSite()
    const node = await site.addNode('С01')
    await site.setAttributes('С01', { place: 'a' })
    await node.look()
    await site.setAttributes('С01', { place: 'b' })
    assert.deepEqual(await node.look(), ['x1', '+2 b', 'x3'])
    await site.setAttributes('С01', { place: 'a' })
    assert.deepEqual(await node.look(), ['+1 a', 'x2', '+3 a'])
  })

  test('a rule that is new, or gone, moves the shares of nodes that were there before', async () => {
    const site = new ShareSite()
    site.sql(`INSERT INTO orders VALUES (1, 'С01', 'x'), (2, 'b', 'y')`)
    const node = await site.addNode('С01')
    assert.deepEqual(await node.look(), ['+1 С01', '+2 b'])
    site.reopen(rulesFor({ where: 'place = :code' }))
    assert.deepEqual(await node.look(), ['x2'])
    site.reopen(rulesFor({}))
    assert.deepEqual(await node.look(), ['+2 b'])
  })

  test('a departure that got lost is offered again with everything else', async () => {
    const site = await openSite()
    const node = await site.addNode('С01')
    await site.setAttributes('С01', { place: 'a' })
    await node.look()
    site.sql(`UPDATE orders SET place = 'b' WHERE id = 1`)
    assert.deepEqual(await node.look(), ['x1'])
    node.offeredSeq = 0
    assert.deepEqual(await node.look(), ['+3 a', 'x1'])
  })

  test('a node without the attribute that a rule needs gets nothing but a clear word, alone', async () => {
    const site = await openSite()
    const lacking = await site.addNode('С01')
    const other = await site.addNode('С02')
    await site.setAttributes('С02', { place: 'b' })
    await assert.rejects(lacking.look(), (error) => {
      assert.ok(error instanceof NodeAttributeMissing)
      assert.deepEqual([error.node, error.table, error.attribute], ['С01', 'orders', 'place'])
      return true
    })
    assert.deepEqual(await other.look(), ['+2 b'])
    await site.receive('С01', [fromNode(10, 'b')])
    await site.setAttributes('С01', { place: 'a' })
    assert.deepEqual(await lacking.look(), ['+1 a', '+3 a', 'x10'])
  })

  test('a node that is removed and added again begins with nothing', async () => {
    const site = await openSite()
    await site.addNode('С01').then((node) => site.setAttributes(node.code, { place: 'a' }))
    await site.store.transaction((transaction) => transaction.removeNode(parseNodeCode('С01')))
    const again = await site.addNode('С01')
    await assert.rejects(again.look(), NodeAttributeMissing)
    await site.setAttributes('С01', { place: 'b' })
    assert.deepEqual(await again.look(), ['+2 b'])
  })

  test('columns that are left out do not travel', async () => {
    const site = new ShareSite(rulesFor({ leaveOut: ['note'] }))
    site.sql(`INSERT INTO orders VALUES (1, 'a', 'secret')`)
    const node = await site.addNode('С01')
    assert.deepEqual(await node.look(), ['+1 a'])
    assert.deepEqual([...node.rows.values()], ['a null'])
  })

  test('a table that is only taken in is not sent', async () => {
    const site = new ShareSite(rulesFor({ direction: 'in' }))
    site.sql(`INSERT INTO orders VALUES (1, 'a', 'x')`)
    const node = await site.addNode('С01')
    assert.deepEqual(await node.look(), [])
  })

  test('columns of the application named as ours do not mislead a condition', async () => {
    const site = new ShareSite()
    site.sql(`ALTER TABLE orders ADD COLUMN via TEXT; ALTER TABLE orders ADD COLUMN gone INTEGER;
      INSERT INTO orders VALUES (1, 'a', 'x', 'С01', 1), (2, 'a', 'x', 'С02', 0)`)
    const node = await site.addNode('С01')
    site.reopen(rulesFor({ where: 'via = :code AND gone = 1' }))
    assert.deepEqual(await node.look(), ['+1 a'])
  })

  for (const [fault, rule] of [
    ['a column that is not there', { where: 'warehouse = 1' }],
    ['no expression', { where: 'place =' }],
    ['a column to be left out that is not there', { leaveOut: ['nothing'] }],
    ['a column of the key to be left out', { leaveOut: ['id'] }],
  ] as const) {
    test(`a rule with ${fault} is refused`, () => {
      assert.throws(() => new ShareSite(rulesFor(rule)), RuleInvalid)
    })
  }

  test('a rule for a table that the plan does not have is refused', () => {
    const rules = {
      ...rulesFor({}),
      tables: new Map([['order', rulesFor({}).tables.get('orders')]]),
    }
    const tables = new Map(
      [...rules.tables].flatMap(([name, rule]) => (rule ? [[name, rule] as const] : [])),
    )
    assert.throws(() => new ShareSite({ ...rules, tables }), RuleInvalid)
  })

  test('attributes are checked, and belong to a node that is there', async () => {
    const site = await openSite()
    await site.addNode('С01')
    await assert.rejects(site.setAttributes('С01', { code: 'x' }), NodeAttributeInvalid)
    await assert.rejects(site.setAttributes('С01', { 'a b': 'x' }), NodeAttributeInvalid)
    await assert.rejects(site.setAttributes('С01', { a: 'x\0' }), NodeAttributeInvalid)
    await assert.rejects(site.setAttributes('С09', { a: 'x' }), NodeUnknown)
  })

  test('rows of a node are read by its share, never through the whole table', async () => {
    const site = await openSite()
    await site.addNode('С01').then((node) => site.setAttributes(node.code, { place: 'a' }))
    const plan = site.database
      .prepare(
        `EXPLAIN QUERY PLAN SELECT 1 FROM obmen_share_of_1 s JOIN obmen_index_1 i ON i.k1 = s.k1
          WHERE s.node = 'С01' AND s.seq > 5 AND s.seq <= 9 ORDER BY s.seq`,
      )
      .all()
      .map(({ detail }) => String(detail))
    assert.ok(
      plan.every((step) => step.startsWith('SEARCH')),
      plan.join('\n'),
    )
    assert.equal(ORDERS.keyLength, 1)
  })
})
