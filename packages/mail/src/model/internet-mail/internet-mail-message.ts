import { LimitExceeded } from '../../base/limit-exceeded.ts'
import { decodeText } from '../../mime/charset.ts'
import type { DraftCalendar } from '../../mime/message.ts'
import { LetterContent } from '../attachment-content.ts'
import { composeEmail, envelopeOf, type ComposedEmail } from '../compose-email.ts'
import type { PreparedEmail } from '../email.ts'
import { IllegalArgumentException, IllegalStateException } from '../exception.ts'
import { headerOf } from '../letter-sections.ts'
import { printAs } from '../print-as.ts'
import { readHeaderSection } from '../read-email-headers.ts'
import { fieldsOf, readLetter, type ReadLetter } from '../read-letter.ts'
import { BinaryData, type BinaryDataInput } from './binary-data.ts'
import { InternetMailTextProcessing, InternetMailTextType } from './enumerations.ts'
import { htmlToText } from './html-to-text.ts'
import { importanceWord } from './importance.ts'
import { InternetMailAttachment, InternetMailAttachments } from './internet-mail-attachment.ts'
import { InternetMailMessageHeader } from './internet-mail-message-header.ts'
import { InternetMailText, InternetMailTexts } from './internet-mail-text.ts'
import { headerTextOf, type ReceivedOctets } from './received-message.ts'

/**
 * A letter: to be written and sent by `InternetMail`, or as it was read.
 *
 * @example
 * ```ts
 * import { InternetMailMessage } from '@obmen/mail/internet-mail'
 *
 * const message = new InternetMailMessage()
 * message.from = 'exchange@example.org'
 * message.to.add('exchange@example.org')
 * message.subject = 'СООБЩЕНИЕ_ОБМЕНА: Message_CB_S01_7.xml'
 * message.attachments.add('Message_CB_S01_7.xml')
 * ```
 */
export class InternetMailMessage extends InternetMailMessageHeader {
  readonly #texts = new InternetMailTexts()
  readonly #attachments = new InternetMailAttachments()
  #calendar: DraftCalendar | undefined
  /** What the letter was when it had been read. */
  #receivedState: readonly unknown[] = []

  /** A letter as a server gave it: the whole, or its header section only. A letter that is larger than any should be in some respect shows its header section, and says so in {@link parseStatus}. */
  static received(given: ReceivedOctets): InternetMailMessage {
    const message = new InternetMailMessage()
    try {
      message.#read(given)
    } catch (error) {
      const isTooLarge =
        error instanceof IllegalArgumentException && error.cause instanceof LimitExceeded
      if (!isTooLarge) throw error
      message.#readHeader(given)
    }
    return message
  }

  get texts(): InternetMailTexts {
    return this.#texts
  }

  get attachments(): InternetMailAttachments {
    return this.#attachments
  }

  /** The letter as it was received; one that was written or changed here, as it would be sent. @throws IllegalStateException when it has no sender, or only its headers were read. */
  getSourceData(): BinaryData {
    const { octets, isWhole } = this.received ?? {}
    const isUnchanged = isWhole === true && this.#isAsReceived()
    if (octets !== undefined && isUnchanged) return new BinaryData(octets)
    const { content } = this.#compose(this.#texts)
    return BinaryData.ofContent(new LetterContent(content, () => false))
  }

  /** The same as {@link getSourceData}, as text. @param encoding What the letter is written in; what none of it is, is taken as UTF-8. */
  async getSourceText(encoding: string = 'UTF-8'): Promise<string> {
    const octets = await this.getSourceData().readData()
    const decoded = decodeText(octets, encoding)
    return decoded.kind === 'decoded' ? decoded.text : new TextDecoder().decode(octets)
  }

  /**
   * Reads the letter from its octets, damaged ones as well as they can be: {@link parseStatus} tells. Whatever it was before is gone.
   *
   * @throws IllegalArgumentException when it is larger than any letter should be in some respect (`DEFAULT_MESSAGE_LIMITS` of `@obmen/mail/mime`).
   */
  setSourceData(data: BinaryDataInput): void {
    this.#read({ octets: BinaryData.from(data).content.read(), isWhole: true })
  }

