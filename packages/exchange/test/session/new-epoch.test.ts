import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { describe, it, type TestContext } from 'node:test'

import { areEqual, openWorld, settle, type Site, type World } from '../world.ts'

/** A trade in which both sides have changed rows on top of each other's, and know all of it. */
async function openTrade(t: TestContext): Promise<World> {
  const world = await openWorld(t)
  const { office, shop, clock } = world
  office.sql(`INSERT INTO goods (id, name) VALUES (1, 'tea'), (2, 'salt'), (3, 'rice'), (4, 'oil')`)
  await settle(world)
  for (const [site, id] of [
    [shop, 1],
    [office, 1],
    [office, 2],
    [shop, 2],
  ] as const) {
    clock.nowMs += 1000
    site.sql(`UPDATE goods SET name = 'of ${site.code}' WHERE id = ${id}`)
    await settle(world)
  }
  return world
}

/** Something happens that is lost when the node is restored; it goes on, and the histories don't fit together. */
async function loseAndGoOn(
  world: World,
  site: Site,
  work: { readonly lost: () => Promise<void>; readonly after: () => void },
): Promise<void> {
  const backup = `${site.file}.backup`
  site.close()
  copyFileSync(site.file, backup)
  await work.lost()
  await settle(world)
  site.restore(backup)
  world.clock.nowMs += 1000
  work.after()
  await settle(world)
  world.clock.nowMs += 2 * 86_400_000
  await settle(world)
}

async function conflictsOf({ sites }: World): Promise<string[]> {
  const conflicts = await Promise.all(sites.map(({ store }) => store.conflicts()))
  return conflicts.flat().map(({ key }) => key)
}

function epochs(world: World): number {
  const [row] = world.office.rows(`SELECT max(epoch_counter) AS counter FROM obmen_node`)
  return Number(Object.values(row ?? {})[0])
}

describe('after a new epoch, in which both sides offer everything', () => {
  for (const [name, restored] of [
    ['a row that is merely older at a restored node is no conflict', 'shop'],
    [
      'a row that the other side changed on top of ours is no conflict at a restored node',
      'office',
    ],
  ] as const) {
    it(name, async (t) => {
      const world = await openTrade(t)
      const site = world[restored]
      const other = site === world.shop ? world.office : world.shop

      await loseAndGoOn(world, site, {
        lost: () => {
          other.sql(`UPDATE goods SET name = 'newer' WHERE id <= 2`)
          site.sql(`UPDATE goods SET price = 5 WHERE id = 3`)
          return Promise.resolve()
        },
        after: () => site.sql(`INSERT INTO goods (id, name) VALUES (9, 'bread')`),
      })

      assert.equal(epochs(world), 2)
      assert.deepEqual(await conflictsOf(world), [])
      assert.equal(await areEqual(world), true)
    })
  }

  it('a row that was changed on both sides is one, and both versions are kept', async (t) => {
    const world = await openTrade(t)
    const { office, shop } = world

    await loseAndGoOn(world, shop, {
      lost: () => {
        shop.sql(`UPDATE goods SET price = 5 WHERE id = 3`)
        return Promise.resolve()
      },
      after: () => {
        office.sql(`UPDATE goods SET name = 'newer here' WHERE id = 1`)
        shop.sql(`UPDATE goods SET name = 'newer there' WHERE id = 1`)
      },
    })

    assert.equal(epochs(world), 2)
    assert.equal((await conflictsOf(world)).includes('[1]'), true)
    assert.deepEqual(
      (await conflictsOf(world)).filter((key) => key !== '[1]'),
      [],
    )
    assert.equal(await areEqual(world), true)
  })
})
