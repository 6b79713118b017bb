import assert from 'node:assert/strict'
import net from 'node:net'
import { describe, it } from 'node:test'
import { octetsOf, textOf } from '../../src/base/octets.ts'
import { TlsFailed } from '../../src/net/errors.ts'
import type { TlsCheck } from '../../src/net/errors.ts'
import type { MailServer } from '../../src/net/mail-server.ts'
import { openConnection } from '../../src/net/tcp-connection.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { CA, dueEvents, encrypt, fixture, serve, serveTls } from './loopback.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const LONG_MS = 60_000

function failedCheck(check: TlsCheck): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof TlsFailed, String(error))
    assert.equal(error.check, check, String(error.cause))
    assert.equal(error.transient, false)
    assert.ok(error.hint)
    return true
  }
}

async function greeting(server: MailServer): Promise<string> {
  const connection = await openConnection(server)
  const octets = await connection.receive(LONG_MS)
  connection.close()
  return textOf(octets ?? octetsOf('nothing'))
}

describe('TLS from the first octet', () => {
  for (const host of ['localhost', '127.0.0.1']) {
    it(`T7 is established with a trusted certificate for ${host}`, async () => {
      await using server = await serveTls((socket) => socket.write('220\r\n'))

      assert.equal(await greeting(server.at({ host, tls: 'implicit', ca: [CA] })), '220\r\n')
    })
  }

  it('goes by the name that is asked for instead of the host', async () => {
    await using server = await serveTls((socket) => socket.write('220\r\n'), {
      cert: fixture('wrong-host.crt'),
    })
    const named = server.at({ tls: 'implicit', ca: CA, servername: 'other.example' })

    assert.equal(await greeting(named), '220\r\n')
  })

  for (const servername of ['почта.рф', 'xn--80a1acny.xn--p1ai.', 'XN--80a1acny.xn--p1ai']) {
    it(`goes by the A-labels of ${servername}, and asks for them`, async () => {
      const asked: string[] = []
      const cert = fixture('international.crt')
      await using server = await serveTls((socket) => socket.write('220\r\n'), {
        cert,
        SNICallback: (name, done) => {
          asked.push(name.toLowerCase())
          done(null)
        },
      })

      const at = server.at({ tls: 'implicit', ca: cert, servername })

      assert.equal(await greeting(at), '220\r\n')
      assert.deepEqual(asked, ['xn--80a1acny.xn--p1ai'])
    })
  }

  for (const servername of ['', ' ', 'a\r\nb', null]) {
    it(`is not tried with the name ${JSON.stringify(servername)}, for which Node.js would put this machine's`, async () => {
      const cert = fixture('wrong-host.crt')
      await using server = await serveTls(() => assert.fail('nobody is to connect'), { cert })
      const at = server.at({ tls: 'implicit', ca: CA })
      // Who writes no types may give anything.
      Object.assign(at, { servername })

      await assert.rejects(openConnection(at), RangeError)
    })
  }

  const certificates: readonly { name: string; cert: string; ca?: string; check: TlsCheck }[] = [
    { name: 'has expired', cert: 'expired.crt', ca: CA, check: 'expired' },
    { name: 'is for another host', cert: 'wrong-host.crt', ca: CA, check: 'wrong-host' },
    { name: 'is signed by itself', cert: 'self-signed.crt', check: 'self-signed' },
    { name: 'has an unknown issuer', cert: 'server.crt', check: 'unknown-issuer' },
    {
      name: 'has another issuer than the trusted one',
      cert: 'server.crt',
      ca: fixture('self-signed.crt'),
      check: 'unknown-issuer',
    },
  ]
  for (const { name, cert, ca, check } of certificates) {
    it(`T7 is refused when the certificate ${name}`, async () => {
      const heard: unknown[] = []
      await using server = await serveTls((socket) => socket.on('data', heard.push), {
        cert: fixture(cert),
      })
      const trusting = server.at({ tls: 'implicit', ...(ca === undefined ? {} : { ca }) })

      await assert.rejects(openConnection(trusting), failedCheck(check))

      assert.deepEqual(heard, [])
    })
  }

  it('T7 is refused for an address that the certificate does not have', async () => {
    await using server = await serveTls(() => {})
    const other = server.at({ tls: 'implicit', ca: CA, servername: '127.0.0.9' })

    await assert.rejects(openConnection(other), failedCheck('wrong-host'))
  })

  it('is refused for a bad certificate even if the environment turns the check off', async () => {
    await using server = await serveTls(() => {}, { cert: fixture('expired.crt') })
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      await assert.rejects(
        openConnection(server.at({ tls: 'implicit', ca: CA })),
        failedCheck('expired'),
      )
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    }
  })

  it('is refused by a server that speaks clear text, with a word about STARTTLS', async () => {
    await using server = await serve((socket) => socket.write('220 mail.example.org ESMTP\r\n'))

    await assert.rejects(
      openConnection(server.at({ tls: 'implicit' })),
      (error) => failedCheck('not-tls')(error) && /starttls/.test(String(Object(error).hint)),
    )
  })

  it('is refused below version 1.2', async () => {
    await using server = await serveTls(() => {}, {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    })

    await assert.rejects(
      openConnection(server.at({ tls: 'implicit', ca: CA })),
      failedCheck('version'),
    )
  })

  it('is refused when there is no cipher in common', async () => {
    await using server = await serveTls(() => {}, {
      maxVersion: 'TLSv1.2',
      ciphers: 'ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0',
      sigalgs: 'RSA+SHA256',
    })

    await assert.rejects(
      openConnection(server.at({ tls: 'implicit', ca: CA })),
      failedCheck('handshake'),
    )
  })

  it('T7 is refused when the server insists on a certificate of the client', async () => {
    await using server = await serveTls(() => {}, { requestCert: true, ca: CA })
    const connection = await openConnection(server.at({ tls: 'implicit', ca: CA }))

    await assert.rejects(async () => connection.receive(LONG_MS), failedCheck('client-certificate'))
  })

  it('is lost, not refused, when the server hangs up', async () => {
    await using server = await serve((socket) => socket.on('data', () => socket.destroy()))

    await assert.rejects(openConnection(server.at({ tls: 'implicit' })), ConnectionLost)
  })

  it('trusts nobody when what is given to trust is no certificate', async () => {
    await using server = await serveTls(() => {})

    await assert.rejects(
      openConnection(server.at({ tls: 'implicit', ca: 'not PEM' })),
      failedCheck('unknown-issuer'),
    )
  })
})

