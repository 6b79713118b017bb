import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { SchemaMismatch } from '@obmen/exchange/errors'

import { DEFAULT_PLAN_RULES, type PlanRules } from '../../../src/plan/plan-rules.ts'
import { deletion, type OpenDatabase, row, type StoreToTry, tableLine } from './store-to-try.ts'

const GOODS = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE);'
const LINE = tableLine('goods', 1, { id: 'integer', code: 'text' })
const ROWS = 'SELECT * FROM goods ORDER BY id'
const LATER = 4_000_000_000_000

/** What becomes of a message's rows. */
export function applyingContract(open: OpenDatabase): void {
  describe('rows of a message', () => {
    appliesVersions(open)
    takesForgotten(open)
    settlesDifferences(open)
    meetsWaiting(open)
    settlesWithRestored(open)
    appliesUniqueValues(open)
    setsAside(open)
  })
}

async function withThree(open: OpenDatabase, schema: string = GOODS): Promise<StoreToTry> {
  const node = await open(schema)
  await node.apply(LINE, [row(1, 'С01', 1n, 'a'), row(1, 'С01', 2n, 'b'), row(1, 'С01', 3n, 'c')])
  return node
}

function appliesVersions(open: OpenDatabase): void {
  it('are inserted, updated and deleted, and are no change of this node', async () => {
    const node = await withThree(open)

    const summary = await node.apply(LINE, [
      row(2, 'С01', 4n, 'D'),
      row(2, 'С01', 2n, 'B'),
      deletion(2, 'С01', 3n),
    ])

    assert.deepEqual(summary, { applied: 3, outdated: 0, conflicts: 0, refused: 0 })
    assert.deepEqual(await node.rows(ROWS), [
      ['1', 'a'],
      ['2', 'B'],
      ['4', 'D'],
    ])
    assert.deepEqual(await node.newChanges(), [])
  })

  it('have no effect a second time', async () => {
    const node = await open(GOODS)
    const rows = [row(5, 'С01', 1n, 'a'), deletion(6, 'С01', 2n)]
    await node.apply(LINE, rows)

    const summary = await node.apply(LINE, rows)

    assert.deepEqual(summary, { applied: 0, outdated: 2, conflicts: 0, refused: 0 })
  })

  it('give way to newer ones, whatever came first', async () => {
    const node = await open(GOODS)
    await node.apply(LINE, [deletion(9, 'С01', 1n), row(5, 'С02', 2n, 'of the second')])

    await node.apply(LINE, [row(8, 'С02', 1n, 'older'), row(5, 'С01', 2n, 'x')], { code: 'С02' })

    assert.deepEqual(await node.rows(ROWS), [['2', 'of the second']])
  })
}

/** `С01` has told of a deletion, and tells of an older row: it was told late by a node that never knew, when `С01` had forgotten. */
function takesForgotten(open: OpenDatabase): void {
  const again = row(5, 'С02', 1n, 'again')

  async function withDeleted(rules: PlanRules = DEFAULT_PLAN_RULES): Promise<StoreToTry> {
    const node = await open(GOODS, rules)
    await node.apply(LINE, [row(3, 'С01', 1n, 'a')])
    await node.fold()
    return node
  }

  async function told(node: StoreToTry): Promise<readonly (readonly unknown[])[]> {
    const changes = await node.changes({ afterSeq: 0, throughSeq: await node.fold() })
    return changes.map(({ row: { kind, stamp, origin } }) => [kind, stamp, origin])
  }

  it('whose deletion the sender has forgotten are taken above it, and travel', async () => {
    const node = await withDeleted()
    await node.apply(LINE, [deletion(LATER, 'С01', 1n)])

    const summary = await node.apply(LINE, [again])

    assert.deepEqual(summary, { applied: 1, outdated: 0, conflicts: 0, refused: 0 })
    assert.deepEqual(await node.rows(ROWS), [['1', 'again']])
    assert.deepEqual(await told(node), [['row', LATER + 1, 'ЦБ']])
  })

  it('whose deletion was made here, and the sender has acknowledged, are taken above it', async () => {
    const node = await withDeleted()
    await node.sql('DELETE FROM goods')
    await node.fold()

    await node.apply(LINE, [again], { code: 'С02', acknowledgedSeq: 1_000 })

    assert.deepEqual(await node.rows(ROWS), [['1', 'again']])
    const [[kind, stamp, origin] = []] = await told(node)
    assert.deepEqual([kind, Number(stamp) > 1_000, origin], ['row', true, 'ЦБ'])
  })

  it('are not taken where the sender may not have heard of the deletion', async () => {
    const shares: PlanRules = {
      ...DEFAULT_PLAN_RULES,
      tables: new Map([['goods', { direction: 'both', where: `code <> 'b'`, leaveOut: [] }]]),
    }
    const results: unknown[] = []
    for (const [rules, sender] of [
      [DEFAULT_PLAN_RULES, { code: 'С02' }],
      [DEFAULT_PLAN_RULES, { code: 'С01', beginsAnew: true }],
      [shares, { code: 'С02', acknowledgedSeq: 1_000 }],
    ] as const) {
      const node = await withDeleted(rules)
      await node.apply(LINE, [deletion(LATER, 'С01', 1n)])
      const { outdated } = await node.apply(LINE, [again], sender)
      results.push([outdated, await node.rows(ROWS)])
    }

    assert.deepEqual(results, [
      [1, []],
      [1, []],
      [1, []],
    ])
  })
}

