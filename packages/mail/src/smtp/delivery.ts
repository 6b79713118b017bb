/**
 * What can be asked of the servers on the way beyond delivering a letter, and how MAIL and RCPT say it. Each wish is an extension of SMTP; a wish
 * that a server has no extension for is refused before the letter is begun.
 */

import { isAscii } from '../address/character.ts'
import { octetsOf } from '../base/octets.ts'
import { escapePeerWords } from '../base/peer-words.ts'
import { formatCount, formatParameter, type Parameter } from './command.ts'
import type { ForwardPath, ReversePath } from './path.ts'

/** When a report is wanted (RFC 3461 §4.1): in no case at all, or in some of three. */
export type Notify = 'never' | readonly ['success' | 'failure' | 'delay', ...NotifyCase[]]
type NotifyCase = 'success' | 'failure' | 'delay'

/** What is wanted for one recipient. */
export interface RecipientRequest {
  /** Instead of what the letter has for all. */
  readonly notify?: Notify
  /** Whom the sender had written to, when that is somebody else: reports name it (RFC 3461 §4.2, RFC 6533 §3). */
  readonly originalRecipient?: ForwardPath
}

/** What is wanted of the servers on the way. */
export interface DeliveryRequest {
  /** When to report to the reverse-path, for every recipient (RFC 3461). Without it the server decides; most report failures and delays. */
  readonly notify?: Notify
  /** How much of the letter a report gives back (RFC 3461 §4.3). */
  readonly returnContent?: 'full' | 'headers'
  /** What reports call the letter (RFC 3461 §4.4): printable ASCII, at most a hundred characters once encoded. */
  readonly envelopeId?: string
  /** Wishes for single recipients, by the same objects that are the forward paths of the envelope. */
  readonly recipients?: ReadonlyMap<ForwardPath, RecipientRequest>
  /**
   * Who has handed the letter in, when a server that is trusted to know passes it on for somebody else; the null path when nobody knows (RFC 4954 §5). A
   * server that does not trust this side passes the null path on.
   */
  readonly submitter?: ReversePath
  /** Every server on the way must pass the letter on by TLS with a verified certificate, or send it back (RFC 8689). */
  readonly requireTls?: boolean
  /** When it is to be delivered by (RFC 2852). */
  readonly deliverBy?: DeliverBy
  /** From -9 to 9, 0 being ordinary (RFC 6710). */
  readonly priority?: number
  /** The server is to hold it back: for so many seconds, or until then (RFC 4865). */
  readonly hold?: { readonly forSeconds: number } | { readonly until: Date }
}

export interface DeliverBy {
  /** From now. With `'notify'` also 0 or less. At most nine digits. */
  readonly seconds: number
  /** What is done when the time is over: the letter is returned, or the sender is told and delivery goes on. */
  readonly otherwise: 'return' | 'notify'
  /** Each server on the way reports that it has passed the letter on. */
  readonly trace?: boolean
}

/** RFC 3461 §4.4. */
const MAX_ENVELOPE_ID = 100
/** RFC 2852 §4, RFC 4865 §4: nine digits. */
const MAX_SECONDS = 999_999_999
/** RFC 6710 §3. */
const MAX_PRIORITY = 9

const PRINTABLE = /^[ -~]+$/

/** What can be wished, by what a value of it looks like where only some do. Typed, so that none is forgotten. */
const WISHES: Readonly<Record<keyof DeliveryRequest, readonly unknown[] | undefined>> = {
  notify: undefined,
  returnContent: ['full', 'headers'],
  envelopeId: undefined,
  recipients: undefined,
  submitter: undefined,
  requireTls: [true, false],
  deliverBy: undefined,
  priority: undefined,
  hold: undefined,
}

/**
 * Wishes come from files too, and a misspelt one must not be as none: who asks for TLS all the way would not get it.
 *
 * @throws RangeError
 */
export function checkWishes(delivery: DeliveryRequest): void {
  const known: Readonly<Record<string, readonly unknown[] | undefined>> = WISHES
  for (const [wish, value] of Object.entries(delivery)) {
    if (!Object.hasOwn(known, wish)) {
      throw new RangeError(
        `there is no ${escapePeerWords(wish)} among the wishes for a delivery, only ${Object.keys(known).join(', ')}`,
      )
    }
    const values = known[wish]
    if (value === undefined || values === undefined || values.includes(value)) continue
    throw new RangeError(`${wish} is one of ${values.join(', ')}`)
  }
}

/** The parameters of MAIL for DSN. Throws RangeError for an envelope id that is none. */
export function reportParameters({
  returnContent,
  envelopeId,
}: DeliveryRequest): readonly Parameter[] {
  const parameters: Parameter[] = []
  if (returnContent !== undefined) {
    parameters.push(formatParameter('RET', returnContent === 'full' ? 'FULL' : 'HDRS'))
  }
  if (envelopeId !== undefined) {
    const text = PRINTABLE.test(envelopeId) ? encodeXtext(envelopeId) : ''
    if (text === '' || text.length > MAX_ENVELOPE_ID) {
      throw new RangeError('an envelope id is printable ASCII, at most 100 characters once encoded')
    }
    parameters.push(formatParameter('ENVID', text))
  }
  return parameters
}

