const utf8Encoder = new TextEncoder()
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const latin1Decoder = new TextDecoder('latin1')

/** No octets. */
export const NO_OCTETS: Uint8Array = new Uint8Array(0)

/** Arrays up to this size lie side by side in larger ones: to make one of its own, and to free it again, costs more than most of what is done with so few octets. */
const SMALL_OCTETS = 8192
/** Room for a dozen of small letters, or hundreds of commands, and little enough that one of them that is kept for long keeps nothing large alive. */
const ROOM_OCTETS = 65_536
/** What a character of JavaScript may take in UTF-8. */
const MAX_OCTETS_OF_CHARACTER = 3
const MAX_ASCII = 0x7f

let room = new ArrayBuffer(0)
let taken = 0

/** An array of zeros. Nobody else has these octets, but their buffer may hold others too. */
export function newOctets(length: number): Uint8Array<ArrayBuffer> {
  if (length > SMALL_OCTETS) return new Uint8Array(length)
  makeRoom(length)
  const octets = new Uint8Array(room, taken, length)
  taken += length
  return octets
}

/** The octets of a text in UTF-8; of an ASCII text therefore its characters, one octet each. Nobody else has them, but their buffer may hold others too. */
export function octetsOf(text: string): Uint8Array<ArrayBuffer> {
  const atMost = text.length * MAX_OCTETS_OF_CHARACTER
  if (atMost > SMALL_OCTETS) return utf8Encoder.encode(text)
  makeRoom(atMost)
  const { written } = utf8Encoder.encodeInto(text, new Uint8Array(room, taken))
  const octets = new Uint8Array(room, taken, written)
  taken += written
  return octets
}

function makeRoom(length: number): void {
  if (taken + length <= room.byteLength) return
  room = new ArrayBuffer(ROOM_OCTETS)
  taken = 0
}

/** How many octets a text has in UTF-8. */
export function utf8Length(text: string): number {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > MAX_ASCII) return utf8Encoder.encode(text).length
  }
  return text.length
}

/**
 * The text of octets that ought to be ASCII or UTF-8 but may be anything, as the words of a server: what is not valid UTF-8 is read
 * as windows-1252, so that nothing is lost and nothing throws.
 */
export function textOf(octets: Uint8Array): string {
  try {
    return utf8Decoder.decode(octets)
  } catch {
    return latin1Decoder.decode(octets)
  }
}

/**
 * A text in every form in which {@link textOf} may give it when a peer repeats it: as it is, and with a character for each of its octets, as it reads beside
 * octets that are no UTF-8 (windows-1252) and as a peer may have taken it (ISO 8859-1).
 */
export function readingsOf(text: string): readonly string[] {
  const octets = octetsOf(text)
  if (octets.length === text.length) return [text]
  const characters = Array.from(octets, (octet) => String.fromCharCode(octet)).join('')
  return [...new Set([text, latin1Decoder.decode(octets), characters])]
}

/** The characters of octets that are all ASCII, one for each; `undefined` for any others. */
export function asciiOf(octets: Uint8Array): string | undefined {
  try {
    const text = utf8Decoder.decode(octets)
    // In UTF-8 all others take more octets than they are characters.
    return text.length === octets.length ? text : undefined
  } catch {
    return undefined
  }
}

/** One array with the octets of all parts, in their order. A single part is returned as it is, not copied. */
export function concatOctets(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  let length = 0
  for (const part of parts) length += part.length
  const octets = newOctets(length)
  let to = 0
  for (const part of parts) {
    octets.set(part, to)
    to += part.length
  }
  return octets
}

/** The same octets in memory of their own. `slice()` makes a copy of an array, and of a Buffer of Node.js, which is one too, none. */
export function copyOctets(octets: Uint8Array, from: number = 0, to?: number): Uint8Array {
  return new Uint8Array(octets.subarray(from, to))
}

/** Whether two arrays hold the same octets. Not for secrets: the time it takes tells where they differ. */
export function equalOctets(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false
  }
  return true
}
