/**
 * Where a response begins and ends, before anybody asks what it means (RFC 9051 §2.2.2, §4.3).
 *
 * A response is text that ends with CRLF. Text that ends with `{n}` before its CRLF goes on: after n octets of any kind, a literal, comes more
 * text. Nothing else can contain a line end, so a response can be cut out without a grammar, and one that the grammar does not understand spoils
 * nothing but itself.
 *
 *     * 12 FETCH (BODY[HEADER] {342}␍␊        text
 *     Date: Wed, 17 Jul 1996 … ␍␊␍␊           342 octets, the literal
 *      FLAGS (\Seen))␍␊                       text, and the end
 */

import { LimitExceeded } from '../base/limit-exceeded.ts'
import { concatOctets } from '../base/octets.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { Dialog, OctetSink } from '../wire/dialog.ts'
import { LineBuffer, receiveOctets } from '../wire/line-buffer.ts'
import type { ImapLimits } from './limits.ts'
import { isDigit } from './words.ts'

/** Octets of any kind inside a response. */
export interface Literal {
  readonly octetCount: number
  /** `undefined` when they were not kept: written to a sink, or too many. */
  readonly octets: Uint8Array | undefined
  /** Where they went instead. */
  readonly fate: 'kept' | 'sunk' | 'dropped'
}

/** One response, or one command of a client, cut out: texts, without their line ends and `{n}`, with a literal between each two of them. */
export interface FramedResponse {
  readonly texts: readonly Uint8Array[]
  readonly literals: readonly Literal[]
}

/** Says where the octets of a literal go, by the text that announces it; `undefined`: into memory. */
export type ChooseSink = (textBefore: Uint8Array) => OctetSink | undefined

const keepAll: ChooseSink = () => undefined

/** A literal that was announced, and where it goes. */
interface Announced {
  readonly octetCount: number
  readonly sink: OctetSink | undefined
}

/** Cuts what a server sends into responses. The cost is linear in the octets, however the network cuts them. */
export class ResponseFramer {
  readonly #buffer: LineBuffer
  readonly #limits: ImapLimits
  readonly #deadlines: Deadlines
  /** What has come of the next response, and the literal that is to come now. */
  #texts: Uint8Array[] = []
  #literals: Literal[] = []
  #announced: Announced | undefined
  /** How much of it may still be kept. */
  #room: number

  constructor(limits: ImapLimits, deadlines: Deadlines) {
    this.#limits = limits
    this.#deadlines = deadlines
    this.#room = limits.maxResponseOctets
    this.#buffer = new LineBuffer({
      maxLineOctets: limits.maxLineOctets,
      option: 'limits.maxLineOctets',
    })
  }

  /** Whether everything that has come was taken. */
  get isEmpty(): boolean {
    return this.#texts.length === 0 && this.#buffer.isEmpty
  }

  push(octets: Uint8Array): void {
    this.#buffer.push(octets)
  }

  /** Everything that was pushed behind the last response, as it came. */
  takeUnread(): Uint8Array | undefined {
    return this.#buffer.takeOctets()
  }

  /**
   * The next response, to its end.
   *
   * @param timeoutMs how long a line of it may take; a literal has `contentMs` for each piece.
   * @throws LimitExceeded, ConnectionLost
   */
  *receive(timeoutMs: number, chooseSink: ChooseSink = keepAll): Dialog<FramedResponse> {
    for (;;) {
      const response = this.take(chooseSink)
      if (response !== undefined) return response
      if (this.#announced !== undefined) yield* this.#receiveLiteral(this.#announced)
      else this.#buffer.push(yield* receiveOctets(timeoutMs))
    }
  }

  /**
   * The next response, if all of it has come: without a dialog, which would cost more than most responses do.
   *
   * @throws LimitExceeded
   */
  take(chooseSink: ChooseSink = keepAll): FramedResponse | undefined {
    for (;;) {
      if (this.#announced !== undefined && !this.#takeLiteral(this.#announced)) return undefined
      const line = this.#buffer.takeLine()
      if (line === undefined) return undefined
      const isFirst = this.#texts.length === 0
      const announced = literalAt(line)
      if (announced === undefined || (isFirst && endsInWords(line))) return this.#end(line)
      const text = line.subarray(0, announced.at)
      this.#texts.push(text)
      this.#check('the literals of a response', this.#literals.length + 1, 'maxLiterals')
      this.#check('a literal', announced.octetCount, 'maxContentOctets')
      this.#take(line.length)
      this.#announced = { octetCount: announced.octetCount, sink: chooseSink(text) }
    }
  }

  #end(line: Uint8Array): FramedResponse {
    this.#texts.push(line)
    const response = { texts: this.#texts, literals: this.#literals }
    this.#texts = []
    this.#literals = []
    this.#room = this.#limits.maxResponseOctets
    return response
  }

  /** @returns whether all of it was there. */
  #takeLiteral(announced: Announced): boolean {
    if (!this.#isKept(announced)) return false
    const octets = this.#buffer.takeExactly(announced.octetCount)
    if (octets !== undefined) this.#add({ octetCount: octets.length, octets, fate: 'kept' })
    return octets !== undefined
  }

  *#receiveLiteral(announced: Announced): Dialog<void> {
    const { octetCount, sink } = announced
    const isKept = this.#isKept(announced)
    const pieces: Uint8Array[] = []
    for (let missing = octetCount; missing > 0;) {
      const octets = yield* this.#receivePiece(missing)
      missing -= octets.length
      if (isKept) pieces.push(octets)
      if (sink === undefined) continue
      yield { kind: 'push', octets, sink, timeoutMs: this.#deadlines.contentMs }
    }
    const fate = sink === undefined ? 'dropped' : 'sunk'
    if (isKept) this.#add({ octetCount, octets: concatOctets(pieces), fate: 'kept' })
    else this.#add({ octetCount, octets: undefined, fate })
  }

  #isKept({ octetCount, sink }: Announced): boolean {
    return sink === undefined && octetCount <= this.#limits.maxLiteralOctets
  }

  #add(literal: Literal): void {
    this.#announced = undefined
    if (literal.fate === 'kept') this.#take(literal.octetCount)
    this.#literals.push(literal)
  }

  /** At most so many octets, at least one. What comes behind them is left. */
  *#receivePiece(atMost: number): Dialog<Uint8Array> {
    // An answer of its own: each piece that gets through begins the time anew, with or without a line end in it.
    const octets =
      this.#buffer.takeOctets() ?? (yield* receiveOctets(this.#deadlines.contentMs, {}))
    if (octets.length <= atMost) return octets
    this.#buffer.push(octets.subarray(atMost))
    return octets.subarray(0, atMost)
  }

  #take(octetCount: number): void {
    this.#room -= octetCount
    if (this.#room >= 0) return
    const { maxResponseOctets } = this.#limits
    this.#check('a response', maxResponseOctets - this.#room, 'maxResponseOctets')
  }

  #check(what: string, value: number, limitName: keyof ImapLimits): void {
    const limit = this.#limits[limitName]
    if (value <= limit) return
    throw new LimitExceeded({ what, limit, value, option: `limits.${limitName}` })
  }
}

