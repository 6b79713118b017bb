import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { parseNodeCode } from '@obmen/exchange'

import { formatChosen, readAllChosen } from '../../../src/message/chosen-lines.ts'
import { deletion, PreparedDatabase, row, tableLine } from './prepared-database.ts'

const SCHEMA = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT, price REAL)'
const GOODS = tableLine('goods', 1, { id: 'integer', name: 'text', price: 'real' })

/** A row that was changed here at a time that later and earlier versions can be told from. */
async function withOwnRow(): Promise<PreparedDatabase> {
  const node = new PreparedDatabase(SCHEMA)
  node.sql(`INSERT INTO goods VALUES (1, 'ours', 2.5); UPDATE obmen_log_1 SET at = 1000`)
  await node.fold()
  return node
}

describe('a row changed on both sides', () => {
  it('is on record with both versions when theirs is newer', async () => {
    const node = await withOwnRow()

    const summary = await node.apply(GOODS, [row(2000, 'С01', 1n, 'theirs', 3)])

    assert.deepEqual(summary, { applied: 1, outdated: 0, conflicts: 1, refused: 0 })
    assert.deepEqual(await node.store.conflicts(), [
      {
        id: 1,
        table: 'goods',
        key: '[1]',
        node: 'С01',
        columns: ['id', 'name', 'price'],
        policy: 'latest',
        isOpen: false,
        winner: 'theirs',
        ours: '[1,"ours",2.5]',
        theirs: '[1,"theirs",3]',
        decidedAt: 1_800_000_000_000,
      },
    ])
  })

  it('is on record with both versions when ours is newer', async () => {
    const node = await withOwnRow()

    const summary = await node.apply(GOODS, [row(500, 'С01', 1n, 'theirs', 3)])

    const [conflict] = await node.store.conflicts()
    assert.deepEqual(summary, { applied: 0, outdated: 1, conflicts: 1, refused: 0 })
    assert.deepEqual([conflict?.winner, conflict?.theirs], ['ours', '[1,"theirs",3]'])
    assert.deepEqual(node.rows('SELECT name FROM goods'), [['ours']])
  })

  it('is on record when one side deleted it', async () => {
    const node = await withOwnRow()
    node.sql(`INSERT INTO goods VALUES (2, 'gone', 1); UPDATE obmen_log_1 SET at = 1000`)
    await node.fold()
    node.sql('DELETE FROM goods WHERE id = 2; UPDATE obmen_log_1 SET at = 1500')

    await node.apply(GOODS, [deletion(2000, 'С01', 1n), row(2000, 'С01', 2n, 'theirs', 0.5)])

    const conflicts = await node.store.conflicts()
    assert.deepEqual(
      conflicts.map(({ ours, theirs }) => [ours, theirs]),
      [
        ['[1,"ours",2.5]', undefined],
        [undefined, '[2,"theirs",0.5]'],
      ],
    )
  })

  it('is no conflict when both made it the same, or both deleted it', async () => {
    const node = await withOwnRow()
    node.sql('INSERT INTO goods (id) VALUES (2); DELETE FROM goods WHERE id = 2')

    const summary = await node.apply(GOODS, [
      row(2000, 'С01', 1n, 'ours', 2.5),
      deletion(9_000_000_000_000, 'С01', 2n),
    ])

    assert.equal(summary.conflicts, 0)
    assert.deepEqual(await node.store.conflicts(), [])
  })

  it('is no conflict when the sender knew our version', async () => {
    const node = await withOwnRow()

    const summary = await node.apply(GOODS, [row(2000, 'С01', 1n, 'theirs', 3)], {
      acknowledgedSeq: 1,
    })

    assert.equal(summary.conflicts, 0)
  })

  it('is no conflict when our version came from the sender', async () => {
    const node = new PreparedDatabase(SCHEMA)
    await node.apply(GOODS, [row(1000, 'С01', 1n, 'first', 1)])

    const summary = await node.apply(GOODS, [row(2000, 'С01', 1n, 'second', 2)])

    assert.equal(summary.conflicts, 0)
  })

  it('is a conflict when our version came from another node and the sender has not seen it', async () => {
    const node = new PreparedDatabase(SCHEMA)
    await node.apply(GOODS, [row(1000, 'С02', 9n, 'seen', 1)], { code: 'С02' })
    await node.apply(GOODS, [row(1000, 'С02', 1n, 'of the second', 1)], { code: 'С02' })

    const summary = await node.apply(GOODS, [row(2000, 'С01', 1n, 'of the first', 2)], {
      acknowledgedSeq: 1,
    })

    assert.equal(summary.conflicts, 1)
  })

  it('is no conflict when our version came from elsewhere and the sender begins anew', async () => {
    const node = await withOwnRow()
    await node.apply(GOODS, [row(1000, 'С02', 2n, 'of the second', 1)], { code: 'С02' })
    await node.apply(GOODS, [row(1000, 'С01', 3n, 'of the first', 1)])
    await node.store.transaction((transaction) => transaction.forgetVia(parseNodeCode('С01')))

    const summary = await node.apply(
      GOODS,
      [row(500, 'С01', 1n, 'old', 2), row(500, 'С01', 2n, 'old', 2), row(500, 'С01', 3n, 'old', 2)],
      { beginsAnew: true },
    )

    assert.equal(summary.conflicts, 1)
    assert.deepEqual(
      (await node.store.conflicts()).map(({ key }) => key),
      ['[1]'],
    )
  })

  it('is on record once, although the database refuses their version again and again', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT UNIQUE, price REAL)',
    )
    node.sql(`INSERT INTO goods VALUES (1, 'ours', 1), (2, 'x', 1), (9, 'z', 1)`)
    const later = Date.now() + 5000
    const rows = [row(later, 'С01', 1n, 'z', 3), row(later, 'С01', 2n, 'z', 4)]

    const first = await node.apply(GOODS, rows)
    const second = await node.apply(GOODS, [])

    assert.deepEqual([first.conflicts, first.refused], [2, 2])
    assert.deepEqual([second.conflicts, second.refused], [0, 2])
    assert.deepEqual(
      (await node.store.conflicts()).map(({ ours }) => ours),
      ['[1,"ours",1]', '[2,"x",1]'],
    )
  })
})

