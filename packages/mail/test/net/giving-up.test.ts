import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { MailError } from '../../src/base/mail-error.ts'
import { octetsOf } from '../../src/base/octets.ts'
import { Secret } from '../../src/base/secret.ts'
import type { MailServer } from '../../src/net/mail-server.ts'
import { openPop3 } from '../../src/net/pop3-client.ts'
import { openSmtp } from '../../src/net/smtp-client.ts'
import { SmtpPool } from '../../src/net/smtp-pool.ts'
import { startMailHost, type MailHost, type MailHostOptions } from '../../src/testing/mail-host.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { envelope, pieces, summary } from '../smtp/conversation.ts'
import { leftovers } from './leftovers.ts'
import { CA, dueEvents, fixture, serveTls, type Loopback } from './loopback.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const account = { address: 'a@x.org', password: 'tanstaaf' }
const credentials = { user: account.address, password: new Secret(account.password) }
const content = { [Symbol.asyncIterator]: () => pieces('Subject: x\r\n\r\nx\r\n') }
const one = envelope(account.address)

function startHost(hooks: Partial<MailHostOptions>): Promise<MailHost> {
  const cert = { key: fixture('server.key'), cert: fixture('server.crt') }
  return startMailHost({ accounts: [account], tls: cert, ...hooks })
}

/** A conversation from connecting to closing. What it gives is how it ended. */
type Talk = (host: MailHost, signal: AbortSignal) => Promise<string>

const by = { tls: 'starttls', ca: CA, credentials } as const satisfies Partial<MailServer>

const TALKS: Readonly<Record<string, Talk>> = {
  async 'an SMTP connection'(host, signal) {
    await using smtp = await openSmtp({ ...host.smtp, ...by }, { signal })
    return summary(await smtp.send(one, content)).join()
  },
  async 'a letter on an SMTP connection'(host, signal) {
    await using smtp = await openSmtp({ ...host.smtp, ...by })
    return summary(await smtp.send(one, content, { signal })).join()
  },
  async 'an SMTP pool'(host, signal) {
    await using pool = new SmtpPool({ ...host.smtp, ...by }, { signal })
    return summary(await pool.send(one, content)).join()
  },
  async 'a letter in an SMTP pool'(host, signal) {
    await using pool = new SmtpPool({ ...host.smtp, ...by })
    return summary(await pool.send(one, content, { signal })).join()
  },
  async 'a POP3 connection'(host, signal) {
    await using maildrop = await openPop3({ ...host.pop3, ...by }, { signal })
    await maildrop.uniqueIds()
    await maildrop.retrieve(1, () => {})
    await maildrop.delete(1)
    return 'read'
  },
}

describe('S26 Giving up at every command', () => {
  for (const [name, talk] of Object.entries(TALKS)) {
    it(`ends ${name} once, and leaves nothing behind`, async () => {
      const ends: string[] = []
      let isReached = true
      for (let at = 1; isReached; at++) {
        const controller = new AbortController()
        let commands = -Infinity
        const count = (): void => {
          commands++
          if (commands === at) controller.abort()
        }
        const host = await startHost({
          onCommand: () => {
            count()
            return 'proceed'
          },
          onLetter: () => {
            count()
            return { kind: 'deliver' }
          },
        })
        if (name === 'a POP3 connection') await fill(host)
        commands = 0

        ends.push(await talk(host, controller.signal).catch(codeOf))
        await host.close()
        await dueEvents()

        isReached = commands >= at
        assert.deepEqual(leftovers(), [], `after command ${at}`)
        assert.deepEqual(getEventListeners(controller.signal, 'abort'), [])
      }
      assert.ok(ends.length > 4, ends.join())
      // QUIT may find that it was given up, and that changes nothing.
      assert.match(ends.at(-1) ?? '', /^(?:accepted 250|read)$/)
      for (const end of ends)
        assert.match(
          end,
          /^(?:ABORTED|unknown ABORTED|accepted 250|read|POP3_DELETIONS_UNCONFIRMED)$/,
        )
      assert.equal(ends[0], 'ABORTED')
    })
  }
})

describe('S26 Closing at every command', () => {
  for (const at of ['MAIL', 'RCPT', 'DATA', 'the letter']) {
    it(`lets a letter end that is at ${at}, and leaves nothing behind`, async () => {
      let closing: Promise<void> | undefined
      const host = await startHost({
        onCommand: (_, line) => {
          if (line.startsWith(at)) closing = smtp.close()
          return 'proceed'
        },
        onLetter: () => {
          closing ??= smtp.close()
          return { kind: 'deliver' }
        },
      })
      const smtp = await openSmtp({ ...host.smtp, ...by })

      assert.deepEqual(summary(await smtp.send(one, content)), ['accepted 250'])
      await closing
      await host.close()
      await dueEvents()

      assert.deepEqual(leftovers(), [])
    })
  }

  for (const at of ['UIDL', 'RETR', 'DELE']) {
    it(`lets what was asked of a maildrop be done that is at ${at}, and leaves nothing behind`, async () => {
      let closing: Promise<void> | undefined
      const host = await startHost({
        onCommand: (_, line) => {
          if (line.startsWith(at)) closing = maildrop.close()
          return 'proceed'
        },
      })
      await fill(host)
      const maildrop = await openPop3({ ...host.pop3, ...by })
      await Promise.all([maildrop.uniqueIds(), maildrop.retrieve(1, () => {}), maildrop.delete(1)])
      await closing
      await host.close()
      await dueEvents()

      assert.equal(host.mailbox(account.address).letters().length, 0)
      assert.deepEqual(leftovers(), [])
    })
  }
})

/** Something to read. */
async function fill(host: MailHost): Promise<void> {
  await using smtp = await openSmtp({ ...host.smtp, tls: 'starttls', ca: CA })
  await smtp.send(one, content)
}

function codeOf(error: unknown): string {
  assert.ok(error instanceof MailError, String(error))
  return error.code
}

describe('T8 A connection that ends without the farewell of TLS', () => {
  /** A server that answers each line, and cuts the line after the last answer. */
  function serveLines(greeting: string, answers: readonly string[]): Promise<Loopback> {
    return serveTls((socket) => {
      const left = [...answers]
      socket.write(greeting)
      createInterface(socket).on('line', () => {
        const answer = left.shift() ?? ''
        socket.write(answer, () => {
          if (left.length === 0) socket.destroy()
        })
      })
    })
  }

  it('in the middle of a letter makes it no success', async () => {
    const answers = ['250 mail.example.org\r\n', '250 ok\r\n', '250 ok\r\n', '354 go on\r\n']
    await using server = await serveLines('220 mail.example.org\r\n', answers)
    await using smtp = await openSmtp(server.at({ tls: 'implicit', ca: CA }))
    const endless = {
      async *[Symbol.asyncIterator]() {
        for (;;) yield octetsOf('x'.repeat(900) + '\r\n')
      },
    }

    await assert.rejects(smtp.send(one, endless), ConnectionLost)
  })

  it('in the middle of a letter that is read makes it lost, not short', async () => {
    const answers = ['-ERR no\r\n', '+OK\r\n', '+OK\r\n', '+OK\r\nSubject: x\r\n\r\nhalf\r\n']
    await using server = await serveLines('+OK\r\n', answers)
    const maildrop = await openPop3(server.at({ tls: 'implicit', ca: CA, credentials }))

    await assert.rejects(
      maildrop.retrieve(1, () => {}),
      ConnectionLost,
    )
    await maildrop.close()
  })
})
