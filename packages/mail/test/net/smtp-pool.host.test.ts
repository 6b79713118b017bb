import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import net from 'node:net'
import { describe, it } from 'node:test'
import { MailboxAddress } from '../../src/address/mailbox-address.ts'
import type { CanonicalLetter } from '../../src/base/canonical-letter.ts'
import { Secret } from '../../src/base/secret.ts'
import { textOf } from '../../src/base/octets.ts'
import { composeMessage } from '../../src/mime/compose-message.ts'
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

const OTHERS = ['b@x.org', 'c@x.org', 'd@x.org', 'e@x.org'].map((address) => ({
  address,
  password: 'x',
}))

/** A letter of this package. */
function composed(): CanonicalLetter {
  return composeMessage({
    from: MailboxAddress.parse('office@example.org'),
    to: [],
    date: new Date(0),
    messageId: '<1@example.org>',
    boundary: 'abcdefghijklmnop',
    text: 'x',
  })
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

  for (const fate of ['disconnect', { reply: '421 4.7.0 go away' }] as const) {
    it(`S27 give up one letter that the server hangs up on, and none behind it: ${JSON.stringify(fate)}`, async () => {
      await using host = await startHost({
        accounts: [account, ...OTHERS],
        onCommand: (_, line) => (line.startsWith('RCPT TO:<b@x.org>') ? fate : 'proceed'),
      })
      const limits = { ...DATA_ONLY, maxConnections: 1, maxAttempts: 2, backOffMs: 1 }
      await using pool = new SmtpPool(at(host), limits)

      const poison = pool.send(envelope('b@x.org'), content('poison')).then(
        (outcome) => summary(outcome).join(),
        () => 'failed',
      )
      const others = Array.from({ length: 30 }, () => pool.send(one, content('other')))
      const ends = await Promise.all(others.map(async (other) => summary(await other).join()))

      assert.deepEqual(new Set(ends), new Set(['accepted 250']))
      assert.match(await poison, /^(?:failed|deferred 421)$/)
      assert.equal(host.mailbox('a@x.org').letters().length, 30)
    })

    it(`S27 give up all that wait for a server that takes none: ${JSON.stringify(fate)}`, async () => {
      let connections = 0
      await using host = await startHost({
        onCommand: (_, line) => {
          if (line.startsWith('MAIL')) connections++
          return line.startsWith('RCPT') ? fate : 'proceed'
        },
      })
      const limits = { ...DATA_ONLY, maxConnections: 1, maxAttempts: 2, backOffMs: 1 }
      await using pool = new SmtpPool(at(host), limits)

      const sendings = Array.from({ length: 100 }, () => pool.send(one, content('x')))
      const ends = await Promise.allSettled(sendings)

      const accepted = ends.filter(
        (end) => end.status === 'fulfilled' && summary(end.value).join() === 'accepted 250',
      )
      assert.deepEqual(accepted, [])
      // Three letters, twice each.
      assert.equal(connections, 6)
    })
  }

  for (const word of ['421 4.4.2 idle', '221 2.0.0 bye', '550 5.4.2 idle', '451 4.7.0 idle']) {
    it(`S12 S27 go on over a fresh connection when an idle one has said "${word}"`, async () => {
      await using host = await startHost()
      const fronts: net.Socket[] = []
      await using line = await serve((front) => {
        const isFirst = fronts.push(front) === 1
        const back = net.connect(host.smtp.port, '127.0.0.1').on('error', () => front.destroy())
        front.on('end', () => back.end()).pipe(back)
        back.on('end', () => front.end())
        back.on('data', (reply) => {
          const isLast = isFirst && textOf(reply).includes('letter accepted')
          front.write(isLast ? `${textOf(reply)}${word}\r\n` : reply)
        })
      })
      const { credentials: _, ...server } = at(host)
      await using pool = new SmtpPool({ ...server, tls: 'none', port: line.port }, DATA_ONLY)
      await pool.send(one, content('first'))

      assert.deepEqual(summary(await pool.send(one, content('second'))), ['accepted 250'])
      assert.equal(fronts.length, 2)
      assert.equal(host.mailbox('a@x.org').letters().length, 2)
    })
  }

  for (const words of ['452 4.5.3 too many recipients', '552 too many recipients']) {
    it(`divide a letter to more recipients than the server takes at once: ${words}`, async () => {
      let named = 0
      await using host = await startHost({
        accounts: [account, ...OTHERS],
        onCommand: (_, line) => {
          if (line.startsWith('MAIL')) named = 0
          return line.startsWith('RCPT') && ++named > 2 ? { reply: words } : 'proceed'
        },
      })
      const pool = new SmtpPool(at(host))
      const addresses = [account, ...OTHERS].map(({ address }) => address)
      const sending = pool.send(envelope(...addresses), composed())
      await pool.close()

      assert.deepEqual(
        summary(await sending),
        addresses.map(() => 'accepted 250'),
      )
      for (const address of addresses) assert.equal(host.mailbox(address).letters().length, 1)
    })
  }

  it('leave recipients put off whose letter can be read only once', async () => {
    await using host = await startHost({
      accounts: [account, ...OTHERS],
      onCommand: (_, line) =>
        line.startsWith('RCPT') && !line.includes('a@x.org')
          ? { reply: '452 4.5.3 too many' }
          : 'proceed',
    })
    await using pool = new SmtpPool(at(host))
    const to = envelope('a@x.org', 'b@x.org')

    const put = ['accepted 250', 'deferred 452']
    assert.deepEqual(summary(await pool.send(to, content('x'))), put)
    assert.deepEqual(summary(await pool.send(to, composed(), { mayRepeat: () => false })), put)
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
