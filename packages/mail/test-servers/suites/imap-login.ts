import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { AuthenticationFailed, NoUsableMechanism } from '../../src/errors.ts'
import { openImap } from '../../src/imap.ts'
import { authenticate } from '../../src/imap/authentication.ts'
import { ImapCapabilities } from '../../src/imap/capabilities.ts'
import { ImapChannel } from '../../src/imap/channel.ts'
import { formatCommand } from '../../src/imap/command.ts'
import { DEFAULT_IMAP_LIMITS } from '../../src/imap/limits.ts'
import { drive } from '../../src/net/drive.ts'
import { environmentOf } from '../../src/net/login.ts'
import { openConnection } from '../../src/net/tcp-connection.ts'
import type { MailServer } from '../../src/smtp.ts'
import { DEFAULT_DEADLINES } from '../../src/wire/deadlines.ts'
import type { Dialog } from '../../src/wire/dialog.ts'
import {
  BOUNDED,
  type Laboratory,
  mailboxAt,
  passwordPorts,
  takesPassword,
  toMailServer,
} from '../laboratory.ts'
import { passwordMechanisms } from './smtp-login.ts'

const TIMEOUT_MS = 60_000

/** Courier answers a wrong password after five seconds, and these can wait beside one another. */
const WAITING_TOGETHER = { timeout: TIMEOUT_MS, concurrency: 8 }

export function describeImapLogin(laboratory: Laboratory): void {
  const ports = passwordPorts(laboratory, 'imap')

  describe('IMAP login', { timeout: TIMEOUT_MS }, () => {
    for (const port of ports) {
      const mailboxes = laboratory.users.flatMap((user) => mailboxAt(port, user) ?? [])

      for (const mechanism of passwordMechanisms(port)) {
        it(`takes the password of everybody by ${mechanism} at ${port.id}`, async () => {
          for (const mailbox of mailboxes) {
            const server = toMailServer(laboratory, port, { ...mailbox, mechanism })
            await using imap = await openImap(server, BOUNDED)

            assert.ok(((await imap.status('INBOX')).messages ?? -1) >= 0)
          }
        })
      }

      it(`takes the password of everybody by LOGIN alone at ${port.id}`, async () => {
        for (const mailbox of mailboxes) {
          await logInByCommand(toMailServer(laboratory, port, mailbox))
        }
      })
    }
  })

  describe('IMAP login with a wrong password', WAITING_TOGETHER, () => {
    for (const port of ports) {
      const user = laboratory.users.flatMap((owner) => mailboxAt(port, owner) ?? [])[0]?.user ?? ''

      for (const mechanism of passwordMechanisms(port)) {
        it(`is refused by ${mechanism} at ${port.id}`, async () => {
          const password = `wrong-${crypto.randomUUID()}`
          const server = toMailServer(laboratory, port, { user, password, mechanism })

          await assert.rejects(openImap(server, BOUNDED), (error) => {
            assert.ok(error instanceof AuthenticationFailed, String(error))
            assert.deepEqual([error.mechanism, error.user], [mechanism, user])
            assert.equal(error.transient, false)
            assert.ok(!error.message.includes(password))
            return true
          })
        })
      }
    }
  })
}

export function describeImapPolicy(laboratory: Laboratory): void {
  const [user] = laboratory.users
  assert.ok(user)

  describe('IMAP policy', { timeout: TIMEOUT_MS }, () => {
    for (const port of passwordPorts(laboratory, 'imap').filter(
      ({ tls, auth_clear: clear }) => tls === 'starttls' && !takesPassword(clear),
    )) {
      it(`I15 T9 shows no password to ${port.id} in clear text`, async () => {
        const mailbox = mailboxAt(port, user)
        assert.ok(mailbox)
        const server = toMailServer(laboratory, port, { ...mailbox, mechanism: 'PLAIN' })
        const lines: string[] = []
        const opening = openImap(
          { ...server, tls: 'none' },
          { ...BOUNDED, log: (line) => lines.push(line) },
        )

        await assert.rejects(opening, NoUsableMechanism)
        assert.ok(lines.every((line) => !/AUTHENTICATE|LOGIN "/.test(line)))
      })
    }
  })
}

/** As a client at a server that names no mechanism. */
async function logInByCommand(server: MailServer): Promise<void> {
  const connection = await openConnection(server, BOUNDED)
  const { credentials } = server
  assert.ok(credentials !== undefined && credentials.kind !== 'token')
  const environment = environmentOf(server, connection)
  const dialog = function* (): Dialog<void> {
    const channel = new ImapChannel(DEFAULT_IMAP_LIMITS, DEFAULT_DEADLINES)
    const { text: greeting } = yield* channel.receiveGreeting()
    if (server.tls === 'starttls') {
      yield* channel.execute(formatCommand('STARTTLS'))
      yield* channel.startTls()
    }
    const none = new ImapCapabilities([])
    yield* authenticate(channel, none, { credentials, environment, tls: server.tls, greeting })
  }
  await drive(dialog(), connection)
  connection.close()
}
