import { mailboxesOf } from '../../address/address-list.ts'
import { readAddressField } from '../../mime/read-address-field.ts'
import type { HeaderSection } from '../../mime/header-section.ts'
import type { SearchCriteria } from '../../imap/search.ts'
import { IllegalArgumentException } from '../exception.ts'
import { readArguments } from '../named-arguments.ts'

/**
 * Which letters are meant: those for which everything holds that is said. Texts are looked for anywhere in the field, without regard to case; of dates only the day
 * counts.
 */
export interface InternetMailFilter {
  readonly answered?: boolean
  /** `\Recent`: no other connection has seen the letter. */
  readonly recent?: boolean
  readonly bcc?: string
  readonly cc?: string
  readonly to?: string
  readonly from?: string
  readonly subject?: string
  /** In the header section or in the text. */
  readonly text?: string
  readonly body?: string
  /** Sent on this day, before it, on it or later: by what the letter itself says. */
  readonly postDating?: Date
  readonly beforeDateOfPosting?: Date
  readonly afterDateOfPosting?: Date
  readonly deleted?: boolean
  readonly flagged?: boolean
  readonly seen?: boolean
  /** {@link recent} and not {@link seen}. */
  readonly new?: boolean
}

const KEYS = [
  'answered',
  'recent',
  'bcc',
  'cc',
  'to',
  'from',
  'subject',
  'text',
  'body',
  'postDating',
  'beforeDateOfPosting',
  'afterDateOfPosting',
  'deleted',
  'flagged',
  'seen',
  'new',
] as const satisfies readonly (keyof InternetMailFilter)[]

const IN_HEADERS: ReadonlySet<string> = new Set<keyof InternetMailFilter>([
  'bcc',
  'cc',
  'to',
  'from',
  'subject',
  'postDating',
  'beforeDateOfPosting',
  'afterDateOfPosting',
])

/** Of a day without leap seconds, which `Date` does not know. */
const MS_PER_DAY = 86_400_000

/**
 * The filter, whatever vocabulary its keys are in.
 *
 * @throws IllegalArgumentException when there is no key of a name: a filter with a slip would let letters through that nobody meant.
 */
export function readFilter(given: InternetMailFilter): InternetMailFilter {
  return readArguments(given, KEYS)
}

/** The same as a search of IMAP; what it has no word for, `isMeant` says of the flags of a letter. */
export function toCriteria(filter: InternetMailFilter): {
  readonly criteria: SearchCriteria
  readonly isMeant: ((flags: readonly string[]) => boolean) | undefined
} {
  const {
    recent,
    new: isNew,
    postDating,
    beforeDateOfPosting,
    afterDateOfPosting,
    ...same
  } = filter
  const hasFlags = (flags: readonly string[]): boolean => {
    const names = new Set(flags.map((flag) => flag.toLowerCase()))
    const isRecent = names.has('\\recent')
    const isUnread = isRecent && !names.has('\\seen')
    return (recent ?? isRecent) === isRecent && (isNew ?? isUnread) === isUnread
  }
  return {
    criteria: {
      ...same,
      ...(postDating && { sentOn: postDating }),
      ...(beforeDateOfPosting && { sentBefore: beforeDateOfPosting }),
      ...(afterDateOfPosting && { sentSince: afterDateOfPosting }),
      ...(isNew === true && same.seen === undefined && { seen: false }),
    },
    isMeant: recent === undefined && isNew === undefined ? undefined : hasFlags,
  }
}

/** @throws IllegalArgumentException when the filter asks for what a header section doesn't tell: POP3 has nothing else. */
export function requireHeaderFilter(filter: InternetMailFilter): void {
  const key = Object.keys(filter).find((name) => !IN_HEADERS.has(name))
  if (key === undefined) return
  throw new IllegalArgumentException(
    `letters can't be chosen by "${key}" over POP3, where only their headers can be looked at: use IMAP`,
  )
}

/** Whether a letter is meant, by its header section and the day that it was sent on where it was sent. */
export function isMeant(
  filter: InternetMailFilter,
  header: HeaderSection,
  postingDay: Date | undefined,
): boolean {
  const has = (wanted: string | undefined, ...texts: readonly string[]): boolean =>
    wanted === undefined || texts.some((text) => text.toLowerCase().includes(wanted.toLowerCase()))
  const hasAddress = (wanted: string | undefined, name: string): boolean => {
    if (wanted === undefined) return true
    const addresses = mailboxesOf(readAddressField(header.raw(name) ?? ''))
    return has(wanted, ...header.all(name), ...addresses.map((address) => address.toString()))
  }
  return (
    has(filter.subject, ...header.all('subject')) &&
    (['from', 'to', 'cc', 'bcc'] as const).every((name) => hasAddress(filter[name], name)) &&
    isOfDay(filter, postingDay)
  )
}

function isOfDay(filter: InternetMailFilter, postingDay: Date | undefined): boolean {
  const { postDating, beforeDateOfPosting, afterDateOfPosting } = filter
  if (postingDay === undefined) return !postDating && !beforeDateOfPosting && !afterDateOfPosting
  const day = dayOf(postingDay)
  return (
    (postDating === undefined || day === dayOf(postDating)) &&
    (beforeDateOfPosting === undefined || day < dayOf(beforeDateOfPosting)) &&
    (afterDateOfPosting === undefined || day >= dayOf(afterDateOfPosting))
  )
}

function dayOf(date: Date): number {
  return Math.floor(date.getTime() / MS_PER_DAY)
}
