import assert from 'node:assert/strict'
import { readdirSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'

import { exchange, type NodeExchange } from '@obmen/exchange'
import { SchemaMismatch } from '@obmen/exchange/errors'

import { areEqual, openWorld, settle, type Site, type World } from '../world.ts'

interface Waiting extends World {
  /** Exchanges at the shop. Gives the errors, and how many messages were fetched. */
  receive(): Promise<{ readonly errors: NodeExchange['errors']; readonly fetched: number }>
}

/** A world in which a message waits at the shop, because a column is missing there. */
async function openWaiting(t: TestContext): Promise<Waiting> {
  const world = await openWorld(t)
  const { office, second, shop } = world
  for (const site of [office, second]) {
    site.sql('ALTER TABLE goods ADD COLUMN colour TEXT')
    site.restart()
  }
  office.sql(`INSERT INTO goods (id, name, colour) VALUES (1, 'Чай', 'red')`)
  await office.exchange()
  const receive: Waiting['receive'] = async () => {
    let fetched = 0
    const { context } = shop
    const openInbox = async (): ReturnType<typeof context.transport.openInbox> => {
      const inbox = await context.transport.openInbox()
      return {
        ...inbox,
        fetch: (message, sink) => {
          fetched += 1
          return inbox.fetch(message, sink)
        },
      }
    }
    const [result] = await exchange({ ...context, transport: { ...context.transport, openInbox } })
    return { errors: result?.errors ?? [], fetched }
  }
  return { ...world, receive }
}

function keptBy({ context }: Site): string[] {
  return readdirSync(context.spoolFolder)
    .filter((name) => name.startsWith('kept_'))
    .map((name) => join(context.spoolFolder, name))
}

describe('a message that waits until a table is mended', () => {
  it('is fetched once, and applied when the cause is gone', async (t) => {
    const world = await openWaiting(t)
    const { shop } = world

    const first = await world.receive()
    const second = await world.receive()
    shop.sql('ALTER TABLE goods ADD COLUMN colour TEXT')
    shop.restart()
    const third = await world.receive()
    await settle(world)

    assert.deepEqual([first.fetched, second.fetched, third.fetched], [1, 0, 0])
    assert.ok(first.errors[0] instanceof SchemaMismatch)
    assert.ok(second.errors[0] instanceof SchemaMismatch)
    assert.deepEqual(third.errors, [])
    assert.deepEqual(keptBy(shop), [])
    assert.equal(await areEqual(world), true)
  })

  it('is fetched again when the disk has damaged it', async (t) => {
    const world = await openWaiting(t)
    await world.receive()
    const [kept = ''] = keptBy(world.shop)
    truncateSync(kept, 100)

    const { errors, fetched } = await world.receive()

    assert.equal(fetched, 1)
    assert.ok(errors[0] instanceof SchemaMismatch)
    assert.deepEqual(keptBy(world.shop), [kept])
  })

  it('is kept no longer than its letter', async (t) => {
    const world = await openWaiting(t)
    await world.receive()
    const before = keptBy(world.shop).length
    world.post.letters = []

    await world.receive()

    assert.deepEqual([before, keptBy(world.shop).length], [1, 0])
  })
})
