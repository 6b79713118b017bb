import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { play } from '../../src/testing/play.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import type { Dialog } from '../../src/wire/dialog.ts'
import {
  envelope,
  NEXT_IN_LOCK_STEP,
  NEXT_PIPELINED,
  open,
  opening,
  pieces,
  sendAll,
  sendLetter,
} from './conversation.ts'

const one = { envelope: envelope('a@x.org') }
const two = { envelope: envelope('a@x.org', 'b@x.org') }
const pipelining = opening('PIPELINING')

async function outcomesOf(
  letters: Parameters<typeof sendAll>[0],
  transcript: string,
): Promise<readonly (readonly string[])[]> {
  return (await play(sendAll(letters), transcript)).outcomes
}

describe('Letter in one group', () => {
  it('S11 of which one recipient is refused goes to the others', async () => {
    const outcomes = await outcomesOf(
      [two, one],
      `${pipelining}
      C: MAIL FROM:<office@example.org>
      C: RCPT TO:<a@x.org>
      C: RCPT TO:<b@x.org>
      C: DATA
      S: 250 ok
      S: 550 5.1.1 unknown
      S: 250 ok
      S: 354 go on
      C: x
      C: .
      S: 250 queued
      ${NEXT_PIPELINED}`,
    )

    assert.deepEqual(outcomes, [['rejected 550', 'accepted 250'], ['accepted 250']])
  })

  it('S11 of which nobody is accepted ends with a lone dot when content is asked for all the same', async () => {
    const outcomes = await outcomesOf(
      [two, one],
      `${pipelining}
      C: MAIL FROM:<office@example.org>
      C: RCPT TO:<a@x.org>
      C: RCPT TO:<b@x.org>
      C: DATA
      S: 250 ok
      S: 550 5.1.1 unknown
      S: 450 4.2.0 busy
      S: 354 go on
      C: .
      S: 554 5.5.1 no valid recipients
      ${NEXT_PIPELINED}`,
    )

    assert.deepEqual(outcomes, [['rejected 550', 'deferred 450'], ['accepted 250']])
  })

  it('S11 whose MAIL is refused ends with a lone dot when content is asked for, and MAIL is the reason', async () => {
    const outcomes = await outcomesOf(
      [two, one],
      `${pipelining}
      C: MAIL FROM:<office@example.org>
      C: RCPT TO:<a@x.org>
      C: RCPT TO:<b@x.org>
      C: DATA
      S: 451 4.3.0 not now
      S: 503 5.5.1 need MAIL
      S: 503 5.5.1 need MAIL
      S: 354 go on
      C: .
      S: 250 whatever
      ${NEXT_PIPELINED}`,
    )

    assert.deepEqual(outcomes, [['deferred 451', 'deferred 451'], ['accepted 250']])
  })

  it('S11 whose MAIL and DATA are refused needs nothing before the next', async () => {
    const outcomes = await outcomesOf(
      [one, one],
      `${pipelining}
      C: MAIL FROM:<office@example.org>
      C: RCPT TO:<a@x.org>
      C: DATA
      S: 550 5.7.1 no
      S: 503 5.5.1 need MAIL
      S: 503 5.5.1 need RCPT
      ${NEXT_PIPELINED}`,
    )

    assert.deepEqual(outcomes, [['rejected 550'], ['accepted 250']])
  })

  it('S11 whose DATA is refused is taken back before the next', async () => {
    const outcomes = await outcomesOf(
      [two, one],
      `${pipelining}
      C: MAIL FROM:<office@example.org>
      C: RCPT TO:<a@x.org>
      C: RCPT TO:<b@x.org>
      C: DATA
      S: 250 ok
      S: 250 ok
      S: 550 5.1.1 unknown
      S: 451 4.3.0 not now
      C: RSET
      S: 250 ok
      C: MAIL FROM:<office@example.org>
      C: RCPT TO:<a@x.org>
      C: DATA
      S: 250 ok
      S: 250 ok
      S: 354 go on
      C: x
      C: .
      S: 250 queued`,
    )

    assert.deepEqual(outcomes, [['deferred 451', 'rejected 550'], ['accepted 250']])
  })

  it('is known although the connection breaks at the lone dot', async () => {
    const { outcomes, session } = await play(
      sendAll([one]),
      `${pipelining}
      C: MAIL FROM:<office@example.org>
      C: RCPT TO:<a@x.org>
      C: DATA
      S: 250 ok
      S: 550 5.1.1 unknown
      S: 354 go on
      C: .`,
    )

    assert.deepEqual(outcomes, [['rejected 550']])
    assert.equal(session.state, 'ended')
  })

  it('S11 whose sender is refused is not sent without content to a recipient that is accepted', async () => {
    const { outcomes, session } = await play(
      sendAll([one]),
      `${pipelining}
      C: MAIL FROM:<office@example.org>
      C: RCPT TO:<a@x.org>
      C: DATA
      S: 550 5.7.1 blocked
      S: 250 ok
      S: 354 go on`,
    )

    assert.deepEqual(outcomes, [['rejected 550']])
    assert.equal(session.state, 'ended')
  })

  it('S12 that RSET is refused before is not begun, and no other', async () => {
    await assert.rejects(
      play(
        sendAll([two, one]),
        `${pipelining}
        C: MAIL FROM:<office@example.org>
        C: RCPT TO:<a@x.org>
        C: RCPT TO:<b@x.org>
        C: DATA
        S: 250 ok
        S: 550 5.1.1 unknown
        S: 550 5.1.1 unknown
        S: 503 5.5.1 need RCPT
        C: RSET
        C: MAIL FROM:<office@example.org>
        C: RCPT TO:<a@x.org>
        C: DATA
        S: 502 5.5.1 what
        S: 503 5.5.1 nested MAIL
        S: 250 ok
        S: 354 go on`,
      ),
      /ConnectionLost: sending ended: the session was over: 502 5\.5\.1 what/,
    )
  })

  for (const { name, replies, outcome } of [
    { name: 'recipient', replies: 'S: 250 ok\nS: 554 5.3.2 dropped', outcome: 'rejected 554' },
    { name: 'sender', replies: 'S: 550 5.7.1 blocked', outcome: 'rejected 550' },
  ]) {
    it(`is known when the server refuses the ${name} and hangs up, as Exim does`, async () => {
      const { outcomes, session } = await play(
        sendAll([one]),
        `${pipelining}
        C: MAIL FROM:<office@example.org>
        C: RCPT TO:<a@x.org>
        C: DATA
        ${replies}`,
      )

      assert.deepEqual(outcomes, [[outcome]])
      assert.equal(session.state, 'ended')
    })
  }

  it('S9 is lost when the server hangs up before it has answered for everybody', async () => {
    const dropped = `${pipelining}
      C: MAIL FROM:<office@example.org>
      C: RCPT TO:<a@x.org>
      C: RCPT TO:<b@x.org>
      C: DATA
      S: 250 ok
      S: 554 5.3.2 dropped`

    await assert.rejects(play(sendAll([two]), dropped), ConnectionLost)
    await assert.rejects(
      play(sendAll([two]), `${dropped.replace('554', '250')}\nS: 550 no`),
      ConnectionLost,
    )
  })

  it('goes in groups of a hundred commands when there are many recipients', async () => {
    const names = Array.from({ length: 150 }, (_, index) => `n${index}@x.org`)
    const rcpt = names.map((name) => `C: RCPT TO:<${name}>`)
    const ok = 'S: 250 ok'
    const transcript = [
      pipelining,
      'C: MAIL FROM:<office@example.org>',
      ...rcpt.slice(0, 99),
      ...Array.from({ length: 100 }, () => ok),
      ...rcpt.slice(99),
      'C: DATA',
      ...Array.from({ length: 51 }, () => ok),
      'S: 354 go on\nC: x\nC: .\nS: 250 queued',
    ].join('\n')

    const [outcome] = await outcomesOf([{ envelope: envelope(...names) }], transcript)

    assert.deepEqual(new Set(outcome), new Set(['accepted 250']))
    assert.equal(outcome?.length, 150)
  })
})

