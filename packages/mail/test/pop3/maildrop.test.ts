import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { octetsOf } from '../../src/base/octets.ts'
import { Pop3ResponseRejected } from '../../src/pop3/errors.ts'
import { play } from '../../src/testing/play.ts'
import { DEFAULT_DEADLINES } from '../../src/wire/deadlines.ts'
import { ProtocolViolation } from '../../src/wire/errors.ts'
import { inMaildrop, letterText, logIn, LOGIN, LOGIN_WITH_UIDL_AND_TOP } from './conversation.ts'
import { afterLogin, feed } from './feed.ts'
import { costOf } from '../cost-of.ts'

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
  const uidl = (
    login: string,
    answer: string,
  ): Promise<ReadonlyMap<number, string | undefined> | undefined> =>
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
  function* listing(count: number, lineOf: (number: number) => string): Generator<Uint8Array> {
    yield octetsOf('+OK\r\n')
    for (let number = 1; number <= count; number += 50) {
      let lines = ''
      for (let line = number; line < number + 50; line++) lines += `${lineOf(line)}\r\n`
      const octets = octetsOf(lines)
      yield octets.subarray(0, 700)
      yield octets.subarray(700)
    }
    yield octetsOf('.\r\n')
  }

  const uniqueIds = (count: number) =>
    feed(
      inMaildrop((maildrop) => maildrop.uniqueIds()),
      afterLogin(listing(count, (number) => `${number} ${number.toString(16).padStart(24, '0')}`)),
    ).result

  const sizes = (count: number) =>
    feed(
      inMaildrop((maildrop) => maildrop.list()),
      afterLogin(listing(count, (number) => `${number} ${number * 3}`)),
    ).result

  it('P11 of a hundred thousand letters are read whole', () => {
    const ids = uniqueIds(100_000)

    assert.equal(ids?.size, 100_000)
    assert.equal(ids.get(100_000), '0000000000000000000186a0')
    assert.equal(sizes(100_000).get(100_000), 300_000)
  })

  for (const [name, read] of [
    ['UIDL', uniqueIds],
    ['LIST', sizes],
  ] as const) {
    it(`P11 take time in proportion to the letters: ${name}`, () => {
      const few = costOf(() => read(6_000))
      const many = costOf(() => read(96_000))

      // Sixteen times the letters: in proportion it is 16, squared it is 256.
      assert.ok(many < 100 * few, `${many} µs against ${few} µs`)
    })
  }

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

  it('is bounded by octets too', () => {
    function* endless(): Generator<Uint8Array> {
      yield octetsOf('+OK\r\n')
      for (let number = 1; ; number++) yield octetsOf(`${number} ${'x'.repeat(1_000)}\r\n`)
    }

    assert.throws(
      () =>
        feed(
          inMaildrop((maildrop) => maildrop.uniqueIds(), { maxListingOctets: 10_000 }),
          afterLogin(endless()),
        ),
      (error) => error instanceof LimitExceeded && error.option === 'limits.maxListingOctets',
    )
  })

  it('has one deadline for all of it, which grows by a millisecond with each octet', () => {
    const pieces = ['+OK\r\n', '1 5\r\n', '2 6\r\n', '.\r\n'].map(octetsOf)
    const { demands } = feed(
      inMaildrop((maildrop) => maildrop.list()),
      afterLogin(pieces),
    )

    const receives = demands.filter((demand) => demand.kind === 'receive').slice(-3)

    assert.deepEqual(
      receives.map(({ timeoutMs }) => timeoutMs),
      [300_000, 300_005, 300_010],
    )
    assert.equal(new Set(receives.map(({ answer }) => answer)).size, 1)
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
