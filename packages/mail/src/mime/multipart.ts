/**
 * Where parts begin and end (RFC 2046 §5.1.1): content → pieces of content, and delimiters between them.
 *
 * A delimiter is a line of `--`, the boundary, `--` too if it is the last, and white space. The line end before it belongs to it, so
 * at the end of what has come so far, a line end and what may become a delimiter are held back:
 *
 *     content ──line end──▶ held: line end ──"-"──▶ held: line end and a candidate ──LF──▶ delimiter, or content
 *
 * A line that is there whole is compared where it lies. Nothing is held back but that, so memory is bounded by one line; and since `-` is no base64 digit, an encoded attachment is passed on
 * after a single search for it.
 */

import { concatOctets, copyOctets, NO_OCTETS, octetsOf } from '../base/octets.ts'

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const DASH = 0x2d

/** A longer line is no delimiter: a boundary has at most 70 characters (RFC 2046 §5.1.1), and a line 998 (RFC 5322 §2.1.1). */
const MAX_DELIMITER_LINE = 1000

/** A delimiter of one of the open multiparts. */
export interface Delimiter {
  readonly kind: 'delimiter'
  /** Which of the open boundaries: 0 is the outermost. */
  readonly level: number
  readonly isClosing: boolean
}

/** What a scan gives: a piece of content, or a delimiter. */
export type ScannedPiece = { readonly kind: 'content'; readonly octets: Uint8Array } | Delimiter

/** A place in what was received. The scanner moves it. */
export interface Cursor {
  readonly octets: Uint8Array
  position: number
}

/** Separates content from delimiters, however the octets are cut. */
export class DelimiterScanner {
  readonly #boundaries: Uint8Array[] = []
  /** What may yet turn out to be a delimiter with the line end before it. */
  #held: Uint8Array = NO_OCTETS
  /** How much of {@link #held} is the line end before the line in question. */
  #heldLineEnd = 0
  /** Whether the next octet is the first of a line; only asked when nothing is held. */
  #isAtLineStart = true

  get depth(): number {
    return this.#boundaries.length
  }

  /** Begins to look for a boundary, beside those already open. */
  open(boundary: string): void {
    this.#boundaries.push(octetsOf(`--${boundary}`))
  }

  /** Looks no longer for the boundaries from this level inwards. */
  closeFrom(level: number): void {
    this.#boundaries.length = level
  }

  /** Tells the scanner that the next octet begins a line: after a delimiter and after a header section. */
  startLine(): void {
    this.#isAtLineStart = true
  }

  /** The next piece, or `undefined` when all octets are used up. */
  next(cursor: Cursor): ScannedPiece | undefined {
    while (cursor.position < cursor.octets.length) {
      const piece = this.#isHolding() ? this.#continueHeld(cursor) : this.#scan(cursor)
      if (piece !== undefined) return piece
    }
    return undefined
  }

  /** What was held back when the content ended: a delimiter without a line end, or content. */
  end(): ScannedPiece | undefined {
    const delimiter = this.match(this.#held.subarray(this.#heldLineEnd))
    const held = this.#takeHeld()
    if (delimiter !== undefined) return delimiter
    return held.length > 0 ? { kind: 'content', octets: held } : undefined
  }

  /** Whether a line, with or without its line end, is a delimiter of an open boundary; of several, the innermost. */
  match(line: Uint8Array): Delimiter | undefined {
    if (line[0] !== DASH || line[1] !== DASH) return undefined
    let end = line.length
    while (end > 0 && isLineSpace(line[end - 1] ?? 0)) end--
    for (let level = this.#boundaries.length - 1; level >= 0; level--) {
      const boundary = this.#boundaries[level] ?? NO_OCTETS
      const extra = end - boundary.length
      if ((extra !== 0 && extra !== 2) || !startsWith(line, boundary)) continue
      if (extra === 0) return { kind: 'delimiter', level, isClosing: false }
      const isClosing = line[end - 1] === DASH && line[end - 2] === DASH
      if (isClosing) return { kind: 'delimiter', level, isClosing }
    }
    return undefined
  }

  #isHolding(): boolean {
    return this.#held.length > 0 || this.#isAtLineStart
  }

