import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, it } from 'node:test'
import { octetsOf, textOf } from '../../src/base/octets.ts'
import type { Connection } from '../../src/net/connection.ts'
import { drive } from '../../src/net/drive.ts'
import { Aborted, DeadlineExceeded } from '../../src/net/errors.ts'
import { TranscriptConnection } from '../../src/testing/transcript-connection.ts'
import type { Dialog, OctetSource } from '../../src/wire/dialog.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { ProtocolLogger } from '../../src/wire/protocol-log.ts'

const timeoutMs = 60_000

function* sendAndReceive(text: string): Dialog<string> {
  yield { kind: 'send', octets: octetsOf(text), timeoutMs }
  const octets = yield { kind: 'receive', timeoutMs }
  return octets ? textOf(octets) : 'closed'
}

function* pullAll(source: OctetSource): Dialog<number> {
  let count = 0
  for (;;) {
    const octets = yield { kind: 'pull', source }
    if (octets === null || octets === undefined) return count
    count += octets.length
  }
}

/** A source that never gives anything. */
const stuckSource: OctetSource = { next: () => new Promise(() => {}) }

describe('Driving a dialog', () => {
  it('fulfils what it sends and receives, and gives its result', async () => {
    const connection = new TranscriptConnection('C: NOOP\nS: 250 ok')

    assert.equal(await drive(sendAndReceive('NOOP\r\n'), connection), '250 ok\r\n')
  })

  it('tells it when the peer has closed', async () => {
    const connection = new TranscriptConnection('C: NOOP')

    assert.equal(await drive(sendAndReceive('NOOP\r\n'), connection), 'closed')
  })

  for (const { name, tookMs, answer } of [
    { name: 'took no time', tookMs: 0, answer: undefined },
    { name: 'took a little', tookMs: 250, answer: undefined },
    { name: 'took long', tookMs: 251, answer: null },
  ]) {
    it(`tells it that a hand-over ${name}`, async (t) => {
      let nowMs = 1000
      t.mock.method(performance, 'now', () => nowMs)
      const connection = Object.assign(new TranscriptConnection(''), {
        send: async () => {
          await Promise.resolve()
          nowMs += tookMs
        },
      })
      function* sendOnce(): Dialog<unknown> {
        return yield { kind: 'send', octets: octetsOf('x'), timeoutMs }
      }

      assert.equal(await drive(sendOnce(), connection), answer)
    })
  }

  it('starts TLS', async () => {
    const connection = new TranscriptConnection('-- TLS')

    await drive(
      (function* (): Dialog<void> {
        yield { kind: 'startTls', timeoutMs }
      })(),
      connection,
    )

    assert.equal(connection.isEncrypted, true)
  })

  it('throws into it what goes wrong, and lets it decide', async () => {
    function* unknownAfterAll(): Dialog<string> {
      try {
        return yield* sendAndReceive('DATA\r\n')
      } catch (error) {
        return error instanceof ConnectionLost ? 'unknown' : 'wrong'
      }
    }

    assert.equal(await drive(unknownAfterAll(), new TranscriptConnection('')), 'unknown')
  })

  it('rejects with what it does not catch', async () => {
    const connection = new TranscriptConnection('')

    await assert.rejects(drive(sendAndReceive('NOOP\r\n'), connection), ConnectionLost)
  })

  it('pulls a source to its end', async () => {
    async function* content(): AsyncGenerator<Uint8Array> {
      yield octetsOf('abc')
      yield octetsOf('de')
    }

    assert.equal(await drive(pullAll(content()), new TranscriptConnection('')), 5)
  })

  it('refuses content that is not octets: strings would get around dot-stuffing', async () => {
    const source: OctetSource = Object.assign(
      { next: stuckSource.next },
      { next: () => Promise.resolve({ value: '.\r\nMAIL FROM:<x>' }) },
    )

    await assert.rejects(drive(pullAll(source), new TranscriptConnection('')), TypeError)
  })

  it('throws into it what a source throws', async () => {
    const source: OctetSource = { next: () => Promise.reject(new RangeError('no such file')) }

    await assert.rejects(drive(pullAll(source), new TranscriptConnection('')), RangeError)
  })

  it('waits for a sink before it goes on', async () => {
    const order: string[] = []
    const gate = Promise.withResolvers<void>()
    function* pushThenSend(): Dialog<void> {
      yield { kind: 'push', octets: octetsOf('a'), sink: () => gate.promise, timeoutMs }
      order.push('went on')
    }

    const driving = drive(pushThenSend(), new TranscriptConnection(''))
    setImmediate(() => {
      order.push('sink ready')
      gate.resolve()
    })
    await driving

    assert.deepEqual(order, ['sink ready', 'went on'])
  })

  it('throws into it what a sink throws at once', async () => {
    function* push(): Dialog<void> {
      const sink = (): void => {
        throw new RangeError('disk full')
      }
      yield { kind: 'push', octets: octetsOf('a'), sink, timeoutMs }
    }

    await assert.rejects(drive(push(), new TranscriptConnection('')), RangeError)
  })

  it('writes the protocol log, with what stands in for secrets', async () => {
    const lines: string[] = []
    const connection: Connection = Object.assign(
      new TranscriptConnection('C: PASS tanstaaf\nS: +OK'),
      { log: new ProtocolLogger((line) => lines.push(line)) },
    )
    function* login(): Dialog<void> {
      const octets = octetsOf('PASS tanstaaf\r\n')
      yield { kind: 'send', octets, timeoutMs, logAs: 'PASS ********' }
      yield { kind: 'receive', timeoutMs }
    }

    await drive(login(), connection)

    assert.deepEqual(lines, ['C: PASS ********', 'S: +OK'])
  })

  it('counts the time of one answer over all its lines', async () => {
    const spent: (number | undefined)[] = []
    const connection: Connection = Object.assign(new TranscriptConnection(''), {
      receive: async (_: number, spentMs?: number): Promise<Uint8Array> => {
        spent.push(spentMs)
        await new Promise((resolve) => setImmediate(resolve))
        return octetsOf('250-x\r\n')
      },
    })
    function* receiveTwoAnswers(): Dialog<void> {
      for (const answer of [{}, {}]) {
        yield { kind: 'receive', timeoutMs, answer }
        yield { kind: 'receive', timeoutMs, answer }
      }
    }

    await drive(receiveTwoAnswers(), connection)

    const [first, second = 0, third, fourth = 0] = spent
    assert.deepEqual([first, third], [0, 0])
    assert.ok(second > 0 && fourth > 0)
  })

  it('counts the time until a line is complete, over all its pieces', async () => {
    const spent: (number | undefined)[] = []
    const pieces = ['25', '0 ok\r', '\n', '250 ok\r\n']
    const connection: Connection = Object.assign(new TranscriptConnection(''), {
      receive: async (_: number, spentMs?: number): Promise<Uint8Array> => {
        spent.push(spentMs)
        await new Promise((resolve) => setImmediate(resolve))
        return octetsOf(pieces[spent.length - 1] ?? '')
      },
    })
    function* receiveFour(): Dialog<void> {
      for (const _ of pieces) yield { kind: 'receive', timeoutMs }
    }

    await drive(receiveFour(), connection)

    const [first = -1, second = -1, third = -1, fourth = -1] = spent
    assert.equal(first, 0)
    assert.ok(0 < second && second < third)
    assert.equal(fourth, 0)
  })
})

