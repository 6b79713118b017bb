/**
 * What parts a letter has, without its content (BODYSTRUCTURE, RFC 9051 §7.5.2). Servers get it wrong in many ways, because letters are wrong in many ways: sizes
 * below zero or in floating point, multiparts without parts, fields left out. What can be understood is kept, and what is odd about it is said.
 */

import type { ImapEnvelope } from './envelope.ts'
import { envelopeOf, isList, wordsOf } from './envelope.ts'
import type { ImapValue } from './response-reader.ts'
import { Unreadable } from './response-reader.ts'

/** How a part wants to be shown, with its parameters (RFC 2183). */
export interface BodyDisposition {
  /** `attachment`, `inline`, in lower case. */
  readonly kind: string
  readonly parameters: ReadonlyMap<string, string>
}

/** One part of a letter, or the letter itself. */
export interface BodyPart {
  /** What to fetch its content by: `1.2`, or `TEXT` where a multipart is all that a letter consists of. */
  readonly section: string
  /** `text/plain`, in lower case. */
  readonly contentType: string
  /** Names in lower case; values as the server has them, so RFC 2231 and encoded words are not decoded. */
  readonly parameters: ReadonlyMap<string, string>
  readonly contentId: string | undefined
  readonly description: string | undefined
  /** `base64`, `quoted-printable`, in lower case; of a multipart there is none. */
  readonly transferEncoding: string | undefined
  /** As it is encoded; `undefined` of a multipart, and where the server gives no such number. */
  readonly sizeOctets: number | undefined
  readonly disposition: BodyDisposition | undefined
  /** Of a multipart. */
  readonly parts: readonly BodyPart[]
  /** Of a letter in the letter: its envelope, and its one part. */
  readonly envelope: ImapEnvelope | undefined
}

/** What was understood, and what was odd about it. */
export interface BodyReading {
  readonly body: BodyPart
  readonly oddities: readonly string[]
}

const MULTIPART_EXTENSION = 1
const MESSAGE_FIELDS = 10

/** What is said of a body beside itself. */
interface Notes {
  readonly oddities: string[]
  /** Of what is not ASCII. */
  readonly octets: ReadonlyMap<string, Uint8Array>
}

/** Understands what stands where a body structure belongs, with the octets of what is not ASCII. @throws Unreadable when nothing of it can be. */
export function readBodyStructure(
  value: ImapValue,
  octets: ReadonlyMap<string, Uint8Array>,
): BodyReading {
  const notes: Notes = { oddities: [], octets }
  return { body: letterBodyOf(value, '', notes), oddities: notes.oddities }
}

/**
 * The body of a letter. If that is no multipart, it is the letter's part 1; if it is, its parts are numbered as if they were the letter's, and it
 * has no number of its own (RFC 9051 §6.4.5.1).
 *
 * @param prefix the number of the part that the letter is, with a dot behind it; empty for the letter in the mailbox.
 */
function letterBodyOf(value: ImapValue, prefix: string, notes: Notes): BodyPart {
  if (!isMultipart(value)) return bodyOf(value, `${prefix}1`, notes)
  const section = prefix === '' ? '' : prefix.slice(0, -1)
  return { ...bodyOf(value, section, notes), section: `${prefix}TEXT` }
}

function isMultipart(value: ImapValue): boolean {
  if (!isList(value)) return false
  const [first, second] = value
  // `("ALTERNATIVE")`, or with its parameters: a multipart whose parts were lost. Any other part has seven fields.
  return isList(first) || value.length === 1 || (isList(second) && value.length <= 4)
}

function bodyOf(value: ImapValue, section: string, notes: Notes): BodyPart {
  if (!isList(value)) throw new Unreadable('a body is a list')
  return isMultipart(value) ? multipartOf(value, section, notes) : singleOf(value, section, notes)
}

