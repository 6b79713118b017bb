/** Text, HTML, a calendar → a part in UTF-8, in the transfer encoding that its content asks for (RFC 2045 §6). */

import { octetsOf } from '../base/octets.ts'
import { base64Size, encodeBase64Lines } from './base64.ts'
import { HeaderInvalid } from './errors.ts'
import { foldField } from './fold-field.ts'
import { CALENDAR_METHODS, type DraftCalendar, type MessageDraft } from './message.ts'
import { encodeQuotedPrintable, isFromHere, isLiteralOctet } from './quoted-printable.ts'

/** RFC 5322 §2.1.1: what a line should not pass, without its CRLF. A longer one is left to programs that may wrap it. */
const MAX_PLAIN_LINE = 78
/** How much longer soft line breaks make a text: three octets for each 73, or nearly. */
const SOFT_BREAKS = 1.04

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const DASH = 0x2d
const EQUALS = 0x3d

/** The name that RFC 5545 gives it, on a line of its own: RFC 6047 §2.4 wants the same in the content type. */
const CALENDAR_METHOD = /^METHOD(?:;[^\r\n:]*)?:[ \t]*([^\r\n]*)/im

/** A part that is there as a whole. */
export interface TextPart {
  readonly kind: 'text'
  /** For the `type` of a multipart/related around it. */
  readonly mediaType: string
  /** The header section of the part, without the empty line. */
  readonly fields: string
  readonly content: Uint8Array
  /** Whether a line end must be put before a delimiter (RFC 2046 §5.1.1). base64 brings its own. */
  readonly needsLineEnd: boolean
  /** Whether {@link content} ends in a line end, or is empty. */
  readonly endsLine: boolean
}

/**
 * The alternatives of a draft, the plainest first, as RFC 2046 §5.1.4 orders them; one that is there and empty counts.
 *
 * @throws HeaderInvalid when the calendar has another method than the draft says, or that is none.
 */
export function textParts(draft: MessageDraft): readonly TextPart[] {
  const { text, enriched, html, calendar } = draft
  const parts: TextPart[] = []
  if (text !== undefined) parts.push(textPart('text/plain', text))
  if (enriched !== undefined) parts.push(textPart('text/enriched', enriched))
  if (html !== undefined) parts.push(textPart('text/html', html))
  if (calendar !== undefined) parts.push(calendarPart(calendar))
  return parts
}

/** A part of text. Line ends of any kind become CRLF, the canonical form (RFC 2049 §4). */
export function textPart(
  mediaType: string,
  text: string,
  parameters: readonly string[] = ['charset=utf-8'],
): TextPart {
  const octets = octetsOf(canonicalLines(text))
  const encoding = transferEncodingFor(octets)
  const { field, encode } = CODERS[encoding]
  const fields = foldField('Content-Type', [`${mediaType};`, ...parameters]) + field
  const content = encode(octets)
  const endsLine = (content.at(-1) ?? LF) === LF
  return { kind: 'text', mediaType, fields, content, needsLineEnd: encoding !== 'base64', endsLine }
}

/** The method that an iCalendar object says it has, in upper case. */
export function calendarMethodOf(content: string): string | undefined {
  return CALENDAR_METHOD.exec(content)?.[1]?.trim().toUpperCase()
}

function calendarPart({ method, content }: DraftCalendar): TextPart {
  if (!CALENDAR_METHODS.includes(method)) {
    throw new HeaderInvalid({
      field: 'the method of the calendar',
      reason: 'is none',
      value: method,
      hint: `Give one of ${CALENDAR_METHODS.join(', ')}`,
    })
  }
  const ownMethod = calendarMethodOf(content)
  if (ownMethod !== undefined && ownMethod !== method) {
    throw new HeaderInvalid({
      field: 'the method of the calendar',
      reason: `is another one than in its content, ${ownMethod}`,
      value: method,
      hint: 'Give the method that the calendar itself has',
    })
  }
  return textPart('text/calendar', content, ['charset=utf-8;', `method=${method}`])
}

function canonicalLines(text: string): string {
  return text.includes('\r')
    ? text.replaceAll(/\r\n|\r|\n/g, '\r\n')
    : text.replaceAll('\n', '\r\n')
}

const CODERS = {
  '7bit': {
    field: encodingField('7bit'),
    encode: (octets: Uint8Array): Uint8Array => octets,
  },
  'quoted-printable': {
    field: encodingField('quoted-printable'),
    encode: encodeQuotedPrintable,
  },
  base64: { field: encodingField('base64'), encode: encodeBase64Lines },
} as const

function encodingField(encoding: string): string {
  return foldField('Content-Transfer-Encoding', [encoding])
}

/**
 * None, when the text is ASCII in short lines that nothing on the way has a reason to change: no white space at line ends, which
 * gateways drop, no line that begins with `From `, which mailboxes mark with `>`, or as a delimiter does. Otherwise quoted-printable or base64, by
 * what they would come to: what has to be coded is counted, and takes three octets instead of one.
 */
function transferEncodingFor(octets: Uint8Array): keyof typeof CODERS {
  const mostCoded = (base64Size(octets.length) / SOFT_BREAKS - octets.length) / 2
  let coded = 0
  let equals = 0
  let lineFrom = 0
  let isPlain = true
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] ?? 0
    if (isLiteralOctet(octet) || octet === CR) continue
    if (octet === EQUALS) {
      equals++
    } else if (octet === LF) {
      if (coded > mostCoded) return 'base64'
      isPlain &&= isPlainLine(octets, lineFrom, at - 1)
      lineFrom = at + 1
    } else {
      coded++
    }
  }
  isPlain &&= isPlainLine(octets, lineFrom, octets.length)
  if (isPlain && coded === 0) return '7bit'
  return coded + equals > mostCoded ? 'base64' : 'quoted-printable'
}

function isPlainLine(octets: Uint8Array, from: number, to: number): boolean {
  const last = octets[to - 1]
  const endsInSpace = to > from && (last === SPACE || last === TAB)
  if (to - from > MAX_PLAIN_LINE || endsInSpace || isFromHere(octets, from)) return false
  return !(octets[from] === DASH && octets[from + 1] === DASH && octets[from + 2] === EQUALS)
}
