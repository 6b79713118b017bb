import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { startMailHost, type Fate, type MailHost, type MailHostOptions } from '../../src/testing.ts'
import { RawClient } from './raw-client.ts'

const SHOP = 'shop@example.org'
const OFFICE = 'office@example.org'
const ACCOUNTS = [
  { address: SHOP, password: 'tan staaf' },
  { address: OFFICE, password: 'secret' },
]
const LETTER = 'Subject: one\r\n\r\ntext\r\n'

const tlsFolder = join(import.meta.dirname, '../fixtures/tls')
const ca = await readFile(join(tlsFolder, 'ca.crt'), 'utf8')
const tls = {
  key: await readFile(join(tlsFolder, 'server.key'), 'utf8'),
  cert: await readFile(join(tlsFolder, 'server.crt'), 'utf8'),
}

const latin1 = new TextDecoder('latin1')

/** A host that ends with the test. */
async function startHost(
  t: TestContext,
  options: Partial<MailHostOptions> = {},
): Promise<MailHost> {
  const host = await startMailHost({ accounts: ACCOUNTS, ...options })
  t.after(() => host.close())
  return host
}

function envelope(...recipients: readonly string[]): string {
  return `EHLO c.example\r\nMAIL FROM:<${OFFICE}>\r\n${recipients.map((to) => `RCPT TO:<${to}>\r\n`).join('')}`
}

/** Sends letters to the shop, one connection each, and returns what the server said in the end. */
async function send(host: MailHost, ...contents: readonly string[]): Promise<string> {
  let replies = ''
  for (const content of contents) {
    using client = RawClient.connect(host.smtp.port)
    client.write(`${envelope(SHOP)}DATA\r\n`)
    await client.hear(/^354 /m)
    client.write(`${content}.\r\nQUIT\r\n`)
    replies = await client.hearAll()
  }
  return replies
}

async function logIn(host: MailHost): Promise<RawClient> {
  const client = RawClient.connect(host.pop3.port)
  await client.hear()
  client.write(`USER ${SHOP}\r\nPASS tan staaf\r\n`)
  await client.hear(/locked and ready\r\n/)
  return client
}

/** The last line of each letter of the shop, by which the tests tell them apart. */
function lastLines(host: MailHost): string[] {
  return host
    .mailbox(SHOP)
    .letters()
    .map(({ octets }) => latin1.decode(octets).trimEnd().split('\r\n').at(-1) ?? '')
}

