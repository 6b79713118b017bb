/** Message identifiers (RFC 5322 §3.6.4): parse, format. The unpredictable part is the caller's. */

import { toAsciiDomain } from '../address/a-label.ts'
import { isAscii, isDomainLiteralCharacter, isDotAtom, isMadeOf } from '../address/character.ts'
import { HeaderInvalid } from './errors.ts'

/** A `Message-ID` line must fit 998 columns whole. */
const MAX_MESSAGE_ID = 900

/**
 * Writes `<left@right>`.
 *
 * @param left Something never used twice, of the characters of an atom and dots.
 * @param right A domain of the writer, or a domain literal. One that isn't ASCII is written in A-labels.
 * @throws HeaderInvalid when they can't form a message identifier.
 *
 * @example
 * ```ts
 * import { formatMessageId } from '@obmen/mail/mime'
 *
 * console.log(formatMessageId('7.f81d4fae', 'shop-1.example.org')) // <7.f81d4fae@shop-1.example.org>
 * ```
 */
export function formatMessageId(left: string, right: string): string {
  const messageId = `<${left}@${toAsciiDomain(right) ?? right}>`
  if (parseMessageId(messageId) === messageId) return messageId
  throw new HeaderInvalid({
    field: 'Message-ID',
    reason: 'is not a message identifier',
    value: messageId,
    hint: 'Write it as <left@right>, of ASCII letters, digits, dots and hyphens',
  })
}

/** The longest line of a letter: no identifier is longer. */
const MAX_RECEIVED_ID = 998

/**
 * The one identifier that this text is, by the grammar of RFC 5322 §3.6.4, white space around it dropped, or `undefined`. Received ones
 * may break the grammar; {@link parseMessageIds} reads them too.
 */
export function parseMessageId(text: string): string | undefined {
  const messageId = text.trim()
  return isMessageId(messageId) ? messageId : undefined
}

/**
 * The identifiers of a received `Message-ID`, `References` or `In-Reply-To` field, in their order: whatever stands between angle
 * brackets, since it is only compared. What else stands there is passed over.
 */
export function parseMessageIds(text: string): readonly string[] {
  const messageIds = text.match(/<[^<>]+>/g) ?? []
  return messageIds.filter((messageId) => messageId.length <= MAX_RECEIVED_ID)
}

/** Whatever stands between angle brackets, in printable ASCII: the identifiers of others are not always made by the book, and have to be repeated as they are. */
const REFERENCE = /^<[!-;=?-~]+>$/

/** Whether this can stand in `References` and `In-Reply-To`, and in `Content-ID`. */
export function isReference(text: string): boolean {
  return text.length <= MAX_MESSAGE_ID && REFERENCE.test(text)
}

function isMessageId(text: string): boolean {
  if (text.length > MAX_MESSAGE_ID || !text.startsWith('<') || !text.endsWith('>')) return false
  const at = text.lastIndexOf('@')
  const left = text.slice(1, at)
  const right = text.slice(at + 1, -1)
  if (at < 0 || !isAscii(text) || !isDotAtom(left)) return false
  if (!right.startsWith('[')) return isDotAtom(right)
  return right.endsWith(']') && isMadeOf(right.slice(1, -1), isDomainLiteralCharacter)
}
