/** Keys that differ in a message, and are one row for the database. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { RowLine, TableLine, Value } from '@obmen/exchange'

import { DEFAULT_PLAN_RULES, type PlanRules } from '../../../src/plan/plan-rules.ts'
import { deletion, departure, row, tableLine } from '../contract/store-to-try.ts'
import { prepareIn } from './prepared-postgres.ts'
import { startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()

interface KeyCase {
  readonly name: string
  readonly schema: string
  readonly line: TableLine
  /** Equal for the database. */
  readonly keys: readonly [Value, Value]
}

function lineOf(type: TableLine['columns'][number]['type'], collation: string): TableLine {
  const line = tableLine('goods', 1, { id: type, name: 'text' })
  const columns = line.columns.map((column, index) => {
    return index === 0 && collation !== '' ? { ...column, collation } : column
  })
  return { ...line, columns }
}

const CASES: readonly KeyCase[] = [
  {
    name: 'numbers of any scale',
    schema: 'CREATE TABLE goods (id numeric PRIMARY KEY, name text)',
    line: lineOf('decimal', 'NUMERIC'),
    keys: ['1.0', '1.00'],
  },
  {
    name: 'numbers of one scale',
    schema: 'CREATE TABLE goods (id numeric(10,2) PRIMARY KEY, name text)',
    line: lineOf('numeric', ''),
    keys: [1n, 1],
  },
  {
    name: 'texts of citext',
    schema:
      'CREATE EXTENSION IF NOT EXISTS citext; CREATE TABLE goods (id citext PRIMARY KEY, name text)',
    line: lineOf('text', 'CITEXT'),
    keys: ['a', 'A'],
  },
  {
    name: 'texts in a collation that is not deterministic',
    schema: `CREATE COLLATION IF NOT EXISTS loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      CREATE TABLE goods (id text COLLATE loose PRIMARY KEY, name text)`,
    line: lineOf('text', 'LOOSE'),
    keys: ['a', 'A'],
  },
]

const NAMES = 'SELECT name FROM goods'

for (const { name, schema, line, keys } of CASES) {
  describe(`${name} that are equal in one message`, () => {
    const both = (first: number, second: number): RowLine[] => [
      row(first, 'С01', keys[0], 'first'),
      row(second, 'С01', keys[1], 'second'),
    ]

    it('are applied in their order', async () => {
      const { node } = await prepareIn(pool, schema)

      const rising = await node.apply(line, both(1000, 2000))
      const after = await node.rows(NAMES)
      const falling = await node.apply(line, both(4000, 3000))

      assert.deepEqual([rising.applied, rising.outdated], [2, 0])
      assert.deepEqual(after, [['second']])
      assert.deepEqual([falling.applied, falling.outdated], [1, 1])
      assert.deepEqual(await node.rows(NAMES), [['first']])
    })

    it('are applied among others, one of which has no place', async () => {
      const { node } = await prepareIn(
        pool,
        `${schema}; ALTER TABLE goods ADD CHECK (name <> 'bad')`,
      )
      const other: Value =
        typeof keys[0] === 'string' && line.columns[0]?.type === 'text' ? 'b' : 2n
      const another = typeof other === 'bigint' && line.columns[0]?.type === 'decimal' ? '2' : other

      const summary = await node.apply(line, [
        ...both(1000, 2000),
        row(1000, 'С01', another, 'bad'),
      ])

      assert.deepEqual([summary.applied, summary.refused], [2, 1])
      assert.deepEqual(await node.rows(NAMES), [['second']])
    })

    it('wait under their own names, and are tried again', async () => {
      const { node } = await prepareIn(
        pool,
        `${schema}; ALTER TABLE goods ADD CONSTRAINT fit CHECK (name NOT IN ('first', 'second'))`,
      )

      const waiting = await node.apply(line, both(1000, 2000))
      await node.sql('ALTER TABLE goods DROP CONSTRAINT fit')
      await node.apply(line, [])

      assert.equal(waiting.refused > 0, true)
      assert.deepEqual(await node.rows(NAMES), [['second']])
      assert.deepEqual(await node.store.refusedRows(), [])
    })
  })
}

