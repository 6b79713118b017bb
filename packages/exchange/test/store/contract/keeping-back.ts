import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { RowRefused } from '@obmen/exchange/errors'

import { DEFAULT_PLAN_RULES } from '../../../src/plan/plan-rules.ts'
import {
  deletion,
  departure,
  type OpenDatabase,
  row,
  type StoreToTry,
  tableLine,
} from './store-to-try.ts'

/** How a database is told, in its own words, to refuse that rows of `goods` are deleted whose code is `stays`. */
export interface Guard {
  readonly schema: string
  readonly removal: string
  /** What is on record of a row that stays. */
  readonly reason: RegExp
}

const GOODS = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE);'
const PARTS = 'CREATE TABLE parts (id INTEGER PRIMARY KEY);'
const REFERRING = 'CREATE TABLE parts (id INTEGER PRIMARY KEY, good INTEGER REFERENCES goods);'
const LINE = tableLine('goods', 1, { id: 'integer', code: 'text' })
const ROWS = 'SELECT * FROM goods ORDER BY id'

/** What becomes of rows that the database, a trigger of the application in it, does not let go. `goods` and `parts` are in the plan, and nothing else. */
export function keepingBackContract(open: OpenDatabase, guard: Guard): void {
  for (const [kind, parts] of [
    ['', PARTS],
    [' of a table that others refer to', REFERRING],
  ] as const) {
    const schema = GOODS + parts + guard.schema
    describe(`a row${kind} that the database does not let go`, () => {
      itWaits(open, schema, guard)
      itIsNamedAgain(open, schema, guard)
    })
  }
  describe('rows that exchange values beside one that the database does not let go', () => {
    leavesItWhereItIs(open, GOODS + PARTS + guard.schema)
  })
}

async function withRows(open: OpenDatabase, schema: string): Promise<StoreToTry> {
  const node = await open(schema)
  const codes = ['stays', 'a', 'b']
  await node.apply(
    LINE,
    codes.map((code, index) => row(1, 'С01', BigInt(index + 1), code)),
  )
  return node
}

function itWaits(open: OpenDatabase, schema: string, guard: Guard): void {
  for (const [what, gone] of [
    ['was deleted', deletion],
    ['left the share', departure],
  ] as const) {
    it(`is set aside when it ${what}, with the reason, and goes as soon as it may`, async () => {
      const node = await withRows(open, schema)

      const first = await node.apply(LINE, [gone(2, 'С01', 1n), gone(2, 'С01', 2n)])
      const [refused] = await node.store.refusedRows()
      const second = await node.apply(LINE, [])
      const before = await node.rows(ROWS)
      await node.sql(guard.removal)
      const third = await node.apply(LINE, [])

      assert.deepEqual([first.applied, first.refused], [1, 1])
      assert.deepEqual([refused?.key, refused?.ours], ['[1]', '[1,"stays"]'])
      assert.match(refused?.reason ?? '', guard.reason)
      assert.deepEqual([second.applied, second.refused], [0, 1])
      assert.deepEqual(before, [
        ['1', 'stays'],
        ['3', 'b'],
      ])
      assert.deepEqual([third.applied, third.refused], [1, 0])
      assert.deepEqual(await node.rows(ROWS), [['3', 'b']])
    })
  }

  for (const [what, gone] of [
    ['deletion', deletion],
    ['departure', departure],
  ] as const) {
    it(`waits by its ${what} alone, when an older version of it had waited`, async () => {
      const node = await withRows(open, schema)
      await node.apply(LINE, [row(2, 'С01', 1n, 'a')])

      const summary = await node.apply(LINE, [gone(3, 'С01', 1n)])

      assert.equal(summary.refused, 1)
      const waiting = (await node.store.refusedRows()).map(({ row: line }) => line)
      assert.deepEqual(waiting, [`["${what === 'deletion' ? 'd' : 'x'}",3,"С01",1]`])
    })
  }

  it('stops its message where nothing may be set aside', async () => {
    const strict = { ...DEFAULT_PLAN_RULES, strict: true }
    const node = await withRows((text) => open(text, strict), schema)

    await assert.rejects(
      node.apply(LINE, [row(2, 'С01', 2n, 'c'), deletion(2, 'С01', 1n)]),
      RowRefused,
    )

    assert.equal((await node.rows(ROWS)).flat().includes('c'), false)
  })
}

function itIsNamedAgain(open: OpenDatabase, schema: string, guard: Guard): void {
  it('stays when it is the share again', async () => {
    const node = await withRows(open, schema)
    await node.apply(LINE, [departure(2, 'С01', 1n)])

    const summary = await node.apply(LINE, [row(1, 'С01', 1n, 'stays')])
    await node.sql(guard.removal)
    await node.apply(LINE, [])

    assert.equal(summary.refused, 0)
    assert.equal((await node.rows(ROWS)).length, 3)
  })

  it('stays when its sender has it again', async () => {
    const node = await withRows(open, schema)
    await node.apply(LINE, [deletion(2, 'С01', 1n)])

    const summary = await node.apply(LINE, [row(3, 'С01', 1n, 'again')])
    await node.sql(guard.removal)
    await node.apply(LINE, [])

    assert.deepEqual([summary.applied, summary.refused], [1, 0])
    assert.deepEqual((await node.rows(ROWS))[0], ['1', 'again'])
  })
}

function leavesItWhereItIs(open: OpenDatabase, schema: string): void {
  it('have them in the end, and it is known to be here', async () => {
    const node = await withRows(open, schema)

    const summary = await node.apply(LINE, [
      deletion(2, 'С01', 1n),
      row(2, 'С01', 2n, 'b'),
      row(2, 'С01', 3n, 'a'),
    ])

    assert.deepEqual([summary.applied, summary.refused], [2, 1])
    assert.deepEqual(await node.rows(ROWS), [
      ['1', 'stays'],
      ['2', 'b'],
      ['3', 'a'],
    ])
    const offered = await node.changes({ afterSeq: 0, throughSeq: 1000, forNode: 'С02' })
    assert.deepEqual(
      offered.map(({ row: { kind, stamp, values } }) => [kind, stamp, values[0]]),
      [
        ['row', 1, 1n],
        ['row', 2, 2n],
        ['row', 2, 3n],
      ],
    )
  })
}
