/**
 * What is on its way to the server, and the replies that it owes for it, in their order (RFC 2920).
 *
 *     put ─► batch ── flush ─► sent, its replies owed ── reply ─► taken by the step it belongs to
 *
 * Commands and content are gathered and leave together. A reply belongs to the oldest step that has left; one that comes while no
 * step is owed a reply is no answer to anything, and the session ends with it.
 */

import { assert } from '../base/assert.ts'
import { MailError } from '../base/mail-error.ts'
import { concatOctets, NO_OCTETS } from '../base/octets.ts'
import type { Dialog } from '../wire/dialog.ts'
import { ConnectionLost, ProtocolViolation } from '../wire/errors.ts'
import { CLOSING, isSendingFailure, refuseUnasked, type CommandChannel } from './command-channel.ts'
import type { Reply } from './reply.ts'

/**
 * How many replies may be owed. Unlimited, both sides could fill their windows with nobody reading (RFC 2920 §3.1); so many fit into any
 * receive buffer, and a round trip for each hundred commands is not felt.
 */
const MAX_OWED_REPLIES = 100

/** How many are still owed when more is sent: the server has work left meanwhile, and what is sent is worth a packet. */
const REFILL_AT = MAX_OWED_REPLIES / 2

/**
 * How much is handed over at once. RFC 5321 §4.5.3.2.5 gives each such block three minutes, so that a line of 6 kbit/s is fast enough. Half as much would cost a large
 * letter a third more processor time, because each hand-over costs more than what is in it.
 */
export const MAX_BATCH_OCTETS = 131_072

/**
 * How much content is handed over at once where the last did not take long: what a file gives at a time, and half of the processor time that hand-overs cost. Each
 * {@link MAX_BATCH_OCTETS} of it has its three minutes.
 */
const MAX_SWIFT_OCTETS = 3 * MAX_BATCH_OCTETS

/** So many octets are sent as they are. Fewer are joined with others, because handing over costs more than copying them. */
const MIN_PIECE_OCTETS = 16_384

/** Service closing transmission channel, which is the answer to QUIT and to nothing else (RFC 5321 §4.2.3). */
const QUITTING = 221

/** What is lent and is no more than this is copied when it is given back: so it leaves together with what follows, and costs less than a hand-over of its own. */
export const MAX_COPIED_OCTETS = 65_536

/** What goes with a part of a letter's content. */
interface ContentOptions {
  /** What the server replies to; all of the part leaves together with it. */
  readonly step?: Step
  /** The octets are good until {@link Pipeline.giveBack}. */
  readonly isLent?: boolean
}

/** Something that the server replies to. */
export interface Step {
  /** How long the reply may take, from when it is waited for. */
  readonly timeoutMs: number
  /** Takes a reply, and says whether it was the last that is owed for this step. */
  take(reply: Reply): boolean
  /** Told when the last octet of the step is handed to the connection: from here on the server may have it. */
  handOver?(): void
}

export class Pipeline {
  readonly #channel: CommandChannel
  readonly isPipelining: boolean
  /** Steps that are owed a reply, the oldest first. Of these the last `#unsent` are still in the batch. */
  readonly #owed: Step[] = []
  #unsent = 0
  #batch: Uint8Array[] = []
  #batchOctets = 0
  #hasContent = false
  /** How many of the batch, the last of it, are lent. */
  #lentParts = 0
  /** The last content did not take long to be handed over. */
  #isSwift = false
  #hasReplied = false
  /** Called when the batch has been handed over. */
  #notices: (() => void)[] = []
  /** Content is being sent that the server has asked for: it may refuse in the middle. */
  isInContent = false

  constructor(channel: CommandChannel, options: { readonly isPipelining: boolean }) {
    this.#channel = channel
    this.isPipelining = options.isPipelining
  }

  /** Whether the server has ended the session. */
  get isOver(): boolean {
    return this.#channel.lastWord !== undefined
  }

  get owesReplies(): boolean {
    return this.#owed.length > 0
  }

  /** How much content is put at a time, at most: it is handed over at once. */
  get blockOctets(): number {
    return this.#isSwift ? MAX_SWIFT_OCTETS : MAX_BATCH_OCTETS
  }

