import { MailError } from '../base/mail-error.ts'
import { escapePeerWords } from '../base/peer-words.ts'
import { formatEnhancedStatus } from '../smtp/enhanced-status.ts'
import type { RecipientOutcome } from '../smtp/envelope.ts'
import { Exception } from './exception.ts'

/** How many recipients the sentence names; all of them stand in the fields. */
const MAX_NAMED_RECIPIENTS = 5

/** Something about mail failed. What it was, the classes below say. */
export abstract class EmailException extends Exception {}

/** A text is not an address, so nothing can be sent to it or said to come from it. */
export class EmailAddressException extends EmailException {
  readonly code = 'EMAIL_ADDRESS_INVALID'
  readonly transient = false
  /** The text that was refused, as it was given. */
  readonly input: string

  constructor(input: string, cause: MailError) {
    super(cause.message, { cause, ...(cause.hint !== undefined && { hint: cause.hint }) })
    this.input = input
  }
}

/**
 * What became of a letter that was not sent to all of its recipients.
 *
 * `'failed'`: nothing was sent; nobody has it. `'refused'`: the server refused it for every recipient. `'partial'`: some recipients have it, those in
 * `rejectedRecipients` don't. `'unknown'`: the connection broke when the server had the whole letter, so it may arrive all the same.
 */
export type SendingFailure = 'failed' | 'refused' | 'partial' | 'unknown'

/** A letter was not accepted for all of its recipients. */
export class EmailSendingException extends EmailException {
  readonly code = 'EMAIL_NOT_SENT'
  /** The same may succeed later. Read {@link outcome} first: what is sent again may arrive twice. */
  readonly transient: boolean
  readonly outcome: SendingFailure
  /** The `Message-ID` that the letter went out with, for looking it up in the server's log. `undefined` when it was not composed. */
  readonly messageId: string | undefined
  /** What the server said for each recipient, in the order of the envelope. Empty when it didn't come to that. */
  readonly recipients: readonly RecipientOutcome[]
  /** The addresses that the letter was not accepted for, those with an unknown outcome too. */
  readonly rejectedRecipients: readonly string[]
  /** The code of the first refusal: 550. */
  readonly smtpCode: number | undefined
  /** The enhanced code of the first refusal: `5.1.1` (RFC 3463). */
  readonly enhancedCode: string | undefined
  /** The words of the first refusal, escaped, on one line. */
  readonly response: string | undefined

  constructor(facts: {
    readonly messageId?: string | undefined
    readonly recipients?: readonly RecipientOutcome[]
    readonly cause?: unknown
  }) {
    const { messageId, recipients = [], cause } = facts
    const failed = recipients.filter(({ kind }) => kind !== 'accepted')
    const outcome = outcomeOf(recipients)
    const underlying = cause ?? failed.find(({ kind }) => kind === 'unknown')?.cause
    super(sentence(messageId, { outcome, recipients, failed, cause: underlying }), {
      hint: hintFor(outcome, underlying),
      ...(underlying !== undefined && { cause: underlying }),
    })
    const refusal = failed.find(({ reply }) => reply !== undefined)?.reply
    this.outcome = outcome
    this.messageId = messageId
    this.recipients = recipients
    this.rejectedRecipients = failed.map(({ forwardPath }) => forwardPath.addrSpec)
    this.smtpCode = refusal?.code
    this.enhancedCode = refusal?.enhancedStatus && formatEnhancedStatus(refusal.enhancedStatus)
    this.response = refusal?.toString()
    this.transient = isTransient(failed, cause)
  }
}

function outcomeOf(recipients: readonly RecipientOutcome[]): SendingFailure {
  if (recipients.length === 0) return 'failed'
  if (recipients.some(({ kind }) => kind === 'unknown')) return 'unknown'
  return recipients.some(({ kind }) => kind === 'accepted') ? 'partial' : 'refused'
}

function isTransient(failed: readonly RecipientOutcome[], cause: unknown): boolean {
  if (failed.length === 0) return cause instanceof MailError && cause.transient
  return failed.every(({ kind }) => kind === 'deferred' || kind === 'unknown')
}

function sentence(
  messageId: string | undefined,
  facts: {
    readonly outcome: SendingFailure
    readonly recipients: readonly RecipientOutcome[]
    readonly failed: readonly RecipientOutcome[]
    readonly cause: unknown
  },
): string {
  const { outcome, recipients, failed, cause } = facts
  const letter = messageId === undefined ? 'the letter' : `the letter ${messageId}`
  const reason = cause instanceof Error ? `: ${escapePeerWords(cause.message)}` : ''
  if (outcome === 'failed') return `${letter} was not sent${reason}`
  const refusals = failed.map(namedRefusal).slice(0, MAX_NAMED_RECIPIENTS)
  const more = failed.length > refusals.length ? '; …' : ''
  const said = `${refusals.join('; ')}${more}`
  const of = `${failed.length} of ${recipients.length} recipients`
  if (outcome !== 'unknown') return `${letter} was not accepted for ${of}: ${said}`
  return `${letter} may or may not have arrived for ${of}${reason}: ${said}`
}

function namedRefusal({ forwardPath, reply }: RecipientOutcome): string {
  return reply === undefined
    ? forwardPath.toString()
    : `${forwardPath.toString()} ${reply.toString()}`
}

function hintFor(outcome: SendingFailure, cause: unknown): string {
  switch (outcome) {
    case 'failed':
      if (cause instanceof MailError && cause.hint !== undefined) return cause.hint
      return 'Nobody has got the letter: mend the cause and send it again'
    case 'refused':
      return 'Look at what the server said to each recipient; a deferred letter may be sent again later'
    case 'partial':
      return 'Send it again only to the recipients in rejectedRecipients'
    case 'unknown':
      return 'Look whether it has arrived before sending it again, with the same messageId'
  }
}
