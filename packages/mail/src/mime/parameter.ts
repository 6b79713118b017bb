/** Parameters of `Content-Type` and `Content-Disposition` (RFC 2045 §5.1, RFC 2231): reading. Writing is in `format-parameter.ts`. */

import { concatOctets, octetsOf } from '../base/octets.ts'
import { decodeText } from './charset.ts'
import { ignoreDefects } from './defect.ts'
import type { ReportDefect } from './defect.ts'
import { decodeEncodedWords, hexCodeAt } from './encoded-word.ts'
import { isWhiteSpace, replaceControls, trimWhiteSpace } from './text.ts'

/** A value with parameters: `attachment; filename=a.txt`. */
export interface ParameterizedValue {
  /** In lower case: `text/plain`, `attachment`. Empty when the body has none. */
  readonly value: string
  /** By name in lower case, decoded. */
  readonly parameters: ReadonlyMap<string, string>
}

/** No parameter is cut into more pieces than this; a larger number is a mistake or an attack. */
const MAX_SECTION = 999

/** `name*1*`: name, section, and whether the value is percent-encoded. */
const EXTENDED_NAME = /^([^*]+)(?:\*(\d{1,9}))?(\*)?$/

interface Piece {
  readonly section: number
  readonly isEncoded: boolean
  readonly value: string
}

/** In which form a parameter was written: `name=`, `name*=`, or a section of it, `name*0=` or `name*0*=`. */
type Form = 'plain' | 'extended' | number

/** All that was said about one parameter. */
type Said = Map<Form, Piece>

/**
 * Reads a value and its parameters from an unfolded, undecoded field body. Of `filename*`, its pieces and plain `filename`,
 * the first that can be read wins; a plain value may hold encoded-words, as most programs write it though RFC 2047 §5 forbids it. What is
 * malformed is read as well as possible: quotes that don't close, values with spaces, pieces missing or out of order, no charset, no semicolon.
 * Of two parameters of one name the first counts.
 *
 * @example
 * ```ts
 * import { parseParameterizedValue } from '@obmen/mail/mime'
 *
 * const { parameters } = parseParameterizedValue("attachment; filename*=utf-8''%D0%90.txt")
 * console.log(parameters.get('filename')) // А.txt
 * ```
 */
export function parseParameterizedValue(
  body: string,
  report: ReportDefect = ignoreDefects,
): ParameterizedValue {
  return readPlain(body) ?? readAny(body, report)
}

/** Left to the full reading, which replaces controls. */
const NOT_PRINTABLE = /[^ -~]/

