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
  readonly #mender: ContentForm
  readonly #stuffsDots: boolean
  readonly #allowsEightBit: boolean
  #line = 1
  /** Of the current line, without a dot that was put in. */
  #lineOctets = 0
  #isAtLineStart = true

  constructor(options: { readonly stuffsDots: boolean; readonly allowsEightBit: boolean }) {
    this.#stuffsDots = options.stuffsDots
    this.#allowsEightBit = options.allowsEightBit
    this.#mender = options.stuffsDots ? new DotStuffer() : new LineMender()
  }

  push(octets: Uint8Array): Uint8Array {
    const mended = this.#mender.push(octets)
    this.#check(mended)
    return mended
  }

  end(): Uint8Array {
    const rest = this.#mender.end()
    this.#check(rest)
    return rest
  }

  #check(octets: Uint8Array): void {
    const { length } = octets
    const highest = this.#allowsEightBit ? 0xff : MAX_SEVEN_BIT
    let lineStart = -this.#lineOctets
    if (this.#isAtLineStart) lineStart = this.#startOfLine(octets, 0)
    for (let at = 0; at < length; at++) {
      // Most octets are neither. This loop is where the time goes.
      while (at < length && (octets[at] ?? 0) > LF && (octets[at] ?? 0) <= highest) at++
      if (at === length) break
      const octet = octets[at] ?? 0
      if (octet > highest) throw new SmtpContentInvalid('eight-bit', this.#line)
      if (octet === NUL) throw new SmtpContentInvalid('nul', this.#line)
      if (octet !== LF) continue
      this.#checkLength(at - lineStart)
      this.#line++
      lineStart = this.#startOfLine(octets, at + 1)
    }
    this.#checkLength(length - lineStart)
    this.#lineOctets = length - lineStart
    if (length > 0) this.#isAtLineStart = octets[length - 1] === LF
  }

  /** A dot that was put in is not counted. */
  #startOfLine(octets: Uint8Array, at: number): number {
    return this.#stuffsDots && octets[at] === DOT ? at + 1 : at
  }

  /** @param octets of the line so far; the CR among them is there when more has come. */
  #checkLength(octets: number): void {
    if (octets - 1 > MAX_LINE_OCTETS) throw new SmtpContentInvalid('long-line', this.#line)
  }
}