  /** Gives a letter that has HTML, and no plain text, the same as plain text. */
  processTexts(): void {
    for (const text of this.#missingTexts()) this.#texts.add(text)
  }

  /**
   * Envelope and octets, for `SmtpConnection.send` of `@obmen/mail/smtp`. An extension.
   *
   * @throws IllegalStateException when it has no sender or no recipients, or only its headers were read; HeaderInvalid when something in it can't be written.
   */
  prepare(
    processing: InternetMailTextProcessing = InternetMailTextProcessing.Process,
  ): PreparedEmail {
    return { envelope: envelopeOf(this.toFields()), ...this.compose(processing) }
  }

  /** The octets, and the identifier in them. An extension. @throws as {@link prepare}. */
  compose(
    processing: InternetMailTextProcessing = InternetMailTextProcessing.Process,
  ): ComposedEmail {
    const isProcessed = processing === InternetMailTextProcessing.Process
    return this.#compose([...this.#texts, ...(isProcessed ? this.#missingTexts() : [])])
  }

  #compose(texts: readonly InternetMailText[]): ComposedEmail {
    if (this.received?.isWhole === false) {
      throw new IllegalStateException('only the headers of the letter were read: get it first')
    }
    const html = texts.find(({ textType }) => textType === InternetMailTextType.Html)?.text ?? ''
    const importance = importanceWord(this.importance)
    return composeEmail({
      fields: this.toFields(),
      texts: texts.map((text) => text.toTextPart()),
      attachments: this.#attachments.map((attachment) => attachment.toEmailAttachment(html)),
      calendar: this.#calendar,
      ...(importance && { importance }),
    })
  }

  #missingTexts(): readonly InternetMailText[] {
    const ofType = (wanted: InternetMailTextType): readonly InternetMailText[] =>
      this.#texts.filter(({ textType }) => textType === wanted)
    if (ofType(InternetMailTextType.PlainText).length > 0) return []
    return ofType(InternetMailTextType.Html).map(
      ({ text }) => new InternetMailText(htmlToText(text)),
    )
  }

  #read(given: ReceivedOctets): void {
    if (!given.isWhole) {
      this.#readHeader(given)
      return
    }
    const read = readLetter(given.octets)
    const headerOctets = headerOf(given.octets)
    this.#take(given, { read, headerOctets })
  }

  /** The header section, of a letter of which no more is there or no more can be read. */
  #readHeader(given: ReceivedOctets): void {
    const headerOctets = given.isWhole ? headerOf(given.octets) : given.octets
    const fields = fieldsOf(readHeaderSection(headerOctets))
    const nothing = { texts: [], attachments: [], calendar: undefined, isPartial: false }
    const read = { fields, hasBodyParsingErrors: given.isWhole, ...nothing }
    this.#take(given, { read, headerOctets })
  }

  #take(
    given: ReceivedOctets,
    { read, headerOctets }: { readonly read: ReadLetter; readonly headerOctets: Uint8Array },
  ): void {
    const { fields, texts, attachments, calendar, hasBodyParsingErrors, isPartial } = read
    const header = readHeaderSection(headerOctets)
    this.#texts.splice(0, Infinity, ...texts.map((text) => InternetMailText.received(text)))
    const found = attachments.map((attachment) => InternetMailAttachment.received(attachment))
    this.#attachments.splice(0, Infinity, ...found)
    this.#calendar = calendar
    const isDamaged = hasBodyParsingErrors || header.defects.length > 0
    const headerText = headerTextOf(headerOctets)
    this.takeHeader(fields, { ...given, header, headerText, isDamaged, isPartial })
    this.#receivedState = given.isWhole ? this.#state() : []
  }

  #isAsReceived(): boolean {
    const state = this.#state()
    const { length } = this.#receivedState
    return state.length === length && state.every((value, at) => value === this.#receivedState[at])
  }

  /** Everything that would be sent, value by value. */
  #state(): readonly unknown[] {
    const { from, to, cc, bcc, replyTo, readReceiptTo, deliveryReceiptTo, others, ...single } =
      this.toFields()
    const lists = [from, to, cc, bcc, replyTo, readReceiptTo, deliveryReceiptTo]
    const { sentDate, ...values } = single
    return [
      sentDate?.getTime(),
      ...Object.values(values),
      ...lists.flatMap((list) => [list.length, ...list.map(String)]),
      ...others.flatMap(({ name, value }) => [name, value]),
      this.importance,
      ...this.#texts.flatMap(({ text, textType }) => [text, textType]),
      ...this.#attachments.flatMap(({ data, name, cid, mimeType }) => [data, name, cid, mimeType]),
    ]
  }
}

printAs(InternetMailMessage, (message) => `InternetMailMessage ${JSON.stringify(message)}`)