describe('Letter in lock step', () => {
  it('S11 of which nobody is accepted is taken back before the next', async () => {
    const outcomes = await outcomesOf(
      [two, one],
      `${opening()}
      C: MAIL FROM:<office@example.org>
      S: 250 ok
      C: RCPT TO:<a@x.org>
      S: 550 5.1.1 unknown
      C: RCPT TO:<b@x.org>
      S: 450 4.2.0 busy
      C: RSET
      S: 250 ok
      ${NEXT_IN_LOCK_STEP}`,
    )

    assert.deepEqual(outcomes, [['rejected 550', 'deferred 450'], ['accepted 250']])
  })

  it('whose MAIL is refused asks nothing more', async () => {
    const outcomes = await outcomesOf(
      [two, one],
      `${opening()}
      C: MAIL FROM:<office@example.org>
      S: 550 5.7.1 no
      ${NEXT_IN_LOCK_STEP}`,
    )

    assert.deepEqual(outcomes, [['rejected 550', 'rejected 550'], ['accepted 250']])
  })

  for (const { reply, outcome } of [
    { reply: '452 4.3.1 full', outcome: 'deferred 452' },
    { reply: '552 5.3.4 too large', outcome: 'rejected 552' },
    { reply: '250-one\n      S: 250 two', outcome: 'accepted 250' },
  ]) {
    it(`S13 S21 whose content is answered ${reply.slice(0, 3)} is ${outcome}`, async () => {
      const outcomes = await outcomesOf(
        [one, one],
        `${opening()}
        C: MAIL FROM:<office@example.org>
        S: 250 ok
        C: RCPT TO:<a@x.org>
        S: 250 ok
        C: DATA
        S: 354 go on
        C: x
        C: .
        S: ${reply}
        ${NEXT_IN_LOCK_STEP}`,
      )

      assert.deepEqual(outcomes, [[outcome], ['accepted 250']])
    })
  }
})

