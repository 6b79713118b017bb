import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, it } from 'node:test'
import { octetsOf } from '../../src/base/octets.ts'
import { Aborted, ConnectionFailed } from '../../src/net/errors.ts'
import { envelope, summary } from '../smtp/conversation.ts'
import { settled } from './fake-clock.ts'
import { content, fakeWorld, sendAll, WatchedContent, type LetterFate } from './pool-world.ts'

const one = envelope('a@x.org')

function noServer(): never {
  throw new ConnectionFailed({
    host: 'mail.example.org',
    port: 465,
    systemCode: 'ECONNREFUSED',
    cause: undefined,
  })
}

describe('SMTP pool: ending', () => {
  it('sends what waits before it is closed, and takes nothing afterwards', async () => {
    const world = fakeWorld()
    const pool = world.pool({ maxConnections: 1, lettersInFlight: 1 })
    const ends = sendAll(pool, 3)
    const closing = pool.close()
    const late = new WatchedContent()

    await assert.rejects(pool.send(one, late), TypeError)

    assert.equal(late.closed, 1)
    assert.deepEqual(await ends, Array(3).fill('accepted 250'))
    await closing
    await pool.close()
    assert.equal(world.connections[0]?.isClosed, true)
    assert.equal(world.clock.timers, 0)
  })

  it('S26 by the abort of a letter that waits concerns no other', async () => {
    const gate = Promise.withResolvers<void>()
    const world = fakeWorld(undefined, () => gate.promise)
    const pool = world.pool()
    const controller = new AbortController()
    const unsent = new WatchedContent()
    const aborted = pool.send(one, unsent, { signal: controller.signal })
    const other = pool.send(one, content())

    controller.abort('enough')

    await assert.rejects(aborted, (error) => error instanceof Aborted && error.cause === 'enough')
    assert.deepEqual([unsent.pieces, unsent.closed], [0, 1])
    assert.equal(pool.pendingCount, 1)
    gate.resolve()
    assert.deepEqual(summary(await other), ['accepted 250'])
    await pool.close()
  })

  it('S26 by the abort of a letter under way lets those behind it go over another connection', async () => {
    const fates: LetterFate[] = ['hold']
    const world = fakeWorld(() => fates.shift() ?? 'accept')
    const pool = world.pool()
    const controller = new AbortController()
    const aborted = pool.send(one, content(), { signal: controller.signal })
    const other = pool.send(one, content())
    await settled()

    controller.abort()

    await assert.rejects(aborted, Aborted)
    assert.deepEqual(summary(await other), ['accepted 250'])
    // An abort is nobody's failure: there is nothing to wait for.
    assert.deepEqual(world.attempts, [0, 0])
    await pool.close()
  })

  it('S26 by a signal that many letters share takes one listener for all, and none is left', async () => {
    const world = fakeWorld(() => 'hold')
    const pool = world.pool({ maxConnections: 1, lettersInFlight: 1 })
    const controller = new AbortController()
    const { signal } = controller
    const letters = Array.from({ length: 20 }, () => pool.send(one, content(), { signal }))
    await settled()
    // One for those that wait, and one for the letter under way.
    assert.equal(getEventListeners(signal, 'abort').length, 2)

    controller.abort()

    for (const end of await Promise.allSettled(letters)) assert.equal(end.status, 'rejected')
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
    await pool.close()
  })

  it('S26 by its own signal ends everything, and what comes later', async () => {
    const controller = new AbortController()
    const world = fakeWorld(undefined, noServer)
    const pool = world.pool({ signal: controller.signal })
    const ends = sendAll(pool, 2)
    await settled()

    controller.abort()

    assert.deepEqual(await ends, Array(2).fill('Aborted'))
    assert.equal(world.clock.timers, 0)
    assert.deepEqual(await sendAll(pool, 1), ['Aborted'])
    await pool.close()
  })

  it('S26 by a signal that has aborted before leaves the content closed and no trace', async () => {
    const world = fakeWorld()
    const pool = world.pool()
    const unsent = new WatchedContent()
    await assert.rejects(pool.send(one, unsent, { signal: AbortSignal.abort() }), Aborted)
    await world.pool({ signal: AbortSignal.abort() }).close()

    assert.equal(unsent.closed, 1)
    assert.deepEqual(world.attempts, [])
    await pool.close()
  })

  it('does not wait for a connection that nobody needs any more', async () => {
    const world = fakeWorld(undefined, () => new Promise(() => {}))
    const pool = world.pool()
    const controller = new AbortController()
    const letter = pool.send(one, content(), { signal: controller.signal })
    controller.abort()
    await assert.rejects(letter, Aborted)

    await pool.close()

    assert.equal(pool.connectionCount, 0)
  })

  it("passes a content's own error on, and it is over with that letter only", async () => {
    const world = fakeWorld()
    const pool = world.pool()
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield octetsOf('x')
      throw new RangeError('the disk is gone')
    }

    await assert.rejects(pool.send(one, broken()), RangeError)

    assert.deepEqual(await sendAll(pool, 1), ['accepted 250'])
    await pool.close()
  })
})
