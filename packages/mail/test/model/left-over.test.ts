import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { Email, SmtpClient } from '../../src/index.ts'
import { octetsOf } from '../../src/base/octets.ts'
import type { CommandFate, MailHost } from '../../src/testing.ts'
import { OFFICE, parametersOf, refusal, startHost } from './sending-world.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const NOBODY = 'nobody@example.org'
const ADDRESSES = Array.from({ length: 7 }, (_, index) => `to-${index}@example.org`)

interface TakingFew {
  readonly host: MailHost
  /** How many recipients each transaction has named. */
  readonly named: readonly number[]
}

/** A server that takes so many recipients for one letter, and answers to any more with these words. */
async function startTakingFew(most: number, words: string): Promise<TakingFew> {
  const named: number[] = []
  const onCommand = (_protocol: string, line: string): CommandFate => {
    if (line.startsWith('MAIL')) named.push(0)
    if (!line.startsWith('RCPT')) return 'proceed'
    const count = (named.pop() ?? 0) + 1
    named.push(count)
    return count > most ? { reply: words } : 'proceed'
  }
  const accounts = ADDRESSES.map((address) => ({ address, password: 'x' }))
  return { host: await startHost({ accounts, onCommand }), named }
}

function lettersAt(host: MailHost): readonly number[] {
  return ADDRESSES.map((address) => host.mailbox(address).letters().length)
}

describe('a letter to more recipients than the server takes at once', () => {
  for (const words of ['452 4.5.3 too many recipients', '452 too many recipients']) {
    it(`goes to the others in transactions of their own: ${words}`, async () => {
      const { host, named } = await startTakingFew(3, words)
      await using _ = host

      await SmtpClient.send(parametersOf(host), new Email(OFFICE, ADDRESSES, 'Stock'))

      assert.deepEqual(
        lettersAt(host),
        ADDRESSES.map(() => 1),
      )
      assert.deepEqual(named, [7, 4, 1])
    })
  }

  it('tells of each of them what became of it, in the order of the envelope', async () => {
    const { host } = await startTakingFew(3, '452 4.5.3 too many recipients')
    await using _ = host
    const email = new Email(OFFICE, [...ADDRESSES.slice(0, 5), NOBODY, ...ADDRESSES.slice(5)])

    const { recipients, outcome, rejectedRecipients } = await refusal(
      SmtpClient.send(parametersOf(host), email),
    )

    assert.equal(outcome, 'partial')
    assert.deepEqual(rejectedRecipients, [NOBODY])
    assert.deepEqual(
      recipients.map(({ forwardPath }) => forwardPath.addrSpec),
      [...ADDRESSES.slice(0, 5), NOBODY, ...ADDRESSES.slice(5)],
    )
  })

  it('is sent once when its stream is, and says who was put off', async () => {
    const { host, named } = await startTakingFew(3, '452 4.5.3 too many recipients')
    await using _ = host
    const email = new Email(OFFICE, ADDRESSES)
    email.attachData(Readable.from([octetsOf('stock')]))

    const { rejectedRecipients } = await refusal(SmtpClient.send(parametersOf(host), email))

    assert.deepEqual(rejectedRecipients, ADDRESSES.slice(3))
    assert.deepEqual(named, [7])
  })

  it('is not sent again to a server that takes nobody, or has another reason', async () => {
    const reasons = [
      [0, '452 4.5.3 too many recipients'],
      [3, '452 4.3.1 no space left'],
      [3, '450 4.2.1 try later'],
    ] as const
    for (const [most, words] of reasons) {
      const { host, named } = await startTakingFew(most, words)
      await using _ = host

      const { transient } = await refusal(
        SmtpClient.send(parametersOf(host), new Email(OFFICE, ADDRESSES)),
      )

      assert.ok(transient)
      assert.deepEqual(named, [7], words)
    }
  })
})
