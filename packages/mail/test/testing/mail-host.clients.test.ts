import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openPop3 } from '../../src/pop3.ts'
import { ForwardPath, openSmtp, ReversePath, Secret } from '../../src/smtp.ts'
import type { MailHost } from '../../src/testing.ts'
import type { MailServer } from '../../src/smtp.ts'
import { ca, lastLines, LETTER, OFFICE, SHOP, startHost, tls, TIMEOUT_MS } from './running-host.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const latin1 = new TextDecoder('latin1')

const envelope = {
  reversePath: ReversePath.parse(OFFICE),
  forwardPaths: [ForwardPath.parse(SHOP)],
} as const

async function* contentOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text)
}

function smtpOf(host: MailHost): MailServer {
  return {
    ...host.smtp,
    tls: 'starttls',
    ca,
    credentials: { user: OFFICE, password: new Secret('secret') },
  }
}

function pop3Of(host: MailHost): MailServer {
  return {
    ...host.pop3,
    tls: 'starttls',
    ca,
    credentials: { user: SHOP, password: new Secret('tan staaf') },
  }
}

async function sendLetter(host: MailHost, text: string): Promise<string> {
  await using connection = await openSmtp(smtpOf(host))
  const outcome = await connection.send(envelope, contentOf(text))
  return outcome.recipients.map((recipient) => recipient.kind).join()
}

describe('Mail host and the clients of this package', { timeout: TIMEOUT_MS }, () => {
  test('carry a letter from one to the other', async (t) => {
    const host = await startHost(t, { tls, requiresLogin: true })
    const text = `${LETTER}.\r\n..\r\nend\r\n`

    const outcome = await sendLetter(host, text)
    const pieces: string[] = []
    await using maildrop = await openPop3(pop3Of(host))
    await maildrop.retrieve(1, (octets) => {
      pieces.push(latin1.decode(octets))
    })
    await maildrop.delete(1)
    await maildrop.close()

    assert.equal(outcome, 'accepted')
    assert.ok(pieces.join('').endsWith(text))
    assert.deepEqual(host.mailbox(SHOP).letters(), [])
  })

  test('agree on a refusal', async (t) => {
    const host = await startHost(t, {
      tls,
      onLetter: () => ({ kind: 'refuse', code: 452, text: '4.2.2 full' }),
    })

    assert.equal(await sendLetter(host, LETTER), 'deferred')
  })

  test('do not know what became of a letter when the line breaks after the final dot', async (t) => {
    const host = await startHost(t, {
      tls,
      onLetter: () => ({ kind: 'disconnect', isStored: true }),
    })

    assert.equal(await sendLetter(host, LETTER), 'unknown')
    assert.deepEqual(lastLines(host), ['text'])
  })

  test('agree on the size of a letter, the unique ids and its top', async (t) => {
    const host = await startHost(t, { tls })
    host.mailbox(SHOP).put(LETTER)
    await using maildrop = await openPop3(pop3Of(host))

    assert.deepEqual(await maildrop.list(), new Map([[1, LETTER.length]]))
    assert.deepEqual(await maildrop.uniqueIds(), new Map([[1, '1']]))
    assert.equal(latin1.decode(await maildrop.top(1, 0)), 'Subject: one\r\n\r\n')
    assert.equal(host.mailbox(SHOP).letters()[0]?.isRead, false)
  })

  test('delete nothing when the client abandons the maildrop', async (t) => {
    const host = await startHost(t, { tls })
    host.mailbox(SHOP).put(LETTER)
    const maildrop = await openPop3(pop3Of(host))

    await maildrop.delete(1)
    maildrop.abandon()

    assert.equal(host.mailbox(SHOP).letters().length, 1)
  })
})
