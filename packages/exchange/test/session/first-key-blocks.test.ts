import assert from 'node:assert/strict'
import { it } from 'node:test'

import { DEFAULT_PLAN_RULES, parseNodeCode, type PlanRules } from '@obmen/exchange'

import { openWorld, settle } from '../world.ts'

const SCHEMA = 'CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT)'

const RULES: PlanRules = {
  ...DEFAULT_PLAN_RULES,
  mainNode: parseNodeCode('ЦБ'),
  tables: new Map([
    ['orders', { direction: 'both', leaveOut: [], keyBlocks: { size: 100, reserve: 25 } }],
  ]),
}

it('a node that has counted to the end of its first block before that came gets another one', async (t) => {
  const world = await openWorld(t, { schema: SCHEMA, planRules: RULES })
  const { shop, office, post, clock } = world
  await shop.exchange()
  await office.exchange()
  post.letters.length = 0
  const last = 200
  const granted = office.rows(`SELECT 1 FROM obmen_key_block WHERE node = 'С01' AND last = ${last}`)
  const insert = shop.database.prepare('INSERT INTO orders DEFAULT VALUES')
  for (let key = 1; key <= last; key += 1) insert.run()
  for (let day = 0; day < 3; day += 1) {
    await settle(world)
    clock.nowMs += 86_400_000
  }

  const [state] = await shop.store.keyStates()
  assert.equal(granted.length, 1)
  assert.equal(state?.left, 100)
})
