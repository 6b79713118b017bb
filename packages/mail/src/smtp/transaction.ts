/**
 * One letter over a session: MAIL, RCPT, DATA, content (RFC 5321 §3.3). Every recipient gets an outcome of its own.
 *
 *     ready ─► [RSET] MAIL RCPT… DATA ─┬─ 354, somebody accepted ─► content ─► dot ─► reply ──────────► ready
 *                                      ├─ 354, nobody accepted ──────────────► dot ─► reply ──────────► ready
 *                                      └─ refused, or not sent because nobody was accepted ───► reset-needed
 *
 * A refusal at any of these steps is an outcome. A connection that breaks before the dot is thrown: nobody has the letter. One
 * that breaks after it leaves the accepted recipients' outcomes unknown.
 */

import { assert } from '../base/assert.ts'
import { MailError } from '../base/mail-error.ts'
import type { Dialog, OctetSource } from '../wire/dialog.ts'
import { DotStuffer } from '../wire/dot-stuffing.ts'
import { ConnectionLost, ProtocolViolation } from '../wire/errors.ts'
import type { CommandChannel } from './command-channel.ts'
import { LONE_DOT, type MailParameters } from './command.ts'
import type { Envelope, RecipientOutcome, SendingOutcome } from './envelope.ts'
import { SmtpCapabilityMissing, SmtpSizeExceeded } from './errors.ts'
import type { SmtpExtensions } from './extensions.ts'
import type { ForwardPath } from './path.ts'
import type { Reply } from './reply.ts'
import { outcomeOf, sendEnvelope, type EnvelopeAnswer } from './send-envelope.ts'
import type { SmtpSession } from './session.ts'

/** 64 KiB in the three minutes of RFC 5321 §4.5.3.2.5 are less than 3 kbit/s. */
const MAX_BLOCK_OCTETS = 65_536

/** The letter itself, and what is known of it beforehand. */
export interface Content {
  readonly source: OctetSource
  /** How many octets the source will give, as it gives them, if that is known (RFC 1870 §3). */
  readonly sizeOctets?: number
  /** Set when the letter has octets above 127; RFC 6152. */
  readonly body?: '8BITMIME'
  /** Called with the number of octets of the source that have been handed to the connection so far. */
  readonly onProgress?: (sentOctets: number) => void
}

/**
 * Sends one letter.
 *
 * @throws SmtpCapabilityMissing, SmtpSizeExceeded before anything is sent: the session stays as it is.
 * @throws RangeError when there is nobody to send to (then, too, nothing was sent), or the content has another size than was said.
 * @throws ProtocolViolation, LimitExceeded, ConnectionLost, and whatever the source throws: nobody has the letter, and the
 * session is of no use any more.
 */
export function* sendLetter(
  session: SmtpSession,
  envelope: Envelope,
  content: Content,
): Dialog<SendingOutcome> {
  refuseEnded(session)
  if (envelope.forwardPaths.length === 0) throw new RangeError('a letter needs a recipient')
  const parameters = chooseParameters(session.extensions, envelope, content)
  const needsReset = session.state === 'reset-needed'
  session.state = 'busy'
  try {
    const answer = yield* sendEnvelope(session, envelope, { parameters, needsReset })
    const verdict = yield* finishTransaction(session, content, answer)
    return { recipients: collectOutcomes(envelope, answer, verdict) }
  } finally {
    const isOver = session.state === 'busy' || session.channel.lastWord !== undefined
    if (isOver) session.state = 'ended'
  }
}

function collectOutcomes(
  { forwardPaths }: Envelope,
  { refusals }: EnvelopeAnswer,
  verdict: Verdict,
): readonly RecipientOutcome[] {
  return forwardPaths.map((forwardPath, index) => {
    const outcome = refusals[index] ?? verdict(forwardPath)
    assert(outcome !== undefined, 'every recipient has an outcome')
    return outcome
  })
}

function refuseEnded({ state, channel }: SmtpSession): void {
  assert(state !== 'busy', 'one letter is sent at a time')
  if (state !== 'ended') return
  const lastWord = channel.lastWord === undefined ? '' : `: ${channel.lastWord.toString()}`
  throw new ConnectionLost('sending', { reason: `the session was over${lastWord}` })
}

/** What MAIL may and must say, given what the server offers. */
function chooseParameters(
  extensions: SmtpExtensions,
  envelope: Envelope,
  { sizeOctets, body }: Content,
): MailParameters {
  const utf8Path = [envelope.reversePath, ...envelope.forwardPaths].find(
    (path) => path.needsSmtpUtf8,
  )
  if (utf8Path !== undefined && !extensions.has('SMTPUTF8')) {
    throw new SmtpCapabilityMissing('SMTPUTF8', `the address ${utf8Path.toString()}`)
  }
  if (body !== undefined && !extensions.has(body)) {
    throw new SmtpCapabilityMissing(body, 'the content')
  }
  const { sizeLimit } = extensions
  if (sizeOctets !== undefined && sizeLimit !== undefined && sizeOctets > sizeLimit) {
    throw new SmtpSizeExceeded(sizeOctets, sizeLimit)
  }
  return {
    ...(sizeOctets === undefined || !extensions.has('SIZE') ? {} : { sizeOctets }),
    ...(body === undefined ? {} : { body }),
    ...(utf8Path === undefined ? {} : { smtpUtf8: true }),
  }
}

