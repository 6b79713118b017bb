import { MailError } from '../base/mail-error.ts'
import type { Dialog } from '../wire/dialog.ts'
import { ProtocolViolation } from '../wire/errors.ts'
import {
  DATA,
  formatMail,
  formatRcpt,
  RSET,
  type MailParameters,
  type SmtpCommand,
} from './command.ts'
import type { Envelope, RecipientOutcome } from './envelope.ts'
import type { ForwardPath } from './path.ts'
import type { Reply } from './reply.ts'
import type { SmtpSession } from './session.ts'

/**
 * How many commands travel in one group. Unlimited, both sides could fill their windows with nobody reading (RFC 2920 §3.1); so
 * many replies fit into any receive buffer, and a round trip for each hundred recipients is not felt.
 */
const MAX_GROUP = 100

const GO_AHEAD = 354

/** Storage exceeded; and in RFC 821, too many recipients. */
const STORAGE_EXCEEDED = 552

/** What the server answered to the commands before the content. */
export interface EnvelopeAnswer {
  readonly isMailAccepted: boolean
  /** For each recipient the outcome, if it has been refused; `undefined` while the server would take the letter for it. */
  readonly refusals: readonly (RecipientOutcome | undefined)[]
  /** The reply to DATA: 354 or a refusal. `undefined` when there was nobody to send to. */
  readonly data: Reply | undefined
  /** The conversation has broken off. Only when nobody is left who could have got the letter; otherwise that is an error. */
  readonly isBroken: boolean
}

interface Step {
  readonly kind: 'reset' | 'mail' | 'rcpt' | 'data'
  readonly command: SmtpCommand
  readonly timeoutMs: number
}

/** Sends the commands of one letter: in one go where the server has PIPELINING, otherwise each after the reply to the one before. */
export function* sendEnvelope(
  session: SmtpSession,
  envelope: Envelope,
  options: { readonly parameters: MailParameters; readonly needsReset: boolean },
): Dialog<EnvelopeAnswer> {
  const { channel, extensions } = session
  const steps = planSteps(session, envelope, options)
  const replies = new EnvelopeReplies(envelope.forwardPaths)
  const groupSize = extensions.has('PIPELINING') ? MAX_GROUP : 1
  for (let from = 0; from < steps.length; from += groupSize) {
    const group = steps.slice(from, from + groupSize)
    if (!replies.isWorthSending(group)) break
    try {
      yield* channel.send(group.map(({ command }) => command))
      for (const step of group) replies.add(step, yield* channel.receive(step.timeoutMs))
    } catch (error) {
      // Exim's "drop" refuses a recipient with 554 and hangs up: the refusal is what counts, not that DATA has no reply.
      if (!(error instanceof MailError) || !replies.areFinal) throw error
      replies.isBroken = true
      break
    }
  }
  return replies
}

/** What a reply that ends the matter for a recipient means. */
export function outcomeOf(forwardPath: ForwardPath, reply: Reply): RecipientOutcome {
  switch (reply.severity) {
    case 'completion':
      return { kind: 'accepted', forwardPath, reply }
    case 'transient':
      return { kind: 'deferred', forwardPath, reply }
    default:
      return { kind: 'rejected', forwardPath, reply }
  }
}

function planSteps(
  { channel }: SmtpSession,
  envelope: Envelope,
  { parameters, needsReset }: { readonly parameters: MailParameters; readonly needsReset: boolean },
): readonly Step[] {
  const { commandMs, mailMs, rcptMs, dataMs } = channel.deadlines
  const mail = formatMail(envelope.reversePath, parameters)
  return [
    ...(needsReset ? [{ kind: 'reset', command: RSET, timeoutMs: commandMs } as const] : []),
    { kind: 'mail', command: mail, timeoutMs: mailMs },
    ...envelope.forwardPaths.map(
      (path) => ({ kind: 'rcpt', command: formatRcpt(path), timeoutMs: rcptMs }) as const,
    ),
    { kind: 'data', command: DATA, timeoutMs: dataMs },
  ]
}

/** Puts every reply to its command. */
class EnvelopeReplies implements EnvelopeAnswer {
  isBroken = false
  readonly #forwardPaths: readonly ForwardPath[]
  readonly #refusals: (RecipientOutcome | undefined)[] = []
  #mail: Reply | undefined
  #data: Reply | undefined

  constructor(forwardPaths: readonly ForwardPath[]) {
    this.#forwardPaths = forwardPaths
  }

  get isMailAccepted(): boolean {
    return this.#mail?.severity === 'completion'
  }

  /** When MAIL was refused, that is the reason for all: what RCPT was answered then (503) says nothing. */
  get refusals(): readonly (RecipientOutcome | undefined)[] {
    const mail = this.#mail
    if (mail === undefined || this.isMailAccepted) return this.#refusals
    return this.#forwardPaths.map((forwardPath) => outcomeOf(forwardPath, mail))
  }

  get data(): Reply | undefined {
    return this.#data
  }

  /** Everybody has been refused, whatever the rest of the replies. */
  get areFinal(): boolean {
    if (this.#mail !== undefined && !this.isMailAccepted) return true
    return this.#hasAllRecipients && !this.#refusals.includes(undefined)
  }

  get #hasAllRecipients(): boolean {
    return this.#refusals.length === this.#forwardPaths.length
  }

  /** Whether there is a point in another group of commands. */
  isWorthSending([first]: readonly Step[]): boolean {
    if (this.#mail !== undefined && !this.isMailAccepted) return false
    return first?.kind !== 'data' || this.#refusals.includes(undefined)
  }

  add({ kind, command }: Step, reply: Reply): void {
    // RSET can't be refused (RFC 5321 §4.1.1.5). If it is all the same, MAIL will be too.
    if (kind === 'reset') return
    refuseUnfit(kind, command, reply)
    if (kind === 'mail') this.#mail = reply
    else if (kind === 'data') this.#data = reply
    else this.#addRecipient(reply)
  }

  #addRecipient(reply: Reply): void {
    const forwardPath = this.#forwardPaths[this.#refusals.length]
    if (forwardPath === undefined) return
    const outcome = outcomeOf(forwardPath, reply)
    if (outcome.kind === 'accepted') this.#refusals.push(undefined)
    else if (this.#isTooManyRecipients(reply)) {
      this.#refusals.push({ kind: 'deferred', forwardPath, reply })
    } else this.#refusals.push(outcome)
  }

  /**
   * Servers after RFC 821 say 552 where 452 is right: the next letter may have this recipient (RFC 5321 §4.5.3.1.10). The first
   * recipient can't be one too many, and `5.2.2` is a mailbox that is full.
   */
  #isTooManyRecipients({ code, enhancedStatus }: Reply): boolean {
    if (code !== STORAGE_EXCEEDED || !this.#refusals.includes(undefined)) return false
    return enhancedStatus === undefined || enhancedStatus.subject === 5
  }
}

/** A reply of a class that the command can't have means that replies and commands no longer belong together. */
function refuseUnfit(kind: 'mail' | 'rcpt' | 'data', command: SmtpCommand, reply: Reply): void {
  const isRefusal = reply.severity === 'transient' || reply.severity === 'permanent'
  const isFit = kind === 'data' ? reply.code === GO_AHEAD : reply.severity === 'completion'
  if (isRefusal || isFit) return
  throw new ProtocolViolation(`${command.shown} failed: it can't have the reply`, reply.toString())
}
