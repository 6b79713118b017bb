import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { octetsOf } from '../../src/base/octets.ts'
import { Secret } from '../../src/base/secret.ts'
import type { Envelope, SendingOutcome } from '../../src/smtp/envelope.ts'
import { DEFAULT_SMTP_LIMITS } from '../../src/smtp/limits.ts'
import { ForwardPath, parseClientName, ReversePath } from '../../src/smtp/path.ts'
import { openSession, quit } from '../../src/smtp/session.ts'
import type { SmtpSession, SmtpSessionOptions } from '../../src/smtp/session.ts'
import type { Content } from '../../src/smtp/content.ts'
import { sendLetters, type LetterQueue, type QueuedLetter } from '../../src/smtp/send-letters.ts'
import { DEFAULT_DEADLINES } from '../../src/wire/deadlines.ts'
import type { Dialog, OctetSource } from '../../src/wire/dialog.ts'
import { environment } from '../sasl/context.ts'

/** The password of all tests here, and what of it goes over the wire. */
export const PASSWORD = 'tanstaaftanstaaf'
export const SECRETS: readonly string[] = [
  PASSWORD,
  'AHRpbQB0YW5zdGFhZnRhbnN0YWFm',
  'dGFuc3RhYWZ0YW5zdGFhZg==',
]

export const credentials = { user: 'tim', password: new Secret(PASSWORD) }

/** The letter of all tests here: 51 octets, with dots at the beginning of lines. */
export const LETTER = 'Subject: one\r\n\r\n.\r\n..\r\n.leading\r\nin the . middle.\r\n'

/** A transcript of `test/transcripts/smtp`. */
export function transcript(name: string): string {
  return readFileSync(new URL(`../transcripts/smtp/${name}.txt`, import.meta.url), 'utf8')
}

/** Opens a session, over TLS from the first octet and without login unless the options say otherwise. */
export function open(options: Partial<SmtpSessionOptions> = {}): Dialog<SmtpSession> {
  return openSession({
    tls: 'implicit',
    clientName: parseClientName('shop-1.example.org'),
    deadlines: DEFAULT_DEADLINES,
    limits: DEFAULT_SMTP_LIMITS,
    environment,
    ...options,
  })
}

export function envelope(...recipients: readonly string[]): Envelope {
  const [first = 'shop-1@example.org', ...others] = recipients
  return {
    reversePath: ReversePath.parse('office@example.org'),
    forwardPaths: [ForwardPath.parse(first), ...others.map((text) => ForwardPath.parse(text))],
  }
}

/** A letter in pieces of `size` octets. */
export async function* pieces(text: string, size: number = 7): OctetSource {
  const octets = octetsOf(text)
  for (let from = 0; from < octets.length; from += size) yield octets.subarray(from, from + size)
}

/** The opening of a session with a server that offers these extensions. */
export function opening(...extensions: readonly string[]): string {
  const lines = ['mail.example.org', ...extensions]
  return [
    'S: 220 mail.example.org',
    'C: EHLO shop-1.example.org',
    ...lines.map((line, index) => `S: 250${index < lines.length - 1 ? '-' : ' '}${line}`),
    '',
  ].join('\n')
}

/** A letter to one recipient, in one group and in lock step; at the end of a test also the proof that the session can still be used. */
export const NEXT_PIPELINED: string = `
  C: MAIL FROM:<office@example.org>
  C: RCPT TO:<a@x.org>
  C: DATA
  S: 250 ok
  S: 250 ok
  S: 354 go on
  C: x
  C: .
  S: 250 queued`
export const NEXT_IN_LOCK_STEP: string = `
  C: MAIL FROM:<office@example.org>
  S: 250 ok
  C: RCPT TO:<a@x.org>
  S: 250 ok
  C: DATA
  S: 354 go on
  C: x
  C: .
  S: 250 queued`

/** What became of each recipient, short: `accepted 250`, `unknown CONNECTION_LOST`. */
export function summary({ recipients }: SendingOutcome): readonly string[] {
  return recipients.map(({ kind, reply, cause }) => `${kind} ${reply?.code ?? cause?.code ?? ''}`)
}

/** What became of a letter: its outcome, or the error that nobody has it with. */
export type Fate =
  | { readonly kind: 'settled'; readonly outcome: SendingOutcome }
  | { readonly kind: 'failed'; readonly error: unknown }

/** Letters that wait, each of which notes its fate at its place in `fates`. */
export function queueOf(
  letters: readonly Pick<QueuedLetter, 'envelope' | 'content'>[],
  fates: (Fate | undefined)[],
): LetterQueue {
  const waiting = letters.map((letter, index) => {
    const note = (fate: Fate): void => {
      assert.equal(fates[index], undefined, 'a letter is told its fate once')
      fates[index] = fate
    }
    return {
      ...letter,
      settle: (outcome: SendingOutcome) => note({ kind: 'settled', outcome }),
      fail: (error: unknown) => note({ kind: 'failed', error }),
    }
  })
  return { next: () => waiting.shift(), peek: () => waiting[0] }
}

/** Sends one letter, and gives its outcome or throws. */
export function* sendLetter(
  session: SmtpSession,
  to: Envelope,
  content: Content,
): Dialog<SendingOutcome> {
  const fates: Fate[] = []
  yield* sendLetters(session, queueOf([{ envelope: to, content }], fates))
  const [fate] = fates
  assert.ok(fate, 'a letter is told its fate')
  if (fate.kind === 'failed') throw fate.error
  return fate.outcome
}

/** Sends letters over a new session, and gives their outcomes and the session. */
export function* sendAll(
  letters: readonly (Partial<Content> & { readonly envelope?: Envelope; readonly text?: string })[],
  options: Partial<SmtpSessionOptions> = {},
): Dialog<{ readonly session: SmtpSession; readonly outcomes: readonly (readonly string[])[] }> {
  const session = yield* open(options)
  const outcomes: (readonly string[])[] = []
  for (const { envelope: to = envelope(), text = 'x\r\n', ...content } of letters) {
    const outcome = yield* sendLetter(session, to, { source: pieces(text), ...content })
    outcomes.push(summary(outcome))
  }
  return { session, outcomes }
}

/** A whole session: one letter to two shops. What came of it is written to `outcome` before QUIT is said. */
export function* sendOne(
  options: Partial<SmtpSessionOptions>,
  outcome: string[] = [],
): Dialog<readonly string[]> {
  const { session, outcomes } = yield* sendAll(
    [
      {
        envelope: envelope('shop-1@example.org', 'shop-2@example.org'),
        text: LETTER,
        sizeOctets: LETTER.length,
      },
    ],
    options,
  )
  outcome.push(...(outcomes[0] ?? []))
  yield* quit(session)
  return outcome
}
