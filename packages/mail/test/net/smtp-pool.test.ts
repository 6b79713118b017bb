import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CanonicalLetter } from '../../src/base/canonical-letter.ts'
import { octetsOf } from '../../src/base/octets.ts'
import { ConnectionFailed } from '../../src/net/errors.ts'
import type { SmtpPoolOptions } from '../../src/net/smtp-pool-options.ts'
import { AuthenticationFailed } from '../../src/sasl/errors.ts'
import { SmtpReplyRejected } from '../../src/smtp/errors.ts'
import { Reply } from '../../src/smtp/reply.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { envelope, summary } from '../smtp/conversation.ts'
import { settled } from './fake-clock.ts'
import {
  content,
  fakeWorld,
  sendAll,
  WatchedContent,
  type FakeConnection,
  type LetterFate,
} from './pool-world.ts'

const one = envelope('a@x.org')
const MINUTE = 60_000

function noServer(): never {
  throw new ConnectionFailed({
    host: 'mail.example.org',
    port: 465,
    systemCode: 'ECONNREFUSED',
    cause: undefined,
  })
}

function wrongPassword(): never {
  throw new AuthenticationFailed({ mechanism: 'PLAIN', user: 'office', reason: 'no' })
}

/** A letter that can be begun any number of times. */
class ComposedLetter extends CanonicalLetter {
  readonly sizeOctets = 3
  readonly body = '7BIT'
  readonly needsSmtpUtf8 = false

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    yield octetsOf('x\r\n')
  }
}

