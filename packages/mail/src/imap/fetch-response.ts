/**
 * FETCH responses (RFC 9051 §7.5.2): a letter's number, and items of it in a list.
 *
 * What is wrong with one item spoils that item and nothing else: the response was cut out before it was read, so wherever reading fails, it goes on with the
 * next item, and the letter says what it lacks.
 */

import { LimitExceeded } from '../base/limit-exceeded.ts'
import { NO_OCTETS } from '../base/octets.ts'
import { escapePeerWords } from '../base/peer-words.ts'
import type { BodyPart } from './body-structure.ts'
import { readBodyStructure } from './body-structure.ts'
import { parseDateTime } from './date-time.ts'
import type { ImapEnvelope } from './envelope.ts'
import { envelopeOf } from './envelope.ts'
import { isLetterNumber } from './number-set.ts'
import type { ResponseReader } from './response-reader.ts'
import { Unreadable } from './response-reader.ts'

/** What a letter is marked with: those of RFC 9051 §2.3.2, or any word. Their case does not matter. */
export type ImapFlag =
  | '\\Seen'
  | '\\Answered'
  | '\\Flagged'
  | '\\Deleted'
  | '\\Draft'
  | '$Forwarded'
  | '$MDNSent'
  | '$Junk'
  | '$NotJunk'
  | '$Phishing'
  | (string & {})

/** A piece of a letter's content: `BODY[…]`, or `BINARY[…]`, which the server has decoded. */
export interface FetchedSection {
  /** What stands in the brackets: empty for the whole letter; `HEADER`, `1.2`, `HEADER.FIELDS (DATE FROM)`. */
  readonly section: string
  readonly isBinary: boolean
  /** Where in the section the octets begin, when only a piece was asked for. */
  readonly offset: number | undefined
  /** `undefined` when the server has none, or they were not kept. */
  readonly octets: Uint8Array | undefined
}

/** An item of a letter that could not be read, or not as it should be. */
export interface FetchDefect {
  /** `BODYSTRUCTURE`. */
  readonly item: string
  /** What is wrong, in words of this package. */
  readonly reason: string
}

/** What a server said of one letter. What was not asked for is `undefined`, and so is what could not be read: {@link defects} says so. */
export interface FetchedLetter {
  readonly sequenceNumber: number
  readonly uid: number | undefined
  readonly flags: readonly ImapFlag[] | undefined
  /** When the server got the letter. */
  readonly internalDate: Date | undefined
  /** Of the whole letter. */
  readonly sizeOctets: number | undefined
  readonly envelope: ImapEnvelope | undefined
  readonly body: BodyPart | undefined
  /** When the letter was last changed, by the mailbox's own count (RFC 7162 §3.1). */
  readonly modSeq: bigint | undefined
  /** The header section, or those fields of it that were asked for, with the empty line behind it. */
  readonly header: Uint8Array | undefined
  readonly sections: readonly FetchedSection[]
  readonly defects: readonly FetchDefect[]
}

type Building = { -readonly [Name in keyof FetchedLetter]: FetchedLetter[Name] } & {
  readonly sections: FetchedSection[]
  readonly defects: FetchDefect[]
}

/** One item may have thousands of oddities, and nobody reads more than the first few. */
const MAX_DEFECTS = 8

/** More pieces than anybody asks for of one letter at a time. */
const MAX_SECTIONS = 1_000

/** Reads what follows `* 12 FETCH `. */
export function readFetch(reader: ResponseReader, sequenceNumber: number): FetchedLetter {
  const letter: Building = {
    sequenceNumber,
    uid: undefined,
    flags: undefined,
    internalDate: undefined,
    sizeOctets: undefined,
    envelope: undefined,
    body: undefined,
    modSeq: undefined,
    header: undefined,
    sections: [],
    defects: [],
  }
  try {
    reader.expect('(')
    for (reader.skipSpaces(); !reader.skip(')'); reader.skipSpaces()) readItem(reader, letter)
  } catch (error) {
    // Where the next item begins is not known any more.
    note(letter, 'the rest', error)
  }
  return letter
}

