import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { octetsOf } from '../../src/base/octets.ts'
import type { Envelope } from '../../src/smtp/envelope.ts'
import { SmtpCapabilityMissing } from '../../src/smtp/errors.ts'
import { ReversePath } from '../../src/smtp/path.ts'
import { play } from '../../src/testing/play.ts'
import { DEFAULT_DEADLINES } from '../../src/wire/deadlines.ts'
import type { Demand, Dialog, OctetSource } from '../../src/wire/dialog.ts'
import {
  envelope,
  LETTER,
  NEXT_IN_LOCK_STEP,
  NEXT_PIPELINED,
  open,
  opening,
  pieces,
  sendAll,
  sendLetter,
} from './conversation.ts'

const one = { envelope: envelope('a@x.org') }
const pipelining = opening('PIPELINING')

async function outcomesOf(
  letters: Parameters<typeof sendAll>[0],
  transcript: string,
): Promise<readonly (readonly string[])[]> {
  return (await play(sendAll(letters), transcript)).outcomes
}

describe('MAIL', () => {
  const lock = (mail: string): string =>
    NEXT_IN_LOCK_STEP.replace('C: MAIL FROM:<office@example.org>', `C: ${mail}`)

  it('S21 declares the size when it is known and the server wants it', async () => {
    const outcomes = await outcomesOf(
      [{ ...one, sizeOctets: 3 }, one],
      `${opening('SIZE 3')}${lock('MAIL FROM:<office@example.org> SIZE=3')}${NEXT_IN_LOCK_STEP}`,
    )

    assert.deepEqual(outcomes, [['accepted 250'], ['accepted 250']])
  })

  it('S21 says nothing of a size to a server without SIZE', async () => {
    await outcomesOf([{ ...one, sizeOctets: 3 }], `${opening()}${NEXT_IN_LOCK_STEP}`)
  })

  it('S21 is not said for a letter above the limit, and the session goes on', async () => {
    function* dialog(): Dialog<void> {
      const session = yield* open()
      const tooLarge = { source: pieces('x'), sizeOctets: 4 }
      assert.throws(() => sendLetter(session, one.envelope, tooLarge).next(), {
        code: 'SMTP_SIZE_EXCEEDED',
        transient: false,
        sizeOctets: 4,
        limitOctets: 3,
        message: 'sending was not begun: the letter has 4 octets, and the server takes at most 3',
      })
      yield* sendLetter(session, one.envelope, { source: pieces('x\r\n') })
    }

    await play(dialog(), `${opening('SIZE 3')}${NEXT_IN_LOCK_STEP}`)
  })

  for (const { name, letter } of [
    { name: 'a recipient', letter: { envelope: envelope('a@x.org', 'ящик@x.org') } },
    {
      name: 'the sender',
      letter: { envelope: { ...envelope('a@x.org'), reversePath: ReversePath.parse('я@x.org') } },
    },
  ]) {
    it(`S19 is not said when ${name} needs SMTPUTF8 and the server has none`, async () => {
      await assert.rejects(
        play(sendAll([letter]), opening('8BITMIME')),
        (error) => error instanceof SmtpCapabilityMissing && error.capability === 'SMTPUTF8',
      )
    })
  }

  it('S19 writes the domain in A-labels when the local part is ASCII', async () => {
    const outcomes = await outcomesOf(
      [{ envelope: envelope('a@пример.рф') }],
      `${opening()}${NEXT_IN_LOCK_STEP.replace('a@x.org', 'a@xn--e1afmkfd.xn--p1ai')}`,
    )

    assert.deepEqual(outcomes, [['accepted 250']])
  })

  it('S19 asks for SMTPUTF8 when a path needs it', async () => {
    const outcomes = await outcomesOf(
      [{ envelope: envelope('ящик@x.org') }],
      `${opening('SMTPUTF8')}${lock('MAIL FROM:<office@example.org> SMTPUTF8').replace('a@x.org', 'ящик@x.org')}`,
    )

    assert.deepEqual(outcomes, [['accepted 250']])
  })

  it('S20 asks for 8BITMIME when the content needs it', async () => {
    const letter = { ...one, body: '8BITMIME' } as const

    await outcomesOf(
      [letter],
      `${opening('8BITMIME')}${lock('MAIL FROM:<office@example.org> BODY=8BITMIME')}`,
    )
    await assert.rejects(play(sendAll([letter]), opening()), {
      code: 'SMTP_CAPABILITY_MISSING',
      capability: '8BITMIME',
      hint: 'Encode the content as base64 or quoted-printable',
    })
  })

  it('may have the null reverse-path', async () => {
    await outcomesOf(
      [{ envelope: { ...envelope('a@x.org'), reversePath: ReversePath.NULL } }],
      `${opening()}${lock('MAIL FROM:<>')}`,
    )
  })
})