const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d
const PLUS = 0x2b
const TILDE = 0x7e
const ASTERISK = 0x2a
const SPACE = 0x20
const ZERO = 0x30

/** More digits than any number of octets has: what is longer is above every limit anyway. */
const MAX_DIGITS = 19

/** What a text announces with its last characters. */
export interface AnnouncedLiteral {
  /** Where in the text the announcement begins. */
  readonly at: number
  readonly octetCount: number
  /** Whether who announces it waits to be told to go on. */
  readonly isSynchronizing: boolean
}

/** The literal that a text announces: `{12}`, and `~{12}` when it is binary (RFC 3516 §4.2). */
export function literalAt(text: Uint8Array): AnnouncedLiteral | undefined {
  let at = text.length - 1
  if (text[at] !== CLOSING_BRACE) return undefined
  // Only clients may write the plus (RFC 7888 §3). Some servers do too, and mean the same.
  const isSynchronizing = text[at - 1] !== PLUS
  if (!isSynchronizing) at--
  const end = at
  while (isDigit(text[at - 1])) at--
  if (at === end || text[at - 1] !== OPENING_BRACE) return undefined
  const digits = end - at
  let octetCount = digits > MAX_DIGITS ? Number.MAX_SAFE_INTEGER : 0
  for (let i = at; i < end && digits <= MAX_DIGITS; i++) {
    octetCount = octetCount * 10 + (text[i] ?? ZERO) - ZERO
  }
  const brace = at - 1
  return { at: text[brace - 1] === TILDE ? brace - 1 : brace, octetCount, isSynchronizing }
}

/** The responses that end in words for people (`resp-text`, RFC 9051 §9), which may well be `… {5}`. They have no literals. */
const STATUS_WORDS: ReadonlySet<string> = new Set(['OK', 'NO', 'BAD', 'BYE', 'PREAUTH'])
/** Of `PREAUTH`. */
const LONGEST_STATUS_WORD = 7

function endsInWords(text: Uint8Array): boolean {
  if (text[0] === PLUS) return true
  const space = text.indexOf(SPACE)
  if (space === -1) return false
  // A line that begins with another word than `*` begins with a tag, and then it is a status.
  if (text[0] !== ASTERISK || space !== 1) return true
  if (isDigit(text[space + 1])) return false
  let word = ''
  for (let at = space + 1; at < text.length && text[at] !== SPACE; at++) {
    if (word.length === LONGEST_STATUS_WORD) return false
    word += String.fromCharCode(text[at] ?? SPACE)
  }
  return STATUS_WORDS.has(word.toUpperCase())
}
