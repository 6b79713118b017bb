/**
 * Transparency of content that ends with a line of one dot: DATA of SMTP (RFC 5321 §4.5.2) and multi-line responses of POP3
 * (RFC 1939 §3). A line that begins with a dot travels with one dot more.
 *
 * Where content ends is decided by CRLF alone, in both directions: programs that disagree on it can be made to see two letters where
 * one was sent (SMTP smuggling, CVE-2023-51764).
 */

import { assert } from '../base/assert.ts'
import { concatOctets, NO_OCTETS } from '../base/octets.ts'

const LF = 0x0a
const CR = 0x0d
const DOT = 0x2e

const CR_OCTETS = Uint8Array.of(CR)
const TERMINATOR = Uint8Array.of(DOT, CR, LF)
const LF_OCTETS = Uint8Array.of(LF)
const CRLF_OCTETS = Uint8Array.of(CR, LF)

/** An octet to be put in, and the index of the octet that it comes before. */
interface Insertion {
  readonly before: number
  readonly octet: number
}

/**
 * Lets no CR and no LF out alone, piece by piece: a bare one becomes CRLF (RFC 5321 §2.3.8, §4.1.1.4). The result does not depend on how the
 * content is cut, and content that is in order is passed on without being copied.
 */
export class LineMender {
  readonly #stuffsDots: boolean
  #isAtLineStart = true
  /** The last octet was a CR and is out already; if no LF follows, one has to be put in. */
  #isAfterCr = false
  #lines = 0

  constructor(options: { readonly stuffsDots?: boolean } = {}) {
    this.#stuffsDots = options.stuffsDots ?? false
  }

  /** How many line ends are out. */
  get lines(): number {
    return this.#lines
  }

  push(octets: Uint8Array): Uint8Array {
    const insertions = this.#findInsertions(octets)
    return insertions.length === 0 ? octets : insert(octets, insertions)
  }

  /** What the last line still lacks of its end. */
  end(): Uint8Array {
    if (this.#isAfterCr) return LF_OCTETS
    return this.#isAtLineStart ? NO_OCTETS : CRLF_OCTETS
  }

  #findInsertions(octets: Uint8Array): readonly Insertion[] {
    const insertions: Insertion[] = []
    const length = octets.length
    let isAtLineStart = this.#isAtLineStart
    let isAfterCr = this.#isAfterCr
    for (let at = 0; at < length; at++) {
      const octet = octets[at]
      if (isAfterCr) {
        isAfterCr = false
        isAtLineStart = true
        this.#lines++
        if (octet === LF) continue
        insertions.push({ before: at, octet: LF })
      }
      if (isAtLineStart) {
        isAtLineStart = false
        if (octet === DOT && this.#stuffsDots) insertions.push({ before: at, octet: DOT })
      }
      if (octet === CR) {
        isAfterCr = true
      } else if (octet === LF) {
        insertions.push({ before: at, octet: CR })
        isAtLineStart = true
        this.#lines++
      } else {
        // Nothing happens before the next control character. This loop is where nearly all the time goes.
        while (at + 1 < length && (octets[at + 1] ?? 0) > CR) at++
      }
    }
    this.#isAtLineStart = isAtLineStart
    this.#isAfterCr = isAfterCr
    return insertions
  }
}

/** Makes content ready to be sent: mends its lines, stuffs their dots, and ends it with the line of one dot. */
export class DotStuffer {
  readonly #mender = new LineMender({ stuffsDots: true })

  /** As of {@link LineMender}. */
  get lines(): number {
    return this.#mender.lines
  }

  push(octets: Uint8Array): Uint8Array {
    return this.#mender.push(octets)
  }

