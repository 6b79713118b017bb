import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { concatOctets } from '../base/octets.ts'
import { mediaTypeOf } from '../mime/media-types.ts'
import type { DraftCalendar } from '../mime/message.ts'
import type { Envelope } from '../smtp/envelope.ts'
import { contentOf, LetterContent } from './attachment-content.ts'
import type { AttachmentContent, AttachmentData } from './attachment-content.ts'
import { encodeInType } from './attachment-type.ts'
import { composeEmail, envelopeOf, type ComposedEmail } from './compose-email.ts'
import { EmailAddress, type AddressInput } from './email-address.ts'
import {
  EmailAttachment,
  LETTER_TYPE,
  readAttachmentOptions,
  UTF8_LETTER_TYPE,
  type AttachmentOptions,
} from './email-attachment.ts'
import { EditableEmailHeaders } from './editable-email-headers.ts'
import { EmailTextKind } from './email-text-kind.ts'
import { EmailTextPart } from './email-text-part.ts'
import { FileContent } from './file-content.ts'
import { LetterFields } from './letter-fields.ts'
import { readArguments } from './named-arguments.ts'
import { readLetter } from './read-letter.ts'

/** The arguments of an {@link Email} by name. */
export interface EmailArguments {
  readonly sender?: EmailAddress | string
  readonly recipients?: AddressInput
  readonly subject?: string | undefined
}

/** What `SmtpConnection.send` takes, and the identifier of the letter. */
export interface PreparedEmail extends ComposedEmail {
  readonly envelope: Envelope
}

/** What octets are that nobody says anything about (RFC 2046 §4.5.1). */
const UNKNOWN_TYPE = 'application/octet-stream'

/** The name of what was attached without one. */
const UNNAMED = 'Attachment'

/**
 * A letter: to be written and sent, or as it was read.
 *
 * Fields of the header section that have a property *are* that property: `setHeader('Subject', …)` sets {@link subject}, `addHeader('Cc', …)` adds to {@link ccRecipients}, and
 * removing the one removes the other. What the letter is made of is text parts and attachments; the MIME structure follows from them.
 *
 * @example
 * ```ts
 * import { Email, SmtpClient, SmtpConnectionParameters } from '@obmen/mail'
 *
 * const email = new Email('shop-1@example.org', 'office@example.org', 'Остатки')
 * email.setTextAsString('Остатки на утро.')
 * email.attachFile('stock.csv')
 * await SmtpClient.send(new SmtpConnectionParameters('smtp.example.org'), email)
 * ```
 */
export class Email extends EditableEmailHeaders {
  #texts: readonly EmailTextPart[] = []
  #attachments: EmailAttachment[] = []
  #calendar: DraftCalendar | undefined
  #hasBodyParsingErrors = false
  #isPartial = false

  /**
   * @param sender Whom the letter is from.
   * @param recipients Whom it is to; all of them can see each other.
   * @throws EmailAddressException when an address is none, IllegalArgumentException when the subject has several lines.
   */
  constructor(
    sender: EmailAddress | string | EmailArguments,
    recipients: AddressInput = [],
    subject?: string,
  ) {
    super(new LetterFields())
    const isSender = typeof sender === 'string' || sender instanceof EmailAddress
    const given = isSender
      ? { sender, recipients, subject }
      : readArguments(sender, ['sender', 'recipients', 'subject'])
    if (given.sender !== undefined) this.setSender(given.sender)
    this.setRecipients(given.recipients ?? [])
    this.subject = given.subject
  }

  /**
   * Reads a letter from its octets, damaged ones as well as they can be. What is sent of it again is written anew, and means the same; the fields without a property keep
   * their order.
   *
   * @throws IllegalArgumentException when it is larger than any letter should be in some respect (`DEFAULT_MESSAGE_LIMITS` of `@obmen/mail/mime`).
   */
  static fromBytes(octets: Uint8Array): Email {
    const read = readLetter(octets)
    const email = new Email({})
    Object.assign(email.fields, read.fields)
    email.#texts = read.texts
    email.#attachments = [...read.attachments]
    email.#calendar = read.calendar
    email.#hasBodyParsingErrors = read.hasBodyParsingErrors
    email.#isPartial = read.isPartial
    return email
  }

  get attachments(): readonly EmailAttachment[] {
    return this.#attachments
  }

  /** Whether something was wrong with the text or the attachments of the letter that was read. */
  get hasBodyParsingErrors(): boolean {
    return this.#hasBodyParsingErrors
  }

  /** Whether the letter is a fragment of one that was divided (`message/partial`, RFC 2046 §5.2.2). */
  get isPartial(): boolean {
    return this.#isPartial
  }

  /** An invitation, which calendar programs show as one (RFC 6047). An extension. */
  get calendar(): DraftCalendar | undefined {
    return this.#calendar
  }

  set calendar(calendar: DraftCalendar | undefined) {
    this.#calendar = calendar && readArguments(calendar, ['method', 'content'])
  }

  getText(): readonly EmailTextPart[] {
    return this.#texts
  }

