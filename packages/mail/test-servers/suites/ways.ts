/** Other ways to a server: with its key pinned, and through a proxy. */
import assert from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import tls from 'node:tls'

import { TlsFailed } from '../../src/errors.ts'
import { openPop3 } from '../../src/pop3.ts'
import { type MailServer, openSmtp, type ProxyServer } from '../../src/smtp.ts'
import { assertArrived, correspondenceOf, unchanging } from '../arrivals.ts'
import {
  BOUNDED,
  type Laboratory,
  type LabPort,
  onePerServer,
  passwordPorts,
  toMailServer,
} from '../laboratory.ts'
import { newLetter, send, senderAt } from '../letters.ts'
import { startHttpConnect, startSocks5 } from '../proxies.ts'

const TIMEOUT_MS = 60_000

/** Of some key that no server has. */
const ANOTHER_PIN = `sha256/${createHash('sha256').update('another key').digest('base64')}`

const PROXIES = [
  { kind: 'socks5', start: startSocks5 },
  { kind: 'http', start: startHttpConnect },
] as const

export function describePins(laboratory: Laboratory): void {
  const ports = encryptedPorts(laboratory)
  const implicit = ports.filter((port) => port.tls === 'implicit')

  describe('A pinned key', { timeout: TIMEOUT_MS }, () => {
    for (const port of ports) {
      const server = serverAt(laboratory, port)
      // All ports of a server that begin in clear text have the certificate of the first that does not.
      const [twin] = [port, ...implicit].filter(
        (each) => each.tls === 'implicit' && each.server === port.server,
      )
      if (twin === undefined) continue

      it(`lets in where it is that of ${port.id}, whatever else is pinned`, async () => {
        const pins = [ANOTHER_PIN, await pinOf(laboratory, twin)]

        const connection = await open(port, { ...server, pins })

        await connection[Symbol.asyncDispose]()
      })

      it(`of another keeps out of ${port.id}`, async () => {
        const pin = await pinOf(laboratory, twin)
        await assert.rejects(open(port, { ...server, pins: [ANOTHER_PIN] }), (error) => {
          assert.ok(error instanceof TlsFailed, String(error))
          assert.equal(error.check, 'pin')
          assert.equal(error.seenPin, pin)
          return true
        })
      })

      it(`does not make up for the name of another at ${port.id}`, async () => {
        const pins = [await pinOf(laboratory, twin)]
        const opening = open(port, { ...server, pins, servername: 'another.invalid' })

        await assert.rejects(opening, TlsFailed)
      })
    }
  })
}

export function describeProxies(laboratory: Laboratory): void {
  const { from, to, envelope, maildropServer } = correspondenceOf(laboratory)
  const ports = passwordPorts(laboratory, 'smtp')
  const some = (['implicit', 'starttls', 'none'] as const).flatMap((tlsWhen) =>
    onePerServer(ports.filter((port) => port.tls === tlsWhen)),
  )

  describe('A proxy', { timeout: TIMEOUT_MS }, () => {
    for (const { kind, start } of PROXIES) {
      for (const port of some) {
        it(`leads to ${port.id}: ${kind}`, async () => {
          await using running = await start()
          const proxy: ProxyServer = { kind, host: '127.0.0.1', port: running.port }
          const letter = await unchanging(newLetter(from, to))
          await using connection = await openSmtp({ ...senderAt(laboratory, port), proxy }, BOUNDED)

          assert.deepEqual(await send(connection, envelope, letter), ['accepted 250'])

          assert.deepEqual(running.targets, [`${port.host}:${port.port}`])
          await assertArrived({ ...maildropServer, proxy }, [letter])
          assert.ok(running.targets.includes(`${maildropServer.host}:${maildropServer.port}`))
        })
      }
    }
  })
}

function encryptedPorts(laboratory: Laboratory): readonly LabPort[] {
  const { ports } = laboratory
  const pop3 = passwordPorts(laboratory, 'pop3')
  const trusted = [...passwordPorts(laboratory, 'smtp'), ...pop3].filter(
    (port) => port.tls !== 'none',
  )
  const unusual = ports.filter(({ id }) => id === 'postfix-tls12')
  const each = (['implicit', 'starttls'] as const).flatMap((tlsWhen) =>
    (['smtp', 'pop3'] as const).flatMap((protocol) =>
      onePerServer(trusted.filter((port) => port.tls === tlsWhen && port.protocol === protocol)),
    ),
  )
  return [...each, ...unusual]
}

function serverAt(laboratory: Laboratory, port: LabPort): MailServer {
  const [user] = laboratory.users
  assert.ok(user)
  return toMailServer(laboratory, port, {
    user: port.server === 'cyrus' ? (user.cyrus_login ?? user.login) : loginAt(port, user),
    password: user.password,
  })
}

function loginAt({ server }: LabPort, user: Laboratory['users'][number]): string {
  return server === 'courier' ? (user.courier_login ?? user.login) : user.login
}

function open(port: LabPort, server: MailServer): Promise<AsyncDisposable> {
  return port.protocol === 'smtp' ? openSmtp(server, BOUNDED) : openPop3(server, BOUNDED)
}

/** As an administrator finds it out: from the certificate that the server shows. */
async function pinOf(laboratory: Laboratory, { host, port }: LabPort): Promise<string> {
  const ca = readFileSync(laboratory.ca, 'utf8')
  const socket = tls.connect({ host, port, ca, servername: laboratory.name })
  await once(socket, 'secureConnect')
  const certificate = new X509Certificate(socket.getPeerCertificate().raw)
  socket.destroy()
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
  return `sha256/${createHash('sha256').update(spki).digest('base64')}`
}
