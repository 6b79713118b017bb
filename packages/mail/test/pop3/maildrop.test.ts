import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { MailError } from '../../src/base/mail-error.ts'
import { concatOctets, octetsOf, textOf } from '../../src/base/octets.ts'
import { Pop3ResponseRejected } from '../../src/pop3/errors.ts'
import { DEFAULT_POP3_LIMITS } from '../../src/pop3/limits.ts'
import type { Pop3Limits } from '../../src/pop3/limits.ts'
import type { Maildrop } from '../../src/pop3/maildrop.ts'
import { play } from '../../src/testing/play.ts'
import { DEFAULT_DEADLINES } from '../../src/wire/deadlines.ts'
import type { Demand, Dialog } from '../../src/wire/dialog.ts'
import { ConnectionLost, ProtocolViolation } from '../../src/wire/errors.ts'
import { letterText, logIn, readAll } from './conversation.ts'

const LOGIN = `
  S: +OK ready
  C: CAPA
  S: -ERR
  C: USER tim
  S: +OK
  C: PASS tanstaaf
  S: +OK`

const LOGIN_WITH_UIDL_AND_TOP = `
  S: +OK ready
  C: CAPA
  S: +OK
  S: UIDL
  S: TOP
  S: SASL PLAIN
  S: .
  C: AUTH PLAIN AHRpbQB0YW5zdGFhZg==
  S: +OK`

/** Logs in and goes on with what the test is about. */
function* inMaildrop<Result>(
  commands: (maildrop: Maildrop) => Dialog<Result>,
  limits: Partial<Pop3Limits> = {},
): Dialog<Result> {
  return yield* commands(yield* logIn({ limits: { ...DEFAULT_POP3_LIMITS, ...limits } }))
}

/** What the server sends after login, for tests that are about octets and not about turns. */
const AFTER_LOGIN = octetsOf('+OK ready\r\n-ERR\r\n+OK\r\n+OK\r\n')

/** Runs a dialog with a server that sends pieces without listening, and hangs up. Keeps the demands. */
function feed<Result>(
  dialog: Dialog<Result>,
  pieces: Iterable<Uint8Array>,
): { readonly result: Result; readonly demands: readonly Demand[] } {
  const received = pieces[Symbol.iterator]()
  const demands: Demand[] = []
  let answer: Uint8Array | null | undefined
  for (;;) {
    const step = dialog.next(answer)
    if (step.done === true) return { result: step.value, demands }
    demands.push(step.value)
    answer = undefined
    if (step.value.kind === 'receive') {
      const next = received.next()
      answer = next.done === true ? null : next.value
    }
    if (step.value.kind === 'push') void step.value.sink(step.value.octets)
  }
}

/** The login's octets, a line a piece, as a server in lock step would send them; then the pieces of the test. */
function* afterLogin(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const line of textOf(AFTER_LOGIN).split(/(?<=\n)/)) yield octetsOf(line)
  yield* pieces
}

describe('STAT', () => {
  it('gives the number of letters and their octets', async () => {
    const status = await play(
      inMaildrop((maildrop) => maildrop.stat()),
      `${LOGIN}
      C: STAT
      S: +OK 2 320 and more`,
    )

    assert.deepEqual(status, { count: 2, octets: 320 })
  })

  it('is a violation without two numbers', async () => {
    for (const answer of ['+OK', '+OK two', '+OK 2', '+OK 2 -1', '+OK 2 3x']) {
      const status = play(
        inMaildrop((maildrop) => maildrop.stat()),
        `${LOGIN}
        C: STAT
        S: ${answer}`,
      )

      await assert.rejects(status, ProtocolViolation)
    }
  })
})

describe('UIDL', () => {
  const uidl = (login: string, answer: string): Promise<ReadonlyMap<number, string> | undefined> =>
    play(
      inMaildrop((maildrop) => maildrop.uniqueIds()),
      `${login}
      C: UIDL
      S: ${answer}`,
    )

  it('P3 that the server does not have gives undefined', async () => {
    assert.equal(await uidl(LOGIN, '-ERR what?'), undefined)
  })

  it('P3 that the server has and refuses is an error', async () => {
    await assert.rejects(uidl(LOGIN_WITH_UIDL_AND_TOP, '-ERR not now'), Pop3ResponseRejected)
  })

  it('P2 P3 that is refused with a reason is an error', async () => {
    await assert.rejects(uidl(LOGIN, '-ERR [SYS/TEMP] not now'), { transient: true })
  })
})

