import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { parseNodeCode } from '../../../src/plan/node-code.ts'
import { DEFAULT_PLAN_RULES, type PlanRules } from '../../../src/plan/plan-rules.ts'
import { deletion, type OpenDatabase, row, type StoreToTry, tableLine } from './store-to-try.ts'

const GOODS = `
  CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE);
  INSERT INTO goods VALUES (1, 'ours'), (900, 'bad'), (901, 'worse')`
const PARTS = 'CREATE TABLE parts (id INTEGER PRIMARY KEY, good INTEGER REFERENCES goods)'
const LINE = tableLine('goods', 1, { id: 'integer', code: 'text' })
const LATER = 4_000_000_000_000

/** Knows all that was here when its message was written. */
const KNOWING = { code: 'С02', acknowledgedSeq: 1000 }

/** What comes stays, but for one text. */
const RULES: PlanRules = {
  ...DEFAULT_PLAN_RULES,
  mainNode: parseNodeCode('ЦБ'),
  conflicts: {
    kind: 'function',
    resolve: ({ theirs }) => {
      return theirs?.columns.get('code') === 'weak' ? 'ours' : (theirs?.columns ?? 'theirs')
    },
  },
}

/** A row of the head office was changed by `С01`: that is what is decided, and what the database refuses. */
async function withWaiting(open: OpenDatabase, schema: string = GOODS): Promise<StoreToTry> {
  const node = await open(schema, RULES)
  await node.fold()
  await node.apply(LINE, [row(LATER, 'С01', 1n, 'worse')])
  assert.deepEqual(await waiting(node), [`["u",${LATER + 1},"ЦБ",1,"worse"]`])
  return node
}

async function waiting(node: StoreToTry): Promise<readonly string[]> {
  return (await node.store.refusedRows()).map(({ row: line }) => line)
}

/** What the node tells of the row with the key 1. */
async function told(node: StoreToTry): Promise<readonly unknown[]> {
  const changes = await node.changes({ afterSeq: 0, throughSeq: await node.fold() })
  return changes
    .filter(({ row: { values } }) => values[0] === 1n)
    .map(({ row: { kind, stamp, origin, values } }) => [kind, stamp - LATER, origin, values.at(-1)])
}

/** One version stands for one content: what this node decides is above what it decided before, also when that waits. */
export function decidingContract(open: OpenDatabase): void {
  describe('a decision, while an earlier one about the row waits,', () => {
    itIsAbove(open)
    itIsAboveWhenNobodyWasAsked(open)
  })
  describe('rows that a message tells again', () => areNoConflict(open))
  describe('a decision that waits', () => itGoesWhenTheRowWasChanged(open))
}

function itIsAbove(open: OpenDatabase): void {
  it('has a version above it when it waits too', async () => {
    const node = await withWaiting(open)

    await node.apply(LINE, [row(LATER, 'С02', 1n, 'bad')], { code: 'С02' })

    assert.deepEqual(await waiting(node), [`["u",${LATER + 2},"ЦБ",1,"bad"]`])
  })

  it('has a version above it when it fits', async () => {
    const node = await withWaiting(open)

    await node.apply(LINE, [row(LATER, 'С02', 1n, 'fits')], { code: 'С02' })

    assert.deepEqual(await told(node), [['row', 2, 'ЦБ', 'fits']])
    assert.deepEqual(await waiting(node), [])
  })

  it('has a version above it when the row stays as it is', async () => {
    const node = await withWaiting(open)

    await node.apply(LINE, [row(LATER, 'С02', 1n, 'weak')], { code: 'С02' })

    assert.deepEqual(await told(node), [['row', 2, 'ЦБ', 'ours']])
    assert.deepEqual(await waiting(node), [])
  })

  it('has a version above it when it is a person who decides', async () => {
    const node = await withWaiting(open)
    const [conflict] = await node.store.conflicts()
    const choice = { id: conflict?.id ?? 0, take: 'ours' } as const

    await node.store.transaction((transaction) => transaction.resolveConflict(choice, LATER + 1))
    await node.apply(LINE, [])

    assert.deepEqual(await told(node), [['row', 2, 'ЦБ', 'ours']])
    assert.deepEqual(await waiting(node), [])
  })
}

