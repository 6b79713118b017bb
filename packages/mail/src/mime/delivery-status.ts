/** What a delivery report says of each recipient (RFC 3464): the content of a `message/delivery-status`. */

import type { HeaderLimits, HeaderSection } from './header-section.ts'
import {
  fieldGroups,
  readDate,
  readKeyword,
  readTypedValue,
  withoutUndefined,
} from './report-fields.ts'
import type { TypedValue } from './report-fields.ts'

/** What became of a letter on its way to one recipient (RFC 3464 §2.3.3). */
export const DELIVERY_ACTIONS = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const
export type DeliveryAction = (typeof DELIVERY_ACTIONS)[number]

/** What is reported of one recipient. What isn't there, or breaks RFC 3464, is `undefined`; {@link fields} has all of it as it came. */
export interface RecipientReport {
  /** Who it was in the end, behind lists and forwarding. */
  readonly finalRecipient?: TypedValue
  /** Who it was to its sender. */
  readonly originalRecipient?: TypedValue
  /** `'failed'` is for good; after `'delayed'` the server goes on trying. */
  readonly action?: DeliveryAction
  /** Class, subject and detail (RFC 3463): `5.1.1`. */
  readonly status?: string
  /** The server that said so. */
  readonly remoteMta?: TypedValue
  /** Its words: `smtp; 550 5.1.1 no such user`. */
  readonly diagnosticCode?: TypedValue
  readonly lastAttemptDate?: Date
  readonly willRetryUntil?: Date
  readonly finalLogId?: string
  readonly fields: HeaderSection
}

/** What is reported of the letter as a whole, and of each recipient. */
export interface DeliveryStatus {
  /** The ENVID that the letter was sent with (RFC 3461 §4.4). */
  readonly originalEnvelopeId?: string
  readonly reportingMta?: TypedValue
  readonly dsnGateway?: TypedValue
  readonly receivedFromMta?: TypedValue
  readonly arrivalDate?: Date
  readonly recipients: readonly RecipientReport[]
}

const STATUS = /^[245]\.\d{1,3}\.\d{1,3}(?!\d)/

/**
 * Reads the content of a `message/delivery-status` or `message/global-delivery-status`. A server that writes all fields in one group, or no group for the
 * letter, is understood too.
 *
 * @throws LimitExceeded when a group is larger than a header section may be.
 */
export function readDeliveryStatus(
  content: Uint8Array,
  limits: Partial<HeaderLimits> = {},
): DeliveryStatus {
  const [first, ...others] = fieldGroups(content, limits)
  if (first === undefined) return { recipients: [] }
  const recipients = isOfRecipient(first) ? [first, ...others] : others
  return {
    ...withoutUndefined({
      originalEnvelopeId: first.first('original-envelope-id'),
      reportingMta: readTypedValue(first.first('reporting-mta')),
      dsnGateway: readTypedValue(first.first('dsn-gateway')),
      receivedFromMta: readTypedValue(first.first('received-from-mta')),
      arrivalDate: readDate(first.first('arrival-date')),
    }),
    recipients: recipients.map(readRecipient),
  }
}

function isOfRecipient(fields: HeaderSection): boolean {
  return ['final-recipient', 'original-recipient', 'action'].some(
    (name) => fields.first(name) !== undefined,
  )
}

function readRecipient(fields: HeaderSection): RecipientReport {
  const action = readKeyword(fields.first('action'))
  return {
    ...withoutUndefined({
      finalRecipient: readTypedValue(fields.first('final-recipient')),
      originalRecipient: readTypedValue(fields.first('original-recipient')),
      action: DELIVERY_ACTIONS.find((known) => known === action),
      status: STATUS.exec(fields.first('status') ?? '')?.[0],
      remoteMta: readTypedValue(fields.first('remote-mta')),
      diagnosticCode: readTypedValue(fields.first('diagnostic-code')),
      lastAttemptDate: readDate(fields.first('last-attempt-date')),
      willRetryUntil: readDate(fields.first('will-retry-until')),
      finalLogId: fields.first('final-log-id'),
    }),
    fields,
  }
}