  /** What is left to send: the end of the last line, if it is missing, and the line of one dot. */
  end(): Uint8Array {
    return concatOctets([this.#mender.end(), TERMINATOR])
  }
}

/**
 * As {@link DotStuffer}, for content whose lines are in order: it looks for dots alone. In base64 there is none, so there this is as fast as
 * memory.
 */
export class CanonicalDotStuffer {
  #isAfterCr = false
  #isAtLineStart = true

  push(octets: Uint8Array): Uint8Array {
    const insertions: Insertion[] = []
    for (let at = octets.indexOf(DOT); at !== -1; at = octets.indexOf(DOT, at + 1)) {
      // Where no LF stands alone, one octet back is far enough.
      const isLeading = at === 0 ? this.#isAtLineStart : octets[at - 1] === LF
      if (isLeading) insertions.push({ before: at, octet: DOT })
    }
    const last = octets.at(-1)
    if (last !== undefined) {
      this.#isAtLineStart = last === LF
      this.#isAfterCr = last === CR
    }
    return insertions.length === 0 ? octets : insert(octets, insertions)
  }

  end(): Uint8Array {
    if (this.#isAtLineStart) return TERMINATOR
    return concatOctets([this.#isAfterCr ? LF_OCTETS : CRLF_OCTETS, TERMINATOR])
  }
}

function insert(octets: Uint8Array, insertions: readonly Insertion[]): Uint8Array {
  const result = new Uint8Array(octets.length + insertions.length)
  let from = 0
  let to = 0
  for (const { before, octet } of insertions) {
    result.set(octets.subarray(from, before), to)
    to += before - from
    from = before
    result[to++] = octet
  }
  result.set(octets.subarray(from), to)
  return result
}

/**
 * Where in the content {@link DotUnstuffer} is: what the next octet follows. `dot` and `dot-cr` are a line that has been nothing else
 * so far; that CR is held back, because with an LF it is the end.
 */
type Position = 'text' | 'cr' | 'line-start' | 'dot' | 'dot-cr' | 'end'

/**
 * Takes the transparency off again and finds the end, piece by piece. The result does not depend on how the content is cut, and
 * octets are copied only where a dot lies among them.
 *
 * The CRLF before the line of one dot belongs to the content. The first dot of any other line is removed, also one that no second
 * follows: RFC 5321 §4.5.2 leaves nothing else for it to be.
 */
export class DotUnstuffer {
  #position: Position = 'line-start'
  #rest: Uint8Array = NO_OCTETS

  /** Whether the line of one dot has come. */
  get isDone(): boolean {
    return this.#position === 'end'
  }

  /** The octets after the line of one dot, once it has come: the next thing that the peer says. */
  get rest(): Uint8Array {
    return this.#rest
  }

  /**
   * The content among these octets; empty when there is none, or what there is may still turn out to be the end.
   *
   * Nothing may be pushed once {@link isDone}.
   */
  push(octets: Uint8Array): Uint8Array {
    assert(!this.isDone, 'no content is pushed after its end')
    const parts: Uint8Array[] = []
    const length = octets.length
    let position = this.#position
    /** Where the part begins that is content for certain, or the held-back CR after a dot. */
    let from = 0
    for (let at = 0; at < length && position !== 'end';) {
      const octet = octets[at]
      if (position === 'text') {
        const cr = octets.indexOf(CR, at)
        at = cr === -1 ? length : cr + 1
        if (cr !== -1) position = 'cr'
      } else if (position === 'cr') {
        if (octet === LF || octet === CR) at++
        if (octet !== CR) position = octet === LF ? 'line-start' : 'text'
      } else if (position === 'line-start' && octet === DOT) {
        if (from < at) parts.push(octets.subarray(from, at))
        from = ++at
        position = 'dot'
      } else if (position === 'dot' && octet === CR) {
        at++
        position = 'dot-cr'
      } else if (position === 'dot-cr' && octet === LF) {
        this.#rest = octets.subarray(at + 1)
        position = 'end'
      } else {
        // An ordinary octet. If a CR was held back in an earlier piece, it was content after all.
        if (position === 'dot-cr' && at === 0) parts.push(CR_OCTETS)
        position = position === 'dot-cr' ? 'cr' : 'text'
      }
    }
    this.#position = position
    if (position !== 'dot-cr' && position !== 'end' && from < length) {
      parts.push(octets.subarray(from))
    }
    return concatOctets(parts)
  }
}
