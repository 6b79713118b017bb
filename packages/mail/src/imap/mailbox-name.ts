/**
 * Names of mailboxes and how they are written: in modified UTF-7 (RFC 3501 §5.1.3), or in UTF-8 after both sides have agreed to it (RFC 6855 §3,
 * RFC 9051 §5.1).
 *
 * Modified UTF-7 writes printable ASCII as it is, `&` as `&-`, and everything else as `&`, UTF-16 in base64 with `,` instead of `/` and
 * without padding, and `-`.
 */

import { octetsOf, textOf } from '../base/octets.ts'

/** How a connection writes names. */
export type NameEncoding = 'modified-utf-7' | 'utf-8'

const INBOX = 'INBOX'
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,'

/** What no server could take as a name, and what could be mistaken for something else. */
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

/** What modified UTF-7 leaves alone, beside `&`. */
const PRINTABLE = /^[\u0020-\u0025\u0027-\u007e]*$/

/**
 * The name of a mailbox, as a person reads it and as the server knows it.
 *
 * Most names are text and nothing more, and wherever a name is wanted a text will do. But some servers list names that are no proper modified
 * UTF-7; only with the very octets that the server sent can such a mailbox be opened, so a listed name keeps them.
 */
export class MailboxName {
  /** For people. When the server's octets are no proper encoding of any text, these octets as they are. */
  readonly text: string
  /** `undefined` when {@link text} says all: it is encoded as the connection wants it. */
  readonly #octets: Uint8Array | undefined

  private constructor(text: string, octets?: Uint8Array) {
    this.text = text
    this.#octets = octets
  }

  /**
   * @throws RangeError when the name is empty, holds control characters or half a surrogate pair.
   */
  static of(name: string | MailboxName): MailboxName {
    if (name instanceof MailboxName) return name
    if (name === '' || CONTROL_CHARACTER.test(name) || !name.isWellFormed()) {
      throw new RangeError('the name of a mailbox is text without control characters')
    }
    return new MailboxName(name.toUpperCase() === INBOX ? INBOX : name)
  }

  /** Reads a name as a server sent it. */
  static read(octets: Uint8Array, encoding: NameEncoding): MailboxName {
    const written = textOf(octets)
    const text = encoding === 'utf-8' ? written : decodeModifiedUtf7(written)
    const isPlain =
      text !== undefined && text !== '' && !CONTROL_CHARACTER.test(text) && text.isWellFormed()
    if (!isPlain) return new MailboxName(written, octets)
    return MailboxName.of(text)
  }

  /** The octets to send; NUL may be among them if the server sent it. */
  octets(encoding: NameEncoding): Uint8Array {
    if (this.#octets !== undefined) return this.#octets
    return octetsOf(encoding === 'utf-8' ? this.text : encodeModifiedUtf7(this.text))
  }

  /** Whether it is the mailbox that new letters come to, which every user has and whose name's case does not matter (RFC 9051 §5.1). */
  get isInbox(): boolean {
    return this.text === INBOX
  }

  toString(): string {
    return this.text
  }

  toJSON(): string {
    return this.text
  }
}

/** Writes text in modified UTF-7. */
export function encodeModifiedUtf7(text: string): string {
  if (PRINTABLE.test(text)) return text
  let encoded = ''
  let other = ''
  for (const unit of text) {
    if (unit !== '&' && !PRINTABLE.test(unit)) {
      other += unit
      continue
    }
    encoded += encodeUnits(other) + (unit === '&' ? '&-' : unit)
    other = ''
  }
  return encoded + encodeUnits(other)
}

function encodeUnits(text: string): string {
  if (text === '') return ''
  let digits = ''
  let pending = 0
  let bits = 0
  for (let at = 0; at < text.length; at++) {
    pending = (pending << 16) | text.charCodeAt(at)
    bits += 16
    while (bits >= 6) {
      bits -= 6
      digits += ALPHABET[(pending >> bits) & 63] ?? ''
    }
    pending &= (1 << bits) - 1
  }
  if (bits > 0) digits += ALPHABET[(pending << (6 - bits)) & 63] ?? ''
  return `&${digits}-`
}

/**
 * Reads modified UTF-7; `undefined` when it is not what {@link encodeModifiedUtf7} writes: other forms of the same text are forbidden (RFC 3501
 * §5.1.3), because two names for one mailbox are one too many.
 */
export function decodeModifiedUtf7(encoded: string): string | undefined {
  let text = ''
  for (let at = 0; at < encoded.length;) {
    const shift = encoded.indexOf('&', at)
    if (shift === -1) {
      text += encoded.slice(at)
      break
    }
    const end = encoded.indexOf('-', shift)
    if (end === -1) return undefined
    text += encoded.slice(at, shift)
    const units = end === shift + 1 ? '&' : decodeUnits(encoded.slice(shift + 1, end))
    if (units === undefined) return undefined
    text += units
    at = end + 1
  }
  return encodeModifiedUtf7(text) === encoded ? text : undefined
}

function decodeUnits(digits: string): string | undefined {
  let text = ''
  let pending = 0
  let bits = 0
  for (const digit of digits) {
    const value = ALPHABET.indexOf(digit)
    if (value === -1) return undefined
    pending = (pending << 6) | value
    bits += 6
    if (bits < 16) continue
    bits -= 16
    text += String.fromCharCode((pending >> bits) & 0xffff)
    pending &= (1 << bits) - 1
  }
  return text
}
