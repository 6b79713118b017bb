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

describe('an exchange between SQLite and PostgreSQL', () => {
  it('by letters brings every value of every type to all nodes, through SQLite in between too', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'obmen-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const post = new PostOffice()
    const planOf = (code: string): ExchangePlan => ({ ...PLAN, thisNode: parseNodeCode(code) })
    const [first, second] = [planOf('С01'), planOf('С02')]
    const office = new PreparedDatabase(SQLITE, { plan: PLAN })
    const shop = await prepareIn(pool, `${POSTGRES}; ${insertAll()}`, { plan: first })
    const store = await prepareIn(otherPool, POSTGRES, { plan: second })
    const nodes: readonly (readonly [ChangeStore, ExchangePlan, readonly string[]])[] = [
      [shop.store, first, ['ЦБ']],
      [office.store, PLAN, ['С01', 'С02']],
      [store.store, second, ['ЦБ']],
    ]
    for (const [own, , peers] of nodes) {
      await own.transaction(async (transaction) => {
        for (const peer of peers) await transaction.addNode(newNodeState(parseNodeCode(peer)))
      })
    }
    const turn = async (): Promise<void> => {
      for (const [own, plan] of nodes) {
        await exchange({
          store: own,
          transport: post.transportFor(plan),
          spoolFolder: join(folder, plan.thisNode),
          rules: {
            ...DEFAULT_SENDING_RULES,
            messageSizeOctets: DEFAULT_MESSAGE_SIZE_OCTETS,
            checkEveryMs: 0,
          },
          now: () => 1_800_000_000_000,
          newUuid: () => crypto.randomUUID(),
          onEvent: (event) => {
            const isGood = event.kind !== 'problem' && event.kind !== 'difference'
            assert.equal(isGood, true, JSON.stringify(event))
          },
        })
      }
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
})
