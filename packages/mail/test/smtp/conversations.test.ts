import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { play, playHangingUp } from '../../src/testing/play.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { credentials, sendOne, transcript } from './conversation.ts'

const conversations = [
  {
    name: 'starttls-plain',
    options: { tls: 'starttls', credentials, chunking: 'never' },
    outcome: ['accepted 250', 'rejected 550'],
    broken: ['unknown CONNECTION_LOST', 'rejected 550'],
  },
  {
    name: 'implicit-login',
    options: { tls: 'implicit', credentials },
    outcome: ['accepted 250', 'deferred 451'],
    broken: ['unknown CONNECTION_LOST', 'deferred 451'],
  },
  {
    name: 'helo',
    options: { tls: 'none' },
    outcome: ['accepted 250', 'deferred 552'],
    broken: ['unknown CONNECTION_LOST', 'deferred 552'],
  },
  {
    name: 'chunking',
    options: { tls: 'implicit' },
    outcome: ['accepted 250', 'rejected 550'],
    broken: ['unknown CONNECTION_LOST', 'rejected 550'],
  },
] as const

for (const { name, options, outcome, broken } of conversations) {
  describe(`SMTP conversation ${name}`, () => {
    const text = transcript(name)

    it('S1 S13 T5 is held, and every recipient has its outcome', async () => {
      assert.deepEqual(await play(sendOne(options), text), outcome)
    })

    it('S6 is held octet by octet', async () => {
      assert.deepEqual(await play(sendOne(options), text, { cut: [1] }), outcome)
    })

    it('S6 does not depend on how the network cuts the replies', async () => {
      const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 })
      await fc.assert(
        fc.asyncProperty(sizes, async (cut) => {
          assert.deepEqual(await play(sendOne(options), text, { cut }), outcome)
        }),
        { numRuns: 30 },
      )
    })

    it('S9 is lost where it breaks before the dot, unknown until the reply, and known from then on', async () => {
      let known: string[] = []
      const hangUps = await playHangingUp(() => {
        known = []
        return remember(known)
      }, text)

      const course = hangUps.map(({ kind, ...ending }) => {
        if (kind === 'threw') {
          assert.ok('error' in ending && ending.error instanceof ConnectionLost)
          return 'lost'
        }
        return JSON.stringify('result' in ending ? ending.result : undefined)
      })

      const phases = course.filter((phase, index) => phase !== course[index - 1])
      assert.deepEqual(phases, ['lost', JSON.stringify(broken), JSON.stringify(outcome)])
      assert.ok(course.indexOf(JSON.stringify(broken)) >= (name === 'chunking' ? 4 : 10))
    })

    /** A connection that breaks at QUIT takes nothing back. */
    function* remember(known: string[]): ReturnType<typeof sendOne> {
      try {
        return yield* sendOne(options, known)
      } catch (error) {
        if (known.length === 0 || !(error instanceof ConnectionLost)) throw error
        return known
      }
    }
  })
}
