import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { octetsOf, textOf } from '../../src/base/octets.ts'
import { Pop3ResponseRejected } from '../../src/pop3/errors.ts'
import { play } from '../../src/testing/play.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { inMaildrop, letterText, LOGIN } from './conversation.ts'
import { afterLogin, feed } from './feed.ts'

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