const IN_PARTS: PlanRules = {
  ...DEFAULT_PLAN_RULES,
  tables: new Map([['goods', { direction: 'both', where: `name <> 'x'`, leaveOut: [] }]]),
}

describe('a node’s part of a table', () => {
  it('takes rows whose keys are equal', async () => {
    const schema = CASES.at(-1)?.schema ?? ''
    const line = CASES.at(-1)?.line ?? lineOf('text', '')
    const { node } = await prepareIn(pool, schema, {
      rules: IN_PARTS,
    })

    await node.apply(line, [row(1000, 'С01', 'a', 'first'), row(2000, 'С01', 'A', 'second')])

    assert.deepEqual(await node.rows(NAMES), [['second']])
  })
})

/** Two forms of one key, of which a column of the type keeps the first. */
const FORMS = [
  { type: 'date', line: lineOf('date', ''), keys: ['2020-01-01', '20200101'] },
  { type: 'double precision', line: lineOf('real', ''), keys: [0, -0] },
  { type: 'character(5)', line: lineOf('text', ''), keys: ['a', 'a '] },
  { type: 'character varying(2)', line: lineOf('text', ''), keys: ['ab', 'ab '] },
  {
    type: 'uuid',
    line: lineOf('uuid', ''),
    keys: ['00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-00000000000A'],
  },
] as const

for (const { type, line, keys } of FORMS) {
  describe(`two forms of a key of type ${type}`, () => {
    const [kept, other] = keys
    const schema = `CREATE TABLE goods (id ${type} PRIMARY KEY, name text)`

    it('are deleted by one message', async () => {
      const { node } = await prepareIn(pool, schema)
      await node.apply(line, [row(1, 'С01', kept, 'a')])

      const summary = await node.apply(line, [deletion(2, 'С01', kept), deletion(2, 'С01', other)])

      assert.equal(summary.refused, 0)
      assert.deepEqual(await node.rows(NAMES), [])
      assert.deepEqual(await node.newChanges(), [])
    })

    it('stay as they are here, both, by one decision', async () => {
      const { node } = await prepareIn(pool, schema, {
        rules: { ...DEFAULT_PLAN_RULES, conflicts: { kind: 'ours' } },
      })
      await node.sql(`INSERT INTO goods VALUES ('${String(kept)}', 'ours')`)
      await node.fold()

      const later = 4_000_000_000_000
      const both = [row(later, 'Я1', kept, 'x'), row(later, 'Я1', other, 'y')]
      // Of the two, this node has the smaller code, so it decides.
      await node.apply(line, both, { code: 'Я1' })

      assert.deepEqual(await node.rows(NAMES), [['ours']])
    })
  })
}

describe('the other form of a key', () => {
  it('takes nothing away when it goes, and what waited under it waits no more', async () => {
    const { node } = await prepareIn(
      pool,
      'CREATE TABLE goods (id varchar(2) PRIMARY KEY, name text)',
    )
    const line = lineOf('text', '')
    const came = await node.apply(line, [row(1, 'С01', 'ab', 'a'), row(1, 'С01', 'ab ', 'b')])

    const went = await node.apply(line, [deletion(2, 'С01', 'ab ')])
    const after = await node.apply(line, [row(2, 'С01', 'ab', 'c')])

    assert.deepEqual([came.applied, came.refused], [1, 1])
    assert.deepEqual([went.refused, after.applied], [0, 1])
    assert.deepEqual(await node.rows(NAMES), [['c']])
    assert.deepEqual(await node.store.refusedRows(), [])
  })
})

