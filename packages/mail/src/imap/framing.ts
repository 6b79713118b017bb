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

import { assert } from '../base/assert.ts'
import { LimitExceeded } from '../base/limit-exceeded.ts'
import { concatOctets } from '../base/octets.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { Dialog, OctetSink } from '../wire/dialog.ts'
import { ConnectionLost } from '../wire/errors.ts'
import { LineBuffer, receiveLine } from '../wire/line-buffer.ts'
import type { ImapLimits } from './limits.ts'

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

/** Cuts what a server sends into responses. The cost is linear in the octets, however the network cuts them. */
export class ResponseFramer {
  readonly #buffer: LineBuffer
  readonly #limits: ImapLimits
  readonly #deadlines: Deadlines

  constructor(limits: ImapLimits, deadlines: Deadlines) {
    this.#limits = limits
    this.#deadlines = deadlines
    this.#buffer = new LineBuffer({
      maxLineOctets: limits.maxLineOctets,
      option: 'limits.maxLineOctets',
    })
  }

  /** Whether everything that has come was taken. */
  get isEmpty(): boolean {
    return this.#buffer.isEmpty
  }

  push(octets: Uint8Array): void {
    this.#buffer.push(octets)
  }

  /**
   * The next response, to its end.
   *
   * @param timeoutMs how long a line of it may take; a literal has `contentMs` for each piece.
   * @throws LimitExceeded, ConnectionLost
   */
  *receive(timeoutMs: number, chooseSink: ChooseSink = keepAll): Dialog<FramedResponse> {
    const texts: Uint8Array[] = []
    const literals: Literal[] = []
    for (let room = this.#limits.maxResponseOctets; ;) {
      const line = yield* receiveLine(this.#buffer, timeoutMs)
      const isFirst = texts.length === 0
      const announced = isFirst && endsInWords(line) ? undefined : literalAt(line)
      if (announced === undefined) {
        texts.push(line)
        return { texts, literals }
      }
      const text = line.subarray(0, announced.at)
      texts.push(text)
      this.#check('the literals of a response', literals.length + 1, 'maxLiterals')
      this.#check('a literal', announced.octetCount, 'maxContentOctets')
      room -= line.length
      const sink = chooseSink(text)
      const literal = yield* this.#receiveLiteral(announced.octetCount, sink)
      if (literal.fate === 'kept') room -= literal.octetCount
      if (room < 0) {
        const { maxResponseOctets } = this.#limits
        this.#check('a response', maxResponseOctets - room, 'maxResponseOctets')
      }
      literals.push(literal)
    }
  }

  *#receiveLiteral(octetCount: number, sink: OctetSink | undefined): Dialog<Literal> {
    const isKept = sink === undefined && octetCount <= this.#limits.maxLiteralOctets
    const pieces: Uint8Array[] = []
    for (let missing = octetCount; missing > 0;) {
      const octets = yield* this.#receivePiece(missing)
      missing -= octets.length
      if (isKept) pieces.push(octets)
      if (sink === undefined) continue
      yield { kind: 'push', octets, sink, timeoutMs: this.#deadlines.contentMs }
    }
    if (!isKept)
      return { octetCount, octets: undefined, fate: sink === undefined ? 'dropped' : 'sunk' }
    return { octetCount, octets: concatOctets(pieces), fate: 'kept' }
  }

  /** At most so many octets, at least one. What comes behind them is left. */
  *#receivePiece(atMost: number): Dialog<Uint8Array> {
    let octets = this.#buffer.takeOctets()
    if (octets === undefined) {
      // An answer of its own: each piece that gets through begins the time anew, with or without a line end in it.
      const received = yield {
        kind: 'receive',
        timeoutMs: this.#deadlines.contentMs,
        answer: {},
      }
      if (received === null) throw new ConnectionLost('receiving a literal')
      assert(received !== undefined, 'a receive demand is answered with octets or null')
      octets = received
    }
    if (octets.length <= atMost) return octets
    this.#buffer.push(octets.subarray(atMost))
    return octets.subarray(0, atMost)
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
const NINE = 0x39

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

function isDigit(octet: number | undefined): boolean {
  return octet !== undefined && octet >= ZERO && octet <= NINE
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
  let word = ''
  for (let at = space + 1; at < text.length && text[at] !== SPACE; at++) {
    if (word.length === LONGEST_STATUS_WORD) return false
    word += String.fromCharCode(text[at] ?? SPACE)
  }
  return STATUS_WORDS.has(word.toUpperCase())
}
