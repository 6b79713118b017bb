import { MAPPED_TO_NOTHING, OTHER_SPACES, PROHIBITED, UNASSIGNED } from './stringprep-tables.ts'
import { hasAny, isBidirectionallySound, isIn, parseTable } from './stringprep.ts'

const otherSpaces = parseTable(OTHER_SPACES)
const mappedToNothing = parseTable(MAPPED_TO_NOTHING)
const prohibited = parseTable(PROHIBITED)
const unassigned = parseTable(UNASSIGNED)

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
