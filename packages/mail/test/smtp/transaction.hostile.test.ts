import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { octetsOf } from '../../src/base/octets.ts'
import { play } from '../../src/testing/play.ts'
import type { Dialog } from '../../src/wire/dialog.ts'
import { ConnectionLost, ProtocolViolation } from '../../src/wire/errors.ts'
import { envelope, NEXT_PIPELINED, opening, pieces, sendAll } from './conversation.ts'

const one = { envelope: envelope('a@x.org') }
const two = { envelope: envelope('a@x.org', 'b@x.org') }
const pipelining = opening('PIPELINING')

/** Exactly what leaves at once, 128 KiB; and a letter of that and one line more. */
const FIRST_BLOCK = [...Array.from({ length: 131 }, () => 'x'.repeat(998)), 'x'.repeat(70)]
const FIRST_BLOCK_SENT = FIRST_BLOCK.map((line) => `C: ${line}`).join('\n')
const LARGE = [...FIRST_BLOCK, 'y', ''].join('\r\n')
const large = (): Parameters<typeof sendAll>[0][number] => ({
  ...one,
  source: pieces(LARGE, LARGE.length),
})

describe('421', () => {
  const begun = `${pipelining}
    C: MAIL FROM:<office@example.org>
    C: RCPT TO:<a@x.org>
    C: RCPT TO:<b@x.org>
    C: DATA`

  for (const { name, transcript, outcome } of [
    { name: 'to MAIL', transcript: 'S: 421 bye', outcome: ['deferred 421', 'deferred 421'] },
    {
      name: 'to a recipient',
      transcript: 'S: 250 ok\nS: 550 no\nS: 421 bye',
      outcome: ['rejected 550', 'deferred 421'],
    },
    {
      name: 'to DATA',
      transcript: 'S: 250 ok\nS: 550 no\nS: 250 ok\nS: 421 bye',
      outcome: ['rejected 550', 'deferred 421'],
    },
    {
      name: 'to the content',
      transcript: 'S: 250 ok\nS: 550 no\nS: 250 ok\nS: 354 go on\nC: x\nC: .\nS: 421 bye',
      outcome: ['rejected 550', 'deferred 421'],
    },
  ]) {
    it(`S8 ${name} ends the session, and is the outcome of what was still open`, async () => {
      const { session, outcomes } = await play(sendAll([two]), `${begun}\n${transcript}`)

      assert.deepEqual(outcomes, [outcome])
      assert.equal(session.state, 'ended')
    })
  }

  for (const { name, transcript } of [
    { name: 'MAIL', transcript: '' },
    { name: 'RCPT', transcript: 'S: 250 ok\nC: RCPT TO:<a@x.org>' },
    { name: 'DATA', transcript: 'S: 250 ok\nC: RCPT TO:<a@x.org>\nS: 250 ok\nC: DATA' },
  ]) {
    it(`S8 to ${name} in lock step ends the session`, async () => {
      const { session, outcomes } = await play(
        sendAll([one]),
        `${opening()}\nC: MAIL FROM:<office@example.org>\n${transcript}\nS: 421 bye`,
      )

      assert.deepEqual(outcomes, [['deferred 421']])
      assert.equal(session.state, 'ended')
    })
  }

  it('S8 lets no other letter be sent over the session', async () => {
    await assert.rejects(
      play(sendAll([two, two]), `${begun}\nS: 421 4.3.2 bye`),
      (error) =>
        error instanceof ConnectionLost &&
        error.message.endsWith('the session was over: 421 4.3.2 bye'),
    )
  })

  it('S8 S12 unasked ends the session before anything of a letter is sent', async () => {
    const { session, outcomes } = await play(
      sendAll([one, two]),
      `${pipelining}${NEXT_PIPELINED}\nS: 421 4.4.2 timeout`,
    )

    assert.deepEqual(outcomes, [['accepted 250'], ['deferred 421', 'deferred 421']])
    assert.equal(session.state, 'ended')
  })
})

