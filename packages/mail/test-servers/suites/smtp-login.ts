import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { AuthenticationFailed, NoUsableMechanism, TlsUnavailable } from '../../src/errors.ts'
import { PASSWORD_MECHANISM_NAMES } from '../../src/sasl/mechanism.ts'
import { openSmtp, type PasswordMechanismName } from '../../src/smtp.ts'
import {
  BOUNDED,
  type Laboratory,
  type LabPort,
  type LabUser,
  openPorts,
  passwordPorts,
  takesPassword,
  toMailServer,
} from '../laboratory.ts'
import { envelopeOf, newLetter, send, senderAt } from '../letters.ts'

const TIMEOUT_MS = 60_000

/** Dovecot makes a wrong password wait for half a second, Courier for five; these can wait beside one another. */
const CONCURRENCY = 8

/** The mechanisms for a password that both this package and a port have; what binds to the channel has a suite of its own. */
export function passwordMechanisms(port: LabPort): readonly PasswordMechanismName[] {
  return PASSWORD_MECHANISM_NAMES.filter(
    (name) => port.auth.includes(name) && !name.endsWith('-PLUS'),
  )
}

export function describeSmtpLogin(laboratory: Laboratory): void {
  describe('SMTP login', { timeout: TIMEOUT_MS, concurrency: CONCURRENCY }, () => {
    for (const port of passwordPorts(laboratory, 'smtp')) {
      for (const mechanism of passwordMechanisms(port)) {
        it(`takes the password of everybody by ${mechanism} at ${port.id}`, async () => {
          for (const { login, password } of people(laboratory)) {
            const credentials = { user: login, password, mechanism }
            const connection = await openSmtp(toMailServer(laboratory, port, credentials), BOUNDED)

            assert.ok(connection.isOpen)
            await connection.close()
          }
        })

        it(`refuses a wrong password by ${mechanism} at ${port.id}`, async () => {
          const user = laboratory.users[0]?.login ?? ''
          const password = `wrong-${crypto.randomUUID()}`
          const server = toMailServer(laboratory, port, { user, password, mechanism })

          await assert.rejects(openSmtp(server, BOUNDED), (error) => {
            assert.ok(error instanceof AuthenticationFailed, String(error))
            assert.deepEqual([error.mechanism, error.user], [mechanism, user])
            assert.match(error.message, /: 535[ -]/)
            assert.ok(!error.message.includes(password))
            assert.equal(error.transient, false)
            return true
          })
        })
      }
    }
  })
}

/** Dovecot's submission server lets nobody in whose name is that of the users without a name. */
function people({ users }: Laboratory): readonly LabUser[] {
  return users.filter(({ login }) => !login.startsWith('anonymous@'))
}

export function describeSmtpPolicy(laboratory: Laboratory): void {
  const passwords = passwordPorts(laboratory, 'smtp')
  const [sender, receiver] = laboratory.users
  assert.ok(sender && receiver)
  const credentials = { user: sender.login, password: sender.password }

  describe('SMTP policy', { timeout: TIMEOUT_MS }, () => {
    for (const port of passwords.filter(({ tls }) => tls === 'none')) {
      it(`wants STARTTLS when told to, which ${port.id} does not have`, async () => {
        const server = toMailServer(laboratory, port, credentials)

        await assert.rejects(openSmtp({ ...server, tls: 'starttls' }, BOUNDED), TlsUnavailable)
      })
    }

    for (const port of passwords.filter(
      ({ tls, auth_clear: clear }) => tls === 'starttls' && !takesPassword(clear),
    )) {
      it(`shows no password to ${port.id} in clear text`, async () => {
        const server = toMailServer(laboratory, port, { ...credentials, mechanism: 'PLAIN' })
        const lines: string[] = []
        const opening = openSmtp(
          { ...server, tls: 'none' },
          { ...BOUNDED, log: (line) => lines.push(line) },
        )

        await assert.rejects(opening, NoUsableMechanism)
        assert.deepEqual(
          lines.filter((line) => line.includes('C: AUTH')),
          [],
        )
      })
    }

    for (const port of openPorts(laboratory)) {
      it(`shows no password to ${port.id}, which asks for none`, async () => {
        const server = toMailServer(laboratory, port, credentials)

        await assert.rejects(openSmtp(server, BOUNDED), NoUsableMechanism)
      })
    }

    for (const port of passwords) {
      it(`sends nothing by ${port.id} without a login`, async () => {
        await using connection = await openSmtp(toMailServer(laboratory, port), BOUNDED)
        const letter = newLetter(sender.address, receiver.address)

        const outcomes = await send(
          connection,
          envelopeOf(sender.address, receiver.address),
          letter,
        )

        assert.match(outcomes.join(), /^rejected 5[35]\d$/)
      })
    }
  })
}

/** Servers that want everything done their way, and servers from before RFC 2821. */
export function describePeculiarServers(laboratory: Laboratory): void {
  const [sender, receiver] = laboratory.users
  assert.ok(sender && receiver)
  const envelope = envelopeOf(sender.address, receiver.address)

  describe('A peculiar SMTP server', { timeout: TIMEOUT_MS }, () => {
    for (const port of laboratory.ports.filter(({ id }) => id === 'postfix-musttls')) {
      it(`says that TLS comes first: ${port.id}`, async () => {
        await using connection = await openSmtp(
          { ...toMailServer(laboratory, port), tls: 'none' },
          BOUNDED,
        )
        const letter = newLetter(sender.address, receiver.address)

        assert.deepEqual(await send(connection, envelope, letter), ['rejected 530'])
      })
    }

    for (const port of laboratory.ports.filter(({ id }) => id === 'postfix-helo')) {
      it(`knows HELO only, which is not enough for TLS: ${port.id}`, async () => {
        await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
        const withTls = openSmtp({ ...senderAt(laboratory, port), tls: 'starttls' }, BOUNDED)

        assert.deepEqual(connection.extensions.keywords, [])
        await assert.rejects(withTls, TlsUnavailable)
      })
    }
  })
}