describe('Mail host', () => {
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

describe('Mail host and quotas', () => {
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

describe('Mail host and the fates of letters', () => {
  function fateOfFirst(fate: Fate): Partial<MailHostOptions> {
    return { onLetter: ({ number }) => (number === 1 ? fate : { kind: 'deliver' }) }
  }

  test('loses one and says that it is accepted', async (t) => {
    const host = await startHost(t, fateOfFirst({ kind: 'lose' }))

    assert.match(await send(host, 'one\r\n'), /^250 /)
    await send(host, 'two\r\n')

    assert.deepEqual(lastLines(host), ['two'])
  })

  test('delivers one twice under two unique ids', async (t) => {
    const host = await startHost(t, fateOfFirst({ kind: 'duplicate' }))

    await send(host, 'one\r\n')

    assert.deepEqual(lastLines(host), ['one', 'one'])
    assert.deepEqual(
      host
        .mailbox(SHOP)
        .letters()
        .map(({ uid }) => uid),
      [1, 2],
    )
  })

  test('holds letters back and delivers them in another order', async (t) => {
    const host = await startHost(t, { onLetter: () => ({ kind: 'hold' }) })
    await send(host, 'one\r\n', 'two\r\n', 'three\r\n')
    assert.deepEqual(lastLines(host), [])

    host.release(host.held.slice(0, 2).toReversed())
    host.release()

    assert.deepEqual(lastLines(host), ['two', 'one', 'three'])
    assert.deepEqual(host.held, [])
  })

  test('does not deliver a held letter twice', async (t) => {
    const host = await startHost(t, { onLetter: () => ({ kind: 'hold' }) })
    await send(host, 'one\r\n')
    const { held } = host
    host.release()

    assert.throws(() => host.release(held), RangeError)
  })

  test('refuses one with the words of the test', async (t) => {
    const host = await startHost(
      t,
      fateOfFirst({ kind: 'refuse', code: 451, text: '4.7.1 greylisted' }),
    )

    assert.match(await send(host, 'one\r\n'), /^451 4\.7\.1 greylisted\r\n/)
    assert.deepEqual(lastLines(host), [])
  })

  for (const isStored of [true, false]) {
    test(`hangs up after the final dot with the letter ${isStored ? 'stored' : 'lost'}`, async (t) => {
      const host = await startHost(t, fateOfFirst({ kind: 'disconnect', isStored }))

      assert.equal(await send(host, 'one\r\n'), '')
      assert.deepEqual(lastLines(host), isStored ? ['one'] : [])
    })
  }

  test('shows the hook the whole letter', async (t) => {
    const seen: string[] = []
    const host = await startHost(t, {
      onLetter: ({ reversePath, forwardPaths, octets }) => {
        seen.push(reversePath, ...forwardPaths, latin1.decode(octets.slice(-LETTER.length)))
        return { kind: 'deliver' }
      },
    })

    await send(host, LETTER)

    assert.deepEqual(seen, [OFFICE, SHOP, LETTER])
  })
})

describe('Mail host and faults of commands', () => {
  const commands = ['EHLO c.example', `MAIL FROM:<${OFFICE}>`, `RCPT TO:<${SHOP}>`, 'DATA', 'QUIT']
  for (const command of commands) {
    test(`breaks an SMTP connection at ${command}`, async (t) => {
      const host = await startHost(t, {
        onCommand: (_, line) => (line === command ? 'disconnect' : 'proceed'),
      })
      using client = RawClient.connect(host.smtp.port)

      client.write(`${envelope(SHOP)}${command === 'QUIT' ? '' : 'DATA\r\n.\r\n'}QUIT\r\n`)

      assert.doesNotMatch(await client.hearAll(), /^221 /m)
      assert.deepEqual(lastLines(host), [])
    })
  }

  test('says something else instead of executing a command', async (t) => {
    const host = await startHost(t, {
      onCommand: (protocol, line) =>
        protocol === 'pop3' && line.startsWith('PASS')
          ? { reply: '-ERR [SYS/TEMP] come back later' }
          : 'proceed',
    })
    using client = RawClient.connect(host.pop3.port)

    await client.ask(
      `USER ${SHOP}\r\nPASS tan staaf\r\n`,
      /^-ERR \[SYS\/TEMP\] come back later\r\n/m,
    )
  })

  test('deletes nothing when the line breaks at QUIT', async (t) => {
    const host = await startHost(t, {
      onCommand: (_, line) => (line === 'QUIT' ? 'disconnect' : 'proceed'),
    })
    host.mailbox(SHOP).put(LETTER)
    using client = await logIn(host)

    client.write('DELE 1\r\nQUIT\r\n')
    await client.hearAll()

    assert.equal(host.mailbox(SHOP).letters().length, 1)
  })

  test('reports a hook that throws when the host is closed', async () => {
    const host = await startMailHost({
      accounts: ACCOUNTS,
      onCommand: () => {
        throw new Error('the test is wrong')
      },
    })
    using client = RawClient.connect(host.smtp.port)
    client.write('NOOP\r\n')
    await client.hearAll()

    await assert.rejects(host.close(), /the test is wrong/)
    await host.close()
  })
})

describe('Mail host and maildrops', () => {
  test('refuses a wrong password and an unknown user alike', async (t) => {
    const host = await startHost(t)
    using client = RawClient.connect(host.pop3.port)

    const wrong = await client.ask(`USER ${SHOP}\r\nPASS x\r\n`, /^-ERR.*\r\n/m)
    const unknown = await client.ask('USER nobody\r\nPASS x\r\n', /^-ERR.*\r\n/m)

    assert.equal(/-ERR.*/.exec(wrong)?.[0], /-ERR.*/.exec(unknown)?.[0])
  })

  test('lets one session at a time in', async (t) => {
    const host = await startHost(t)
    using first = await logIn(host)
    using second = RawClient.connect(host.pop3.port)

    await second.ask(`USER ${SHOP}\r\nPASS tan staaf\r\n`, /^-ERR \[IN-USE\] /m)
    await first.ask('QUIT\r\n')
    await second.ask(`USER ${SHOP}\r\nPASS tan staaf\r\n`, /locked and ready/)
  })

  test('deletes at QUIT and not before', async (t) => {
    const host = await startHost(t)
    host.mailbox(SHOP).put(LETTER)
    using client = await logIn(host)

    await client.ask('DELE 1\r\n')
    const before = host.mailbox(SHOP).letters().length
    await client.ask('QUIT\r\n')

    assert.deepEqual([before, host.mailbox(SHOP).letters().length], [1, 0])
  })

  test('keeps the letters and gives up the lock when the client hangs up', async (t) => {
    const host = await startHost(t)
    host.mailbox(SHOP).put(LETTER)
    const client = await logIn(host)

    await client.ask('DELE 1\r\n')
    client.hangUp()

    using next = await logInWhenFree(host)
    assert.match(await next.ask('STAT\r\n'), /^\+OK 1 /)
  })

  test('counts a letter as read once RETR has fetched it', async (t) => {
    const host = await startHost(t)
    host.mailbox(SHOP).put(LETTER)
    host.mailbox(SHOP).put(LETTER)
    using client = await logIn(host)

    await client.ask('TOP 1 100\r\n', /\r\n\.\r\n/)
    await client.ask('RETR 2\r\n', /\r\n\.\r\n/)
    await client.ask('QUIT\r\n')

    assert.deepEqual(
      host
        .mailbox(SHOP)
        .letters()
        .map(({ isRead }) => isRead),
      [false, true],
    )
  })

  test('does not count a letter as read whose reader went away half-way', async (t) => {
    const host = await startHost(t)
    // More than the buffers of both sides and of the system hold.
    host.mailbox(SHOP).put('x'.repeat(20_000_000))
    const client = await logIn(host)

    await client.ask('RETR 1\r\n', /x/)
    client.pause()
    client.hangUp()
    using next = await logInWhenFree(host)
    await next.ask('NOOP\r\n')

    assert.equal(host.mailbox(SHOP).letters()[0]?.isRead, false)
  })

  test('says so when a letter was removed behind its back', async (t) => {
    const host = await startHost(t)
    const { uid } = host.mailbox(SHOP).put(LETTER)
    using client = await logIn(host)

    host.mailbox(SHOP).remove(uid)

    await client.ask('RETR 1\r\n', /^-ERR \[SYS\/PERM\] /)
    await client.ask('DELE 1\r\nQUIT\r\n', /goodbye/)
  })

  test('numbers no letter in a session that came after the login', async (t) => {
    const host = await startHost(t)
    using client = await logIn(host)

    host.mailbox(SHOP).put(LETTER)

    assert.match(await client.ask('STAT\r\n'), /^\+OK 0 0/)
  })
})

/** The server learns that a client has gone when its system tells; until then the maildrop is in use. */
async function logInWhenFree(host: MailHost): Promise<RawClient> {
  for (;;) {
    const client = RawClient.connect(host.pop3.port)
    await client.hear()
    client.write(`USER ${SHOP}\r\nPASS tan staaf\r\n`)
    const answer = await client.hear(/locked and ready\r\n|-ERR .*\r\n/)
    if (!answer.includes('-ERR')) return client
    client.hangUp()
  }
}

describe('Mail host and TLS', () => {
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

describe('Mail host with a folder', () => {
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

describe('Mail host and its end', () => {
  test('leaves nothing behind that would keep the process alive', async () => {
    const isSocket = (resource: string): boolean => /^TCP|TLS|Timeout/.test(resource)
    const host = await startMailHost({ accounts: ACCOUNTS, tls })
    const idle = RawClient.connect(host.smtp.port)
    const encrypted = RawClient.connectTls(host.pop3s?.port ?? 0, ca)
    await Promise.all([idle.hear(), encrypted.hear()])

    await host.close()
    await Promise.all([idle.hearAll(), encrypted.hearAll()])

    assert.deepEqual(process.getActiveResourcesInfo().filter(isSocket), [])
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
