import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { describe, it, type TestContext } from 'node:test'

import {
  type ConflictPolicy,
  DEFAULT_PLAN_RULES,
  DEFAULT_SENDING_RULES,
  parseNodeCode,
} from '@obmen/exchange'

import { areEqual, openWorld, settle, type World } from '../world.ts'

const DAY_MS = 86_400_000

/** Longer than any node waits for an answer. */
const LONG_MS = 100 * DAY_MS

async function openTrade(
  t: TestContext,
  conflicts: ConflictPolicy,
  rules: { readonly messageSizeOctets?: number } = {},
): Promise<World> {
  const mainNode = parseNodeCode('ЦБ')
  const world = await openWorld(t, {
    planRules: { ...DEFAULT_PLAN_RULES, mainNode, conflicts },
    rules: { ...DEFAULT_SENDING_RULES, ...rules },
  })
  world.office.sql(`INSERT INTO goods (id, name) VALUES (1, 'tea'), (2, 'salt'), (3, 'rice')`)
  await settle(world)
  return world
}

/** The office takes what the shop has sent, and its answer is lost. */
async function loseAnswer({ office, post }: World): Promise<void> {
  await office.exchange()
  post.letters.length = 0
}

/** The same at both. */
function names({ office, shop }: World): string {
  const [here, there] = [office, shop].map((site) => {
    const [row] = site.rows(
      'SELECT group_concat(name) AS names FROM (SELECT name FROM goods ORDER BY id)',
    )
    return JSON.stringify(row)
  })
  assert.equal(here, there)
  return here?.slice('{"names":"'.length, -2) ?? ''
}

describe('rows that are told again because the answer was lost', () => {
  for (const kind of ['latest', 'ours', 'theirs', 'ask'] as const) {
    it(`do not take back what was changed on top of them (${kind})`, async (t) => {
      const world = await openTrade(t, { kind })
      const { office, shop, clock } = world
      clock.nowMs += 1000
      shop.sql(`UPDATE goods SET name = 'green tea' WHERE id = 1`)
      await shop.exchange()
      await loseAnswer(world)
      clock.nowMs += 1000
      office.sql(`UPDATE goods SET name = 'black tea' WHERE id = 1`)
      clock.nowMs += LONG_MS
      await settle(world)

      assert.equal(names(world), 'black tea,salt,rice')
      assert.deepEqual(await office.store.conflicts(), [])
    })

    it(`are one conflict, however often they come (${kind})`, async (t) => {
      const world = await openTrade(t, { kind })
      const { office, shop, clock } = world
      clock.nowMs += 1000
      shop.sql(`UPDATE goods SET name = 'green tea' WHERE id = 1`)
      clock.nowMs += 1000
      office.sql(`UPDATE goods SET name = 'black tea' WHERE id = 1`)
      // The office is away for so long that the same comes three times.
      for (let letter = 0; letter < 3; letter += 1) {
        await shop.exchange()
        clock.nowMs += LONG_MS
      }
      await loseAnswer(world)
      clock.nowMs += LONG_MS
      await settle(world)

      assert.equal((await office.store.conflicts()).length, 1)
      assert.equal(await areEqual(world), true)
    })
  }

  it('are not merged a second time', async (t) => {
    const add: ConflictPolicy = {
      kind: 'function',
      resolve: ({ ours, theirs }) => {
        if (ours === undefined || theirs === undefined) return 'ours'
        const texts = [ours, theirs].map(({ columns }) => String(columns.get('name')))
        return new Map([...ours.columns, ['name', texts.toSorted().join('+')]])
      },
    }
    const world = await openTrade(t, add)
    const { office, shop, clock } = world
    office.sql(`UPDATE goods SET name = 'a' WHERE id = 1`)
    shop.sql(`UPDATE goods SET name = 'b' WHERE id = 1`)
    await shop.exchange()
    await loseAnswer(world)
    clock.nowMs += LONG_MS
    await settle(world)

    assert.equal(names(world), 'a+b,salt,rice')
  })

  it('do not come back when they were deleted since', async (t) => {
    const world = await openTrade(t, { kind: 'theirs' })
    const { office, shop, clock } = world
    clock.nowMs += 1000
    shop.sql(`UPDATE goods SET name = 'green tea' WHERE id = 1`)
    await shop.exchange()
    await loseAnswer(world)
    clock.nowMs += 1000
    office.sql('DELETE FROM goods WHERE id = 1')
    clock.nowMs += LONG_MS
    await settle(world)

    assert.equal(names(world), 'salt,rice')
  })

  it('are known as such in each of several messages, and what is new between them is not', async (t) => {
    const world = await openTrade(t, { kind: 'theirs' }, { messageSizeOctets: 60 })
    const { office, shop, clock } = world
    clock.nowMs += 1000
    shop.sql(`UPDATE goods SET name = 'green tea' WHERE id = 1`)
    await shop.exchange()
    clock.nowMs += 1000
    shop.sql(`UPDATE goods SET name = 'sea salt' WHERE id = 2`)
    await shop.exchange()
    await loseAnswer(world)
    clock.nowMs += 1000
    office.sql(`UPDATE goods SET name = name || ' of the office'`)
    clock.nowMs += 1000
    shop.sql(`UPDATE goods SET name = 'brown rice' WHERE id = 3`)
    clock.nowMs += LONG_MS
    await settle(world)

    // The shop has not heard of the other rice, and the policy prefers its own.
    const expected = 'green tea of the office,sea salt of the office,brown rice'
    assert.equal(names(world), expected)
    assert.equal((await office.store.conflicts()).length, 1)
  })

  it('are met like new ones by a receiver that was restored', async (t) => {
    const world = await openTrade(t, { kind: 'latest' })
    const { office, shop, clock } = world
    const backup = `${office.file}.backup`
    office.restart()
    copyFileSync(office.file, backup)
    clock.nowMs += 1000
    shop.sql(`UPDATE goods SET name = 'green tea' WHERE id = 1`)
    await shop.exchange()
    await loseAnswer(world)
    office.restore(backup)
    clock.nowMs += LONG_MS
    await settle(world)

    assert.equal(names(world), 'green tea,salt,rice')
  })
})
