import assert, { AssertionError } from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { octetsOf, textOf } from '../../src/base/octets.ts'
import { TlsFailed } from '../../src/net/errors.ts'
import { play, playHangingUp } from '../../src/testing/play.ts'
import type { Dialog } from '../../src/wire/dialog.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { LineBuffer, receiveLine, send } from '../../src/wire/line-buffer.ts'

const timeoutMs = 60_000

/** A client that knows three commands. */
function* converse(): Dialog<string> {
  const buffer = new LineBuffer({ maxLineOctets: 100, option: 'maxLineOctets' })
  yield* receiveLine(buffer, timeoutMs)
  yield* send(octetsOf('STLS\r\n'), timeoutMs)
  yield* receiveLine(buffer, timeoutMs)
  yield { kind: 'startTls', timeoutMs }
  yield* send(octetsOf('STAT\r\n'), timeoutMs)
  return textOf(yield* receiveLine(buffer, timeoutMs))
}

const TRANSCRIPT = `
  S: +OK POP3
  C: STLS
  S: +OK go ahead
  -- TLS
  C: STAT
  S: +OK 2 320
`

async function complaint(transcript: string, dialog = converse()): Promise<string> {
  let message = ''
  await assert.rejects(play(dialog, transcript), (error) => {
    assert.ok(error instanceof AssertionError, String(error))
    message = error.message
    return true
  })
  return message
}

describe('Playing a transcript', () => {
  it('gives what the engine returns', async () => {
    assert.equal(await play(converse(), TRANSCRIPT), '+OK 2 320')
  })

  it('gives the same however the server is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 })), async (cut) => {
        assert.equal(await play(converse(), TRANSCRIPT, { cut }), '+OK 2 320')
      }),
    )
  })

  it('ends with what the engine throws once the transcript is at its end', async () => {
    await assert.rejects(play(converse(), 'S: +OK\nC: STLS'), ConnectionLost)
  })

  it('complains about other octets than the transcript has', async () => {
    assert.equal(
      await complaint('S: +OK\nC: QUIT'),
      'the client sent "STLS\\u{d}\\u{a}" at turn 2 of 2, where the transcript has C: "QUIT\\u{d}\\u{a}"',
    )
  })

  it('complains about a client that speaks out of turn', async () => {
    assert.match(await complaint('S: +OK\nC: ST\\\nS: wait'), /sent "LS.*" out of turn/)
  })

  it('complains about a client that does not hear what was said', async () => {
    assert.match(await complaint('S: +OK\\x0d\\x0a\\\nC: STLS\nS: +OK\n-- TLS\nS: x'), /turn 5/)
  })

  it('complains about a client that waits where it should speak', async () => {
    assert.match(await complaint('C: EHLO'), /waits for an answer at turn 1 of 1/)
  })

  it('complains about TLS in the wrong place', async () => {
    assert.match(await complaint('S: +OK\nC: STLS\nS: +OK\nC: CAPA'), /starts TLS at turn 4/)
  })

  it('complains about a client that stops before the end', async () => {
    assert.match(await complaint(`${TRANSCRIPT}\nC: QUIT`), /stopped at turn 7 of 7/)
  })

  it('complains even if the engine hides what went wrong', async () => {
    function* stubborn(): Dialog<string> {
      try {
        return yield* converse()
      } catch {
        return 'all is well'
      }
    }

    assert.match(await complaint('S: +OK\nC: QUIT', stubborn()), /STLS/)
  })

  it('names the failure of an engine that gave up before the end', async () => {
    function* failing(): Dialog<string> {
      yield* send(octetsOf('NOOP\r\n'), timeoutMs)
      throw new RangeError('out of range')
    }

    assert.match(await complaint('C: NOOP\nS: +OK', failing()), /gave up.*out of range/)
  })

  it('refuses TLS when the server has said more than the client has heard', async () => {
    function* hasty(): Dialog<void> {
      yield { kind: 'startTls', timeoutMs }
    }

    await assert.rejects(play(hasty(), 'S: 250 injected\n-- TLS'), (error) => {
      assert.ok(error instanceof AssertionError)
      assert.ok(error.cause instanceof TlsFailed)
      return error.cause.check === 'octets-before-tls'
    })
  })
})

describe('Playing a transcript with the server hanging up', () => {
  it('has an outcome for every break, and ends with the undisturbed one', async () => {
    const outcomes = await playHangingUp(converse, TRANSCRIPT)

    assert.equal(outcomes.length, 7)
    for (const [index, outcome] of outcomes.entries()) {
      assert.equal(outcome.afterCalls, index)
      if (index < 6) assert.ok(outcome.kind === 'threw' && outcome.error instanceof ConnectionLost)
    }
    assert.deepEqual(outcomes.at(-1), { afterCalls: 6, kind: 'returned', result: '+OK 2 320' })
  })

  it('complains about what the client says on the way', async () => {
    await assert.rejects(playHangingUp(converse, 'S: +OK\nC: QUIT'), AssertionError)
  })
})
