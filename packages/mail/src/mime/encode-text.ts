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

/** Characters that stand for themselves in `Q` everywhere, in a phrase too (RFC 2047 §5 (3)). */
const Q_LITERAL = /^[A-Za-z0-9!*+/-]$/
const PRINTABLE_ASCII = /^[!-~]+$/
/** What belongs to the character before it: marks, joiners, variation selectors, skin tones. */
const JOINED_TO_PREVIOUS = /^(?:\p{M}|\p{Variation_Selector}|\p{Emoji_Modifier}|\u{200d})/u
const ZERO_WIDTH_JOINER = '\u{200d}'

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
  const encoding = isQShorter(text) ? Q_ENCODING : B_ENCODING
  const roomHere = Math.min(MAX_ENCODED_WORD, LINE_COLUMNS - column)
  const firstRoom = roomHere >= MIN_ENCODED_WORD ? roomHere : MAX_ENCODED_WORD
  let room = firstRoom
  const words: string[] = []
  let content = ''
  let size = 0
  for (const cluster of clustersOf(text, encoding, firstRoom)) {
    const clusterSize = encoding.size(cluster)
    if (content !== '' && ENVELOPE + encoding.width(size + clusterSize) > room) {
      words.push(encoding.encode(content))
      room = MAX_ENCODED_WORD
      content = ''
      size = 0
    }
    content += cluster
    size += clusterSize
  }
  if (content !== '') words.push(encoding.encode(content))
  return words
}

interface Encoding {
  /** A measure of a text that adds up over its characters. */
  size(text: string): number
  /** How many columns a text of this size takes. */
  width(size: number): number
  encode(text: string): string
}

const B_ENCODING: Encoding = {
  size: (text) => octetsOf(text).length,
  width: (size) => Math.ceil(size / 3) * 4,
  encode: (text) => `=?utf-8?B?${encodeBase64(octetsOf(text))}?=`,
}

const Q_ENCODING: Encoding = {
  size: (text) => encodeQ(text).length,
  width: (size) => size,
  encode: (text) => `=?utf-8?Q?${encodeQ(text)}?=`,
}

function encodeQ(text: string): string {
  let encoded = ''
  for (const octet of octetsOf(text)) {
    const character = String.fromCharCode(octet)
    if (Q_LITERAL.test(character)) encoded += character
    else if (character === ' ') encoded += '_'
    else encoded += `=${octet.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}

function isQShorter(text: string): boolean {
  return Q_ENCODING.size(text) <= B_ENCODING.width(B_ENCODING.size(text))
}

/** What readers see as one character, together; one too large for an encoded-word falls apart into code points. */
function* clustersOf(text: string, encoding: Encoding, room: number): Generator<string> {
  let cluster = ''
  for (const character of text) {
    const isJoined = JOINED_TO_PREVIOUS.test(character) || cluster.endsWith(ZERO_WIDTH_JOINER)
    const isTooLong = ENVELOPE + encoding.width(encoding.size(cluster + character)) > room
    if (cluster !== '' && (!isJoined || isTooLong)) {
      yield cluster
      cluster = ''
    }
    cluster += character
  }
  if (cluster !== '') yield cluster
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
