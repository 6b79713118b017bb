import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { startMailHost, type Fate } from '../../src/testing.ts'
import { RawClient } from './raw-client.ts'
import {
  ACCOUNTS,
  ca,
  envelope,
  lastLines,
  latin1,
  LETTER,
  logIn,
  OFFICE,
  send,
  SHOP,
  startHost,
  tls,
  TIMEOUT_MS,
} from './running-host.ts'
import { takeCensus } from '../census.ts'

takeCensus()

describe('Mail host', { timeout: TIMEOUT_MS }, () => {
  test('puts trace fields on a letter and keeps its octets', async (t) => {
    const host = await startHost(t, { now: () => new Date('2026-11-24T10:20:30Z') })

    await send(host, LETTER)

    const [letter] = host.mailbox(SHOP).letters()
    assert.equal(
      latin1.decode(letter?.octets),
      `Return-Path: <${OFFICE}>\r\n` +
        'Received: from c.example ([127.0.0.1])\r\n' +
        `\tby mail.test with ESMTP id 1\r\n\tfor <${SHOP}>;\r\n` +
        `\tTue, 24 Nov 2026 10:20:30 +0000\r\n${LETTER}`,
    )
    assert.deepEqual({ uid: letter?.uid, isRead: letter?.isRead }, { uid: 1, isRead: false })
  })

  test('does not tell one recipient of the other', async (t) => {
    const host = await startHost(t)
    using client = RawClient.connect(host.smtp.port)

    client.write(`${envelope(SHOP, OFFICE, SHOP.toUpperCase())}DATA\r\n`)
    await client.hear(/^354 /m)
    await client.ask('x\r\n.\r\n')

    assert.equal(host.mailbox(SHOP).letters().length, 1)
    assert.doesNotMatch(latin1.decode(host.mailbox(OFFICE).letters()[0]?.octets), /for </)
  })

  test('refuses a recipient that it does not know', async (t) => {
    const host = await startHost(t)
    using client = RawClient.connect(host.smtp.port)

    client.write(envelope('nobody@example.org'))

    await client.hear(/^550 5\.1\.1 /m)
  })

  test('carries 20 MB in and out, octet for octet', async (t) => {
    const host = await startHost(t)
    const content = `${'.'.repeat(75)}\r\n`.repeat(260_000)
    const stuffed = `.${'.'.repeat(75)}\r\n`.repeat(260_000)

    await send(host, stuffed)
    using client = await logIn(host)
    client.write('RETR 1\r\nQUIT\r\n')
    const received = await client.hearAll()

    assert.ok(latin1.decode(host.mailbox(SHOP).letters()[0]?.octets).endsWith(content))
    assert.ok(received.endsWith(`${stuffed}.\r\n+OK goodbye\r\n`))
  })

  test('refuses a letter that is larger than the limit', async (t) => {
    const host = await startHost(t, { sizeLimitOctets: 1_000 })

    assert.match(await send(host, `${'x'.repeat(1_001)}\r\n`), /^552 5\.3\.4 /)
    assert.deepEqual(host.mailbox(SHOP).letters(), [])
  })

  test('wants a login before MAIL when that is the policy', async (t) => {
    const host = await startHost(t, { requiresLogin: true })
    using client = RawClient.connect(host.smtp.port)

    await client.ask('EHLO c.example\r\nAUTH PLAIN AGJvc3MAeA==\r\n', /^535 /m)
    await client.ask('MAIL FROM:<>\r\n', /^530 /m)
    const login = Buffer.from(`\0${OFFICE}\0secret`).toString('base64')
    await client.ask(`AUTH PLAIN ${login}\r\n`, /^235 /m)
    await client.ask('MAIL FROM:<>\r\n', /^250 /m)
  })

  test('has no mailbox without an account', async (t) => {
    const host = await startHost(t)

    assert.throws(() => host.mailbox('nobody@example.org'), RangeError)
    await assert.rejects(startMailHost({ accounts: [...ACCOUNTS, ...ACCOUNTS] }), RangeError)
  })
})