function readItem(reader: ResponseReader, letter: Building): void {
  const name = reader.keyword()
  if (reader.isAt('[')) {
    readSectionItem(reader, name, letter)
    return
  }
  reader.skipSpaces()
  const before = reader.mark()
  try {
    readValue(reader, name, letter)
  } catch (error) {
    note(letter, name, error)
    reader.goTo(before)
    reader.skipValue()
  }
}

function note(letter: Building, item: string, error: unknown): void {
  const isExpected = error instanceof Unreadable || error instanceof LimitExceeded
  if (!isExpected) throw error
  addDefect(letter, item, error.message)
}

function addDefect(letter: Building, item: string, reason: string): void {
  if (letter.defects.length < MAX_DEFECTS)
    letter.defects.push({ item: escapePeerWords(item), reason })
}

function readValue(reader: ResponseReader, name: string, letter: Building): void {
  switch (name) {
    case 'UID':
      letter.uid = readLetterNumber(reader)
      break
    case 'FLAGS':
      letter.flags = reader.list(() => reader.atom())
      break
    case 'RFC822.SIZE':
      letter.sizeOctets = reader.number()
      break
    case 'MODSEQ':
      letter.modSeq = reader.list(() => reader.bigNumber())[0]
      break
    case 'INTERNALDATE':
      letter.internalDate = requireDate(reader.string())
      break
    case 'ENVELOPE':
      letter.envelope = envelopeOf(reader.value(), reader.takeOctets())
      break
    case 'BODY':
    case 'BODYSTRUCTURE': {
      const { body, oddities } = readBodyStructure(reader.value(), reader.takeOctets())
      letter.body = body
      for (const reason of oddities) addDefect(letter, name, reason)
      break
    }
    case 'RFC822':
    case 'RFC822.HEADER':
    case 'RFC822.TEXT':
      addSection(letter, {
        section: name === 'RFC822' ? '' : name.slice('RFC822.'.length),
        isBinary: false,
        offset: undefined,
        octets: readContent(reader),
      })
      break
    default:
      reader.skipValue()
  }
}

/** The UID of a letter, or its number. */
export function readLetterNumber(reader: ResponseReader): number {
  const number = reader.number()
  if (isLetterNumber(number)) return number
  throw new Unreadable(`${number} is the number of no letter`)
}

function requireDate(octets: Uint8Array): Date {
  const date = parseDateTime(octets)
  if (date === undefined) throw new Unreadable('a date is not formed like one')
  return date
}

/** `BODY[1.2]<0> …`, `BINARY[1] …`; also `BINARY.SIZE[1] 4711`, which has no content. */
function readSectionItem(reader: ResponseReader, name: string, letter: Building): void {
  reader.expect('[')
  const section = reader.upTo(']')
  reader.expect(']')
  let offset: number | undefined
  if (reader.skip('<')) {
    offset = reader.number()
    reader.expect('>')
  }
  reader.skipSpaces()
  if (name !== 'BODY' && name !== 'BINARY') {
    reader.skipValue()
    return
  }
  const item = `${name}[${section}]`
  const literal = reader.literal()
  let octets: Uint8Array | undefined
  if (literal === undefined) octets = readContent(reader)
  else if (literal.fate === 'dropped') {
    addDefect(letter, item, `${literal.octetCount} octets are more than limits.maxLiteralOctets`)
  } else octets = literal.octets
  addSection(letter, { section, isBinary: name === 'BINARY', offset, octets })
}

function addSection(letter: Building, section: FetchedSection): void {
  if (letter.sections.length === MAX_SECTIONS) throw new Unreadable('it has too many pieces')
  letter.sections.push(section)
  if (/^header/i.test(section.section)) letter.header ??= section.octets
}

/** NIL means that there is no such part; an empty string that it is empty. */
function readContent(reader: ResponseReader): Uint8Array | undefined {
  const octets = reader.nstring()
  return octets?.length === 0 ? NO_OCTETS : octets
}