function settlesWithRestored(open: OpenDatabase): void {
  it('of a sender that begins anew are a conflict only where nobody here knew them', async () => {
    const node = await open(GOODS)
    await node.apply(LINE, [row(5, 'С01', 1n, 'older'), row(5, 'С01', 2n, 'old')])
    await node.sql(`UPDATE goods SET code = 'on top of ' || code`)
    await node.fold()

    await node.apply(LINE, [row(5, 'С01', 1n, 'older'), row(7, 'С01', 2n, 'entered there')], {
      beginsAnew: true,
    })

    assert.deepEqual(
      (await node.store.conflicts()).map(({ key, winner }) => [key, winner]),
      [['[2]', 'ours']],
    )
  })

  it('of a sender that begins anew lost already where a conflict was decided, and are none again', async () => {
    const node = await open(GOODS, { ...DEFAULT_PLAN_RULES, conflicts: { kind: 'ours' } })
    await node.sql(`INSERT INTO goods VALUES (1, 'of the office')`)
    await node.fold()
    // Of the two, this node has the smaller code, so it decides.
    const theirs = row(LATER, 'А1', 1n, 'theirs')
    await node.apply(LINE, [theirs], { code: 'Я1' })
    const before = (await node.store.conflicts()).length
    await node.apply(LINE, [theirs], { code: 'Я1', beginsAnew: true })

    assert.deepEqual([before, (await node.store.conflicts()).length], [1, 1])
    assert.deepEqual(await node.rows(ROWS), [['1', 'of the office']])
  })
}

function meetsWaiting(open: OpenDatabase): void {
  it('are one conflict where the same version waits since an earlier message', async () => {
    const schema =
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT CHECK (length(code) < 5));'
    const node = await open(schema, { ...DEFAULT_PLAN_RULES, conflicts: { kind: 'ours' } })
    const theirs = row(LATER, 'А1', 1n, 'theirs')
    await node.apply(LINE, [theirs], { code: 'Я1' })
    await node.sql(`INSERT INTO goods VALUES (1, 'ours')`)
    await node.fold()

    const { conflicts, refused } = await node.apply(LINE, [theirs], { code: 'Я1' })

    assert.deepEqual([conflicts, refused], [1, 0])
    assert.equal((await node.store.conflicts()).length, 1)
    assert.deepEqual(await node.rows(ROWS), [['1', 'ours']])
  })
}

function settlesDifferences(open: OpenDatabase): void {
  it('are a conflict, on record with both versions, where the row was changed here too', async () => {
    const node = await open(GOODS)
    await node.sql(`INSERT INTO goods VALUES (1, 'ours'), (2, 'ours too')`)
    await node.fold()

    const summary = await node.apply(LINE, [
      row(LATER, 'С01', 1n, 'theirs'),
      row(0, 'С01', 2n, 'x'),
    ])

    assert.equal(summary.conflicts, 2)
    assert.deepEqual(
      (await node.store.conflicts()).map(({ key, winner, ours, theirs }) => [
        key,
        winner,
        ours,
        theirs,
      ]),
      [
        ['[1]', 'theirs', '[1,"ours"]', '[1,"theirs"]'],
        ['[2]', 'ours', '[2,"ours too"]', '[2,"x"]'],
      ],
    )
  })

  it('keep the values of columns that the sender does not have, as a version of their own', async () => {
    const node = await withThree(
      open,
      `CREATE TABLE goods (id INTEGER PRIMARY KEY, note TEXT NOT NULL DEFAULT 'new', code TEXT UNIQUE)`,
    )
    await node.sql(`UPDATE goods SET note = 'mine' WHERE id < 3`)
    await node.fold()

    await node.apply(LINE, [row(LATER, 'С01', 1n, 'b'), row(LATER, 'С01', 2n, 'a')])

    assert.deepEqual(await node.rows('SELECT id, note, code FROM goods ORDER BY id'), [
      ['1', 'mine', 'b'],
      ['2', 'mine', 'a'],
      ['3', 'new', 'c'],
    ])
    assert.equal((await node.newChanges()).length, 2)
  })

  it('are applied all or none: a table that does not take them stops the message', async () => {
    const node = await open(GOODS)

    const applied = node.applyMessage([
      { table: LINE, rows: [row(5, 'С01', 1n, 'a')] },
      { table: tableLine('goods', 1, { id: 'integer', weight: 'real' }), rows: [] },
    ])

    await assert.rejects(applied, SchemaMismatch)
    assert.deepEqual(await node.rows(ROWS), [])
  })
}

