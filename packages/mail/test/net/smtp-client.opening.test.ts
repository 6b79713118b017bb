import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { concatOctets, textOf } from '../../src/base/octets.ts'
import { Secret } from '../../src/base/secret.ts'
import type { MailServer } from '../../src/net/mail-server.ts'
import { openSmtp } from '../../src/net/smtp-client.ts'
import { AuthenticationFailed } from '../../src/sasl/errors.ts'
import { startMailHost } from '../../src/testing/mail-host.ts'
import type { MailHost, MailHostOptions } from '../../src/testing/mail-host.ts'
import { ConnectionLost, TlsUnavailable } from '../../src/wire/errors.ts'
import { envelope, pieces, summary } from '../smtp/conversation.ts'
import { fixture, serve } from './loopback.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const one = envelope('a@x.org')

function content(text: string): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => pieces(text) }
}

const PASSWORD = 'tanstaaf'

function startHost(options: Partial<MailHostOptions> = {}): Promise<MailHost> {
  return startMailHost({
    accounts: [
      { address: 'office@example.org', password: PASSWORD },
      { address: 'shop-1@example.org', password: 'x' },
    ],
    ...options,
  })
}

function serverOf(
  host: MailHost,
  mode: MailServer['tls'],
  password: string = PASSWORD,
): MailServer {
  const port = mode === 'implicit' ? host.smtps?.port : host.smtp.port
  assert.ok(port !== undefined)
  return {
    host: '127.0.0.1',
    port,
    tls: mode,
    ca: fixture('ca.crt'),
    credentials: { user: 'office@example.org', password: new Secret(password) },
  }
}

const tls = { key: fixture('server.key'), cert: fixture('server.crt') }
const toShops = envelope('shop-1@example.org', 'shop-2@example.org')
const LETTER = `Subject: x\r\n\r\n.\r\n..\r\n${`${'a'.repeat(70)}\r\n`.repeat(4_000)}`

