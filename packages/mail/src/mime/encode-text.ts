/** Text → the words of a header line, encoded where they have to be (RFC 2047). Reading is in `encoded-word.ts`. */

import { encodeBase64 } from '../base/base64.ts'
import { octetsOf } from '../base/octets.ts'
import { LINE_COLUMNS } from './fold-field.ts'

/** RFC 2047 §2. */
const MAX_ENCODED_WORD = 75
/** `=?utf-8?B?` and `?=`. */
const ENVELOPE = 12
/** An encoded-word is not begun where less room than this is left on the line. */
const MIN_ENCODED_WORD = 40
/** A word without a space can't be folded. One longer than this would come near the 998 that RFC 5322 §2.1.1 allows a line. */
const MAX_PLAIN_WORD = 900

const PRINTABLE_ASCII = /^[!-~]+$/
/** What belongs to the character before it: marks, joiners, variation selectors, skin tones. */
const JOINED_TO_PREVIOUS = /[\p{M}\p{Variation_Selector}\p{Emoji_Modifier}\u200d]/uy
const ZERO_WIDTH_JOINER = 0x200d
const SPACE = 0x20

/** 12 bits → the two base64 digits for them. */
const DIGIT_PAIRS: readonly string[] = Array.from({ length: 64 }, (_, value) =>
  encodeBase64(new Uint8Array([value << 2])).charAt(0),
).flatMap((first, _, digits) => digits.map((second) => first + second))

