/** How PostgreSQL goes about reading a piece: a plan that looks at everything for each piece gives the same rows, and takes twenty times as long. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { newNodeState, parseNodeCode } from '@obmen/exchange'
import { openPostgresStore, type PostgresPool, type PostgresRules } from '@obmen/exchange/postgres'
import type pg from 'pg'

import { DEFAULT_PLAN_RULES } from '../../../src/plan/plan-rules.ts'
import { PLAN } from '../contract/store-to-try.ts'
import { readLines } from '../lines.ts'
import { prepareIn } from './prepared-postgres.ts'
import { startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()

const GOODS = 'CREATE TABLE goods (id integer PRIMARY KEY, name text, shop text)'
const ROWS = `INSERT INTO goods SELECT n, repeat('чай ', 20), 'С01' FROM generate_series(1, 1500) n`

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
