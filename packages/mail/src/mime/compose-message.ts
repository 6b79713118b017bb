/** A draft → the octets of a letter (RFC 5322, RFC 2045), streaming. */

import { mailboxesOf } from '../address/address-list.ts'
import type { AddressListEntry } from '../address/address-list.ts'
import { CanonicalLetter } from '../base/canonical-letter.ts'
import { concatOctets, NO_OCTETS, octetsOf } from '../base/octets.ts'
import { escapePeerWords } from '../base/peer-words.ts'
import { addressFieldWords } from './address-field.ts'
import { Base64Encoder, base64Size } from './base64.ts'
import { MEDIA_TYPE } from './content-type.ts'
import { formatDateTime } from './date-time.ts'
import { encodeUnstructured } from './encode-text.ts'
import { HeaderInvalid } from './errors.ts'
import { foldField } from './fold-field.ts'
import { formatLegacyParameter, formatParameter } from './format-parameter.ts'
import type { DraftAttachment, MessageDraft } from './message.ts'
import { parseMessageId } from './message-id.ts'
import { encodeQuotedPrintable } from './quoted-printable.ts'

/**
 * What every boundary begins with. `=_` can't occur in base64, nor in quoted-printable, where `=` is followed by a digit, a letter up
 * to F, or a line end (RFC 2045 §6.7). So no part holds a delimiter, whatever it says.
 */
const BOUNDARY_PREFIX = '=_'
const BOUNDARY = /^[0-9A-Za-z]{16,60}$/

/** Fields that a draft has a property for, or that state what this module does. `Bcc` would show whom it was to be hidden from. */
const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'bcc',
  'cc',
  'date',
  'from',
  'message-id',
  'mime-version',
  'reply-to',
  'sender',
  'subject',
  'to',
])

/** Types that RFC 2045 §6.4 forbids to be encoded as base64. */
const UNENCODABLE_TYPE = /^(?:multipart|message)\//i

const LF = 0x0a
const CRLF: Uint8Array = octetsOf('\r\n')

/**
 * Writes a letter: header section, text, attachments; lines of at most 998 octets (in fact 78, but for long words in own
 * fields), all ASCII, all ended by CRLF, so that it passes every server. Each attachment is opened and read when its turn comes, and
 * nothing but the piece at hand is kept. A letter that is given up (`return()`, a `break`) closes the attachment it was at and
 * opens no other. A draft can be composed again.
 *
 * Text is UTF-8, as quoted-printable or base64, whichever is shorter; attachments are base64, with their name in the three forms that mail
 * programs look for. The subject and own fields read back exactly as given. The draft is checked before this returns;
 * afterwards only the reading of an attachment can fail, always before the letter is complete: with what its content throws, with a
 * TypeError when that gives anything but `Uint8Array`, with a RangeError when it gives another number of octets than `sizeOctets`.
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
  return new ComposedMessage(layOut(draft))
}

/** A letter that was checked and is ready to be written, any number of times. Made by {@link composeMessage}. */
export class ComposedMessage extends CanonicalLetter {
  readonly sizeOctets: number | undefined
  readonly body = '7BIT'
  readonly needsSmtpUtf8 = false
  readonly #layout: Layout

