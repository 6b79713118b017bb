import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mediaTypeOf } from '../../mime/media-types.ts'
import type { AttachmentContent } from '../attachment-content.ts'
import { EmailAttachment, LETTER_TYPE } from '../email-attachment.ts'
import { printAs } from '../print-as.ts'
import { BinaryData } from './binary-data.ts'
import { InternetMailCollection } from './collection.ts'
import { InternetMailAttachmentEncodingMode } from './enumerations.ts'

/** What octets are that nobody says anything about (RFC 2046 §4.5.1). */
const UNKNOWN_TYPE = 'application/octet-stream'

/** A letter that becomes an attachment of another. */
export interface AttachableLetter {
  readonly subject: string
  getSourceData(): BinaryData
}

/** What an attachment can be made of: a file by its name, binary data, octets (an extension), or another letter. */
export type InternetMailAttachmentSource = string | URL | BinaryData | Uint8Array | AttachableLetter

/** A file of a letter. */
export class InternetMailAttachment {
  #data: BinaryData
  #fileName: string
  #mimeType: string
  /** What a mail program shows as its name, and saves it under. */
  name: string
  /** `Content-ID`: what `cid:` means in the HTML. Where the HTML says that, the attachment is shown there and not listed as a file. */
  cid = ''
  /** What a text that is attached is written in; empty when nobody says. */
  encoding = ''
  /** Attachments are written as MIME has it whatever is set. */
  encodingMode: InternetMailAttachmentEncodingMode = InternetMailAttachmentEncodingMode.Mime

  /**
   * The arguments are an extension. A letter is attached as it is now.
   *
   * @throws IllegalArgumentException when it is a file that is not there.
   */
  constructor(source: InternetMailAttachmentSource = new Uint8Array(), name: string = '') {
    if (isLetter(source)) {
      this.#data = source.getSourceData()
      this.#fileName = `${source.subject === '' ? 'message' : source.subject}.eml`
      this.#mimeType = LETTER_TYPE
    } else {
      this.#data = BinaryData.from(source)
      this.#fileName = fileNameOf(source)
      this.#mimeType = ''
    }
    this.name = name === '' ? this.#fileName : name
  }

  /** An attachment as it was found. */
  static received(found: EmailAttachment): InternetMailAttachment {
    const attachment = new InternetMailAttachment(found.data, found.name)
    attachment.#fileName = found.name
    attachment.#mimeType = found.contentType
    attachment.cid = found.isIdGiven ? found.id : ''
    attachment.encoding = found.parameters.get('charset') ?? ''
    return attachment
  }

  /**
   * What is attached. A letter in a letter is binary data too; `setSourceData` of a new `InternetMailMessage` reads it.
   *
   * @throws IllegalArgumentException when it is set to a file that is not there.
   */
  get data(): BinaryData {
    return this.#data
  }

  set data(data: BinaryData | Uint8Array) {
    this.#data = BinaryData.from(data)
  }

  /** The name of the file that it was made of, or that it came under. A stranger chose that: `safeFileName` of `@obmen/mail/mime` makes one to save it under. */
  get fileName(): string {
    return this.#fileName
  }

  /** `image/png`. What is not set follows from the name. */
  get mimeType(): string {
    return this.#mimeType || mediaTypeOf(this.name) || mediaTypeOf(this.#fileName) || UNKNOWN_TYPE
  }

  set mimeType(mimeType: string) {
    this.#mimeType = mimeType
  }

  /**
   * The same as the letter is composed of it.
   *
   * @param html Where it may be shown.
   * @throws IllegalArgumentException when the name, the type or the identifier can't stand in a letter.
   */
  toEmailAttachment(html: string): EmailAttachment {
    const { cid, encoding, mimeType, name } = this
    const isText = mimeType.startsWith('text/')
    const isShown = cid !== '' && html.includes(`cid:${cid}`)
    return new EmailAttachment({
      name,
      contentType: isText && encoding !== '' ? `${mimeType}; charset=${encoding}` : mimeType,
      id: cid,
      disposition: isShown ? 'inline' : undefined,
      content: this.#content,
    })
  }

  toString(): string {
    return this.name
  }

  toJSON(): object {
    const { name, mimeType } = this
    return { name, mimeType }
  }

  get #content(): AttachmentContent {
    return this.#data.content
  }
}

printAs(InternetMailAttachment, (it) => `InternetMailAttachment ${JSON.stringify(it)}`)

function isLetter(source: InternetMailAttachmentSource): source is AttachableLetter {
  return typeof source === 'object' && 'getSourceData' in source
}

function fileNameOf(source: string | URL | BinaryData | Uint8Array): string {
  if (typeof source === 'string') return basename(source)
  return source instanceof URL ? basename(fileURLToPath(source)) : ''
}

/** The attachments of a letter. */
export class InternetMailAttachments extends InternetMailCollection<InternetMailAttachment> {
  /**
   * Attaches a file, which is read when the letter is sent; data, or another letter as it is now.
   *
   * @param name What a mail program shows; by default the name of the file.
   * @returns the attachment. @throws IllegalArgumentException when there is no such file.
   */
  add(
    source: InternetMailAttachmentSource | InternetMailAttachment,
    name: string = '',
  ): InternetMailAttachment {
    const added =
      source instanceof InternetMailAttachment ? source : new InternetMailAttachment(source, name)
    this.push(added)
    return added
  }
}