describe('Mail host and quotas', { timeout: TIMEOUT_MS }, () => {
  const accounts = [{ address: SHOP, password: 'tan staaf', quotaOctets: 1_000 }]

  test('refuses a letter that does not fit, by its SIZE or when it has come', async (t) => {
    const host = await startHost(t, { accounts })
    using client = RawClient.connect(host.smtp.port)

    await client.ask(
      `EHLO c.example\r\nMAIL FROM:<> SIZE=1001\r\nRCPT TO:<${SHOP}>\r\n`,
      /^552 5\.2\.2 /m,
    )
    const late = await send(host, `${'x'.repeat(1_000)}\r\n`)

    assert.match(late, /^552 5\.2\.2 /)
    assert.deepEqual(host.mailbox(SHOP).letters(), [])
  })

  test('takes letters again once there is room', async (t) => {
    const host = await startHost(t, { accounts })
    const { uid } = host.mailbox(SHOP).put('x'.repeat(900))
    const full = await send(host, LETTER)

    host.mailbox(SHOP).remove(uid)

    assert.match(full, /^552 /)
    assert.match(await send(host, LETTER), /^250 /)
  })
})

describe('Mail host and TLS', { timeout: TIMEOUT_MS }, () => {
  test('encrypts SMTP after STARTTLS', async (t) => {
    const host = await startHost(t, { tls })
    using client = RawClient.connect(host.smtp.port)

    const clear = await client.ask('EHLO c.example\r\n', /^250 .*\r\n/m)
    await client.ask('STARTTLS\r\n')
    client.encrypt(ca)
    const encrypted = await client.ask('EHLO c.example\r\n', /^250 .*\r\n/m)

    assert.match(clear, /STARTTLS/)
    assert.doesNotMatch(clear, /AUTH /)
    assert.match(encrypted, /AUTH PLAIN LOGIN/)
    assert.doesNotMatch(encrypted, /STARTTLS/)
  })

  test('encrypts POP3 after STLS', async (t) => {
    const host = await startHost(t, { tls })
    using client = RawClient.connect(host.pop3.port)
    await client.hear()

    await client.ask('STLS\r\n')
    client.encrypt(ca)

    await client.ask(`USER ${SHOP}\r\nPASS tan staaf\r\n`, /locked and ready/)
  })

  test('has ports that are TLS from the first octet', async (t) => {
    const host = await startHost(t, { tls })
    using smtp = RawClient.connectTls(host.smtps?.port ?? 0, ca)
    using pop3 = RawClient.connectTls(host.pop3s?.port ?? 0, ca)

    assert.match(await smtp.hear(), /^220 /)
    assert.match(await pop3.hear(), /^\+OK /)
    assert.match(await smtp.ask('QUIT\r\n'), /^221 /)
    assert.equal(await smtp.hearAll(), '')
  })

  test('takes no clear text for TLS', async (t) => {
    const host = await startHost(t, { tls })
    using client = RawClient.connect(host.smtp.port)

    await client.ask('EHLO c.example\r\nSTARTTLS\r\n', /^220 2\.0\.0 /m)
    client.write('MAIL FROM:<evil@example.org>\r\n')

    assert.doesNotMatch(await client.hearAll(), /250/)
  })

  test('has no such ports without a certificate', async (t) => {
    const host = await startHost(t)

    assert.equal(host.smtps, undefined)
    assert.equal(host.pop3s, undefined)
  })
})

