/**
 * Charsets of seven bits that shift to and fro between ASCII and one of two octets a character. The platform has the same characters in eight
 * bits, so the octets are set to eight and handed on.
 */

import { NO_OCTETS } from '../base/octets.ts'
import type { CharsetDecoder, DecoderOptions } from './own-decoder.ts'

const LF = 0x0a
const SHIFT_OUT = 0x0e
const SHIFT_IN = 0x0f
const ESCAPE = 0x1b
const TILDE = 0x7e
const OPENING = 0x7b
const CLOSING = 0x7d

/** What announces the charset of the shifted characters in ISO-2022-KR (RFC 1557): `$)C` after the escape. */
const KOREAN_DESIGNATION = [0x24, 0x29, 0x43]

/** Turns octets of seven bits into such of eight. Never gives more than it takes. */
interface Widener {
  push(octets: Uint8Array): Uint8Array
}

/** ISO-2022-KR (RFC 1557): SHIFT OUT and SHIFT IN; each line begins in ASCII. */
class Iso2022Kr implements Widener {
  #isShifted = false
  /** How much of the designation has come. */
  #designation = -1

  push(octets: Uint8Array): Uint8Array {
    const wide = new Uint8Array(octets.length)
    let to = 0
    for (const octet of octets) {
      if (this.#designation >= 0 && KOREAN_DESIGNATION[this.#designation] === octet) {
        this.#designation = this.#designation === 2 ? -1 : this.#designation + 1
        continue
      }
      this.#designation = octet === ESCAPE ? 0 : -1
      if (octet === ESCAPE) continue
      if (octet === LF) this.#isShifted = false
      if (octet === SHIFT_OUT || octet === SHIFT_IN) this.#isShifted = octet === SHIFT_OUT
      else wide[to++] = this.#isShifted && octet > 0x20 ? octet | 0x80 : octet
    }
    return wide.subarray(0, to)
  }
}

/** HZ-GB-2312 (RFC 1843): `~{` and `~}`, `~~` for a tilde, a tilde before a line end for nothing. */
class Hz implements Widener {
  #isShifted = false
  #isAfterTilde = false

  push(octets: Uint8Array): Uint8Array {
    const wide = new Uint8Array(octets.length)
    let to = 0
    for (const octet of octets) {
      if (!this.#isAfterTilde && octet === TILDE) {
        this.#isAfterTilde = true
        continue
      }
      const isAfterTilde = this.#isAfterTilde
      this.#isAfterTilde = false
      if (isAfterTilde && (octet === OPENING || octet === CLOSING)) {
        this.#isShifted = octet === OPENING
        continue
      }
      if (octet === LF) this.#isShifted = false
      if (isAfterTilde && octet === LF) continue
      wide[to++] = this.#isShifted && octet > 0x20 ? octet | 0x80 : octet
    }
    return wide.subarray(0, to)
  }
}

const SHIFTED: ReadonlyMap<string, { readonly wide: string; readonly begin: () => Widener }> =
  new Map([
    ['iso-2022-kr', { wide: 'euc-kr', begin: () => new Iso2022Kr() }],
    ['hz-gb-2312', { wide: 'gbk', begin: () => new Hz() }],
  ])

/** A decoder for such a charset; `undefined` when the name is that of another one. */
export function createShiftedDecoder(
  name: string,
  { isStrict }: DecoderOptions,
): CharsetDecoder | undefined {
  const charset = SHIFTED.get(name)
  if (charset === undefined) return undefined
  const decoder = new TextDecoder(charset.wide, { fatal: isStrict })
  let widener = charset.begin()
  return {
    decode(octets: Uint8Array = NO_OCTETS, { stream = false } = {}): string {
      const text = decoder.decode(widener.push(octets), { stream })
      if (!stream) widener = charset.begin()
      return text
    },
  }
}
