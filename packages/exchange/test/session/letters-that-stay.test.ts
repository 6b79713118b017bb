import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import {
  exchange,
  type ExchangeContext,
  type NodeExchange,
  parseNodeCode,
  restartNode,
} from '@obmen/exchange'

import { toMessageNo } from '../../src/plan/message-no.ts'
import { openWorld, settle, type Site, type World } from '../world.ts'

const refusal = new Error('-ERR letters can not be deleted here')

/** An exchange at a maildrop that removes nothing: it says so, or it takes the wish and forgets it. */
function exchangeInVain(
  { context }: Site,
  remove: () => Promise<void> = () => Promise.reject(refusal),
): Promise<readonly NodeExchange[]> {
  const openInbox: ExchangeContext['transport']['openInbox'] = async () => {
    const inbox = await context.transport.openInbox()
    return { ...inbox, remove }
  }
  return exchange({ ...context, transport: { ...context.transport, openInbox } })
}

async function sendThree({ office }: World): Promise<void> {
  for (const id of [1, 2, 3]) {
    office.sql(`INSERT INTO goods (id, name) VALUES (${id}, 'Чай')`)
    await office.exchange()
  }
}

describe('letters that can not be removed', () => {
  it('keep none of those behind them from being received', async (t) => {
    const world = await openWorld(t)
    await sendThree(world)

    const [first] = await exchangeInVain(world.shop)
    const [second] = await exchangeInVain(world.shop)

    assert.equal(world.shop.rows('SELECT * FROM goods').length, 3)
    assert.deepEqual([first?.errors, first?.received?.messages], [[], 3])
    assert.deepEqual([second?.errors, second?.received?.messages], [[], 0])
  })

  it('are told of once in each exchange', async (t) => {
    const world = await openWorld(t)
    await sendThree(world)

    await exchangeInVain(world.shop)

    assert.deepEqual(
      world.shop.events.filter(({ kind }) => kind === 'removal-unconfirmed'),
      [{ kind: 'removal-unconfirmed', error: refusal }],
    )
  })

  it('are not answered again and again when they are of an epoch that is over', async (t) => {
    const world = await openWorld(t)
    const { shop, post } = world
    await sendThree(world)
    await exchangeInVain(shop)
    await restartNode(shop.context, parseNodeCode('ЦБ'))
    await exchangeInVain(shop)
    const letters = post.letters.length

    for (let times = 0; times < 3; times += 1) await exchangeInVain(shop)

    assert.equal(shop.takeEvents().includes('stale'), true)
    assert.equal(post.letters.length, letters)
  })
  it('are not answered again and again where the server takes the wish and forgets it', async (t) => {
    const world = await openWorld(t)
    const { shop, post } = world
    await sendThree(world)
    await exchangeInVain(shop)
    await restartNode(shop.context, parseNodeCode('ЦБ'))
    await exchangeInVain(shop, () => Promise.resolve())
    const letters = post.letters.length
    shop.takeEvents()

    for (let times = 0; times < 3; times += 1) await exchangeInVain(shop, () => Promise.resolve())

    assert.equal(shop.takeEvents().includes('stale'), false)
    assert.equal(post.letters.length, letters)
  })

  it('are answered once each, so that a sender that was restored learns where the other one is', async (t) => {
    const world = await openWorld(t)
    const { office, shop, post } = world
    await sendThree(world)
    await settle(world)
    const backup = `${office.file}.backup`
    office.close()
    copyFileSync(office.file, backup)
    await restartNode(office.context, parseNodeCode('С01'))
    await settle(world)
    office.restore(backup)
    office.sql(`INSERT INTO goods (id, name) VALUES (9, 'Кофе')`)
    await office.exchange()

    for (let turn = 0; turn < 6; turn += 1) {
      await exchangeInVain(shop)
      await office.exchange()
    }

    assert.deepEqual(shop.rows('SELECT name FROM goods WHERE id = 9').length, 1)
    const letters = post.letters.length
    await exchangeInVain(shop)
    assert.equal(post.letters.length, letters)
  })
})

describe('a letter that can not be read', () => {
  it('and has the number of no message to come is told of once, and counted after that', async (t) => {
    const world = await openWorld(t)
    const { shop, post, office } = world
    await sendThree(world)
    const letter = post.letters.find(({ name }) => name.to === 'С01') ?? assert.fail('no letter')
    await settle(world)
    const name = { ...letter.name, messageNo: toMessageNo(1e12) }
    post.letters = [{ ...letter, name, octets: new Uint8Array(20) }]
    shop.takeEvents()

    const [first] = await shop.exchange()
    const events = shop.takeEvents()
    const [second] = await shop.exchange()

    assert.deepEqual([first?.errors.length, second?.errors.length], [1, 0])
    assert.equal(events.includes('problem'), true)
    assert.deepEqual(
      shop.events.filter(({ kind }) => kind === 'problem' || kind === 'damaged-before'),
      [{ kind: 'damaged-before', node: office.plan.thisNode, messages: 1, firstNo: 1e12 }],
    )
  })

  it('is told of anew when it was gone meanwhile', async (t) => {
    const world = await openWorld(t)
    const { shop, post } = world
    await sendThree(world)
    const letter = post.letters.find(({ name }) => name.to === 'С01') ?? assert.fail('no letter')
    await settle(world)
    const name = { ...letter.name, messageNo: toMessageNo(1e12) }
    const damaged = { ...letter, name, octets: new Uint8Array(20) }
    post.letters = [damaged]
    await shop.exchange()
    post.letters = []
    await shop.exchange()
    post.letters = [damaged]

    const [result] = await shop.exchange()

    assert.equal(result?.errors.length, 1)
  })
})
