/** Address fields as they come: what can be read of them. Fields as they ought to be are read by `address-field.ts`. */

import type { AddressListEntry } from '../address/address-list.ts'
import { AddressInvalid } from '../address/errors.ts'
import { MailboxAddress } from '../address/mailbox-address.ts'
import { decodeName, parseAddressField } from './address-field.ts'
import { ignoreDefects } from './defect.ts'
import type { ReportDefect } from './defect.ts'

/** What closes what: nothing between these separates entries. */
const CLOSING: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['<', '>'],
  ['(', ')'],
  ['[', ']'],
])

const SEPARATORS = ',;:'
/** What people and programs put around an address. */
const WRAPPING = '<>()\'",;. '

/** An angle address, closed or not, or a word. */
const TOKEN = /<[^<>]*>?|[^\s<]+/g

/**
 * Reads the undecoded body of a received address field, and decodes the names in it, as `parseAddressField` does. Where that throws, this
 * keeps what can be read: `'a@b' <a@b>`, `a@b; c@d`, `Name a@b`, `"a" <b@c> d`. Each entry that breaks the grammar is reported as
 * `malformed-address`, or the whole body when only the separators do; one without any address in it is left out. Never throws.
 *
 * To show and to search received mail. To send, use `parseAddressField`: here a mistake becomes a guess.
 *
 * @example
 * ```ts
 * import { readAddressField } from '@obmen/mail/mime'
 *
 * const entries = readAddressField('Shop no. 1 shop-1@example.org; office@example.org')
 * console.log(entries.map(String).join(' | ')) // "Shop no. 1" <shop-1@example.org> | office@example.org
 * ```
 */
export function readAddressField(
  body: string,
  report: ReportDefect = ignoreDefects,
): readonly AddressListEntry[] {
  const whole = parseOrUndefined(body)
  if (whole !== undefined) return whole
  let isReported = false
  const entries = splitEntries(body).flatMap((entry) =>
    readEntry(entry, (kind, detail) => {
      isReported = true
      report(kind, detail)
    }),
  )
  if (!isReported) report('malformed-address', body)
  return entries
}

function parseOrUndefined(body: string): readonly AddressListEntry[] | undefined {
  try {
    return parseAddressField(body)
  } catch (error) {
    if (error instanceof AddressInvalid) return undefined
    throw error
  }
}

function readEntry(entry: string, report: ReportDefect): readonly AddressListEntry[] {
  const parsed = parseOrUndefined(entry)
  if (parsed !== undefined) return parsed
  report('malformed-address', entry)
  const colon = [...separatorsOf(entry)].find((at) => entry[at] === ':')
  if (colon === undefined) return salvage(entry)
  const members = splitEntries(entry.slice(colon + 1)).flatMap(salvage)
  if (members.length === 0) return []
  return [{ kind: 'group', displayName: cleanName(entry.slice(0, colon)), members }]
}

/** All mailboxes that can be made out: those in angle brackets, or, when there are none, the words that are addresses. */
function salvage(entry: string): readonly MailboxAddress[] {
  const tokens = entry.match(TOKEN) ?? []
  const inBrackets = collect(tokens, (token) => token.startsWith('<'))
  return inBrackets.length > 0 ? inBrackets : collect(tokens, (token) => token.includes('@'))
}

function collect(
  tokens: readonly string[],
  isCandidate: (token: string) => boolean,
): readonly MailboxAddress[] {
  const mailboxes: MailboxAddress[] = []
  let words: string[] = []
  for (const token of tokens) {
    const address = isCandidate(token) ? readAddress(token) : undefined
    if (address === undefined) {
      words.push(token)
      continue
    }
    const { localPart, domain } = address
    mailboxes.push(
      MailboxAddress.of({ localPart, domain, displayName: cleanName(words.join(' ')) }),
    )
    words = []
  }
  return mailboxes
}

function readAddress(token: string): MailboxAddress | undefined {
  try {
    return MailboxAddress.parse(withoutWrapping(token))
  } catch {
    return undefined
  }
}

/** What was put around an address removed. A loop, because the obvious pattern is quadratic in a long run of quotes. */
function withoutWrapping(token: string): string {
  let start = 0
  let end = token.length
  while (start < end && WRAPPING.includes(token.charAt(start))) start++
  while (end > start && WRAPPING.includes(token.charAt(end - 1))) end--
  return token.slice(start, end)
}

function cleanName(words: string): string {
  return decodeName(words.replaceAll(/["\\<>]/g, '').trim()).toWellFormed()
}

/** The parts between commas and semicolons; in a group only its end separates, and belongs to it. */
function splitEntries(body: string): readonly string[] {
  const entries: string[] = []
  let start = 0
  let isInGroup = false
  for (const at of separatorsOf(body)) {
    const separator = body[at]
    if (separator === ':') isInGroup = true
    if (separator === ':' || (separator === ',' && isInGroup)) continue
    entries.push(body.slice(start, isInGroup ? at + 1 : at))
    start = at + 1
    isInGroup = false
  }
  entries.push(body.slice(start))
  return entries.filter((entry) => entry.trim() !== '')
}

/** Where commas, semicolons and colons stand that are in no quotes, brackets or comments. What doesn't close is an ordinary character. */
function* separatorsOf(body: string): Generator<number> {
  const unclosed = new Set<string>()
  for (let at = 0; at < body.length; at++) {
    const character = body.charAt(at)
    if (SEPARATORS.includes(character)) yield at
    const closing = CLOSING.get(character)
    if (closing === undefined || unclosed.has(character)) continue
    const end = closingPlace(body, at + 1, closing)
    if (end === undefined) unclosed.add(character)
    else at = end
  }
}

function closingPlace(body: string, from: number, closing: string): number | undefined {
  for (let at = from; at < body.length; at++) {
    const character = body[at]
    if (character === closing) return at
    if (character === '\\') at++
  }
  return undefined
}