  /** Whether something was put that has not left yet. */
  get hasUnsent(): boolean {
    return this.#batch.length > 0
  }

  /** Whether another command may be put: without PIPELINING only when no reply is owed, otherwise unless too many are. */
  get hasRoom(): boolean {
    const most = this.isPipelining ? MAX_OWED_REPLIES : 1
    return this.#owed.length < most && this.#batchOctets < MAX_BATCH_OCTETS
  }

  /** Sends and receives until {@link hasRoom}. */
  *makeRoom(): Dialog<void> {
    if (!this.isPipelining) yield* this.settle()
    else if (this.#owed.length >= MAX_OWED_REPLIES) yield* this.#receiveUntil(REFILL_AT)
    else if (!this.hasRoom) yield* this.flush()
  }

  /** Adds a part of a letter's content to what leaves next. */
  *putContent(
    parts: readonly Uint8Array[],
    { step, isLent = false }: ContentOptions = {},
  ): Dialog<void> {
    let octets = 0
    for (const part of parts) octets += part.length
    if (this.#batchOctets > 0 && this.#batchOctets + octets > this.blockOctets) yield* this.flush()
    if (!isLent) this.#assertGivenBack()
    if (octets > 0) this.#batch.push(...parts)
    if (octets > 0 && isLent) this.#lentParts += parts.length
    this.#batchOctets += octets
    this.#hasContent = true
    if (step === undefined) return
    this.#owed.push(step)
    this.#unsent++
  }

  /** Adds a command to what leaves next. There is room for it. */
  put(octets: Uint8Array, step: Step): void {
    this.#assertGivenBack()
    this.#batch.push(octets)
    this.#batchOctets += octets.length
    this.#owed.push(step)
    this.#unsent++
  }

  /** Looks no more at what was lent: much is sent, a little copied. */
  *giveBack(): Dialog<void> {
    if (this.#lentParts === 0) return
    if (this.#batchOctets > MAX_COPIED_OCTETS) return yield* this.flush()
    const lent = this.#batch.splice(-this.#lentParts)
    this.#batch.push(concatOctets([NO_OCTETS, ...lent]))
    this.#lentParts = 0
  }

  /** What is lent is the last of the batch: whoever puts something behind it has asked for the next piece before. */
  #assertGivenBack(): void {
    assert(this.#lentParts === 0, 'what was lent is given back before more is put')
  }

  /** Has something called when what was put so far has been handed to the connection. */
  notify(notice: () => void): void {
    this.#notices.push(notice)
  }

  /** Sends what was put. Before that it hears what the server has said meanwhile. */
  *flush(): Dialog<void> {
    if (this.#batch.length === 0) return
    // Before its first reply the server may have hung up, or said so, in a long time without letters. Later it is heard all the time.
    yield* this.hear({ isInPassing: this.#hasReplied })
    const isSmall = this.#batchOctets < MIN_PIECE_OCTETS
    const pieces = isSmall ? [concatOctets(this.#batch)] : joinSmall(this.#batch)
    const notices = this.#notices
    const { commandMs, contentMs } = this.#channel.deadlines
    const blocks = Math.ceil(this.#batchOctets / MAX_BATCH_OCTETS)
    const timeoutMs = this.#hasContent ? blocks * contentMs : commandMs
    const sentBefore = this.#owed.length - this.#unsent
    const isLent = this.#lentParts > 0
    const isLarge = this.#hasContent && this.#batchOctets > MAX_COPIED_OCTETS
    this.#batch = []
    this.#batchOctets = 0
    this.#hasContent = false
    this.#lentParts = 0
    this.#notices = []
    this.#unsent = 0
    for (let at = sentBefore; at < this.#owed.length; at++) this.#owed[at]?.handOver?.()
    const last = pieces.at(-1)
    try {
      // A little content finds room in any line.
      if (isLarge) this.#isSwift = true
      for (const octets of pieces) {
        const isContinued = octets !== last
        const answer = yield { kind: 'send', octets, timeoutMs, isContinued, isLent }
        if (answer === null) this.#isSwift = false
      }
    } catch (error) {
      yield* this.#hearLastWord(error, sentBefore)
    }
    for (const notice of notices) notice()
  }

  /** Sends what was put, and receives every reply that is owed. */
  settle(): Dialog<void> {
    return this.#receiveUntil(0)
  }

  /** Sends what was put, and receives one reply. */
  receive(): Dialog<void> {
    return this.#receiveUntil(this.#owed.length - 1)
  }

  /** Takes the replies that have come by now. */
  *hear(options?: { readonly isInPassing: boolean }): Dialog<void> {
    const state = yield* this.#channel.hear(options)
    for (;;) {
      const reply = this.#channel.take()
      if (reply === undefined) break
      this.#take(reply)
    }
    // A server that has hung up, as after some time without letters, is given none: so it is certain that nobody has them.
    if (state === 'ended') throw new ConnectionLost('sending')
    // Nothing is owed, and still the server has begun to speak.
    if (this.#channel.hasUnread && this.#owed.length === this.#unsent) {
      this.#take(yield* this.#channel.receive(this.#channel.deadlines.commandMs))
    }
  }

  *#receiveUntil(count: number): Dialog<void> {
    yield* this.flush()
    for (;;) {
      const [step] = this.#owed
      if (step === undefined || this.#owed.length <= count) return
      // Those that came together are there already.
      this.#take(this.#channel.take() ?? (yield* this.#channel.receive(step.timeoutMs)))
    }
  }

  #take(reply: Reply): void {
    const step = this.#owed.length > this.#unsent ? this.#owed[0] : undefined
    if (step === undefined) this.#takeUnasked(reply)
    else if (step.take(reply)) this.#owed.shift()
    this.#hasReplied = true
    if (this.#channel.lastWord !== undefined) this.#end(this.#channel.lastWord)
  }

  /**
   * Servers that have waited long enough say so in many ways: 421 as they should (RFC 5321 §3.8), 221 as if they had been asked to quit, or any refusal. That is no word about
   * the letter that is just begun.
   */
  #takeUnasked(reply: Reply): never {
    if (this.isInContent) this.#end(refuseInContent(reply))
    const isFarewell = !this.#hasReplied && reply.isRefusal && reply.code !== CLOSING
    if (isFarewell || reply.code === QUITTING) throw sessionOver(reply)
    this.#end(refuseUnasked(reply))
  }

  /** Replies to what was sent before count. Of those to what was just being sent, only a refusal, because it says why. */
  *#hearLastWord(failure: unknown, sentBefore: number): Dialog<never> {
    if (!isSendingFailure(failure)) throw failure
    const inDoubt = this.#owed.length - sentBefore
    try {
      while (this.#owed.length > inDoubt) {
        this.#take(yield* this.#channel.receive(this.#channel.deadlines.commandMs))
      }
    } catch (error) {
      if (this.#channel.lastWord !== undefined || !(error instanceof MailError)) throw error
      throw failure
    }
    const reply = yield* this.#channel.receiveRefusal(failure)
    const [step] = this.#owed
    if (step === undefined || reply.code === CLOSING) return this.#end(reply)
    step.take(reply)
    throw failure
  }

  /** Nothing more is sent. What it means for a letter is for those to say who look at the last word. */
  #end(lastWord: Reply): never {
    this.#channel.end(lastWord)
    throw sessionOver(lastWord)
  }
}

/** The same octets in few pieces. */
function joinSmall(parts: readonly Uint8Array[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = []
  let small: Uint8Array[] = []
  for (const part of parts) {
    if (part.length < MIN_PIECE_OCTETS) {
      small.push(part)
      continue
    }
    if (small.length > 0) pieces.push(concatOctets(small))
    small = []
    pieces.push(part)
  }
  if (small.length > 0) pieces.push(concatOctets(small))
  return pieces
}

/** What letters are told that come too late. */
export function sessionOver(lastWord: Reply | undefined): ConnectionLost {
  const words = lastWord === undefined ? '' : `: ${lastWord.toString()}`
  return new ConnectionLost('sending', { reason: `the session was over${words}` })
}

/**
 * How much of the content a server reads after it has refused it is its own affair.
 *
 * @throws ProtocolViolation when it is no refusal, because it could be taken for the answer to the end that is still to come.
 */
function refuseInContent(reply: Reply): Reply {
  if (reply.isRefusal) return reply
  throw new ProtocolViolation(
    'sending the content failed: before its end the server replied',
    reply.toString(),
  )
}
