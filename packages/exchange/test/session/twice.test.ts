/** Two databases under one code, one a copy of the other, as when a virtual machine was cloned. */
import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { findWork, type NodeExchange, parseNodeCode, restartNode } from '@obmen/exchange'
import { NodeRunsTwice } from '@obmen/exchange/errors'

import { areEqual, openWorld, settle, Site, type World } from '../world.ts'

const OFFICE = parseNodeCode('ЦБ')
const SHOP = parseNodeCode('С01')

/** A copy of the first shop's database, beside it. */
function cloneShop(t: { after: (work: () => void) => void }, { shop }: World): Site {
  const { settings, file } = shop
  const folder = join(settings.folder, 'copy')
  mkdirSync(folder)
  copyFileSync(file, join(folder, `${settings.code}.db`))
  const copy = new Site({ ...settings, folder })
  t.after(() => copy.close())
  return copy
}

function isStopped(results: readonly NodeExchange[], node: string): boolean {
  return results.some((result) => {
    return result.node === node && result.errors.some((error) => error instanceof NodeRunsTwice)
  })
}

interface Outcome {
  readonly office: boolean
  readonly shops: readonly boolean[]
  readonly rounds: number
}

/** Both shops go on working and exchanging, in turns, for at most so many rounds. */
async function workOn(world: World, shops: readonly Site[], maxRounds: number): Promise<Outcome> {
  let office = false
  const stopped = shops.map(() => false)
  let rounds = 0
  while (rounds < maxRounds && !(office && stopped.every(Boolean))) {
    rounds += 1
    world.clock.nowMs += 3_600_000
    for (const [index, shop] of shops.entries()) {
      shop.sql(`INSERT INTO stock VALUES ('${world.clock.nowMs}-${index}', 1, 1)`)
      const results = await shop.exchange()
      stopped[index] = isStopped(results, OFFICE)
      office = isStopped(await world.office.exchange(), SHOP)
    }
  }
  return { office, shops: stopped, rounds }
}

async function openTrade(t: Parameters<typeof openWorld>[0]): Promise<World> {
  const world = await openWorld(t)
  world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
  await settle(world)
  return world
}

