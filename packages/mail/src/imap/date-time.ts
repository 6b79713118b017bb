/** Dates as IMAP writes them (RFC 9051 §9): ` 7-Feb-2026 04:33:00 +0300` when a letter came, `7-Feb-2026` in a search. */

import { monthOf, MONTHS } from '../base/month-names.ts'

const MINUTE_MS = 60_000

/** The places of ` 7-Feb-2026 04:33:00 +0300`: day, month, year, hour, minute, second, sign, zone. */
const DATE_TIME = /^ ?(\d{1,2})-([a-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/i

/** Reads a `date-time`; `undefined` when it is none. */
export function parseDateTime(text: string): Date | undefined {
  const found = DATE_TIME.exec(text)
  if (found === null) return undefined
  const [, day, monthName = '', year, hour, minute, second, sign, zoneHours, zoneMinutes] = found
  const month = monthOf(monthName)
  if (month === -1 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) {
    return undefined
  }
  const midnight = new Date(Date.UTC(Number(year), month, Number(day)))
  // Date.UTC would make 31 February the 3 March; that is no date either.
  if (midnight.getUTCDate() !== Number(day)) return undefined
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second)
  const offset = Number(zoneHours) * 60 + Number(zoneMinutes)
  const minutes = sign === '-' ? -offset : offset
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
