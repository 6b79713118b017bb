import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  exchange,
  type ExchangeContext,
  type NodeExchange,
  parseNodeCode,
  restartNode,
} from '@obmen/exchange'

import { openWorld, type Site, type World } from '../world.ts'

const refusal = new Error('-ERR letters can not be deleted here')

/** An exchange at a maildrop that removes nothing. */
function exchangeInVain({ context }: Site): Promise<readonly NodeExchange[]> {
  const openInbox: ExchangeContext['transport']['openInbox'] = async () => {
    const inbox = await context.transport.openInbox()
    return { ...inbox, remove: () => Promise.reject(refusal) }
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
})
