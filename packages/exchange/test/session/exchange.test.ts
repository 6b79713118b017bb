import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { exchange, type Inbox, parseNodeCode } from '@obmen/exchange'
import type { PostedLetter } from '@obmen/exchange/testing'

import { toMessageNo } from '../../src/plan/message-no.ts'
import { areEqual, openWorld, settle } from '../world.ts'

const MANY_GOODS = `
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
  INSERT INTO goods SELECT i, 'Товар номер ' || i, i * 1.5, 'К' || i FROM n;
`

describe('exchange', () => {
  it('brings a change to every node, the third one through the head office', async (t) => {
    const world = await openWorld(t)
    world.shop.sql(`INSERT INTO stock VALUES ('С01', 7, 12)`)

    await settle(world)

    assert.deepEqual(world.second.rows('SELECT * FROM stock'), [
      { __proto__: null, place: 'С01', goods: 7, quantity: 12 },
    ])
    assert.equal(await areEqual(world), true)
  })

  it('loads a new node with what was there before, in several messages of bounded size', async (t) => {
    const world = await openWorld(t, { rules: { messageSizeOctets: 10_000 } })
    world.office.sql(MANY_GOODS)

    await world.office.exchange()
    const letters = world.post.letters.filter((letter) => letter.name.to === 'С01')
    await settle(world)

    assert.equal(letters.length > 2, true)
    assert.deepEqual(
      letters.map((letter) => letter.hint.baseNo),
      letters.map((_, index) => index),
    )
    assert.equal(await areEqual(world), true)
  })

  it('takes a deletion and a change of the primary key', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a'), (2, 'Кофе', 20, 'b')`)
    await settle(world)

    world.office.sql(`DELETE FROM goods WHERE id = 1; UPDATE goods SET id = 3 WHERE id = 2`)
    await settle(world)

    assert.deepEqual(world.shop.rows('SELECT id, name FROM goods'), [
      { __proto__: null, id: 3, name: 'Кофе' },
    ])
  })

  it('sends nothing, and no acknowledgement of an acknowledgement, when nothing has changed', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    await settle(world)

    for (const site of [world.office, world.shop, world.second, world.office]) {
      await site.exchange()
    }

    assert.deepEqual(world.post.letters, [])
    const node = await world.office.node('С01')
    assert.equal(node.acknowledgedNo, node.sentNo)
  })

  it('offers again what a lost letter held, once the next one shows the gap', async (t) => {
    const world = await openWorld(t)
    world.post.onLetter = () => ({ kind: 'deliver', copies: 0 })
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    await world.office.exchange()
    world.post.onLetter = () => ({ kind: 'deliver', copies: 1 })
    world.office.sql(`INSERT INTO goods VALUES (2, 'Кофе', 20, 'b')`)

    await world.office.exchange()
    await world.shop.exchange()
    const shopEvents = world.shop.takeEvents()
    await settle(world)

    assert.equal(shopEvents.includes('gap'), true)
    assert.equal(world.office.takeEvents().includes('offered-again'), true)
    assert.equal(await areEqual(world), true)
  })

  it('offers again what nobody acknowledged for a day, although no later letter shows the loss', async (t) => {
    const world = await openWorld(t)
    world.post.onLetter = () => ({ kind: 'deliver', copies: 0 })
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    await world.office.exchange()
    world.post.onLetter = () => ({ kind: 'deliver', copies: 1 })
    world.clock.nowMs += 24 * 3600 * 1000

    await settle(world)

    assert.equal(await areEqual(world), true)
  })

  it('applies a letter once that is delivered twice', async (t) => {
    const world = await openWorld(t)
    world.post.onLetter = () => ({ kind: 'deliver', copies: 2 })
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)

    await world.office.exchange()
    await world.shop.exchange()

    const events = world.shop.takeEvents().filter((kind) => kind !== 'inbox-read')
    assert.deepEqual(
      events.filter((kind) => kind === 'applied' || kind === 'duplicate'),
      ['applied', 'duplicate'],
    )
  })

  it('applies letters in the order of their numbers, whatever order they came in', async (t) => {
    const world = await openWorld(t)
    const held: PostedLetter[] = []
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    await world.office.exchange()
    held.push(...world.post.letters.splice(0))
    world.office.sql(`UPDATE goods SET price = 11`)
    await world.office.exchange()

    await world.shop.exchange()
    const early = world.shop.rows('SELECT price FROM goods')
    world.post.letters.push(...held)
    await settle(world)

    assert.deepEqual(early, [])
    assert.deepEqual(world.shop.rows('SELECT price FROM goods'), [{ __proto__: null, price: 11 }])
    assert.equal(await areEqual(world), true)
  })

  it('asks for a damaged message and never applies a part of it', async (t) => {
    const world = await openWorld(t)
    world.office.sql(MANY_GOODS)
    await world.office.exchange()
    world.post.letters = world.post.letters.map((letter) => ({
      ...letter,
      octets: letter.octets.slice(0, letter.octets.length - 20),
    }))

    await world.shop.exchange()
    const after = world.shop.rows('SELECT count(*) AS rows FROM goods')
    await settle(world)

    assert.deepEqual(after, [{ __proto__: null, rows: 0 }])
    assert.equal(await areEqual(world), true)
  })

  it('takes a message by another way where it came damaged by the first', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    await world.office.exchange()
    const { context, peer } = { context: world.shop.context, peer: world.office.plan.thisNode }
    const { transport } = context
    const openInbox = async (): Promise<Inbox> => {
      const inbox = await transport.openInbox()
      let fetched = 0
      return {
        waiting: () => inbox.waiting(),
        remove: (message) => inbox.remove(message),
        close: () => inbox.close(),
        hasOtherWay: () => fetched === 1,
        fetch: async (message, sink) => {
          fetched += 1
          await inbox.fetch(message, (octets) => sink(fetched === 1 ? octets.slice(9) : octets))
        },
      }
    }
    const other = { deliver: transport.deliver, openInbox, close: transport.close }

    const [result] = await exchange({ ...context, transport: other }, [peer])

    assert.deepEqual(result?.errors, [])
    assert.equal(result.received?.messages, 1)
  })

  it('reports a damaged message as an error, and receives the next ones', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    await world.office.exchange()
    const [first] = world.post.letters.filter(({ name }) => name.to === 'С01')
    assert.ok(first)
    world.post.letters.unshift({ ...first, octets: first.octets.slice(0, 50) })

    const [result] = await world.shop.exchange()

    assert.deepEqual(
      result?.errors.map(({ name }) => name),
      ['MessageDamaged'],
    )
    assert.equal(result.received?.messages, 1)
    assert.equal(world.shop.takeEvents().filter((kind) => kind === 'problem').length, 1)
  })

  it('asks for lost messages although a forged letter has a huge number', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    await world.office.exchange()
    const [first] = world.post.letters.filter(({ name }) => name.to === 'С01')
    assert.ok(first)
    const name = { ...first.name, messageNo: toMessageNo(1e14) }
    world.post.letters = [{ ...first, name, octets: new Uint8Array(20) }]
    await world.shop.exchange()
    world.office.sql(`INSERT INTO goods VALUES (2, 'Кофе', 20, 'b')`)

    await settle(world)

    assert.equal(await areEqual(world), true)
    assert.equal((await world.shop.node('ЦБ')).gapBefore, 0)
  })

  it('keeps a message that the mail server does not take, and sends the same one later', async (t) => {
    const world = await openWorld(t)
    const deferred: string[] = []
    const delivered: string[] = []
    world.post.onLetter = (letter) => {
      deferred.push(letter.hint.uuid)
      return { kind: 'defer' }
    }
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)

    const [failed] = await world.office.exchange()
    world.post.onLetter = (letter) => {
      delivered.push(letter.hint.uuid)
      return { kind: 'deliver', copies: 1 }
    }
    await settle(world)

    assert.equal(failed?.errors[0]?.name, 'DeliveryDeferred')
    assert.notEqual(deferred.length, 0)
    for (const uuid of deferred) assert.equal(delivered.includes(uuid), true, uuid)
    assert.equal(await areEqual(world), true)
  })

  it('lets a node that is away keep a window of messages, and no more, in the mailbox', async (t) => {
    const world = await openWorld(t, { rules: { window: 3, messageSizeOctets: 6000 } })
    world.office.sql(MANY_GOODS)

    for (let day = 0; day < 10; day += 1) {
      await world.office.exchange()
      world.clock.nowMs += 24 * 3600 * 1000
    }

    const letters = world.post.letters.filter((letter) => letter.name.to === 'С01')
    assert.equal(letters.length <= 3 + 4, true, `${letters.length} letters`)
    await settle(world)
    await settle(world)
    assert.equal(await areEqual(world), true)
  })

  it('reports a node whose tables differ, and serves the others', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`ALTER TABLE goods ADD COLUMN weight REAL; INSERT INTO goods (id) VALUES (1)`)
    world.second.sql(`ALTER TABLE goods ADD COLUMN weight REAL`)

    await world.office.exchange()
    const [refused] = await world.shop.exchange()
    await world.second.exchange()
    const waiting = world.post.letters.filter((letter) => letter.name.to === 'С01').length
    world.shop.sql(`ALTER TABLE goods ADD COLUMN weight REAL`)
    await settle(world)

    assert.match(
      refused?.errors[0]?.message ?? '',
      /the sender has "weight", which is missing here/,
    )
    assert.equal(waiting, 1)
    assert.equal(await areEqual(world), true)
  })

  it('makes rows equal that were changed while only one side had a new column', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods (id, name) VALUES (1, 'Чай')`)
    await settle(world)
    world.office.sql('ALTER TABLE goods ADD COLUMN weight REAL DEFAULT 0.5')
    world.shop.sql(`UPDATE goods SET name = 'Чай чёрный'`)
    await world.shop.exchange()
    await world.office.exchange()

    world.shop.sql('ALTER TABLE goods ADD COLUMN weight REAL')
    world.second.sql('ALTER TABLE goods ADD COLUMN weight REAL')
    await settle(world)

    assert.equal(await areEqual(world), true)
    assert.deepEqual(world.shop.rows('SELECT name, weight FROM goods'), [
      { __proto__: null, name: 'Чай чёрный', weight: 0.5 },
    ])
    assert.deepEqual(world.post.letters, [])
  })

  it('sends although the mailbox can not be read, and reports that for each node', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    const busy = Object.assign(new Error('-ERR [IN-USE]'), { transient: true })
    const { context } = world.office
    const transport = { ...context.transport, openInbox: () => Promise.reject(busy) }

    const results = await exchange({ ...context, transport })

    assert.deepEqual(
      results.map(({ errors, received, sent }) => [errors, received, sent?.messages]),
      [
        [[busy], undefined, 1],
        [[busy], undefined, 1],
      ],
    )
    assert.equal(world.post.letters.length, 2)
  })

  it('tries nothing more when the mailbox refuses the login: further tries may lock it', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    const { context } = world.office
    const refused = Object.assign(new Error('-ERR [AUTH]'), { transient: false })
    const transport = { ...context.transport, openInbox: () => Promise.reject(refused) }

    await assert.rejects(exchange({ ...context, transport }), refused)
    assert.deepEqual(world.post.letters, [])
  })

  it('sends nothing when it was stopped while the mailbox was read', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    const { context } = world.office
    const abort = new AbortController()
    const openInbox = (): Promise<never> => {
      abort.abort()
      return Promise.reject(new Error('aborted'))
    }
    const stopped = {
      ...context,
      signal: abort.signal,
      transport: { ...context.transport, openInbox },
    }

    await assert.rejects(exchange(stopped), { message: 'aborted' })
    assert.deepEqual(world.post.letters, [])
  })

  it('tells of letters from a node that was not added here, and leaves them', async (t) => {
    const world = await openWorld(t)
    world.office.sql(`INSERT INTO goods VALUES (1, 'Чай', 10, 'a')`)
    await world.office.exchange()
    world.post.letters = world.post.letters.map((letter) => ({
      ...letter,
      name: { ...letter.name, from: parseNodeCode('С03') },
    }))

    await world.shop.exchange()

    assert.deepEqual(
      world.shop.events.filter(({ kind }) => kind === 'unknown-sender'),
      [{ kind: 'unknown-sender', node: 'С03', messages: 1 }],
    )
    assert.equal(world.post.letters.length, 2)
  })

  it('heals by itself when a node was restored from an old backup', async (t) => {
    const world = await openWorld(t)
    world.office.sql(MANY_GOODS)
    await settle(world)
    const backup = `${world.shop.file}.backup`
    world.shop.sql(`VACUUM INTO '${backup}'`)
    world.shop.sql(`UPDATE goods SET price = 1 WHERE id = 1`)
    await settle(world)
    world.office.sql(`UPDATE goods SET price = 2 WHERE id = 2`)
    await settle(world)

    world.shop.restore(backup)
    world.shop.sql(`UPDATE goods SET price = 3 WHERE id = 3`)
    await settle(world)
    await settle(world)

    assert.equal(await areEqual(world), true)
    assert.deepEqual(world.shop.rows('SELECT price FROM goods WHERE id IN (1, 2, 3) ORDER BY id'), [
      { __proto__: null, price: 1 },
      { __proto__: null, price: 2 },
      { __proto__: null, price: 3 },
    ])
  })
})
