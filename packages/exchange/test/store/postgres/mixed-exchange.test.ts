import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import {
  type ChangeStore,
  DEFAULT_MESSAGE_SIZE_OCTETS,
  DEFAULT_SENDING_RULES,
  exchange,
  type ExchangeEvent,
  type ExchangePlan,
  newNodeState,
  parseNodeCode,
} from '@obmen/exchange'
import { PostOffice } from '@obmen/exchange/testing'

import { PLAN } from '../contract/store-to-try.ts'
import { PreparedDatabase } from '../sqlite/prepared-database.ts'
import { prepareIn } from './prepared-postgres.ts'
import { readRows, startPostgres } from './test-server.ts'
import { insertAll, POSTGRES, SQLITE } from './type-cases.ts'

const server = await startPostgres()
const pool = await server.newDatabase()
const otherPool = await server.newDatabase()

function planOf(code: string): ExchangePlan {
  return { ...PLAN, thisNode: parseNodeCode(code) }
}

async function addNodes(store: ChangeStore, codes: readonly string[]): Promise<void> {
  await store.transaction(async (transaction) => {
    for (const code of codes) await transaction.addNode(newNodeState(parseNodeCode(code)))
  })
}

interface OneExchange {
  readonly store: ChangeStore
  readonly plan: ExchangePlan
  readonly post: PostOffice
  readonly folder: string
  readonly onEvent: (event: ExchangeEvent) => void
}

async function exchangeOnce({ store, plan, post, folder, onEvent }: OneExchange): Promise<void> {
  await exchange({
    store,
    transport: post.transportFor(plan),
    spoolFolder: join(folder, plan.thisNode),
    rules: {
      ...DEFAULT_SENDING_RULES,
      messageSizeOctets: DEFAULT_MESSAGE_SIZE_OCTETS,
      checkEveryMs: 0,
    },
    now: () => 1_800_000_000_000,
    newUuid: () => crypto.randomUUID(),
    onEvent,
  })
}

function newFolder(t: { after(work: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

describe('an exchange between SQLite and PostgreSQL', () => {
  it('by letters brings every value of every type to all nodes, through SQLite in between too', async (t) => {
    const folder = newFolder(t)
    const post = new PostOffice()
    const [first, second] = [planOf('С01'), planOf('С02')]
    const office = new PreparedDatabase(SQLITE, { plan: PLAN })
    const shop = await prepareIn(pool, `${POSTGRES}; ${insertAll()}`, { plan: first })
    const store = await prepareIn(otherPool, POSTGRES, { plan: second })
    const nodes: readonly (readonly [ChangeStore, ExchangePlan, readonly string[]])[] = [
      [shop.store, first, ['ЦБ']],
      [office.store, PLAN, ['С01', 'С02']],
      [store.store, second, ['ЦБ']],
    ]
    for (const [own, , peers] of nodes) await addNodes(own, peers)
    const onEvent = (event: ExchangeEvent): void => {
      const isGood = event.kind !== 'problem' && event.kind !== 'difference'
      assert.equal(isGood, true, JSON.stringify(event))
    }
    const turn = async (): Promise<void> => {
      for (const [store, plan] of nodes) await exchangeOnce({ store, plan, post, folder, onEvent })
    }

    for (let count = 0; count < 4; count += 1) await turn()
    await otherPool.query(`UPDATE v SET c0 = 7 WHERE id = 0; DELETE FROM v WHERE id = 1`)
    for (let count = 0; count < 4; count += 1) await turn()

    const checksums = await Promise.all(nodes.map(([own]) => own.checksums()))
    assert.deepEqual(checksums[0], checksums[1])
    assert.deepEqual(checksums[0], checksums[2])
    const sums = await Promise.all(nodes.map(([own]) => own.sumTables({ throughSeq: 1e9 })))
    assert.deepEqual([sums[0]?.length, sums[0], sums[0]], [1, sums[1], sums[2]])
    const all = 'SELECT * FROM v ORDER BY id'
    assert.deepEqual(await readRows(pool, all), await readRows(otherPool, all))
    assert.deepEqual(await readRows(pool, 'SELECT id, c0 FROM v WHERE id < 2'), [['0', '7']])
    assert.deepEqual(await shop.store.refusedRows(), [])
  })
  it('names a column that is narrower here, and rows find their place when it is wide enough', async (t) => {
    const folder = newFolder(t)
    const post = new PostOffice()
    const office = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, article VARCHAR(9))',
      { plan: PLAN },
    )
    const shop = await prepareIn(
      pool,
      'CREATE TABLE goods (id bigint PRIMARY KEY, article varchar(5))',
      { plan: planOf('С01') },
    )
    await addNodes(office.store, ['С01'])
    await addNodes(shop.store, ['ЦБ'])
    const named: ExchangeEvent[] = []
    const onEvent = (event: ExchangeEvent): void => {
      if (event.kind === 'column-narrower') named.push(event)
    }
    const send = async (statement: string): Promise<void> => {
      office.sql(statement)
      await exchangeOnce({ store: office.store, plan: PLAN, post, folder, onEvent })
      await exchangeOnce({ store: shop.store, plan: planOf('С01'), post, folder, onEvent })
    }

    await send(`INSERT INTO goods VALUES (1, 'А-100'), (2, 'АБВ-1000')`)
    const before = await readRows(pool, 'SELECT article FROM goods')
    await pool.query('ALTER TABLE goods ALTER article TYPE varchar(9)')
    await send(`INSERT INTO goods VALUES (3, 'А-300')`)

    const there = { here: 'character varying(5)', there: 'VARCHAR(9)' }
    const column = { table: 'goods', column: 'article', ...there }
    assert.deepEqual(named, [{ kind: 'column-narrower', node: 'ЦБ', column }])
    assert.deepEqual(before, [['А-100']])
    const after = await readRows(pool, 'SELECT article FROM goods ORDER BY id')
    assert.deepEqual(after, [['А-100'], ['АБВ-1000'], ['А-300']])
  })
})
