import { CanonicalOutput } from './canonical-output.ts'
import type { OctetSink } from './environment.ts'

/** How much of a letter may change on its way without breaking the signature (RFC 6376 §3.4): blanks at line ends and their number, or nothing. */
export type Canonicalization = 'relaxed' | 'simple'

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SP = 0x20

/**
 * The canonical form of a body (RFC 6376 §3.4.3, §3.4.4), piece by piece, in one pass and constant memory; where the pieces are cut
 * makes no difference. CR or LF alone is an octet like any other.
 */
export class BodyCanonicalizer {
  readonly #isRelaxed: boolean
  readonly #output: CanonicalOutput
  /** Blanks have come whose line may end here. Only in the relaxed form. */
  #isBlankPending = false
  /** A CR has come that is a line end if LF is next. */
  #isCrPending = false

  constructor(canonicalization: Canonicalization, sink: OctetSink) {
    this.#isRelaxed = canonicalization === 'relaxed'
    this.#output = new CanonicalOutput(sink)
  }

  push(octets: Uint8Array): void {
    if (this.#isRelaxed && hasBlanks(octets)) this.#pushWithBlanks(octets)
    else this.#pushWithoutBlanks(octets)
  }

  end(): void {
    if (this.#isCrPending) this.#putContent(CR)
    // The simple form of a body without any octet is a line end, the relaxed form is nothing.
    const isNothing = this.#isRelaxed && this.#output.isEmpty
    this.#output.end(isNothing ? 'without-line-end' : 'with-line-end')
  }

  /** What most of a large letter is: base64 has no blanks, so only the line ends at the end of a piece need a look. */
  #pushWithoutBlanks(octets: Uint8Array): void {
    let from = 0
    while (from < octets.length && (this.#isCrPending || this.#isBlankPending)) {
      this.#step(octets[from++] ?? 0)
    }
    if (from === octets.length) return
    const isCrLast = octets.at(-1) === CR
    let to = isCrLast ? octets.length - 1 : octets.length
    let lineEnds = 0
    while (to - 2 >= from && octets[to - 1] === LF && octets[to - 2] === CR) {
      to -= 2
      lineEnds++
    }
    if (to > from) this.#output.putAll(octets.subarray(from, to))
    this.#output.lineEnds(lineEnds)
    this.#isCrPending = isCrLast
  }

  #pushWithBlanks(octets: Uint8Array): void {
    let from = 0
    while (from < octets.length) {
      const to = this.#isCrPending || this.#isBlankPending ? from : endOfUnchanged(octets, from)
      if (to > from) {
        this.#output.putAll(octets.subarray(from, to))
        from = to
      } else {
        this.#step(octets[from++] ?? 0)
      }
    }
  }

  #step(octet: number): void {
    if (this.#isCrPending) {
      this.#isCrPending = false
      if (octet === LF) {
        this.#isBlankPending = false
        this.#output.lineEnds(1)
        return
      }
      this.#putContent(CR)
    }
    if (octet === CR) this.#isCrPending = true
    else if (this.#isRelaxed && isBlank(octet)) this.#isBlankPending = true
    else this.#putContent(octet)
  }

  #putContent(octet: number): void {
    if (this.#isBlankPending) this.#output.put(SP)
    this.#isBlankPending = false
    this.#output.put(octet)
  }
}

function isBlank(octet: number): boolean {
  return octet === SP || octet === TAB
}

function hasBlanks(octets: Uint8Array): boolean {
  return octets.indexOf(SP) >= 0 || octets.indexOf(TAB) >= 0
}

/** Where the octets end that the relaxed form leaves as they are whatever follows: words with one space between them, lines that don't end in one. */
function endOfUnchanged(octets: Uint8Array, from: number): number {
  const { length } = octets
  let at = from
  while (at < length) {
    const octet = octets[at] ?? 0
    if (octet > SP) {
      at++
    } else if (octet === SP || octet === CR) {
      const next = octet === SP ? at + 1 : at + 2
      const isLineEnd = octet === SP || octets[at + 1] === LF
      if (!isLineEnd || next >= length || (octets[next] ?? 0) <= SP) return at
      at = next + 1
    } else if (octet === TAB) {
      return at
    } else {
      at++
    }
  }
  return at
}
