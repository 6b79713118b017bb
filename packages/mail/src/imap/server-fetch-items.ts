/** What a client wants to know of letters (`fetch-att`, RFC 9051 §6.4.5), as a server reads it. */

import { Unreadable } from './response-reader.ts'
import type { ResponseReader } from './response-reader.ts'

/** A piece of a letter's content. */
export interface SectionItem {
  readonly kind: 'section'
  /** What the answer calls it, without the piece: `BODY[1.HEADER]`. */
  readonly label: string
  /** Whether the transfer encoding is undone (RFC 3516), and whether only the size is asked for. */
  readonly form: 'raw' | 'decoded' | 'decoded-size'
  /** Whether the letter is a seen one afterwards. */
  readonly marksSeen: boolean
  /** The number of a part, each of its places; none for the letter itself. */
  readonly part: readonly number[]
  readonly of: 'CONTENT' | 'HEADER' | 'HEADER.FIELDS' | 'HEADER.FIELDS.NOT' | 'TEXT' | 'MIME'
  /** In lower case, of `HEADER.FIELDS`. */
  readonly fields: readonly string[]
  readonly piece: { readonly offset: number; readonly octetCount: number } | undefined
}

export type FetchFact =
  | 'FLAGS'
  | 'UID'
  | 'INTERNALDATE'
  | 'RFC822.SIZE'
  | 'ENVELOPE'
  | 'BODY'
  | 'BODYSTRUCTURE'
  | 'MODSEQ'

export type FetchItem = { readonly kind: 'fact'; readonly name: FetchFact } | SectionItem

const FACTS: ReadonlySet<string> = new Set<FetchFact>([
  'FLAGS',
  'UID',
  'INTERNALDATE',
  'RFC822.SIZE',
  'ENVELOPE',
  'BODY',
  'BODYSTRUCTURE',
  'MODSEQ',
])

const FAST: readonly FetchFact[] = ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE']
const MACROS: ReadonlyMap<string, readonly FetchFact[]> = new Map([
  ['FAST', FAST],
  ['ALL', [...FAST, 'ENVELOPE']],
  ['FULL', [...FAST, 'ENVELOPE', 'BODY']],
])

/** What revision 1 calls sections (RFC 3501 §6.4.5). */
const OLD_SECTIONS: ReadonlyMap<string, Pick<SectionItem, 'of' | 'marksSeen'>> = new Map([
  ['RFC822', { of: 'CONTENT', marksSeen: true }],
  ['RFC822.HEADER', { of: 'HEADER', marksSeen: false }],
  ['RFC822.TEXT', { of: 'TEXT', marksSeen: true }],
])

/** `1.2.HEADER.FIELDS`: the number of a part, and what of it. */
const SECTION = /^(?<part>[1-9]\d{0,9}(?:\.[1-9]\d{0,9})*)?(?<dot>\.)?(?<of>[A-Z.]+)?$/

/** One item, a macro, or a list of items. */
export function readFetchItems(reader: ResponseReader): readonly FetchItem[] {
  if (reader.isAt('(')) return reader.list(() => readItem(reader, reader.keyword()))
  const name = reader.keyword()
  return MACROS.get(name)?.map(factOf) ?? [readItem(reader, name)]
}

function factOf(name: FetchFact): FetchItem {
  return { kind: 'fact', name }
}

function readItem(reader: ResponseReader, name: string): FetchItem {
  if (reader.isAt('[')) return readSection(reader, name)
  const old = OLD_SECTIONS.get(name)
  if (old !== undefined) {
    const rest = { part: [], fields: [], piece: undefined }
    return { kind: 'section', label: name, form: 'raw', ...old, ...rest }
  }
  if (!isFact(name)) throw new Unreadable(`there is no item ${name}`)
  return factOf(name)
}

function isFact(name: string): name is FetchFact {
  return FACTS.has(name)
}

const FORMS: ReadonlyMap<string, Pick<SectionItem, 'form' | 'marksSeen'>> = new Map([
  ['BODY', { form: 'raw', marksSeen: true }],
  ['BODY.PEEK', { form: 'raw', marksSeen: false }],
  ['BINARY', { form: 'decoded', marksSeen: true }],
  ['BINARY.PEEK', { form: 'decoded', marksSeen: false }],
  ['BINARY.SIZE', { form: 'decoded-size', marksSeen: false }],
])

function readSection(reader: ResponseReader, name: string): SectionItem {
  const form = FORMS.get(name)
  if (form === undefined) throw new Unreadable(`there is no item ${name}[`)
  reader.expect('[')
  const { part, of } = sectionOf(reader.isAt(']') ? '' : reader.keyword())
  const hasFields = of === 'HEADER.FIELDS' || of === 'HEADER.FIELDS.NOT'
  const written = hasFields ? readFields(reader) : []
  reader.expect(']')
  if (form.form !== 'raw' && of !== 'CONTENT') throw new Unreadable('only content is decoded')
  const fields = hasFields ? ` (${written.join(' ')})` : ''
  const words = [...part, ...(of === 'CONTENT' ? [] : [of])].join('.')
  return {
    kind: 'section',
    label: `${name.replace('.PEEK', '')}[${words}${fields}]`,
    ...form,
    part,
    of,
    fields: written.map((field) => field.toLowerCase()),
    piece: reader.isAt('<') ? readPiece(reader) : undefined,
  }
}

function sectionOf(text: string): Pick<SectionItem, 'part' | 'of'> {
  const groups = SECTION.exec(text)?.groups
  const { part: number, dot, of = 'CONTENT' } = groups ?? {}
  const isNumbered = number !== undefined
  // A dot stands between a number and a word, and nowhere else.
  const isFormed = (dot !== undefined) === (isNumbered && of !== 'CONTENT')
  if (groups === undefined || !isFormed || !isSectionWord(of) || (of === 'MIME' && !isNumbered)) {
    throw new Unreadable(`there is no section ${text}`)
  }
  return { part: number?.split('.').map(Number) ?? [], of }
}

const SECTION_WORDS: ReadonlySet<string> = new Set<SectionItem['of']>([
  'CONTENT',
  'HEADER',
  'HEADER.FIELDS',
  'HEADER.FIELDS.NOT',
  'TEXT',
  'MIME',
])

function isSectionWord(word: string): word is SectionItem['of'] {
  return SECTION_WORDS.has(word)
}

/** Names as they were written: the answer repeats them. */
function readFields(reader: ResponseReader): readonly string[] {
  reader.expectSpace()
  const names = reader.list(() => new TextDecoder().decode(reader.astring()))
  if (names.length === 0 || !names.every((name) => /^[!#$&'+-9;-Z^-z|}~]+$/.test(name))) {
    throw new Unreadable('names of fields are missing')
  }
  return names
}

function readPiece(reader: ResponseReader): SectionItem['piece'] {
  reader.expect('<')
  const offset = reader.number()
  reader.expect('.')
  const octetCount = reader.number()
  reader.expect('>')
  return { offset, octetCount }
}
