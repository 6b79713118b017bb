/** Dates as IMAP writes them (RFC 9051 §9): ` 7-Feb-2026 04:33:00 +0300` when a letter came, `7-Feb-2026` in a search. */

import { monthOf, MONTHS } from '../base/month-names.ts'

const MINUTE_MS = 60_000

const DATE_TIME =
  /^ ?(?<day>\d{1,2})-(?<month>[a-z]{3})-(?<year>\d{4}) (?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2}) (?<sign>[+-])(?<zoneHours>\d{2})(?<zoneMinutes>\d{2})$/i

/** Reads a `date-time`; `undefined` when it is none. */
export function parseDateTime(text: string): Date | undefined {
  const groups = DATE_TIME.exec(text)?.groups
  if (groups === undefined) return undefined
  const field = (name: string): number => Number(groups[name])
  const day = field('day')
  const month = monthOf(groups['month'] ?? '')
  if (month === -1 || field('hour') > 23 || field('minute') > 59 || field('second') > 60) {
    return undefined
  }
  const midnight = new Date(Date.UTC(field('year'), month, day))
  // Date.UTC would make 31 February the 3 March; that is no date either.
  if (midnight.getUTCDate() !== day) return undefined
  const seconds = (field('hour') * 60 + field('minute')) * 60 + field('second')
  const offset = field('zoneHours') * 60 + field('zoneMinutes')
  const minutes = groups['sign'] === '-' ? -offset : offset
  return new Date(midnight.getTime() + seconds * 1000 - minutes * MINUTE_MS)
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
