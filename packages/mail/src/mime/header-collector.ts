import { checkHeaderSize } from './header-section.ts'
import type { HeaderLimits } from './header-section.ts'
import type { Cursor, Delimiter } from './multipart.ts'

const LF = 0x0a
const CR = 0x0d

/** Enough for the header section of nearly every letter. */
const INITIAL_OCTETS = 4096

/** Why a header section ended: an empty line, or, where it should not have, a delimiter. */
export type HeaderEnd = { readonly kind: 'emptyLine' } | Delimiter

/** Gathers the octets of one header section after another, however they are cut, within limits. */
export class HeaderCollector {
  readonly #limits: HeaderLimits
  readonly #match: (line: Uint8Array) => Delimiter | undefined
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
      const delimiter = this.#match(line)
      if (delimiter !== undefined) {
        this.#length = this.#lineStart
        return delimiter
      }
      this.#lineStart = this.#length
    }
    return undefined
  }

  /** A delimiter that the letter ended with, without a line end. */
  endDelimiter(): Delimiter | undefined {
    const delimiter = this.#match(this.#octets.subarray(this.#lineStart, this.#length))
    if (delimiter !== undefined) this.#length = this.#lineStart
    return delimiter
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