function appliesUniqueValues(open: OpenDatabase): void {
  it('move unique values among themselves: on, along a chain, in a circle', async () => {
    const node = await withThree(open)

    await node.apply(LINE, [row(2, 'С01', 1n, 'b'), row(2, 'С01', 2n, 'c'), row(2, 'С01', 3n, 'd')])
    const chain = await node.rows(ROWS)
    await node.apply(LINE, [row(3, 'С01', 1n, 'c'), row(3, 'С01', 2n, 'd'), row(3, 'С01', 3n, 'b')])

    assert.deepEqual(chain, [
      ['1', 'b'],
      ['2', 'c'],
      ['3', 'd'],
    ])
    assert.deepEqual(await node.rows(ROWS), [
      ['1', 'c'],
      ['2', 'd'],
      ['3', 'b'],
    ])
    assert.deepEqual(await node.store.refusedRows(), [])
  })

  it('come before their parents, and go after their children', async () => {
    const node = await open(`
      CREATE TABLE parents (id INTEGER PRIMARY KEY);
      CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parents)`)
    const parents = tableLine('parents', 1, { id: 'integer' })
    const children = tableLine('children', 1, { id: 'integer', parent: 'integer' })

    const came = await node.applyMessage([
      { table: children, rows: [row(1, 'С01', 10n, 1n)] },
      { table: parents, rows: [row(1, 'С01', 1n)] },
    ])
    const went = await node.applyMessage([
      { table: parents, rows: [deletion(2, 'С01', 1n)] },
      { table: children, rows: [deletion(2, 'С01', 10n)] },
    ])

    assert.deepEqual([came.applied, came.refused], [2, 0])
    assert.deepEqual([went.applied, went.refused], [2, 0])
    assert.deepEqual(await node.rows('SELECT id FROM children UNION SELECT id FROM parents'), [])
  })
}

function setsAside(open: OpenDatabase): void {
  it('that the database refuses are set aside and the others applied, and tried again later', async () => {
    const node = await open(`${GOODS} INSERT INTO goods VALUES (900, 'bad')`)
    const rows = Array.from({ length: 40 }, (_, id) =>
      row(2, 'С01', BigInt(id), id === 17 ? 'bad' : `c${id}`),
    )

    const first = await node.apply(LINE, rows)
    const refused = await node.store.refusedRows()
    await node.sql(`UPDATE goods SET code = 'free' WHERE id = 900`)
    const second = await node.apply(LINE, [])

    assert.deepEqual([first.applied, first.refused], [39, 1])
    assert.deepEqual(
      refused.map(({ table, key, row: line }) => [table, key, line]),
      [['goods', '[17]', '["u",2,"С01",17,"bad"]']],
    )
    assert.deepEqual([second.applied, second.refused], [1, 0])
  })

  it('that are two contents of one version, and both refused: the greater one waits', async () => {
    for (const codes of [
      ['bad', 'worse'],
      ['worse', 'bad'],
    ]) {
      const node = await open(`${GOODS} INSERT INTO goods VALUES (900, 'bad'), (901, 'worse')`)

      for (const code of codes) await node.apply(LINE, [row(2, 'С01', 1n, code)])

      const refused = await node.store.refusedRows()
      assert.deepEqual(
        refused.map(({ row: line }) => line),
        ['["u",2,"С01",1,"worse"]'],
      )
    }
  })

  it('wait for a parent that comes with a later message', async () => {
    const node = await open(`
      CREATE TABLE parents (id INTEGER PRIMARY KEY);
      CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parents)`)
    const child = tableLine('children', 1, { id: 'integer', parent: 'integer' })

    const first = await node.apply(child, [row(1, 'С01', 10n, 1n)])
    const second = await node.apply(tableLine('parents', 1, { id: 'integer' }), [row(1, 'С01', 1n)])

    assert.deepEqual([first.refused, second.refused], [1, 0])
    assert.deepEqual(await node.rows('SELECT * FROM children'), [['10', '1']])
  })
}
