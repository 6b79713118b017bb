import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { type ConflictPolicy, parseNodeCode, type PlanRules } from '@obmen/exchange'

import { deletion, PreparedDatabase, row, tableLine } from '../sqlite/prepared-database.ts'

const SCHEMA = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT, price REAL)'
const GOODS = tableLine('goods', 1, { id: 'integer', name: 'text', price: 'real' })
const OFFICE = parseNodeCode('ЦБ')
const ROWS = 'SELECT name FROM goods ORDER BY id'
const VERSIONS = 'SELECT k1, stamp, origin, via, gone FROM obmen_index_1 ORDER BY k1'

/** A head office that changed a row of its own, at the time 1000. */
async function office(
  conflicts: ConflictPolicy,
  rules: Partial<PlanRules> = {},
): Promise<PreparedDatabase> {
  const node = new PreparedDatabase(SCHEMA, { rules: { conflicts, mainNode: OFFICE, ...rules } })
  node.sql(`INSERT INTO goods VALUES (1, 'ours', 2.5); UPDATE obmen_log_1 SET at = 1000`)
  await node.fold()
  return node
}

describe('a conflict that is decided otherwise than by time', () => {
  it('makes the row that stays a new version, above both', async () => {
    const node = await office({ kind: 'ours' })

    const summary = await node.apply(GOODS, [row(2000, 'С01', 1n, 'theirs', 3)])

    assert.deepEqual(summary, { applied: 1, outdated: 0, conflicts: 1, refused: 0 })
    assert.deepEqual(node.rows(ROWS), [['ours']])
    assert.deepEqual(node.rows(VERSIONS), [[1, 2001, 'ЦБ', '', 0]])
  })

  it('makes the row that comes a new version, above both, although ours is newer', async () => {
    const node = await office({ kind: 'theirs' })

    await node.apply(GOODS, [row(500, 'С01', 1n, 'theirs', 3)])

    assert.deepEqual(node.rows(ROWS), [['theirs']])
    assert.deepEqual(node.rows(VERSIONS), [[1, 1001, 'ЦБ', '', 0]])
  })

  it('keeps the version that it has when time says the same', async () => {
    const ours = await office({ kind: 'ours' })
    const theirs = await office({ kind: 'theirs' })

    await ours.apply(GOODS, [row(500, 'С01', 1n, 'theirs', 3)])
    await theirs.apply(GOODS, [row(2000, 'С01', 1n, 'theirs', 3)])

    assert.deepEqual(ours.rows(VERSIONS), [[1, 1000, 'ЦБ', '', 0]])
    assert.deepEqual(theirs.rows(VERSIONS), [[1, 2000, 'С01', 'С01', 0]])
  })

  it('may keep a deletion, or take one', async () => {
    const keeps = await office({ kind: 'ours' })
    keeps.sql('DELETE FROM goods; UPDATE obmen_log_1 SET at = 1500')
    const takes = await office({ kind: 'theirs' })

    await keeps.apply(GOODS, [row(2000, 'С01', 1n, 'theirs', 3)])
    await takes.apply(GOODS, [deletion(500, 'С01', 1n)])

    assert.deepEqual(keeps.rows(VERSIONS), [[1, 2001, 'ЦБ', '', 1]])
    assert.deepEqual(takes.rows(VERSIONS), [[1, 1001, 'ЦБ', '', 1]])
    assert.deepEqual(takes.rows(ROWS), [])
  })

  it('may end with a row that neither side had', async () => {
    const node = await office({
      kind: 'function',
      resolve: ({ ours }) => new Map(ours?.columns).set('name', 'both').set('id', 99n),
    })

    await node.apply(GOODS, [row(500, 'С01', 1n, 'theirs', 3)])

    const [conflict] = await node.store.conflicts()
    assert.deepEqual(node.rows('SELECT * FROM goods'), [[1, 'both', 2.5]])
    assert.deepEqual(node.rows(VERSIONS), [[1, 1001, 'ЦБ', '', 0]])
    assert.equal(conflict?.winner, 'merged')
  })

  it('is decided from the side of the head office where it is the sender', async () => {
    const plan = { ...new PreparedDatabase(SCHEMA).store.plan, thisNode: parseNodeCode('С01') }
    const shop = new PreparedDatabase(SCHEMA, {
      plan,
      rules: { conflicts: { kind: 'ours' }, mainNode: OFFICE },
    })
    shop.sql(`INSERT INTO goods VALUES (1, 'of the shop', 1); UPDATE obmen_log_1 SET at = 1000`)

    await shop.apply(GOODS, [row(500, 'ЦБ', 1n, 'of the office', 1)], { code: 'ЦБ' })

    assert.deepEqual(shop.rows(ROWS), [['of the office']])
    assert.deepEqual(shop.rows(VERSIONS), [[1, 1001, 'С01', '', 0]])
  })

  it('follows the policy of its table before that of the plan', async () => {
    const rule = { direction: 'both', leaveOut: [], conflicts: { kind: 'theirs' } } as const
    const node = await office({ kind: 'ours' }, { tables: new Map([['goods', rule]]) })

    await node.apply(GOODS, [row(500, 'С01', 1n, 'theirs', 3)])

    assert.deepEqual(node.rows(ROWS), [['theirs']])
  })

  it('is decided by time when the sender begins anew: what it knew nobody can say', async () => {
    const node = await office({ kind: 'theirs' })

    await node.apply(GOODS, [row(500, 'С01', 1n, 'from a backup', 3)], { beginsAnew: true })

    assert.deepEqual(node.rows(ROWS), [['ours']])
  })
})

