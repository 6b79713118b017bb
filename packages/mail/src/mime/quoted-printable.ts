/** The transfer encoding quoted-printable (RFC 2045 §6.7), for text in its canonical form, whose lines end in CRLF. */

/** The longest line that RFC 2045 §6.7 allows, without its CRLF. */
const MAX_LINE = 76
/** A run of white space longer than a line of mail may be is not looked behind for a line end (RFC 5322 §2.1.1). */
const MAX_PENDING_SPACE = 998

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const EQUALS = 0x3d
const TILDE = 0x7e

const HEX = new TextEncoder().encode('0123456789ABCDEF')
const NOT_HEX = -1

/** Octet → value of the hexadecimal digit, lower case too. */
const HEX_VALUES = new Int8Array(256).fill(NOT_HEX)
for (const [value, digit] of HEX.entries()) {
  HEX_VALUES[digit] = value
  HEX_VALUES[digit | 0x20] = value
}

/** Octets that stand for themselves within a line: printable ASCII but `=`, and white space. */
const IS_LITERAL = new Uint8Array(256)
IS_LITERAL.fill(1, SPACE, TILDE + 1)
IS_LITERAL[TAB] = 1
IS_LITERAL[EQUALS] = 0

/** Whether an octet stands for itself within a line. */
export function isLiteralOctet(octet: number): boolean {
  return IS_LITERAL[octet] === 1
}

/**
 * Whether `From ` is here. At the beginning of a line, mailboxes of the mbox kind take it for the beginning of a letter, and many
 * programs put a `>` before it.
 */
export function isFromHere(octets: Uint8Array, at: number): boolean {
  return (
    octets[at] === 0x46 &&
    octets[at + 1] === 0x72 &&
    octets[at + 2] === 0x6f &&
    octets[at + 3] === 0x6d &&
    octets[at + 4] === SPACE
  )
}

/**
 * Encodes a text whose lines end in CRLF: no line of the result is longer than 76, no line ends in white space, none begins with
 * `From `. A CR or LF that is not a line end is encoded. No `=` but those of the encoding is left, so a boundary that holds `=_` can't
 * occur in it.
 */
export function encodeQuotedPrintable(octets: Uint8Array): Uint8Array {
  // Every octet takes three at most, and every 73 of those take a soft line break of three.
  const encoded = new Uint8Array(Math.ceil(octets.length * 3 * 1.05) + 3)
  let to = 0
  let lineFrom = 0
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] ?? 0
    if (octet === CR && octets[at + 1] === LF) {
      encoded[to++] = CR
      encoded[to++] = LF
      lineFrom = to
      at++
      continue
    }
    const isLiteral = IS_LITERAL[octet] === 1 && (octet > SPACE || !isLineEnd(octets, at + 1))
    if (to - lineFrom + (isLiteral ? 1 : 3) >= MAX_LINE) {
      encoded[to++] = EQUALS
      encoded[to++] = CR
      encoded[to++] = LF
      lineFrom = to
    }
    if (isLiteral && !(to === lineFrom && isFromHere(octets, at))) {
      encoded[to++] = octet
    } else {
      encoded[to++] = EQUALS
      encoded[to++] = HEX[octet >> 4] ?? 0
      encoded[to++] = HEX[octet & 15] ?? 0
    }
  }
  return encoded.subarray(0, to)
}

function isLineEnd(octets: Uint8Array, at: number): boolean {
  const octet = octets[at]
  return octet === undefined || octet === CR || octet === LF
}

/**
 * Decodes quoted-printable, whatever happened to it: lower-case codes, white space that a gateway added at line ends, soft line
 * breaks with a bare LF, `=` before anything else (kept as it is). {@link isDamaged} says whether there was one of the last. Line
 * ends stay as they came. Independent of how the octets were cut.
 */
export class QuotedPrintableDecoder {
  /** What {@link isDamaged} is reported as. */
  readonly damage = 'damaged-quoted-printable'
  /** What may still turn out to be part of a code, a soft line break or white space at a line end. */
  #pending: number[] = []
  #isDamaged = false

  get isDamaged(): boolean {
    return this.#isDamaged
  }