describe('LIST and UIDL', () => {
  const COUNT = 100_000

  function* listing(lineOf: (number: number) => string): Generator<Uint8Array> {
    yield octetsOf('+OK\r\n')
    for (let number = 1; number <= COUNT; number += 50) {
      let lines = ''
      for (let line = number; line < number + 50; line++) lines += `${lineOf(line)}\r\n`
      const octets = octetsOf(lines)
      yield octets.subarray(0, 700)
      yield octets.subarray(700)
    }
    yield octetsOf('.\r\n')
  }

  it('P11 of a hundred thousand letters takes a moment', () => {
    const started = performance.now()
    const { result: ids } = feed(
      inMaildrop((maildrop) => maildrop.uniqueIds()),
      afterLogin(listing((number) => `${number} ${number.toString(16).padStart(24, '0')}`)),
    )
    const { result: sizes } = feed(
      inMaildrop((maildrop) => maildrop.list()),
      afterLogin(listing((number) => `${number} ${number * 3}`)),
    )

    assert.equal(ids?.size, COUNT)
    assert.equal(ids.get(COUNT), '0000000000000000000186a0')
    assert.equal(sizes.get(COUNT), 3 * COUNT)
    assert.ok(performance.now() - started < 2_000)
  })

  it('P9 is asked for without a number, so the answer always has many lines', async () => {
    const sizes = await play(
      inMaildrop((maildrop) => maildrop.list()),
      `${LOGIN}
      C: LIST
      S: +OK 1 messages
      S: 1 7
      S: .`,
    )

    assert.deepEqual([...sizes], [[1, 7]])
  })

  it('that has no end is stopped by the limit on its lines', () => {
    function* endless(): Generator<Uint8Array> {
      yield octetsOf('+OK\r\n')
      for (let number = 1; ; number++) yield octetsOf(`${number} 1\r\n`)
    }
    const list = (): unknown =>
      feed(
        inMaildrop((maildrop) => maildrop.list(), { maxListingLines: 1_000 }),
        afterLogin(endless()),
      )

    assert.throws(
      list,
      (error) => error instanceof LimitExceeded && error.option === 'limits.maxListingLines',
    )
  })

  it('P6 with an error in the middle is a violation, not a short listing', async () => {
    const list = play(
      inMaildrop((maildrop) => maildrop.list()),
      `${LOGIN}
      C: LIST
      S: +OK
      S: 1 5
      S: -ERR disk failure`,
    )

    await assert.rejects(list, { code: 'PROTOCOL_VIOLATION', line: '-ERR disk failure' })
  })
})

