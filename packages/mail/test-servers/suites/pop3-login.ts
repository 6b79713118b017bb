import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { AuthenticationFailed, NoUsableMechanism } from '../../src/errors.ts'
import { drive } from '../../src/net/drive.ts'
import { environmentOf } from '../../src/net/login.ts'
import { openConnection } from '../../src/net/tcp-connection.ts'
import { authenticate } from '../../src/pop3/authentication.ts'
import { Pop3Capabilities } from '../../src/pop3/capabilities.ts'
import { Pop3Channel } from '../../src/pop3/channel.ts'
import { formatCommand } from '../../src/pop3/command.ts'
import { Maildrop } from '../../src/pop3/maildrop.ts'
import { DEFAULT_DEADLINES, DEFAULT_POP3_LIMITS, openPop3 } from '../../src/pop3.ts'
import type { SaslEnvironment } from '../../src/sasl/environment.ts'
import type { MailServer } from '../../src/smtp.ts'
import type { Dialog } from '../../src/wire/dialog.ts'
import {
  BOUNDED,
  type Laboratory,
  mailboxAt,
  passwordPorts,
  takesPassword,
  toMailServer,
} from '../laboratory.ts'
import { openWhenFree, whenFree } from '../maildrops.ts'
import { passwordMechanisms } from './smtp-login.ts'

const TIMEOUT_MS = 60_000

/** Courier answers a wrong password after five seconds, and these can wait beside one another. */
const WAITING_TOGETHER = { timeout: TIMEOUT_MS, concurrency: 8 }

export function describePop3Login(laboratory: Laboratory): void {
  describe('POP3 login', { timeout: TIMEOUT_MS }, () => {
    for (const port of passwordPorts(laboratory, 'pop3')) {
      const mailboxes = laboratory.users.flatMap((user) => mailboxAt(port, user) ?? [])

      for (const mechanism of passwordMechanisms(port)) {
        it(`takes the password of everybody by ${mechanism} at ${port.id}`, async () => {
          for (const mailbox of mailboxes) {
            const server = toMailServer(laboratory, port, { ...mailbox, mechanism })
            await using maildrop = await openWhenFree(server)

            assert.ok((await maildrop.stat()).count >= 0)
          }
        })
      }

      it(`takes the password of everybody by USER and PASS at ${port.id}`, async () => {
        for (const mailbox of mailboxes) {
          const server = toMailServer(laboratory, port, mailbox)

          assert.ok((await whenFree(() => countByUserAndPass(server))) >= 0)
        }
      })
    }
  })

  describe('POP3 login with a wrong password', WAITING_TOGETHER, () => {
    for (const port of passwordPorts(laboratory, 'pop3')) {
      const user = laboratory.users.flatMap((owner) => mailboxAt(port, owner) ?? [])[0]?.user ?? ''

      for (const mechanism of passwordMechanisms(port)) {
        it(`is refused by ${mechanism} at ${port.id}`, async () => {
          const password = `wrong-${crypto.randomUUID()}`
          const server = toMailServer(laboratory, port, { user, password, mechanism })

          await assertRefused(openPop3(server, BOUNDED), { mechanism, user, password })
        })
      }

      it(`is refused by USER and PASS at ${port.id}`, async () => {
        const password = `wrong-${crypto.randomUUID()}`
        const server = toMailServer(laboratory, port, { user, password })

        await assertRefused(countByUserAndPass(server), { mechanism: 'USER/PASS', user, password })
      })
    }
  })
}

export function describePop3Policy(laboratory: Laboratory): void {
  const ports = passwordPorts(laboratory, 'pop3')
  const [user] = laboratory.users
  assert.ok(user)

  describe('POP3 policy', { timeout: TIMEOUT_MS }, () => {
    for (const port of ports.filter(
      ({ tls, auth_clear: clear }) => tls === 'starttls' && !takesPassword(clear),
    )) {
      it(`shows no password to ${port.id} in clear text`, async () => {
        const mailbox = mailboxAt(port, user)
        assert.ok(mailbox)
        const server = toMailServer(laboratory, port, { ...mailbox, mechanism: 'PLAIN' })
        const lines: string[] = []
        const opening = openPop3(
          { ...server, tls: 'none' },
          { ...BOUNDED, log: (line) => lines.push(line) },
        )

        await assert.rejects(opening, NoUsableMechanism)
        assert.deepEqual(
          lines.filter((line) => /^C: (?:AUTH|USER|PASS)/.test(line)),
          [],
        )
      })
    }
  })
}

async function assertRefused(
  opening: Promise<unknown>,
  wanted: { readonly mechanism: string; readonly user: string; readonly password: string },
): Promise<void> {
  await assert.rejects(opening, (error) => {
    assert.ok(error instanceof AuthenticationFailed, String(error))
    assert.deepEqual([error.mechanism, error.user], [wanted.mechanism, wanted.user])
    assert.ok(!error.message.includes(wanted.password))
    assert.equal(error.transient, false)
    return true
  })
}

/** All of these servers have AUTH, so USER and PASS are for one whose CAPA is not asked. Gives the number of letters. */
async function countByUserAndPass(server: MailServer): Promise<number> {
  const connection = await openConnection(server, BOUNDED)
  try {
    return await drive(runUserAndPass(server, environmentOf(server, connection)), connection)
  } finally {
    connection.close()
  }
}

function* runUserAndPass(
  { tls, credentials }: MailServer,
  environment: SaslEnvironment,
): Dialog<number> {
  assert.ok(credentials && credentials.kind !== 'token')
  const channel = new Pop3Channel(DEFAULT_POP3_LIMITS, DEFAULT_DEADLINES)
  const capabilities = Pop3Capabilities.unknown()
  const greeting = yield* channel.receiveGreeting()
  if (tls === 'starttls') {
    yield* channel.execute(formatCommand('STLS'))
    yield* channel.startTls()
  }
  yield* authenticate(channel, capabilities, { credentials, environment, tls, greeting })
  const maildrop = new Maildrop(channel, { capabilities, isUtf8: false })
  const { count } = yield* maildrop.stat()
  yield* maildrop.quit()
  return count
}