describe('opening an SMTP connection', () => {
  for (const mode of ['implicit', 'starttls', 'none'] as const) {
    it(`sends letters over a socket, tls: '${mode}'`, async () => {
      await using host = await startHost({
        requiresLogin: true,
        ...(mode === 'none' ? {} : { tls }),
      })
      await using smtp = await openSmtp(serverOf(host, mode))
      const progress: number[] = []

      const outcome = await smtp.send(
        toShops,
        { [Symbol.asyncIterator]: () => pieces(LETTER, 10_000) },
        {
          sizeOctets: LETTER.length,
          onProgress: (octets) => progress.push(octets),
        },
      )
      const again = await smtp.send(envelope('shop-1@example.org'), content('Subject: y\r\n\r\n'))

      const letters = host.mailbox('shop-1@example.org').letters()
      assert.deepEqual(summary(outcome), ['accepted 250', 'rejected 550'])
      assert.deepEqual(summary(again), ['accepted 250'])
      assert.equal(letters.length, 2)
      assert.ok(textOf(letters[0]?.octets ?? concatOctets([])).endsWith(LETTER))
      assert.equal(progress.at(-1), LETTER.length)
    })
  }

  it('T1 sends no password to a server without STARTTLS', async () => {
    const lines: string[] = []
    await using host = await startHost({
      onCommand: (_protocol, line) => {
        lines.push(line)
        return 'proceed'
      },
    })

    await assert.rejects(
      openSmtp(serverOf(host, 'starttls'), { clientName: 'shop-1.test' }),
      TlsUnavailable,
    )
    assert.deepEqual(lines, ['EHLO shop-1.test'])
  })

  it('S8 S9 S13 tells a refused letter from a lost one and from one of which nobody knows', async () => {
    const fates = [
      { kind: 'refuse', code: 451, text: '4.3.0 later' },
      { kind: 'disconnect', isStored: true },
    ] as const
    await using host = await startHost({
      onLetter: ({ number }) => fates[number - 1] ?? { kind: 'deliver' },
    })
    await using smtp = await openSmtp(serverOf(host, 'none'))
    const to = envelope('shop-1@example.org')

    assert.deepEqual(summary(await smtp.send(to, content('x'))), ['deferred 451'])
    assert.deepEqual(summary(await smtp.send(to, content('x'))), ['unknown CONNECTION_LOST'])
    await assert.rejects(smtp.send(to, content('x')), ConnectionLost)
    assert.equal(host.mailbox('shop-1@example.org').letters().length, 1)
  })

  it('S26 S9 leaves the outcome unknown when it is given up after the content', async () => {
    const controller = new AbortController()
    await using host = await startHost({
      onLetter: () => {
        controller.abort()
        return { kind: 'deliver' }
      },
    })
    await using smtp = await openSmtp(serverOf(host, 'none'))

    const outcome = await smtp.send(envelope('shop-1@example.org'), content('x'), {
      signal: controller.signal,
    })

    assert.deepEqual(summary(outcome), ['unknown ABORTED'])
    assert.equal(smtp.isOpen, false)
  })

  it('S10 hears the reply of a server that refuses in the middle of the content and hangs up', async () => {
    const replies = ['250 ok\r\n250 ok\r\n354 go on\r\n', '552 5.3.4 too large\r\n']
    await using server = await serve((socket) => {
      socket.write('220 mail\r\n')
      socket.on('data', (octets) => {
        const isEhlo = octets.toString().startsWith('EHLO')
        const reply = isEhlo ? '250-mail\r\n250 PIPELINING\r\n' : replies.shift()
        if (reply?.startsWith('552') === true) socket.end(reply)
        else if (reply !== undefined) socket.write(reply)
      })
    })
    await using smtp = await openSmtp(server.at())

    const outcome = await smtp.send(one, content('x'.repeat(900)))

    assert.deepEqual(summary(outcome), ['rejected 552'])
  })

  it('A15 shows no password in the log or in the error, right or wrong', async () => {
    await using host = await startHost()
    const log: string[] = []
    const options = { log: (line: string) => log.push(line) }

    for (const mechanism of ['PLAIN', 'LOGIN'] as const) {
      const right = serverOf(host, 'none')
      const wrong = {
        user: 'office@example.org',
        password: new Secret('wrong-password'),
        mechanism,
      }
      const credentials = { user: 'office@example.org', password: new Secret(PASSWORD), mechanism }
      await (await openSmtp({ ...right, credentials }, options)).close()
      await assert.rejects(openSmtp({ ...right, credentials: wrong }, options), (error) => {
        assert.ok(error instanceof AuthenticationFailed)
        assert.doesNotMatch(inspect(error, { depth: 9 }), /wrong-password/)
        return true
      })
    }

    const secrets = [PASSWORD, 'wrong-password'].flatMap((secret) => [
      secret,
      Buffer.from(secret).toString('base64'),
      Buffer.from(`\0office@example.org\0${secret}`).toString('base64'),
    ])
    for (const line of log) {
      for (const secret of secrets) assert.ok(!line.includes(secret), line)
    }
    assert.ok(log.includes('C: AUTH PLAIN ********'))
    assert.ok(log.includes('C: ********'))
  })

  it('refuses a client name that is none before it connects', async () => {
    const server = { host: '127.0.0.1', port: 1, tls: 'none' } as const

    await assert.rejects(openSmtp(server, { clientName: 'a\r\nQUIT' }), { code: 'ADDRESS_INVALID' })
  })

  it('takes limits and deadlines', async () => {
    await using flooding = await serve((socket) => socket.write(`220 ${'x'.repeat(100)}\r\n`))
    await using silent = await serve(() => undefined)

    await assert.rejects(openSmtp(flooding.at(), { limits: { maxLineOctets: 50 } }), {
      code: 'LIMIT_EXCEEDED',
      option: 'limits.maxLineOctets',
    })
    await assert.rejects(openSmtp(silent.at(), { deadlines: { greetingMs: 20 } }), {
      code: 'DEADLINE_EXCEEDED',
      phase: 'receive',
      server: `127.0.0.1:${silent.at().port}`,
    })
  })

  it('refuses a misspelt word before it connects', async () => {
    const server = { host: '127.0.0.1', port: 1, tls: 'none' } as const
    for (const misspelt of [{ chunking: 'Never' }, { protocol: 'LMTP' }]) {
      const options: object = misspelt

      await assert.rejects(openSmtp(server, options), TypeError)
    }
  })
})
