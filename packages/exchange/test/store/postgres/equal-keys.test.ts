/** Keys that differ in a message, and are one row for the database. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { RowLine, TableLine, Value } from '@obmen/exchange'

import { DEFAULT_PLAN_RULES } from '../../../src/plan/plan-rules.ts'
import { row, tableLine } from '../contract/store-to-try.ts'
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

function lineOf(type: 'decimal' | 'text' | 'numeric', collation: string): TableLine {
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

describe('a node’s part of a table', () => {
  it('takes rows whose keys are equal', async () => {
    const schema = CASES.at(-1)?.schema ?? ''
    const line = CASES.at(-1)?.line ?? lineOf('text', '')
    const { node } = await prepareIn(pool, schema, {
      rules: {
        ...DEFAULT_PLAN_RULES,
        tables: new Map([['goods', { direction: 'both', where: `name <> 'x'`, leaveOut: [] }]]),
      },
    })

    await node.apply(line, [row(1000, 'С01', 'a', 'first'), row(2000, 'С01', 'A', 'second')])

    assert.deepEqual(await node.rows(NAMES), [['second']])
  })
})
