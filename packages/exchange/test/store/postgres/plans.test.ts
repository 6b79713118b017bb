/** What PostgreSQL does for a piece, and for a batch: a plan that looks at everything for each piece gives the same rows, and takes twenty times as long. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { newNodeState, parseNodeCode, type TableLine, type Value } from '@obmen/exchange'
import { SchemaMismatch } from '@obmen/exchange/errors'
import { openPostgresStore, type PostgresPool, type PostgresRules } from '@obmen/exchange/postgres'
import type pg from 'pg'

import { DEFAULT_PLAN_RULES } from '../../../src/plan/plan-rules.ts'
import { deletion, PLAN, row, tableLine } from '../contract/store-to-try.ts'
import { readLines } from '../lines.ts'
import { applyMessage } from '../store-language.ts'
import { prepareIn } from './prepared-postgres.ts'
import { startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()

const GOODS = 'CREATE TABLE goods (id integer PRIMARY KEY, name text, shop text)'
const ROWS = `INSERT INTO goods SELECT n, repeat('чай ', 20), 'С01' FROM generate_series(1, 1500) n`

type ColumnType = TableLine['columns'][number]['type']

/** A statement with its parameters, and the settings of its transaction. */
interface Asked {
  readonly text: string
  readonly values: unknown[]
  readonly settings: string
}

/** The node of a plan, see EXPLAIN (FORMAT JSON). */
interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly Plans?: readonly PlanNode[]
}

/** A pool that writes down what it is asked. */
function listening(asked: Asked[]): PostgresPool {
  return {
    connect: async () => {
      const client = await pool.connect()
      let settings = ''
      return {
        query: (query) => {
          if (query.text.startsWith('BEGIN')) settings = query.text
          asked.push({ text: query.text, values: query.values ?? [], settings })
          return client.query(query)
        },
        release: (error) => client.release(error),
      }
    },
  }
}

/** The nodes of the plan that PostgreSQL makes for a statement, in a transaction with the same settings. */
async function explain(
  client: pg.PoolClient,
  { text, values, settings }: Asked,
): Promise<PlanNode[]> {
  await client.query(settings)
  const { rows } = await client.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
    `EXPLAIN (FORMAT JSON) ${text}`,
    values,
  )
  await client.query('ROLLBACK')
  return (rows[0]?.['QUERY PLAN'] ?? []).flatMap(({ Plan }) => nodesOf(Plan))
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}

/** What takes no more than the piece has rows: a way along an index, row by row. */
const PIECEMEAL = new Set([
  'Aggregate',
  'Index Only Scan',
  'Index Scan',
  'Limit',
  'Nested Loop',
  'Result',
  'Subquery Scan',
])

for (const { words, rules, index } of [
  { words: 'a whole table', rules: DEFAULT_PLAN_RULES, index: 'index_1_seq' },
  {
    words: 'a node’s part of a table',
    rules: {
      ...DEFAULT_PLAN_RULES,
      tables: new Map([['goods', { direction: 'both', where: 'shop = :code', leaveOut: [] }]]),
    },
    index: 'share_of_1_seq',
  },
] as const satisfies readonly { words: string; rules: PostgresRules; index: string }[]) {
  describe(`reading ${words} by pieces`, () => {
    for (const [state, sql] of [
      ['before anything is known of it', 'SELECT 1'],
      ['with statistics', 'ANALYZE'],
    ] as const) {
      it(`goes along the index of positions, ${state}`, async (t) => {
        const { node } = await prepareIn(pool, GOODS, { rules })
        await node.store.transaction((some) => some.addNode(newNodeState(ALL.forNode)))
        await node.sql(ROWS)
        await node.fold()
        await node.sql(sql)
        const asked: Asked[] = []
        const store = await openPostgresStore(listening(asked), PLAN, rules)

        await readLines(store)
        for await (const batch of store.readChanges(ALL)) assert.equal(batch.lines, undefined)

        const pieces = asked.filter(({ text }) => text.includes('JOIN "public"."goods" d'))
        assert.deepEqual(
          [pieces.length > 3, pieces.some(({ text }) => text.startsWith('DECLARE'))],
          [true, true],
        )
        const client = await pool.connect()
        t.after(() => client.release(true))
        for (const piece of pieces) {
          const nodes = await explain(client, piece)
          const own = nodes.filter((some) => some['Relation Name'] !== 'unsent')
          const others = own.filter((some) => !PIECEMEAL.has(some['Node Type']))
          assert.deepEqual(others, [])
          assert.equal(
            own.some((some) => some['Index Name'] === index),
            true,
          )
        }
      })
    }
  })
}

const ALL = {
  forNode: parseNodeCode('С01'),
  afterSeq: 0,
  throughSeq: Number.MAX_SAFE_INTEGER,
} as const