  constructor(layout: Layout) {
    super()
    this.#layout = layout
    this.sizeOctets = sizeOf(layout)
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    return writeLetter(this.#layout)
  }
}

function sizeOf({ head, attachments, tail }: Layout): number | undefined {
  let size = head.length + tail.length
  for (const { head: partHead, attachment } of attachments) {
    if (attachment.sizeOctets === undefined) return undefined
    size += partHead.length + base64Size(attachment.sizeOctets)
  }
  return size
}

/** A letter but for the content of its attachments. */
interface Layout {
  /** Up to and including the text. */
  readonly head: Uint8Array
  readonly attachments: readonly {
    readonly head: Uint8Array
    readonly attachment: DraftAttachment
  }[]
  /** The last delimiter, if there are parts. */
  readonly tail: Uint8Array
}

async function* writeLetter(layout: Layout): AsyncGenerator<Uint8Array, void, undefined> {
  yield layout.head
  for (const { head, attachment } of layout.attachments) {
    yield head
    yield* encodeContent(attachment)
  }
  if (layout.tail.length > 0) yield layout.tail
}

/** Ends before the last line is out, or anything beyond the size: half a file must not pass for a whole one. */
async function* encodeContent(
  attachment: DraftAttachment,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { sizeOctets } = attachment
  const encoder = new Base64Encoder()
  let contentOctets = 0
  for await (const octets of attachment.content()) {
    const lines = encoder.push(octets)
    contentOctets += octets.length
    if (sizeOctets !== undefined && contentOctets > sizeOctets) {
      throw otherSize(attachment, `at least ${contentOctets}`)
    }
    if (lines.length > 0) yield lines
  }
  if (sizeOctets !== undefined && contentOctets < sizeOctets) {
    throw otherSize(attachment, `only ${contentOctets}`)
  }
  const lastLine = encoder.end()
  if (lastLine.length > 0) yield lastLine
}

function otherSize({ fileName, sizeOctets }: DraftAttachment, given: string): RangeError {
  const name = escapePeerWords(fileName ?? '')
  return new RangeError(`the attachment "${name}" has ${given} octets, not the ${sizeOctets} said`)
}

function layOut(draft: MessageDraft): Layout {
  const fields = messageFields(draft)
  const text = textPart(draft.text ?? '')
  const { attachments = [], boundary } = draft
  for (const { sizeOctets } of attachments) refuseUnfitSize(sizeOctets)
  if (attachments.length === 0) {
    const head = concatOctets([octetsOf(fields), text.fields, text.content])
    return { head, attachments: [], tail: text.isEndedLine ? NO_OCTETS : CRLF }
  }
  if (!BOUNDARY.test(boundary)) {
    throw new HeaderInvalid({
      field: 'the boundary',
      reason: 'is not made of 16 to 60 letters and digits',
      value: boundary,
    })
  }
  const delimiter = `--${BOUNDARY_PREFIX}${boundary}`
  const multipart = foldField('Content-Type', [
    'multipart/mixed;',
    ...formatParameter('boundary', BOUNDARY_PREFIX + boundary),
  ])
  return {
    head: concatOctets([
      octetsOf(`${fields}${multipart}\r\n${delimiter}\r\n`),
      text.fields,
      text.content,
      // The line end before a delimiter belongs to it (RFC 2046 §5.1.1); base64 brings its own.
      text.isQuoted ? CRLF : NO_OCTETS,
    ]),
    attachments: attachments.map((attachment) => ({
      head: octetsOf(`${delimiter}\r\n${attachmentFields(attachment)}\r\n`),
      attachment,
    })),
    tail: octetsOf(`${delimiter}--\r\n`),
  }
}

function refuseUnfitSize(sizeOctets: number | undefined): void {
  if (sizeOctets === undefined || (Number.isSafeInteger(sizeOctets) && sizeOctets >= 0)) return
  throw new RangeError(`sizeOctets is a whole number, not ${sizeOctets}`)
}

/** The fields of the letter itself, in the order that RFC 5322 §3.6 lists them; own fields stand behind the subject. */
function messageFields(draft: MessageDraft): string {
  const messageId = parseMessageId(draft.messageId)
  if (messageId === undefined) {
    throw new HeaderInvalid({
      field: 'Message-ID',
      reason: 'is not a message identifier',
      value: draft.messageId,
      hint: 'Make it with formatMessageId',
    })
  }
  const { from, sender, to = [], cc = [], replyTo, headerFields = [] } = draft
  const authors = 'kind' in from ? [from] : from
  const replyToList = replyTo === undefined || 'kind' in replyTo ? replyTo && [replyTo] : replyTo
  return [
    foldField('Date', formatDateTime(draft.date).split(' ')),
    addressField('From', authors),
    addressField('Sender', sender && [sender]),
    addressField('Reply-To', replyToList),
    addressField('To', to),
    addressField('Cc', cc),
    foldField('Message-ID', [messageId]),
    draft.subject === undefined ? '' : unstructuredField('Subject', draft.subject),
    ...headerFields.map(({ name, value }) => ownField(name, value)),
    foldField('MIME-Version', ['1.0']),
  ].join('')
}

function addressField(name: string, entries: readonly AddressListEntry[] = []): string {
  const mailboxes = mailboxesOf(entries)
  return mailboxes.length === 0 ? '' : foldField(name, addressFieldWords(name, mailboxes))
}

function ownField(name: string, value: string): string {
  const lowerCaseName = name.toLowerCase()
  if (RESERVED_FIELDS.has(lowerCaseName) || lowerCaseName.startsWith('content-')) {
    throw new HeaderInvalid({
      field: name,
      reason: 'is no field of the caller’s own',
      value,
      hint: 'Use the property of the draft',
    })
  }
  return unstructuredField(name, value)
}

function unstructuredField(name: string, value: string): string {
  checkOneLine(name, value)
  return foldField(name, encodeUnstructured(value, name.length + 2))
}

/** @throws HeaderInvalid when a text holds a control character other than the tab: CR and LF would begin another field. */
function checkOneLine(field: string, value: string): void {
  if (!/[^\P{Cc}\t]/u.test(value)) return
  throw new HeaderInvalid({
    field,
    reason: 'holds a control character',
    value,
    hint: 'Give a text of one line',
  })
}

function attachmentFields({ fileName = '', contentType }: DraftAttachment): string {
  checkOneLine('the file name', fileName)
  if (!MEDIA_TYPE.test(contentType) || UNENCODABLE_TYPE.test(contentType)) {
    throw new HeaderInvalid({
      field: 'the content type',
      reason: 'is none that an attachment can have',
      value: contentType,
      hint: 'Write it as type/subtype, for example application/octet-stream',
    })
  }
  return [
    foldField('Content-Type', [`${contentType};`, ...formatLegacyParameter('name', fileName)]),
    foldField('Content-Transfer-Encoding', ['base64']),
    foldField(
      'Content-Disposition',
      withSemicolons(['attachment', ...formatParameter('filename', fileName)]),
    ),
  ].join('')
}

function withSemicolons(parts: readonly string[]): readonly string[] {
  return parts.map((part, index) => (index < parts.length - 1 ? `${part};` : part))
}

/** The text and its fields: UTF-8, as quoted-printable or base64, whichever is shorter. */
interface TextPart {
  readonly fields: Uint8Array
  readonly content: Uint8Array
  readonly isQuoted: boolean
  /** Whether {@link content} ends with a line end, or is empty. */
  readonly isEndedLine: boolean
}

function textPart(text: string): TextPart {
  const octets = octetsOf(text.replaceAll(/\r\n|\r|\n/g, '\r\n'))
  const quoted = encodeQuotedPrintable(octets)
  const isQuoted = quoted.length <= base64Size(octets.length)
  const encoder = new Base64Encoder()
  const content = isQuoted ? quoted : concatOctets([encoder.push(octets), encoder.end()])
  const fields =
    foldField('Content-Type', ['text/plain;', 'charset=utf-8']) +
    foldField('Content-Transfer-Encoding', [isQuoted ? 'quoted-printable' : 'base64'])
  return {
    fields: octetsOf(`${fields}\r\n`),
    content,
    isQuoted,
    isEndedLine: (content.at(-1) ?? LF) === LF,
  }
}
