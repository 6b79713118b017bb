/** The parts of a draft → how they stand one in another (RFC 2046 §5.1), and the octets around what comes later. */

import type { LetterBody } from '../base/canonical-letter.ts'
import { concatOctets, octetsOf } from '../base/octets.ts'
import { attachmentPart, TRANSFER_ENCODINGS } from './attachment-part.ts'
import type { AttachmentPart } from './attachment-part.ts'
import { HeaderInvalid } from './errors.ts'
import { foldField } from './fold-field.ts'
import type { MessageDraft } from './message.ts'
import { textPart, textParts } from './text-part.ts'
import type { TextPart } from './text-part.ts'

/** With its prefix it has at most 64 characters, which fill a line as a parameter; RFC 2046 §5.1.1 allows 70. */
const BOUNDARY = /^[0-9A-Za-z]{16,60}$/

/**
 * What every boundary begins with. `=_` can't occur in base64, nor in quoted-printable, where `=` is followed by a digit, a letter up
 * to F, or a line end (RFC 2045 §6.7); and a text that holds `--=_` at the beginning of a line is not left as it is. So no part holds a delimiter,
 * whatever it says, but for an attached letter, which is looked at. The underscore behind the letter keeps one boundary from
 * beginning with another.
 */
const BOUNDARY_PREFIXES = { mixed: '=_m_', related: '=_r_', alternative: '=_a_' } as const

type Part = TextPart | AttachmentPart | Multipart

interface Multipart {
  readonly kind: 'multipart'
  readonly subtype: keyof typeof BOUNDARY_PREFIXES
  readonly parts: readonly Part[]
}

/** A letter in pieces: octets that are there, and attachments that will be opened. */
export interface Layout {
  readonly pieces: readonly (Uint8Array | AttachmentPart)[]
  /** What an attached letter is ended by. */
  readonly delimiter: string
  readonly body: LetterBody
}

/**
 * Text, HTML and calendar are alternatives; what the HTML shows stands beside them in a multipart/related, everything else beside
 * that in a multipart/mixed. No multipart has a single part, but for one that holds an attached letter.
 *
 * @param fields The header section of the letter so far.
 * @throws HeaderInvalid when something in a part can't be written.
 * @throws RangeError when the size of an attachment is not a whole number.
 */
export function layOutParts(draft: MessageDraft, fields: string): Layout {
  if (!BOUNDARY.test(draft.boundary)) {
    throw new HeaderInvalid({
      field: 'the boundary',
      reason: 'is not made of 16 to 60 letters and digits',
      value: draft.boundary,
    })
  }
  const root = partOf(draft)
  const body = bodyOf(root)
  const writer = new PieceWriter(draft.boundary, body)
  writer.text = fields
  writer.write(root)
  if (root.kind === 'text' && !root.endsLine) writer.text += '\r\n'
  return { pieces: writer.end(), delimiter: `--${BOUNDARY_PREFIXES.mixed}${draft.boundary}`, body }
}

function partOf(draft: MessageDraft): Part {
  const texts = textParts(draft)
  const shown: Part[] = []
  const others: AttachmentPart[] = []
  for (const attachment of draft.attachments ?? []) {
    const part = attachmentPart(attachment)
    const isShown = attachment.disposition === 'inline' && attachment.contentId !== undefined
    if (isShown && !part.isLetter && draft.html !== undefined) shown.push(part)
    else others.push(part)
  }
  const [text, ...furtherTexts] = texts
  const [first, ...rest] = others
  if (text === undefined) {
    if (first === undefined) return textPart('text/plain', '')
    return rest.length === 0 && !first.isLetter ? first : mixed(others)
  }
  const alternatives = furtherTexts.length === 0 ? text : multipart('alternative', texts)
  const body = shown.length === 0 ? alternatives : multipart('related', [alternatives, ...shown])
  return first === undefined ? body : mixed([body, ...others])
}

function mixed(parts: readonly Part[]): Multipart {
  return multipart('mixed', parts)
}

function multipart(subtype: Multipart['subtype'], parts: readonly Part[]): Multipart {
  return { kind: 'multipart', subtype, parts }
}

/** What the letter needs of a server: as much as the attached letters in it do, which are parts of the outermost multipart. */
function bodyOf(root: Part): LetterBody {
  const parts = root.kind === 'multipart' ? root.parts : []
  const bodies = parts.map((part) => (part.kind === 'attachment' ? part.body : '7BIT'))
  if (bodies.includes('BINARYMIME')) return 'BINARYMIME'
  return bodies.includes('8BITMIME') ? '8BITMIME' : '7BIT'
}

/** Writes parts one after the other, and joins what lies between attachments. */
class PieceWriter {
  /** What is written, and not yet octets. */
  text = ''
  readonly #boundary: string
  readonly #body: LetterBody
  readonly #pieces: (Uint8Array | AttachmentPart)[] = []
  #octets: Uint8Array[] = []

  constructor(boundary: string, body: LetterBody) {
    this.#boundary = boundary
    this.#body = body
  }

  /** Writes a part. Each ends in a line end, which belongs to the delimiter behind it, if there is one. */
  write(part: Part): void {
    switch (part.kind) {
      case 'text':
        return this.#writeText(part)
      case 'attachment':
        this.text += `${part.fields}\r\n`
        this.#join()
        this.#pieces.push(part)
        return
      case 'multipart':
        return this.#writeMultipart(part)
    }
  }

  end(): readonly (Uint8Array | AttachmentPart)[] {
    this.#join()
    return this.#pieces
  }

  #writeText({ fields, content }: TextPart): void {
    this.#octets.push(octetsOf(`${this.text}${fields}\r\n`), content)
    this.text = ''
  }

  #writeMultipart({ subtype, parts }: Multipart): void {
    const boundary = BOUNDARY_PREFIXES[subtype] + this.#boundary
    this.text += foldField('Content-Type', [
      `multipart/${subtype};`,
      ...(subtype === 'related' ? [`type="${mediaTypeOf(parts[0])}";`] : []),
      `boundary="${boundary}"`,
    ])
    // RFC 2045 §6.4: what holds 8bit is 8bit. Only a multipart/mixed holds attached letters.
    if (subtype === 'mixed' && this.#body !== '7BIT') {
      this.text += foldField('Content-Transfer-Encoding', [TRANSFER_ENCODINGS[this.#body]])
    }
    this.text += '\r\n'
    for (const part of parts) {
      this.text += `--${boundary}\r\n`
      this.write(part)
      if (part.kind === 'text' && part.needsLineEnd) this.text += '\r\n'
    }
    this.text += `--${boundary}--\r\n`
  }

  #join(): void {
    if (this.text !== '') this.#octets.push(octetsOf(this.text))
    if (this.#octets.length > 0) this.#pieces.push(concatOctets(this.#octets))
    this.text = ''
    this.#octets = []
  }
}

/** RFC 2387 §3.1: the type of the root, which is the first part. */
function mediaTypeOf(part: Part | undefined): string {
  return part?.kind === 'text' ? part.mediaType : 'multipart/alternative'
}
