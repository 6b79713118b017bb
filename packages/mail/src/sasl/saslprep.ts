import {
  LEFT_TO_RIGHT,
  MAPPED_TO_NOTHING,
  OTHER_SPACES,
  PROHIBITED,
  RIGHT_TO_LEFT,
  UNASSIGNED,
} from './saslprep-tables.ts'

/** First and last code point of each range of a table, in ascending order. */
type Ranges = readonly (readonly [first: number, last: number])[]

const otherSpaces = parseTable(OTHER_SPACES)
const mappedToNothing = parseTable(MAPPED_TO_NOTHING)
const prohibited = parseTable(PROHIBITED)
const unassigned = parseTable(UNASSIGNED)
const rightToLeft = parseTable(RIGHT_TO_LEFT)
const leftToRight = parseTable(LEFT_TO_RIGHT)

export interface SaslPrepOptions {
  /** The text as the subject of an error: `the password`. */
  readonly what: string
  /** `'stored'`: code points that Unicode 3.2 did not have are refused. `'query'`: they are let through (RFC 3454 §7). */
  readonly as: 'stored' | 'query'
}

/**
 * Brings a user name or password into the form in which two of them are compared (RFC 4013).
 *
 * @throws RangeError when the text holds what the profile forbids, or nothing is left of it. The message never repeats the text.
 */
export function saslPrepare(text: string, options: SaslPrepOptions): string {
  const { what } = options
  if (!text.isWellFormed()) throw new RangeError(`${what} holds half a surrogate pair`)
  const mapped = Array.from(text, mapCharacter).join('')
  if (options.as === 'stored' && hasAny(mapped, unassigned)) {
    throw new RangeError(`${what} holds a character newer than Unicode 3.2, which SASLprep forbids`)
  }
  const prepared = mapped.normalize('NFKC')
  if (prepared === '') throw new RangeError(`${what} is empty`)
  if (hasAny(prepared, prohibited)) {
    throw new RangeError(`${what} holds a character that SASLprep forbids`)
  }
  if (!isBidirectionallySound(prepared)) {
    throw new RangeError(`${what} mixes directions of writing in a way that SASLprep forbids`)
  }
  return prepared
}

function mapCharacter(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0
  if (codePoint < 0x80) return character
  // U+200B is in both tables; as a space it is taken by Cyrus, GNU SASL and PostgreSQL.
  if (isIn(otherSpaces, codePoint)) return ' '
  return isIn(mappedToNothing, codePoint) ? '' : character
}

/** RFC 3454 §6: with a right-to-left character there is none from left to right, and it stands first and last. */
function isBidirectionallySound(text: string): boolean {
  if (!hasAny(text, rightToLeft)) return true
  if (hasAny(text, leftToRight)) return false
  const characters = Array.from(text)
  return [characters.at(0), characters.at(-1)].every((character) =>
    isIn(rightToLeft, character?.codePointAt(0) ?? 0),
  )
}

function hasAny(text: string, ranges: Ranges): boolean {
  return Array.from(text).some((character) => isIn(ranges, character.codePointAt(0) ?? 0))
}

function isIn(ranges: Ranges, codePoint: number): boolean {
  let low = 0
  let high = ranges.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const [first, last] = ranges[middle] ?? [0, 0]
    if (codePoint < first) high = middle - 1
    else if (codePoint > last) low = middle + 1
    else return true
  }
  return false
}

function parseTable(table: string): Ranges {
  return table
    .trim()
    .split(/\s+/)
    .map((range) => {
      const [first = '', last = first] = range.split('-')
      return [Number.parseInt(first, 16), Number.parseInt(last, 16)] as const
    })
}
