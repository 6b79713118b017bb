/** What a client looks for (RFC 9051 §6.4.4), as a server reads it. */

import { monthOf } from '../base/month-names.ts'
import { textOf } from '../base/octets.ts'
import { SequenceSet, UidSet } from './number-set.ts'
import { Unreadable } from './response-reader.ts'
import type { ResponseReader } from './response-reader.ts'

/** What the numbers of a command mean; `'saved'` is what the last search has found (`$`, RFC 5182). */
export type LetterSet = SequenceSet | UidSet | 'saved'

export type SearchKey =
  | { readonly kind: 'all' }
  | { readonly kind: 'letters'; readonly letters: LetterSet }
  | { readonly kind: 'flag'; readonly flag: string; readonly isSet: boolean }
  /** The decoded text of a header field holds this; an empty one is in every field. */
  | { readonly kind: 'field'; readonly name: string; readonly text: string }
  /** The text of the body, or of header and body. */
  | { readonly kind: 'text'; readonly scope: 'body' | 'all'; readonly text: string }
  /** The day of arrival or of the Date field, as milliseconds of its midnight in UTC. */
  | {
      readonly kind: 'day'
      readonly of: 'arrival' | 'date'
      readonly is: 'before' | 'on' | 'since'
      readonly dayMs: number
    }
  | { readonly kind: 'size'; readonly is: 'larger' | 'smaller'; readonly octets: number }
  /** Changed when the mailbox had counted so far, or later. */
  | { readonly kind: 'mod-seq'; readonly from: number }
  | { readonly kind: 'not'; readonly key: SearchKey }
  | { readonly kind: 'or'; readonly keys: readonly [SearchKey, SearchKey] }
  | { readonly kind: 'and'; readonly keys: readonly SearchKey[] }

/** Deeper than anybody writes a search. */
const MAX_DEPTH = 30

/** Every key up to the end, all of which must hold. */
export function readSearchKeys(reader: ResponseReader): SearchKey {
  const keys: SearchKey[] = [readKey(reader, 0)]
  while (!reader.isAtEnd) {
    reader.expectSpace()
    keys.push(readKey(reader, 0))
  }
  return { kind: 'and', keys }
}

const FLAGS: ReadonlyMap<string, string> = new Map([
  ['ANSWERED', '\\Answered'],
  ['DELETED', '\\Deleted'],
  ['DRAFT', '\\Draft'],
  ['FLAGGED', '\\Flagged'],
  ['RECENT', '\\Recent'],
  ['SEEN', '\\Seen'],
])

const FIELDS: ReadonlySet<string> = new Set(['BCC', 'CC', 'FROM', 'SUBJECT', 'TO'])

const DAY = /^(?<sent>SENT)?(?<is>BEFORE|ON|SINCE)$/

function readKey(reader: ResponseReader, depth: number): SearchKey {
  if (depth > MAX_DEPTH) throw new Unreadable('a search lies in a search too often')
  if (reader.isAt('(')) {
    return { kind: 'and', keys: reader.list(() => readKey(reader, depth + 1)) }
  }
  const word = reader.keyword()
  const [isNegative, name] = word.startsWith('UN') ? [true, word.slice(2)] : [false, word]
  const flag = FLAGS.get(name)
  if (flag !== undefined) return { kind: 'flag', flag, isSet: !isNegative }
  if (name === 'KEYWORD') return { kind: 'flag', flag: readWord(reader), isSet: !isNegative }
  return readOtherKey(reader, word, depth)
}

function readOtherKey(reader: ResponseReader, word: string, depth: number): SearchKey {
  const next = (): SearchKey => {
    reader.expectSpace()
    return readKey(reader, depth + 1)
  }
  switch (word) {
    case 'ALL':
      return { kind: 'all' }
    case 'NEW':
      return { kind: 'and', keys: [withFlag('\\Recent'), withoutFlag('\\Seen')] }
    case 'OLD':
      return withoutFlag('\\Recent')
    case 'NOT':
      return { kind: 'not', key: next() }
    case 'OR':
      return { kind: 'or', keys: [next(), next()] }
    case 'UID':
      return { kind: 'letters', letters: lettersOf(readWord(reader), 'uid') }
    case 'LARGER':
    case 'SMALLER':
      reader.expectSpace()
      return {
        kind: 'size',
        is: word === 'LARGER' ? 'larger' : 'smaller',
        octets: reader.number(),
      }
    case 'MODSEQ':
      return readModSeq(reader)
    default:
      return readTextKey(reader, word)
  }
}

function withFlag(flag: string): SearchKey {
  return { kind: 'flag', flag, isSet: true }
}

function withoutFlag(flag: string): SearchKey {
  return { kind: 'flag', flag, isSet: false }
}

function readTextKey(reader: ResponseReader, word: string): SearchKey {
  if (FIELDS.has(word)) return { kind: 'field', name: word, text: readString(reader) }
  if (word === 'HEADER') {
    const name = readString(reader)
    return { kind: 'field', name, text: readString(reader) }
  }
  if (word === 'BODY' || word === 'TEXT') {
    return { kind: 'text', scope: word === 'BODY' ? 'body' : 'all', text: readString(reader) }
  }
  const day = DAY.exec(word)?.groups
  if (day === undefined) return { kind: 'letters', letters: lettersOf(word, 'sequence') }
  const is = day['is'] === 'ON' ? 'on' : day['is'] === 'SINCE' ? 'since' : 'before'
  return {
    kind: 'day',
    of: day['sent'] === undefined ? 'arrival' : 'date',
    is,
    dayMs: dayOf(readString(reader)),
  }
}

/** RFC 7162 §3.1.5: what of a letter is counted may be named, and makes no difference here. */
function readModSeq(reader: ResponseReader): SearchKey {
  reader.expectSpace()
  if (reader.isAt('"')) {
    reader.string()
    reader.expectSpace()
    reader.atom()
    reader.expectSpace()
  }
  return { kind: 'mod-seq', from: reader.number() }
}

function readWord(reader: ResponseReader): string {
  reader.expectSpace()
  return reader.atom()
}

function readString(reader: ResponseReader): string {
  reader.expectSpace()
  return textOf(reader.astring())
}

/** The letters that a command names. */
export function lettersOf(text: string, kind: 'uid' | 'sequence'): LetterSet {
  if (text === '$') return 'saved'
  const letters = kind === 'uid' ? UidSet.parse(text) : SequenceSet.parse(text)
  if (letters === undefined) throw new Unreadable(`there is no search for ${text}`)
  return letters
}

const DATE = /^(?<day>\d{1,2})-(?<month>[A-Za-z]{3})-(?<year>\d{4})$/

function dayOf(text: string): number {
  const groups = DATE.exec(text)?.groups
  const month = monthOf(groups?.['month'] ?? '')
  if (groups === undefined || month < 0) throw new Unreadable(`${text} is no day`)
  return Date.UTC(Number(groups['year']), month, Number(groups['day']))
}
