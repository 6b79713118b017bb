import type { HeaderSection } from '../../mime/header-section.ts'
import type { EmailAddress } from '../email-address.ts'
import {
  addHeader,
  allHeaders,
  checkOneLine,
  removeHeader,
  setHeader,
  type HeaderValue,
} from '../header-operations.ts'
import { LetterFields } from '../letter-fields.ts'
import { readHeaderSection } from '../read-email-headers.ts'
import { toMessageId } from '../structured-fields.ts'
import {
  InternetMailMessageImportance,
  InternetMailMessageNonAsciiSymbolsEncodingMode,
  InternetMailMessageParseStatus,
} from './enumerations.ts'
import { importanceOf } from './importance.ts'
import { InternetMailAddress, InternetMailAddresses } from './internet-mail-address.ts'
import { dateOfArrival, postingDateOffset, type ReceivedOctets } from './received-message.ts'

/** What a letter was received as. */
export interface ReceivedMessage extends ReceivedOctets {
  readonly header: HeaderSection
  readonly headerText: string
  readonly isDamaged: boolean
  readonly isPartial: boolean
}

/** What the header section of a letter says, and what a server said of the letter: what `InternetMailMessage` has of it. */
export abstract class InternetMailMessageHeader {
  readonly #to = new InternetMailAddresses()
  readonly #cc = new InternetMailAddresses()
  readonly #bcc = new InternetMailAddresses()
  readonly #replyTo = new InternetMailAddresses()
  readonly #deliveryReceiptAddresses = new InternetMailAddresses()
  readonly #readReceiptAddresses = new InternetMailAddresses()
  #from: InternetMailAddress | undefined
  #senderName = ''
  /** What has no collection of its own. */
  #fields = new LetterFields()
  #received: ReceivedMessage | undefined

  importance: InternetMailMessageImportance = InternetMailMessageImportance.Normal
  /** Whether to ask for word that the letter has arrived; sent to {@link deliveryReceiptAddresses}, or to the sender. */
  requestDeliveryReceipt = false
  /** Whether to ask for word that the letter was read; sent to {@link readReceiptAddresses}, or to the sender. */
  requestReadReceipt = false
  /** Letters are written in UTF-8 whatever it is. */
  encoding = 'UTF-8'
  /** Letters are written as RFC 2047 has it whatever it is. */
  nonAsciiSymbolsEncodingMode: InternetMailMessageNonAsciiSymbolsEncodingMode =
    InternetMailMessageNonAsciiSymbolsEncodingMode.Mime

  /** What the letter is about. @throws IllegalArgumentException when it is set to several lines. */
  get subject(): string {
    return this.#fields.subject ?? ''
  }

  set subject(subject: string) {
    checkOneLine('the subject', subject)
    this.#fields.subject = subject
  }

  get to(): InternetMailAddresses {
    return this.#to
  }

  get cc(): InternetMailAddresses {
    return this.#cc
  }

  /** Who gets the letter without the others knowing. */
  get bcc(): InternetMailAddresses {
    return this.#bcc
  }

  /** Where answers go, when not to the sender. */
  get replyTo(): InternetMailAddresses {
    return this.#replyTo
  }

  /** Whom the letter is from. @throws EmailAddressException when it is set to something that is no address. */
  get from(): InternetMailAddress | undefined {
    return this.#from
  }

  set from(from: InternetMailAddress | EmailAddress | string | undefined) {
    if (from === undefined || from instanceof InternetMailAddress) this.#from = from
    else
      this.#from = new InternetMailAddress(from, typeof from === 'string' ? this.#senderName : '')
  }

  /** The name of {@link from}. */
  get senderName(): string {
    return this.#from?.displayName ?? this.#senderName
  }

