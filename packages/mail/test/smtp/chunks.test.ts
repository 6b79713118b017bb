import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { octetsOf, textOf } from '../../src/base/octets.ts'
import { drive } from '../../src/net/drive.ts'
import { DeadlineExceeded } from '../../src/net/errors.ts'
import { CommandChannel } from '../../src/smtp/command-channel.ts'
import type { Content } from '../../src/smtp/content.ts'
import { DEFAULT_SMTP_LIMITS } from '../../src/smtp/limits.ts'
import { sendLetters } from '../../src/smtp/send-letters.ts'
import { play } from '../../src/testing/play.ts'
import { DEFAULT_DEADLINES } from '../../src/wire/deadlines.ts'
import type { Dialog, OctetSource } from '../../src/wire/dialog.ts'
import type { SmtpSession, SmtpSessionOptions } from '../../src/smtp/session.ts'
import {
  envelope,
  NEXT_PIPELINED,
  open,
  opening,
  pieces,
  queueOf,
  sendAll,
  summary,
  type Fate,
} from './conversation.ts'
import { ScriptedServer } from './scripted-server.ts'

const one = { envelope: envelope('a@x.org') }
const offered = opening('PIPELINING', 'CHUNKING')
const ENVELOPE = 'C: MAIL FROM:<office@example.org>\nC: RCPT TO:<a@x.org>'
const OK = 'S: 250 ok\nS: 250 ok'
/** Of a burst, the first letter waits here: nobody has it if the server is not there any more. */
const FIRST = `${offered}${ENVELOPE}\n${OK}`
const NEXT = `\n${ENVELOPE}\nC: BDAT 3 LAST\nC: x\n${OK}\nS: 250 queued`

async function outcomesOf(
  letters: Parameters<typeof sendAll>[0],
  transcript: string,
  options: Partial<SmtpSessionOptions> = {},
): Promise<readonly (readonly string[])[]> {
  return (await play(sendAll(letters, options), transcript)).outcomes
}

/** Letters in one burst, and what each was told: its outcomes, or the message of the error. */
function* burst(sources: readonly (OctetSource | Partial<Content>)[]): Dialog<{
  readonly said: readonly (readonly string[] | string)[]
  readonly session: SmtpSession
}> {
  const session = yield* open()
  const fates: Fate[] = []
  const letters = sources.map((given) => ({
    ...one,
    content: { source: pieces('x\r\n'), ...('next' in given ? { source: given } : given) },
  }))
  yield* sendLetters(session, queueOf(letters, fates))
  const said = fates.map((fate) =>
    fate.kind === 'settled' ? summary(fate.outcome) : String(fate.error),
  )
  return { said, session }
}

/** The same dialog, and what it sends. */
function* watched<Result>(dialog: Dialog<Result>, sent: Uint8Array[]): Dialog<Result> {
  let step = dialog.next()
  while (step.done !== true) {
    if (step.value.kind === 'send') sent.push(step.value.octets)
    step = dialog.next(yield step.value)
  }
  return step.value
}

async function* failing(...before: readonly string[]): OctetSource {
  for (const text of before) yield octetsOf(text)
  throw new Error('the disk is gone')
}

