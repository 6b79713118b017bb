import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { drive } from '../../src/net/drive.ts'
import type { Envelope } from '../../src/smtp/envelope.ts'
import { ForwardPath, ReversePath } from '../../src/smtp/path.ts'
import { sendLetters } from '../../src/smtp/send-letters.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { open, pieces, queueOf, summary, type Fate } from './conversation.ts'
import { ScriptedServer, type ScriptedServerOptions } from './scripted-server.ts'

/** What a letter is and what it will be answered with. */
interface Script {
  readonly mail: number
  readonly go: number
  readonly end: number
  readonly recipients: readonly number[]
  readonly content: string
  readonly pieceOctets: number
}

/** Every address stands for one letter and one recipient, so that nothing can be taken for something else. */
function addressOf(letter: number, recipient: number, code: number): string {
  return `r${code}.${letter}.${recipient}@x.org`
}

function envelopeOf({ mail, go, end, recipients }: Script, letter: number): Envelope {
  const [first, ...others] = recipients.map((code, index) =>
    ForwardPath.parse(addressOf(letter, index, code)),
  )
  assert.ok(first)
  return {
    reversePath: ReversePath.parse(`m${mail}.${go}.${end}.${letter}@x.org`),
    forwardPaths: [first, ...others],
  }
}

async function run(
  scripts: readonly Script[],
  options: ScriptedServerOptions,
): Promise<{ readonly fates: readonly Fate[]; readonly server: ScriptedServer }> {
  const server = new ScriptedServer(options)
  const fates: (Fate | undefined)[] = []
  const letters = scripts.map((script, index) => ({
    envelope: envelopeOf(script, index),
    content: { source: pieces(script.content, script.pieceOctets) },
  }))
  const session = await drive(
    open({ tls: 'implicit', protocol: options.isLmtp === true ? 'lmtp' : 'smtp' }),
    server,
  )
  await drive(sendLetters(session, queueOf(letters, fates)), server)
  assert.equal(fates.length, scripts.length)
  const told = Array.from(fates, (fate) => fate ?? assert.fail('a letter was told nothing'))
  return { fates: told, server }
}

/** What the script says of each recipient, in the words of `summary`. */
function expected({ mail, go, end, recipients }: Script, isLmtp: boolean): readonly string[] {
  let accepted = 0
  return recipients.map((code) => {
    const isAccepted = mail === 250 && code === 250
    const verdict = isLmtp && isAccepted && go === 354 && accepted++ % 2 === 1 ? 452 : end
    return kindOf([mail, code, go === 354 ? 250 : go, verdict].find((each) => each !== 250) ?? 250)
  })
}

function kindOf(code: number): string {
  const kinds: Readonly<Record<number, string>> = { 2: 'accepted', 4: 'deferred', 5: 'rejected' }
  return `${kinds[Math.trunc(code / 100)] ?? ''} ${code}`
}

/** Of every recipient: delivered once when accepted, never when refused or when nobody has the letter, once at most when unknown. */
function checkDeliveries(
  scripts: readonly Script[],
  fates: readonly Fate[],
  server: ScriptedServer,
): void {
  const counts = new Map<string, number>()
  for (const { recipient, content } of server.deliveries) {
    counts.set(recipient, (counts.get(recipient) ?? 0) + 1)
    const letter = Number(recipient.split(/[.@]/)[1])
    assert.equal(content, canonical(scripts[letter]?.content ?? ''))
  }
  for (const [letter, fate] of fates.entries()) {
    for (const [index, code] of (scripts[letter]?.recipients ?? []).entries()) {
      const count = counts.get(addressOf(letter, index, code)) ?? 0
      const kind = fate.kind === 'settled' ? fate.outcome.recipients[index]?.kind : 'nobody'
      if (kind === 'accepted') assert.equal(count, 1)
      else if (kind === 'unknown') assert.ok(count <= 1)
      else assert.equal(count, 0, `letter ${letter}: ${String(kind)}, but it was delivered`)
    }
  }
}