describe('rows with one key that two sites entered', () => {
  it('are a conflict at the first exchange, also when neither is of this node', async () => {
    const node = new PreparedDatabase(SCHEMA)
    await node.apply(GOODS, [row(1000, 'С02', 1n, 'order of the second', 1)], { code: 'С02' })

    const summary = await node.apply(GOODS, [row(2000, 'С01', 1n, 'order of the first', 1)])

    const [conflict] = await node.store.conflicts()
    assert.equal(summary.conflicts, 1)
    assert.deepEqual(
      [conflict?.ours, conflict?.theirs],
      ['[1,"order of the second",1]', '[1,"order of the first",1]'],
    )
  })

  it('are a conflict when they were there before the exchange began, and none when they are equal', async () => {
    const node = new PreparedDatabase(
      `${SCHEMA}; INSERT INTO goods VALUES (1, 'the same', 1), (2, 'ours', 1)`,
    )

    const summary = await node.apply(GOODS, [
      row(0, 'С01', 1n, 'the same', 1),
      row(0, 'С01', 2n, 'theirs', 1),
    ])

    assert.equal(summary.conflicts, 1)
    assert.deepEqual(
      (await node.store.conflicts()).map(({ key }) => key),
      ['[2]'],
    )
  })
})

describe('a conflict that a person has to decide', () => {
  it('stays open, and the row is that of the deciding node', async () => {
    const node = await office({ kind: 'ask' })

    await node.apply(GOODS, [row(2000, 'С01', 1n, 'theirs', 3)])

    const [conflict] = await node.store.conflicts()
    assert.deepEqual([conflict?.isOpen, conflict?.winner], [true, 'ours'])
    assert.deepEqual(node.rows(ROWS), [['ours']])
  })

  it('is closed by a choice, which is a change of this node', async () => {
    const node = await office({ kind: 'ask' })
    await node.apply(GOODS, [row(2000, 'С01', 1n, 'theirs', 3)])

    await node.store.transaction(async (transaction) => {
      await transaction.fold()
      await transaction.resolveConflict({ id: 1, take: 'theirs' }, 1_900_000_000_000)
    })

    const [conflict] = await node.store.conflicts()
    assert.deepEqual(
      [conflict?.isOpen, conflict?.winner, conflict?.policy],
      [false, 'theirs', 'person'],
    )
    assert.deepEqual(node.rows('SELECT * FROM goods'), [[1, 'theirs', 3]])
    assert.deepEqual(node.rows(VERSIONS), [[1, 1_900_000_000_000, 'ЦБ', '', 0]])
    assert.deepEqual(node.rows('SELECT count(*) FROM obmen_log_1'), [[0]])
  })

  it('may be closed with what the row is already, which travels all the same: the other node may ask, too', async () => {
    const node = await office({ kind: 'ask' })
    await node.apply(GOODS, [row(2000, 'С01', 1n, 'theirs', 3)])

    await node.store.transaction((transaction) =>
      transaction.resolveConflict({ id: 1, take: 'ours' }, 1_900_000_000_000),
    )

    assert.deepEqual(node.rows(ROWS), [['ours']])
    assert.deepEqual(node.rows(VERSIONS), [[1, 1_900_000_000_000, 'ЦБ', '', 0]])
  })

  it('may be closed with a deletion', async () => {
    const node = await office({ kind: 'ask' })
    await node.apply(GOODS, [deletion(2000, 'С01', 1n)])

    await node.store.transaction((transaction) =>
      transaction.resolveConflict({ id: 1, take: 'theirs' }, 1),
    )

    assert.deepEqual(node.rows(ROWS), [])
    assert.deepEqual(node.rows(VERSIONS), [[1, 2002, 'ЦБ', '', 1]])
  })

  it('stays open when the database refuses the choice', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT UNIQUE, price REAL)',
      { rules: { conflicts: { kind: 'ask' } } },
    )
    node.sql(`INSERT INTO goods VALUES (1, 'ours', 1), (2, 'theirs', 1)`)
    await node.apply(GOODS, [row(0, 'С01', 1n, 'theirs', 3)])

    const chosen = node.store.transaction((transaction) =>
      transaction.resolveConflict({ id: 1, take: 'theirs' }, 1),
    )

    await assert.rejects(chosen, {
      code: 'ROW_REFUSED',
      table: 'goods',
      key: '[1]',
      reason: 'UNIQUE constraint failed: goods.name',
    })
    assert.equal((await node.store.conflicts())[0]?.isOpen, true)
  })

  it('can’t be decided when there is none', async () => {
    const node = await office({ kind: 'ask' })

    const chosen = node.store.transaction((transaction) =>
      transaction.resolveConflict({ id: 7, take: 'ours' }, 1),
    )

    await assert.rejects(chosen, { name: 'ConflictUnknown', code: 'CONFLICT_UNKNOWN', id: 7 })
  })
})