describe('what persons have chosen', () => {
  const INSERT = `INSERT INTO obmen_conflict (table_name, row_key, node, winner, is_open, decided_at, stamp, seq)`

  it('is said in one message as far as its reader takes it, the oldest first', async () => {
    const node = await withOwnRow()
    node.sql(`WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 20000)
      ${INSERT} SELECT 'goods', '[' || id || ']', 'С01', 'ours', 0, 1, 1, id FROM n`)

    const chosen = await node.store.resolutions({ afterSeq: 0, throughSeq: 30_000 })

    const choices = chosen.get(parseNodeCode('С01')) ?? []
    assert.deepEqual(readAllChosen(choices.map(formatChosen)), choices)
    assert.ok(choices.length > 10_000 && choices.length < 20_000, String(choices.length))
    assert.equal(choices[0]?.key, '[1]')
  })

  it('closes the record at another node without looking at all that are open', async () => {
    const node = await withOwnRow()
    node.sql(`${INSERT} VALUES ('goods', '[1]', 'С01', 'ours', 1, 1, 1, NULL)`)
    const choice = { table: 'goods', key: '[1]', take: 'ours', stamp: 2 } as const
    const plan = node.rows(`EXPLAIN QUERY PLAN UPDATE obmen_conflict SET is_open = false
      WHERE is_open AND node = 'С01' AND table_name = 'goods' AND row_key = '[1]' AND stamp < 2`)

    await node.store.transaction((transaction) => {
      return transaction.acceptResolutions(parseNodeCode('С01'), [choice], 5)
    })

    assert.match(String(plan[0]?.at(-1)), /USING INDEX obmen_conflict_open/)
    assert.deepEqual(node.rows('SELECT winner, is_open FROM obmen_conflict'), [['theirs', 0]])
  })
})