describe('a key that its domain does not take', () => {
  it('is set aside where nodes have parts of the table', async () => {
    const { node } = await prepareIn(
      pool,
      `CREATE DOMAIN code AS text CHECK (VALUE <> 'bad'); CREATE TABLE goods (id code PRIMARY KEY, name text)`,
      { rules: IN_PARTS },
    )

    const summary = await node.apply(lineOf('text', ''), [
      row(1, 'С01', 'good', 'a'),
      row(1, 'С01', 'bad', 'b'),
    ])

    assert.deepEqual([summary.applied, summary.refused], [1, 1])
  })
})

describe('a key that no index has room for', () => {
  it('is set aside, and waits no more when it is deleted', async () => {
    const { node } = await prepareIn(pool, 'CREATE TABLE goods (id text PRIMARY KEY, name text)')
    const line = lineOf('text', '')
    // Of digits that don't compress.
    const long = Array.from({ length: 2000 }, (_, no) => Math.sin(no).toString(36)).join('')

    const came = await node.apply(line, [row(1, 'С01', 'a', 'a'), row(1, 'С01', long, 'b')])
    const went = await node.apply(line, [
      deletion(2, 'С01', long),
      deletion(2, 'С01', 'a'),
      deletion(2, 'С01', 'a'.repeat(600)),
    ])
    await node.apply(line, [row(1, 'С01', 'a'.repeat(600), 'older')], { code: 'С02' })

    assert.deepEqual([came.applied, came.refused], [1, 1])
    assert.equal(went.refused, 0)
    assert.deepEqual(await node.rows(NAMES), [])
    assert.deepEqual(await node.store.refusedRows(), [])
  })
})

describe('a day that there is not', () => {
  const DAYS = lineOf('date', '')
  const SCHEMA = 'CREATE TABLE goods (id date PRIMARY KEY, name text);'
  const VISITS = 'CREATE TABLE visits (id integer PRIMARY KEY, day date REFERENCES goods)'

  for (const [what, gone, others] of [
    ['is deleted', deletion, ''],
    ['leaves the share', departure, ''],
    ['is deleted, where others refer to days', deletion, VISITS],
    ['leaves the share, where others refer to days', departure, VISITS],
  ] as const) {
    it(`is set aside as a key among others, and waits no more when it ${what}`, async () => {
      const { node } = await prepareIn(pool, SCHEMA + others)

      const came = await node.apply(DAYS, [
        row(1, 'С01', '2023-02-28', 'a'),
        row(1, 'С01', '2023-02-30', 'b'),
        row(1, 'С01', '2023-13-01', 'c'),
        row(1, 'С01', '2024-02-29', 'd'),
        row(1, 'С01', '2023-12-31', 'e'),
      ])
      const went = await node.apply(DAYS, [
        gone(2, 'С01', '2023-02-30'),
        gone(2, 'С01', '2023-02-28'),
        gone(2, 'С01', '2023-13-01'),
      ])

      assert.deepEqual([came.applied, came.refused], [3, 2])
      assert.equal(went.refused, 0)
      assert.deepEqual(await node.rows('SELECT name FROM goods ORDER BY name'), [['d'], ['e']])
      assert.deepEqual(await node.store.refusedRows(), [])
    })
  }

  it('is set aside where it refers to another row', async () => {
    const { node } = await prepareIn(pool, SCHEMA + VISITS)
    const visits = tableLine('visits', 1, { id: 'integer', day: 'date' })

    const summary = await node.applyMessage([
      { table: DAYS, rows: [row(1, 'С01', '2023-02-28', 'a')] },
      { table: visits, rows: [row(1, 'С01', 1n, '2023-02-28'), row(1, 'С01', 2n, '2023-02-30')] },
    ])

    assert.deepEqual([summary.applied, summary.refused], [2, 1])
  })

  it('is set aside where nodes have parts of the table', async () => {
    const { node } = await prepareIn(pool, SCHEMA, { rules: IN_PARTS })

    const summary = await node.apply(DAYS, [
      row(1, 'С01', '2023-02-28', 'a'),
      row(1, 'С01', '2023-02-30', 'b'),
    ])

    assert.deepEqual([summary.applied, summary.refused], [1, 1])
  })
})
