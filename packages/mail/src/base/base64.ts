/**
 * Base64 of RFC 4648 §4, with padding and without line ends: what SASL exchanges are written in. The transfer
 * encoding of MIME (lines, leniency, streaming) is built on {@link encodeBase64Octets}.
 */

const ALPHABET = new TextEncoder().encode(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
)
const PADDING = 0x3d
const NOT_IN_ALPHABET = 0xff

/** Digit → value, by octet; everything outside the alphabet, the padding too, is {@link NOT_IN_ALPHABET}. */
const VALUES = new Uint8Array(256).fill(NOT_IN_ALPHABET)
for (const [value, digit] of ALPHABET.entries()) VALUES[digit] = value

const ascii = new TextDecoder('latin1')

/** Encodes octets as base64 digits: 4 for every 3 begun, padded with `=`. */
export function encodeBase64Octets(octets: Uint8Array): Uint8Array<ArrayBuffer> {
  const digits = new Uint8Array(Math.ceil(octets.length / 3) * 4)
  const wholeGroups = octets.length - (octets.length % 3)
  let to = 0
  for (let from = 0; from < wholeGroups; from += 3) {
    const group =
      ((octets[from] ?? 0) << 16) | ((octets[from + 1] ?? 0) << 8) | (octets[from + 2] ?? 0)
    digits[to++] = ALPHABET[group >> 18] ?? 0
    digits[to++] = ALPHABET[(group >> 12) & 63] ?? 0
    digits[to++] = ALPHABET[(group >> 6) & 63] ?? 0
    digits[to++] = ALPHABET[group & 63] ?? 0
  }
  if (wholeGroups < octets.length) writeLastGroup(digits, to, octets.subarray(wholeGroups))
  return digits
}

function writeLastGroup(digits: Uint8Array, to: number, rest: Uint8Array): void {
  const group = ((rest[0] ?? 0) << 16) | ((rest[1] ?? 0) << 8)
  digits[to] = ALPHABET[group >> 18] ?? 0
  digits[to + 1] = ALPHABET[(group >> 12) & 63] ?? 0
  digits[to + 2] = rest.length === 2 ? (ALPHABET[(group >> 6) & 63] ?? 0) : PADDING
  digits[to + 3] = PADDING
}

/** Encodes octets as base64 text, padded, on one line. */
export function encodeBase64(octets: Uint8Array): string {
  return ascii.decode(encodeBase64Octets(octets))
}

/**
 * Decodes base64 text, strictly: `undefined` when it is not what {@link encodeBase64} would have written for some
 * octets, so for white space, missing padding, digits of another alphabet and set bits under the padding
 * (RFC 4648 §3.2 to §3.5).
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const octets = new Uint8Array(Math.floor(text.length / 4) * 3)
  const count = decodeBase64Into(text, octets, 0)
  return count === undefined ? undefined : octets.slice(0, count)
}

/** As {@link decodeBase64}, into an array with room for three octets for every four characters. @returns how many octets there are. */
export function decodeBase64Into(text: string, octets: Uint8Array, at: number): number | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const digits = text.length - padding
  let bits = 0
  let pending = 0
  let to = at
  for (let from = 0; from < digits; from++) {
    const value = VALUES[text.charCodeAt(from)] ?? NOT_IN_ALPHABET
    if (value === NOT_IN_ALPHABET) return undefined
    pending = (pending << 6) | value
    bits += 6
    if (bits < 8) continue
    bits -= 8
    octets[to++] = pending >> bits
    pending &= (1 << bits) - 1
  }
  return pending === 0 ? to - at : undefined
}
