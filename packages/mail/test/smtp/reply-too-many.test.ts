import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { octetsOf } from '../../src/base/octets.ts'
import { Aborted, DeadlineExceeded } from '../../src/net/errors.ts'
import { sendLetters } from '../../src/smtp/send-letters.ts'
import { play } from '../../src/testing/play.ts'
import type { Dialog } from '../../src/wire/dialog.ts'
import { envelope, open, opening, pieces, queueOf, summary, type Fate } from './conversation.ts'

const one = envelope('a@x.org')
const ENVELOPE = 'C: MAIL FROM:<office@example.org>\nC: RCPT TO:<a@x.org>\nC: DATA'
const CONTENT = 'C: x\nC: .'
const FIRST = `${opening('PIPELINING')}${ENVELOPE}\nS: 250 ok\nS: 250 ok\nS: 354 go on`
/** The content of the first letter and the envelope of the second, which leave together. */
const BOTH = `${FIRST}\n${CONTENT}\nC: RSET\n${ENVELOPE}`

/** Letters in one burst, and what each was told: its outcomes, or the name of the error. */
function* burstOf(
  count: number,
  fates: (Fate | undefined)[] = [],
  onTaken: () => void = () => undefined,
): Dialog<readonly (string | undefined)[]> {
  const letters = Array.from({ length: count }, () => ({
    envelope: one,
    content: { source: pieces('x\r\n') },
  }))
  const queue = queueOf(letters, fates)
  const next = (): ReturnType<typeof queue.next> => {
    onTaken()
    return queue.next()
  }
  yield* sendLetters(yield* open(), { ...queue, next })
  return fates.map((fate) => {
    if (fate?.kind === 'settled') return summary(fate.outcome).join()
    return fate?.error instanceof Error ? fate.error.name : undefined
  })
}

describe('A reply too many before the answer to the content', () => {
  it('S12 leaves the outcome unknown when the answer comes to RSET, and is a refusal', async () => {
    assert.deepEqual(await play(burstOf(2), `${BOTH}\nS: 250 stray\nS: 550 5.7.1 spam`), [
      'unknown CONNECTION_LOST',
      'ConnectionLost',
    ])
  })

  it('S12 leaves the outcome unknown when DATA of the next letter shows it', async () => {
    const replies = ['250 stray', '250 queued', '250 reset', '250 mail', '250 recipient']
    const transcript = [BOTH, ...replies.map((reply) => `S: ${reply}`)].join('\n')

    assert.deepEqual(await play(burstOf(2), transcript), [
      'unknown PROTOCOL_VIOLATION',
      'ProtocolViolation',
    ])
  })

  it('S12 that is none is as certain when the next letter is refused', async () => {
    for (const { replies, outcome } of [
      { replies: ['250 mail', '550 5.1.1 no', '554 5.5.1 nobody'], outcome: 'rejected 550' },
      { replies: ['451 4.3.0 later', '503 no', '503 no'], outcome: 'deferred 451' },
    ]) {
      const lines = ['250 queued', '250 reset', ...replies].map((reply) => `S: ${reply}`)
      const transcript = [BOTH, ...lines].join('\n')

      assert.deepEqual(await play(burstOf(2), transcript), ['accepted 250', outcome])
    }
  })

  it('S12 that is none is as certain when the server goes away behind it', async () => {
    for (const end of ['S: 421 4.3.2 bye', '']) {
      const transcript = `${BOTH}\nS: 250 queued\n${end}`
      const [first] = await play(burstOf(2), transcript)

      assert.equal(first, 'accepted 250')
    }
  })

  it('S12 that is none is as certain when time is up behind it, or the next letter is given up', () => {
    for (const failure of [new DeadlineExceeded('receive', 1), new Aborted('enough')]) {
      const offer = '250-mail.example.org\r\n250 PIPELINING'
      const replies = ['220 ready', offer, '250 ok\r\n250 ok\r\n354 go on', '250 queued']
      const content = [octetsOf('x\r\n'), null]
      const dialog = burstOf(2)
      let step = dialog.next()
      while (step.done !== true) {
        const { kind } = step.value
        const reply = kind === 'receive' ? replies.shift() : undefined
        if (reply !== undefined) step = dialog.next(octetsOf(`${reply}\r\n`))
        else if (kind === 'receive') step = dialog.throw(failure)
        else step = dialog.next(kind === 'pull' ? content.shift() : undefined)
      }

      assert.deepEqual(step.value, ['accepted 250', failure.name])
    }
  })

  it('is not waited for longer than the server takes for the next letter, though it refuses all', async () => {
    for (const replies of [
      ['451 4.3.0 later', '503 no', `503 no\n${ENVELOPE}`],
      ['250 mail', '550 5.1.1 no', `554 5.5.1 nobody\nC: RSET\n${ENVELOPE}\nS: 250 reset`],
      ['250 mail', '250 ok', `451 4.3.0 later\nC: RSET\nS: 250 reset\n${ENVELOPE}`],
    ]) {
      const lines = ['250 queued', '250 reset', ...replies].map((reply) => `S: ${reply}`)
      const fates: (Fate | undefined)[] = []
      const known: boolean[] = []
      const burst = burstOf(3, fates, () => known.push(fates[0] !== undefined))
      const [first] = await play(burst, [BOTH, ...lines, 'S: 421 4.3.2 bye'].join('\n'))

      assert.equal(first, 'accepted 250')
      assert.deepEqual(known.slice(0, 3), [false, false, true])
    }
  })
})
