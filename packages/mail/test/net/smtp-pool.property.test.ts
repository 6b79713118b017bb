import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { AuthenticationFailed } from '../../src/sasl/errors.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { envelope } from '../smtp/conversation.ts'
import { settled } from './fake-clock.ts'
import { fakeWorld, WatchedContent, type FakeWorld, type LetterFate } from './pool-world.ts'

const one = envelope('a@x.org')
const HOUR = 3_600_000

/** What happens, in this order; a number is the milliseconds that pass. */
type Happening =
  'send' | 'abort a letter' | 'break a connection' | 'close' | 'abort the pool' | number

const limits = fc.record({
  maxConnections: fc.integer({ min: 1, max: 3 }),
  maxLettersPerConnection: fc.integer({ min: 1, max: 4 }),
  lettersInFlight: fc.integer({ min: 1, max: 3 }),
  idleTimeoutMs: fc.integer({ min: 1, max: 2_000 }),
  maxAttempts: fc.integer({ min: 1, max: 3 }),
  // A rate without an interval is none.
  rate: fc.record({ letters: fc.integer({ min: 1, max: 5 }), perMs: fc.constantFrom(0, 100) }),
})
const happenings = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant('send' as const) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 1_500 }) },
    { weight: 2, arbitrary: fc.constant('abort a letter' as const) },
    { weight: 2, arbitrary: fc.constant('break a connection' as const) },
    { weight: 1, arbitrary: fc.constantFrom('close' as const, 'abort the pool' as const) },
  ),
  { maxLength: 30 },
)
const fates = fc.array(
  fc.constantFrom<LetterFate>(
    'accept',
    'accept',
    'accept',
    'lose',
    'lose after the content was begun',
    'dismiss',
    'dismiss after the content was begun',
    'fail',
  ),
)
const openings = fc.array(fc.constantFrom('good', 'good', 'good', 'lost', 'refused'))

function worldOf(letterFates: readonly LetterFate[], openingFates: readonly string[]): FakeWorld {
  const next = letterFates[Symbol.iterator]()
  return fakeWorld(
    () => next.next().value ?? 'accept',
    (attempt) => {
      const fate = openingFates[attempt - 1]
      if (fate === 'lost') throw new ConnectionLost('the greeting')
      if (fate !== 'refused') return
      throw new AuthenticationFailed({ mechanism: 'PLAIN', user: 'office', reason: 'no' })
    },
  )
}

describe('Whatever happens to an SMTP pool', () => {
  it('every letter has one end, is begun once, within all limits, and nothing is left', async () => {
    await fc.assert(
      fc.asyncProperty(
        limits,
        happenings,
        fates,
        openings,
        async (options, events, letters, opens) => {
          const world = worldOf(letters, opens)
          const controller = new AbortController()
          const pool = world.pool({ ...options, signal: controller.signal })
          const aborts: AbortController[] = []
          const contents: WatchedContent[] = []
          const ends: string[] = []
          const happen = async (event: Happening): Promise<void> => {
            if (typeof event === 'number') return world.clock.advance(event)
            if (event === 'abort a letter') return aborts[aborts.length >> 1]?.abort()
            if (event === 'break a connection') return world.connections.at(-1)?.break()
            if (event === 'abort the pool') controller.abort()
            if (event === 'close') void pool.close()
            if (event !== 'send') return
            const content = new WatchedContent()
            const abort = new AbortController()
            contents.push(content)
            aborts.push(abort)
            pool.send(one, content, { signal: abort.signal }).then(
              () => ends.push('resolved'),
              () => ends.push('rejected'),
            )
          }

          for (const event of events) await happen(event)
          await world.clock.advance(HOUR)
          const closing = pool.close()
          await world.clock.advance(HOUR)
          await closing
          await settled()

          assert.equal(ends.length, contents.length)
          assert.equal(pool.pendingCount, 0)
          assert.equal(pool.connectionCount, 0)
          assert.equal(world.clock.timers, 0)
          for (const { pieces, closed } of contents) {
            assert.ok(pieces <= 1, 'content was begun twice')
            assert.equal(closed, 1)
          }
          for (const connection of world.connections) {
            assert.equal(connection.isClosed, true)
            assert.equal(connection.empty, 0, 'content was sent that had been begun before')
            assert.ok(connection.mostInFlight <= options.lettersInFlight)
            assert.ok(connection.sent <= options.maxLettersPerConnection)
          }
          assert.ok(world.mostOpen <= options.maxConnections)
          const refused = opens.slice(0, world.attempts.length).filter((fate) => fate === 'refused')
          assert.ok(refused.length <= options.maxConnections, 'a wrong password was tried again')
        },
      ),
      { numRuns: 150 },
    )
  })
})
