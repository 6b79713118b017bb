/** Encoded-words (RFC 2047): how text of any script stands in a header that is ASCII. Reading; writing is in `encode-text.ts`. */

import { decodeBase64Into } from '../base/base64.ts'
import { concatOctets } from '../base/octets.ts'
import { Base64Decoder } from './base64.ts'
import { charsetName } from './charset-label.ts'
import { decodeText } from './charset.ts'
import { ignoreDefects } from './defect.ts'
import type { ReportDefect } from './defect.ts'
import { isWhiteSpace } from './text.ts'

const UNDERSCORE = 0x5f
const EQUALS = 0x3d

/** An encoded-word found in a text. */
interface EncodedWord {
  readonly charset: string
  readonly encoding: string
  readonly content: string
  /** The word as it is written. */
  readonly source: string
}

/**
 * Decodes the encoded-words of an unfolded text and leaves everything else as it is. White space between two encoded-words is
 * dropped (RFC 2047 §6.2), and neighbours of one charset are decoded as one run of octets, because many programs cut a character in
 * two; but those of the stateful `iso-2022-…` one by one, since each of these is whole. A word in an unknown charset stays as it is written.
 *
 * More is decoded than RFC 2047 allows: words inside quotes, words that touch other text, and words with spaces in them, since all of
 * these are sent. Time is in proportion to the length of the text. Decode addresses after parsing them, never before: an
 * encoded-word may hold `<` and `@`.
 *
 * @example
 * ```ts
 * import { decodeEncodedWords } from '@obmen/mail/mime'
 *
 * console.log(decodeEncodedWords('Re: =?utf-8?B?0J/RgA==?= =?utf-8?Q?=D0=B8?=')) // Re: При
 * ```
 */
export function decodeEncodedWords(text: string, report: ReportDefect = ignoreDefects): string {
  const decoded: string[] = []
  let run: EncodedWord[] = []
  const endRun = (): void => {
    if (run.length > 0) decoded.push(decodeRun(run, report))
    run = []
  }
  let plainFrom = 0
  let at = text.indexOf('=?')
  while (at >= 0) {
    const word = readEncodedWord(text, at)
    if (word === undefined) {
      at = text.indexOf('=?', at + 2)
      continue
    }
    const isNeighbour = run.length > 0 && isWhiteSpaceBetween(text, plainFrom, at)
    if (!isNeighbour || run[0]?.charset !== word.charset || isStateful(word.charset)) endRun()
    if (!isNeighbour) decoded.push(text.slice(plainFrom, at))
    run.push(word)
    plainFrom = at + word.source.length
    at = text.indexOf('=?', plainFrom)
  }
  endRun()
  decoded.push(text.slice(plainFrom))
  return decoded.join('')
}

const STATEFUL: ReadonlySet<string> = new Set(['csiso2022jp', 'utf-7', 'hz-gb-2312'])

/** Each word of these begins and ends in ASCII (RFC 2047 §3), and two escape sequences in a row are an error to the decoder. */
function isStateful(charset: string): boolean {
  const name = charsetName(charset)
  return name.startsWith('iso-2022-') || STATEFUL.has(name)
}

/**
 * The encoded-word that begins here, or `undefined`. Looks no further than the fourth `?`, and every `=?` that could begin another
 * word has a `?` itself, so no part of the text is looked at more than a few times.
 */
function readEncodedWord(text: string, at: number): EncodedWord | undefined {
  const charsetEnd = text.indexOf('?', at + 2)
  const encoding = text.charAt(charsetEnd + 1).toLowerCase()
  if (charsetEnd <= at + 2 || (encoding !== 'b' && encoding !== 'q')) return undefined
  if (text.charAt(charsetEnd + 2) !== '?') return undefined
  const contentEnd = text.indexOf('?', charsetEnd + 3)
  if (contentEnd < 0 || text.charAt(contentEnd + 1) !== '=') return undefined
  // RFC 2231 §5: a language may follow the charset.
  const label = text.slice(at + 2, charsetEnd)
  const charset = label.includes('*') ? label.slice(0, label.indexOf('*')) : label
  if (charset.trim() === '') return undefined
  return {
    charset: charset.toLowerCase(),
    encoding,
    content: text.slice(charsetEnd + 3, contentEnd),
    source: text.slice(at, contentEnd + 2),
  }
}

