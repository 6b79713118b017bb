import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
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

/** Two letters in one burst, and what each was told: its outcomes, or the code of the error. */
function* twoLetters(): Dialog<readonly (string | undefined)[]> {
  const fates: (Fate | undefined)[] = []
  const letter = (): Parameters<typeof queueOf>[0][number] => ({
    envelope: one,
    content: { source: pieces('x\r\n') },
  })
  yield* sendLetters(yield* open(), queueOf([letter(), letter()], fates))
  return fates.map((fate) => {
    if (fate?.kind === 'settled') return summary(fate.outcome).join()
    return fate?.error instanceof Error ? fate.error.name : undefined
  })
}

describe('A reply too many before the answer to the content', () => {
  it('S12 leaves the outcome unknown when the answer comes to RSET, and is a refusal', async () => {
    assert.deepEqual(await play(twoLetters(), `${BOTH}\nS: 250 stray\nS: 550 5.7.1 spam`), [
      'unknown CONNECTION_LOST',
      'ConnectionLost',
    ])
  })

  it('S12 leaves the outcome unknown when DATA of the next letter shows it', async () => {
    const replies = ['250 stray', '250 queued', '250 reset', '250 mail', '250 recipient']
    const transcript = [BOTH, ...replies.map((reply) => `S: ${reply}`)].join('\n')

    assert.deepEqual(await play(twoLetters(), transcript), [
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

      assert.deepEqual(await play(twoLetters(), transcript), ['accepted 250', outcome])
    }
  })

  it('S12 that is none is as certain when the server goes away behind it', async () => {
    for (const end of ['S: 421 4.3.2 bye', '']) {
      const transcript = `${BOTH}\nS: 250 queued\n${end}`
      const [first] = await play(twoLetters(), transcript)

      assert.equal(first, 'accepted 250')
    }
  })
})
