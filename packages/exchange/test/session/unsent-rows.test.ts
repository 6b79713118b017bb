import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'

import { exchange, type ExchangeContext } from '@obmen/exchange'
import { DeliveryRefused, TextNotUtf8 } from '@obmen/exchange/errors'

import { areEqual, openWorld, settle, type Site, type World } from '../world.ts'

/** The mail server takes letters up to this size, and says so or does not. */
function limit(site: Site, octets: number, says: number | undefined): ExchangeContext {
  const { context } = site
  const { transport } = context
  return {
    ...context,
    transport: {
      ...transport,
      sizeLimit: () => Promise.resolve(says),
      deliver: (message) => {
        if (message.sizeOctets <= octets) return transport.deliver(message)
        const facts = { isTooLarge: true }
        return Promise.reject(new DeliveryRefused('Message.zst', '552 5.3.4 too large', facts))
      },
    },
  }
}

/** Hardly compressible, so that its size counts. */
function photo(octets: number): string {
  return randomBytes(octets / 2).toString('hex')
}

async function prepare(world: World): Promise<void> {
  world.office.sql(`
    INSERT INTO goods (id, name) VALUES (1, 'Чай');
    INSERT INTO goods (id, name) VALUES (2, '${photo(8000)}');
    INSERT INTO goods (id, name) VALUES (3, 'Кофе')`)
  await Promise.resolve()
}

describe('a row that is too large for the mail server', () => {
  it('is set aside and named; the rows before and behind it go', async (t) => {
    const world = await openWorld(t)
    await prepare(world)

    const [first] = await exchange(limit(world.office, 3000, 3000))
    await world.shop.exchange()

    assert.deepEqual(
      world.shop.rows('SELECT id FROM goods ORDER BY id'),
      [1, 3].map((id) => ({ __proto__: null, id })),
    )
    const [error] = first?.errors ?? []
    assert.ok(error instanceof DeliveryRefused)
    assert.deepEqual(error.row, { table: 'goods', key: '2' })
    assert.equal(error.hint?.startsWith('make the row 2 of "goods" smaller'), true)
    const [unsent, ...others] = await world.office.store.unsentRows()
    assert.deepEqual([unsent?.table, unsent?.key, others.length], ['goods', '2', 0])
    assert.deepEqual([unsent?.reason.kind], ['too-large'])
  })

  it('goes when it has become smaller', async (t) => {
    const world = await openWorld(t)
    await prepare(world)
    await exchange(limit(world.office, 3000, 3000))

    world.office.sql(`UPDATE goods SET name = 'Какао' WHERE id = 2`)
    await settle(world)

    assert.equal(await areEqual(world), true)
    assert.deepEqual(await world.office.store.unsentRows(), [])
  })

  it('goes when the mail server says that it takes more', async (t) => {
    const world = await openWorld(t)
    await prepare(world)
    await exchange(limit(world.office, 3000, 3000))
    await exchange(limit(world.office, 9000, 3000))
    const before = await world.office.store.unsentRows()

    await exchange(limit(world.office, 9000, 9000))
    await settle(world)

    assert.equal(before.length, 1)
    assert.equal(await areEqual(world), true)
    assert.deepEqual(await world.office.store.unsentRows(), [])
  })

  it('is tried again after a day when the mail server says nothing of its limit', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods (id, name) VALUES (2, '${photo(200_000)}')`)
    await exchange(limit(world.office, 90_000, undefined))
    await exchange(limit(world.office, 200_000, undefined))
    const before = await world.office.store.unsentRows()

    world.clock.nowMs += 24 * 3600 * 1000
    await exchange(limit(world.office, 200_000, undefined))
    await settle(world)

    assert.equal(before.length, 1)
    assert.equal(await areEqual(world), true)
  })

  it('is not sent to a node that is offered everything again', async (t) => {
    const world = await openWorld(t)
    await prepare(world)
    await exchange(limit(world.office, 3000, 3000))
    world.post.letters = []
    world.clock.nowMs += 2 * 24 * 3600 * 1000

    const results = await exchange(limit(world.office, 3000, 3000))

    assert.deepEqual(
      results.map(({ sent }) => sent?.rows),
      [2, 2],
    )
  })
})

describe('a full mailbox, whose server speaks of a size too', () => {
  it('keeps a row that is smaller than what the server takes no longer than a day', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods (id, name) VALUES (2, '${photo(100_000)}')`)
    await exchange(limit(world.office, 0, 25_000_000))
    const before = await world.office.store.unsentRows()
    world.clock.nowMs += 24 * 3600 * 1000

    await exchange(limit(world.office, 25_000_000, 25_000_000))
    const after = await world.office.store.unsentRows()
    await settle(world)

    assert.deepEqual([before.length, after.length], [1, 0])
    assert.equal(await areEqual(world), true)
  })

  it('sets no row aside', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods (id, name) VALUES (1, 'Чай'), (2, 'Кофе')`)

    const [result] = await exchange(limit(world.office, 0, undefined))
    await settle(world)

    assert.deepEqual(
      result?.errors.map(({ name }) => name),
      ['DeliveryRefused'],
    )
    assert.deepEqual(await world.office.store.unsentRows(), [])
    assert.equal(await areEqual(world), true)
  })
})

describe('rows that are too large together', () => {
  it('go in smaller messages, and nobody has to do anything', async (t) => {
    const world = await openWorld(t)
    for (let id = 1; id <= 8; id += 1) {
      world.office.sql(`INSERT INTO goods (id, name) VALUES (${id}, '${photo(1600)}')`)
    }

    const results = await exchange(limit(world.office, 3000, 3000))
    await settle(world)

    assert.deepEqual(
      results.flatMap(({ errors }) => errors),
      [],
    )
    assert.equal(await areEqual(world), true)
  })
})

describe('a row with a text that is not UTF-8', () => {
  it('is set aside and named; the others go', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`
      INSERT INTO goods (id, name) VALUES (1, 'Чай'), (2, CAST(x'cff0e8' AS TEXT)), (3, 'Кофе')`)

    const [result] = await world.office.exchange()
    await settle(world)

    const [error] = result?.errors ?? []
    assert.ok(error instanceof TextNotUtf8)
    assert.equal(error.key, '2')
    assert.equal(world.shop.rows('SELECT id FROM goods').length, 2)
    assert.deepEqual(
      (await world.office.store.unsentRows()).map(({ key, reason }) => [key, reason]),
      [['2', { kind: 'not-utf8', column: 'name' }]],
    )
  })

  it('is told of once, and goes when it was mended', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods (id, name) VALUES (2, CAST(x'cff0e8' AS TEXT))`)
    await world.office.exchange()
    const again = await world.office.exchange()

    world.office.sql(`UPDATE goods SET name = 'При'`)
    await settle(world)

    assert.deepEqual(
      again.flatMap(({ errors }) => errors),
      [],
    )
    assert.equal(await areEqual(world), true)
    assert.deepEqual(await world.office.store.unsentRows(), [])
  })
})