/** What is sent is nearly always that: nothing encoded, escaped, commented or repeated. */
const PLAIN_VALUE = /^[ \t]*[^\s;="*()/]+(?:\/[^\s;="*()/]+)?[ \t]*$/
const PLAIN_PARAMETER = /^[ \t]*([^\s;="*()]+)=(?:"([^"\\]*)"|([^\s;="*()]+))[ \t]*$/

/** A value and parameters in that form; `undefined` when one of them is not. */
function readPlain(body: string): ParameterizedValue | undefined {
  if (body.includes('=?')) return undefined
  const [head = '', ...rest] = splitAtSemicolons(body)
  if (!PLAIN_VALUE.test(head)) return undefined
  const parameters = new Map<string, string>()
  for (const part of rest) {
    const [, name = '', quoted, token] = PLAIN_PARAMETER.exec(part) ?? []
    const key = name.toLowerCase()
    const value = quoted ?? token
    if (value === undefined || parameters.has(key) || NOT_PRINTABLE.test(value)) return undefined
    parameters.set(key, value)
  }
  return { value: trimWhiteSpace(head).toLowerCase(), parameters }
}

function readAny(body: string, report: ReportDefect): ParameterizedValue {
  const [head = '', ...rest] = splitAtSemicolons(body)
  const [value, forgotten] = splitHead(head, report)
  const said = new Map<string, Said>()
  for (const part of [forgotten, ...rest]) collect(said, part, report)
  const parameters = new Map<string, string>()
  for (const [name, parameter] of said) {
    const text = valueOf(parameter, report)
    if (text !== undefined) parameters.set(name, replaceControls(text, report))
  }
  return { value, parameters }
}

/** A parameter where a semicolon should be: it was forgotten. */
const NEXT_PARAMETER = /^[ \t]+[^\s;="/()]+[ \t]*=/
const BEFORE_WHITE_SPACE = /^[^\s(]*/

/** The value, and what stands behind a semicolon that is not there. */
function splitHead(head: string, report: ReportDefect): readonly [value: string, rest: string] {
  const trimmed = trimWhiteSpace(head)
  const end = BEFORE_WHITE_SPACE.exec(trimmed)?.[0].length ?? trimmed.length
  const rest = trimmed.slice(end)
  if (!NEXT_PARAMETER.test(rest)) return [withoutComment(trimmed).toLowerCase(), '']
  report('malformed-parameter', trimmed)
  return [trimmed.slice(0, end).toLowerCase(), rest]
}

/** The parts between semicolons that stand in no quotes. Quotes that don't close end where the body ends. */
function splitAtSemicolons(body: string): readonly string[] {
  const parts: string[] = []
  let start = 0
  let isQuoted = false
  for (let at = 0; at < body.length; at++) {
    const character = body[at]
    if (character === '"') isQuoted = !isQuoted
    else if (isQuoted && character === '\\') at++
    else if (!isQuoted && character === ';') {
      parts.push(body.slice(start, at))
      start = at + 1
    }
  }
  parts.push(body.slice(start))
  return parts
}

/** What stands before a comment (RFC 2045 §5.1 allows `text/plain (a comment)`). */
function withoutComment(text: string): string {
  const trimmed = trimWhiteSpace(text)
  const comment = trimmed.indexOf('(')
  return comment < 0 ? trimmed : trimWhiteSpace(trimmed.slice(0, comment))
}

function collect(said: Map<string, Said>, part: string, report: ReportDefect): void {
  let rest = trimWhiteSpace(part)
  // A semicolon at the end, or two in a row, are everywhere and harm nothing.
  while (rest !== '') {
    const parameter = rest
    rest = collectFirst(said, parameter, report)
    if (rest !== '') report('malformed-parameter', parameter)
  }
}

/** Takes the parameter that the text begins with. Returns what follows it, if that is another one. */
function collectFirst(said: Map<string, Said>, text: string, report: ReportDefect): string {
  const equals = text.indexOf('=')
  const name = trimWhiteSpace(text.slice(0, Math.max(equals, 0))).toLowerCase()
  const match = EXTENDED_NAME.exec(name)
  const [, attribute = '', digits, star] = match ?? []
  const section = Number(digits ?? 0)
  if (match === null || section > MAX_SECTION) {
    report('malformed-parameter', text)
    return ''
  }
  const form = digits !== undefined ? section : star !== undefined ? 'extended' : 'plain'
  const parameter = said.get(attribute) ?? new Map<Form, Piece>()
  said.set(attribute, parameter)
  const { value, rest } = readValue(trimWhiteSpace(text.slice(equals + 1)), {
    isFileName: attribute === 'filename' || attribute === 'name',
    isPlain: form === 'plain',
  })
  if (parameter.has(form)) report('malformed-parameter', text)
  else parameter.set(form, { section, isEncoded: star !== undefined, value })
  return NEXT_PARAMETER.test(rest) ? trimWhiteSpace(rest) : ''
}

/** A value as it was read, and what stands behind it. */
interface ReadValue {
  readonly value: string
  readonly rest: string
}

/**
 * A quoted string or a token. A file name that stands without quotes keeps its spaces and parentheses: these are a mistake of the
 * writer, not a comment.
 */
function readValue(
  text: string,
  { isFileName, isPlain }: { readonly isFileName: boolean; readonly isPlain: boolean },
): ReadValue {
  if (text.startsWith('"')) return readQuoted(text, isFileName ? PATH_ESCAPE : ANY_ESCAPE)
  if (isFileName && isPlain) return { value: text, rest: '' }
  let end = 0
  while (end < text.length && !isWhiteSpace(text.charCodeAt(end)) && text[end] !== '(') end++
  return { value: text.slice(0, end), rest: text.slice(end) }
}

/** What a backslash in quotes makes literal (RFC 5322 §3.2.4). */
const ANY_ESCAPE = /[^]/
/** In a file name only what had to be escaped: some programs write `"C:\\Temp\\a.txt"` with single backslashes. */
const PATH_ESCAPE = /["\\]/

function readQuoted(text: string, escapable: RegExp): ReadValue {
  let value = ''
  let at = 1
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === '\\' && at + 1 < text.length && escapable.test(text.charAt(at + 1))) at++
    value += text[at] ?? ''
  }
  return { value, rest: text.slice(at + 1) }
}

function valueOf(parameter: Said, report: ReportDefect): string | undefined {
  const extended = parameter.get('extended')
  const decoded = extended === undefined ? undefined : decodePieces([extended], report)
  return decoded ?? joinSections(parameter, report) ?? plainOf(parameter, report)
}

function plainOf(parameter: Said, report: ReportDefect): string | undefined {
  const plain = parameter.get('plain')
  if (plain !== undefined) return decodeEncodedWords(plain.value, report)
  // A charset that nobody knows, and no plain twin: the percent signs are better than no name.
  return parameter.values().next().value?.value
}

function joinSections(parameter: Said, report: ReportDefect): string | undefined {
  const pieces = [...parameter]
    .flatMap(([form, piece]) => (typeof form === 'number' ? [piece] : []))
    .toSorted((a, b) => a.section - b.section)
  if (pieces.length === 0) return undefined
  if (pieces.some((piece, index) => piece.section !== index)) {
    report('malformed-parameter', 'a section is missing')
  }
  if (pieces.some((piece) => piece.isEncoded)) return decodePieces(pieces, report)
  // Some programs cut a value of encoded-words into sections.
  return decodeEncodedWords(pieces.map((piece) => piece.value).join(''), report)
}

/** RFC 2231 §4: the charset stands in the first piece, percent codes in those with a star; all octets are decoded together. */
function decodePieces(pieces: readonly Piece[], report: ReportDefect): string | undefined {
  const [first] = pieces
  if (first === undefined) return undefined
  const [charset, language, ...content] = first.value.split("'")
  const hasCharset = first.isEncoded && language !== undefined && content.length > 0
  if (first.isEncoded && !hasCharset) report('malformed-parameter', first.value)
  const octets = pieces.map((piece, index) => {
    const value = index === 0 && hasCharset ? content.join("'") : piece.value
    return piece.isEncoded ? decodePercent(value, report) : octetsOf(value)
  })
  const decoded = decodeText(
    concatOctets(octets),
    hasCharset && charset !== '' ? charset : undefined,
  )
  if (decoded.kind === 'unknown-charset') {
    report('unknown-charset', decoded.charset)
    return undefined
  }
  if (decoded.isDamaged) report('damaged-text', first.value)
  return decoded.text
}

function decodePercent(text: string, report: ReportDefect): Uint8Array {
  const octets: Uint8Array[] = []
  let plainFrom = 0
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
    const code = hexCodeAt(text, at + 1)
    if (code === undefined) {
      report('malformed-parameter', text)
      continue
    }
    octets.push(octetsOf(text.slice(plainFrom, at)), new Uint8Array([code]))
    plainFrom = at + 3
    at += 2
  }
  return concatOctets([...octets, octetsOf(text.slice(plainFrom))])
}
