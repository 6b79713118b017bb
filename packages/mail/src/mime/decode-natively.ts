/**
 * Base64 decoded in native code, in a fraction of the time that it takes in `base64.ts`, which does what is left here. Native decoders
 * pass over what is no digit, and don't tell: so they get nothing but whole lines, all of one length, whose ends were looked at here, and are believed when they have made of them as many octets
 * as digits alone give.
 */

import { CRLF } from './base64-line.ts'

const CR = 0x0d
const LF = 0x0a

/** A text of more digits is not made among the short-lived objects, and takes five times as long (measured). */
const MAX_TEXT_DIGITS = 65_536

/** Fewer octets are decoded before their line ends are looked at. */
const MIN_OCTETS = 1024

/** Octets that can be had as a text, and a text that can be decoded, in native code: the Buffers of Node.js, which files and sockets give. */
interface SelfDecoding extends Uint8Array {
  latin1Slice(start: number, end: number): string
  base64Write(text: string, offset: number, length: number): number
}

function decodesItself(octets: Uint8Array): octets is SelfDecoding {
  return (
    'latin1Slice' in octets &&
    typeof octets.latin1Slice === 'function' &&
    'base64Write' in octets &&
    typeof octets.base64Write === 'function'
  )
}

/** Lines of digits that follow one another. The first may lack some groups of digits at its beginning. */
interface Lines {
  readonly digits: SelfDecoding
  /** Where the second begins. */
  readonly second: number
  /** Of all but the first, their ends included. */
  readonly lineOctets: number
}

/** From where to where digits are decoded; both places move. There is room for all. */
export interface NativeSpan {
  readonly digits: Uint8Array
  at: number
  readonly room: Uint8Array
  to: number
}

/**
 * Decodes whole lines that end in CRLF and hold nothing but digits, from where a group of four digits begins to the first line that is not as the others. Nothing is decoded of
 * octets that don't decode themselves.
 */
export function decodeNatively(span: NativeSpan): void {
  const { digits, at: start, room } = span
  if (digits.length - start < MIN_OCTETS || !decodesItself(digits)) return
  const lines = linesFrom(digits, start)
  if (lines === undefined) return
  const { second, lineOctets } = lines
  const end = endOf(lines)
  const step = Math.floor(MAX_TEXT_DIGITS / lineOctets) * lineOctets
  while (span.at < end) {
    const { at, to } = span
    const until = Math.min(end, Math.max(at, second) + step)
    const lineEnds = Math.ceil((until - at) / lineOctets)
    const expected = ((until - at - 2 * lineEnds) / 4) * 3
    const text = digits.latin1Slice(at, until)
    // The digits of base64url (RFC 4648 §5) are decoded too, and are none here.
    if (text.includes('-') || text.includes('_')) return
    if (digits.base64Write.call(room, text, to, expected) !== expected) return
    span.at = until
    span.to = to + expected
  }
}

/** The lines that the first two line ends promise; `undefined` unless they hold whole groups of digits. */
function linesFrom(digits: SelfDecoding, start: number): Lines | undefined {
  const firstEnd = digits.indexOf(LF, start)
  const secondEnd = firstEnd < 0 ? -1 : digits.indexOf(LF, firstEnd + 1)
  if (secondEnd < 0 || digits[firstEnd - 1] !== CR) return undefined
  const lineOctets = secondEnd - firstEnd
  const headDigits = firstEnd - 1 - start
  if (headDigits < 0 || headDigits % 4 !== 0 || (lineOctets - 2) % 4 !== 0) return undefined
  // Where each line ends is counted from their length, so the first may not be longer.
  if (headDigits + 2 > lineOctets || lineOctets > MAX_TEXT_DIGITS) return undefined
  return { digits, second: firstEnd + 1, lineOctets }
}

/** Behind the last of the lines that end where they should. */
function endOf({ digits, second, lineOctets }: Lines): number {
  const view = new DataView(digits.buffer, digits.byteOffset, digits.byteLength)
  let end = second
  const last = digits.length - lineOctets
  while (end <= last && view.getUint16(end + lineOctets - 2) === CRLF) end += lineOctets
  return end
}