describe('Mail host with a folder', { timeout: TIMEOUT_MS }, () => {
  function makeFolder(t: TestContext): string {
    const folder = mkdtempSync(join(tmpdir(), 'mail-host-'))
    t.after(() => rmSync(folder, { recursive: true }))
    return folder
  }

  test('finds its letters again after a restart, with their read marks', async (t) => {
    const folder = makeFolder(t)
    const before = await startMailHost({ accounts: ACCOUNTS, folder })
    await send(before, 'one\r\n', 'two\r\n')
    before.mailbox(SHOP).markRead(1)
    await before.close()

    const host = await startHost(t, { folder })

    assert.deepEqual(lastLines(host), ['one', 'two'])
    assert.deepEqual(
      host
        .mailbox(SHOP)
        .letters()
        .map(({ uid, isRead }) => ({ uid, isRead })),
      [
        { uid: 1, isRead: true },
        { uid: 2, isRead: false },
      ],
    )
    assert.equal(
      host.mailbox(SHOP).sizeOctets,
      host
        .mailbox(SHOP)
        .letters()
        .reduce((sum, { octets }) => sum + octets.length, 0),
    )
  })

  test('gives no unique id twice, also when its letter was the last and is gone', async (t) => {
    const folder = makeFolder(t)
    const before = await startMailHost({ accounts: ACCOUNTS, folder })
    before.mailbox(SHOP).remove(before.mailbox(SHOP).put(LETTER).uid)
    await before.close()

    const host = await startHost(t, { folder })

    assert.equal(host.mailbox(SHOP).put(LETTER).uid, 2)
  })

  test('keeps each letter as a file under its address', async (t) => {
    const folder = makeFolder(t)
    const host = await startHost(t, { folder })

    const { uid } = host.mailbox(SHOP).put(LETTER)
    host.mailbox(SHOP).put(LETTER)
    host.mailbox(SHOP).remove(uid)

    assert.deepEqual(readdirSync(join(folder, SHOP)).sort(), ['2.eml', 'mailbox.json'])
    assert.equal(await readFile(join(folder, SHOP, '2.eml'), 'utf8'), LETTER)
  })
})

describe('Mail host and its end', { timeout: TIMEOUT_MS }, () => {
  test('leaves nothing behind that would keep the process alive', async () => {
    const before = socketsAndTimers()
    const host = await startMailHost({ accounts: ACCOUNTS, tls })
    const idle = RawClient.connect(host.smtp.port)
    const encrypted = RawClient.connectTls(host.pop3s?.port ?? 0, ca)
    await Promise.all([idle.hear(), encrypted.hear()])

    await host.close()
    await Promise.all([idle.hearAll(), encrypted.hearAll()])

    assert.deepEqual(socketsAndTimers(), before)
  })

  test('does not wait for a hook, and stores nothing any more', async () => {
    const decision = Promise.withResolvers<Fate>()
    const asked = Promise.withResolvers<void>()
    const host = await startMailHost({
      accounts: ACCOUNTS,
      onLetter: () => {
        asked.resolve()
        return decision.promise
      },
    })
    const sending = send(host, LETTER)
    await asked.promise

    await host.close()
    decision.resolve({ kind: 'deliver' })

    assert.equal(await sending, '')
    assert.deepEqual(host.mailbox(SHOP).letters(), [])
  })

  test('does not start on a port that is taken', async (t) => {
    const host = await startHost(t)

    await assert.rejects(startMailHost({ accounts: ACCOUNTS, ports: { pop3: host.pop3.port } }), {
      code: 'EADDRINUSE',
    })
  })

  test('starts again on the same ports', async (t) => {
    const first = await startMailHost({ accounts: ACCOUNTS })
    const ports = { smtp: first.smtp.port, pop3: first.pop3.port }
    using client = RawClient.connect(ports.smtp)
    await client.hear()
    await first.close()

    const second = await startHost(t, { ports })

    assert.deepEqual([second.smtp.port, second.pop3.port], [ports.smtp, ports.pop3])
  })
})

/** What keeps a process alive. Other files of this process may have servers of their own. */
function socketsAndTimers(): readonly string[] {
  return process.getActiveResourcesInfo().filter((name) => /^TCP|TLS|Timeout/.test(name))
}