describe('STARTTLS', () => {
  it('encrypts what follows', async () => {
    await using server = await serve((socket) => {
      socket.write('220 go ahead\r\n')
      socket.once('data', () => {
        socket.write('220 now\r\n', () => encrypt(socket).write('250 secret\r\n'))
      })
    })
    const connection = await openConnection(server.at({ tls: 'starttls', ca: CA }))
    await connection.receive(LONG_MS)
    await connection.send(octetsOf('STARTTLS\r\n'), LONG_MS)
    await connection.receive(LONG_MS)
    assert.equal(connection.isEncrypted, false)

    await connection.startTls(LONG_MS)

    assert.equal(connection.isEncrypted, true)
    assert.equal(textOf((await connection.receive(LONG_MS)) ?? octetsOf('')), '250 secret\r\n')
    connection.close()
  })

  it('T2 is refused when octets in clear text wait to be read', async () => {
    const written = Promise.withResolvers<void>()
    await using server = await serve((socket) => {
      socket.write('220 go ahead\r\n')
      socket.once('data', () => socket.write('250 injected\r\n', () => written.resolve()))
    })
    const connection = await openConnection(server.at({ tls: 'starttls', ca: CA }))
    await connection.receive(LONG_MS)
    await connection.send(octetsOf('STARTTLS\r\n'), LONG_MS)
    await written.promise
    await dueEvents()

    await assert.rejects(connection.startTls(LONG_MS), failedCheck('octets-before-tls'))
    await assert.rejects(async () => connection.receive(LONG_MS), TlsFailed)
  })

  it('is a lost connection, and may be tried again, when a record is damaged on the way later', async () => {
    let damage = (): void => assert.fail('nobody has connected')
    await using server = await serveTls((socket) => socket.write('220\r\n'))
    await using line = await serve((front) => {
      const back = net.connect(server.port, '127.0.0.1').on('error', () => front.destroy())
      front.pipe(back).pipe(front)
      damage = () => front.write(Uint8Array.of(0x17, 3, 3, 0, 5, 1, 2, 3, 4, 5))
    })
    const connection = await openConnection(line.at({ tls: 'implicit', ca: CA }))
    await connection.receive(LONG_MS)

    damage()

    await assert.rejects(async () => connection.receive(LONG_MS), ConnectionLost)
  })

  it('T2 is refused when octets in clear text come instead of a handshake', async () => {
    await using server = await serve((socket) => {
      socket.write('220 go ahead\r\n')
      socket.once('data', () => socket.write('250 injected, and long enough for a record\r\n'))
    })
    const connection = await openConnection(server.at({ tls: 'starttls', ca: CA }))
    await connection.receive(LONG_MS)

    await assert.rejects(
      connection.startTls(LONG_MS),
      (error) => failedCheck('not-tls')(error) && !/set the/.test(String(Object(error).hint)),
    )
  })
})
