/** Dates as IMAP writes them (RFC 9051 §9): ` 7-Feb-2026 04:33:00 +0300` when a letter came, `7-Feb-2026` in a search. */

import { monthOf, MONTHS } from '../base/month-names.ts'

const MINUTE_MS = 60_000

const ZERO = 0x30
const NINE = 0x39
const SPACE = 0x20
const PLUS = 0x2b
const DASH = 0x2d
const COLON = 0x3a

/** What stands between the numbers of `-Feb-2026 04:33:00 +0300`, and where. */
const PUNCTUATION: readonly (readonly [at: number, octet: number])[] = [
  [4, DASH],
  [9, SPACE],
  [12, COLON],
  [15, COLON],
  [18, SPACE],
]
const BEHIND_DAY = 24

/** No month has fewer days. */
const SAFE_DAYS = 28

/** Reads a `date-time`; `undefined` when it is none. One comes with each letter, and what has its place is read faster than what a pattern finds. */
export function parseDateTime(octets: Uint8Array): Date | undefined {
  const from = octets[0] === SPACE ? 1 : 0
  const dash = octets.indexOf(DASH)
  if (dash === from || dash > from + 2 || octets.length !== dash + BEHIND_DAY) return undefined
  if (PUNCTUATION.some(([at, octet]) => octets[dash + at] !== octet)) return undefined
  const month = monthOf(String.fromCharCode(...octets.subarray(dash + 1, dash + 4)))
  const numberAt = (at: number, digits: number): number =>
    numberOf(octets, dash + at, dash + at + digits)
  const midnight = midnightOf(numberAt(5, 4), month, numberOf(octets, from, dash))
  const [hour, minute, second] = [numberAt(10, 2), numberAt(13, 2), numberAt(16, 2)]
  const offset = numberAt(20, 2) * 60 + numberAt(22, 2)
  const sign = octets[dash + 19]
  if (midnight === undefined || !(hour <= 23 && minute <= 59 && second <= 60)) return undefined
  if (Number.isNaN(offset) || (sign !== PLUS && sign !== DASH)) return undefined
  const minutes = hour * 60 + minute + (sign === DASH ? offset : -offset)
  return new Date(midnight + minutes * MINUTE_MS + second * 1000)
}

/** The number that these digits are; NaN when they are none. */
function numberOf(octets: Uint8Array, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) {
    const octet = octets[at] ?? 0
    if (octet < ZERO || octet > NINE) return Number.NaN
    value = value * 10 + octet - ZERO
  }
  return value
}

/** When a day begins in UTC; `undefined` when there is no such day. */
function midnightOf(year: number, month: number, day: number): number | undefined {
  if (month === -1 || Number.isNaN(year) || !(day >= 1)) return undefined
  const midnight = Date.UTC(year, month, day)
  // It would make 31 February the 3 March.
  const isSafe = day <= SAFE_DAYS || new Date(midnight).getUTCDate() === day
  return isSafe ? midnight : undefined
}

/** Writes a `date-time` in UTC. @throws RangeError when the date is no date, or its year has not four digits. */
export function formatDateTime(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, ' ')
  const time = requireDate(date).toISOString().slice(11, 19)
  return `${day}-${monthAndYear(date)} ${time} +0000`
}

/** Writes the `date` of a search: the day in UTC. @throws RangeError as {@link formatDateTime}. */
export function formatDate(date: Date): string {
  return `${requireDate(date).getUTCDate()}-${monthAndYear(date)}`
}

function monthAndYear(date: Date): string {
  return `${MONTHS[date.getUTCMonth()] ?? ''}-${String(date.getUTCFullYear()).padStart(4, '0')}`
}

function requireDate(date: Date): Date {
  const year = date.getUTCFullYear()
  if (year >= 0 && year <= 9999) return date
  throw new RangeError('a date has a year of four digits')
}
