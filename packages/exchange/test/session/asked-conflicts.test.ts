import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'

import { type ConflictRecord, DEFAULT_PLAN_RULES, parseNodeCode } from '@obmen/exchange'

import { areEqual, openWorld, settle, type Site, type World } from '../world.ts'

/** Both sides change one row, their letters cross, and both notice. */
async function disagree(world: World): Promise<void> {
  const { office, shop, clock } = world
  clock.nowMs += 1000
  office.sql(`UPDATE goods SET name = 'of the office'`)
  shop.sql(`UPDATE goods SET name = 'of the shop'`)
  const crossing = world.post
  await office.exchange()
  const fromOffice = crossing.letters.splice(0)
  await shop.exchange()
  crossing.letters.push(...fromOffice)
  await settle(world)
}

async function openAsking(t: TestContext): Promise<World> {
  const world = await openWorld(t, {
    planRules: {
      ...DEFAULT_PLAN_RULES,
      mainNode: parseNodeCode('ЦБ'),
      conflicts: { kind: 'ask' },
    },
  })
  world.office.sql(`INSERT INTO goods (id, name) VALUES (1, 'tea')`)
  await settle(world)
  await disagree(world)
  return world
}

async function lastConflict({ store }: Site): Promise<ConflictRecord> {
  const conflict = (await store.conflicts()).at(-1)
  assert.ok(conflict)
  return conflict
}

async function choose(site: Site, take: 'ours' | 'theirs'): Promise<void> {
  const { id } = await lastConflict(site)
  await site.store.transaction(async (transaction) => {
    await transaction.fold()
    await transaction.resolveConflict({ id, take }, site.settings.clock.nowMs)
  })
}

describe('a conflict that both nodes have on record, and in which a person is asked', () => {
  for (const take of ['ours', 'theirs'] as const) {
    it(`is closed at the other node too when somebody takes ${take}`, async (t) => {
      const world = await openAsking(t)
      const { office, shop } = world
      const before = [await lastConflict(office), await lastConflict(shop)]
      world.clock.nowMs += 1000

      await choose(office, take)
      await settle(world)

      assert.deepEqual(
        before.map(({ isOpen }) => isOpen),
        [true, true],
      )
      const { isOpen, policy, winner, decidedAt } = await lastConflict(shop)
      assert.deepEqual([isOpen, policy, decidedAt], [false, 'person', world.clock.nowMs])
      assert.equal(winner, take === 'ours' ? 'theirs' : 'ours')
      const name = take === 'ours' ? 'of the office' : 'of the shop'
      assert.equal(JSON.stringify(shop.rows('SELECT name FROM goods')), JSON.stringify([{ name }]))
      assert.equal(await areEqual(world), true)
    })
  }

  it('stays open while the row is only changed', async (t) => {
    const world = await openAsking(t)
    world.clock.nowMs += 1000
    world.office.sql(`UPDATE goods SET price = 7`)
    await settle(world)

    assert.equal((await lastConflict(world.shop)).isOpen, true)
    assert.equal((await lastConflict(world.office)).isOpen, true)
  })

  it('is closed although the letter that said so was lost', async (t) => {
    const world = await openAsking(t)
    await choose(world.office, 'theirs')
    await world.office.exchange()
    world.post.letters.length = 0
    world.clock.nowMs += 2 * 86_400_000
    await settle(world)

    assert.equal((await lastConflict(world.shop)).isOpen, false)
  })

  it('is not closed by a choice of before it came up', async (t) => {
    const world = await openAsking(t)
    await choose(world.office, 'ours')
    await settle(world)
    await disagree(world)
    world.office.sql('UPDATE obmen_node SET offered_seq = 0')
    await settle(world)

    assert.equal((await lastConflict(world.shop)).isOpen, true)
    assert.equal((await lastConflict(world.office)).isOpen, true)
  })
})
