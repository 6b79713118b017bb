import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import net from 'node:net'
import { describe, it } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import type { MailServer } from '../../src/net/mail-server.ts'
import { Aborted } from '../../src/net/errors.ts'
import { SmtpPool } from '../../src/net/smtp-pool.ts'
import { AuthenticationFailed } from '../../src/sasl/errors.ts'
import { startMailHost, type MailHost, type MailHostOptions } from '../../src/testing/mail-host.ts'
import { envelope, pieces, summary } from '../smtp/conversation.ts'
import { leftovers } from './leftovers.ts'
import { CA, dueEvents, fixture, serve } from './loopback.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const one = envelope('a@x.org')
const account = { address: 'a@x.org', password: 'tanstaaf' }

function startHost(hooks: Partial<MailHostOptions> = {}): Promise<MailHost> {
  const cert = { key: fixture('server.key'), cert: fixture('server.crt') }
  return startMailHost({ accounts: [account], tls: cert, ...hooks })
}

function at(host: MailHost, password: string = account.password): MailServer {
  const credentials = { user: account.address, password: new Secret(password) }
  return { ...host.smtp, tls: 'starttls', ca: CA, credentials }
}

function content(text: string): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => pieces(`Subject: ${text}\r\n\r\nx\r\n`) }
}

/** With CHUNKING content leaves together with its envelope from the second letter on, so that it is begun before anything is answered. */
const DATA_ONLY = { chunking: 'never' } as const

describe('SMTP pool and a server', () => {
  it('send many letters over a few connections, each once', async () => {
    const commands = new Map<string, number>()
    await using host = await startHost({
      onCommand: (_, line) => {
        const verb = line.split(' ')[0] ?? ''
        commands.set(verb, (commands.get(verb) ?? 0) + 1)
        return 'proceed'
      },
    })
    const pool = new SmtpPool(at(host), { maxConnections: 3, maxLettersPerConnection: 20 })
    const sendings = Array.from({ length: 60 }, (_, index) => pool.send(one, content(`${index}`)))

    const outcomes = await Promise.all(sendings)
    await pool.close()

    assert.ok(outcomes.every((outcome) => summary(outcome).join() === 'accepted 250'))
    assert.equal(host.mailbox('a@x.org').letters().length, 60)
    assert.ok((commands.get('AUTH') ?? 0) >= 3)
    assert.equal(commands.get('QUIT'), commands.get('AUTH'))
  })

  it('S27 go on over a fresh connection after the server has closed the idle one', async () => {
    let isClosing = false
    await using host = await startHost({
      onCommand: (_, line) => {
        if (!isClosing || !line.startsWith('MAIL')) return 'proceed'
        isClosing = false
        return 'disconnect'
      },
    })
    await using pool = new SmtpPool(at(host), DATA_ONLY)
    await pool.send(one, content('first'))
    isClosing = true

    assert.deepEqual(summary(await pool.send(one, content('second'))), ['accepted 250'])
    assert.equal(host.mailbox('a@x.org').letters().length, 2)
  })

  it('S27 notice that an idle connection was closed, and do not use it', async () => {
    await using host = await startHost()
    const fronts = new Set<net.Socket>()
    await using line = await serve((front) => {
      fronts.add(front)
      const back = net.connect(host.smtp.port, '127.0.0.1').on('error', () => front.destroy())
      front.pipe(back).pipe(front)
    })
    await using pool = new SmtpPool(
      { ...at(host), port: line.port },
      // With one attempt nothing is made good by another.
      { maxAttempts: 1 },
    )
    await pool.send(one, content('first'))
    for (const front of fronts) front.destroy()
    await line.idle()
    await dueEvents()

    assert.deepEqual(summary(await pool.send(one, content('second'))), ['accepted 250'])
    assert.equal(fronts.size, 2)
  })

  it('S8 S27 go on over a fresh connection after a 421 to the envelope', async () => {
    let isClosing = false
    await using host = await startHost({
      onCommand: (_, line) => {
        if (!isClosing || !line.startsWith('MAIL')) return 'proceed'
        isClosing = false
        return { reply: '421 4.3.2 going down' }
      },
    })
    await using pool = new SmtpPool(at(host), DATA_ONLY)
    await pool.send(one, content('first'))
    isClosing = true

    assert.deepEqual(summary(await pool.send(one, content('second'))), ['accepted 250'])
    assert.equal(host.mailbox('a@x.org').letters().length, 2)
  })

  it('S9 leave a letter alone that the server hung up on after the dot', async () => {
    await using host = await startHost({ onLetter: () => ({ kind: 'disconnect', isStored: true }) })
    await using pool = new SmtpPool(at(host))

    assert.deepEqual(summary(await pool.send(one, content('x'))), ['unknown CONNECTION_LOST'])
    assert.equal(host.mailbox('a@x.org').letters().length, 1)
  })

  it('try a wrong password once, however many letters wait', async () => {
    let logins = 0
    await using host = await startHost({
      onCommand: (_, line) => {
        if (line.startsWith('AUTH')) logins++
        return 'proceed'
      },
    })
    await using pool = new SmtpPool(at(host, 'wrong'), { lettersInFlight: 1 })
    const ends = await Promise.allSettled(
      Array.from({ length: 20 }, () => pool.send(one, content('x'))),
    )

    for (const end of ends) {
      assert.ok(end.status === 'rejected' && end.reason instanceof AuthenticationFailed)
    }
    assert.equal(logins, 1)
  })
})

describe('S26 an SMTP pool leaves nothing behind', () => {
  const endings: readonly {
    readonly name: string
    readonly end: (pool: SmtpPool, controller: AbortController) => Promise<unknown>
  }[] = [
    { name: 'closed after its letters', end: (pool) => pool.close() },
    {
      name: 'closed while letters are under way',
      end: (pool) => {
        const sending = pool.send(one, content('late'))
        return Promise.all([sending, pool.close()])
      },
    },
    {
      name: 'aborted while letters are under way',
      end: async (pool, controller) => {
        const sending = pool.send(one, content('late'))
        controller.abort()
        await assert.rejects(sending, Aborted)
        await pool.close()
      },
    },
    {
      name: 'aborted with idle connections',
      end: async (pool, controller) => {
        controller.abort()
        await pool.close()
      },
    },
  ]
  for (const { name, end } of endings) {
    it(`when it is ${name}`, async () => {
      const host = await startHost()
      const controller = new AbortController()
      const pool = new SmtpPool(at(host), {
        signal: controller.signal,
        rate: { letters: 1_000, perMs: 1_000 },
      })
      await pool.send(one, content('x'))

      await end(pool, controller)
      await host.close()
      await dueEvents()

      assert.deepEqual(leftovers(), [])
      assert.equal(pool.pendingCount, 0)
      assert.equal(pool.connectionCount, 0)
      assert.deepEqual(getEventListeners(controller.signal, 'abort'), [])
    })
  }
})
