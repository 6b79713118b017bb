import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { SmtpReplyRejected, TlsFailed } from '../../src/errors.ts'
import { openImap } from '../../src/imap.ts'
import { openPop3 } from '../../src/pop3.ts'
import { type MailServer, openSmtp } from '../../src/smtp.ts'
import {
  BOUNDED,
  type Laboratory,
  passwordPorts,
  sendingPorts,
  toMailServer,
} from '../laboratory.ts'

const TIMEOUT_MS = 30_000

const CERTIFICATES = [
  { id: 'postfix-expired', check: 'expired' },
  { id: 'postfix-wronghost', check: 'wrong-host' },
  { id: 'postfix-selfsigned', check: 'self-signed' },
] as const

/** Nobody issues it to a mail server: `.invalid` is reserved (RFC 2606 §2). */
const ANOTHER_NAME = 'another.invalid'

const OPENERS = { smtp: openSmtp, pop3: openPop3, imap: openImap } as const

export function describeTls(laboratory: Laboratory): void {
  const ports = [
    ...sendingPorts(laboratory),
    ...passwordPorts(laboratory, 'pop3'),
    ...passwordPorts(laboratory, 'imap'),
  ]
  const [user] = laboratory.users
  assert.ok(user)
  const credentials = { user: user.login, password: user.password }

  describe('TLS', { timeout: TIMEOUT_MS }, () => {
    for (const { id, check } of CERTIFICATES) {
      for (const port of laboratory.ports.filter((candidate) => candidate.id === id)) {
        it(`fails for the certificate of ${id}: ${check}`, async () => {
          await assertFails(openSmtp(toMailServer(laboratory, port), BOUNDED), check)
        })
      }
    }

    for (const port of ports.filter(({ tls }) => tls !== 'none')) {
      const server = toMailServer(laboratory, port, credentials)
      const open = (other: Partial<MailServer>): Promise<AsyncDisposable> =>
        OPENERS[port.protocol]({ ...server, ...other }, BOUNDED)

      it(`fails at ${port.id} when the server should be another`, async () => {
        await assertFails(open({ servername: ANOTHER_NAME }), 'wrong-host')
      })

      it(`fails at ${port.id} when the issuer is not trusted`, async () => {
        await assertFails(open({ ca: [] }), 'unknown-issuer')
      })
    }

    for (const port of ports.filter(({ tls }) => tls !== 'implicit')) {
      const server = toMailServer(laboratory, port, credentials)

      it(`fails when ${port.id} answers in clear text`, async () => {
        const open = OPENERS[port.protocol]

        await assertFails(open({ ...server, tls: 'implicit' }, BOUNDED), 'not-tls')
      })
    }

    for (const port of laboratory.ports.filter(({ id }) => id === 'postfix-mtls')) {
      it(`is no use at ${port.id} without a certificate of the client`, async () => {
        await assert.rejects(openSmtp(toMailServer(laboratory, port), BOUNDED), (error) => {
          assert.ok(error instanceof SmtpReplyRejected, String(error))
          assert.equal(error.reply.code, 421)
          return true
        })
      })
    }
  })
}

async function assertFails(
  opening: Promise<AsyncDisposable>,
  check: TlsFailed['check'],
): Promise<void> {
  await assert.rejects(opening, (error) => {
    assert.ok(error instanceof TlsFailed, String(error))
    assert.equal(error.check, check, String(error.cause))
    return true
  })
}
