/**
 * The transfer encoding base64 (RFC 2045 §6.8), streaming both ways. An exchange letter is nearly all base64, so both directions
 * work on two digits (12 bits) at a time through tables, made from the one alphabet in `base/base64.ts`.
 */

import { encodeBase64Octets } from '../base/base64.ts'
import { concatOctets, newOctets, NO_OCTETS } from '../base/octets.ts'
import { CRLF, ENCODED_LINE_OCTETS, LINE_OCTETS } from './base64-line.ts'
import { encodeLines } from './encode-lines.ts'
import { decodeNatively, type NativeSpan } from './decode-natively.ts'

const PAD = 0x3d
const CR = 0x0d
const LF = 0x0a
const SPACE = 0x20
const TAB = 0x09

const PAIR_COUNT = 4096

/** 12 bits → two digits, the first in the high octet. */
const DIGIT_PAIRS = new Uint16Array(PAIR_COUNT)
/** Two digits (the first in the high octet) → 12 bits, or {@link NO_PAIR}. */
const PAIR_VALUES = new Int16Array(0x1_0000)
const NO_PAIR = -1

function fillTables(): void {
  PAIR_VALUES.fill(NO_PAIR)
  for (let value = 0; value < PAIR_COUNT; value++) {
    const [first = 0, second = 0] = encodeBase64Octets(
      new Uint8Array([value >> 4, (value & 15) << 4]),
    )
    const pair = (first << 8) | second
    DIGIT_PAIRS[value] = pair
    PAIR_VALUES[pair] = value
  }
}

fillTables()

/**
 * How many octets {@link Base64Encoder} makes of a content of this many: four digits for every three octets begun, and a CRLF for every
 * line begun.
 */
export function base64Size(contentOctets: number): number {
  return Math.ceil(contentOctets / 3) * 4 + Math.ceil(contentOctets / LINE_OCTETS) * 2
}

/** How content is encoded. */
export interface EncoderOptions {
  /**
   * Has the lines of each piece written over those of the piece before: for who sends them at once. Making an array for each takes half as long as encoding into it.
   * By default they stay as they are.
   */
  readonly overwritesLines?: boolean
}

/**
 * Encodes content as base64 lines of 76 digits, each ended by CRLF, the last one too. What it returns depends only on the
 * content, not on how the content was cut.
 */
export class Base64Encoder {
  readonly #overwritesLines: boolean
  #room: Uint8Array = NO_OCTETS
  /** The octets of a line not yet full. */
  readonly #line = new Uint8Array(LINE_OCTETS)
  #lineLength = 0

  constructor(options: EncoderOptions = {}) {
    this.#overwritesLines = options.overwritesLines ?? false
  }

