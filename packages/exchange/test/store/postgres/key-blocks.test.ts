import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import {
  type ChangeStore,
  DEFAULT_MESSAGE_SIZE_OCTETS,
  DEFAULT_PLAN_RULES,
  DEFAULT_SENDING_RULES,
  exchange,
  type ExchangeEvent,
  newNodeState,
  parseNodeCode,
  type PlanRules,
} from '@obmen/exchange'
import { openPostgresStore, removePostgresPreparation } from '@obmen/exchange/postgres'
import { PostOffice } from '@obmen/exchange/testing'

import { KeyBlocks } from '../../../src/session/key-blocks.ts'
import { PLAN } from '../contract/store-to-try.ts'
import { PreparedDatabase } from '../sqlite/prepared-database.ts'
import { prepareIn } from './prepared-postgres.ts'
import { readRows, startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()

const RULES: PlanRules = {
  ...DEFAULT_PLAN_RULES,
  mainNode: PLAN.thisNode,
  tables: new Map([
    ['orders', { direction: 'both', leaveOut: [], keyBlocks: { size: 10, reserve: 7 } }],
  ]),
}
const IDENTITY =
  'CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY (MAXVALUE 9000) PRIMARY KEY, place text)'

function steer(store: ChangeStore, first: number): Promise<void> {
  return store.transaction(({ keys }) => keys.steer('orders', { first, last: first + 9 }))
}

async function sequenceEnd(): Promise<string | undefined> {
  return (
    await readRows(
      pool,
      `SELECT seqmax FROM pg_sequence WHERE seqrelid = 'orders_id_seq'::regclass`,
    )
  )[0]?.[0]
}

describe('blocks of keys in PostgreSQL', () => {
  it('end a sequence of any declaration, and let it be as it was when the preparation is removed', async () => {
    const { store } = await prepareIn(pool, IDENTITY, { rules: RULES })
    await steer(store, 101)
    const steered = await sequenceEnd()
    await steer(store, 201)
    await removePostgresPreparation(pool)

    assert.deepEqual([steered, await sequenceEnd()], ['110', '9000'])
  })

  it('let it be as it was when the rule goes', async () => {
    const { store } = await prepareIn(pool, IDENTITY, { rules: RULES })
    await steer(store, 101)
    await openPostgresStore(pool, PLAN)

    assert.equal(await sequenceEnd(), '9000')
    await openPostgresStore(pool, PLAN, RULES)
    assert.deepEqual(await readRows(pool, `INSERT INTO orders (place) VALUES ('a') RETURNING id`), [
      ['101'],
    ])
  })

  it('don’t wait for a program that has taken a number and is still at work', async () => {
    const { store } = await prepareIn(pool, IDENTITY, { rules: RULES })
    const client = await pool.connect()
    await client.query(`BEGIN; INSERT INTO orders (place) VALUES ('a')`)
    await steer(store, 101)
    const meanwhile = await sequenceEnd()
    await client.query('COMMIT')
    client.release()
    await steer(store, 101)

    assert.deepEqual([meanwhile, await sequenceEnd()], ['9000', '110'])
  })

  it('count a key that JSON can’t hold as the last one there is', async () => {
    const schema = `CREATE TABLE orders (id bigserial PRIMARY KEY, place text);
      INSERT INTO orders VALUES (9223372036854775807, 'a')`
    const { store } = await prepareIn(pool, schema, { rules: RULES })

    const [table] = await store.transaction(({ keys }) => keys.tables())

    assert.deepEqual([table?.used, table?.greatest], [0, Number.MAX_SAFE_INTEGER])
  })

  it('of a small type stay where nobody can count to them', async () => {
    const schema = 'CREATE TABLE orders (id smallserial PRIMARY KEY, place text)'
    const { store } = await prepareIn(pool, schema, { rules: RULES })
    await steer(store, 32_761)
    await steer(store, 40_001)

    assert.equal(await sequenceEnd(), '32767')
  })
})

describe('a key column that is narrower than the blocks', () => {
  it('is named before inserts fail, with how far it counts', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'obmen-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const rules = { ...RULES, mainNode: parseNodeCode('С01') }
    const schema = `CREATE TABLE orders (id smallserial PRIMARY KEY, place text);
      ALTER SEQUENCE orders_id_seq AS bigint`
    const { store } = await prepareIn(pool, schema, { rules })
    const events: ExchangeEvent[] = []
    const keys = new KeyBlocks({ spoolFolder: folder, onEvent: (event) => events.push(event) })
    await store.transaction(async (transaction) => {
      await transaction.keys.addBlock('orders', PLAN.thisNode, { first: 32_751, last: 32_760 })
      await keys.tend(transaction, { isNewDay: false })
    })
    const before = events.length
    const block = { first: 32_761, last: 32_770 }
    await store.transaction(async (transaction) => {
      await transaction.keys.addBlock('orders', PLAN.thisNode, block)
      await keys.tend(transaction, { isNewDay: false })
    })

    assert.equal(before, 0)
    assert.deepEqual(events, [
      { kind: 'keys-beyond-column', table: 'orders', block, limit: 32_767 },
    ])
    assert.equal(await sequenceEnd(), '32767')
  })

  it('is refused by name when not even one block fits', async () => {
    const rules = {
      ...RULES,
      tables: new Map([
        ['orders', { direction: 'both', leaveOut: [], keyBlocks: { size: 50_000, reserve: 7 } }],
      ] as const),
    }
    const schema = 'CREATE TABLE orders (id smallserial PRIMARY KEY, place text)'

    await assert.rejects(prepareIn(pool, schema, { rules }), /50000 numbers .* "id" .* 32767/)
  })
})