  set senderName(name: string) {
    this.#senderName = name
    if (this.#from !== undefined) this.#from.displayName = name
  }

  /** `Date`: when it was sent, as a point in time. A letter that has none gets that of its sending on the way. It is written in the zone of this process (`TZ`). */
  get postingDate(): Date | undefined {
    return this.#fields.sentDate && new Date(this.#fields.sentDate)
  }

  set postingDate(date: Date | undefined) {
    this.#fields.sentDate = date && new Date(date)
  }

  /** How far the sender's clock was from UTC, in seconds; of a letter that was read. */
  get postingDateOffset(): number {
    return postingDateOffset(this.#received?.header)
  }

  /** When the server got the letter; of a letter that was read. */
  get dateReceived(): Date | undefined {
    const { dateReceived, header } = this.#received ?? {}
    return dateReceived ?? (header && dateOfArrival(header))
  }

  /** What the server calls the letter, for `get` and `deleteMessages` of `InternetMail`; empty when it came from no server. */
  get uid(): readonly string[] {
    return this.#received?.uids ?? []
  }

  /** The mailbox that it was read from; `undefined` where there is one only, and for a letter that came from no server. An extension. */
  get mailbox(): string | undefined {
    return this.#received?.mailbox
  }

  /** `Message-ID`, with its angle brackets; empty when there is none, and a new one with each sending then. @throws IllegalArgumentException when it is set to something else. */
  get messageId(): string {
    return this.#fields.messageId ?? ''
  }

  set messageId(messageId: string) {
    this.#fields.messageId = messageId === '' ? undefined : toMessageId(messageId)
  }

  /** The header section of a letter that was read, as it stands. */
  get header(): string {
    return this.#received?.headerText ?? ''
  }

  get deliveryReceiptAddresses(): InternetMailAddresses {
    return this.#deliveryReceiptAddresses
  }

  get readReceiptAddresses(): InternetMailAddresses {
    return this.#readReceiptAddresses
  }

  /** `Keywords`: words with commas between them. */
  get categories(): string {
    return this.getField('Keywords') ?? ''
  }

  set categories(categories: string) {
    this.#setOther('Keywords', categories)
  }

  get organization(): string {
    return this.getField('Organization') ?? ''
  }

  set organization(organization: string) {
    this.#setOther('Organization', organization)
  }

  /** The octets of a letter that was read, as the server says: they may be more or fewer. */
  get size(): number {
    const { sizeOctets, octets } = this.#received ?? {}
    return sizeOctets ?? octets?.length ?? 0
  }

  /** Whether something was wrong with the letter that was read. What could be read of it, is there. */
  get parseStatus(): InternetMailMessageParseStatus {
    const { ErrorsDetected, ErrorsNotDetected } = InternetMailMessageParseStatus
    return this.#received?.isDamaged === true ? ErrorsDetected : ErrorsNotDetected
  }

  /** Whether the letter is a fragment of one that was divided (`message/partial`, RFC 2046 §5.2.2). */
  get partial(): boolean {
    return this.#received?.isPartial ?? false
  }

  /** The value of a header field; `undefined` when there is none. */
  getField(name: string): string | undefined {
    const [value] = allHeaders(this.toFields(), name)
    return value ?? this.#received?.header.first(name)
  }

  /**
   * Adds a header field. One that is a property *is* that property: `setField('Cc', …)` adds to {@link cc}, `setField('Subject', …)` sets {@link subject}.
   *
   * @throws IllegalArgumentException, EmailAddressException when the name or the value can't be one.
   */
  setField(name: string, value: HeaderValue): void {
    const given = new LetterFields()
    addHeader(given, name, value)
    for (const [addresses, list] of this.#lists(given)) for (const each of addresses) list.add(each)
    if (given.readReceiptTo.length > 0) this.requestReadReceipt = true
    if (given.deliveryReceiptTo.length > 0) this.requestDeliveryReceipt = true
    const [from] = given.from
    if (from !== undefined) this.from = from
    else if (given.others.length > 0) addHeader(this.#fields, name, value)
    else if (allHeaders(given, name).length > 0) setHeader(this.#fields, name, value)
    if (given.importance !== undefined) {
      this.importance = importanceOf(readHeaderSection(NO_HEADER), given.importance)
    }
  }

  /** Who writes to whom about what, on one line. */
  toString(): string {
    return `${this.#from?.toString() ?? ''} → ${this.#to.join(', ')}: ${this.subject}`
  }

  toJSON(): object {
    const { from, to, subject, messageId, uid } = this
    return { from, to, subject, messageId, uid }
  }

  /** What the letter was received as; nothing when it was written here. */
  protected get received(): ReceivedMessage | undefined {
    return this.#received
  }

  /** The header section that would be sent. */
  protected toFields(): LetterFields {
    const fields = new LetterFields()
    const from = this.#from?.emailAddress
    const asked = (isAsked: boolean, addresses: InternetMailAddresses): EmailAddress[] => {
      if (!isAsked) return []
      return addresses.length === 0 && from ? [from] : toEmailAddresses(addresses)
    }
    return Object.assign(fields, this.#fields, {
      from: from === undefined ? [] : [from],
      to: toEmailAddresses(this.#to),
      cc: toEmailAddresses(this.#cc),
      bcc: toEmailAddresses(this.#bcc),
      replyTo: toEmailAddresses(this.#replyTo),
      readReceiptTo: asked(this.requestReadReceipt, this.#readReceiptAddresses),
      deliveryReceiptTo: asked(this.requestDeliveryReceipt, this.#deliveryReceiptAddresses),
      importance: undefined,
    })
  }

  #lists(
    fields: LetterFields,
  ): readonly (readonly [addresses: readonly EmailAddress[], list: InternetMailAddresses])[] {
    return [
      [fields.to, this.#to],
      [fields.cc, this.#cc],
      [fields.bcc, this.#bcc],
      [fields.replyTo, this.#replyTo],
      [fields.readReceiptTo, this.#readReceiptAddresses],
      [fields.deliveryReceiptTo, this.#deliveryReceiptAddresses],
    ]
  }

  /** Becomes what was read. */
  protected takeHeader(fields: LetterFields, received: ReceivedMessage): void {
    this.#fields = Object.assign(new LetterFields(), fields)
    this.#received = received
    this.#from = fields.from[0] && new InternetMailAddress(fields.from[0])
    this.#senderName = ''
    for (const [addresses, list] of this.#lists(fields)) {
      list.clear()
      for (const address of addresses) list.add(address)
    }
    this.requestReadReceipt = fields.readReceiptTo.length > 0
    this.requestDeliveryReceipt = fields.deliveryReceiptTo.length > 0
    this.importance = importanceOf(received.header, fields.importance)
  }

  #setOther(name: string, value: string): void {
    if (value === '') removeHeader(this.#fields, name)
    else setHeader(this.#fields, name, value)
  }
}

const NO_HEADER = new Uint8Array()

function toEmailAddresses(addresses: InternetMailAddresses): EmailAddress[] {
  return addresses.map(({ emailAddress }) => emailAddress)
}
