import { assert } from '../base/assert.ts'
import { LimitExceeded } from '../base/limit-exceeded.ts'
import type { Dialog } from './dialog.ts'
import { ConnectionLost } from './errors.ts'
import type { Concealment } from './protocol-log.ts'

const CR = 0x0d
const LF = 0x0a

/** The smallest array made when octets have to be joined: most of what has to be joined is the two halves of one line. */
const MIN_CAPACITY_OCTETS = 512

export interface LineLimit {
  /** The longest line accepted, its line end included. */
  readonly maxLineOctets: number
  /** The setting that raises it, for the error. */
  readonly option: string
}

/**
 * Turns octets, however the network cut them, into lines.
 *
 * A line ends in CRLF. A bare LF ends one too: RFC 5321 §2.3.8 forbids to send it, but a reply line is all the same understood in
 * one way only, and waiting for a CRLF that never comes would end in a deadline that explains nothing. That holds for replies
 * and commands; the content of letters never passes through here line by line, and where it ends only CRLF counts
 * (`DotUnstuffer`). A CR that no LF follows is an octet of its line.
 *
 * The cost is linear in the octets, whatever the pieces. Lines are views of what was pushed, so a pushed array belongs to the buffer
 * and must not be changed afterwards.
 */
export class LineBuffer {
  readonly #limit: LineLimit
  #octets: Uint8Array = new Uint8Array(0)
  /** Whether {@link #octets} was made here, so that its free end may be written to. */
  #isOwn = false
  /** Unread octets lie in `[#start, #end)`; up to `#scanned` there is no LF among them. */
  #start = 0
  #scanned = 0
  #end = 0

  constructor(limit: LineLimit) {
    this.#limit = limit
  }

  /** Whether everything pushed has been taken. */
  get isEmpty(): boolean {
    return this.#start === this.#end
  }

  push(octets: Uint8Array): void {
    if (this.isEmpty) {
      this.#adopt(octets, { isOwn: false, end: octets.length })
      return
    }
    if (!this.#isOwn || this.#octets.length - this.#end < octets.length) this.#grow(octets.length)
    this.#octets.set(octets, this.#end)
    this.#end += octets.length
  }

  /**
   * The next line, without its line end; `undefined` as long as none is complete.
   *
   * @throws LimitExceeded when the line is too long, also while its end has not come yet.
   */
  takeLine(): Uint8Array | undefined {
    const lineFeed = this.#findLineFeed()
    if (lineFeed === -1) {
      this.#scanned = this.#end
      // At least the LF is still to come.
      this.#checkLength(this.#end - this.#start + 1)
      return undefined
    }
    this.#checkLength(lineFeed + 1 - this.#start)
    const hasCr = lineFeed > this.#start && this.#octets[lineFeed - 1] === CR
    const line = this.#octets.subarray(this.#start, hasCr ? lineFeed - 1 : lineFeed)
    this.#start = lineFeed + 1
    this.#scanned = this.#start
    return line
  }

  /** So many octets, if they are there, for content whose size is known. */
  takeExactly(count: number): Uint8Array | undefined {
    if (this.#end - this.#start < count) return undefined
    const octets = this.#octets.subarray(this.#start, this.#start + count)
    this.#start += count
    this.#scanned = Math.max(this.#scanned, this.#start)
    return octets
  }

  /** Everything that was pushed and not taken, for content that is not read line by line; `undefined` when there is nothing. */
  takeOctets(): Uint8Array | undefined {
    if (this.isEmpty) return undefined
    const octets = this.#octets.subarray(this.#start, this.#end)
    this.#start = this.#end
    this.#scanned = this.#end
    return octets
  }

  #findLineFeed(): number {
    if (this.#end === this.#octets.length) return this.#octets.indexOf(LF, this.#scanned)
    // Behind the end are octets too, which are none of the peer's.
    const found = this.#octets.subarray(this.#scanned, this.#end).indexOf(LF)
    return found === -1 ? -1 : this.#scanned + found
  }

  #checkLength(length: number): void {
    const { maxLineOctets, option } = this.#limit
    if (length <= maxLineOctets) return
    throw new LimitExceeded({ what: 'a line', limit: maxLineOctets, value: length, option })
  }

  /**
   * Doubling keeps the cost linear although lines may come octet by octet; where more comes than is left, copying what is left costs no more than that. Lines
   * given out keep the old array.
   */
  #grow(additional: number): void {
    const unread = this.#octets.subarray(this.#start, this.#end)
    const scanned = this.#scanned - this.#start
    const needed = unread.length + additional
    const room = additional > unread.length ? needed : 2 * needed
    const grown = new Uint8Array(Math.max(MIN_CAPACITY_OCTETS, room))
    grown.set(unread)
    this.#adopt(grown, { isOwn: true, end: unread.length })
    this.#scanned = scanned
  }

  #adopt(octets: Uint8Array, state: { readonly isOwn: boolean; readonly end: number }): void {
    this.#octets = octets
    this.#isOwn = state.isOwn
    this.#start = 0
    this.#scanned = 0
    this.#end = state.end
  }
}

/**
 * Receives until there is a line, and takes it.
 *
 * @param answer what the line is one of several of, if `timeoutMs` is for all of them together.
 * @throws ConnectionLost when the peer closes before.
 * @throws LimitExceeded when the line is longer than the buffer allows.
 */
export function* receiveLine(
  buffer: LineBuffer,
  timeoutMs: number,
  answer?: object,
): Dialog<Uint8Array> {
  for (;;) {
    const line = buffer.takeLine()
    if (line !== undefined) return line
    buffer.push(yield* receiveOctets(timeoutMs, answer))
  }
}

/** Receives whatever comes next. @throws ConnectionLost when the peer closes before. */
export function* receiveOctets(timeoutMs: number, answer?: object): Dialog<Uint8Array> {
  const octets = yield {
    kind: 'receive',
    timeoutMs,
    ...(answer === undefined ? {} : { answer }),
  }
  if (octets === null) throw new ConnectionLost('waiting for an answer')
  assert(octets !== undefined, 'a receive demand is answered with octets or null')
  return octets
}

/** Sends octets. When they hold a secret, `concealment` is what the protocol log shows instead, and what it must not show later. */
export function* send(
  octets: Uint8Array,
  timeoutMs: number,
  concealment: Concealment = {},
): Dialog<void> {
  const { logAs, secrets } = concealment
  yield {
    kind: 'send',
    octets,
    timeoutMs,
    ...(logAs === undefined ? {} : { logAs }),
    ...(secrets === undefined ? {} : { secrets }),
  }
}