  /** Content up to the next line that is a delimiter or may become one, or up to a line end at the end of what has come. */
  #scan(cursor: Cursor): ScannedPiece | undefined {
    const { octets, position } = cursor
    const candidate = this.#findCandidate(octets, position)
    const end = candidate < 0 ? octets.length : candidate
    const contentEnd = end - lineEndBefore(octets, position, end)
    if (contentEnd < end) this.#held = copyOctets(octets, contentEnd, end)
    this.#heldLineEnd = end - contentEnd
    cursor.position = end
    if (contentEnd === position) return undefined
    return { kind: 'content', octets: octets.subarray(position, contentEnd) }
  }

  #findCandidate(octets: Uint8Array, from: number): number {
    let dash = findDashAtLineStart(octets, from)
    while (dash >= 0 && this.#isPlainLine(octets, dash)) dash = findDashAtLineStart(octets, dash)
    return dash
  }

  /** Whether the line that begins here with a dash is known to be no delimiter. */
  #isPlainLine(octets: Uint8Array, start: number): boolean {
    const second = octets[start + 1]
    if (second !== undefined && second !== DASH) return true
    const lineEnd = octets.indexOf(LF, start)
    if (lineEnd < 0) return false
    const isTooLong = lineEnd + 1 - start > MAX_DELIMITER_LINE
    return isTooLong || this.match(octets.subarray(start, lineEnd + 1)) === undefined
  }

  /** Decides what is held back, octets permitting. */
  #continueHeld(cursor: Cursor): ScannedPiece | undefined {
    const { octets, position } = cursor
    const next = octets[position]
    if (this.#held.length === this.#heldLineEnd) {
      if (this.#held[0] === CR && this.#held.length === 1 && next === LF) {
        this.#hold(octets, position, position + 1)
        this.#heldLineEnd = 2
        cursor.position++
        return undefined
      }
      const isLineStart = this.#held.length === 0 || this.#held.at(-1) === LF
      if (!isLineStart || next !== DASH || this.#isPlainLine(octets, position)) {
        return this.#release()
      }
    }
    const lineEnd = octets.indexOf(LF, position)
    const room = MAX_DELIMITER_LINE - (this.#held.length - this.#heldLineEnd)
    const end = Math.min(lineEnd < 0 ? octets.length : lineEnd + 1, position + room)
    this.#hold(octets, position, end)
    cursor.position = end
    const isWholeLine = end === lineEnd + 1
    if (!isWholeLine && end < position + room) return undefined
    return this.#decideCandidate(isWholeLine)
  }

  /** The candidate is complete, or too long to be a delimiter. */
  #decideCandidate(isWholeLine: boolean): ScannedPiece | undefined {
    const line = this.#held.subarray(this.#heldLineEnd)
    const delimiter = isWholeLine ? this.match(line) : undefined
    const held = this.#takeHeld()
    if (delimiter !== undefined) {
      this.#isAtLineStart = true
      return delimiter
    }
    const kept = lineEndBefore(held, 0, held.length)
    this.#held = copyOctets(held, held.length - kept)
    this.#heldLineEnd = kept
    return { kind: 'content', octets: held.subarray(0, held.length - kept) }
  }

  /** What is held back is content after all. */
  #release(): ScannedPiece | undefined {
    const octets = this.#takeHeld()
    return octets.length > 0 ? { kind: 'content', octets } : undefined
  }

  #hold(octets: Uint8Array, start: number, end: number): void {
    this.#held = concatOctets([this.#held, octets.subarray(start, end)])
  }

  #takeHeld(): Uint8Array {
    const held = this.#held
    this.#held = NO_OCTETS
    this.#heldLineEnd = 0
    this.#isAtLineStart = false
    return held
  }
}

/** The first dash behind a LF, or -1. Looks for the rarer of the two, and never twice at one line. */
function findDashAtLineStart(octets: Uint8Array, from: number): number {
  let dash = octets.indexOf(DASH, from)
  while (dash >= 0) {
    if (dash > from && octets[dash - 1] === LF) return dash
    const lineEnd = octets.indexOf(LF, dash)
    if (lineEnd < 0) return -1
    dash = octets[lineEnd + 1] === DASH ? lineEnd + 1 : octets.indexOf(DASH, lineEnd + 1)
  }
  return -1
}

/** How many octets of line end stand before this place: CRLF 2, LF or a CR that a LF may follow 1. */
function lineEndBefore(octets: Uint8Array, start: number, end: number): number {
  if (end === start) return 0
  const last = octets[end - 1]
  if (last === CR) return 1
  if (last !== LF) return 0
  return end - 2 >= start && octets[end - 2] === CR ? 2 : 1
}

function isLineSpace(octet: number): boolean {
  return octet === SPACE || octet === TAB || octet === CR || octet === LF
}

function startsWith(octets: Uint8Array, start: Uint8Array): boolean {
  if (octets.length < start.length) return false
  for (let at = 0; at < start.length; at++) {
    if (octets[at] !== start[at]) return false
  }
  return true
}
