/** A draft → the octets of a letter (RFC 5322, RFC 2045), streaming. */

import { CanonicalLetter } from '../base/canonical-letter.ts'
import type { LetterBody } from '../base/canonical-letter.ts'
import type { ContentUse } from '../base/content-use.ts'
import { writeAttachment } from './attachment-part.ts'
import { headerFields } from './header-fields.ts'
import { layOutParts } from './lay-out-parts.ts'
import type { Layout } from './lay-out-parts.ts'
import type { MessageDraft } from './message.ts'

/**
 * Makes a letter of a draft: header section, text, attachments; lines of at most 998 octets (in fact 78, but for long words in own
 * fields), all ASCII, all ended by CRLF, so that it passes every server. Two things make an exception, and {@link ComposedMessage} says so: an
 * address whose local part isn't ASCII, and an attached letter with a `body` of its own.
 *
 * Text is UTF-8, as it is where it is ASCII in short lines, otherwise quoted-printable or base64, whichever is shorter; it reads back with its
 * line ends as CRLF. Attachments are base64, with their name in the three forms that mail programs look for. The subject and own
 * fields read back exactly as given. Domains that aren't ASCII are written in A-labels.
 *
 * The draft is checked before this returns; afterwards only the reading of an attachment can fail, always before the letter is complete:
 * with what its content throws, with a TypeError when that gives anything but `Uint8Array`, with a RangeError when it gives another
 * number of octets than `sizeOctets`, with AttachedLetterInvalid when an attached letter can't stand as it is.
 *
 * @throws HeaderInvalid when the draft can't be written, before anything is.
 * @throws RangeError when a size is not a whole number.
 *
 * @example
 * ```ts
 * import { composeMessage, formatMessageId, MailboxAddress } from '@obmen/mail/mime'
 * import { createReadStream } from 'node:fs'
 *
 * const letter = composeMessage({
 *   from: MailboxAddress.parse('Склад № 1 <shop-1@example.org>'),
 *   to: [MailboxAddress.parse('office@example.org')],
 *   subject: 'Остатки',
 *   date: new Date(),
 *   messageId: formatMessageId(crypto.randomUUID(), 'shop-1.example.org'),
 *   boundary: crypto.randomUUID().replaceAll('-', ''),
 *   text: 'Остатки на утро.\n',
 *   attachments: [
 *     {
 *       fileName: 'остатки.csv',
 *       contentType: 'text/csv',
 *       content: () => createReadStream('stock.csv'),
 *     },
 *   ],
 * })
 * for await (const octets of letter) process.stdout.write(octets)
 * ```
 */
export function composeMessage(draft: MessageDraft): ComposedMessage {
  const { fields, needsSmtpUtf8 } = headerFields(draft)
  return new ComposedMessage({ ...layOutParts(draft, fields), needsSmtpUtf8 })
}

/**
 * A letter that was checked and is ready to be written, any number of times. Each time, an attachment is opened and read when its turn
 * comes, and nothing but the piece at hand is kept. Who gives it up (`return()`, a `break`) closes the attachment it was at and
 * opens no other. Made by {@link composeMessage}.
 */
export class ComposedMessage extends CanonicalLetter {
  readonly sizeOctets: number | undefined
  readonly body: LetterBody
  readonly needsSmtpUtf8: boolean
  readonly #layout: Layout

  constructor(layout: Layout & { readonly needsSmtpUtf8: boolean }) {
    super()
    this.#layout = layout
    this.sizeOctets = sizeOf(layout)
    this.body = layout.body
    this.needsSmtpUtf8 = layout.needsSmtpUtf8
  }

  override whole(): Uint8Array | undefined {
    const [only, ...more] = this.#layout.pieces
    return only instanceof Uint8Array && more.length === 0 ? only : undefined
  }

  override lentPieces(): AsyncGenerator<Uint8Array, void, undefined> {
    return writePieces(this.#layout, { keepsPieces: false })
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    return writePieces(this.#layout, { keepsPieces: true })
  }
}

async function* writePieces(
  { pieces, delimiter }: Layout,
  use: ContentUse,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) yield piece
    else yield* writeAttachment(piece, delimiter, use)
  }
}

function sizeOf({ pieces }: Layout): number | undefined {
  let size = 0
  for (const piece of pieces) {
    const octets = piece instanceof Uint8Array ? piece.length : piece.sizeOctets
    if (octets === undefined) return undefined
    size += octets
  }
  return size
}