describe('SMTP pool', () => {
  it('sends letters over connections that it opens and keeps', async () => {
    const world = fakeWorld()
    const pool = world.pool()

    assert.deepEqual(await sendAll(pool, 3), Array(3).fill('accepted 250'))
    assert.deepEqual(await sendAll(pool, 2), Array(2).fill('accepted 250'))

    assert.equal(world.connections.length, 1)
    assert.equal(pool.pendingCount, 0)
    await pool.close()
    assert.equal(world.connections[0]?.isClosed, true)
    assert.equal(pool.connectionCount, 0)
  })

  it('opens no connection before there is something to send', async () => {
    const world = fakeWorld()
    await world.pool().close()

    assert.deepEqual(world.attempts, [])
  })

  it('opens so many connections as the letters need, and never more than it may', async () => {
    const world = fakeWorld(() => 'hold')
    const controller = new AbortController()
    const pool = world.pool({
      maxConnections: 3,
      lettersInFlight: 2,
      signal: controller.signal,
    })
    const ends = sendAll(pool, 10)
    await settled()

    assert.deepEqual(
      world.connections.map(({ inFlight }) => inFlight),
      [2, 2, 2],
    )
    assert.equal(pool.pendingCount, 10)

    controller.abort()
    assert.deepEqual(await ends, Array(10).fill('Aborted'))
    await pool.close()
    assert.equal(pool.connectionCount, 0)
  })

  it('logs in over one connection before it opens several', async () => {
    const gate = Promise.withResolvers<void>()
    const world = fakeWorld(undefined, () => gate.promise)
    const pool = world.pool({ lettersInFlight: 1 })
    const ends = sendAll(pool, 4)
    await settled()
    assert.equal(world.attempts.length, 1)

    gate.resolve()

    assert.deepEqual(await ends, Array(4).fill('accepted 250'))
    await pool.close()
  })

  it('replaces a connection after so many letters', async () => {
    const world = fakeWorld()
    const pool = world.pool({ maxConnections: 1, maxLettersPerConnection: 2 })

    assert.deepEqual(await sendAll(pool, 5), Array(5).fill('accepted 250'))

    assert.deepEqual(
      world.connections.map(({ sent }) => sent),
      [2, 2, 1],
    )
    assert.deepEqual(
      world.connections.map(({ isClosed }) => isClosed),
      [true, true, false],
    )
    await pool.close()
  })

  it('closes connections without letters after a while, with a timer that keeps no process alive', async () => {
    const world = fakeWorld()
    const pool = world.pool({ idleTimeoutMs: 500 })
    await sendAll(pool, 1)
    await world.clock.advance(499)
    assert.equal(world.connections[0]?.isClosed, false)
    assert.equal(world.clock.waiting, 0)

    await world.clock.advance(1)

    assert.equal(world.connections[0]?.isClosed, true)
    assert.equal(pool.connectionCount, 0)
    assert.deepEqual(await sendAll(pool, 1), ['accepted 250'])
    await pool.close()
    assert.equal(world.clock.timers, 0)
  })

  it('spaces letters evenly, over all connections, and does not let them go all at once', async () => {
    const at: number[] = []
    const world = fakeWorld(() => {
      at.push(world.clock.now())
      return 'accept'
    })
    const pool = world.pool({ rate: { letters: 4, perMs: 1_000 }, lettersInFlight: 1 })
    const ends = sendAll(pool, 4)
    await world.clock.advance(5_000)
    await ends
    // What was not used is not saved up.
    const later = sendAll(pool, 2)
    await world.clock.advance(5_000)

    assert.deepEqual(await later, Array(2).fill('accepted 250'))
    assert.deepEqual(at, [0, 250, 500, 750, 5_000, 5_250])
    await pool.close()
  })

  it('closes a connection while all that waits has to wait for the rate, and opens none before its time', async () => {
    const world = fakeWorld()
    const pool = world.pool({ rate: { letters: 1, perMs: MINUTE }, idleTimeoutMs: 500 })
    const ends = sendAll(pool, 3)
    await world.clock.advance(499)
    assert.equal(world.connections[0]?.isClosed, false)

    await world.clock.advance(MINUTE - 500)

    assert.equal(world.connections[0]?.isClosed, true)
    assert.equal(pool.connectionCount, 0)
    assert.equal(pool.pendingCount, 2)
    await world.clock.advance(2 * MINUTE)
    assert.deepEqual(await ends, Array(3).fill('accepted 250'))
    assert.deepEqual(world.attempts, [0, MINUTE, 2 * MINUTE])
    await pool.close()
    assert.equal(world.clock.timers, 0)
  })

  it('S27 sends over a fresh connection when the server has closed the idle one', async () => {
    const world = fakeWorld()
    const pool = world.pool()
    await sendAll(pool, 1)
    world.connections[0]?.break()

    assert.deepEqual(await sendAll(pool, 1), ['accepted 250'])

    assert.equal(world.connections.length, 2)
    assert.equal(world.connections[0]?.sent, 1)
    assert.deepEqual(world.attempts, [0, 0])
    await pool.close()
  })

  it('S27 S8 tries a letter again when the connection breaks before its content is begun', async () => {
    for (const mishap of ['lose', 'dismiss'] as const) {
      const fates: LetterFate[] = ['accept', mishap]
      const world = fakeWorld(() => fates.shift() ?? 'accept')
      const pool = world.pool()

      assert.deepEqual(await sendAll(pool, 4), Array(4).fill('accepted 250'))

      assert.equal(world.connections.length, 2)
      // The one that was lost had taken a letter before.
      assert.deepEqual(world.attempts, [0, 0])
      await pool.close()
    }
  })

  it('S27 never tries a letter again whose content was begun', async () => {
    const fates: LetterFate[] = ['lose after the content was begun']
    const world = fakeWorld(() => fates.shift() ?? 'accept')
    const pool = world.pool()
    const begun = new WatchedContent()
    const [first, second] = await Promise.allSettled([
      pool.send(one, begun),
      pool.send(one, content()),
      world.clock.advance(MINUTE),
    ])

    assert.ok(first.status === 'rejected' && first.reason instanceof ConnectionLost)
    assert.equal(second.status, 'fulfilled')
    assert.deepEqual([begun.pieces, begun.closed], [1, 1])
    await pool.close()
  })

  it('S8 tries a letter again that 421 was said to after it was begun, if it can be begun anew', async () => {
    const fates: LetterFate[] = []
    const world = fakeWorld(() => fates.shift() ?? 'accept')
    const pool = world.pool()

    for (const [letter, end, empty, options] of [
      [content(), 'deferred 421', 0, {}],
      [new ComposedLetter(), 'accepted 250', 0, {}],
      [new ComposedLetter(), 'deferred 421', 0, { mayRepeat: () => false }],
    ] as const) {
      await sendAll(pool, 1)
      fates.push('dismiss after the content was begun')
      assert.deepEqual(summary(await pool.send(one, letter, options)), [end])
      assert.equal(world.connections.at(-1)?.empty, empty)
    }
    await pool.close()
  })

  for (const mishap of ['lose', 'dismiss'] as const) {
    it(`S27 sends all letters to a server that takes one over each connection: ${mishap}`, async () => {
      const used = new Set<FakeConnection>()
      const world = fakeWorld((connection) => {
        const isFirst = !used.has(connection)
        used.add(connection)
        return isFirst ? 'accept' : mishap
      })
      const pool = world.pool({ maxConnections: 2, lettersInFlight: 10, maxAttempts: 3 })

      assert.deepEqual(await sendAll(pool, 30), Array(30).fill('accepted 250'))

      assert.equal(world.connections.length, 30)
      await pool.close()
    })
  }

  it('gives up a letter that is dismissed again and again, with the outcome that the server gave it', async () => {
    const world = fakeWorld(() => 'dismiss')
    const pool = world.pool({ maxAttempts: 3 })
    const unsent = new WatchedContent()
    const sending = pool.send(one, unsent)
    await world.clock.advance(MINUTE)

    assert.deepEqual(summary(await sending), ['deferred 421'])
    assert.equal(world.connections.length, 3)
    assert.deepEqual([unsent.pieces, unsent.closed], [0, 1])
    await pool.close()
  })
})