  /**
   * The lines that these octets complete; empty when they complete none.
   *
   * @throws TypeError for anything but `Uint8Array`. A stream with an encoding gives strings, which would be taken for numbers.
   */
  push(octets: Uint8Array): Uint8Array {
    if (!(octets instanceof Uint8Array)) {
      throw new TypeError('content comes in Uint8Arrays; a stream with an encoding gives strings')
    }
    if (this.#lineLength + octets.length < LINE_OCTETS) {
      this.#line.set(octets, this.#lineLength)
      this.#lineLength += octets.length
      return NO_OCTETS
    }
    const missing = this.#lineLength === 0 ? 0 : LINE_OCTETS - this.#lineLength
    this.#line.set(octets.subarray(0, missing), this.#lineLength)
    const bulkLines = Math.floor((octets.length - missing) / LINE_OCTETS)
    const headOctets = missing > 0 ? ENCODED_LINE_OCTETS : 0
    const encoded = this.#roomFor(headOctets + bulkLines * ENCODED_LINE_OCTETS)
    if (missing > 0) writeLines(this.#line, encoded)
    const rest = missing + bulkLines * LINE_OCTETS
    writeBulk(octets.subarray(missing, rest), encoded.subarray(headOctets))
    this.#line.set(octets.subarray(rest))
    this.#lineLength = octets.length - rest
    return encoded
  }

  #roomFor(octetCount: number): Uint8Array {
    if (!this.#overwritesLines) return new Uint8Array(octetCount)
    if (this.#room.length < octetCount) this.#room = new Uint8Array(octetCount)
    return this.#room.subarray(0, octetCount)
  }

  /** The last line, if one was begun. The encoder is then ready for another content. */
  end(): Uint8Array {
    if (this.#lineLength === 0) return NO_OCTETS
    const digits = encodeBase64Octets(this.#line.subarray(0, this.#lineLength))
    this.#lineLength = 0
    return concatOctets([digits, new Uint8Array([CR, LF])])
  }
}

/** A whole content as base64 lines. */
export function encodeBase64Lines(octets: Uint8Array): Uint8Array {
  const encoded = newOctets(base64Size(octets.length))
  const rest = octets.length - (octets.length % LINE_OCTETS)
  writeBulk(octets.subarray(0, rest), encoded)
  if (rest === octets.length) return encoded
  encoded.set(encodeBase64Octets(octets.subarray(rest)), (rest / LINE_OCTETS) * ENCODED_LINE_OCTETS)
  encoded[encoded.length - 2] = CR
  encoded[encoded.length - 1] = LF
  return encoded
}

/** Writes whole lines, in WebAssembly when that is worth it. */
function writeBulk(octets: Uint8Array, encoded: Uint8Array): void {
  const line = encodeLines(octets, encoded)
  writeLines(octets.subarray(line * LINE_OCTETS), encoded.subarray(line * ENCODED_LINE_OCTETS))
}

/** Writes whole lines, twelve octets (16 digits) at a time, and the last nine of each line. */
function writeLines(octets: Uint8Array, encoded: Uint8Array): void {
  const from = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const lines = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength)
  let to = 0
  for (let line = 0; line < octets.length; line += LINE_OCTETS) {
    const last = line + LINE_OCTETS - 9
    for (let at = line; at < last; at += 12) {
      const head = from.getUint32(at)
      const middle = from.getUint32(at + 4)
      const tail = from.getUint32(at + 8)
      lines.setUint32(to, fourDigits(head >>> 8))
      lines.setUint32(to + 4, fourDigits(((head & 255) << 16) | (middle >>> 16)))
      lines.setUint32(to + 8, fourDigits(((middle & 0xffff) << 8) | (tail >>> 24)))
      lines.setUint32(to + 12, fourDigits(tail & 0xff_ffff))
      to += 16
    }
    const head = from.getUint32(last)
    const middle = from.getUint32(last + 4)
    lines.setUint32(to, fourDigits(head >>> 8))
    lines.setUint32(to + 4, fourDigits(((head & 255) << 16) | (middle >>> 16)))
    lines.setUint32(to + 8, fourDigits(((middle & 0xffff) << 8) | from.getUint8(last + 8)))
    lines.setUint16(to + 12, CRLF)
    to += 14
  }
}

/** The digits of 24 bits, the first in the highest octet. */
function fourDigits(bits: number): number {
  return ((DIGIT_PAIRS[bits >>> 12] ?? 0) << 16) | (DIGIT_PAIRS[bits & 4095] ?? 0)
}

/** How content is decoded. */
export interface DecoderOptions {
  /**
   * Has each piece of content written over the one before: for who puts it somewhere at once. Making an array for each takes longer than decoding into it.
   * By default each piece stays as it is.
   */
  readonly overwritesContent?: boolean
}

/**
 * Decodes base64, whatever happened to it: characters outside the alphabet are passed over, padding ends a group wherever it stands,
 * a group cut off gives the octets it still determines. {@link isDamaged} says whether anything but white space was passed over or
 * missing. Independent of how the digits were cut.
 */
export class Base64Decoder {
  /** What {@link isDamaged} is reported as. */
  readonly damage = 'damaged-base64'
  /** The digits of a group of four that is not yet complete: their bits, and how many there are. */
  #bits = 0
  #digits = 0
  /** Padding still due after the first `=` of a group. */
  #paddingDue = 0
  /** Whether there was padding: digits behind it are out of place. */
  #hasPadding = false
  #isDamaged = false
  readonly #overwritesContent: boolean
  #room: Uint8Array = NO_OCTETS

  constructor(options: DecoderOptions = {}) {
    this.#overwritesContent = options.overwritesContent ?? false
  }

  get isDamaged(): boolean {
    return this.#isDamaged
  }

  /** How many octets {@link push} may write for so many digits: some of slack, because a group is written as four, the last of which the next overwrites. */
  static roomFor(digitCount: number): number {
    return Math.ceil(digitCount / 4) * 3 + 4
  }

  /**
   * The octets that these digits complete.
   *
   * @param room where to put them, if it is not smaller than {@link roomFor}.
   */
  push(digits: Uint8Array, room: Uint8Array = this.#room): Uint8Array {
    const needed = Base64Decoder.roomFor(digits.length)
    const octets = room.length < needed ? newOctets(needed) : room
    if (this.#overwritesContent) this.#room = octets
    let wasTried = false
    const span: Span = {
      digits,
      from: new DataView(digits.buffer, digits.byteOffset, digits.byteLength),
      at: 0,
      room: octets,
      view: new DataView(octets.buffer, octets.byteOffset, octets.byteLength),
      to: 0,
    }
    while (span.at < digits.length) {
      if (this.#digits === 0 && this.#paddingDue === 0) {
        const before = span.to
        // Once: it looks at all that is left, and what is out of order may stand in every line.
        if (!wasTried) decodeNatively(span)
        wasTried = true
        decodeLines(span)
        if (span.to > before && this.#hasPadding) this.#isDamaged = true
      }
      if (span.at < digits.length) span.to = this.#take(digits[span.at++] ?? 0, octets, span.to)
    }
    return octets.subarray(0, span.to)
  }

  /** The octets of a last group that was cut off. The decoder is then ready for another content. */
  end(): Uint8Array {
    const octets = new Uint8Array(2)
    const count = this.#flush(octets, 0)
    if (this.#digits > 0 || this.#paddingDue > 0) this.#isDamaged = true
    this.#digits = 0
    this.#bits = 0
    this.#paddingDue = 0
    this.#hasPadding = false
    return octets.subarray(0, count)
  }

  /** Takes one character, and returns where the next octet goes. */
  #take(digit: number, octets: Uint8Array, to: number): number {
    if (digit === CR || digit === LF || digit === SPACE || digit === TAB) return to
    if (digit === PAD) return this.#takePadding(octets, to)
    const value = (PAIR_VALUES[(digit << 8) | A_DIGIT] ?? NO_PAIR) >> 6
    if (value < 0) {
      this.#isDamaged = true
      return to
    }
    if (this.#hasPadding) this.#isDamaged = true
    this.#paddingDue = 0
    this.#bits = (this.#bits << 6) | value
    this.#digits++
    if (this.#digits < 4) return to
    octets[to] = this.#bits >> 16
    octets[to + 1] = this.#bits >> 8
    octets[to + 2] = this.#bits
    this.#bits = 0
    this.#digits = 0
    return to + 3
  }

  #takePadding(octets: Uint8Array, to: number): number {
    if (this.#paddingDue > 0) {
      this.#paddingDue--
      return to
    }
    if (this.#digits < 2) {
      this.#isDamaged = true
      return to
    }
    this.#hasPadding = true
    this.#paddingDue = 3 - this.#digits
    const next = this.#flush(octets, to)
    this.#bits = 0
    this.#digits = 0
    return next
  }

  /** Writes the octets that two or three digits determine. */
  #flush(octets: Uint8Array, to: number): number {
    if (this.#digits < 2) return to
    const bits = this.#bits << (6 * (4 - this.#digits))
    octets[to] = bits >> 16
    if (this.#digits === 2) return to + 1
    octets[to + 1] = bits >> 8
    return to + 2
  }
}

/** A digit of value 0, to look a single digit up with. */
const A_DIGIT = 0x41

/** From where to where digits are decoded; both places move. */
interface Span extends NativeSpan {
  readonly from: DataView
  readonly view: DataView
}

/** Decodes groups of four digits, and passes over the CRLF between them, until something else comes. */
function decodeLines(span: Span): void {
  const { from, view } = span
  let { at, to } = span
  for (const end = from.byteLength - 4; at <= end;) {
    const digits = from.getUint32(at)
    const high = PAIR_VALUES[digits >>> 16] ?? NO_PAIR
    const low = PAIR_VALUES[digits & 0xffff] ?? NO_PAIR
    if ((high | low) >= 0) {
      view.setUint32(to, (high << 20) | (low << 8))
      at += 4
      to += 3
    } else if (digits >>> 16 === CRLF) {
      at += 2
    } else {
      break
    }
  }
  span.at = at
  span.to = to
}
