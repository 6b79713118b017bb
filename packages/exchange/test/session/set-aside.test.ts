/** Rows that a node could not take, told to the node that they came from. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { findWork, type SetAsideThere } from '@obmen/exchange'

import { openWorld, settle, type Site, type World } from '../world.ts'

/** Prices of the head office end at 100. */
async function openStrict(t: Parameters<typeof openWorld>[0]): Promise<World> {
  const world = await openWorld(t)
  world.office.sql(`CREATE UNIQUE INDEX one_price ON goods (price)`)
  world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
  await settle(world)
  return world
}

async function toldTo(site: Site): Promise<readonly SetAsideThere[]> {
  return site.store.setAsideThere()
}

describe('rows that a node could not take', () => {
  it('are named to the node that they came from, by table, key and reason', async (t) => {
    const world = await openStrict(t)
    world.shop.sql(`INSERT INTO goods VALUES (7, 'Кофе', 10, 'b'), (8, 'Мёд', 11, 'c')`)

    await settle(world)

    const [there] = await toldTo(world.shop)
    assert.deepEqual([there?.node, there?.rowCount, there?.toldAt], ['ЦБ', 1, world.clock.nowMs])
    assert.deepEqual(
      there?.rows.map(({ table, key, reason }) => [table, key, reason]),
      [['goods', '[7]', 'UNIQUE constraint failed: goods.price']],
    )
    assert.deepEqual(await toldTo(world.second), [])
  })

  it('are forgotten when they are told to be there', async (t) => {
    const world = await openStrict(t)
    world.shop.sql(`INSERT INTO goods VALUES (7, 'Кофе', 10, 'b')`)
    await settle(world)
    const before = await toldTo(world.shop)

    world.office.sql(`UPDATE goods SET price = 99 WHERE id = 1`)
    await world.office.store.transaction(async (transaction) => {
      await transaction.fold()
      await transaction.retryRefused(world.clock.nowMs)
    })
    await settle(world)

    assert.equal(before.length, 1)
    assert.deepEqual(await toldTo(world.shop), [])
  })

  it('are there after the next exchange when a program makes room for them, although no message comes', async (t) => {
    const world = await openStrict(t)
    world.shop.sql(`INSERT INTO goods VALUES (7, 'Кофе', 10, 'b')`)
    await settle(world)
    const waiting = await world.office.store.refusedRows()

    world.office.sql(`UPDATE goods SET price = 99 WHERE id = 1`)
    const letters = world.post.letters.length
    await world.office.exchange()

    assert.deepEqual([waiting.length, letters], [1, 0])
    assert.equal(world.office.rows('SELECT 1 FROM goods WHERE id = 7').length, 1)
    assert.deepEqual(await world.office.store.refusedRows(), [])
  })

  it('are there when somebody looks for work after a program made room for them', async (t) => {
    const world = await openStrict(t)
    world.shop.sql(`INSERT INTO goods VALUES (7, 'Кофе', 10, 'b')`)
    await settle(world)
    world.office.sql(`UPDATE goods SET price = 99 WHERE id = 1`)

    const work = await findWork(world.office.context)

    assert.deepEqual(work, ['С01', 'С02'])
    assert.deepEqual(await world.office.store.refusedRows(), [])
  })

  it('are told by a message of their own when nothing else is to be said, and nobody answers it', async (t) => {
    const world = await openStrict(t)
    world.shop.sql(`INSERT INTO goods VALUES (7, 'Кофе', 10, 'b')`)
    await settle(world)
    await world.office.store.transaction((transaction) =>
      transaction.dropRefused({ table: 'goods', key: '[7]' }),
    )

    await world.office.exchange()
    const letters = world.post.letters.length
    await world.shop.exchange()
    const answers = world.post.letters.length
    await settle(world)

    assert.deepEqual([letters, answers], [1, 0])
    assert.deepEqual(await toldTo(world.shop), [])
  })

  it('are named as far as a hundred of them, and counted beyond', async (t) => {
    const world = await openStrict(t)
    world.office.sql('CREATE UNIQUE INDEX one_name ON goods (name)')
    world.shop.sql(`
      WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 150)
      INSERT INTO goods SELECT i, 'Чай', i + 1000, 'c' || i FROM n`)

    await settle(world)

    const [there] = await toldTo(world.shop)
    assert.deepEqual([there?.rowCount, there?.rows.length], [149, 100])
  })
})
