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
    const nul = mended.indexOf(NUL)
    if (nul !== -1) throw this.#invalid('nul', mended.subarray(0, nul))
    if (!this.#allowsEightBit && hasEightBit(mended)) {
      const at = mended.findIndex((octet) => octet > MAX_SEVEN_BIT)
      throw this.#invalid('eight-bit', mended.subarray(0, at))
    }
    this.#measureLines(mended)
    return mended
  }

  end(): Uint8Array {
    const rest = this.#mender.end()
    this.#measureLines(rest)
    return rest
  }

  #measureLines(octets: Uint8Array): void {
    for (let at = 0; at < octets.length;) {
      const isStuffed = this.#isAtLineStart && this.#stuffsDots && octets[at] === DOT
      const lineFeed = octets.indexOf(LF, at)
      const to = lineFeed === -1 ? octets.length : lineFeed
      this.#lineOctets += to - at - (isStuffed ? 1 : 0)
      // The CR is counted when the LF, or more, has come.
      const length = this.#lineOctets - 1
      if (length > MAX_LINE_OCTETS) throw this.#invalid('long-line', NO_OCTETS)
      this.#isAtLineStart = lineFeed !== -1
      if (lineFeed !== -1) {
        this.#lineOctets = 0
        this.#line++
      }
      at = to + 1
    }
  }

  #invalid(defect: SmtpContentInvalid['defect'], before: Uint8Array): SmtpContentInvalid {
    let line = this.#line
    for (let at = before.indexOf(LF); at !== -1; at = before.indexOf(LF, at + 1)) line++
    return new SmtpContentInvalid(defect, line)
  }
}

function hasEightBit(octets: Uint8Array): boolean {
  let all = 0
  for (let at = 0; at < octets.length; at++) all |= octets[at] ?? 0
  return all > MAX_SEVEN_BIT
}
