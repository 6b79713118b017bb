/** What a letter says of itself and of its way, as the platform's objects tell it. */

import { textOf } from '../../base/octets.ts'
import { parseDateTime } from '../../mime/date-time.ts'
import type { HeaderSection } from '../../mime/header-section.ts'

/** A letter as a server gave it. */
export interface ReceivedOctets {
  /** The whole letter, or its header section. */
  readonly octets: Uint8Array
  readonly isWhole: boolean
  /** What the server calls the letter. */
  readonly uids?: readonly string[]
  /** The mailbox that it was read from, where there are several. */
  readonly mailbox?: string
  /** Of the whole letter, as the server says. */
  readonly sizeOctets?: number | undefined
  /** When the server got it. */
  readonly dateReceived?: Date | undefined
}

/** A zone is hours and minutes (RFC 5322 §3.3), an offset is seconds, and `Date` counts milliseconds. */
const SECONDS_PER_MINUTE = 60
const MINUTES_PER_HOUR = 60
/** As above. */
const MS_PER_SECOND = 1000

/** How far the sender's clock was from UTC, in seconds; 0 when the letter does not say. */
export function postingDateOffset(header: HeaderSection | undefined): number {
  const zone = /([+-])(\d{2})(\d{2})(?:\s*\([^()]*\))?$/.exec(header?.raw('date') ?? '')
  if (zone === null) return 0
  const [, sign, hours, minutes] = zone
  const seconds = (Number(hours) * MINUTES_PER_HOUR + Number(minutes)) * SECONDS_PER_MINUTE
  return sign === '-' ? -seconds : seconds
}

/** The day that it was where the letter was sent, as a date in UTC. */
export function postingDay(header: HeaderSection): Date | undefined {
  const date = parseDateTime(header.raw('date') ?? '')
  return date && new Date(date.getTime() + postingDateOffset(header) * MS_PER_SECOND)
}

/** When the last server on the way got the letter (RFC 5321 §4.4): for protocols that don't say. */
export function dateOfArrival(header: HeaderSection): Date | undefined {
  const trace = header.raw('received') ?? ''
  return parseDateTime(trace.slice(trace.lastIndexOf(';') + 1).trim())
}

/** The header section as it stands. */
export function headerTextOf(octets: Uint8Array): string {
  return textOf(octets).trimEnd()
}
