import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'

import { exchange } from '@obmen/exchange'
import { SchemaMismatch, StoreMoved } from '@obmen/exchange/errors'

import { areEqual, openWorld, settle, type Site, type World } from '../world.ts'

describe('a copy of a database beside it', () => {
  it('exchanges nothing, and touches no letter', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    await exchange({ ...world.shop.context, instance: '/shop.db on A' })
    await world.office.exchange()
    const letters = world.post.letters.length

    const copy = exchange({ ...world.shop.context, instance: '/copy.db on A' })

    await assert.rejects(copy, (error) => {
      assert.ok(error instanceof StoreMoved)
      assert.deepEqual([error.before, error.now], ['/shop.db on A', '/copy.db on A'])
      return true
    })
    assert.equal(world.post.letters.length, letters)
    assert.deepEqual(world.shop.rows('SELECT * FROM goods'), [])
  })

  it('goes on where it was moved to, once somebody has said so', async (t) => {
    const world = await openWorld(t)
    await exchange({ ...world.shop.context, instance: 'old' })
    world.shop.sql(`INSERT INTO stock VALUES ('С01', 7, 12)`)

    await world.shop.store.transaction((transaction) => transaction.setInstance('new'))
    await exchange({ ...world.shop.context, instance: 'new' })
    await settle(world)

    assert.equal(await areEqual(world), true)
  })
})

describe('a node that was removed and added again', () => {
  for (const side of ['office', 'shop'] as const) {
    it(`comes to have the same rows: at the ${side}`, async (t) => {
      const world = await openWorld(t)
      world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a'), (2, 'Кофе', 20, 'b')`)
      await settle(world)
      world.shop.sql(`UPDATE goods SET price = 11 WHERE id = 1`)
      world.office.sql(`DELETE FROM goods WHERE id = 2`)
      await world.office.exchange()
      const peer = side === 'office' ? world.shop : world.office

      await world[side].readd(peer.code)
      await settle(world)
      await settle(world)

      assert.equal(await areEqual(world), true)
      assert.deepEqual(world.second.rows('SELECT id, price FROM goods'), [
        { __proto__: null, id: 1, price: 11 },
      ])
    })
  }
})

describe('clocks that are wrong by years', () => {
  it('keep nothing from coming to all nodes, whichever way they jump', async (t) => {
    const world = await openWorld(t)
    const year = 365 * 24 * 3600 * 1000
    for (const [index, jump] of [10, -20, 15, -5].entries()) {
      world.office.sql(`INSERT INTO goods (id, name) VALUES (${index}, 'партия')`)
      await world.office.exchange()
      world.post.letters = world.post.letters.filter(({ name }) => name.to !== 'С01')
      world.clock.nowMs += jump * year
      await settle(world)
    }
    await settle(world)

    assert.equal(await areEqual(world), true)
    assert.equal(world.shop.rows('SELECT * FROM goods').length, 4)
  })
})

describe('a disk that is full', () => {
  it('loses nothing of a message that is applied: it comes again', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
      INSERT INTO goods SELECT i, 'Товар номер ' || i, i * 1.5, 'К' || i FROM n`)
    await world.office.exchange()
    // Smaller than what is there already: the database does not grow any more.
    world.shop.sql('PRAGMA max_page_count = 1')

    const [full] = await world.shop.exchange()
    const after = world.shop.rows('SELECT * FROM goods')
    world.shop.sql('PRAGMA max_page_count = 1000000')
    await settle(world)

    assert.match(full?.errors[0]?.message ?? '', /database or disk is full/)
    assert.deepEqual(after, [])
    assert.equal(await areEqual(world), true)
  })

  it('leaves no half of a message behind that is written', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    const { context } = world.office
    const newUuid = (): string => {
      const uuid = crypto.randomUUID()
      symlinkSync('/dev/full', join(context.spoolFolder, `body_${uuid}`))
      return uuid
    }

    const [full] = await exchange({ ...context, newUuid })
    await settle(world)

    assert.match(full?.errors[0]?.message ?? '', /ENOSPC/)
    assert.equal(await areEqual(world), true)
  })
})

describe('a message with a column that is missing here', () => {
  it('waits, and those that follow on it wait with it without being asked for', async (t) => {
    const { office, shop } = await openWithMismatch(t)

    office.sql(`INSERT INTO goods (id, name, price) VALUES (2, 'Кофе', 20)`)
    await office.exchange()
    const errors = await errorsAt(shop)

    assert.equal(errors.length, 1)
    assert.ok(errors[0] instanceof SchemaMismatch)
    assert.equal((await shop.node('ЦБ')).gapBefore, 0)
    assert.deepEqual(shop.rows('SELECT id FROM goods'), [])
  })

  it('stands in nobody’s way when its sender has mended the cause', async (t) => {
    const world = await openWithMismatch(t)
    const { office, shop, clock } = world

    office.sql('ALTER TABLE goods DROP COLUMN colour; UPDATE goods SET price = 11')
    clock.nowMs += 8 * 86_400_000
    await office.exchange()
    const errors = await errorsAt(shop)
    await settle(world)

    assert.deepEqual(errors, [])
    assert.equal(await areEqual(world), true)
  })
})

/** The head office has a column more than its shop, and has sent a row. */
async function openWithMismatch(t: TestContext): Promise<World> {
  const world = await openWorld(t)
  world.office.sql(`ALTER TABLE goods ADD COLUMN colour TEXT;
    INSERT INTO goods (id, name, price, colour) VALUES (1, 'Чай', 10, 'green')`)
  await world.office.exchange()
  const [error] = await errorsAt(world.shop)
  assert.ok(error instanceof SchemaMismatch)
  return world
}

async function errorsAt(site: Site): Promise<readonly Error[]> {
  return (await site.exchange()).flatMap(({ errors }) => errors)
}
