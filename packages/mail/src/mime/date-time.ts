/** Dates of letters (RFC 5322 §3.3, obsolete forms §4.3): parse, format. What time it is, is the caller's to say. */

import { HeaderInvalid } from './errors.ts'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const MONTHS = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
] as const

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

const MINUTE_MS = 60_000
/** RFC 5322 §3.3: a zone is four digits, of which the last two are minutes. */
const MAX_OFFSET_MINUTES = 99 * 60 + 59
/** Longer than any date with comments in it; what is longer isn't read. */
const MAX_DATE_LENGTH = 500

const DATE_TIME =
  /^(?:[a-z]+ ?,? ?)?(\d{1,2})[ -]([a-z]{3})[a-z]*[ -](\d{2,4}) (\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([+-]\d{4}|[a-z]+))?/i

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
  if (!(year >= 1900 && year <= 9999) || !isOffset) {
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
 * Reads a date, obsolete forms included: years of two digits, zones by name, seconds missing, comments anywhere. The name
 * of the day is not compared with the date, since some programs get it wrong. No zone means UTC.
 *
 * @returns `undefined` when it is no date.
 */
export function parseDateTime(text: string): Date | undefined {
  const match = DATE_TIME.exec(withoutComments(text.slice(0, MAX_DATE_LENGTH)))
  if (match === null) return undefined
  const [, day, monthName = '', yearDigits = '', hour, minute, second = '0', zone] = match
  const month = MONTHS.findIndex((name) => name.toLowerCase() === monthName.toLowerCase())
  const year = fullYear(yearDigits)
  const at = new Date(Date.UTC(year, month, Number(day), Number(hour), Number(minute)))
  // RFC 5322 §3.3 allows the leap second 60. Date.UTC would make 31 February the 3 March; that is no date either.
  const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60
  if (month < 0 || !isTime || at.getUTCDate() !== Number(day)) return undefined
  return new Date(at.getTime() + Number(second) * 1000 - zoneMinutes(zone) * MINUTE_MS)
}

/** RFC 5322 §4.3: two digits are 1950 to 2049, three are counted from 1900. */
function fullYear(digits: string): number {
  const year = Number(digits)
  if (digits.length === 2) return year < 50 ? 2000 + year : 1900 + year
  return digits.length === 3 ? 1900 + year : year
}

function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined) return 0
  if (!/^[+-]/.test(zone)) return ZONES.get(zone.toLowerCase()) ?? 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3))
  return zone.startsWith('-') ? -minutes : minutes
}

/** Comments, nested ones too, count as white space, and all white space as one space. */
function withoutComments(text: string): string {
  let plain = ''
  let depth = 0
  for (const character of text) {
    if (character === '(') depth++
    if (depth === 0) plain += character
    else if (character === ')' && --depth === 0) plain += ' '
  }
  return plain
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([:,]) ?/g, '$1')
    .trim()
    .replace(',', ', ')
}