/** `AUTH=office+40example.org`, `AUTH=<>` (RFC 4954 §5). */
export function submitterParameter({ isNull, addrSpec }: ReversePath): Parameter {
  return formatParameter('AUTH', isNull ? '<>' : encodeXtext(addrSpec))
}

/** The parameters of RCPT for one recipient. */
export function recipientParameters(
  { notify: notifyAll, recipients }: DeliveryRequest,
  path: ForwardPath,
): readonly Parameter[] {
  const { notify = notifyAll, originalRecipient } = recipients?.get(path) ?? {}
  const parameters: Parameter[] = []
  if (notify !== undefined) parameters.push(formatParameter('NOTIFY', formatNotify(notify)))
  if (originalRecipient !== undefined) {
    parameters.push(formatParameter('ORCPT', formatOriginalRecipient(originalRecipient.addrSpec)))
  }
  return parameters
}

const DELIVERY_MODES: readonly DeliverBy['otherwise'][] = ['return', 'notify']

/** `BY=120;R` (RFC 2852 §4). Throws RangeError for a time that is none. */
export function deliverByParameter({ seconds, otherwise, trace }: DeliverBy): Parameter {
  if (!DELIVERY_MODES.includes(otherwise)) {
    throw new RangeError(`deliverBy.otherwise is one of ${DELIVERY_MODES.join(', ')}`)
  }
  const isFit = Number.isSafeInteger(seconds) && Math.abs(seconds) <= MAX_SECONDS
  if (!isFit || (otherwise === 'return' && seconds <= 0)) {
    throw new RangeError(
      "deliverBy.seconds is a whole number of at most nine digits, and more than 0 when otherwise is 'return'",
    )
  }
  const mode = `${otherwise === 'return' ? 'R' : 'N'}${trace === true ? 'T' : ''}`
  return formatParameter('BY', `${seconds};${mode}`)
}

/** Throws RangeError for a priority that is none. */
export function priorityParameter(priority: number): Parameter {
  if (!Number.isSafeInteger(priority) || Math.abs(priority) > MAX_PRIORITY) {
    throw new RangeError(`a priority is a whole number from -9 to 9, not ${priority}`)
  }
  return formatParameter('MT-PRIORITY', priority.toFixed(0))
}

/** Throws RangeError for a time that is none. */
export function holdParameter(hold: NonNullable<DeliveryRequest['hold']>): Parameter {
  if ('until' in hold) {
    if (Number.isNaN(hold.until.getTime())) throw new RangeError('hold.until is no date')
    // RFC 4865 §4: date-time of RFC 3339 without a fraction of a second.
    return formatParameter('HOLDUNTIL', hold.until.toISOString().replace(/\.\d+Z$/, 'Z'))
  }
  const { forSeconds } = hold
  if (!Number.isSafeInteger(forSeconds) || forSeconds <= 0 || forSeconds > MAX_SECONDS) {
    throw new RangeError('hold.forSeconds is a whole number above 0 of at most nine digits')
  }
  return formatParameter('HOLDFOR', formatCount(forSeconds))
}

function formatNotify(notify: Notify): string {
  if (notify === 'never') return 'NEVER'
  const known: readonly string[] = NOTIFY_CASES
  if (notify.length === 0 || !notify.every((word) => known.includes(word))) {
    throw new RangeError("notify is 'never', or some of 'success', 'failure' and 'delay'")
  }
  return [...new Set(notify)].map((word) => word.toUpperCase()).join(',')
}

const NOTIFY_CASES: readonly NotifyCase[] = ['success', 'failure', 'delay']

/** RFC 6533 §3: an address that is not ASCII is written so that a server without SMTPUTF8 can pass it on too. */
function formatOriginalRecipient(addrSpec: string): string {
  return isAscii(addrSpec) ? `rfc822;${encodeXtext(addrSpec)}` : `utf-8;${encodeUnicode(addrSpec)}`
}

/** `xtext` of RFC 3461 §4. */
function encodeXtext(text: string): string {
  return Array.from(octetsOf(text), (octet) => {
    const character = String.fromCharCode(octet)
    return XCHAR.test(character) ? character : `+${hex(octet, 2)}`
  }).join('')
}

const XCHAR = /^[!-*,-<>-~]$/

/** `utf-8-addr-xtext` of RFC 6533 §3. */
function encodeUnicode(text: string): string {
  return Array.from(text, (character) =>
    QCHAR.test(character) ? character : `\\x{${hex(character.codePointAt(0) ?? 0, 2)}}`,
  ).join('')
}

/** Visible ASCII without `\`, `+` and `=`. */
const QCHAR = /^[!-*,-<>-[\]-~]$/

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0')
}
