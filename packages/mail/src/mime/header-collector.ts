import { textOf } from '../base/octets.ts'
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

/** Gathers the octets of one header section after another, however they are cut, within limits. */
export class HeaderCollector {
  readonly #limits: HeaderLimits
  readonly #delimiters: DelimiterMatcher
  /** Whether the section is that of the letter, and not that of a part. */
  #isOfLetter = true
  #octets = new Uint8Array(INITIAL_OCTETS)
  #length = 0
  #lineStart = 0
  #dashedLines = 0

  /** @param delimiters Tells which lines are delimiters: these end a header section too. */
  constructor(limits: HeaderLimits, delimiters: DelimiterMatcher) {
    this.#limits = limits
    this.#delimiters = delimiters
  }

  get isEmpty(): boolean {
    return this.#length === 0
  }

  /**
   * Takes lines up to the end of the header section, or all there are; `undefined` then.
   *
   * @throws LimitExceeded when a line or the section is too large.
   */
  collect(cursor: Cursor): HeaderEnd | undefined {
    while (cursor.position < cursor.octets.length) {
      const lineEnd = cursor.octets.indexOf(LF, cursor.position)
      const end = lineEnd < 0 ? cursor.octets.length : lineEnd + 1
      this.#append(cursor.octets.subarray(cursor.position, end))
      cursor.position = end
      if (lineEnd < 0) return undefined
      const line = this.#octets.subarray(this.#lineStart, this.#length)
      if (isEmptyLine(line)) return { kind: 'emptyLine' }
      if (this.isWithoutHeader) return { kind: 'noHeader' }
      const delimiter = line[0] === DASH ? this.#delimiterIn(line) : undefined
      if (delimiter !== undefined) {
        this.#length = this.#lineStart
        return delimiter
      }
      this.#lineStart = this.#length
    }
    return undefined
  }

  #delimiterIn(line: Uint8Array): HeaderEnd | undefined {
    const delimiter = this.#delimiters.match(line)
    if (delimiter !== undefined || line[1] !== DASH) return delimiter
    this.#dashedLines++
    if (this.#dashedLines > MAX_DASHED_LINES) return undefined
    const fields = this.#octets.subarray(0, this.#lineStart)
    return this.#delimiters.isOwn(line, fields) ? { kind: 'ownDelimiter', line } : undefined
  }

  /** Whether what was gathered is one line, or the beginning of one, with which a letter begins that has no header section. */
  get isWithoutHeader(): boolean {
    if (!this.#isOfLetter || this.#lineStart > 0 || this.#length === 0) return false
    const line = this.#octets.subarray(0, this.#length)
    return !beginsField(line) && !MAILBOX_LINE.test(textOf(line))
  }

  /** A delimiter that the letter ended with, without a line end. */
  endDelimiter(): Delimiter | undefined {
    const delimiter = this.#delimiters.match(this.#octets.subarray(this.#lineStart, this.#length))
    if (delimiter !== undefined) this.#length = this.#lineStart
    return delimiter
  }

  /** Takes the next section for that of a part. */
  startPart(): void {
    this.#isOfLetter = false
  }

  /** What was gathered; the collector is then ready for the next section. */
  take(): Uint8Array {
    const octets = this.#octets.slice(0, this.#length)
    this.#length = 0
    this.#lineStart = 0
    this.#dashedLines = 0
    return octets
  }

  #append(octets: Uint8Array): void {
    const length = this.#length + octets.length
    checkHeaderSize({ lineOctets: length - this.#lineStart, octets: length }, this.#limits)
    if (length > this.#octets.length) {
      const grown = new Uint8Array(Math.max(length, this.#octets.length * 2))
      grown.set(this.#octets.subarray(0, this.#length))
      this.#octets = grown
    }
    this.#octets.set(octets, this.#length)
    this.#length = length
  }
}

function isEmptyLine(line: Uint8Array): boolean {
  return line[0] === LF || (line[0] === CR && line[1] === LF)
}
