import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { getEventListeners } from 'node:events'
import { describe, test } from 'node:test'
import { DkimContentChanged, signMessage } from '../../src/dkim.ts'
import { ForwardPath, openSmtp, ReversePath, type SendingOutcome } from '../../src/smtp.ts'
import type { MailHost } from '../../src/testing.ts'
import { OFFICE, SHOP, startHost, TIMEOUT_MS } from '../testing/running-host.ts'
import { ed25519Key, rsaKey } from './keys.ts'
import { letterOfDraft } from './letters.ts'
import { verdictsOf } from './verify.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const signedAt = new Date('2026-03-01T10:00:00Z')
const records = [rsaKey.record, ed25519Key.record]

/** A letter with a file that gives these octets, one after the other each time it is opened. */
function letterWith(...contents: readonly Uint8Array[]): ReturnType<typeof letterOfDraft> {
  let times = 0
  const content = async function* (): AsyncGenerator<Uint8Array> {
    yield contents[Math.min(times++, contents.length - 1)] ?? new Uint8Array()
  }
  const contentType = 'application/octet-stream'
  return letterOfDraft({ attachments: [{ fileName: 'остатки.bin', contentType, content }] })
}

async function send(
  host: MailHost,
  letter: ReturnType<typeof letterOfDraft>,
): Promise<SendingOutcome> {
  const signed = await signMessage(letter, [rsaKey, ed25519Key], { signedAt })
  await using connection = await openSmtp({ ...host.smtp, tls: 'none' })
  const envelope = {
    reversePath: ReversePath.parse(OFFICE),
    forwardPaths: [ForwardPath.parse(SHOP)],
  } as const
  return await connection.send(envelope, signed)
}

/** What never comes to an end. */
function nothing<T>(): Promise<T> {
  return new Promise(() => undefined)
}

describe('Signing a letter', { timeout: TIMEOUT_MS }, () => {
  const contentType = 'application/octet-stream'
  const hanging = async function* (): AsyncGenerator<Uint8Array> {
    yield await nothing<Uint8Array>()
  }
  const letterThatHangs = letterOfDraft({ attachments: [{ contentType, content: hanging }] })

  test('S26 ends when it is aborted while an attachment does not come', async () => {
    const controller = new AbortController()
    const signing = signMessage(letterThatHangs, rsaKey, { signal: controller.signal })
    controller.abort(new Error('enough'))

    await assert.rejects(signing, { code: 'ABORTED', cause: new Error('enough') })
    assert.deepEqual(getEventListeners(controller.signal, 'abort'), [])
  })

  test('S26 ends when an attachment does not come in time', async () => {
    const signing = signMessage(letterThatHangs, rsaKey, { contentMs: 1 })

    await assert.rejects(signing, { code: 'DEADLINE_EXCEEDED', phase: 'source', timeoutMs: 1 })
  })

  test('S26 ends when it is aborted while a key far away does not answer', async () => {
    const controller = new AbortController()
    const { promise: isAsked, resolve } = Promise.withResolvers<void>()
    const sign = (): Promise<Uint8Array> => {
      resolve()
      return nothing()
    }
    const far = { domain: 'example.org', selector: 'far', algorithm: 'rsa-sha256', sign } as const
    const signing = signMessage(letterOfDraft(), far, { signal: controller.signal })
    await isAsked
    controller.abort()

    await assert.rejects(signing, { code: 'ABORTED' })
  })

  test('closes an attachment when it is aborted between two pieces', async () => {
    const controller = new AbortController()
    const { promise: isClosed, resolve } = Promise.withResolvers<void>()
    const content = async function* (): AsyncGenerator<Uint8Array> {
      try {
        controller.abort()
        yield randomBytes(100)
        yield randomBytes(100)
      } finally {
        resolve()
      }
    }
    const letter = letterOfDraft({ attachments: [{ contentType, content }] })

    await assert.rejects(signMessage(letter, rsaKey, { signal: controller.signal }), {
      code: 'ABORTED',
    })
    await isClosed
  })

  test('refuses a time that is none', async () => {
    const signing = signMessage(letterOfDraft(), rsaKey, { contentMs: Number.NaN })

    await assert.rejects(signing, RangeError)
  })
})

describe('A signed letter on its way', { timeout: TIMEOUT_MS }, () => {
  test('arrives with signatures that verify, dots at line beginnings and all', async (t) => {
    const host = await startHost(t)
    await send(host, letterOfDraft({ text: '.\n..\n.a\n\n\n' }))
    await send(host, letterWith(randomBytes(300_000)))
    const arrived = host.mailbox(SHOP).letters()

    assert.equal(arrived.length, 2)
    for (const { octets } of arrived) {
      assert.deepEqual(await verdictsOf(octets, records), ['pass', 'pass'])
    }
  })

  test('does not arrive when a file has changed since it was signed', async (t) => {
    const host = await startHost(t)
    const letter = letterWith(randomBytes(300_000), randomBytes(300_000))

    await assert.rejects(send(host, letter), DkimContentChanged)
    assert.deepEqual(host.mailbox(SHOP).letters(), [])
  })
})