function areNoConflict(open: OpenDatabase): void {
  it('have met what is here, and those behind them have not', async () => {
    const node = await open(`${GOODS}; INSERT INTO goods VALUES (2, 'ours too')`, RULES)
    await node.fold()
    const rows = [row(-1, 'С01', 1n, 'theirs'), row(-1, 'С01', 2n, 'theirs too')]

    const { outdated, conflicts } = await node.apply(LINE, rows, { toldAgain: 1 })

    assert.deepEqual([outdated, conflicts], [1, 1])
    const codes = await node.rows('SELECT code FROM goods WHERE id < 3 ORDER BY id')
    assert.deepEqual(codes, [['ours'], ['theirs too']])
  })
}

function itIsAboveWhenNobodyWasAsked(open: OpenDatabase): void {
  it('has a version above it when a deletion gives way', async () => {
    const node = await withWaiting(open, `${GOODS}; ${PARTS}; INSERT INTO parts VALUES (5, 1)`)

    await node.apply(LINE, [deletion(LATER, 'С02', 1n)], KNOWING)

    assert.deepEqual(await told(node), [['row', 2, 'ЦБ', 'ours']])
    assert.deepEqual(await waiting(node), [])
  })

  it('has a version above it when a row is completed by what only this node has', async () => {
    const node = await withWaiting(
      open,
      `CREATE TABLE goods (id INTEGER PRIMARY KEY, note TEXT, code TEXT UNIQUE);
       INSERT INTO goods VALUES (1, 'mine', 'ours'), (900, '', 'bad'), (901, '', 'worse')`,
    )

    await node.apply(LINE, [row(LATER, 'С02', 1n, 'fits')], KNOWING)

    const [version] = await told(node)
    assert.deepEqual(version, ['row', 2, 'ЦБ', 'fits'])
    assert.deepEqual(await waiting(node), [])
  })
}

/** What a program made of a row has the version of the decision that waits: the program's clock is behind. */
async function withOvertaken(open: OpenDatabase, schema: string = GOODS): Promise<StoreToTry> {
  const node = await open(schema, RULES)
  await node.fold()
  await node.apply(LINE, [row(LATER, 'С02', 1n, 'weak')], KNOWING)
  await node.apply(LINE, [row(5, 'С01', 1n, 'worse')])
  assert.deepEqual(await waiting(node), [`["u",${LATER + 1},"ЦБ",1,"worse"]`])
  await node.sql(`UPDATE goods SET code = 'entered' WHERE id = 1`)
  assert.deepEqual(await told(node), [['row', 1, 'ЦБ', 'entered']])
  return node
}

function itGoesWhenTheRowWasChanged(open: OpenDatabase): void {
  it('gives way to what a program made of the row, with the same version, by a clock that is behind', async () => {
    const node = await withOvertaken(open)

    await node.apply(LINE, [])

    assert.deepEqual(await told(node), [['row', 2, 'ЦБ', 'entered']])
    assert.deepEqual(await waiting(node), [])
  })

  for (const [where, schema] of [
    ['', GOODS],
    [' of a table that others refer to', `${GOODS}; ${PARTS}`],
  ] as const) {
    it(`gives way to the deletion of what a program made of the row${where}`, async () => {
      const node = await withOvertaken(open, schema)

      await node.apply(LINE, [deletion(LATER + 2, 'С02', 1n)], KNOWING)

      assert.deepEqual(await told(node), [['deletion', 2, 'С02', 1n]])
      assert.deepEqual(await waiting(node), [])
    })
  }

  it('gives way with the deletion of what a program made of the row, when others refer to that', async () => {
    const node = await withOvertaken(open, `${GOODS}; ${PARTS}; INSERT INTO parts VALUES (5, 1)`)

    await node.apply(LINE, [deletion(LATER + 2, 'С02', 1n)], KNOWING)

    assert.deepEqual(await told(node), [['row', 3, 'ЦБ', 'entered']])
    assert.deepEqual(await waiting(node), [])
  })
}