function canonical(content: string): string {
  const lines = content.replaceAll(/\r\n|\r|\n/g, '\r\n')
  return lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`
}

const refusal = fc.constantFrom(450, 451, 550, 554)
const mostly = (code: number): fc.Arbitrary<number> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(code) }, { weight: 1, arbitrary: refusal })

const script: fc.Arbitrary<Script> = fc.record({
  mail: mostly(250),
  go: mostly(354),
  end: mostly(250),
  recipients: fc.array(mostly(250), { minLength: 1, maxLength: 3 }),
  content: fc.string({ unit: fc.constantFrom('.', '\r\n', '\n', '\r', 'x', '..'), maxLength: 30 }),
  pieceOctets: fc.integer({ min: 1, max: 40 }),
})

/** One whose content needs several chunks. */
const largeScript: fc.Arbitrary<Script> = script.map((each) => ({
  ...each,
  content: '.dots and words\r\n'.repeat(9_000),
  pieceOctets: 50_000,
}))

const scriptOfAnySize: fc.Arbitrary<Script> = fc.oneof(
  { weight: 12, arbitrary: script },
  { weight: 1, arbitrary: largeScript },
)

const extensions = fc.subarray(['PIPELINING', 'CHUNKING'])

/** A refusal that arrives although the line has broken is for the one recipient whose turn it is. */
const REFUSED_WHILE_IT_BREAKS: [
  Script[],
  Required<Pick<ScriptedServerOptions, 'isLmtp' | 'isPolled' | 'breaksAfter' | 'lastReplies'>> & {
    extensions: string[]
  },
] = [
  [[450], [250, 250, 450], [250]].map((recipients, index) => ({
    mail: index === 0 ? 450 : 250,
    go: 354,
    end: index === 0 ? 250 : 450,
    recipients,
    content: '',
    pieceOctets: 1,
  })),
  { extensions: ['PIPELINING'], isLmtp: true, isPolled: false, breaksAfter: 212, lastReplies: 1 },
]

describe('Letters in one burst', () => {
  it('S11 S13 each have the outcome that the server gave them, and are delivered once or not at all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(scriptOfAnySize, { minLength: 1, maxLength: 6 }),
        fc.record({
          extensions,
          isLmtp: fc.boolean(),
          isPolled: fc.boolean(),
        }),
        async (scripts, options) => {
          const { fates, server } = await run(scripts, options)

          for (const [index, fate] of fates.entries()) {
            const each = scripts[index]
            assert.ok(each && fate.kind === 'settled')
            assert.deepEqual(summary(fate.outcome), expected(each, options.isLmtp))
          }
          checkDeliveries(scripts, fates, server)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('S11 need no content where nobody was accepted, whether it is asked for or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(scriptOfAnySize, { minLength: 1, maxLength: 4 }),
        fc.subarray(['PIPELINING']),
        async (scripts, keywords) => {
          const { fates, server } = await run(scripts, {
            extensions: keywords,
            asksForNothing: true,
          })

          for (const [index, fate] of fates.entries()) {
            const each = scripts[index]
            assert.ok(each && fate.kind === 'settled')
            assert.deepEqual(summary(fate.outcome), expected(each, false))
          }
          checkDeliveries(scripts, fates, server)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('S9 S14 have their true outcome, nobody, or an unknown one, wherever the line breaks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(scriptOfAnySize, { minLength: 1, maxLength: 4 }),
        fc.record({
          extensions,
          isLmtp: fc.boolean(),
          isPolled: fc.boolean(),
          breaksAfter: fc.integer({ min: 26, max: 700 }),
          lastReplies: fc.nat({ max: 12 }),
        }),
        async (scripts, options) => {
          const { fates, server } = await run(scripts, options)

          for (const [index, fate] of fates.entries()) {
            const each = scripts[index]
            assert.ok(each)
            if (fate.kind === 'failed') {
              assert.ok(fate.error instanceof ConnectionLost, String(fate.error))
              continue
            }
            const truth = expected(each, options.isLmtp)
            for (const [at, said] of summary(fate.outcome).entries()) {
              assert.ok(said === truth[at] || said === 'unknown CONNECTION_LOST', said)
            }
          }
          checkDeliveries(scripts, fates, server)
        },
      ),
      { numRuns: 250, examples: [REFUSED_WHILE_IT_BREAKS] },
    )
  })

  it('S9 are undecided in small numbers when the line breaks, and none of them when the server does not answer at all', async () => {
    const granted = { mail: 250, go: 354, end: 250, recipients: [250], pieceOctets: 100 }
    const scripts = Array.from({ length: 60 }, () => ({ ...granted, content: 'x\r\n' }))
    const options = { extensions: ['PIPELINING', 'CHUNKING'], lastReplies: 0 }
    const { server: unbroken } = await run(scripts, options)

    for (let breaksAfter = 26; breaksAfter < unbroken.octets; breaksAfter += 97) {
      const { fates, server } = await run(scripts, { ...options, breaksAfter })

      const unknown = fates.filter(
        (fate) => fate.kind === 'settled' && summary(fate.outcome)[0]?.startsWith('unknown'),
      )
      assert.ok(unknown.length <= 16, `${unknown.length} may have arrived`)
      if (server.deliveries.length === 0 && breaksAfter < 90) assert.equal(unknown.length, 0)
      checkDeliveries(scripts, fates, server)
    }
  })

  it('S8 of which one is answered 421: it and those behind it may be sent again, and those before it keep their outcome', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(scriptOfAnySize, { minLength: 1, maxLength: 5 }),
        fc.record({ extensions, isPolled: fc.boolean() }),
        fc.nat(),
        fc.constantFrom('mail', 'recipient', 'go', 'end'),
        async (all, options, place, step) => {
          const at = place % all.length
          const scripts = all.map((each, index) => (index === at ? closing(each, step) : each))

          const { fates, server } = await run(scripts, options)

          for (const [index, fate] of fates.entries()) {
            const each = scripts[index]
            assert.ok(each)
            if (index < at) {
              assert.ok(fate.kind === 'settled')
              assert.deepEqual(summary(fate.outcome), expected(each, false))
            } else if (index === at) {
              assert.ok(fate.kind === 'settled')
              assert.ok(summary(fate.outcome).includes('deferred 421'))
            } else if (fate.kind === 'settled') {
              assert.deepEqual(new Set(summary(fate.outcome)), new Set(['deferred 421']))
            } else {
              assert.match(String(fate.error), /the session was over: 421/)
            }
          }
          checkDeliveries(scripts, fates, server)
        },
      ),
      { numRuns: 120 },
    )
  })
})

/** The same letter, with 421 at one step; what comes before it is granted. */
function closing(each: Script, step: 'mail' | 'recipient' | 'go' | 'end'): Script {
  const granted = { ...each, mail: 250, recipients: each.recipients.map(() => 250), go: 354 }
  if (step === 'recipient') return { ...granted, recipients: [...granted.recipients.slice(1), 421] }
  return { ...granted, [step]: 421 }
}

describe('Round trips of a hundred letters', () => {
  const letters: readonly Script[] = Array.from({ length: 100 }, (_, index) => ({
    mail: 250,
    go: 354,
    end: 250,
    recipients: [250],
    content: `Subject: ${index}\r\n\r\n${'.dots and words\r\n'.repeat(120)}`,
    pieceOctets: 2048,
  }))

  for (const { extensions: offered, limit } of [
    { extensions: ['PIPELINING', 'CHUNKING'], limit: 20 },
    { extensions: ['PIPELINING'], limit: 101 },
    { extensions: ['CHUNKING'], limit: 300 },
    { extensions: [], limit: 400 },
  ]) {
    it(`are ${limit} at most with ${offered.join(' and ') || 'neither extension'}`, async () => {
      const { fates, server } = await run(letters, { extensions: offered })

      assert.ok(fates.every(({ kind }) => kind === 'settled'))
      assert.equal(server.deliveries.length, 100)
      // The greeting and EHLO are two of them.
      assert.ok(server.roundTrips - 2 <= limit, String(server.roundTrips))
    })
  }
})
