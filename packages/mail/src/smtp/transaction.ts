/**
 * One letter on its way (RFC 5321 §3.3): every reply of the server to it, and what that makes of each recipient.
 *
 *     MAIL ─┬─ refused ──────────────────────────► everybody has this outcome
 *           └─ RCPT… ─┬─ refused ────────────────► this one has this outcome
 *                     └─ DATA or BDAT ─┬─ refused ► the others have this outcome
 *                                      └─ end ────► the others have this outcome; with LMTP each its own
 *
 * A refusal is an outcome. When the conversation breaks off, nobody has the letter unless its last octet had been handed over: then
 * the outcome of who was not refused is unknown.
 */

import { MailError } from '../base/mail-error.ts'
import { ConnectionLost, ProtocolViolation } from '../wire/errors.ts'
import type { Content } from './content.ts'
import type { Envelope, RecipientOutcome, SendingOutcome } from './envelope.ts'
import type { ForwardPath } from './path.ts'
import type { Step } from './pipeline.ts'
import type { Reply } from './reply.ts'

const GO_AHEAD = 354

/** Storage exceeded; and in RFC 821, too many recipients. */
const STORAGE_EXCEEDED = 552

/** A letter that waits to be sent, and who wants to know what becomes of it. One of the two is called, once. */
export interface QueuedLetter {
  readonly envelope: Envelope
  readonly content: Content
  /** There is an outcome for every recipient. */
  readonly settle: (outcome: SendingOutcome) => void
  /** Nobody has the letter. */
  readonly fail: (error: unknown) => void
  /** Told before {@link fail}, when the session was over before the letter had its turn. */
  readonly passOver?: () => void
}

export class Transaction {
  readonly #letter: QueuedLetter
  readonly #forwardPaths: readonly ForwardPath[]
  readonly #isLmtp: boolean
  readonly #isHeldBack: boolean
  /** The replies to the content. */
  readonly #verdicts: Reply[] = []
  readonly #outcomes: (RecipientOutcome | undefined)[]
  /** How many have no outcome yet. */
  #undecided: number
  #recipientReplies = 0
  #acceptedRecipients = 0
  /** With LMTP: whose outcome the next reply to the content is, at the earliest. */
  #nextVerdict = 0
  #isMailAccepted = false
  #isGoAheadGiven = false
  /** What a piece of the content was refused with. */
  #contentRefusal: Reply | undefined
  #isHandedOver = false
  #isAnswered = false
  #isDone = false

  /** @param options `isHeldBack`: the letter is not told what its content was answered with before {@link settle} is called. */
  constructor(
    letter: QueuedLetter,
    options: { readonly isLmtp: boolean; readonly isHeldBack?: boolean },
  ) {
    this.#letter = letter
    this.#forwardPaths = letter.envelope.forwardPaths
    this.#isLmtp = options.isLmtp
    this.#isHeldBack = options.isHeldBack ?? false
    this.#outcomes = this.#forwardPaths.map(() => undefined)
    this.#undecided = this.#outcomes.length
  }

  /** Whether the letter has been told what became of it. */
  get isDone(): boolean {
    return this.#isDone
  }

  /** Whether the server has answered its content; there is an outcome for everybody. */
  get isAnswered(): boolean {
    return this.#isAnswered
  }

  /** Whether all of it has left, so that the server may have taken it over. */
  get isHandedOver(): boolean {
    return this.#isHandedOver
  }

  get isMailAccepted(): boolean {
    return this.#isMailAccepted
  }

  /** Whether the server has accepted a recipient, whatever it has said to the rest. */
  get hasRecipient(): boolean {
    return this.#acceptedRecipients > 0
  }

  /** Whether the server has asked for the content, after DATA. */
  get isGoAheadGiven(): boolean {
    return this.#isGoAheadGiven
  }

  /** Everybody has been refused, whatever is still to be replied. */
  get isRefused(): boolean {
    return this.#undecided === 0 || this.#contentRefusal !== undefined
  }

