/**
 * The form in which content travels. A letter that its composer vouches for gets its leading dots stuffed under DATA and goes untouched
 * under BDAT. Any other content is looked at while it passes: lines are mended, and what no line may hold stops it before its end, so that nobody
 * gets it.
 */

import { NO_OCTETS } from '../base/octets.ts'
import { CanonicalDotStuffer, DotStuffer, LineMender } from '../wire/dot-stuffing.ts'
import type { Content } from './content.ts'
import { SmtpContentInvalid } from './errors.ts'

/** RFC 5321 §4.5.3.1.6, RFC 5322 §2.1.1: without CRLF, and without the dot that was put in. */
export const MAX_LINE_OCTETS = 998

const NUL = 0x00
const LF = 0x0a
const DOT = 0x2e
const MAX_SEVEN_BIT = 0x7f
/** Of four octets. */
const HIGH_BITS = 0x8080_8080

export interface ContentForm {
  /** @throws SmtpContentInvalid */
  push(octets: Uint8Array): Uint8Array
  /**
   * What is still to be sent after the last octets: the end of a last line that lacks it, and with DATA the line of one dot.
   *
   * @throws SmtpContentInvalid
   */
  end(): Uint8Array
}

/** How content is to travel with one of the two commands. */
export function formOf({ body, isCanonical }: Content, command: 'DATA' | 'BDAT'): ContentForm {
  if (command === 'BDAT' && (isCanonical === true || body === 'BINARYMIME')) return AS_IT_IS
  if (isCanonical === true) return new CanonicalDotStuffer()
  return new CheckedForm({ stuffsDots: command === 'DATA', allowsEightBit: body === '8BITMIME' })
}

const AS_IT_IS: ContentForm = { push: (octets) => octets, end: () => NO_OCTETS }

class CheckedForm implements ContentForm {
  readonly #mender: LineMender | DotStuffer
  readonly #stuffsDots: boolean
  readonly #allowsEightBit: boolean
  /** Of the current line, without a dot that was put in. */
  #lineOctets = 0
  #isAtLineStart = true

  constructor(options: { readonly stuffsDots: boolean; readonly allowsEightBit: boolean }) {
    this.#stuffsDots = options.stuffsDots
    this.#allowsEightBit = options.allowsEightBit
    this.#mender = options.stuffsDots ? new DotStuffer() : new LineMender()
  }

  push(octets: Uint8Array): Uint8Array {
    const line = this.#mender.lines + 1
    return this.#checked(this.#mender.push(octets), line)
  }

  end(): Uint8Array {
    const line = this.#mender.lines + 1
    return this.#checked(this.#mender.end(), line)
  }

  /** @param line the number of the one that the octets begin in, or go on with. */
  #checked(octets: Uint8Array, line: number): Uint8Array {
    if (this.#mayHoldDefect(octets)) this.#findDefect(octets, line)
    if (octets.length === 0) return octets
    const start = octets.lastIndexOf(LF) + 1
    if (start > 0) this.#lineOctets = octets.length - this.#startOfLine(octets, start)
    else
      this.#lineOctets += octets.length - (this.#isAtLineStart ? this.#startOfLine(octets, 0) : 0)
    this.#isAtLineStart = start === octets.length
    return octets
  }

  /** Says so of any octets that {@link #findDefect} would throw for, and of few others. It is what all content is looked at with. */
  #mayHoldDefect(octets: Uint8Array): boolean {
    if (octets.includes(NUL) || !(this.#allowsEightBit || isSevenBit(octets))) return true
    let lineStart = -this.#lineOctets
    while (octets.length - lineStart > MAX_LINE_OCTETS + 1) {
      // From the last line end that is near enough one line or many may have been passed.
      const latest = lineStart + MAX_LINE_OCTETS + 1
      const end = latest < 0 ? -1 : octets.lastIndexOf(LF, latest)
      if (end === -1 || end < lineStart) return true
      lineStart = end + 1
    }
    return false
  }

  #findDefect(octets: Uint8Array, firstLine: number): void {
    const { length } = octets
    const highest = this.#allowsEightBit ? 0xff : MAX_SEVEN_BIT
    let line = firstLine
    let lineStart = -this.#lineOctets
    if (this.#isAtLineStart) lineStart = this.#startOfLine(octets, 0)
    for (const [at, octet] of octets.entries()) {
      if (octet > highest) throw new SmtpContentInvalid('eight-bit', line)
      if (octet === NUL) throw new SmtpContentInvalid('nul', line)
      if (octet !== LF) continue
      checkLength(at - lineStart, line)
      line++
      lineStart = this.#startOfLine(octets, at + 1)
    }
    checkLength(length - lineStart, line)
  }

  /** A dot that was put in is not counted. */
  #startOfLine(octets: Uint8Array, at: number): number {
    return this.#stuffsDots && octets[at] === DOT ? at + 1 : at
  }
}

/** @param octets of the line so far; the CR among them is there when more has come. */
function checkLength(octets: number, line: number): void {
  if (octets - 1 > MAX_LINE_OCTETS) throw new SmtpContentInvalid('long-line', line)
}

/** Looks at four octets at once. */
function isSevenBit(octets: Uint8Array): boolean {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length)
  let bits = 0
  let at = 0
  for (; at + 4 <= octets.length; at += 4) bits |= view.getInt32(at)
  for (; at < octets.length; at++) bits |= view.getUint8(at)
  return (bits & HIGH_BITS) === 0
}