/** What became of the letter, for a recipient that the server had not refused. */
type Verdict = (forwardPath: ForwardPath) => RecipientOutcome | undefined

function* finishTransaction(
  session: SmtpSession,
  content: Content,
  { isMailAccepted, refusals, data, isBroken }: EnvelopeAnswer,
): Dialog<Verdict> {
  if (isBroken) {
    session.state = 'ended'
    return () => undefined
  }
  const hasRecipients = refusals.includes(undefined)
  if (data?.severity !== 'intermediate') {
    session.state = isMailAccepted ? 'reset-needed' : 'ready'
    return (forwardPath) => data && outcomeOf(forwardPath, data)
  }
  if (!hasRecipients) {
    session.state = yield* sendNothing(session.channel)
    return () => undefined
  }
  const end = yield* sendContent(session.channel, content)
  if (end instanceof MailError) {
    session.state = 'ended'
    return (forwardPath) => ({ kind: 'unknown', forwardPath, cause: end })
  }
  session.state = 'ready'
  return (forwardPath) => outcomeOf(forwardPath, end)
}

/**
 * The server asks for content although it has refused everybody. It gets none (RFC 2920 §3.1), and what it says to that does not
 * matter: everybody's outcome is known, even if the connection breaks now.
 */
function* sendNothing(channel: CommandChannel): Dialog<'ready' | 'ended'> {
  try {
    yield* channel.execute(LONE_DOT, channel.deadlines.contentEndMs)
    return 'ready'
  } catch (error) {
    if (error instanceof MailError) return 'ended'
    throw error
  }
}

/** Sends the content and the dot. Gives the reply, or why there is none although the dot may have arrived. */
function* sendContent(channel: CommandChannel, content: Content): Dialog<Reply | MailError> {
  const stuffer = new DotStuffer()
  let sentOctets = 0
  for (;;) {
    const piece = yield* pullPiece(channel, content)
    if (channel.lastWord !== undefined) return channel.lastWord
    if (piece === null) break
    for (const block of blocksOf(piece)) {
      yield* channel.hearEarlyRefusal()
      yield* channel.sendOctets(stuffer.push(block), channel.deadlines.contentMs)
      if (channel.lastWord !== undefined) return channel.lastWord
      sentOctets += block.length
      content.onProgress?.(sentOctets)
    }
  }
  if (content.sizeOctets !== undefined && content.sizeOctets !== sentOctets) {
    throw new RangeError(
      `sizeOctets is ${content.sizeOctets}, but the content had ${sentOctets} octets: it was not sent to its end`,
    )
  }
  return yield* sendDot(channel, stuffer)
}

/** The next piece. When there is none because the connection has ended meanwhile, the server may have said why. */
function* pullPiece(channel: CommandChannel, { source }: Content): Dialog<Uint8Array | null> {
  try {
    const piece = yield { kind: 'pull', source, timeoutMs: channel.deadlines.contentMs }
    assert(piece !== undefined, 'a pull demand is answered with octets or null')
    return piece
  } catch (error) {
    yield* hearLastWord(channel, error)
    return null
  }
}

/** Does not wait: what came before the connection ended is there. */
function* hearLastWord(channel: CommandChannel, failure: unknown): Dialog<void> {
  try {
    yield* channel.hearEarlyRefusal()
  } catch (error) {
    throw error instanceof MailError ? failure : error
  }
  if (channel.lastWord === undefined) throw failure
}

/** The deadline is for a block, so a block is small enough for any line. */
function* blocksOf(piece: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < piece.length; from += MAX_BLOCK_OCTETS) {
    yield piece.subarray(from, from + MAX_BLOCK_OCTETS)
  }
}

/** From here on the server may have the letter, so whatever goes wrong is an answer and no exception. */
function* sendDot(channel: CommandChannel, stuffer: DotStuffer): Dialog<Reply | MailError> {
  const { contentMs, contentEndMs } = channel.deadlines
  yield* channel.hearEarlyRefusal()
  if (channel.lastWord !== undefined) return channel.lastWord
  try {
    yield* channel.sendOctets(stuffer.end(), contentMs)
    const reply = yield* channel.receive(contentEndMs)
    if (reply.severity !== 'intermediate') return reply
    return new ProtocolViolation('sending failed: the content was answered with', reply.toString())
  } catch (error) {
    if (error instanceof MailError) return error
    const reason = 'something on this side failed'
    return new ConnectionLost('waiting for the reply to the content', { reason, cause: error })
  }
}