describe('Recipients', () => {
  it('S13 are accepted, deferred and rejected one by one', async () => {
    const replies = {
      '250 2.1.5 ok': 'accepted 250',
      '251 2.1.5 will forward': 'accepted 250',
      '252 2.1.5 cannot verify': 'accepted 250',
      '450 4.2.0 busy': 'deferred 450',
      '452 4.5.3 too many': 'deferred 452',
      '550 5.1.1 unknown': 'rejected 550',
      '552 5.2.2 mailbox full': 'rejected 552',
      '552 5.5.3 too many': 'deferred 552',
      '552 too many': 'deferred 552',
      '571 5.7.1 blocked': 'rejected 571',
    }
    const names = Object.keys(replies).map((_, index) => `n${index}@x.org`)

    const outcomes = await outcomesOf(
      [{ envelope: envelope(...names) }],
      [
        pipelining,
        'C: MAIL FROM:<office@example.org>',
        ...names.map((name) => `C: RCPT TO:<${name}>`),
        'C: DATA',
        'S: 250 ok',
        ...Object.keys(replies).map((reply) => `S: ${reply}`),
        'S: 354 go on\nC: x\nC: .\nS: 250 queued',
      ].join('\n'),
    )

    assert.deepEqual(outcomes, [Object.values(replies)])
  })

  it('of which the first is answered 552 are not too many', async () => {
    const outcomes = await outcomesOf(
      [one],
      `${opening()}
      C: MAIL FROM:<office@example.org>
      S: 250 ok
      C: RCPT TO:<a@x.org>
      S: 552 mailbox full`,
    )

    assert.deepEqual(outcomes, [['rejected 552']])
  })

  it('carry their reply with its enhanced status', async () => {
    function* dialog(): Dialog<unknown> {
      const session = yield* open()
      const { recipients } = yield* sendLetter(session, one.envelope, { source: pieces('x') })
      return recipients[0]?.reply?.enhancedStatus
    }

    const status = await play(
      dialog(),
      `${opening()}
      C: MAIL FROM:<office@example.org>
      S: 550 5.7.26 no SPF`,
    )

    assert.deepEqual(status, { statusClass: 5, subject: 7, detail: 26 })
  })
})
