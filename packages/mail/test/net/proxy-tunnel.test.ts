import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { Secret } from '../../src/base/secret.ts'
import { Aborted, ConnectionFailed, DeadlineExceeded, TlsFailed } from '../../src/net/errors.ts'
import type { MailServer } from '../../src/net/mail-server.ts'
import { openPop3 } from '../../src/net/pop3-client.ts'
import type { ProxyServer } from '../../src/net/proxy-server.ts'
import { openSmtp } from '../../src/net/smtp-client.ts'
import { openConnection } from '../../src/net/tcp-connection.ts'
import { ProxyFailed, type ProxyFailure } from '../../src/proxy/errors.ts'
import { startMailHost, type MailHost } from '../../src/testing/mail-host.ts'
import { envelope, pieces, summary } from '../smtp/conversation.ts'
import { CA, fixture, serve, serveTls } from './loopback.ts'
import { PROXY_PASSWORD, startProxy } from './test-proxy.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const PASSWORD = 'mail password'
const account = { address: 'a@x.org', password: PASSWORD }
const credentials = { user: 'a@x.org', password: new Secret(PASSWORD) }
const content = { [Symbol.asyncIterator]: () => pieces('Subject: one\r\n\r\nx\r\n') }
/** Resolved by the proxy only: here nobody knows it. The certificate is for localhost. */
const FAR = { host: 'mail.invalid', servername: 'localhost', ca: CA }
const SHORT_MS = 25

function startHost(): Promise<MailHost> {
  const cert = { key: fixture('server.key'), cert: fixture('server.crt') }
  return startMailHost({ accounts: [account], tls: cert, requiresLogin: true })
}

function portOf(host: MailHost, tls: MailServer['tls']): number {
  return tls === 'implicit' ? (host.smtps?.port ?? 0) : host.smtp.port
}

function failed(reason: ProxyFailure, cause?: new (...args: never[]) => Error) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof ProxyFailed, String(error))
    assert.equal(error.reason, reason)
    assert.equal(error.proxy.host, '127.0.0.1')
    if (cause !== undefined) assert.ok(error.cause instanceof cause, String(error.cause))
    return true
  }
}

describe('Through a proxy', () => {
  for (const kind of ['socks5', 'http'] as const) {
    for (const isEncrypted of [false, true]) {
      for (const tls of ['implicit', 'starttls'] as const) {
        const way = `${kind}${isEncrypted ? ' over TLS' : ''} with ${tls}`
        it(`letters are sent and the name is resolved by the proxy: ${way}`, async () => {
          await using host = await startHost()
          await using proxy = await startProxy({
            kind,
            isEncrypted,
            leadsTo: { port: portOf(host, tls) },
          })
          const smtp = await openSmtp({ ...FAR, port: 25, tls, credentials, proxy: proxy.at() })

          const outcome = await smtp.send(envelope('a@x.org'), content)
          await smtp.close()
          await proxy.idle()

          assert.deepEqual(summary(outcome), ['accepted 250'])
          assert.equal(host.mailbox('a@x.org').letters().length, 1)
          assert.deepEqual(proxy.asked, ['mail.invalid:25'])
          assert.doesNotMatch(proxy.tapped(), /Subject|AUTH/)
        })
      }
    }

    it(`letters are read: ${kind}`, async () => {
      await using host = await startHost()
      await using proxy = await startProxy({ kind, leadsTo: { port: host.pop3s?.port ?? 0 } })
      const server = { ...FAR, port: 995, tls: 'implicit', credentials, proxy: proxy.at() } as const
      await using maildrop = await openPop3(server)

      assert.equal((await maildrop.list()).size, 0)
      assert.deepEqual(proxy.asked, ['mail.invalid:995'])
    })

    for (const joins of [1, 3, 1_000]) {
      it(`a greeting that comes with the answer, cut at ${joins}, is heard and logged once: ${kind}`, async () => {
        await using host = await startHost()
        await using proxy = await startProxy({ kind, joins, leadsTo: host.smtp })
        const lines: string[] = []
        const server = { ...FAR, port: 25, tls: 'starttls', proxy: proxy.at() } as const
        const smtp = await openSmtp(server, { log: (line) => lines.push(line) })
        await smtp.close()

        const heard = lines.slice(
          0,
          lines.findIndex((line) => line.startsWith('C: EHLO')),
        )
        assert.match(heard.at(-1) ?? '', /^S: 220 mail\.test/)
        assert.equal(heard.join('').split('mail.test').length, 2)
      })
    }

    it(`A15 no log and no error shows the proxy's password: ${kind}`, async () => {
      await using host = await startHost()
      await using proxy = await startProxy({ kind, leadsTo: host.smtp })
      const lines: string[] = []
      const options = { log: (line: string) => lines.push(line) }
      const by = (password: string): MailServer => ({
        ...FAR,
        port: 25,
        tls: 'starttls',
        proxy: proxy.at({ credentials: { user: 'tim', password: new Secret(password) } }),
      })
      await (await openSmtp(by(PROXY_PASSWORD), options)).close()
      const wrong = `${PROXY_PASSWORD.slice(1)}t!`
      const error = await openSmtp(by(wrong), options).catch((reason: unknown) => reason)

      assert.ok(failed('authentication')(error))
      const everything = `${lines.join('\n')}${inspect(error, { depth: 9 })}${inspect(by(wrong), { depth: 9 })}`
      for (const secret of [PROXY_PASSWORD, wrong]) {
        assert.ok(!everything.includes(secret))
        assert.ok(!everything.includes(Buffer.from(`tim:${secret}`).toString('base64')))
      }
      assert.ok(lines.length > 4)
    })
  }

  it('octets in clear text ahead of TLS are refused as without a proxy', async () => {
    await using server = await serve((socket) => socket.write('220 too early\r\n'))
    await using proxy = await startProxy({ kind: 'http', joins: 3, leadsTo: server })

    await assert.rejects(
      openConnection({ ...FAR, port: 465, tls: 'implicit', proxy: proxy.at() }),
      (error) => error instanceof TlsFailed && error.check === 'octets-before-tls',
    )
  })

  it("the mail server's certificate is checked, not the proxy's", async () => {
    await using server = await serveTls(() => {}, { cert: fixture('expired.crt') })
    await using proxy = await startProxy({ kind: 'socks5', isEncrypted: true, leadsTo: server })

    await assert.rejects(
      openConnection({ ...FAR, port: 465, tls: 'implicit', proxy: proxy.at() }),
      (error) =>
        error instanceof TlsFailed && error.check === 'expired' && error.host === 'mail.invalid',
    )
  })

  it('TLS with the proxy is no TLS with the mail server: no password is sent', async () => {
    await using host = await startHost()
    await using proxy = await startProxy({ kind: 'http', isEncrypted: true, leadsTo: host.smtp })
    const connection = await openConnection({ ...FAR, port: 25, tls: 'none', proxy: proxy.at() })

    assert.equal(connection.isEncrypted, false)
    assert.equal(connection.channelBinding(), undefined)
    connection.close()
  })

  it('the name goes to the proxy in its A-label form', async () => {
    await using server = await serve((socket) => socket.write('220\r\n'))
    await using proxy = await startProxy({ kind: 'socks5', leadsTo: server })
    const host = 'почта.example'
    const connection = await openConnection({ host, port: 25, tls: 'none', proxy: proxy.at() })
    connection.close()

    assert.deepEqual(proxy.asked, ['xn--80a1acny.example:25'])
  })
})