  mailStep(shown: string, timeoutMs: number): Step {
    return this.#step(timeoutMs, (reply) => {
      refuseUnfit(shown, reply)
      if (reply.isRefusal) this.#decide(reply)
      else this.#isMailAccepted = true
    })
  }

  recipientStep(shown: string, timeoutMs: number): Step {
    return this.#step(timeoutMs, (reply) => {
      refuseUnfit(shown, reply)
      this.#addRecipient(reply)
    })
  }

  dataStep(timeoutMs: number): Step {
    return this.#step(timeoutMs, (reply) => {
      refuseUnfit('DATA', reply, GO_AHEAD)
      if (reply.isRefusal) this.#decide(reply)
      else this.#isGoAheadGiven = true
    })
  }

  /** A piece of the content that is not the last. */
  chunkStep(timeoutMs: number): Step {
    return this.#step(timeoutMs, (reply) => {
      refuseUnfit('BDAT', reply)
      if (reply.isRefusal) this.#contentRefusal ??= reply
    })
  }

  /** The end of the content, with which the server has all of it. */
  endStep(timeoutMs: number): Step {
    return {
      timeoutMs,
      handOver: () => {
        this.#isHandedOver = true
      },
      take: (reply) => this.#addVerdict(reply),
    }
  }

  /** Tells the outcomes. Everybody has been refused, or has one. */
  settle(): void {
    if (this.#isDone) return
    if (this.#contentRefusal !== undefined) this.#decide(this.#contentRefusal)
    this.#isDone = true
    this.#letter.settle({ recipients: this.#outcomes.filter((outcome) => outcome !== undefined) })
  }

  /** What was taken for the answer to its content may have been one to something else. */
  doubt(cause: MailError): void {
    if (this.#isDone) return
    const verdicts = new Set(this.#verdicts)
    for (const [index, outcome] of this.#outcomes.entries()) {
      if (outcome?.reply === undefined || !verdicts.has(outcome.reply)) continue
      this.#outcomes[index] = { kind: 'unknown', forwardPath: outcome.forwardPath, cause }
    }
    this.settle()
  }

  /** Its content could not be sent to its end. Nobody has it. */
  fail(error: unknown): void {
    if (this.#isDone) return
    this.#isDone = true
    this.#letter.fail(error)
  }

  /** The conversation is over. `lastWord` is what the server ended it with, if that was said to this letter. */
  breakOff(error: unknown, lastWord: Reply | undefined): void {
    if (this.#contentRefusal !== undefined) this.#decide(this.#contentRefusal)
    if (lastWord !== undefined) this.#decide(lastWord)
    if (!this.isRefused && !this.#isHandedOver) return this.fail(error)
    const cause = causeOf(error)
    this.#decideAll((forwardPath) => ({ kind: 'unknown', forwardPath, cause }))
    this.settle()
  }

  #step(timeoutMs: number, take: (reply: Reply) => void): Step {
    return {
      timeoutMs,
      take: (reply) => {
        take(reply)
        return true
      },
    }
  }

  /** The reply is the outcome of all who have none. */
  #decide(reply: Reply): void {
    this.#decideAll((forwardPath) => outcomeOf(forwardPath, reply))
  }

  #decideAll(outcome: (forwardPath: ForwardPath) => RecipientOutcome): void {
    if (this.#undecided === 0) return
    for (const index of this.#forwardPaths.keys()) this.#decideOne(index, outcome)
  }

  #decideOne(index: number, outcome: (forwardPath: ForwardPath) => RecipientOutcome): void {
    const forwardPath = this.#forwardPaths[index]
    if (forwardPath === undefined || this.#outcomes[index] !== undefined) return
    this.#outcomes[index] = outcome(forwardPath)
    this.#undecided--
  }

  /** When MAIL was refused, that is the reason for all: what RCPT was answered then (503) says nothing. */
  #addRecipient(reply: Reply): void {
    const index = this.#recipientReplies++
    if (!reply.isRefusal) this.#acceptedRecipients++
    else if (this.#isTooManyRecipients(reply)) {
      this.#decideOne(index, (forwardPath) => ({ kind: 'deferred', forwardPath, reply }))
    } else this.#decideOne(index, (forwardPath) => outcomeOf(forwardPath, reply))
  }

  /**
   * Servers after RFC 821 say 552 where 452 is right: the next letter may have this recipient (RFC 5321 §4.5.3.1.10). The first
   * recipient can't be one too many, and `5.2.2` is a mailbox that is full.
   */
  #isTooManyRecipients({ code, enhancedStatus }: Reply): boolean {
    if (code !== STORAGE_EXCEEDED || this.#acceptedRecipients === 0) return false
    return enhancedStatus === undefined || enhancedStatus.subject === 5
  }

  #addVerdict(reply: Reply): boolean {
    refuseUnfit('the content', reply)
    this.#verdicts.push(reply)
    if (this.#contentRefusal !== undefined && !reply.isRefusal) {
      this.#contentRefusal = undefined
      throw new ProtocolViolation(
        'sending failed: a part of the content was refused, and then it was answered with',
        reply.toString(),
      )
    }
    if (this.#isLmtp && !this.isRefused) this.#decideNext(reply)
    else if (!this.isRefused) this.#decide(reply)
    if (!this.isRefused) return false
    this.#isAnswered = true
    if (!this.#isHeldBack) this.settle()
    return true
  }

  /** RFC 2033 §4.2: a reply for each recipient that was accepted, in the order of RCPT. */
  #decideNext(reply: Reply): void {
    while (this.#outcomes[this.#nextVerdict] !== undefined) this.#nextVerdict++
    this.#decideOne(this.#nextVerdict, (forwardPath) => outcomeOf(forwardPath, reply))
  }
}

/** What a reply that ends the matter for a recipient means. */
function outcomeOf(forwardPath: ForwardPath, reply: Reply): RecipientOutcome {
  switch (reply.severity) {
    case 'completion':
      return { kind: 'accepted', forwardPath, reply }
    case 'transient':
      return { kind: 'deferred', forwardPath, reply }
    default:
      return { kind: 'rejected', forwardPath, reply }
  }
}

/** A reply of a class that the command can't have means that replies and commands no longer belong together. */
function refuseUnfit(shown: string, reply: Reply, fitCode?: number): void {
  const isFit = fitCode === undefined ? reply.severity === 'completion' : reply.code === fitCode
  if (reply.isRefusal || isFit) return
  throw new ProtocolViolation(`${shown} failed: it can't have the reply`, reply.toString())
}

/** The server may have the letter, so whatever went wrong is an outcome and no exception. */
function causeOf(error: unknown): MailError {
  if (error instanceof MailError) return error
  const reason = 'something on this side failed'
  return new ConnectionLost('waiting for the reply to the content', { reason, cause: error })
}