describe('Replies that do not fit', () => {
  /** A server says one thing too many, and what it says to the last recipient comes to DATA. */
  const shifted = `${pipelining}
    C: MAIL FROM:<office@example.org>
    C: RCPT TO:<a@x.org>
    C: RCPT TO:<b@x.org>
    C: DATA
    S: 250 stray
    S: 250 mail
    S: 250 a
    S: 550 5.1.1 b`

  it('S12 one too many before DATA refuses no recipient with what was said of another', async () => {
    const late = `${shifted}\nC: RSET\nS: 354 go on`
    const together = `${shifted}\nS: 354 go on`

    await assert.rejects(play(sendAll([two]), late), ConnectionLost)
    await assert.rejects(play(sendAll([two]), together), ProtocolViolation)
  })

  it('S12 a refusal of DATA counts as soon as RSET is answered as it must be, or refused', async () => {
    for (const reset of ['250 forgotten', '503 5.5.1 what?', '421 4.7.0 enough']) {
      const { outcomes } = await play(sendAll([two]), `${shifted}\nC: RSET\nS: ${reset}`)

      assert.deepEqual(outcomes, [['rejected 550', 'rejected 550']])
    }
  })

  it('S12 a reply too many is noticed before the next letter', async () => {
    for (const extra of ['250 ok', '354 go on']) {
      await assert.rejects(
        play(sendAll([one, one]), `${pipelining}${NEXT_PIPELINED}\nS: ${extra}`),
        (error) => error instanceof ProtocolViolation && error.line === extra,
      )
    }
  })

  for (const word of [
    '221 2.0.0 bye',
    '451 4.7.0 Timeout waiting for client input',
    '550 5.4.2 idle for too long',
  ]) {
    it(`S12 unasked, "${word}" is the end of the session, and nobody has the next letter`, async () => {
      await assert.rejects(
        play(sendAll([one, one]), `${pipelining}${NEXT_PIPELINED}\nS: ${word}`),
        (error) => error instanceof ConnectionLost && error.message.endsWith(word),
      )
    })
  }

  for (const { name, transcript } of [
    { name: 'MAIL with 354', transcript: 'S: 354 go on' },
    { name: 'RCPT with 354', transcript: 'S: 250 ok\nC: RCPT TO:<a@x.org>\nS: 354 go on' },
    {
      name: 'DATA with 250',
      transcript: 'S: 250 ok\nC: RCPT TO:<a@x.org>\nS: 250 ok\nC: DATA\nS: 250 ok',
    },
    {
      name: 'DATA with 334',
      transcript: 'S: 250 ok\nC: RCPT TO:<a@x.org>\nS: 250 ok\nC: DATA\nS: 334 go on',
    },
    { name: 'MAIL with text', transcript: 'S: sure' },
  ]) {
    it(`to ${name} are a violation, and no content is sent`, async () => {
      await assert.rejects(
        play(sendAll([one]), `${opening()}\nC: MAIL FROM:<office@example.org>\n${transcript}`),
        ProtocolViolation,
      )
    })
  }

  for (const reply of ['354 go on', 'whatever', '250-a\nS: 550 b']) {
    it(`S9 to the content, as "${reply.split('\n', 1)[0]}", leave the outcome unknown`, async () => {
      const { session, outcomes } = await play(
        sendAll([one]),
        `${pipelining}${NEXT_PIPELINED.replace('S: 250 queued', `S: ${reply}`)}`,
      )

      assert.deepEqual(outcomes, [['unknown PROTOCOL_VIOLATION']])
      assert.equal(session.state, 'ended')
    })
  }

  it('S12 pipelined replies may be cut anywhere', async () => {
    const transcript = `${pipelining}${NEXT_PIPELINED}${NEXT_PIPELINED}`
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(sizes, async (cut) => {
        const { outcomes } = await play(sendAll([one, one]), transcript, { cut })
        assert.deepEqual(outcomes, [['accepted 250'], ['accepted 250']])
      }),
      { numRuns: 30 },
    )
  })
})

