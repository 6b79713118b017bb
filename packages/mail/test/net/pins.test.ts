import assert from 'node:assert/strict'
import { createHash, createPublicKey, X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { octetsOf } from '../../src/base/octets.ts'
import { Secret } from '../../src/base/secret.ts'
import { TlsFailed } from '../../src/net/errors.ts'
import type { MailServer } from '../../src/net/mail-server.ts'
import { openPop3 } from '../../src/net/pop3-client.ts'
import { openSmtp } from '../../src/net/smtp-client.ts'
import { openConnection } from '../../src/net/tcp-connection.ts'
import { startMailHost } from '../../src/testing/mail-host.ts'
import { CA, fixture, serve, serveTls } from './loopback.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const LONG_MS = 60_000

/** RFC 7469 §2.4, from the key and not from a certificate. */
function pinOfKey(pem: string): string {
  const keyInfo = createPublicKey(pem).export({ type: 'spki', format: 'der' })
  return `sha256/${createHash('sha256').update(keyInfo).digest('base64')}`
}

const PIN = pinOfKey(fixture('server.key'))
const OTHER = `sha256/${Buffer.alloc(32, 7).toString('base64')}`

function isWrongPin(error: unknown): boolean {
  assert.ok(error instanceof TlsFailed, String(error))
  assert.equal(error.check, 'pin')
  assert.equal(error.seenPin, PIN)
  assert.ok(error.message.endsWith(PIN))
  assert.ok(error.hint)
  return true
}

describe('A server whose key is pinned', () => {
  for (const pins of [[PIN], [OTHER, PIN]]) {
    it(`is talked to when its key is among ${pins.length}`, async () => {
      await using server = await serveTls((socket) => socket.write('220\r\n'))
      const connection = await openConnection(server.at({ tls: 'implicit', ca: CA, pins }))

      assert.equal((await connection.receive(LONG_MS))?.length, 5)
      connection.close()
    })
  }

  it('T7 is sent nothing when it has another key, and its pin is named', async () => {
    let heard = 0
    await using server = await serveTls((socket) => {
      socket.on('data', ({ length }: Uint8Array) => (heard += length))
    })

    await assert.rejects(
      openConnection(server.at({ tls: 'implicit', ca: CA, pins: [OTHER] })),
      isWrongPin,
    )
    await server.idle()
    assert.equal(heard, 0)
  })

  it('T7 is not recognised by the key of its issuer: that is what ca is for', async () => {
    await using server = await serveTls(() => {})
    const issuer = new X509Certificate(CA).publicKey.export({ type: 'spki', format: 'pem' })
    const pins = [pinOfKey(issuer.toString())]

    await assert.rejects(openConnection(server.at({ tls: 'implicit', ca: CA, pins })), isWrongPin)
  })

  it('T7 needs a valid certificate all the same', async () => {
    await using server = await serveTls(() => {}, { cert: fixture('expired.crt') })

    await assert.rejects(
      openConnection(server.at({ tls: 'implicit', ca: CA, pins: [PIN] })),
      (error) =>
        error instanceof TlsFailed && error.check === 'expired' && error.seenPin === undefined,
    )
  })

  it('T7 gets no EHLO and no password after STARTTLS or STLS when it has another key', async () => {
    const commands: string[] = []
    await using host = await startMailHost({
      accounts: [{ address: 'a@x.org', password: 'tanstaaf' }],
      tls: { key: fixture('server.key'), cert: fixture('server.crt') },
      onCommand: (_, line) => {
        commands.push(line)
        return 'proceed'
      },
    })
    const by = { tls: 'starttls', ca: CA, servername: 'localhost' } as const
    const credentials = { user: 'a@x.org', password: new Secret('tanstaaf') }

    await assert.rejects(openSmtp({ ...host.smtp, ...by, credentials, pins: [OTHER] }), isWrongPin)
    await assert.rejects(openPop3({ ...host.pop3, ...by, credentials, pins: [OTHER] }), isWrongPin)

    assert.deepEqual(
      commands.map((line) => line.split(' ')[0]),
      ['EHLO', 'STARTTLS', 'STLS'],
    )
    await (await openSmtp({ ...host.smtp, ...by, credentials, pins: [PIN] })).close()
    await (await openPop3({ ...host.pop3, ...by, credentials, pins: [PIN] })).close()
  })
})

describe('Pins', () => {
  const malformed = [
    [],
    [''],
    [PIN, 'sha256/'],
    [PIN.slice(7)],
    [PIN.replace('sha256', 'sha1')],
    [PIN.replace('=', '')],
    [`${PIN} `],
    [PIN.replace(/.=$/, 'B=')],
    [`sha256/${Buffer.alloc(31).toString('base64')}`],
    [`sha256/${Buffer.from(octetsOf('x'.repeat(32))).toString('hex')}`],
  ]
  for (const pins of malformed) {
    it(`are refused before anything is sent when they are ${JSON.stringify(pins)}`, async () => {
      await using server = await serve(() => assert.fail('a connection was made'))

      await assert.rejects(openConnection(server.at({ tls: 'implicit', pins })), TypeError)
    })
  }

  it('are refused where they would have no effect', async () => {
    await using server = await serve(() => assert.fail('a connection was made'))
    const pinned: MailServer = server.at({ pins: [PIN] })

    await assert.rejects(openConnection(pinned), TypeError)
  })
})
