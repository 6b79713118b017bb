/** The header section of a letter or of a part (RFC 5322 §2.2): octets → fields. Writing is in `fold-field.ts`. */

import { LimitExceeded } from '../base/limit-exceeded.ts'
import { escapePeerWords } from '../base/peer-words.ts'
import { asciiOf, equalOctets, octetsOf, textOf } from '../base/octets.ts'
import { decodeText } from './charset.ts'
import { parseContentType } from './content-type.ts'
import type { Defect, DefectKind, ReportDefect } from './defect.ts'
import { decodeEncodedWords } from './encoded-word.ts'
import { replaceControls, trimWhiteSpace } from './text.ts'

const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const TAB = 0x09
const COLON = 0x3a
const TILDE = 0x7e

/** U+FEFF in UTF-8: some programs save letters with it. */
const BYTE_ORDER_MARK: Uint8Array = new Uint8Array([0xef, 0xbb, 0xbf])

/** How much of a header section is taken. */
export interface HeaderLimits {
  /** The whole section. */
  readonly headerOctets: number
  readonly headerFields: number
  /** One line. RFC 5322 §2.1.1 allows 998, and long ones are sent. */
  readonly headerLineOctets: number
}

/** Ten times what a letter that went through many hands has; a fraction of what would hurt. */
export const DEFAULT_HEADER_LIMITS: HeaderLimits = {
  headerOctets: 262_144,
  headerFields: 1000,
  headerLineOctets: 65_536,
}

/** A field as it was found. */
export interface ReceivedField {
  /** As written; compare it without regard to case. */
  readonly name: string
  /** The body, unfolded and trimmed, encoded-words left as they are: for fields that have a grammar. */
  readonly raw: string
  /** The body, unfolded, trimmed and decoded: for people. */
  readonly text: string
}

/**
 * The fields of a header section, in their order. A field that is there several times is there several times: {@link first} gives
 * the first, {@link all} gives all. No text in it holds a control character other than the tab.
 */
export class HeaderSection {
  readonly fields: readonly ReceivedField[]
  /** What was wrong with it, at most a hundred things. */
  readonly defects: readonly Defect[]

  constructor(fields: readonly ReceivedField[], defects: readonly Defect[] = []) {
    this.fields = fields
    this.defects = defects
  }

  /** The decoded text of the first field of this name, or `undefined` when there is none. */
  first(name: string): string | undefined {
    return this.#firstNamed(name)?.text
  }

  /** The decoded texts of all fields of this name. */
  all(name: string): readonly string[] {
    const lower = name.toLowerCase()
    return this.fields.filter((field) => isNamed(field, lower)).map((field) => field.text)
  }

  /** The unfolded body of the first field of this name, not decoded: what a grammar has to be applied to. */
  raw(name: string): string | undefined {
    return this.#firstNamed(name)?.raw
  }

  /** A few fields are asked for, of some tens that there are: looking for these takes less than putting all in order. */
  #firstNamed(name: string): ReceivedField | undefined {
    const lower = name.toLowerCase()
    for (const field of this.fields) if (isNamed(field, lower)) return field
    return undefined
  }
}

function isNamed({ name }: ReceivedField, lower: string): boolean {
  return name.length === lower.length && name.toLowerCase() === lower
}

/** More defects than this in one letter say nothing new. */
export const MAX_DEFECTS = 100

/**
 * Reads a header section: up to the first empty line, or to the end. Lines may end in CRLF or LF. Text is UTF-8 (RFC 6532) or,
 * where it isn't, in the charset that the section names in its Content-Type, or else windows-1252; a byte order mark before the first field is passed over; a tab that begins a folded line reads as a space, since gateways make tabs of the spaces they fold
 * at. Lines that are no fields are passed over and noted in {@link HeaderSection.defects}.
 *
 * @throws LimitExceeded when the section is larger than the limits.
 *
 * @example
 * ```ts
 * import { parseHeaderSection } from '@obmen/mail/mime'
 *
 * const header = parseHeaderSection(new TextEncoder().encode('Subject: =?utf-8?B?0KLQtdC80LA=?=\r\n\r\n'))
 * console.log(header.first('subject')) // Тема
 * ```
 */
export function parseHeaderSection(
  octets: Uint8Array,
  limits: Partial<HeaderLimits> = {},
): HeaderSection {
  const fields: ReceivedField[] = []
  const defects: Defect[] = []
  const report: ReportDefect = (kind: DefectKind, detail: string) => {
    if (defects.length < MAX_DEFECTS) defects.push({ kind, detail: escapePeerWords(detail) })
  }
  const allLimits = { ...DEFAULT_HEADER_LIMITS, ...limits }
  const section = withoutByteOrderMark(octets)
  const places = placesOfFields(section, allLimits)
  const plain = plainText(section, places)
  const charset = plain === undefined ? charsetOf(section, places) : undefined
  for (const { start, end, isFolded } of places) {
    const lines = plain?.slice(start, end) ?? rawText(section.subarray(start, end), charset)
    const text = isFolded ? unfold(lines) : withoutLineEnd(lines)
    const field = readField(text, { isPlain: plain !== undefined, report })
    if (field === undefined) continue
    fields.push(field)
    if (fields.length <= allLimits.headerFields) continue
    throw new LimitExceeded({
      what: 'the number of header fields',
      limit: allLimits.headerFields,
      value: fields.length,
      option: 'headerFields',
    })
  }
  return new HeaderSection(fields, defects)
}