describe('blocks of keys between PostgreSQL and SQLite', () => {
  it('keep the keys of all nodes apart', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'obmen-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const post = new PostOffice()
    const shopPlan = { ...PLAN, thisNode: parseNodeCode('С01') }
    const office = await prepareIn(
      pool,
      'CREATE TABLE orders (id bigserial PRIMARY KEY, place text)',
      { rules: RULES },
    )
    const shop = new PreparedDatabase(
      'CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT)',
      { plan: shopPlan, rules: RULES },
    )
    const nodes = [
      { store: shop.store, plan: shopPlan, peer: PLAN.thisNode },
      { store: office.store, plan: PLAN, peer: shopPlan.thisNode },
    ]
    for (const { store, peer } of nodes) {
      await store.transaction((transaction) => transaction.addNode(newNodeState(peer)))
    }
    const turn = async (): Promise<void> => {
      for (const { store, plan } of nodes) {
        await exchange({
          store,
          transport: post.transportFor(plan),
          spoolFolder: join(folder, plan.thisNode),
          rules: { ...DEFAULT_SENDING_RULES, messageSizeOctets: DEFAULT_MESSAGE_SIZE_OCTETS },
          now: () => 1_800_000_000_000,
          newUuid: () => crypto.randomUUID(),
          onEvent: (event) => assert.notEqual(event.kind, 'problem', JSON.stringify(event)),
        })
      }
    }
    for (let count = 0; count < 3; count += 1) await turn()

    for (let round = 0; round < 3; round += 1) {
      for (let row = 0; row < 6; row += 1) {
        shop.sql(`INSERT INTO orders (place) VALUES ('shop')`)
        await pool.query(`INSERT INTO orders (place) VALUES ('office')`)
      }
      await turn()
      await turn()
    }

    const counts = 'SELECT place, count(*) FROM orders GROUP BY place ORDER BY place'
    assert.deepEqual(await readRows(pool, counts), [
      ['office', '18'],
      ['shop', '18'],
    ])
    assert.deepEqual(await office.store.checksums(), await shop.store.checksums())
    assert.deepEqual(await office.store.conflicts(), [])
  })
})
