import { textOf } from '../base/octets.ts'
import { beginsField, checkHeaderSize } from './header-section.ts'
import type { HeaderLimits } from './header-section.ts'
import type { Cursor, Delimiter } from './multipart.ts'

const LF = 0x0a
const CR = 0x0d

/** Enough for the header section of nearly every letter. */
const INITIAL_OCTETS = 4096

/** What a mailbox file puts before a letter: `From shop@example.org Sun Nov 22 04:33:00 2026`. */
const MAILBOX_LINE = /^>?From \S+ .*\d:\d\d/

/** Why a header section ended: an empty line, or, where it should not have, a delimiter, or a first line that is none of a header. */
export type HeaderEnd = { readonly kind: 'emptyLine' } | { readonly kind: 'noHeader' } | Delimiter

/** Gathers the octets of one header section after another, however they are cut, within limits. */
export class HeaderCollector {
  readonly #limits: HeaderLimits
  readonly #match: (line: Uint8Array) => Delimiter | undefined
  /** Whether the section is that of the letter, and not that of a part. */
  #isOfLetter = true
  #octets = new Uint8Array(INITIAL_OCTETS)
  #length = 0
  #lineStart = 0

  /** @param match Tells which lines are delimiters: these end a header section too. */
  constructor(limits: HeaderLimits, match: (line: Uint8Array) => Delimiter | undefined) {
    this.#limits = limits
    this.#match = match
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
      const delimiter = this.#match(line)
      if (delimiter !== undefined) {
        this.#length = this.#lineStart
        return delimiter
      }
      this.#lineStart = this.#length
    }
    return undefined
  }

  /** Whether what was gathered is one line, or the beginning of one, with which a letter begins that has no header section. */
  get isWithoutHeader(): boolean {
    if (!this.#isOfLetter || this.#lineStart > 0 || this.#length === 0) return false
    const line = this.#octets.subarray(0, this.#length)
    return !beginsField(line) && !MAILBOX_LINE.test(textOf(line))
  }

  /** A delimiter that the letter ended with, without a line end. */
  endDelimiter(): Delimiter | undefined {
    const delimiter = this.#match(this.#octets.subarray(this.#lineStart, this.#length))
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
