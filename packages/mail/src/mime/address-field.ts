/** The bodies of `From`, `To`, `Cc` and `Reply-To`: addresses with names of any script (RFC 5322 §3.6.2, RFC 2047 §5 (3)). */

import { isAtomCharacter, isMadeOf, quoteString } from '../address/character.ts'
import { parseAddressList } from '../address/address-list.ts'
import type { AddressListEntry } from '../address/address-list.ts'
import { MailboxAddress } from '../address/mailbox-address.ts'
import { encodeWords, isPlainWord } from './encode-text.ts'
import { decodeEncodedWords } from './encoded-word.ts'
import { HeaderInvalid } from './errors.ts'
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

/**
 * The words of an address field, for `foldField`: names plain, quoted or encoded, as they need.
 *
 * @throws HeaderInvalid when an address is not ASCII: a letter here is written for every server (RFC 6532 needs SMTPUTF8).
 */
export function addressFieldWords(
  field: string,
  mailboxes: readonly MailboxAddress[],
): readonly string[] {
  return mailboxes.flatMap((mailbox, index) => {
    if (!mailbox.isAscii) {
      throw new HeaderInvalid({
        field,
        reason: 'has an address that is not ASCII',
        value: mailbox.addrSpec,
        hint: 'Write the domain in its ASCII form (xn--…)',
      })
    }
    const separator = index < mailboxes.length - 1 ? ',' : ''
    if (mailbox.displayName === undefined) return [mailbox.addrSpec + separator]
    return [...nameWords(mailbox.displayName, field), `<${mailbox.addrSpec}>${separator}`]
  })
}

function nameWords(displayName: string, field: string): readonly string[] {
  const words = displayName.split(' ')
  if (words.every((word) => isPlainWord(word) && isMadeOf(word, isAtomCharacter))) return words
  const isQuotable = /^[ -~]+$/.test(displayName) && !displayName.includes('=?')
  if (isQuotable && displayName.length <= MAX_QUOTED_NAME) return [quoteString(displayName)]
  return encodeWords(displayName, `${field}: `.length)
}

function decodeMailbox(mailbox: MailboxAddress): MailboxAddress {
  const { localPart, domain, displayName } = mailbox
  if (displayName === undefined) return mailbox
  return MailboxAddress.of({ localPart, domain, displayName: decodeName(displayName) })
}

/** A name as people read it: encoded-words decoded, on one line. */
export function decodeName(displayName: string): string {
  return replaceControls(decodeEncodedWords(displayName)).replaceAll('\t', ' ')
}