/** @throws LimitExceeded when a line, or the section so far, is too large. */
export function checkHeaderSize(lineOctets: number, octets: number, limits: HeaderLimits): void {
  const { headerLineOctets, headerOctets } = limits
  if (lineOctets > headerLineOctets) {
    throw new LimitExceeded({
      what: 'a header line',
      limit: headerLineOctets,
      value: lineOctets,
      option: 'headerLineOctets',
    })
  }
  if (octets > headerOctets) {
    throw new LimitExceeded({
      what: 'a header section',
      limit: headerOctets,
      value: octets,
      option: 'headerOctets',
    })
  }
}

/** Whether a line is the first of a field: a name and a colon, behind a byte order mark if there is one. */
export function beginsField(line: Uint8Array): boolean {
  const octets = withoutByteOrderMark(line)
  let at = 0
  while (isNameOctet(octets[at])) at++
  if (at === 0) return false
  while (octets[at] === SPACE || octets[at] === TAB) at++
  return octets[at] === COLON
}

function isNameOctet(octet: number | undefined): boolean {
  return octet !== undefined && octet > SPACE && octet <= TILDE && octet !== COLON
}

function withoutByteOrderMark(octets: Uint8Array): Uint8Array {
  if (octets[0] !== BYTE_ORDER_MARK[0]) return octets
  const hasMark = BYTE_ORDER_MARK.every((octet, at) => octets[at] === octet)
  return hasMark ? octets.subarray(BYTE_ORDER_MARK.length) : octets
}

/** Where in the octets a field lies, with the lines that continue it. */
interface FieldPlace {
  readonly start: number
  readonly end: number
  readonly isFolded: boolean
}

function placesOfFields(octets: Uint8Array, limits: HeaderLimits): readonly FieldPlace[] {
  const places: FieldPlace[] = []
  let start = 0
  let isFolded = false
  let at = 0
  while (at < octets.length) {
    const lineEnd = octets.indexOf(LF, at)
    const end = lineEnd < 0 ? octets.length : lineEnd + 1
    checkHeaderSize(end - at, end, limits)
    const first = octets[at]
    const isContinuation = (first === SPACE || first === TAB) && at > 0
    if (isContinuation) isFolded = true
    else if (at > start) {
      places.push({ start, end: at, isFolded })
      start = at
      isFolded = false
    }
    if (isEmptyLine(octets, at)) return places
    at = end
  }
  if (at > start) places.push({ start, end: at, isFolded })
  return places
}

function isEmptyLine(octets: Uint8Array, at: number): boolean {
  return octets[at] === LF || (octets[at] === CR && octets[at + 1] === LF)
}

/** `field-name` of RFC 5322 §3.6.8. */
const NAME = /^[!-9;-~]+$/
/** What keeps the fields of a section from being cut out of its text: controls have to be replaced. */
const CONTROLS = /[^\t\r\n -~]/
const LONE_CR = /\r(?!\n)/

/** The text of a section of ASCII without control characters, as nearly all are: decoded at once, so that fields are cut out of it. */
function plainText(octets: Uint8Array, places: readonly FieldPlace[]): string | undefined {
  const section = asciiOf(octets.subarray(0, places.at(-1)?.end ?? 0))
  const isPlain = section !== undefined && !CONTROLS.test(section) && !LONE_CR.test(section)
  return isPlain ? section : undefined
}

const CONTENT_TYPE = /^content-type[ \t]*:/i

/** The charset that the section says its text is in, if there is one: who writes header fields without encoding them writes both in the same. */
function charsetOf(octets: Uint8Array, places: readonly FieldPlace[]): string | undefined {
  for (const { start, end } of places) {
    const field = unfold(textOf(octets.subarray(start, end)))
    if (!CONTENT_TYPE.test(field)) continue
    return parseContentType(field.slice(field.indexOf(':') + 1)).parameters.get('charset')
  }
  return undefined
}

/** The text of a field that may be no ASCII. */
function rawText(octets: Uint8Array, charset: string | undefined): string {
  const text = textOf(octets)
  // What was UTF-8 gives the same octets again.
  if (charset === undefined || equalOctets(octetsOf(text), octets)) return text
  const decoded = decodeText(octets, charset)
  const isText = decoded.kind === 'decoded' && !decoded.isDamaged
  // In charsets of which ASCII is no part not even the name of the field would be one.
  const name = text.slice(0, text.indexOf(':') + 1)
  return isText && decoded.text.startsWith(name) ? decoded.text : text
}

/** A tab that begins a line reads as a space. */
function unfold(lines: string): string {
  return withoutLineEnd(lines).replaceAll(/\r?\n[ \t]/g, ' ')
}

function withoutLineEnd(line: string): string {
  if (!line.endsWith('\n')) return line
  return line.slice(0, line.endsWith('\r\n') ? -2 : -1)
}

/** How a field is read. */
interface FieldReading {
  /** Whether it is known to be free of control characters. */
  readonly isPlain: boolean
  readonly report: ReportDefect
}

function readField(field: string, { isPlain, report }: FieldReading): ReceivedField | undefined {
  const colon = field.indexOf(':')
  const name = trimWhiteSpace(field.slice(0, Math.max(colon, 0)))
  if (!NAME.test(name)) {
    report('malformed-header-line', field)
    return undefined
  }
  const body = trimWhiteSpace(field.slice(colon + 1))
  const raw = isPlain ? body : replaceControls(body, report)
  const text = raw.includes('=?') ? replaceControls(decodeEncodedWords(raw, report), report) : raw
  return { name, raw, text }
}