describe('RETR', () => {
  const STUFFED = 'Subject: x\r\n\r\n..\r\n...a\r\nend\r\n.\r\n'
  const LETTER = 'Subject: x\r\n\r\n.\r\n..a\r\nend\r\n'

  it('P1 gives the same letter wherever one cut divides the answer', () => {
    const answer = octetsOf(`+OK\r\n${STUFFED}`)
    for (let at = 1; at < answer.length; at++) {
      const { result } = feed(
        inMaildrop((maildrop) => letterText(maildrop, 1)),
        afterLogin([answer.subarray(0, at), answer.subarray(at)]),
      )

      assert.equal(result, LETTER, `cut at ${at}`)
    }
  })

  it('P1 lets any letter survive stuffing, cuts and un-stuffing', () => {
    const lines = fc.array(fc.stringMatching(/^[.a\r]{0,5}$/), { maxLength: 12 })
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 9 }), (parts, size) => {
        const letter = parts.map((part) => `${part}\r\n`).join('')
        const answer = octetsOf(`+OK\r\n${letter.replaceAll(/^\./gm, '..')}.\r\n`)
        const pieces: Uint8Array[] = []
        for (let at = 0; at < answer.length; at += size) pieces.push(answer.subarray(at, at + size))
        // A CR at the end of a line and a bare one both match ^ of the stuffing above; only CRLF begins a line.
        fc.pre(!/\r(?!\n)/.test(letter))
        const { result } = feed(
          inMaildrop((maildrop) => letterText(maildrop, 1)),
          afterLogin(pieces),
        )

        assert.equal(result, letter)
      }),
    )
  })

  it('P12 takes a letter that is longer or shorter than LIST says', async () => {
    const letter = await play(
      inMaildrop(function* (maildrop) {
        yield* maildrop.list()
        return yield* letterText(maildrop, 1)
      }),
      `${LOGIN}
      C: LIST
      S: +OK
      S: 1 3
      S: .
      C: RETR 1
      S: +OK 3 octets
      S: longer than three octets
      S: .`,
    )

    assert.equal(letter, 'longer than three octets\r\n')
  })

  it('passes a large letter on as it comes and keeps none of it', () => {
    const piece = octetsOf(`${'x'.repeat(76)}\r\n`.repeat(840))
    const sizes: number[] = []
    function* large(): Generator<Uint8Array> {
      yield octetsOf('+OK\r\n')
      for (let count = 0; count < 500; count++) yield piece
      yield octetsOf('.\r\n')
    }
    const { demands } = feed(
      inMaildrop((maildrop) =>
        maildrop.retrieve(1, (octets) => {
          sizes.push(octets.length)
        }),
      ),
      afterLogin(large()),
    )
    const kinds = demands.map(({ kind }) => kind).join(' ')

    assert.deepEqual(new Set(sizes), new Set([piece.length]))
    assert.match(kinds, /(?:receive push ){500}receive$/)
  })

  it('of a letter that has no end is stopped by the limit on letters', () => {
    function* endless(): Generator<Uint8Array> {
      yield octetsOf('+OK\r\n')
      for (;;) yield octetsOf('x'.repeat(1_000))
    }
    const retrieve = (): unknown =>
      feed(
        inMaildrop((maildrop) => letterText(maildrop, 1), { maxLetterOctets: 50_000 }),
        afterLogin(endless()),
      )

    assert.throws(
      retrieve,
      (error) => error instanceof LimitExceeded && error.option === 'limits.maxLetterOctets',
    )
  })

  it('T8 that breaks off is lost, not short', () => {
    const retrieve = (): unknown =>
      feed(
        inMaildrop((maildrop) => letterText(maildrop, 1)),
        afterLogin([octetsOf('+OK\r\nhalf a letter\r\n.\r')]),
      )

    assert.throws(
      retrieve,
      (error) => error instanceof ConnectionLost && /RETR 1/.test(error.message),
    )
  })

  it('that is refused leaves the session as it was', async () => {
    const count = await play(
      inMaildrop(function* (maildrop) {
        try {
          yield* letterText(maildrop, 7)
        } catch (error) {
          assert.ok(error instanceof Pop3ResponseRejected)
        }
        assert.ok(maildrop.isInStep)
        return (yield* maildrop.stat()).count
      }),
      `${LOGIN}
      C: RETR 7
      S: -ERR no such message
      C: STAT
      S: +OK 6 1`,
    )

    assert.equal(count, 6)
  })
})

describe('TOP', () => {
  it('P4 of no lines gives the header section and the empty line', async () => {
    const top = await play(
      inMaildrop((maildrop) => maildrop.top(1, 0)),
      `${LOGIN}
      C: TOP 1 0
      S: +OK
      S: Subject: x
      S:
      S: .`,
    )

    assert.equal(textOf(top), 'Subject: x\r\n\r\n')
  })

  it('P4 that the server does not have is an error, and the session goes on', async () => {
    await play(
      inMaildrop(function* (maildrop) {
        try {
          yield* maildrop.top(1, 0)
        } catch (error) {
          assert.ok(error instanceof Pop3ResponseRejected && error.command === 'TOP 1 0')
        }
        yield* maildrop.noop()
      }),
      `${LOGIN}
      C: TOP 1 0
      S: -ERR unknown command
      C: NOOP
      S: +OK`,
    )
  })

  it('of more than the limit is an error with the true size, and the session goes on', async () => {
    await play(
      inMaildrop(
        function* (maildrop) {
          try {
            yield* maildrop.top(1, 0)
            assert.fail('nothing was refused')
          } catch (error) {
            assert.ok(error instanceof LimitExceeded)
            assert.deepEqual(
              [error.option, error.limit, error.value],
              ['limits.maxTopOctets', 20, 35],
            )
          }
          yield* maildrop.noop()
        },
        { maxTopOctets: 20 },
      ),
      `${LOGIN}
      C: TOP 1 0
      S: +OK
      S: Subject: more than the limit is
      S:
      S: .
      C: NOOP
      S: +OK`,
      { cut: [7] },
    )
  })
})

