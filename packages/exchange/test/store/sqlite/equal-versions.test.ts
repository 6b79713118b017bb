import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { areEqual, openWorld, settle } from '../../world.ts'

describe('one version with two contents, after a restored backup', () => {
  it('ends with the same content on all nodes, and with both on record', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    await settle(world)
    const backup = `${world.shop.file}.backup`
    world.shop.sql(`VACUUM INTO '${backup}'`)
    world.shop.sql(`UPDATE goods SET name = 'Первая жизнь'`)
    await settle(world)
    const [version] = world.shop.rows('SELECT stamp, origin FROM obmen_index_1')

    world.shop.restore(backup)
    world.shop.sql(`UPDATE goods SET name = 'Вторая жизнь'`)
    await world.shop.store.transaction((transaction) => transaction.fold())
    const { stamp } = Object(version) as { readonly stamp: number }
    world.shop.sql(`UPDATE obmen_index_1 SET stamp = ${stamp}`)
    await settle(world)
    await settle(world)

    assert.deepEqual(world.shop.rows('SELECT stamp, origin FROM obmen_index_1'), [version])
    assert.equal(await areEqual(world), true)
    assert.deepEqual(world.shop.rows('SELECT name FROM goods'), [
      { __proto__: null, name: 'Первая жизнь' },
    ])
    const conflicts = await world.shop.store.conflicts()
    assert.equal(
      conflicts.some(({ ours }) => ours?.includes('Вторая жизнь')),
      true,
    )
  })
})