describe('Patience with a source', () => {
  it('ends without losing what the source then gives, to whom asks the same source again', async () => {
    const { promise, resolve } = Promise.withResolvers<IteratorResult<Uint8Array>>()
    const slow: OctetSource = { next: () => promise }
    const other: OctetSource = { next: () => Promise.resolve({ value: octetsOf('b') }) }
    function* pullTwice(): Dialog<readonly unknown[]> {
      const early = yield { kind: 'pull', source: slow, patienceMs: 1 }
      resolve({ value: octetsOf('a') })
      const late = yield { kind: 'pull', source: slow }
      const next = yield { kind: 'pull', source: other, patienceMs: timeoutMs }
      return [early, late, next].map((octets) => octets && textOf(octets))
    }

    assert.deepEqual(await drive(pullTwice(), new TranscriptConnection('')), [undefined, 'a', 'b'])
  })
})

describe('A source or sink that has stalled', () => {
  function* push(): Dialog<void> {
    const sink = (): Promise<void> => new Promise(() => {})
    yield { kind: 'push', octets: octetsOf('a'), sink, timeoutMs: 5 }
  }
  function* pull(): Dialog<void> {
    yield { kind: 'pull', source: stuckSource, timeoutMs: 5 }
  }
  for (const { phase, dialog } of [
    { phase: 'sink', dialog: push },
    { phase: 'source', dialog: pull },
  ]) {
    it(`ends at its deadline, and the connection with it: ${phase}`, async () => {
      const connection = new TranscriptConnection('')

      await assert.rejects(
        drive(dialog(), connection),
        (error) => error instanceof DeadlineExceeded && error.phase === phase,
      )
      assert.ok(connection.closed.aborted)
    })
  }
})

describe('Aborting a dialog', () => {
  it('throws Aborted into it before its first demand is fulfilled', async () => {
    const connection = new TranscriptConnection('C: NOOP\nS: 250 ok')

    await assert.rejects(
      drive(sendAndReceive('NOOP\r\n'), connection, { signal: AbortSignal.abort('stop') }),
      (error) => error instanceof Aborted && error.cause === 'stop',
    )
  })

  it('ends a pull from a source that gives nothing', async () => {
    const controller = new AbortController()
    const driving = drive(pullAll(stuckSource), new TranscriptConnection(''), controller)

    controller.abort()

    await assert.rejects(driving, Aborted)
  })

  it('ends a push to a sink that never settles', async () => {
    const controller = new AbortController()
    function* push(): Dialog<void> {
      yield { kind: 'push', octets: octetsOf('a'), sink: () => new Promise(() => {}), timeoutMs }
    }
    const driving = drive(push(), new TranscriptConnection(''), controller)

    controller.abort()

    await assert.rejects(driving, Aborted)
  })

  it('is not the only end of a stuck pull: closing the connection is one', async () => {
    const connection = new TranscriptConnection('')
    const driving = drive(pullAll(stuckSource), connection)

    connection.close()

    await assert.rejects(driving, ConnectionLost)
  })

  it('lets the dialog say what that means', async () => {
    const controller = new AbortController()
    function* unknownWhenAborted(): Dialog<string> {
      try {
        yield { kind: 'pull', source: stuckSource }
        return 'accepted'
      } catch {
        return 'unknown'
      }
    }
    const driving = drive(unknownWhenAborted(), new TranscriptConnection(''), controller)

    controller.abort()

    assert.equal(await driving, 'unknown')
  })

  it('is listened for only while it is under way', async () => {
    const { signal } = new AbortController()
    const connection = new TranscriptConnection('C: NOOP\nS: 250 ok')

    await drive(sendAndReceive('NOOP\r\n'), connection, { signal })

    assert.deepEqual(getEventListeners(signal, 'abort'), [])
    assert.deepEqual(getEventListeners(connection.closed, 'abort'), [])
  })
})