describe('records of conflicts', () => {
  it('are put away when they were decided before a moment; open ones stay', async () => {
    const node = await office({ kind: 'ask' })
    await node.apply(GOODS, [row(2000, 'С01', 1n, 'theirs', 3)])
    node.sql(`INSERT INTO obmen_conflict (table_name, row_key, node, winner, decided_at)
      VALUES ('goods', '[8]', 'С01', 'ours', 100), ('goods', '[9]', 'С01', 'ours', 200)`)

    const count = await node.store.transaction((transaction) => transaction.clearConflicts(200))

    assert.equal(count, 1)
    assert.deepEqual(
      (await node.store.conflicts()).map(({ key }) => key),
      ['[1]', '[9]'],
    )
  })

  it('are limited: the oldest that are decided go', async () => {
    const node = await office({ kind: 'ask' })
    await node.apply(GOODS, [row(2000, 'С01', 1n, 'theirs', 3)])
    node.sql(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10002)
      INSERT INTO obmen_conflict (table_name, row_key, node, winner, decided_at)
        SELECT 'goods', i, 'С01', 'ours', 1 FROM n`)

    await node.apply(GOODS, [])

    assert.deepEqual(
      node.rows('SELECT is_open, count(*), min(id) FROM obmen_conflict GROUP BY 1'),
      [
        [0, 10_000, 4],
        [1, 1, 1],
      ],
    )
  })
})