describe('maildrop', () => {
  it('forgets deletions on RSET', async () => {
    await play(
      inMaildrop(function* (maildrop) {
        yield* maildrop.delete(2)
        yield* maildrop.delete(1)
        assert.deepEqual(maildrop.deletedNumbers, [2, 1])
        yield* maildrop.reset()
        assert.deepEqual(maildrop.deletedNumbers, [])
      }),
      `${LOGIN}
      C: DELE 2
      S: +OK
      C: DELE 1
      S: +OK
      C: RSET
      S: +OK`,
    )
  })

  it('does not count a refused deletion', async () => {
    await play(
      inMaildrop(function* (maildrop) {
        try {
          yield* maildrop.delete(2)
        } catch (error) {
          assert.ok(error instanceof Pop3ResponseRejected)
        }
        assert.deepEqual(maildrop.deletedNumbers, [])
      }),
      `${LOGIN}
      C: DELE 2
      S: -ERR no such message`,
    )
  })

  it('P6 gives no response to a command that it was not an answer to', async () => {
    const deletion = play(
      inMaildrop(function* (maildrop) {
        yield* maildrop.noop()
        yield* maildrop.delete(1)
      }),
      `${LOGIN}
      C: NOOP
      S: +OK
      S: +OK`,
    )

    await assert.rejects(deletion, ProtocolViolation)
  })

  it('refuses numbers that no letter can have, and sends nothing', async () => {
    await play(
      inMaildrop(function* (maildrop) {
        for (const number of [0, -1, 1.5, Number.NaN, 2 ** 60]) {
          assert.throws(() => maildrop.delete(number).next(), RangeError)
          assert.throws(() => maildrop.retrieve(number, () => undefined).next(), RangeError)
          assert.throws(() => maildrop.top(number, 0).next(), RangeError)
        }
        assert.throws(() => maildrop.top(1, -1).next(), RangeError)
        assert.ok(maildrop.isInStep)
        yield* maildrop.noop()
      }),
      `${LOGIN}
      C: NOOP
      S: +OK`,
    )
  })

  it('waits for each phase as long as the deadlines say', () => {
    const deadlines = { ...DEFAULT_DEADLINES, greetingMs: 1, commandMs: 2, contentMs: 3, quitMs: 4 }
    const answers = ['+OK\r\n', '+OK\r\n', 'x\r\n.\r\n', '+OK\r\n', '+OK\r\n']
    const { demands } = feed(
      (function* () {
        const maildrop = yield* logIn({ deadlines })
        yield* letterText(maildrop, 1)
        yield* maildrop.noop()
        yield* maildrop.quit()
      })(),
      afterLogin(answers.slice(1).map(octetsOf)),
    )
    const receiving = demands.flatMap((demand) =>
      demand.kind === 'receive' ? [demand.timeoutMs] : [],
    )

    assert.deepEqual(receiving, [1, 2, 2, 2, 2, 3, 2, 4])
  })

  it('gives the server more time for QUIT when letters have to be deleted', () => {
    const deadlines = { ...DEFAULT_DEADLINES, commandMs: 2, quitMs: 1 }
    const { demands } = feed(
      (function* () {
        const maildrop = yield* logIn({ deadlines })
        yield* maildrop.delete(1)
        yield* maildrop.quit()
      })(),
      afterLogin([octetsOf('+OK\r\n'), octetsOf('+OK\r\n')]),
    )
    const last = demands.at(-1)

    assert.ok(last?.kind === 'receive')
    assert.equal(last.timeoutMs, 2)
  })
})

describe('a hostile POP3 server', () => {
  it('is stopped by the limit on lines when a line has no end', () => {
    function* endless(): Generator<Uint8Array> {
      for (;;) yield octetsOf('+OK '.repeat(500))
    }

    assert.throws(
      () => feed(logIn(), endless()),
      (error) => error instanceof LimitExceeded && error.option === 'limits.maxLineOctets',
    )
  })

  it('is stopped by the limit on listings when its capabilities have no end', () => {
    function* endless(): Generator<Uint8Array> {
      yield octetsOf('+OK\r\n')
      yield octetsOf('+OK\r\n')
      for (;;) yield octetsOf('X\r\n')
    }
    const limits = { ...DEFAULT_POP3_LIMITS, maxListingLines: 100 }

    assert.throws(() => feed(logIn({ limits }), endless()), LimitExceeded)
  })

  it('causes no other errors than ours, whatever it sends', () => {
    const line = fc.oneof(
      fc.constantFrom('+OK', '+OK 1 1', '-ERR', '-ERR [IN-USE]', '.', '1 1', '+ ', '', '..', 'TOP'),
      fc.string({ maxLength: 8 }),
    )
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 30 }),
        fc.constantFrom('\r\n', '\n', '\r'),
        (lines, end) => {
          const pieces = lines.map((text) => concatOctets([octetsOf(text), octetsOf(end)]))
          try {
            feed(readAll(), pieces)
          } catch (error) {
            assert.ok(error instanceof MailError, String(error))
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
