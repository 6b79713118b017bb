import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SmtpReplyRejected } from '../../src/smtp/errors.ts'
import { play } from '../../src/testing/play.ts'
import { envelope, open, opening, sendAll } from './conversation.ts'

const lmtp = { protocol: 'lmtp' } as const
const three = { envelope: envelope('a@x.org', 'b@x.org', 'c@x.org') }
const one = { envelope: envelope('a@x.org') }
const MAIL = `
  C: MAIL FROM:<office@example.org>
  C: RCPT TO:<a@x.org>
  C: RCPT TO:<b@x.org>
  C: RCPT TO:<c@x.org>`
const REPLIES = `
  S: 250 ok
  S: 250 ok
  S: 550 5.1.1 unknown
  S: 250 ok`

function greeted(...extensions: readonly string[]): string {
  return opening(...extensions).replace('EHLO', 'LHLO')
}

describe('LMTP', () => {
  it('greets with LHLO, and knows nothing else', async () => {
    await play(open(lmtp), greeted('PIPELINING'))
    await assert.rejects(
      play(open(lmtp), 'S: 220 x\nC: LHLO shop-1.example.org\nS: 500 what'),
      SmtpReplyRejected,
    )
  })

  for (const { name, extensions, content } of [
    {
      name: 'DATA',
      extensions: ['PIPELINING'],
      content: `\nC: DATA${REPLIES}\nS: 354 go on\nC: x\nC: .`,
    },
    {
      name: 'BDAT',
      extensions: ['PIPELINING', 'CHUNKING'],
      content: `${REPLIES}\nC: BDAT 3 LAST\nC: x`,
    },
  ]) {
    const begun = `${greeted(...extensions)}${MAIL}${content}`

    it(`S14 has a reply for each accepted recipient after ${name}`, async () => {
      const { outcomes } = await play(
        sendAll([three], lmtp),
        `${begun}\nS: 250 delivered\nS: 452 4.2.2 full`,
      )

      assert.deepEqual(outcomes, [['accepted 250', 'rejected 550', 'deferred 452']])
    })

    it(`S14 knows what was said before the connection was lost, after ${name}`, async () => {
      const { outcomes, session } = await play(sendAll([three], lmtp), `${begun}\nS: 250 delivered`)

      assert.deepEqual(outcomes, [['accepted 250', 'rejected 550', 'unknown CONNECTION_LOST']])
      assert.equal(session.state, 'ended')
    })
  }

  it('S11 parts when content is asked for that nobody is to get, because no reply would come', async () => {
    const { outcomes, session } = await play(
      sendAll([one], lmtp),
      `${greeted('PIPELINING')}
      C: MAIL FROM:<office@example.org>
      C: RCPT TO:<a@x.org>
      C: DATA
      S: 250 ok
      S: 550 5.1.1 unknown
      S: 354 go on`,
    )

    assert.deepEqual(outcomes, [['rejected 550']])
    assert.equal(session.state, 'ended')
  })
})
