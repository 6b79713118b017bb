import type { DraftList } from '../mime/message.ts'
import { toAddress, toAddresses } from './email-address.ts'
import type { AddressInput, EmailAddress } from './email-address.ts'
import { EmailHeaders } from './email-headers.ts'
import type { EmailImportance } from './email-importance.ts'
import {
  addHeader,
  allHeaders,
  readOneLine,
  removeHeader,
  setHeader,
  type HeaderValue,
} from './header-operations.ts'
import { append } from './append.ts'
import { LetterFields } from './letter-fields.ts'
import { toMessageId } from './structured-fields.ts'

/** The header section of a letter that is being written: what `Email` has of it. */
export abstract class EditableEmailHeaders extends EmailHeaders {
  override get importance(): EmailImportance {
    return super.importance
  }

  override set importance(importance: EmailImportance) {
    this.fields.importance = importance
  }

  override get messageId(): string | undefined {
    return super.messageId
  }

  /** The angle brackets may be left out. @throws IllegalArgumentException when it is no message identifier. */
  override set messageId(messageId: string | undefined) {
    const read = readOneLine('the messageId', messageId)
    this.fields.messageId = read === undefined ? undefined : toMessageId(read)
  }

  override get subject(): string | undefined {
    return super.subject
  }

  /** @throws IllegalArgumentException when it is no text, or has several lines. */
  override set subject(subject: string | undefined) {
    this.fields.subject = readOneLine('the subject', subject)
  }

  /**
   * `Content-Type` of the letter that was read. Set to a type of text, it says what the only text part is sent as; any other has no effect, because the structure follows from
   * the parts.
   */
  get contentType(): string | undefined {
    return this.fields.contentType
  }

  set contentType(contentType: string | undefined) {
    const read = readOneLine('the contentType', contentType)
    this.fields.contentType = read
    this.fields.isContentTypeSet = read !== undefined
  }

  /** `Sender`: who has sent the letter for the one it is from, and gets the reports of failed delivery. An extension. */
  get actualSender(): EmailAddress | undefined {
    return this.fields.actualSender
  }

  set actualSender(sender: EmailAddress | string | undefined) {
    this.fields.actualSender = sender === undefined ? undefined : toAddress(sender)
  }

  /** The letters that this one answers (`In-Reply-To`). An extension. */
  get inReplyTo(): readonly string[] {
    return this.fields.inReplyTo
  }

  set inReplyTo(messageIds: readonly string[]) {
    this.fields.inReplyTo = messageIds.map(toMessageId)
  }

  /** The conversation that this letter belongs to, oldest first (`References`). An extension. */
  get references(): readonly string[] {
    return this.fields.references
  }

  set references(messageIds: readonly string[]) {
    this.fields.references = messageIds.map(toMessageId)
  }

  /** Who wants to know that the letter was displayed (RFC 8098). An extension. */
  get readReceiptTo(): readonly EmailAddress[] {
    return this.fields.readReceiptTo
  }

  set readReceiptTo(addresses: AddressInput) {
    this.fields.readReceiptTo = toAddresses(addresses)
  }

  /** Who wants to know that the letter was delivered. An extension. */
  get deliveryReceiptTo(): readonly EmailAddress[] {
    return this.fields.deliveryReceiptTo
  }

  set deliveryReceiptTo(addresses: AddressInput) {
    this.fields.deliveryReceiptTo = toAddresses(addresses)
  }

  /** What the mailing list that this letter goes to says of itself, with the way to unsubscribe (RFC 2369, RFC 8058). An extension. */
  get list(): DraftList | undefined {
    return this.fields.list
  }

  set list(list: DraftList | undefined) {
    this.fields.list = list
  }

  addRecipients(recipients: AddressInput): this {
    append(this.fields.to, toAddresses(recipients))
    return this
  }

  addCcRecipients(recipients: AddressInput): this {
    append(this.fields.cc, toAddresses(recipients))
    return this
  }

  addBccRecipients(recipients: AddressInput): this {
    append(this.fields.bcc, toAddresses(recipients))
    return this
  }

  addReplyTo(addresses: AddressInput): this {
    append(this.fields.replyTo, toAddresses(addresses))
    return this
  }

  setSender(sender: EmailAddress | string): this {
    this.fields.from = [toAddress(sender)]
    return this
  }

  setRecipients(recipients: AddressInput): this {
    this.fields.to = toAddresses(recipients)
    return this
  }

  setCcRecipients(recipients: AddressInput): this {
    this.fields.cc = toAddresses(recipients)
    return this
  }

  setBccRecipients(recipients: AddressInput): this {
    this.fields.bcc = toAddresses(recipients)
    return this
  }

  setReplyTo(addresses: AddressInput): this {
    this.fields.replyTo = toAddresses(addresses)
    return this
  }

  /**
   * Adds values of a header field. `Content-…` and `MIME-Version` can't be set: they follow from the parts.
   *
   * @throws IllegalArgumentException when the name or a value can't be one (RFC 5322 §2.2), also for a second value of a field that a letter has only once.
   */
  addHeader(name: string, value: HeaderValue): this {
    addHeader(this.fields, name, value)
    return this
  }

  /** Replaces the values of a header field. @throws IllegalArgumentException as {@link addHeader}. */
  setHeader(name: string, value: HeaderValue): this {
    setHeader(this.fields, name, value)
    return this
  }

  removeHeader(name: string): this {
    removeHeader(this.fields, name)
    return this
  }

  /** Removes everything: sender, recipients, subject, own fields. Text and attachments stay. */
  clearHeaders(): this {
    const { contentType, isContentTypeSet } = this.fields
    Object.assign(this.fields, new LetterFields(), { contentType, isContentTypeSet })
    return this
  }

  /** All values of a header field, in their order. Recipients are one value together. */
  getAllHeaders(name: string): readonly string[] {
    return allHeaders(this.fields, name)
  }

  getFirstHeader(name: string): string | undefined {
    return this.getAllHeaders(name)[0]
  }
}
