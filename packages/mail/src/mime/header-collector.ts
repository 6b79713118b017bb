import { NO_OCTETS, textOf } from '../base/octets.ts'
import { beginsField, checkHeaderSize } from './header-section.ts'
import type { HeaderLimits } from './header-section.ts'
import type { Cursor, Delimiter } from './multipart.ts'

const LF = 0x0a
const CR = 0x0d
const DASH = 0x2d

/** Enough for the header section of nearly every letter. */
const INITIAL_OCTETS = 4096

/** What a mailbox file puts before a letter: `From shop@example.org Sun Nov 22 04:33:00 2026`. */
const MAILBOX_LINE = /^>?From \S+ .*\d:\d\d/

/**
 * Why a header section ended: an empty line, or, where it should not have, a delimiter, or a first line that is none of a header. `'ownDelimiter'`: a
 * delimiter of the multipart that the header section itself announces.
 */
export type HeaderEnd =
  | { readonly kind: 'emptyLine' }
  | { readonly kind: 'noHeader' }
  | { readonly kind: 'ownDelimiter'; readonly line: Uint8Array }
  | Delimiter

/** What tells lines apart that should not be in a header section. */
export interface DelimiterMatcher {
  /** Whether a line is a delimiter of a multipart that is open. */
  match(line: Uint8Array): Delimiter | undefined
  /** Whether it would be one of the multipart that these fields announce. */
  isOwn(line: Uint8Array, fields: Uint8Array): boolean
}

/** Lines of two dashes in a header section that are looked at: fields are read anew for each, so without a bound a letter could make this slow. */
const MAX_DASHED_LINES = 4

/**
 * Gathers the octets of one header section after another, however they are cut, within limits. A section that comes whole is looked at where it lies;
 * only one that is cut is copied together.
 */
export class HeaderCollector {
  readonly #limits: HeaderLimits
  readonly #delimiters: DelimiterMatcher
  /** Whether the section is that of the letter, and not that of a part. */
  #isOfLetter = true
  /** The section so far lies in `[#start, #start + #length)`. */
  #octets: Uint8Array = NO_OCTETS
  #start = 0
  #length = 0
  /** Whether {@link #octets} was made here, and not by who pushed it. */
  #isOwn = false
  /** Where the last line begins, counted from {@link #start}. */
  #lineStart = 0
  #dashedLines = 0

  /** @param delimiters Tells which lines are delimiters: these end a header section too. */
  constructor(limits: HeaderLimits, delimiters: DelimiterMatcher) {
    this.#limits = limits
    this.#delimiters = delimiters
  }

  /**
   * Takes lines up to the end of the header section, or all there are; `undefined` then. What it says is to be dealt with, and the section taken,
   * before anything else is collected.
   *
   * @throws LimitExceeded when a line or the section is too large.
   */
  collect(cursor: Cursor): HeaderEnd | undefined {
    const { octets } = cursor
    while (cursor.position < octets.length) {
      const lineFeed = octets.indexOf(LF, cursor.position)
      const end = lineFeed < 0 ? octets.length : lineFeed + 1
      this.#add(octets, cursor.position, end)
      cursor.position = end
      if (lineFeed < 0) break
      const found = this.#endOfSection()
      if (found !== undefined) return found
      this.#lineStart = this.#length
    }
    this.#keep()
    return undefined
  }

  /** What the line that is complete now means to the section. */
  #endOfSection(): HeaderEnd | undefined {
    const lineStart = this.#start + this.#lineStart
    const first = this.#octets[lineStart]
    const isEmptyLine = first === LF || (first === CR && this.#octets[lineStart + 1] === LF)
    if (isEmptyLine) return EMPTY_LINE
    if (this.isWithoutHeader) return { kind: 'noHeader' }
    const delimiter = first === DASH ? this.#delimiterIn(this.#lastLine()) : undefined
    if (delimiter !== undefined) this.#length = this.#lineStart
    return delimiter
  }

  #lastLine(): Uint8Array {
    return this.#octets.subarray(this.#start + this.#lineStart, this.#start + this.#length)
  }

  #delimiterIn(line: Uint8Array): HeaderEnd | undefined {
    const delimiter = this.#delimiters.match(line)
    if (delimiter !== undefined || line[1] !== DASH) return delimiter
    this.#dashedLines++
    if (this.#dashedLines > MAX_DASHED_LINES) return undefined
    const fields = this.#octets.subarray(this.#start, this.#start + this.#lineStart)
    return this.#delimiters.isOwn(line, fields) ? { kind: 'ownDelimiter', line } : undefined
  }

  /** Whether what was gathered is one line, or the beginning of one, with which a letter begins that has no header section. */
  get isWithoutHeader(): boolean {
    if (!this.#isOfLetter || this.#lineStart > 0 || this.#length === 0) return false
    const line = this.#lastLine()
    return !beginsField(line) && !MAILBOX_LINE.test(textOf(line))
  }

  /** A delimiter that the letter ended with, without a line end. */
  endDelimiter(): Delimiter | undefined {
    const delimiter = this.#delimiters.match(this.#lastLine())
    if (delimiter !== undefined) this.#length = this.#lineStart
    return delimiter
  }

  /** Takes the next section for that of a part. */
  startPart(): void {
    this.#isOfLetter = false
  }

  /** What was gathered; the collector is then ready for the next section. It may share memory with what was pushed last. */
  take(): Uint8Array {
    const octets = this.#octets.subarray(this.#start, this.#start + this.#length)
    this.#octets = NO_OCTETS
    this.#length = 0
    this.#isOwn = false
    this.#lineStart = 0
    this.#dashedLines = 0
    return octets
  }

  #add(octets: Uint8Array, start: number, end: number): void {
    const length = this.#length + end - start
    checkHeaderSize(length - this.#lineStart, length, this.#limits)
    if (this.#isOwn) {
      this.#reserve(length)
      this.#octets.set(octets.subarray(start, end), this.#length)
    } else if (this.#length === 0) {
      this.#octets = octets
      this.#start = start
    }
    this.#length = length
  }

  /** The rest will come with other octets, and these are not ours. */
  #keep(): void {
    if (this.#isOwn || this.#length === 0) return
    const pushed = this.#octets.subarray(this.#start, this.#start + this.#length)
    this.#octets = NO_OCTETS
    this.#reserve(this.#length)
    this.#octets.set(pushed)
    this.#start = 0
    this.#isOwn = true
  }

  #reserve(length: number): void {
    if (length <= this.#octets.length) return
    const grown = new Uint8Array(Math.max(INITIAL_OCTETS, length, this.#octets.length * 2))
    grown.set(this.#octets)
    this.#octets = grown
  }
}

const EMPTY_LINE: HeaderEnd = { kind: 'emptyLine' }