function isWhiteSpaceBetween(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (!isWhiteSpace(text.charCodeAt(at))) return false
  }
  return true
}

function decodeRun(run: readonly EncodedWord[], report: ReportDefect): string {
  const [first] = run
  const { octets, isDamaged } = contentOf(run)
  if (isDamaged) report('damaged-encoded-word', sourceOf(run))
  const decoded = decodeText(octets, first?.charset)
  if (decoded.kind === 'unknown-charset') {
    report('unknown-charset', decoded.charset)
    return sourceOf(run)
  }
  if (decoded.isDamaged) report('damaged-text', sourceOf(run))
  return decoded.text
}

/** The octets of what is decoded just now: most runs are short, and an array of their own takes longer than decoding them. */
let room = new Uint8Array(1024)
/** A larger array is not kept. */
const MAX_ROOM_OCTETS = 65_536

function roomFor(octetCount: number): Uint8Array {
  if (octetCount <= room.length) return room
  const larger = new Uint8Array(octetCount)
  if (octetCount <= MAX_ROOM_OCTETS) room = larger
  return larger
}

/** What the words of a run say together. It is written over by the next run. */
function contentOf(run: readonly EncodedWord[]): DecodedContent {
  const octets = roomFor(run.reduce((length, { content }) => length + content.length, 0))
  let to = 0
  let isDamaged = false
  for (const { encoding, content } of run) {
    const canonical = encoding === 'b' ? decodeBase64Into(content, octets, to) : undefined
    if (canonical !== undefined) {
      to += canonical
      continue
    }
    const decoded = encoding === 'b' ? decodeB(content) : decodeQ(content)
    octets.set(decoded.octets, to)
    to += decoded.octets.length
    isDamaged ||= decoded.isDamaged
  }
  return { octets: octets.subarray(0, to), isDamaged }
}

function sourceOf(run: readonly EncodedWord[]): string {
  return run.map((word) => word.source).join(' ')
}

interface DecodedContent {
  readonly octets: Uint8Array
  readonly isDamaged: boolean
}

function decodeB(content: string): DecodedContent {
  const decoder = new Base64Decoder()
  const head = decoder.push(octetsOfLatin(content))
  const octets = concatOctets([head, decoder.end()])
  return { octets, isDamaged: decoder.isDamaged }
}

/** The `Q` encoding of RFC 2047 §4.2: `_` is a space, `=` and two hexadecimal digits an octet. */
function decodeQ(content: string): DecodedContent {
  const source = octetsOfLatin(content)
  const octets = new Uint8Array(source.length)
  let to = 0
  let isDamaged = false
  for (let at = 0; at < source.length; at++) {
    const octet = source[at] ?? 0
    const code = octet === EQUALS ? hexCodeAt(content, at + 1) : undefined
    if (octet === EQUALS && code === undefined) isDamaged = true
    if (code !== undefined) at += 2
    octets[to++] = code ?? (octet === UNDERSCORE ? 0x20 : octet)
  }
  return { octets: octets.subarray(0, to), isDamaged }
}

/** The octet that two hexadecimal digits stand for, or `undefined` when there aren't two. */
export function hexCodeAt(text: string, at: number): number | undefined {
  const digits = text.slice(at, at + 2)
  return /^[0-9a-f]{2}$/i.test(digits) ? Number.parseInt(digits, 16) : undefined
}

/** One octet a character; what is not ASCII has no place in an encoded-word and becomes `?`. */
function octetsOfLatin(text: string): Uint8Array {
  const octets = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    octets[at] = code < 0x80 ? code : 0x3f
  }
  return octets
}
