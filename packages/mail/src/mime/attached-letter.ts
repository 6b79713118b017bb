/** A letter in a letter (`message/rfc822`, RFC 2046 §5.2.1): it stands there as it is, so it is looked at while it passes. */

import type { LetterBody } from '../base/canonical-letter.ts'
import { octetsOf } from '../base/octets.ts'
import type { AttachedLetterFlaw } from './errors.ts'
import { AttachedLetterInvalid } from './errors.ts'

/** RFC 5322 §2.1.1, without the CRLF. */
const MAX_LINE = 998

const NUL = 0x00
const LF = 0x0a
const CR = 0x0d
const MAX_ASCII = 0x7f

/** The line end that belongs to the delimiter behind it (RFC 2046 §5.1.1). */
const CRLF: Uint8Array = octetsOf('\r\n')

/** Passes an attached letter through, and refuses what can't stand unencoded. Independent of how it was cut. */
export class AttachedLetterCheck {
  readonly #body: LetterBody
  readonly #delimiter: Uint8Array
  readonly #fileName: string | undefined
  /** How many octets came before the piece at hand. */
  #before = 0
  #column = 0
  /** How many octets of this line, from its beginning, are those of the delimiter. */
  #matched = 0
  #isAfterCr = false

  constructor(given: {
    readonly body: LetterBody
    /** `--` and the boundary of the multipart that it is a part of. */
    readonly delimiter: string
    readonly fileName: string | undefined
  }) {
    this.#body = given.body
    this.#delimiter = octetsOf(given.delimiter)
    this.#fileName = given.fileName
  }

  /**
   * The same octets.
   *
   * @throws AttachedLetterInvalid when they can't be written.
   */
  push(octets: Uint8Array): Uint8Array {
    const mayBeAny = this.#body === 'BINARYMIME'
    const highest = this.#body === '7BIT' ? MAX_ASCII : 0xff
    for (let at = 0; at < octets.length; at++) {
      const octet = octets[at] ?? 0
      if (octet === LF || octet === CR || this.#isAfterCr) this.#takeLineEnd(octet, at)
      if (octet === LF || octet === CR) continue
      if (octet === this.#delimiter[this.#column] && this.#matched === this.#column) {
        this.#matched++
        if (this.#matched === this.#delimiter.length) this.#fail('delimiter', at)
      }
      this.#column++
      if (mayBeAny) continue
      if (octet === NUL) this.#fail('nul', at)
      if (octet > highest) this.#fail('octet over 127', at)
      if (this.#column > MAX_LINE) this.#fail('line too long', at)
    }
    this.#before += octets.length
    return octets
  }

  /** What stands between the letter and the delimiter. */
  end(): Uint8Array {
    if (this.#isAfterCr && this.#body !== 'BINARYMIME') this.#fail('bare line end', 0)
    return CRLF
  }

  #takeLineEnd(octet: number, at: number): void {
    const isBare = octet === LF ? !this.#isAfterCr : this.#isAfterCr
    if (isBare && this.#body !== 'BINARYMIME') this.#fail('bare line end', at)
    this.#isAfterCr = octet === CR
    if (octet !== LF) return
    this.#column = 0
    this.#matched = 0
  }

  #fail(flaw: AttachedLetterFlaw, at: number): never {
    const offsetOctets = this.#before + at
    throw new AttachedLetterInvalid({ flaw, fileName: this.#fileName, offsetOctets })
  }
}