describe('A server that speaks before the content has ended', () => {
  const begun = NEXT_PIPELINED.replace(/\n *C: x\n[^]*/, '')

  it('S10 S12 in the same breath with the go-ahead has said no verdict, and gets none of the content', async () => {
    await assert.rejects(
      play(sendAll([one]), `${pipelining}${begun}\nS: 250 queued`),
      (error) => error instanceof ProtocolViolation && error.line === '250 queued',
    )
  })

  for (const { reply, outcome } of [
    { reply: '552 5.3.4 too much', outcome: 'rejected 552' },
    { reply: '421 4.3.2 bye', outcome: 'deferred 421' },
  ]) {
    it(`S10 with "${reply}" is heard, and gets no dot`, async () => {
      const { session, outcomes } = await play(
        sendAll([large()]),
        `${pipelining}${begun}\n${FIRST_BLOCK_SENT}\nS: ${reply}`,
      )

      assert.deepEqual(outcomes, [[outcome]])
      assert.equal(session.state, 'ended')
    })
  }

  for (const reply of ['250 queued', '354 go on', 'what']) {
    it(`S12 with "${reply}" is not believed: nobody has the letter`, async () => {
      await assert.rejects(
        play(sendAll([large()]), `${pipelining}${begun}\n${FIRST_BLOCK_SENT}\nS: ${reply}`),
        ProtocolViolation,
      )
      await assert.rejects(
        play(sendAll([one]), `${pipelining}${begun}\nS: ${reply}`),
        ProtocolViolation,
      )
    })
  }

  it('S12 or before a command is not taken for the answer to it, however it is cut', async () => {
    for (const cut of [[1], [1000]]) {
      await assert.rejects(
        play(sendAll([one, one]), `${pipelining}${NEXT_PIPELINED}\nS: 250 queued`, { cut }),
        ProtocolViolation,
      )
    }
  })

  it('S12 with two lines, of which the first is 421, has ended the session', async () => {
    const { outcomes } = await play(
      sendAll([two]),
      `${pipelining}
      C: MAIL FROM:<office@example.org>
      C: RCPT TO:<a@x.org>
      C: RCPT TO:<b@x.org>
      C: DATA
      S: 421 4.3.2 bye
      S: 503 what`,
    )

    assert.deepEqual(outcomes, [['deferred 421', 'deferred 421']])
  })
})

describe('A server that refuses in the middle of the content', () => {
  /** How a demand is answered, without a connection: by the server's words or a piece of content, by 'sent', 'end' or an error. */
  type Answer = string | Error

  function run<Result>(dialog: Dialog<Result>, answers: readonly Answer[]): Result {
    let step = dialog.next()
    for (const answer of answers) {
      assert.equal(step.done, false)
      if (answer instanceof Error) step = dialog.throw(answer)
      else if (answer === 'sent') step = dialog.next(undefined)
      else step = dialog.next(answer === 'end' ? null : octetsOf(answer))
      while (step.done !== true && step.value.kind === 'poll') step = dialog.next(undefined)
    }
    assert.ok(step.done === true, 'the dialog has ended')
    return step.value
  }

  const begun: readonly Answer[] = [
    '220 x\r\n',
    'sent',
    '250-x\r\n250 PIPELINING\r\n',
    'sent',
    '250 ok\r\n250 ok\r\n354 go on\r\n',
  ]
  const lost = new ConnectionLost('sending')

  for (const { name, answers, outcome } of [
    {
      name: 'S10 with 552 and hangs up gets its word heard',
      answers: [LARGE, lost, '552 5.3.4 too large\r\n'],
      outcome: 'rejected 552',
    },
    {
      name: 'S10 with 421 and hangs up gets its word heard',
      answers: [LARGE, lost, '421 4.3.2 bye\r\n'],
      outcome: 'deferred 421',
    },
    {
      name: 'S9 without a word after the dot leaves the outcome unknown',
      answers: ['end', lost, 'end'],
      outcome: 'unknown CONNECTION_LOST',
    },
    {
      name: 'S9 S10 with 554 at the dot gets its word heard',
      answers: ['end', lost, '554 5.6.0 no\r\n'],
      outcome: 'rejected 554',
    },
    {
      name: 'S9 with 250 and then breaks leaves the outcome unknown',
      answers: ['end', lost, '250 queued\r\n'],
      outcome: 'unknown CONNECTION_LOST',
    },
  ] as const) {
    it(name, () => {
      const { outcomes, session } = run(sendAll([one]), [...begun, ...answers])

      assert.deepEqual(outcomes, [[outcome]])
      assert.equal(session.state, 'ended')
    })
  }

  for (const { name, answers } of [
    { name: 'without a word', answers: [LARGE, lost, 'end'] },
    { name: 'with half a word', answers: [LARGE, lost, '552 5.', 'end'] },
    { name: 'with no reply', answers: [LARGE, lost, 'oops\r\n'] },
    { name: 'with a word that is no refusal', answers: [LARGE, lost, '250 ok\r\n'] },
  ] as const) {
    it(`S9 ${name} has lost the connection`, () => {
      assert.throws(
        () => run(sendAll([one]), [...begun, ...answers]),
        (error) => error === lost,
      )
    })
  }
})
