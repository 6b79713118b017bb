/** Dates of letters (RFC 5322 §3.3, obsolete forms §4.3): parse, format. What time it is, is the caller's to say. */

import { monthOf, MONTHS } from '../base/month-names.ts'
import { HeaderInvalid } from './errors.ts'
import { withoutComments } from './text.ts'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
/** Minutes east of Greenwich. RFC 5322 §4.3: a military letter means nothing certain, so it counts as -0000, which is UTC. */
const ZONES: ReadonlyMap<string, number> = new Map([
  ['ut', 0],
  ['utc', 0],
  ['gmt', 0],
  ['est', -300],
  ['edt', -240],
  ['cst', -360],
  ['cdt', -300],
  ['mst', -420],
  ['mdt', -360],
  ['pst', -480],
  ['pdt', -420],
])

/** RFC 5322 §3.3. */
const MIN_YEAR = 1900
/** RFC 5322 §3.3 has four digits or more; nobody reads more. */
const MAX_YEAR = 9999

const MINUTE_MS = 60_000
/** RFC 5322 §3.3: a zone is four digits, of which the last two are minutes. */
const MAX_OFFSET_MINUTES = 99 * 60 + 59
/** Longer than any date with comments in it; what is longer isn't read. */
const MAX_DATE_LENGTH = 500

const TIME = String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d+)?)?`
/** `+0300`, and what is written instead: `GMT+3`, `+03:00`, a name. */
const ZONE = String.raw`(?:(?:GMT|UTC?)? ?(?<sign>[+-])(?<zoneHours>\d{1,2}):?(?<zoneMinutes>\d{2})?(?!\d)|(?<zone>[a-z]+))`
const DATE_TIME = new RegExp(
  String.raw`^(?:[a-z]+ ?,? ?)?(?<day>\d{1,2})[ -](?<month>[a-z]{3})[a-z]*[ -](?<year>\d{2,4}) ${TIME}(?: ?${ZONE})?`,
  'i',
)
/** What asctime of C gives, with a zone before the year as some programs put one: `Sun Nov 22 04:33:00 2026`. */
const ASCTIME = new RegExp(
  String.raw`^[a-z]+ ?,? ?(?<month>[a-z]{3})[a-z]* (?<day>\d{1,2}) ${TIME}(?: ${ZONE})? (?<year>\d{4})(?!\d)`,
  'i',
)

/**
 * Writes `Sun, 22 Nov 2026 04:33:00 +0300`.
 *
 * @param offsetMinutes The zone to write it in, minutes east of Greenwich.
 * @throws HeaderInvalid when the date is no date, or its year has not four digits.
 *
 * @example
 * ```ts
 * import { formatDateTime } from '@obmen/mail/mime'
 *
 * console.log(formatDateTime(new Date(0))) // Thu, 1 Jan 1970 00:00:00 +0000
 * ```
 */
export function formatDateTime(date: Date, offsetMinutes = 0): string {
  const local = new Date(date.getTime() + offsetMinutes * MINUTE_MS)
  const year = local.getUTCFullYear()
  const isOffset = Number.isInteger(offsetMinutes) && Math.abs(offsetMinutes) <= MAX_OFFSET_MINUTES
  if (!isYear(year) || !isOffset) {
    throw new HeaderInvalid({
      field: 'Date',
      reason: 'can not be written',
      value: `${date.getTime()} ms, ${offsetMinutes} min`,
      hint: 'Give a valid date between the years 1900 and 9999',
    })
  }
  const time = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(twoDigits)
  const minutes = Math.abs(offsetMinutes)
  const zone = `${offsetMinutes < 0 ? '-' : '+'}${twoDigits(Math.floor(minutes / 60))}${twoDigits(minutes % 60)}`
  return `${DAYS[local.getUTCDay()]}, ${local.getUTCDate()} ${MONTHS[local.getUTCMonth()]} ${year} ${time.join(':')} ${zone}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/**
 * Reads a date, obsolete forms included: years of two digits, zones by name, seconds missing, comments anywhere; beyond the standards,
 * `GMT+3` (east of Greenwich) and the form of asctime. The name of the day is not compared with the date, since some programs get it
 * wrong. No zone means UTC.
 *
 * @returns `undefined` when it is no date, or one before the year 1900, which no letter can have.
 */
export function parseDateTime(text: string): Date | undefined {
  const found = USUAL.exec(text)
  if (found === null) return parseUnusual(text)
  const [, day, month = '', year, hour, minute, second, sign, zoneHours, zoneMinutes] = found
  const offset = Number(zoneHours) * 60 + Number(zoneMinutes)
  return dateOf({
    year: Number(year),
    month,
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    offset: sign === '-' ? -offset : offset,
  })
}

function parseUnusual(text: string): Date | undefined {
  const date = normalized(text.slice(0, MAX_DATE_LENGTH))
  const found = (DATE_TIME.exec(date) ?? ASCTIME.exec(date))?.groups
  if (found === undefined) return undefined
  return dateOf({
    year: fullYear(found['year'] ?? ''),
    month: found['month'] ?? '',
    day: Number(found['day']),
    hour: Number(found['hour']),
    minute: Number(found['minute']),
    second: Number(found['second'] ?? '0'),
    offset: offsetOf(found),
  })
}

/** What a date is written of. */
interface DateFields {
  readonly year: number
  /** Its name. */
  readonly month: string
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** Minutes east of Greenwich. */
  readonly offset: number
}

function dateOf({ year, month, day, hour, minute, second, offset }: DateFields): Date | undefined {
  const monthNumber = monthOf(month)
  const at = new Date(Date.UTC(year, monthNumber, day, hour, minute))
  // RFC 5322 §3.3 allows the leap second 60. Date.UTC would make 31 February the 3 March; that is no date either.
  const isTime = hour < 24 && minute < 60 && second <= 60
  if (monthNumber < 0 || !isTime || at.getUTCDate() !== day) return undefined
  const date = new Date(at.getTime() + second * 1000 - offset * MINUTE_MS)
  // Date.UTC counts a year below 100 from 1900.
  return year >= MIN_YEAR && isYear(date.getUTCFullYear()) ? date : undefined
}

/** RFC 5322 §3.3: from 1900 on, and four digits. Programs without a date write the first of their calendar, such as 1601. */
export function isYear(year: number): boolean {
  return year >= MIN_YEAR && year <= MAX_YEAR
}

/** RFC 5322 §4.3: two digits are 1950 to 2049, three are counted from 1900. */
function fullYear(digits: string): number {
  const year = Number(digits)
  if (digits.length === 2) return year < 50 ? 2000 + year : 1900 + year
  return digits.length === 3 ? 1900 + year : year
}

/** Minutes east of Greenwich. */
function offsetOf(found: Readonly<Record<string, string | undefined>>): number {
  const { sign, zoneHours, zoneMinutes = '0', zone = '' } = found
  if (sign === undefined) return ZONES.get(zone.toLowerCase()) ?? 0
  const minutes = Number(zoneHours) * 60 + Number(zoneMinutes)
  return sign === '-' ? -minutes : minutes
}

/** As RFC 5322 §3.3 has it, and nearly every letter: nothing is to be tidied up. */
const USUAL =
  /^[A-Za-z]{3}, (\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/

/** Comments and runs of white space become one space; none is left around colons. */
function normalized(text: string): string {
  return withoutComments(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([:,]) ?/g, '$1')
    .trim()
    .replace(',', ', ')
}
