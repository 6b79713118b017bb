import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { textOf } from '../../src/base/octets.ts'
import type { Pop3Top } from '../../src/pop3/batch.ts'
import { play } from '../../src/testing/play.ts'
import { inMaildrop, LOGIN, LOGIN_WITH_PIPELINING } from './conversation.ts'

/** What a test looks at of each letter. */
function shown(tops: readonly Pop3Top[]): readonly string[] {
  return tops.map((top) =>
    top.kind === 'top' ? `${top.maildropNumber} ${textOf(top.octets)}` : `! ${top.error.message}`,
  )
}

/** A server that takes commands ahead of its answers, and has no TOP. */
const LOGIN_WITHOUT_TOP = LOGIN_WITH_PIPELINING.replace('S: TOP\n', '')

const RETRIEVED = `
  S: +OK
  S: Subject: a
  S:
  S: one
  S: two
  S: three
  S: .`

describe('Beginnings of letters', () => {
  it('are taken out of the letters where the server has no TOP, and it is not asked for that again', async () => {
    const beginnings = await play(
      inMaildrop(function* (maildrop) {
        const headers = yield* maildrop.beginnings([1], 0)
        return [...headers, ...(yield* maildrop.beginnings([1], 2))]
      }),
      `${LOGIN}
      C: TOP 1 0
      S: -ERR what is that?
      C: RETR 1
      ${RETRIEVED}
      C: RETR 1
      ${RETRIEVED}`,
    )

    assert.deepEqual(shown(beginnings), [
      '1 Subject: a\r\n\r\n',
      '1 Subject: a\r\n\r\none\r\ntwo\r\n',
    ])
  })

  it('are the same however the network cuts the letters', async () => {
    const letter = `${LOGIN}
      C: TOP 1 1
      S: -ERR
      C: RETR 1
      ${RETRIEVED}`
    for (const cut of [[1], [2, 3], [5]]) {
      const beginnings = await play(
        inMaildrop((maildrop) => maildrop.beginnings([1], 1)),
        letter,
        { cut },
      )

      assert.deepEqual(shown(beginnings), ['1 Subject: a\r\n\r\none\r\n'])
    }
  })

  it('are asked for by TOP of a server that has once obeyed it, whatever it refuses', async () => {
    const beginnings = await play(
      inMaildrop(function* (maildrop) {
        const headers = yield* maildrop.beginnings([1], 0)
        return [...headers, ...(yield* maildrop.beginnings([2], 0))]
      }),
      `${LOGIN}
      C: TOP 1 0
      S: +OK
      S: Subject: a
      S: .
      C: TOP 2 0
      S: -ERR it is broken`,
    )

    assert.deepEqual(shown(beginnings), [
      '1 Subject: a\r\n',
      '! TOP 2 0 was rejected: -ERR it is broken',
    ])
  })

  it('are not asked for by TOP where the server says what it has, and does not name it', async () => {
    const beginnings = await play(
      inMaildrop((maildrop) => maildrop.beginnings([1, 2], 0)),
      `${LOGIN_WITHOUT_TOP}
      C: RETR 1
      C: RETR 2
      ${RETRIEVED}
      S: -ERR it is broken`,
    )

    assert.deepEqual(shown(beginnings), [
      '1 Subject: a\r\n\r\n',
      '! RETR 2 was rejected: -ERR it is broken',
    ])
  })

  it('M7 are cut where they are larger than the limit, and no more are held than there is room for', async () => {
    const limits = { maxTopOctets: 12, maxBatchOctets: 12 }
    const byTop = await play(
      inMaildrop((maildrop) => maildrop.beginnings([1], 0), limits),
      `${LOGIN}
      C: TOP 1 0
      S: +OK
      S: Subject: abc
      S: X: y
      S: .`,
    )
    const outOfLetters = await play(
      inMaildrop((maildrop) => maildrop.beginnings([1, 2], 0), limits),
      `${LOGIN_WITHOUT_TOP}
      C: RETR 1
      ${RETRIEVED.replace(': a', ': abc')}`,
    )

    assert.deepEqual(shown(byTop), ['1 Subject: abc'])
    assert.deepEqual(shown(outOfLetters), ['1 Subject: abc'])
  })
})
