/** Parameters of `Content-Type` and `Content-Disposition` → words of a header line. Reading is in `parameter.ts`. */

import { encodeWords, isPlainWord } from './encode-text.ts'
import { LINE_COLUMNS } from './fold-field.ts'

/** Room for the space before a parameter and the semicolon behind it. */
const MAX_PARAMETER = LINE_COLUMNS - 2

/**
 * The part of `token` (RFC 2045 §5.1) that needs no quotes anywhere: an apostrophe at the beginning makes Python's `email` lose the
 * value, and `*` and `%` look like RFC 2231.
 */
const TOKEN = /^[+.0-9A-Z_a-z-]+$/
const PRINTABLE_ASCII = /^[ -~]*$/
/** What `encodeURIComponent` leaves of ASCII, but for the part of `attribute-char` (RFC 2231 §7) that no program was ever seen to stumble over. */
const LITERAL_IN_URI = /[!'()*~]/g

/**
 * A parameter as RFC 2231 writes it: plain or quoted if it is short printable ASCII, otherwise percent-encoded UTF-8, in pieces that
 * fit a line and cut no character. An unpaired surrogate becomes U+FFFD.
 */
export function formatParameter(name: string, value: string): readonly string[] {
  const plain = formatAsciiParameter(name, value)
  if (plain !== undefined) return [plain]
  const text = value.toWellFormed()
  const whole = `${name}*=utf-8''${encodePercent(text)}`
  if (whole.length <= MAX_PARAMETER) return [whole]
  const pieces: string[] = []
  let piece = `${name}*0*=utf-8''`
  for (const character of text) {
    const encoded = encodePercent(character)
    if (piece.length + encoded.length > MAX_PARAMETER) {
      pieces.push(piece)
      piece = `${name}*${pieces.length}*=`
    }
    piece += encoded
  }
  return [...pieces, piece]
}

/**
 * A parameter as programs that never heard of RFC 2231 want it: encoded-words between quotes. RFC 2047 §5 forbids this, and
 * Outlook, web mail services and old mail libraries take a file name from nowhere else; so it is written as the twin of a
 * {@link formatParameter} in another field, never alone.
 */
export function formatLegacyParameter(name: string, value: string): readonly string[] {
  const plain = formatAsciiParameter(name, value)
  if (plain !== undefined) return [plain]
  const words = encodeWords(value, ` ${name}=""; `.length)
  return words.map((word, index) => {
    const opening = index === 0 ? `${name}="` : ''
    return opening + word + (index === words.length - 1 ? '"' : '')
  })
}

/** `name=value` or `name="value"`, or `undefined` when that can't hold the value or would not fit a line. */
function formatAsciiParameter(name: string, value: string): string | undefined {
  if (!PRINTABLE_ASCII.test(value)) return undefined
  const written =
    TOKEN.test(value) && isPlainWord(value)
      ? value
      : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`
  const parameter = `${name}=${written}`
  return value.includes('=?') || parameter.length > MAX_PARAMETER ? undefined : parameter
}

/** The text is well formed. */
function encodePercent(text: string): string {
  return encodeURIComponent(text).replaceAll(
    LITERAL_IN_URI,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