  /** The text; the HTML where there is one; empty where there is none. */
  getTextAsString(): string {
    const ofKind = (kind: EmailTextKind): readonly EmailTextPart[] =>
      this.#texts.filter((part) => EmailTextKind.byContentType(part.textKind ?? '') === kind)
    const preferred = [EmailTextKind.Html, EmailTextKind.PlainText].map(ofKind)
    const parts = preferred.find(({ length }) => length > 0) ?? this.#texts
    return parts.map(({ text }) => text).join('\n')
  }

  /** Sets the text, and takes away what text there was. */
  setTextAsString(text: string, textKind: EmailTextKind = EmailTextKind.PlainText): this {
    return this.setText([new EmailTextPart(text, textKind)])
  }

  /** Sets the text parts: text and HTML are alternatives, of which a mail program shows the one that it can. An extension. */
  setText(parts: readonly EmailTextPart[]): this {
    this.#texts = [...parts]
    return this
  }

  /** Adds a text part to those that are there. An extension. */
  addText(text: string, textKind: EmailTextKind = EmailTextKind.PlainText): this {
    return this.setText([...this.#texts, new EmailTextPart(text, textKind)])
  }

  /**
   * Attaches octets, a text or a stream, whose turn to be read comes when the letter is sent. A stream can be sent once; a function that opens one can be sent
   * any number of times. The options may stand in a row or by name.
   *
   * @throws IllegalArgumentException when the data is none of these, or an option can't be one.
   */
  attachData(data: AttachmentData, ...options: AttachmentOptions): EmailAttachment {
    const { name, ...rest } = readAttachmentOptions(options)
    const type = rest.contentType || mediaTypeOf(name ?? '') || ''
    if (typeof data !== 'string') {
      return this.#attach(contentOf(data), { ...rest, name: name || UNNAMED, contentType: type })
    }
    const { octets, contentType } = encodeInType(data, type || 'text/plain')
    return this.#attach(contentOf(octets), { ...rest, name: name ?? '', contentType })
  }

  /**
   * Attaches a file, which is read when the letter is sent. Name and content type are the file's where they aren't given.
   *
   * @throws IllegalArgumentException when there is no such file, or an option can't be one.
   */
  attachFile(file: string | URL, ...options: AttachmentOptions): EmailAttachment {
    const { name, ...rest } = readAttachmentOptions(options)
    const path = file instanceof URL ? fileURLToPath(file) : file
    return this.#attach(new FileContent(path), {
      ...rest,
      name: name || basename(path),
      contentType: rest.contentType || mediaTypeOf(path) || mediaTypeOf(name ?? '') || '',
    })
  }

  /** Attaches another letter as it is now (`message/rfc822`, and `message/global` when an address in it is not ASCII). An extension. */
  attachEmail(email: Email, ...options: AttachmentOptions): EmailAttachment {
    const { name, ...rest } = readAttachmentOptions(options)
    const { content } = email.#compose()
    // As they are now: a letter may become an attachment of its own.
    const attachments = [...email.#attachments]
    const attached = new LetterContent(content, () => attachments.some(({ isUsedUp }) => isUsedUp))
    return this.#attach(attached, {
      ...rest,
      name: name || `${email.subject ?? 'message'}.eml`,
      contentType: content.needsSmtpUtf8 ? UTF8_LETTER_TYPE : LETTER_TYPE,
    })
  }

  /** Removes the attachment with this id; nothing happens when there is none. */
  removeAttachment(id: string): void {
    this.#attachments = this.#attachments.filter((attachment) => attachment.id !== id)
  }

  /**
   * The letter as octets, as it would be sent: without the recipients in Bcc, with a date and an identifier of its own where it has none.
   *
   * @throws IllegalStateException (by rejecting) when it has no sender or a stream was read before, and what reading an attachment throws.
   */
  async toBytes(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    for await (const octets of this.#compose().content) pieces.push(octets)
    return concatOctets(pieces)
  }

  /** The same as {@link toBytes} by and by, in constant memory. @throws IllegalStateException when it has no sender or a stream was read before. */
  toStream(): Readable {
    return Readable.from(this.#compose().content, { objectMode: false })
  }

  /**
   * Envelope and octets, for `SmtpConnection.send` of `@obmen/mail/smtp`. An extension.
   *
   * @throws IllegalStateException when it has no sender, no recipients, or a stream that was read before; HeaderInvalid when something in it can't be written.
   */
  prepare(): PreparedEmail {
    const envelope = envelopeOf(this.fields)
    return { envelope, ...this.#compose() }
  }

  /** Who writes to whom about what, on one line. */
  override toString(): string {
    const sender = this.sender?.toString() ?? ''
    return `${sender} → ${this.recipients.join(', ')}: ${this.subject ?? ''}`
  }

  #compose(): ComposedEmail {
    return composeEmail({
      fields: this.fields,
      texts: this.#texts,
      attachments: this.#attachments,
      calendar: this.#calendar,
    })
  }

  #attach(
    content: AttachmentContent,
    facts: { name: string; contentType: string; id?: string; isInline?: boolean },
  ): EmailAttachment {
    const { name, contentType, id = '', isInline = false } = facts
    const attachment = new EmailAttachment({
      name,
      contentType: contentType || UNKNOWN_TYPE,
      id,
      disposition: isInline ? 'inline' : undefined,
      content,
    })
    this.#attachments.push(attachment)
    return attachment
  }
}