describe('SMTP pool: connecting', () => {
  it('is tried again after waits that double, and no more often than it may be', async () => {
    const world = fakeWorld(undefined, noServer)
    const pool = world.pool({ maxAttempts: 4, backOffMs: 100 })
    const ends = sendAll(pool, 3)
    await world.clock.advance(MINUTE)

    assert.deepEqual(await ends, Array(3).fill('ConnectionFailed'))
    assert.deepEqual(world.attempts, [0, 100, 300, 700])
    assert.equal(world.clock.timers, 0)
    await pool.close()
  })

  it('S8 is tried again when the greeting is 421 or the server is out of reach for a moment', async () => {
    const world = fakeWorld(undefined, (attempt) => {
      if (attempt === 1) throw new SmtpReplyRejected('the connection', new Reply(421, ['busy']))
      if (attempt === 2) noServer()
    })
    const pool = world.pool()
    const ends = sendAll(pool, 2)
    await world.clock.advance(MINUTE)

    assert.deepEqual(await ends, Array(2).fill('accepted 250'))
    assert.deepEqual(world.attempts, [0, 1_000, 3_000])
    await pool.close()
  })

  it('waits also before a server that breaks each connection at its first letter', async () => {
    const world = fakeWorld(() => 'lose')
    const pool = world.pool({ maxAttempts: 3, backOffMs: 100 })
    const ends = sendAll(pool, 1)
    await world.clock.advance(MINUTE)

    assert.deepEqual(await ends, ['ConnectionLost'])
    assert.deepEqual(world.attempts, [0, 100, 300])
    await pool.close()
  })

  it('is not tried again when it can not succeed later', async () => {
    const world = fakeWorld(undefined, () => {
      throw new SmtpReplyRejected('the connection', new Reply(554, ['go away']))
    })
    const pool = world.pool()

    assert.deepEqual(await sendAll(pool, 2), Array(2).fill('SmtpReplyRejected'))
    assert.equal(world.attempts.length, 1)
    await pool.close()
  })

  it('fails for all letters at once with a wrong password, and the password is never tried again', async () => {
    const world = fakeWorld(undefined, wrongPassword)
    const pool = world.pool({ lettersInFlight: 1 })

    assert.deepEqual(await sendAll(pool, 10), Array(10).fill('AuthenticationFailed'))
    assert.deepEqual(await sendAll(pool, 10), Array(10).fill('AuthenticationFailed'))

    assert.equal(world.attempts.length, 1)
    await pool.close()
  })

  it('may be tried with later letters when the login was refused only for now', async () => {
    const world = fakeWorld(undefined, (attempt) => {
      if (attempt > 1) return
      const facts = { mechanism: 'PLAIN', user: 'office', reason: 'no', transient: true } as const
      throw new AuthenticationFailed(facts)
    })
    const pool = world.pool()

    assert.deepEqual(await sendAll(pool, 2), Array(2).fill('AuthenticationFailed'))
    assert.deepEqual(await sendAll(pool, 2), Array(2).fill('accepted 250'))
    await pool.close()
  })

  it('does not fail the letters that wait as long as another connection works', async () => {
    const world = fakeWorld(undefined, (attempt) => {
      if (attempt > 1) throw new SmtpReplyRejected('the connection', new Reply(421, ['too many']))
    })
    const pool = world.pool({ lettersInFlight: 1, maxAttempts: 1 })

    assert.deepEqual(await sendAll(pool, 20), Array(20).fill('accepted 250'))
    assert.equal(world.connections.length, 1)
    assert.equal(world.attempts.length, 5)
    await pool.close()
  })
})

describe('SMTP pool: limits', () => {
  const unfit: readonly SmtpPoolOptions[] = [
    { maxConnections: 0 },
    { maxLettersPerConnection: 1.5 },
    { lettersInFlight: -1 },
    { idleTimeoutMs: Number.NaN },
    { maxAttempts: Infinity },
    { rate: { letters: 0, perMs: 1_000 } },
    { rate: { letters: 1, perMs: Infinity } },
  ]
  for (const options of unfit) {
    it(`are refused at once when they are none: ${Object.entries(options).join()}`, () => {
      assert.throws(() => fakeWorld().pool(options), RangeError)
    })
  }
})