describe('Content', () => {
  const letter = (content: string): string =>
    `${pipelining}${NEXT_PIPELINED.replace('C: x\n', `${content}\n`)}`

  it('S1 S3 is sent the same however it comes in pieces', async () => {
    const sent = letter('C: Subject: one\nC:\nC: ..\nC: ...\nC: ..leading\nC: in the . middle.')

    for (let size = 1; size < LETTER.length; size++) {
      const source = pieces(LETTER, size)
      assert.deepEqual(await outcomesOf([{ ...one, source }], sent), [['accepted 250']])
    }
  })

  it('S2 S3 has no bare CR or LF, and ends its last line', async () => {
    await outcomesOf([{ ...one, text: 'a\n.\nb\r.\rc' }], letter('C: a\nC: ..\nC: b\nC: ..\nC: c'))
  })

  it('may be empty', async () => {
    await outcomesOf([{ ...one, text: '' }], letter(''))
  })

  it('does not depend on who watches its progress', async () => {
    const outcomes = await outcomesOf(
      [
        {
          ...one,
          text: 'x\r\n',
          onProgress: () => {
            throw new Error('the display is gone')
          },
        },
      ],
      `${opening('PIPELINING')}${NEXT_PIPELINED}`,
    )

    assert.deepEqual(outcomes, [['accepted 250']])
  })

  it('is reported as it goes', async () => {
    const progress: number[] = []

    await outcomesOf(
      [{ ...one, text: 'aaaaaaabbb\r\n', onProgress: (octets) => progress.push(octets) }],
      letter('C: aaaaaaabbb'),
    )

    assert.deepEqual(progress, [7, 12])
  })

  it('S9 whose source fails never ends with the dot', async () => {
    async function* failing(): OctetSource {
      yield octetsOf('x\r\n')
      throw new Error('the disk is gone')
    }
    const transcript = letter('').replace(/C: \.\s+S: 250 queued/, 'C: x')

    await assert.rejects(
      play(sendAll([{ ...one, source: failing() }]), transcript),
      /the disk is gone/,
    )
  })
})