function multipartOf(value: readonly ImapValue[], section: string, notes: Notes): BodyPart {
  const subtypeAt = value.findIndex((item) => !isList(item))
  const bodies = subtypeAt === -1 ? value : value.slice(0, subtypeAt)
  const subtype = subtypeAt === -1 ? undefined : wordsOf(value[subtypeAt])
  if (subtype === undefined) notes.oddities.push('a multipart without a subtype')
  if (bodies.length === 0) notes.oddities.push('a multipart without parts')
  const extension = subtypeAt === -1 ? [] : value.slice(subtypeAt + MULTIPART_EXTENSION)
  const prefix = section === '' ? '' : `${section}.`
  return {
    section,
    contentType: `multipart/${(subtype ?? 'mixed').toLowerCase()}`,
    parameters: parametersOf(extension[0], notes),
    contentId: undefined,
    description: undefined,
    transferEncoding: undefined,
    sizeOctets: undefined,
    disposition: dispositionOf(extension[1], notes),
    parts: bodies.map((body, index) => bodyOf(body, `${prefix}${index + 1}`, notes)),
    envelope: undefined,
  }
}

function singleOf(value: readonly ImapValue[], section: string, notes: Notes): BodyPart {
  const [type, subtype, parameters, contentId, description, encoding, size] = value
  const contentType = `${scalar(type, notes) ?? 'application'}/${scalar(subtype, notes) ?? 'octet-stream'}`
  const basic = {
    section,
    contentType: contentType.toLowerCase(),
    parameters: parametersOf(parameters, notes),
    contentId: scalar(contentId, notes),
    description: scalar(description, notes),
    transferEncoding: scalar(encoding, notes)?.toLowerCase(),
    sizeOctets: sizeOf(size, notes),
  }
  const isLetter = /^message\/(?:rfc822|global)$/.test(basic.contentType)
  const hasLetter = isLetter && isList(value[7]) && isList(value[8])
  if (isLetter && !hasLetter) notes.oddities.push('a letter in the letter without its structure')
  // After the seven fields come the lines of a text, or envelope, body and lines of a letter; then MD5, and then the disposition.
  const isText = basic.contentType.startsWith('text/')
  const extensionAt = hasLetter ? MESSAGE_FIELDS : isText ? 8 : 7
  return {
    ...basic,
    disposition: dispositionOf(value[extensionAt + 1], notes),
    parts: hasLetter ? [letterBodyOf(value[8], `${section}.`, notes)] : [],
    envelope: hasLetter ? tolerantEnvelope(value[7], notes) : undefined,
  }
}

function tolerantEnvelope(value: ImapValue, notes: Notes): ImapEnvelope | undefined {
  try {
    return envelopeOf(value, notes.octets)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    notes.oddities.push(error.message)
    return undefined
  }
}

function scalar(value: ImapValue, notes: Notes): string | undefined {
  if (!isList(value)) return wordsOf(value)
  notes.oddities.push('a list in place of a string')
  return undefined
}

/** `-1`, `1.86931e+06` and NIL have been seen. */
function sizeOf(value: ImapValue, notes: Notes): number | undefined {
  const size = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined
  if (size === undefined) notes.oddities.push('a size that is no whole number')
  return size
}

function parametersOf(value: ImapValue, notes: Notes): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  if (value === undefined) return parameters
  if (!isList(value)) {
    if (wordsOf(value) !== '') notes.oddities.push('parameters that are no list')
    return parameters
  }
  if (value.length % 2 !== 0) notes.oddities.push('a parameter without a value')
  for (let at = 0; at + 1 < value.length; at += 2) {
    const name = scalar(value[at], notes)?.toLowerCase()
    const text = scalar(value[at + 1], notes)
    if (name === undefined || text === undefined || parameters.has(name)) continue
    parameters.set(name, text)
  }
  return parameters
}

function dispositionOf(value: ImapValue, notes: Notes): BodyDisposition | undefined {
  if (value === undefined) return undefined
  // Some servers write the bare word.
  const [kind, parameters] = isList(value) ? value : [value, undefined]
  const word = scalar(kind, notes)
  if (word === undefined || word === '') return undefined
  return { kind: word.toLowerCase(), parameters: parametersOf(parameters, notes) }
}