describe('A letter in chunks', () => {
  it('S5 leaves when its recipients are accepted, and no dot is stuffed', async () => {
    const outcomes = await outcomesOf(
      [{ ...one, text: '.\r\n..\r\nx' }],
      `${FIRST}\nC: BDAT 10 LAST\nC: .\nC: ..\nC: x\nS: 250 queued`,
    )

    assert.deepEqual(outcomes, [['accepted 250']])
  })

  it('S5 may be empty', async () => {
    await outcomesOf([{ ...one, text: '' }], `${FIRST}\nC: BDAT 0 LAST\nS: 250 ok`)
  })

  it('S5 is of several when it is large, which do not wait for one another', async () => {
    const line = 'x'.repeat(998)
    const lines = (count: number): string => `\nC: ${line}`.repeat(count)

    const outcomes = await outcomesOf(
      [{ ...one, source: pieces(`${line}\r\n`.repeat(200), 1_000) }],
      `${FIRST}\nC: BDAT 131000${lines(131)}\nC: BDAT 69000 LAST${lines(69)}\nS: 250 ok\nS: 250 queued`,
    )

    assert.deepEqual(outcomes, [['accepted 250']])
  })

  it('S12 is not sent when a reply too many has arrived meanwhile, although it was not read yet', () => {
    const replies = ['220 x', '250-x\r\n250-PIPELINING\r\n250 CHUNKING', '250 stray', '250 mail']
    const arrived = ['250 the recipient']
    const dialog = burst([{}])
    const sent: string[] = []
    let step = dialog.next()
    while (step.done !== true) {
      const demand = step.value
      if (demand.kind === 'send') sent.push(textOf(demand.octets))
      // In passing, only what was read before is seen.
      const isAsked = demand.kind === 'poll' && demand.isInPassing !== true && sent.length > 1
      const isAwaited = demand.kind === 'receive'
      const reply = isAwaited ? replies.shift() : isAsked ? arrived.shift() : undefined
      step = dialog.next(reply === undefined ? undefined : octetsOf(`${reply}\r\n`))
    }

    assert.match(String(step.value.said[0]), /reply to nothing/)
    assert.ok(!sent.some((octets) => octets.includes('BDAT')))
  })

  it('S5 is not copied when it is large', async () => {
    const line = 'x'.repeat(998)
    const piece = octetsOf(`${line}\r\n`.repeat(30))
    const sent: Uint8Array[] = []
    async function* source(): OctetSource {
      yield piece
    }

    await play(
      watched(burst([{ source: source(), isCanonical: true }]), sent),
      `${offered}${ENVELOPE}\n${OK}\nC: BDAT 30000 LAST${`\nC: ${line}`.repeat(30)}\nS: 250 queued`,
    )

    assert.ok(sent.some(({ buffer, length }) => buffer === piece.buffer && length === piece.length))
  })

  it('S5 of which the first is refused is not continued, and is forgotten together with the next letter', async () => {
    const line = 'x'.repeat(998)
    // It is waited for only until there is something else to do: the replies that are owed.
    async function* stalled(): OctetSource {
      yield octetsOf(`${line}\r\n`.repeat(131))
      yield octetsOf(`${line}\r\n`)
      await new Promise(() => {})
    }

    const { said } = await play(
      burst([stalled(), {}]),
      `${FIRST}\nC: BDAT 131000${`\nC: ${line}`.repeat(131)}
      S: 452 4.3.1 full
      C: RSET${NEXT.replace('S: 250 ok', 'S: 250 reset\nS: 250 ok')}`,
    )

    assert.deepEqual(said, [['deferred 452'], ['accepted 250']])
  })

  it('S11 that nobody was accepted for has the outcomes of RCPT, whatever its content is answered', async () => {
    for (const reply of ['503 5.5.1 need RCPT', '554 5.5.1 no valid recipients', '250 fine']) {
      const { said } = await play(
        burst([{}, {}]),
        `${FIRST}\nC: BDAT 3 LAST\nC: x\nC: RSET\n${ENVELOPE}\nC: BDAT 3 LAST\nC: x
        S: 250 queued\nS: 250 reset\nS: 250 ok\nS: 550 5.1.1 unknown\nS: ${reply}`,
      )

      assert.deepEqual(said, [['accepted 250'], ['rejected 550']])
    }
  })

  it('S11 that is the first and that nobody is accepted for is not sent', async () => {
    const { said } = await play(
      burst([{}]),
      `${offered}${ENVELOPE}\nS: 250 ok\nS: 550 5.1.1 unknown`,
    )

    assert.deepEqual(said, [['rejected 550']])
  })

  it('S11 waits for nothing without PIPELINING but for what was asked', async () => {
    const lockStep = `${opening('CHUNKING')}
      C: MAIL FROM:<office@example.org>
      S: 250 ok
      C: RCPT TO:<a@x.org>`

    assert.deepEqual(
      await outcomesOf(
        [one, one],
        `${lockStep}
        S: 550 5.1.1 unknown
        C: RSET
        S: 250 ok
        C: MAIL FROM:<office@example.org>
        S: 250 ok
        C: RCPT TO:<a@x.org>
        S: 250 ok
        C: BDAT 3 LAST
        C: x
        S: 250 queued`,
      ),
      [['rejected 550'], ['accepted 250']],
    )
  })

  it('S9 whose part was refused and whose end was accepted has an unknown outcome', async () => {
    const line = 'x'.repeat(998)
    const { said } = await play(
      burst([{ source: pieces(`${line}\r\n`.repeat(132), 1_000) }]),
      `${FIRST}\nC: BDAT 131000${`\nC: ${line}`.repeat(131)}\nC: BDAT 1000 LAST\nC: ${line}
      S: 452 4.3.1 full\nS: 250 queued`,
    )

    assert.deepEqual(said, [['unknown PROTOCOL_VIOLATION']])
  })

  const REST = `\nC: RSET\n${ENVELOPE}\nC: BDAT 3 LAST\nC: x`
  const THREE = `${FIRST}\nC: BDAT 3 LAST\nC: x${REST}${REST}\nS: 250 queued\nS: 250 reset\nS: 250 ok`

  for (const { name, after, outcome } of [
    { name: 'are not looked at when the server hangs up', after: '', outcome: 'deferred 421' },
    {
      name: 'may have arrived when the server goes on',
      after: '\nS: 503 5.5.1 need RCPT\nS: 250 reset\nS: 250 ok\nS: 250 ok\nS: 250 queued',
      outcome: 'unknown CONNECTION_LOST',
    },
  ]) {
    it(`S8 that are behind one whose recipient is answered 421 ${name}`, async () => {
      const { said, session } = await play(
        burst([{}, {}, {}]),
        `${THREE}\nS: 421 4.7.0 slow down${after}`,
      )

      assert.deepEqual(said, [['accepted 250'], ['deferred 421'], [outcome]])
      assert.equal(session.state, 'ended')
    })
  }

  it('S8 may have arrived when the server says 421 and does not hang up within a second', () => {
    const dialog = new CommandChannel(DEFAULT_DEADLINES, DEFAULT_SMTP_LIMITS).goesOn()

    assert.deepEqual(dialog.next().value, { kind: 'receive', timeoutMs: 1_000 })
    assert.equal(dialog.throw(new DeadlineExceeded('receive', 1_000)).value, true)
  })

  it('S12 may have gone to others when RSET is refused, and no other follows', async () => {
    const { said, session } = await play(
      burst([{}, {}]),
      `${FIRST}\nC: BDAT 3 LAST\nC: x${REST}\nS: 250 queued\nS: 550 no\nS: 503 nested MAIL\nS: 250 ok\nS: 250 queued`,
    )

    // The refusal may have been meant for the content of the first.
    assert.deepEqual(said, [['unknown CONNECTION_LOST'], ['unknown CONNECTION_LOST']])
    assert.equal(session.state, 'ended')
  })

  for (const { extra, outcome } of [
    { extra: '250 ok', outcome: 'unknown PROTOCOL_VIOLATION' },
    { extra: '554 5.6.0 not wanted', outcome: 'unknown PROTOCOL_VIOLATION' },
    { extra: '451 4.3.0 try again', outcome: 'unknown CONNECTION_LOST' },
    { extra: '421 4.4.2 idle for too long', outcome: 'accepted 250' },
    { extra: '221 2.0.0 bye', outcome: 'accepted 250' },
  ]) {
    it(`S12 are all "${outcome}" when behind their replies there is "${extra}"`, async () => {
      const { said, session } = await play(
        burst([{}, {}]),
        `${FIRST}\nC: BDAT 3 LAST\nC: x${REST}
        S: 250 queued\nS: 250 reset\nS: 250 ok\nS: 250 ok\nS: 250 queued\nS: ${extra}`,
      )

      assert.deepEqual(said, [[outcome], [outcome]])
      assert.equal(session.state, 'ended')
    })
  }

  it('S12 are counted anew after four megabytes, whose letters then learn what became of them', async () => {
    const told: number[] = []
    const line = `${'x'.repeat(998)}\r\n`
    const part = octetsOf(line.repeat(60))
    async function* large(): OctetSource {
      for (let count = 0; count < 80; count++) yield part
    }
    function* server(dialog: Dialog<unknown>): Dialog<void> {
      let step = dialog.next()
      while (step.done !== true) {
        const { value } = step
        const isLast = value.kind === 'send' && textOf(value.octets).includes('MAIL FROM')
        if (isLast) told.push(fates.length)
        step = dialog.next(yield value)
      }
    }
    const fates: Fate[] = []
    const letters = [large(), large()].map((source) => ({
      ...one,
      content: { source, isCanonical: true },
    }))
    const scripted = new ScriptedServer({ extensions: ['PIPELINING', 'CHUNKING'], isPolled: true })
    const session = await drive(open(), scripted)
    await drive(server(sendLetters(session, queueOf(letters, fates))), scripted)

    assert.deepEqual(told, [0, 1])
  })

  it('S5 whose source fails is taken back, and the letters around it go on', async () => {
    const { said, session } = await play(
      burst([{}, failing('x\r\n'), {}]),
      `${FIRST}\nC: BDAT 3 LAST\nC: x\nC: RSET\n${ENVELOPE}\nC: RSET\n${ENVELOPE}\nC: BDAT 3 LAST\nC: x
      S: 250 queued\nS: 250 reset\n${OK}\nS: 250 reset\n${OK}\nS: 250 queued`,
    )

    assert.deepEqual(said, [['accepted 250'], 'Error: the disk is gone', ['accepted 250']])
    assert.equal(session.state, 'ready')
  })

  it('S4 that holds what it may not, or has not the size it was said to have, is taken back as well', async () => {
    const { said } = await play(
      burst([{ source: pieces('a\0b') }, { sizeOctets: 4 }, {}]),
      `${FIRST}\nC: RSET\n${ENVELOPE}\nC: RSET\n${ENVELOPE}\nC: BDAT 3 LAST\nC: x
      S: 250 reset\n${OK}\nS: 250 reset\n${OK}\nS: 250 queued`,
    )

    assert.match(String(said[0]), /SmtpContentInvalid: .* line 1 of the content holds an octet 0/)
    assert.match(String(said[1]), /RangeError: sizeOctets is 4, but the content had 3 octets/)
    assert.deepEqual(said[2], ['accepted 250'])
  })

  it('S21 that passes the limit of the server, when nobody knew its size, is taken back as well', async () => {
    const { said, session } = await play(
      burst([{}, { source: pieces('x\r\nx\r\n', 3) }, {}]),
      `${opening('PIPELINING', 'CHUNKING', 'SIZE 5')}${ENVELOPE}\n${OK}
      C: BDAT 3 LAST\nC: x\nC: RSET\n${ENVELOPE}\nC: RSET\n${ENVELOPE}\nC: BDAT 3 LAST\nC: x
      S: 250 queued\nS: 250 reset\n${OK}\nS: 250 reset\n${OK}\nS: 250 queued`,
    )

    assert.deepEqual([said[0], said[2]], [['accepted 250'], ['accepted 250']])
    assert.match(
      String(said[1]),
      /SmtpSizeExceeded: .* not sent to its end: it has 6 octets or more, and the server takes at most 5/,
    )
    assert.equal(session.state, 'ready')
  })

  it('S21 that passes the limit of the server after DATA ends the session before its end', async () => {
    const { said, session } = await play(
      burst([{ source: pieces('x\r\nx\r\n', 3) }, {}]),
      `${opening('PIPELINING', 'SIZE 5')}${ENVELOPE}\nC: DATA\n${OK}\nS: 354 go on`,
    )

    assert.match(String(said[0]), /SmtpSizeExceeded/)
    assert.match(String(said[1]), /ConnectionLost: sending ended: the session was over/)
    assert.equal(session.state, 'ended')
  })

  it('S9 whose source fails after DATA ends the session, and those behind it are told so', async () => {
    const { said, session } = await play(
      burst([failing('x\r\n'), {}]),
      `${opening('PIPELINING')}${ENVELOPE}\nC: DATA\n${OK}\nS: 354 go on`,
    )

    assert.equal(said[0], 'Error: the disk is gone')
    assert.match(String(said[1]), /ConnectionLost: sending ended: the session was over/)
    assert.equal(session.state, 'ended')
  })

  it('goes with DATA when chunking is switched off', async () => {
    await outcomesOf([one], `${offered}${NEXT_PIPELINED}`, { chunking: 'never' })
  })

  it('S20 with BINARYMIME goes as it is', async () => {
    await outcomesOf(
      [{ ...one, text: 'a\0\n.\r', body: 'BINARYMIME' }],
      `${opening('PIPELINING', 'CHUNKING', 'BINARYMIME')}
      ${ENVELOPE.replace('>', '> BODY=BINARYMIME')}
      ${OK}
      C: BDAT 5 LAST
      C: a\\x00\\x0a.\\x0d\\
      S: 250 queued`,
    )
  })

  for (const { extensions, options } of [
    { extensions: ['CHUNKING'], options: {} },
    { extensions: ['BINARYMIME'], options: {} },
    { extensions: ['BINARYMIME', 'CHUNKING'], options: { chunking: 'never' } },
  ] as const) {
    it(`S20 with BINARYMIME is refused where it can't be sent: ${extensions.join(', ')}`, async () => {
      await assert.rejects(
        outcomesOf([{ ...one, body: 'BINARYMIME' }], opening(...extensions), options),
        { code: 'SMTP_CAPABILITY_MISSING' },
      )
    })
  }
})
