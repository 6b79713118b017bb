import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { octetsOf, textOf } from '../../src/base/octets.ts'
import { MAX_PIPELINED } from '../../src/pop3/batch.ts'
import type { Pop3Top } from '../../src/pop3/batch.ts'
import { Pop3ResponseRejected } from '../../src/pop3/errors.ts'
import { play, playHangingUp } from '../../src/testing/play.ts'
import { ConnectionLost, ProtocolViolation } from '../../src/wire/errors.ts'
import { costOf } from '../cost-of.ts'
import { inMaildrop, LOGIN_WITH_PIPELINING, LOGIN_WITH_UIDL_AND_TOP } from './conversation.ts'
import { afterLogin, feed } from './feed.ts'

/** What a test looks at of each letter. */
function shown(tops: readonly Pop3Top[]): readonly string[] {
  return tops.map((top) =>
    top.kind === 'top' ? `${top.maildropNumber} ${textOf(top.octets)}` : `! ${top.error.message}`,
  )
}

const TOPS_OF_THREE = `
  C: TOP 1 0
  C: TOP 2 0
  C: TOP 3 0
  S: +OK
  S: Subject: a
  S: .
  S: -ERR no such message
  S: +OK
  S: ..
  S: .`

describe('Tops of many letters', () => {
  it('P6 are asked for together when the server offers PIPELINING, and a refusal in the middle is that of its letter', async () => {
    const tops = await play(
      inMaildrop((maildrop) => maildrop.tops([1, 2, 3], 0)),
      `${LOGIN_WITH_PIPELINING}${TOPS_OF_THREE}`,
    )

    assert.deepEqual(shown(tops), [
      '1 Subject: a\r\n',
      '! TOP 2 0 was rejected: -ERR no such message',
      '3 .\r\n',
    ])
    assert.ok(tops[1]?.kind === 'failed' && tops[1].error instanceof Pop3ResponseRejected)
  })

  it('P6 do not depend on how the network cuts the answers', async () => {
    for (const cut of [[1], [2, 3], [5]]) {
      const tops = await play(
        inMaildrop((maildrop) => maildrop.tops([1, 2, 3], 0)),
        `${LOGIN_WITH_PIPELINING}${TOPS_OF_THREE}`,
        { cut },
      )

      assert.equal(tops.length, 3)
    }
  })

  it('P6 are lost, and never those of other letters, wherever the line breaks', async () => {
    const outcomes = await playHangingUp(
      () => inMaildrop((maildrop) => maildrop.tops([1, 2, 3], 0)),
      `${LOGIN_WITH_PIPELINING}${TOPS_OF_THREE}`,
      { cut: [7] },
    )

    for (const outcome of outcomes.slice(0, -1)) {
      assert.ok(outcome.kind === 'threw' && outcome.error instanceof ConnectionLost)
    }
    assert.equal(outcomes.at(-1)?.kind, 'returned')
  })

  it('P6 are a group of one where the server does not offer it', async () => {
    const size = (login: string): Promise<number> =>
      play(
        inMaildrop(function* (maildrop) {
          yield* maildrop.noop()
          return maildrop.groupSize
        }),
        `${login}
        C: NOOP
        S: +OK`,
      )

    assert.equal(await size(LOGIN_WITH_UIDL_AND_TOP), 1)
    assert.equal(await size(LOGIN_WITH_PIPELINING), MAX_PIPELINED)
  })

  it('that are too large are read to their end, and the next one is read', async () => {
    const tops = await play(
      inMaildrop((maildrop) => maildrop.tops([1, 2], 0), { maxTopOctets: 10, maxBatchOctets: 10 }),
      `${LOGIN_WITH_PIPELINING}
      C: TOP 1 0
      C: TOP 2 0
      S: +OK
      S: 123456789
      S: .
      S: +OK
      S: 1234
      S: .`,
    )

    assert.ok(tops[0]?.kind === 'failed' && tops[0].error instanceof LimitExceeded)
    assert.equal(tops[0].error.value, 11)
    assert.equal(tops[1]?.kind, 'top')
  })

  it('that memory has no room for are left for later, but never all of them', async () => {
    const tops = await play(
      inMaildrop(
        function* (maildrop) {
          const first = yield* maildrop.tops([1, 2, 3], 0)
          yield* maildrop.noop()
          return first
        },
        { maxTopOctets: 10, maxBatchOctets: 12 },
      ),
      `${LOGIN_WITH_PIPELINING}
      C: TOP 1 0
      C: TOP 2 0
      C: TOP 3 0
      S: +OK
      S: 12345678
      S: .
      S: +OK
      S: 1
      S: .
      S: +OK
      S: .
      C: NOOP
      S: +OK`,
    )

    assert.deepEqual(shown(tops), ['1 12345678\r\n'])
  })

  it('of impossible numbers are refused before anything is sent', () => {
    for (const numbers of [[1, 0], [1.5], [Number.NaN]]) {
      assert.throws(
        () =>
          feed(
            inMaildrop((maildrop) => maildrop.tops(numbers, 0)),
            afterLogin([]),
          ),
        RangeError,
      )
    }
  })

  it('P6 are over at an answer that is none', async () => {
    const tops = play(
      inMaildrop((maildrop) => maildrop.tops([1, 2], 0)),
      `${LOGIN_WITH_PIPELINING}
      C: TOP 1 0
      C: TOP 2 0
      S: +OK
      S: a
      S: .
      S: stray line`,
    )

    await assert.rejects(tops, ProtocolViolation)
  })

  it('P6 are each that of its own number, whatever is in them and however they are cut', async () => {
    const letter = fc.array(fc.constantFrom('.', '..', '+OK', '-ERR', 'a', ''), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(letter, { nil: undefined }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        async (letters, cut) => {
          const numbers = letters.map((_, index) => index + 1)
          const commands = numbers.map((number) => `C: TOP ${number} 9`)
          const answers = letters.flatMap((lines) =>
            lines === undefined
              ? ['S: -ERR']
              : ['S: +OK', ...lines.map((line) => `S: ${line.replace(/^\./, '..')}`), 'S: .'],
          )

          const tops = await play(
            inMaildrop((maildrop) => maildrop.tops(numbers, 9)),
            [LOGIN_WITH_PIPELINING, ...commands, ...answers].join('\n'),
            { cut: [cut] },
          )

          const expected = letters.map((lines) => lines?.map((line) => `${line}\r\n`).join(''))
          assert.deepEqual(
            tops.map((top) => (top.kind === 'top' ? textOf(top.octets) : undefined)),
            expected,
          )
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('Deletion of many letters', () => {
  it('P6 marks what the server confirms, and names what it refuses', async () => {
    await play(
      inMaildrop(function* (maildrop) {
        const refusals = yield* maildrop.deleteAll([3, 1, 2])

        assert.deepEqual([...refusals.keys()], [1])
        assert.equal(refusals.get(1)?.responseCode, 'SYS/TEMP')
        assert.deepEqual(maildrop.deletedNumbers, [3, 2])
      }),
      `${LOGIN_WITH_PIPELINING}
      C: DELE 3
      C: DELE 1
      C: DELE 2
      S: +OK
      S: -ERR [SYS/TEMP] busy
      S: +OK`,
    )
  })

  it('P6 never has more commands under way than a group', () => {
    const numbers = Array.from({ length: 2 * MAX_PIPELINED + 50 }, (_, index) => index + 1)
    const answers = ['+OK\r\n', '+OK\r\nPIPELINING\r\nUSER\r\n.\r\n', '+OK\r\n', '+OK\r\n']
    const marks = [MAX_PIPELINED, MAX_PIPELINED, 50].map((count) => '+OK\r\n'.repeat(count))

    const { demands } = feed(
      inMaildrop((maildrop) => maildrop.deleteAll(numbers)),
      [...answers, ...marks].map(octetsOf),
    )
    const commands = demands
      .flatMap((demand) => (demand.kind === 'send' ? [textOf(demand.octets)] : []))
      .flatMap((sent) => (sent.startsWith('DELE') ? [sent.split('\r\n').length - 1] : []))

    assert.deepEqual(commands, [MAX_PIPELINED, MAX_PIPELINED, 50])
  })
})

describe('Retrieval of many letters', () => {
  it('P6 gives each letter its own sink, and tells when it is whole', async () => {
    const events: string[] = []
    const refusals = await play(
      inMaildrop((maildrop) =>
        maildrop.retrieveAll([1, 2, 3], (number) => ({
          push: (octets) => {
            events.push(`${number} ${textOf(octets)}`)
          },
          end: () => {
            events.push(`${number} end`)
          },
        })),
      ),
      `${LOGIN_WITH_PIPELINING}
      C: RETR 1
      C: RETR 2
      C: RETR 3
      S: +OK
      S: one
      S: .
      S: -ERR gone
      S: +OK
      S: .`,
    )

    assert.deepEqual(events, ['1 one\r\n', '1 end', '3 end'])
    assert.deepEqual([...refusals.keys()], [2])
  })

  it('ends the session when a sink fails', async () => {
    const full = new Error('disk full')
    let isInStep = true
    const retrieval = play(
      inMaildrop(function* (maildrop) {
        try {
          yield* maildrop.retrieveAll([1, 2], () => ({ push: () => Promise.reject(full) }))
        } finally {
          isInStep = maildrop.isInStep
        }
      }),
      `${LOGIN_WITH_PIPELINING}
      C: RETR 1
      C: RETR 2
      S: +OK
      S: one
      S: .`,
    )

    await assert.rejects(retrieval, full)
    assert.equal(isInStep, false)
  })
})

describe('The time of a batch', () => {
  it('P11 is in proportion to the letters', () => {
    const read = (count: number): unknown => {
      const numbers = Array.from({ length: count }, (_, index) => index + 1)
      const answer = octetsOf('+OK\r\nSubject: x\r\n\r\n.\r\n'.repeat(count))
      const pieces = Array.from({ length: Math.ceil(answer.length / 500) }, (_, at) =>
        answer.subarray(at * 500, at * 500 + 500),
      )
      return feed(
        inMaildrop((maildrop) => maildrop.tops(numbers, 0)),
        afterLogin(pieces),
      )
    }

    const few = costOf(() => read(1_000))
    const many = costOf(() => read(16_000))

    // Sixteen times the letters: in proportion it is 16, squared it is 256.
    assert.ok(many < 100 * few, `${many} µs against ${few} µs`)
  })
})