/** Octet → how `Q` writes it. Characters that stand for themselves do so in a phrase too (RFC 2047 §5 (3)). */
const Q_CODES: readonly string[] = Array.from({ length: 256 }, (_, octet) => {
  const character = String.fromCharCode(octet)
  if (/^[A-Za-z0-9!*+/-]$/.test(character)) return character
  return octet === SPACE ? '_' : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`
})

/**
 * The words of an unstructured field body, to be joined by single spaces or folding. Reading them back gives exactly this text: from the
 * first word that is not printable ASCII to the last such word everything is encoded, also the spaces between; so are spaces that a
 * gateway might change (several together, at an end) and words that look encoded. An unpaired surrogate becomes U+FFFD.
 *
 * @param column How much of the first line is taken: for `Subject: `, 9.
 */
export function encodeUnstructured(text: string, column: number): readonly string[] {
  if (text === '') return []
  const words = text.split(' ')
  const range = rangeToEncode(words)
  if (range === undefined) return words
  const plainHead = words.slice(0, range.from)
  const headColumns = plainHead.reduce((columns, word) => columns + word.length + 1, column)
  return [
    ...plainHead,
    ...encodeWords(words.slice(range.from, range.to).join(' '), headColumns),
    ...words.slice(range.to),
  ]
}

/** Whether a word may stand in a header as it is. */
export function isPlainWord(word: string): boolean {
  return PRINTABLE_ASCII.test(word) && !word.includes('=?') && word.length <= MAX_PLAIN_WORD
}

/**
 * A text as encoded-words, each at most 75 long, none of them cutting a character (nor what readers see as one: an accent, a joined
 * emoji) in two. `B` or `Q`, whichever is shorter.
 *
 * @param column How much of the line is taken where the first word will stand.
 */
export function encodeWords(text: string, column: number): readonly string[] {
  const whole = text.toWellFormed()
  const octets = octetsOf(whole)
  const encoding = isQShorter(whole) ? Q_ENCODING : B_ENCODING
  const roomHere = Math.min(MAX_ENCODED_WORD, LINE_COLUMNS - column)
  let room = roomHere >= MIN_ENCODED_WORD ? roomHere : MAX_ENCODED_WORD
  const words: string[] = []
  let octetsDone = 0
  for (let from = 0; from < whole.length;) {
    const to = wordEnd(whole, from, { encoding, columns: room - ENVELOPE })
    const end = octetsDone + utf8Length(whole, from, to)
    words.push(encoding.encode(octets, octetsDone, end))
    octetsDone = end
    from = to
    room = MAX_ENCODED_WORD
  }
  return words
}

interface Encoding {
  /** A measure of a code point that adds up over a text. */
  size(code: number): number
  /** What size fits into this many columns. */
  capacity(columns: number): number
  /** The word for these octets of a text. */
  encode(octets: Uint8Array, from: number, to: number): string
}

interface WordRoom {
  readonly encoding: Encoding
  readonly columns: number
}

const B_ENCODING: Encoding = {
  size: utf8Size,
  capacity: (columns) => Math.floor(columns / 4) * 3,
  encode: (octets, from, to) => `=?utf-8?B?${base64Digits(octets, from, to)}?=`,
}

const Q_ENCODING: Encoding = {
  size: quotedSize,
  capacity: (columns) => columns,
  encode: (octets, from, to) => {
    let encoded = ''
    for (let at = from; at < to; at++) encoded += Q_CODES[octets[at] ?? 0] ?? ''
    return `=?utf-8?Q?${encoded}?=`
  },
}

/** Base64 of a few octets. Joining pairs of digits costs less than making an array and decoding it. */
function base64Digits(octets: Uint8Array, from: number, to: number): string {
  let digits = ''
  for (let at = from; at < to; at += 3) {
    const head = (octets[at] ?? 0) << 16
    const middle = at + 1 < to ? (octets[at + 1] ?? 0) << 8 : 0
    const last = at + 2 < to ? (octets[at + 2] ?? 0) : 0
    const second = DIGIT_PAIRS[(middle | last) & 4095] ?? ''
    digits += DIGIT_PAIRS[(head | middle) >> 12] ?? ''
    if (at + 2 < to) digits += second
    else digits += at + 1 < to ? `${second.charAt(0)}=` : '=='
  }
  return digits
}

function utf8Length(text: string, from: number, to: number): number {
  let length = 0
  for (let at = from; at < to; at += unitsOf(text, at))
    length += utf8Size(text.codePointAt(at) ?? 0)
  return length
}

function utf8Size(code: number): number {
  if (code < 0x80) return 1
  if (code < 0x800) return 2
  return code < 0x1_0000 ? 3 : 4
}

function quotedSize(code: number): number {
  return code < 0x80 ? (Q_CODES[code]?.length ?? 0) : 3 * utf8Size(code)
}

function isQShorter(text: string): boolean {
  let octets = 0
  let quoted = 0
  for (let at = 0; at < text.length; at += unitsOf(text, at)) {
    const code = text.codePointAt(at) ?? 0
    octets += utf8Size(code)
    quoted += quotedSize(code)
  }
  return quoted <= Math.ceil(octets / 3) * 4
}

/** Where a word that begins at `from` ends. */
function wordEnd(text: string, from: number, { encoding, columns }: WordRoom): number {
  let rest = encoding.capacity(columns)
  let to = from
  while (to < text.length) {
    rest -= encoding.size(text.codePointAt(to) ?? 0)
    if (rest < 0) break
    to += unitsOf(text, to)
  }
  if (to === text.length) return to
  for (let at = to; at > from; at--) {
    if (isBetweenCharacters(text, at)) return at
  }
  // What readers see as one character is too large for a word, so it falls apart into code points.
  return to
}

function isBetweenCharacters(text: string, at: number): boolean {
  if (text.charCodeAt(at - 1) === ZERO_WIDTH_JOINER) return false
  if (isLowSurrogate(text.charCodeAt(at))) return false
  JOINED_TO_PREVIOUS.lastIndex = at
  return !JOINED_TO_PREVIOUS.test(text)
}

/** How many UTF-16 units the code point here has. The text is well formed. */
function unitsOf(text: string, at: number): 1 | 2 {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 ? 2 : 1
}

function isLowSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00
}

/** The words that have to be encoded lie between these; empty words (from double spaces) take their neighbours with them. */
function rangeToEncode(words: readonly string[]): { from: number; to: number } | undefined {
  const first = words.findIndex((word) => !isPlainWord(word))
  if (first < 0) return undefined
  const last = words.findLastIndex((word) => !isPlainWord(word))
  return {
    from: words[first] === '' ? Math.max(0, first - 1) : first,
    to: Math.min(words.length, words[last] === '' ? last + 2 : last + 1),
  }
}