describe('Session', () => {
  it('S9 after a letter that broke off takes no other', async () => {
    const states: string[] = []
    function* dialog(): Dialog<void> {
      const session = yield* open()
      try {
        yield* sendLetter(session, one.envelope, { source: pieces('x') })
      } catch {
        states.push(session.state)
        yield* sendLetter(session, one.envelope, { source: pieces('x') })
      }
    }

    await assert.rejects(
      play(dialog(), `${opening()}\nC: MAIL FROM:<office@example.org>`),
      /sending ended: the session was over$/,
    )
    assert.deepEqual(states, ['ended'])
  })

  it('refuses an envelope without recipients, and the session goes on', async () => {
    function* noRecipients(): Dialog<string> {
      const session = yield* open()
      const nobody: Envelope = Object.assign(envelope(), { forwardPaths: [] })
      assert.throws(() => sendLetter(session, nobody, { source: pieces('x') }).next(), RangeError)
      return session.state
    }

    assert.equal(await play(noRecipients(), opening()), 'ready')
  })

  for (const sizeOctets of [2, 4]) {
    it(`gives nobody a letter of 3 octets that was said to have ${sizeOctets}`, async () => {
      const transcript = NEXT_IN_LOCK_STEP.replace(/\n *C: x\n[^]*/, '')

      await assert.rejects(
        play(sendAll([{ ...one, sizeOctets }]), `${opening()}${transcript}`),
        (error) => error instanceof RangeError && /had 3 octets/.test(error.message),
      )
    })
  }

  /** The sizes of what is sent of a content of 900,000 octets in one piece, and how long each may take, when hand-overs are answered so, over and over. */
  function contentBlocks(answers: readonly (null | undefined)[]): readonly (readonly number[])[] {
    const blocks: (readonly number[])[] = []
    let begun = 0
    const dialog = sendAll([one])
    const replies = ['220 x', '250 x', '250 ok', '250 ok', '354 go', '250 ok']
    let step = dialog.next()
    let content: Uint8Array | null = octetsOf('x\r\n'.repeat(300_000))
    while (step.done !== true) {
      const demand: Demand = step.value
      if (demand.kind === 'receive') step = dialog.next(octetsOf(`${replies.shift()}\r\n`))
      else if (demand.kind === 'pull') {
        step = dialog.next(content)
        content = null
      } else if (demand.kind === 'send' && replies.length === 1) {
        step = dialog.next(answers[blocks.length % answers.length])
        begun += demand.octets.length
        if (demand.isContinued === true) continue
        blocks.push([begun, demand.timeoutMs])
        begun = 0
      } else step = dialog.next(undefined)
    }
    assert.equal(
      blocks.reduce((sum, [size = 0]) => sum + size, 0),
      900_000 + '.\r\n'.length,
    )
    return blocks
  }

  const { contentMs } = DEFAULT_DEADLINES

  it('sends large pieces in blocks, so that a deadline is for a block', () => {
    assert.deepEqual(contentBlocks([null]), [
      ...Array.from({ length: 6 }, () => [131_072, contentMs]),
      [900_000 - 6 * 131_072 + '.\r\n'.length, contentMs],
    ])
  })

  it('sends three blocks at once where those before took no time, with the time of three', () => {
    assert.deepEqual(contentBlocks([undefined]), [
      [131_072, contentMs],
      [131_072, contentMs],
      [393_216, 3 * contentMs],
      [900_000 - 5 * 131_072 + '.\r\n'.length, 2 * contentMs],
    ])
  })

  it('goes back to one block when the line has become slow', () => {
    assert.deepEqual(contentBlocks([undefined, null, null]), [
      [131_072, contentMs],
      [131_072, contentMs],
      [393_216, 3 * contentMs],
      [131_072, contentMs],
      [900_000 - 6 * 131_072 + '.\r\n'.length, contentMs],
    ])
  })

  it('makes demands with the deadlines of their phases', () => {
    const timeouts: string[] = []
    const dialog = sendAll([one])
    const replies = [
      '220 x\r\n',
      '250 x\r\n',
      '250 ok\r\n',
      '250 ok\r\n',
      '354 go\r\n',
      '250 ok\r\n',
    ]
    let step = dialog.next()
    let hasContent = true
    while (step.done !== true) {
      if (step.value.kind !== 'poll') timeouts.push(describeDemand(step.value))
      if (step.value.kind === 'receive') step = dialog.next(octetsOf(replies.shift() ?? ''))
      else if (step.value.kind === 'pull') {
        step = dialog.next(hasContent ? octetsOf('x') : null)
        hasContent = false
      } else step = dialog.next(undefined)
    }

    assert.deepEqual(timeouts, [
      'receive 300000',
      'send 300000',
      'receive 300000',
      'send 300000',
      'receive 300000',
      'send 300000',
      'receive 300000',
      'send 300000',
      'receive 120000',
      'pull 180000',
      'pull 180000',
      'send 180000',
      'receive 600000',
    ])
  })
})

function describeDemand(demand: Demand): string {
  return 'timeoutMs' in demand ? `${demand.kind} ${demand.timeoutMs}` : demand.kind
}