describe('a copy of a database that runs beside it', () => {
  it('stops the exchange with its node, at the peer and in both databases', async (t) => {
    const world = await openTrade(t)
    const copy = cloneShop(t, world)

    const { office, shops, rounds } = await workOn(world, [world.shop, copy], 40)

    assert.deepEqual([office, ...shops], [true, true, true])
    assert.equal(rounds < 20, true)
    const { standing } = await world.office.node('С01')
    assert.equal(standing?.stop?.twice, 'there')
    assert.equal((await copy.node('ЦБ')).standing?.stop?.twice, 'here')
    assert.equal((await world.shop.node('ЦБ')).standing?.stop?.twice, 'here')
  })

  it('leaves nothing to do with the node, on either side, until somebody begins anew', async (t) => {
    const world = await openTrade(t)
    await workOn(world, [world.shop, cloneShop(t, world)], 40)
    for (let turn = 0; turn < 3; turn += 1) {
      await world.shop.exchange()
      await world.office.exchange()
    }
    world.post.letters = world.post.letters.filter(({ name }) => name.to !== 'ЦБ')
    world.office.sql(`INSERT INTO goods VALUES (2, 'Кофе', 20, 'b')`)
    world.shop.sql(`INSERT INTO goods VALUES (3, 'Какао', 30, 'c')`)

    const found = [await findWork(world.office.context), await findWork(world.shop.context)]
    await restartNode(world.office.context, SHOP)
    await restartNode(world.shop.context, OFFICE)

    assert.deepEqual(found, [['С02'], []])
    assert.deepEqual(await findWork(world.office.context), ['С01', 'С02'])
    assert.deepEqual(await findWork(world.shop.context), ['ЦБ'])
  })

  it('blocks no other node', async (t) => {
    const world = await openTrade(t)
    await workOn(world, [world.shop, cloneShop(t, world)], 40)

    world.office.sql(`INSERT INTO goods VALUES (2, 'Кофе', 20, 'b')`)
    await world.office.exchange()
    await world.second.exchange()

    assert.deepEqual(world.second.rows('SELECT count(*) AS n FROM goods'), [
      { __proto__: null, n: 2 },
    ])
  })

  it('lets nothing be applied once the exchange is stopped', async (t) => {
    const world = await openTrade(t)
    const copy = cloneShop(t, world)
    await workOn(world, [world.shop, copy], 40)
    const before = world.office.rows('SELECT * FROM stock')

    await workOn(world, [world.shop, copy], 3)

    assert.deepEqual(world.office.rows('SELECT * FROM stock'), before)
    assert.deepEqual(
      world.post.letters.filter(({ name }) => name.from === SHOP),
      [],
    )
  })

  it('is out of the way once it is gone and both sides begin anew', async (t) => {
    const world = await openTrade(t)
    const copy = cloneShop(t, world)
    await workOn(world, [world.shop, copy], 40)
    copy.close()

    await restartNode(world.office.context, SHOP)
    await restartNode(world.shop.context, OFFICE)
    await settle(world)

    assert.equal((await world.office.node('С01')).standing?.stop, undefined)
    assert.equal(await areEqual(world), true)
  })

  it('is out of the way also where the node begins anew first, and exchanges before its peer does', async (t) => {
    const world = await openTrade(t)
    const { shop, office } = world
    const copy = cloneShop(t, world)
    await workOn(world, [shop, copy], 40)
    copy.close()

    await restartNode(shop.context, OFFICE)
    await shop.exchange()
    await office.exchange()
    const between = await shop.exchange()
    const { standing } = await shop.node('ЦБ')
    await restartNode(office.context, SHOP)
    await settle(world)

    const stops = between.flatMap(({ errors }) => {
      return errors.filter((error) => error instanceof NodeRunsTwice)
    })
    assert.deepEqual(
      stops.map(({ twice, isChosen }) => [twice, isChosen]),
      [['here', true]],
    )
    assert.deepEqual([standing?.stop, standing?.isChosen], [undefined, true])
    assert.equal((await shop.node('ЦБ')).standing?.isChosen, undefined)
    assert.equal(await areEqual(world), true)
  })

  it('stops the exchange again when only one side has begun anew', async (t) => {
    const world = await openTrade(t)
    const shops = [world.shop, cloneShop(t, world)]
    await workOn(world, shops, 40)

    await restartNode(world.shop.context, OFFICE)
    const { office, shops: stopped } = await workOn(world, shops, 3)

    assert.deepEqual([office, ...stopped], [true, true, true])
  })

  it('is seen by a node whose head office was copied', async (t) => {
    const world = await openTrade(t)
    const { office } = world
    const folder = join(office.settings.folder, 'copy')
    mkdirSync(folder)
    copyFileSync(office.file, join(folder, 'ЦБ.db'))
    const copy = new Site({ ...office.settings, folder })
    t.after(() => copy.close())
    let isSeen = false

    for (let round = 0; round < 40 && !isSeen; round += 1) {
      for (const [index, site] of [office, copy].entries()) {
        site.sql(`INSERT INTO stock VALUES ('${round}-${index}', 1, 1)`)
        await site.exchange()
        isSeen ||= isStopped(await world.shop.exchange(), OFFICE)
      }
    }

    assert.equal(isSeen, true)
  })
})

describe('a database that is restored from backups', () => {
  it('goes on by itself, however often', async (t) => {
    const world = await openTrade(t)
    const { shop, office } = world
    const backup = join(shop.settings.folder, 'backup.db')
    for (let time = 0; time < 6; time += 1) {
      if (time % 3 === 0) {
        shop.close()
        copyFileSync(shop.file, backup)
      }
      shop.sql(`INSERT INTO stock VALUES ('before ${time}', 1, 1)`)
      await shop.exchange()
      await office.exchange()
      await shop.exchange()
      shop.restore(backup)
      shop.sql(`INSERT INTO stock VALUES ('after ${time}', 1, 1)`)
      await settle(world)
    }

    const { standing } = await office.node('С01')
    assert.equal(standing?.stop, undefined)
    assert.deepEqual(standing?.peer.returns, [])
    assert.equal(await areEqual(world), true)
  })

  it('goes on by itself when an old backup was the wrong one, and the newer one is taken after all', async (t) => {
    const world = await openTrade(t)
    const { shop } = world
    const old = join(shop.settings.folder, 'old.db')
    const newer = join(shop.settings.folder, 'newer.db')
    const keep = (path: string): void => {
      shop.close()
      copyFileSync(shop.file, path)
    }
    const restore = async (path: string, name: string): Promise<void> => {
      shop.restore(path)
      shop.sql(`INSERT INTO stock VALUES ('${name}', 1, 1)`)
      await settle(world)
    }
    keep(old)
    shop.sql(`INSERT INTO stock VALUES ('first', 1, 1)`)
    await settle(world)

    await restore(old, 'second')
    keep(newer)
    await restore(old, 'third')
    await restore(newer, 'fourth')

    assert.equal((await world.office.node('С01')).standing?.stop, undefined)
    assert.equal(await areEqual(world), true)
  })
})