  /** The octets that are decided by now. */
  push(octets: Uint8Array): Uint8Array {
    const decoded = new Uint8Array(octets.length + this.#pending.length + 1)
    const span: Span = { octets, at: 0, decoded, to: 0 }
    while (span.at < octets.length) {
      if (this.#pending.length === 0) decodePlain(span)
      const octet = octets[span.at++]
      if (octet !== undefined) span.to = this.#take(octet, decoded, span.to)
    }
    return decoded.subarray(0, span.to)
  }

  /** What was still undecided at the end of the content: white space and a final `=` are dropped. */
  end(): Uint8Array {
    const decoded = new Uint8Array(this.#pending.length)
    const isCode = this.#pending[0] === EQUALS
    const second = this.#pending[1]
    const isSoftBreak = second === undefined || second === CR || isLineSpace(second)
    const to = isCode && !isSoftBreak ? this.#giveUp(decoded, 0) : 0
    this.#pending = []
    return decoded.subarray(0, to)
  }

  #take(octet: number, decoded: Uint8Array, to: number): number {
    if (this.#pending[0] === EQUALS) return this.#takeCode(octet, decoded, to)
    if (isLineSpace(octet) && this.#pending.length < MAX_PENDING_SPACE) {
      this.#pending.push(octet)
      return to
    }
    let next = to
    if (this.#pending.length > 0) {
      // White space before a line end was added on the way (RFC 2045 §6.7 rule 3); anywhere else it is text.
      if (octet === LF || octet === CR) this.#pending.length = 0
      else next = this.#release(decoded, to)
    }
    if (octet === EQUALS || isLineSpace(octet)) {
      this.#pending.push(octet)
      return next
    }
    decoded[next] = octet
    return next + 1
  }

  #takeCode(octet: number, decoded: Uint8Array, to: number): number {
    if (octet === LF) {
      const isBreak = this.#pending.every(
        (before, i) => i === 0 || before === CR || isLineSpace(before),
      )
      if (isBreak) {
        this.#pending.length = 0
        return to
      }
    }
    const high = HEX_VALUES[this.#pending[1] ?? 0] ?? NOT_HEX
    const low = HEX_VALUES[octet] ?? NOT_HEX
    if (this.#pending.length === 2 && high >= 0 && low >= 0) {
      this.#pending.length = 0
      decoded[to] = (high << 4) | low
      return to + 1
    }
    if (this.#mayContinueWith(octet)) {
      this.#pending.push(octet)
      return to
    }
    return this.#take(octet, decoded, this.#giveUp(decoded, to))
  }

  #mayContinueWith(octet: number): boolean {
    const last = this.#pending.at(-1) ?? 0
    if (this.#pending.length > MAX_PENDING_SPACE) return false
    if (this.#pending.length === 1 && (HEX_VALUES[octet] ?? NOT_HEX) >= 0) return true
    const isAfterSpace = last === EQUALS || isLineSpace(last)
    return isAfterSpace && (octet === CR || isLineSpace(octet))
  }

  /** `=` was no code: it and what followed it are text. */
  #giveUp(decoded: Uint8Array, to: number): number {
    this.#isDamaged = true
    return this.#release(decoded, to)
  }

  #release(decoded: Uint8Array, to: number): number {
    decoded.set(this.#pending, to)
    const next = to + this.#pending.length
    this.#pending.length = 0
    return next
  }
}

function isLineSpace(octet: number | undefined): boolean {
  return octet === SPACE || octet === TAB
}

/** From where to where octets are decoded; both places move. */
interface Span {
  readonly octets: Uint8Array
  at: number
  readonly decoded: Uint8Array
  to: number
}

/** Decodes what can be decided by looking at the next two octets, which is nearly everything, until something else comes. */
function decodePlain(span: Span): void {
  const { octets, decoded } = span
  let { at, to } = span
  for (; at < octets.length; at++) {
    const octet = octets[at] ?? 0
    if (octet === EQUALS) {
      if (at + 2 >= octets.length) break
      const second = octets[at + 1] ?? 0
      const third = octets[at + 2] ?? 0
      const high = HEX_VALUES[second] ?? NOT_HEX
      const low = HEX_VALUES[third] ?? NOT_HEX
      if ((high | low) >= 0) decoded[to++] = (high << 4) | low
      else if (second !== CR || third !== LF) break
      at += 2
      continue
    }
    // White space may be at the end of a line, where it does not count.
    if (isLineSpace(octet) && (octets[at + 1] ?? 0) <= SPACE) break
    decoded[to++] = octet
  }
  span.at = at
  span.to = to
}
