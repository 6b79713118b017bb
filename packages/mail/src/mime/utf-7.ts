import { NO_OCTETS, octetsOf } from '../base/octets.ts'
import { replacement } from './own-decoder.ts'
import type { CharsetDecoder, DecoderOptions } from './own-decoder.ts'

const PLUS = 0x2b
const MINUS = 0x2d

/** Octet → value of the base64 digit, or -1. */
const DIGIT_VALUES = new Int8Array(256).fill(-1)
for (const [value, digit] of octetsOf(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
).entries()) {
  DIGIT_VALUES[digit] = value
}

/**
 * UTF-7 (RFC 2152): ASCII as it is, everything else as base64 of UTF-16 between `+` and `-`. Obsolete, and still in archives.
 *
 * All of ASCII is taken outside base64, also what RFC 2152 wants encoded; an octet beyond ASCII, half a surrogate pair and bits that make no
 * character are no text.
 */
export class Utf7Decoder implements CharsetDecoder {
  readonly #options: DecoderOptions
  /** `shift`: a `+` was the last octet, which is the character itself if a `-` follows. */
  #state: 'direct' | 'shift' | 'base64' = 'direct'
  #bits = 0
  #bitCount = 0
  /** The first half of a surrogate pair. */
  #high = ''

  constructor(options: DecoderOptions) {
    this.#options = options
  }

  decode(octets: Uint8Array = NO_OCTETS, options: { stream?: boolean } = {}): string {
    let text = ''
    for (const octet of octets) text += this.#take(octet)
    if (options.stream === true) return text
    text += this.#state === 'shift' ? replacement(this.#options) : this.#endBase64()
    this.#state = 'direct'
    return text
  }

  #take(octet: number): string {
    const digit = DIGIT_VALUES[octet] ?? -1
    if (this.#state === 'shift' && octet === MINUS) {
      this.#state = 'direct'
      return '+'
    }
    if (this.#state !== 'direct' && digit >= 0) {
      this.#state = 'base64'
      return this.#takeDigit(digit)
    }
    const rest = this.#state === 'shift' ? replacement(this.#options) : this.#endBase64()
    const isEnd = this.#state === 'base64' && octet === MINUS
    this.#state = octet === PLUS ? 'shift' : 'direct'
    if (isEnd || octet === PLUS) return rest
    return rest + (octet < 0x80 ? String.fromCharCode(octet) : replacement(this.#options))
  }

  #takeDigit(digit: number): string {
    this.#bits = (this.#bits << 6) | digit
    this.#bitCount += 6
    if (this.#bitCount < 16) return ''
    this.#bitCount -= 16
    const unit = this.#bits >> this.#bitCount
    this.#bits &= (1 << this.#bitCount) - 1
    return this.#takeUnit(String.fromCharCode(unit))
  }

  /** Half of a pair waits for the other half. */
  #takeUnit(unit: string): string {
    const before = this.#high
    this.#high = ''
    const joined = before + unit
    if (before !== '' && joined.isWellFormed()) return joined
    const lost = before === '' ? '' : replacement(this.#options)
    if (unit.isWellFormed()) return lost + unit
    if (unit < '\udc00') {
      this.#high = unit
      return lost
    }
    return lost + replacement(this.#options)
  }

  /** RFC 2152, rule 2: fewer than six bits may be left, and they are zero. */
  #endBase64(): string {
    const isWhole = this.#high === '' && this.#bitCount < 6 && this.#bits === 0
    this.#high = ''
    this.#bits = 0
    this.#bitCount = 0
    return isWhole ? '' : replacement(this.#options)
  }
}
