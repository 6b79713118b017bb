import { octetsOf } from '../base/octets.ts'
import { decodeText } from '../mime/charset.ts'
import { MEDIA_TYPE } from '../mime/content-type.ts'
import { encodeCharset, isUtf8 } from './encode-charset.ts'
import { IllegalArgumentException } from './exception.ts'
import { EmailTextKind } from './email-text-kind.ts'
import { readArguments } from './named-arguments.ts'
import { printAs } from './print-as.ts'
import { quoted } from './quoted.ts'

/** The arguments of an {@link EmailTextPart} by name. */
export interface EmailTextPartArguments {
  readonly text: string
  readonly textKind?: EmailTextKind | string
  readonly charset?: string
}

/** A text part as it was read. */
export interface ReceivedTextPart {
  readonly octets: Uint8Array
  readonly contentType: string
  readonly charset: string | undefined
  readonly transferEncoding: string | undefined
  readonly isDamaged: boolean
}

/**
 * A text of a letter: plain, HTML, or another `text/…`. Immutable.
 *
 * @example
 * ```ts
 * import { Email, EmailTextKind, EmailTextPart } from '@obmen/mail'
 *
 * const email = new Email('shop-1@example.org', 'office@example.org', 'Stock')
 * email.setText([
 *   new EmailTextPart('All is there.'),
 *   new EmailTextPart('<b>All</b> is there.', EmailTextKind.Html),
 * ])
 * ```
 */
export class EmailTextPart {
  readonly #text: string
  #textKind: string | undefined
  #charset: string | undefined
  /** Made when it is asked for, if it is UTF-8: sending a letter doesn't need it. */
  #data: Uint8Array | undefined
  #transferEncoding: string | undefined
  #hasParsingErrors = false

  /**
   * @param textKind By default plain text; a content type may stand for it.
   * @param charset What {@link data} is in: UTF-8, or a charset of one octet a character. Letters are sent in UTF-8 whatever this says.
   * @throws IllegalArgumentException when the text is none, the content type is that of no text, or the text can't be written in the charset.
   */
  constructor(
    text: string | EmailTextPartArguments,
    textKind: EmailTextKind | string = EmailTextKind.PlainText,
    charset = 'UTF-8',
  ) {
    const given = readArguments<EmailTextPartArguments>(
      isArguments(text) ? text : { text, textKind, charset },
      ['text', 'textKind', 'charset'],
    )
    this.#text = textOf(given.text)
    this.#textKind = contentTypeOf(given.textKind ?? EmailTextKind.PlainText)
    this.#charset = given.charset ?? 'UTF-8'
    if (!isUtf8(this.#charset)) this.#data = encodeCharset(given.text, this.#charset)
  }

  /** A part as it was read: its text decoded, with LF as line ends; in an unknown charset, as UTF-8. */
  static received(part: ReceivedTextPart): EmailTextPart {
    const { octets, contentType, charset, transferEncoding } = part
    const decoded = decodeText(octets, charset)
    const isDecoded = decoded.kind === 'decoded'
    const text = isDecoded ? decoded.text : new TextDecoder().decode(octets)
    const received = new EmailTextPart(text.replaceAll('\r\n', '\n'))
    received.#textKind = contentType
    received.#charset = charset
    received.#data = octets
    received.#transferEncoding = transferEncoding
    received.#hasParsingErrors = part.isDamaged || !isDecoded || decoded.isDamaged
    return received
  }

  get text(): string {
    return this.#text
  }

  /** The content type: `text/html`. {@link EmailTextKind.byContentType} makes a kind of it. */
  get textKind(): string | undefined {
    return this.#textKind
  }

  /** The octets before they were decoded from their charset. */
  get data(): Uint8Array {
    this.#data ??= octetsOf(this.#text)
    return this.#data
  }

  /** `undefined` when the letter doesn't say. */
  get charset(): string | undefined {
    return this.#charset
  }

  /** `Content-Transfer-Encoding` of a letter that was read: `quoted-printable`. */
  get transferEncoding(): string | undefined {
    return this.#transferEncoding
  }

  /** Whether the text may not be what was written: octets that are none of the charset, a charset nobody here knows, a damaged encoding. */
  get hasParsingErrors(): boolean {
    return this.#hasParsingErrors
  }
}

printAs(
  EmailTextPart,
  ({ textKind, text }) => `EmailTextPart ${JSON.stringify({ textKind, text })}`,
)

function isArguments(text: string | EmailTextPartArguments): text is EmailTextPartArguments {
  return typeof text === 'object' && text !== null
}

/** Who writes no types may give anything, and a letter without its text must not pass for one with it. */
function textOf(text: unknown): string {
  if (typeof text === 'string') return text
  throw new IllegalArgumentException('the text of a letter was refused: it is no text')
}

function contentTypeOf(kind: EmailTextKind | string): string {
  if (kind instanceof EmailTextKind) return kind.contentType
  if (MEDIA_TYPE.test(kind) && /^text\//i.test(kind)) return kind.toLowerCase()
  throw new IllegalArgumentException(`${quoted(kind)} is no content type of a text`)
}
