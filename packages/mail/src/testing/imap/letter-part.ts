/**
 * A letter as its octets lie: where each part begins and ends, with nothing decoded. What IMAP gives pieces of (RFC 9051 §6.4.5.1).
 */

import { type HeaderSection, parseHeaderSection } from '../../mime/header-section.ts'
import { parseParameterizedValue } from '../../mime/parameter.ts'
import { DelimiterScanner } from '../../mime/multipart.ts'
import { transferEncodingOf } from '../../mime/transfer-encoding.ts'

const LF = 0x0a
const CR = 0x0d

/** Deeper parts are content of the one that they lie in. */
const MAX_DEPTH = 32

/** A letter, or a part of one. */
export interface LetterPart {
  /** With the empty line behind it. */
  readonly headerOctets: Uint8Array
  readonly bodyOctets: Uint8Array
  readonly header: HeaderSection
  /** `text`, and `plain`. */
  readonly type: string
  readonly subtype: string
  readonly transferEncoding: string
  /** Of a multipart. */
  readonly parts: readonly LetterPart[]
  /** Of a `message/rfc822`. */
  readonly letter: LetterPart | undefined
}

/** Takes a letter apart. The cost is linear in the octets, for each level of parts in parts. */
export function readLetter(octets: Uint8Array): LetterPart {
  return readPart(octets, { depth: 0, defaultType: 'text/plain' })
}

interface Place {
  readonly depth: number
  /** What a part is that does not say (RFC 2046 §5.1.5). */
  readonly defaultType: string
}

function readPart(octets: Uint8Array, { depth, defaultType }: Place): LetterPart {
  const bodyAt = bodyStart(octets)
  const headerOctets = octets.subarray(0, bodyAt)
  const bodyOctets = octets.subarray(bodyAt)
  const header = parseHeaderSection(headerOctets, UNLIMITED)
  const { value, parameters } = parseParameterizedValue(header.raw('Content-Type') ?? defaultType)
  const [type = '', subtype = ''] = (value.includes('/') ? value : 'text/plain').split('/')
  const boundary =
    type === 'multipart' && depth < MAX_DEPTH ? parameters.get('boundary') : undefined
  const isLetter = type === 'message' && /^(?:rfc822|global)$/.test(subtype) && depth < MAX_DEPTH
  const partType = subtype === 'digest' ? 'message/rfc822' : 'text/plain'
  return {
    headerOctets,
    bodyOctets,
    header,
    type,
    subtype,
    transferEncoding: transferEncodingOf(header.raw('Content-Transfer-Encoding')),
    parts:
      boundary === undefined
        ? []
        : bodiesOf(bodyOctets, boundary).map((part) =>
            readPart(part, { depth: depth + 1, defaultType: partType }),
          ),
    letter: isLetter
      ? readPart(bodyOctets, { depth: depth + 1, defaultType: 'text/plain' })
      : undefined,
  }
}

/** The letters of this host are made by tests, which may want to know what a client makes of large ones. */
const UNLIMITED = {
  headerOctets: Infinity,
  headerFields: Infinity,
  headerLineOctets: Infinity,
} as const

/** Where the header section with its empty line ends. */
function bodyStart(octets: Uint8Array): number {
  for (let at = 0; at < octets.length;) {
    const lineFeed = octets.indexOf(LF, at)
    if (lineFeed < 0) return octets.length
    const length = lineFeed - at
    if (length === 0 || (length === 1 && octets[at] === CR)) return lineFeed + 1
    at = lineFeed + 1
  }
  return octets.length
}

/** The octets between the delimiters of a multipart. */
function bodiesOf(octets: Uint8Array, boundary: string): readonly Uint8Array[] {
  const scanner = new DelimiterScanner()
  scanner.open(boundary)
  const bodies: Uint8Array[] = []
  /** Where the part began that is being passed; nothing counts before the first delimiter. */
  let start: number | undefined
  for (let at = 0; at <= octets.length;) {
    const lineFeed = octets.indexOf(LF, at)
    const end = lineFeed < 0 ? octets.length : lineFeed + 1
    const delimiter = scanner.match(octets.subarray(at, end))
    if (delimiter !== undefined) {
      if (start !== undefined) bodies.push(withoutLineEnd(octets.subarray(start, at)))
      start = delimiter.isClosing ? undefined : end
      if (delimiter.isClosing) break
    }
    if (lineFeed < 0) break
    at = end
  }
  if (start !== undefined) bodies.push(octets.subarray(start))
  return bodies
}

/** The line end before a delimiter belongs to it (RFC 2046 §5.1.1). */
function withoutLineEnd(octets: Uint8Array): Uint8Array {
  if (octets.at(-1) !== LF) return octets
  return octets.subarray(0, octets.at(-2) === CR ? -2 : -1)
}

/** The part of this number; `undefined` when there is none. No number: the letter itself. */
export function partAt(letter: LetterPart, number: readonly number[]): LetterPart | undefined {
  let part: LetterPart | undefined = letter
  let inside: readonly LetterPart[] = partsOf(letter)
  for (const place of number) {
    part = inside[place - 1]
    if (part === undefined) return undefined
    inside = part.letter === undefined ? part.parts : partsOf(part.letter)
  }
  return part
}

/** The parts of a letter: its own body is its part 1 when it is no multipart. */
function partsOf(letter: LetterPart): readonly LetterPart[] {
  return letter.type === 'multipart' ? letter.parts : [letter]
}

/** How many lines there are, as BODYSTRUCTURE counts them. */
export function lineCount(octets: Uint8Array): number {
  let count = 0
  let at = 0
  for (let found = octets.indexOf(LF); found >= 0; found = octets.indexOf(LF, at)) {
    count++
    at = found + 1
  }
  return at < octets.length ? count + 1 : count
}

/** The fields of a header section that have one of these names, or none of them, as they were written. */
export function fieldsOf(
  headerOctets: Uint8Array,
  { names, isExcluding }: { readonly names: readonly string[]; readonly isExcluding: boolean },
): readonly Uint8Array[] {
  const wanted = new Set(names)
  const found: Uint8Array[] = []
  let isWanted = false
  for (let at = 0; at < headerOctets.length;) {
    const lineFeed = headerOctets.indexOf(LF, at)
    const end = lineFeed < 0 ? headerOctets.length : lineFeed + 1
    const row = headerOctets.subarray(at, end)
    const isFolded = row[0] === 0x20 || row[0] === 0x09
    if (!isFolded) isWanted = isField(row) && wanted.has(nameOf(row)) !== isExcluding
    if (isWanted) found.push(row)
    at = end
  }
  return found
}

const COLON = 0x3a
const latin1 = new TextDecoder('latin1')

function isField(row: Uint8Array): boolean {
  return row.includes(COLON)
}

function nameOf(row: Uint8Array): string {
  return latin1
    .decode(row.subarray(0, row.indexOf(COLON)))
    .trim()
    .toLowerCase()
}

/** What ends a header section. */
export const EMPTY_LINE: Uint8Array = Uint8Array.of(CR, LF)