describe('applying rows to PostgreSQL', () => {
  it('asks for many at once, and takes no more statements for them than for a few', async () => {
    await prepareIn(pool, GOODS)
    const asked: Asked[] = []
    const store = await openPostgresStore(listening(asked), PLAN)
    const count = async (ids: number, stamp: number): Promise<number> => {
      asked.length = 0
      await store.transaction(async (transaction) => {
        const applier = await transaction.beginApplying(SENDER)
        assert.equal((applier.batchRows ?? 0) >= 1000, true)
        await applier.beginTable(LINE)
        await applier.applyRows(
          Array.from({ length: ids }, (_, id) => row(stamp, 'С01', BigInt(id), 'чай', 'С01')),
        )
        assert.equal((await applier.finish()).applied, ids)
      })
      return asked.length
    }

    const few = await count(2, 1)
    const many = await count(1000, 2)

    assert.equal(many, few)
  })
})

const TABLES = new Set(['goods', 'parts', 'index_1', 'index_2'])

/** Two keys of a type, of which the second one is new. */
const KEYS: readonly { type: string; column: ColumnType; keys: readonly [Value, Value] }[] = [
  { type: 'bigint', column: 'integer', keys: [1n, 2n] },
  { type: 'text', column: 'text', keys: ['а', 'б'] },
  { type: 'character varying(9)', column: 'text', keys: ['а', 'б'] },
  { type: 'character(9)', column: 'text', keys: ['а', 'б'] },
  {
    type: 'uuid',
    column: 'uuid',
    keys: [`${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`, 'x'],
  },
  { type: 'date', column: 'date', keys: ['2020-01-01', '2020-02-29'] },
  { type: 'double precision', column: 'real', keys: [0.5, 1.5] },
]

describe('applying rows to PostgreSQL that its table does not take', () => {
  it('asks nothing for each of them', async () => {
    await prepareIn(pool, 'CREATE TABLE goods (id date PRIMARY KEY, name text, shop text)')
    const asked: Asked[] = []
    const store = await openPostgresStore(listening(asked), PLAN)
    const count = async (ids: number): Promise<number> => {
      asked.length = 0
      const rows = Array.from({ length: ids }, (_, id) => row(1, 'С01', `№ ${id}`, 'чай', 'С01'))
      await assert.rejects(applyMessage(store, [{ table: LINE, rows }], {}), SchemaMismatch)
      return asked.length
    }

    assert.equal(await count(100), await count(2))
  })
})

describe('applying rows to PostgreSQL by their keys', () => {
  for (const { type, column, keys } of KEYS) {
    it(`finds each row by its key of type ${type} along an index`, async (t) => {
      const schema = `CREATE TABLE goods (id ${type} PRIMARY KEY, name text);
        CREATE TABLE parts (id ${type} PRIMARY KEY REFERENCES goods)`
      const { node } = await prepareIn(pool, schema)
      const goods = tableLine('goods', 1, { id: column, name: 'text' })
      const parts = tableLine('parts', 1, { id: column })
      const asked: Asked[] = []
      const store = await openPostgresStore(listening(asked), PLAN)
      const [known, other] = keys
      const later = 4_000_000_000_000
      await applyMessage(store, [{ table: goods, rows: [row(1, 'С01', known, 'a')] }], {})
      await applyMessage(
        store,
        [
          { table: goods, rows: [row(2, 'С01', known, 'b'), row(2, 'С01', other, 'b')] },
          { table: parts, rows: [row(2, 'С01', known), row(2, 'С01', 'none')] },
        ],
        {},
      )
      await node.sql(`UPDATE goods SET name = 'ours'`)
      await applyMessage(store, [{ table: goods, rows: [row(later, 'С01', known, 'c')] }], {})
      await applyMessage(store, [{ table: goods, rows: [deletion(later + 1, 'С01', known)] }], {})

      const batches = asked.filter(({ text }) => text.includes('unnest(') && !text.includes('log_'))
      const client = await pool.connect()
      t.after(() => client.release(true))
      for (const batch of batches) {
        const settings = `${batch.settings}; SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off`
        const nodes = await explain(client, { ...batch, settings })
        const whole = nodes.filter((some) => some['Node Type'] === 'Seq Scan')
        const read = whole.map((some) => some['Relation Name'] ?? '')
        assert.deepEqual(
          read.filter((name) => TABLES.has(name)),
          [],
          batch.text,
        )
      }
      assert.equal(batches.length > 10, true)
    })
  }
})

describe('applying batches of one kind to PostgreSQL', () => {
  for (const type of ['text', 'character varying', 'character varying(20)', 'character(20)']) {
    it(`judges only the first of them, with texts of type ${type}`, async () => {
      await prepareIn(pool, `CREATE TABLE goods (id integer PRIMARY KEY, name ${type}, shop text)`)
      const asked: Asked[] = []
      const store = await openPostgresStore(listening(asked), PLAN)

      await store.transaction(async (transaction) => {
        const applier = await transaction.beginApplying(SENDER)
        await applier.beginTable(LINE)
        for (const id of [1n, 2n, 3n]) await applier.applyRows([row(1, 'С01', id, 'чай', 'С01')])
        assert.equal((await applier.finish()).applied, 3)
      })

      assert.equal(asked.filter(({ text }) => text.includes('WITH arrival')).length, 1)
    })
  }
})

const LINE = tableLine('goods', 1, { id: 'integer', name: 'text', shop: 'text' })

const SENDER = { code: parseNodeCode('С01'), acknowledgedSeq: 0, nowMs: 1 }
