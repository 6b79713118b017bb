import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'

import {
  exchange,
  type ExchangeContext,
  newNodeState,
  type OutgoingMessage,
  parseNodeCode,
} from '@obmen/exchange'
import { DeliveryUnknown } from '@obmen/exchange/errors'

import { openWorld, type Site } from '../world.ts'

const SHOPS = 12

/** A head office whose shops know different parts of its rows: each of them gets a body of its own. */
async function openOffice(t: TestContext): Promise<Site> {
  const { office } = await openWorld(t)
  const codes = Array.from({ length: SHOPS }, (_, index) => parseNodeCode(`М${index + 10}`))
  for (const [index, code] of codes.entries()) {
    await office.store.transaction((transaction) => transaction.addNode(newNodeState(code)))
    office.sql(`INSERT INTO goods (id, name) VALUES (${index}, 'Чай')`)
    await exchange(office.context, [code])
  }
  office.sql(`INSERT INTO goods (id, name) VALUES (${SHOPS}, 'Кофе')`)
  return office
}

/** A way to a mail server of which `answer` says what it does with a letter. */
function reaching(
  { context }: Site,
  answer: (message: OutgoingMessage, tries: number) => Error | undefined,
): { readonly context: ExchangeContext; readonly tries: string[] } {
  const tries: string[] = []
  const transport = {
    ...context.transport,
    deliver: (message: OutgoingMessage) => {
      tries.push(message.name.to)
      const error = answer(message, tries.length)
      return error === undefined ? context.transport.deliver(message) : Promise.reject(error)
    },
  }
  return { context: { ...context, transport }, tries }
}

const away = Object.assign(new Error('no answer from mail.example.org'), { transient: true })

describe('a mail server that is away', () => {
  it('is not waited for by each node, and each is told', async (t) => {
    const office = await openOffice(t)
    const { context, tries } = reaching(office, () => away)

    const results = await exchange(context)

    // С01 and С02 get the same rows, and so their letters go together.
    assert.deepEqual(tries, ['С01', 'С02', 'М10'])
    assert.deepEqual(
      results.map(({ errors }) => errors),
      Array.from({ length: SHOPS + 2 }, () => [away]),
    )
  })

  it('gets everything when it is back', async (t) => {
    const office = await openOffice(t)
    await exchange(reaching(office, () => away).context)

    const results = await office.exchange()

    assert.equal(
      results.every(({ errors, sent }) => errors.length === 0 && sent?.messages === 1),
      true,
    )
  })

  it('is tried again where it has answered in between', async (t) => {
    const office = await openOffice(t)
    const { context, tries } = reaching(office, ({ name }, count) => {
      const fileName = `Message_${name.to}`
      return count % 2 === 0 ? undefined : new DeliveryUnknown(fileName)
    })

    await exchange(context)

    assert.equal(tries.length > SHOPS, true)
  })
})
