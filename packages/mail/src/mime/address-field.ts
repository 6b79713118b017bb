/** The bodies of `From`, `To`, `Cc` and `Reply-To`: addresses with names of any script (RFC 5322 §3.6.2, RFC 2047 §5 (3)). */

import { toAsciiDomain } from '../address/a-label.ts'
import { parseAddressList } from '../address/address-list.ts'
import type { AddressGroup, AddressListEntry } from '../address/address-list.ts'
import { isAscii, isAtomCharacter, isMadeOf, quoteString } from '../address/character.ts'
import type { MailboxAddress } from '../address/mailbox-address.ts'
import { encodeWords, isPlainWord } from './encode-text.ts'
import { decodeEncodedWords } from './encoded-word.ts'
import { HeaderInvalid } from './errors.ts'
import { checkOneLine, foldField } from './fold-field.ts'
import { replaceControls } from './text.ts'

/** A quoted name can't be folded. A longer one is encoded, which can. */
const MAX_QUOTED_NAME = 60

/**
 * Reads the undecoded body of an address field, and decodes the names in it. Names are decoded after the grammar has been
 * applied, so nothing in an encoded-word can become an address. For received fields that may break the grammar there is
 * `readAddressField`.
 *
 * @throws AddressInvalid when one address can't be read.
 *
 * @example
 * ```ts
 * import { parseAddressField } from '@obmen/mail/mime'
 *
 * const [entry] = parseAddressField('=?utf-8?B?0KbQkQ==?= <office@example.org>')
 * console.log(entry?.displayName) // ЦБ
 * ```
 */
export function parseAddressField(body: string): readonly AddressListEntry[] {
  return parseAddressList(body).map((entry) => {
    if (entry.kind === 'mailbox') return decodeMailbox(entry)
    const displayName = decodeName(entry.displayName)
    return { kind: 'group', displayName, members: entry.members.map(decodeMailbox) }
  })
}

/** An address field as it is written, or nothing when there is no entry. */
export interface AddressField {
  readonly field: string
  /** Whether it holds UTF-8, because a local part isn't ASCII (RFC 6532). */
  readonly isUtf8: boolean
}

/**
 * Writes an address field: names plain, quoted or encoded, as they need; groups as `Name: a@b.test, c@d.test;` (RFC 5322 §3.4). A domain that
 * isn't ASCII is written in A-labels, which every server takes; the whole address is UTF-8 when its local part isn't ASCII, since
 * that has no other form.
 *
 * @throws HeaderInvalid when a domain has no form in A-labels, or a group no name.
 */
export function formatAddressField(
  name: string,
  entries: readonly AddressListEntry[],
): AddressField {
  if (entries.length === 0) return { field: '', isUtf8: false }
  const words: string[] = []
  for (const [index, entry] of entries.entries()) {
    const separator = index < entries.length - 1 ? ',' : ''
    if (entry.kind === 'mailbox') pushMailbox(words, entry, { name, separator })
    else pushGroup(words, entry, { name, separator })
  }
  const isUtf8 = entries.some(needsUtf8)
  return { field: foldField(name, words, isUtf8 ? 'utf-8' : 'ascii'), isUtf8 }
}

function needsUtf8(entry: AddressListEntry): boolean {
  return entry.kind === 'mailbox' ? !isAscii(entry.localPart) : entry.members.some(needsUtf8)
}

/** Where an entry stands: in what field, and before what. */
interface Place {
  readonly name: string
  readonly separator: string
}

function pushGroup(words: string[], group: AddressGroup, { name, separator }: Place): void {
  const { displayName, members } = group
  checkOneLine(name, displayName)
  if (displayName.trim() === '') {
    throw new HeaderInvalid({ field: name, reason: 'has a group without a name', value: '' })
  }
  words.push(...nameWords(displayName, name))
  const end = `;${separator}`
  const colon = members.length === 0 ? `:${end}` : ':'
  const last = words.pop() ?? ''
  // RFC 2047 §5 (3): an encoded-word stands apart from what is special.
  if (last.startsWith('=?')) words.push(last, colon)
  else words.push(last + colon)
  for (const [index, member] of members.entries()) {
    pushMailbox(words, member, { name, separator: index < members.length - 1 ? ',' : end })
  }
}

function pushMailbox(words: string[], mailbox: MailboxAddress, { name, separator }: Place): void {
  const addrSpec = writtenAddrSpec(mailbox, name)
  if (mailbox.displayName === undefined) words.push(addrSpec + separator)
  else words.push(...nameWords(mailbox.displayName, name), `<${addrSpec}>${separator}`)
}

function writtenAddrSpec(mailbox: MailboxAddress, field: string): string {
  const { localPart, domain, addrSpec } = mailbox
  if (mailbox.isAscii || !isAscii(localPart)) return addrSpec
  const asciiDomain = toAsciiDomain(domain)
  if (asciiDomain === undefined) {
    throw new HeaderInvalid({
      field,
      reason: 'has a domain without an ASCII form',
      value: addrSpec,
      hint: 'Write the domain in its ASCII form (xn--…)',
    })
  }
  return addrSpec.slice(0, -domain.length) + asciiDomain
}

/** A name as a phrase (RFC 5322 §3.2.5): atoms, a quoted string or encoded-words. */
export function nameWords(displayName: string, field: string): readonly string[] {
  const words = displayName.split(' ')
  if (words.every((word) => isPlainWord(word) && isMadeOf(word, isAtomCharacter))) return words
  const isQuotable = /^[ -~]+$/.test(displayName) && !displayName.includes('=?')
  if (isQuotable && displayName.length <= MAX_QUOTED_NAME) return [quoteString(displayName)]
  return encodeWords(displayName, `${field}: `.length)
}

function decodeMailbox(mailbox: MailboxAddress): MailboxAddress {
  const { displayName } = mailbox
  return displayName === undefined ? mailbox : mailbox.named(decodeName(displayName))
}

/** A name as people read it: encoded-words decoded, on one line. */
export function decodeName(displayName: string): string {
  return replaceControls(decodeEncodedWords(displayName)).replaceAll('\t', ' ')
}