describe('A proxy that can not be used', () => {
  it('is not there', async () => {
    const gone = await startProxy({ kind: 'http', leadsTo: { port: 1 } })
    await gone[Symbol.asyncDispose]()

    await assert.rejects(
      openConnection({ ...FAR, port: 25, tls: 'none', proxy: gone.at() }),
      failed('unreachable', ConnectionFailed),
    )
  })

  it('is not who it should be', async () => {
    await using proxy = await startProxy({ kind: 'http', isEncrypted: true, leadsTo: { port: 1 } })

    await assert.rejects(
      openConnection({
        ...FAR,
        port: 25,
        tls: 'none',
        proxy: proxy.at({ ca: fixture('self-signed.crt') }),
      }),
      failed('tls', TlsFailed),
    )
  })

  it('hangs up', async () => {
    await using server = await serve((socket) => socket.destroy())
    const proxy: ProxyServer = { kind: 'socks5', host: '127.0.0.1', port: server.port }

    await assert.rejects(openConnection({ ...FAR, port: 25, tls: 'none', proxy }), failed('lost'))
  })

  it('is given up when it, TLS and its own connecting together take longer than connecting may', async () => {
    for (const tls of ['none', 'implicit'] as const) {
      await using server = await serve((socket) => socket.resume())
      const proxy: ProxyServer = { kind: 'http', host: '127.0.0.1', port: server.port, tls }

      await assert.rejects(
        openConnection(
          { ...FAR, port: 25, tls: 'none', proxy },
          { deadlines: { connectMs: SHORT_MS } },
        ),
        (error) =>
          error instanceof DeadlineExceeded &&
          error.phase === 'connect' &&
          error.timeoutMs === SHORT_MS,
      )
      await server.idle()
    }
  })

  it('S26 is left alone as soon as the caller gives up', async () => {
    const controller = new AbortController()
    await using server = await serve((socket) => socket.on('data', () => controller.abort()))
    const proxy: ProxyServer = { kind: 'socks5', host: '127.0.0.1', port: server.port }

    await assert.rejects(
      openConnection({ ...FAR, port: 25, tls: 'none', proxy }, { signal: controller.signal }),
      Aborted,
    )
    await server.idle()
  })

  const unfit: readonly (readonly [string, object])[] = [
    ['kind is another word', { kind: 'socks4' }],
    ['tls is another word', { tls: 'starttls' }],
    ['host is none', { host: '' }],
    ['host says more than a name', { host: 'proxy\r\nX: y' }],
    ['host has a NUL', { host: 'proxy\0' }],
    ['port is none', { port: 70_000 }],
    ['user says more than a name', { credentials: { user: 'a\r\nb', password: new Secret('x') } }],
  ]
  for (const [name, settings] of unfit) {
    it(`S17 is refused before anything is sent when its ${name}`, async () => {
      await using server = await serve(() => assert.fail('a connection was made'))
      const usable: ProxyServer = { kind: 'http', host: '127.0.0.1', port: server.port }
      const proxy = Object.assign({ ...usable }, settings)

      await assert.rejects(
        openConnection({ ...FAR, port: 25, tls: 'none', proxy }),
        (error) => error instanceof TypeError || error instanceof RangeError,
      )
    })
  }
})
