import { randomUUID } from 'node:crypto'
import { isAscii, isDotAtom } from '../address/character.ts'
import { parseContentDisposition, type ContentType } from '../mime/content-type.ts'
import type { DraftAttachment } from '../mime/message.ts'
import { isReference, parseMessageId } from '../mime/message-id.ts'
import { collect, type AttachmentContent } from './attachment-content.ts'
import { readAttachmentType, writableParameters } from './attachment-type.ts'
import { IllegalArgumentException } from './exception.ts'
import { readArguments } from './named-arguments.ts'
import { printAs } from './print-as.ts'
import { quoted } from './quoted.ts'

/** How something is attached; all of it may be left out. */
export interface AttachmentArguments {
  /** The file name. */
  readonly name?: string
  /** `image/png`, or `text/csv; charset=windows-1251`. By default what the end of the name speaks of, and UTF-8 for a text. */
  readonly contentType?: string
  /** What the HTML addresses it by: `logo` for `<img src="cid:logo">`. By default a random UUID. */
  readonly id?: string
  /** Shown inside the HTML, where that says `cid:`; not listed as a file. */
  readonly isInline?: boolean
}

const ARGUMENT_NAMES = ['name', 'contentType', 'id', 'isInline'] as const

/** The same in a row, as 1C has it, or by name. */
export type AttachmentOptions =
  | [given?: AttachmentArguments]
  | [name: string, contentType?: string, id?: string, isInline?: boolean]

/** @throws IllegalArgumentException when there is no argument of a name. */
export function readAttachmentOptions(options: AttachmentOptions): AttachmentArguments {
  const [first = '', contentType = '', id = '', isInline = false] = options
  // What stands behind a name that was left out counts all the same.
  if (typeof first === 'string') return { name: first, contentType, id, isInline }
  return readArguments<AttachmentArguments>(first, ARGUMENT_NAMES)
}

/** What an attachment is made with. */
export interface AttachmentFacts {
  readonly name: string
  readonly contentType: string
  /** Empty when nobody gave one. */
  readonly id: string
  readonly disposition: string | undefined
  readonly transferEncoding?: string | undefined
  readonly content: AttachmentContent
}

/** A letter in a letter (RFC 2046 §5.2.1). */
export const LETTER_TYPE = 'message/rfc822'

/** The same with UTF-8 in its header section: it has an address that can't be written otherwise (RFC 6532 §3.7). */
export const UTF8_LETTER_TYPE = 'message/global'

/** RFC 2045 §6.1 in the short form that RFC 2047 has for header fields. */
const SHORT_ENCODINGS: Readonly<Record<string, string>> = {
  b: 'base64',
  q: 'quoted-printable',
}

/** RFC 2045 §6.4 lets nothing else of these types be encoded, so a report from another letter goes on as octets. */
function writtenType(contentType: string): string {
  const isUnencodable = /^(?:multipart|message)\//.test(contentType)
  const isLetter = contentType === LETTER_TYPE || contentType === UTF8_LETTER_TYPE
  return isUnencodable && !isLetter ? 'application/octet-stream' : contentType
}

/** A file of a letter. Made by `attachData`, `attachFile` and `attachEmail`, or found by `Email.fromBytes`. */
export class EmailAttachment {
  readonly #name: string
  readonly #contentType: string
  #parameters: ReadonlyMap<string, string>
  #id: string
  /** Whether the identifier means something to somebody, so that it is written. */
  #isIdGiven: boolean
  #contentDisposition: string | undefined
  #transferEncoding: string | undefined
  #content: AttachmentContent

  /** @throws IllegalArgumentException when the name, the type or the identifier can't stand in a letter. */
  constructor(facts: AttachmentFacts) {
    this.#name = oneLine('name', facts.name)
    const { mediaType, parameters } = readAttachmentType(facts.contentType)
    this.#contentType = mediaType
    this.#parameters = parameters
    this.#isIdGiven = facts.id !== ''
    this.#id = facts.id === '' ? randomUUID() : contentId(facts.id)
    this.#contentDisposition = facts.disposition
    this.#transferEncoding = facts.transferEncoding
    this.#content = facts.content
  }

  /** One as it was found: whatever its identifier looks like, it can be read; one that could not be written again is not. */
  static received(facts: AttachmentFacts, { parameters }: ContentType): EmailAttachment {
    const attachment = new EmailAttachment({ ...facts, id: '' })
    if (facts.id !== '') attachment.#id = facts.id
    attachment.#isIdGiven = isWritable(facts.id)
    attachment.#parameters = writableParameters(parameters)
    return attachment
  }

  /**
   * The content. A file is read from the disk each time.
   *
   * @throws IllegalStateException when it is a stream; {@link readData} reads that.
   */
  get data(): Uint8Array {
    return this.#content.read()
  }

  /** The content, whatever it is made of. A stream is read to its end and kept, so that it can be sent afterwards. An extension. */
  async readData(): Promise<Uint8Array> {
    this.#content = await collect(this.#content)
    return this.#content.read()
  }

  /**
   * `Content-ID`, without angle brackets: what `cid:` means in the HTML.
   *
   * @throws IllegalArgumentException when it is set to something that can't be one.
   */
  get id(): string {
    return this.#id
  }

  set id(id: string) {
    this.#id = contentId(id)
    this.#isIdGiven = true
  }

  /** The file name; empty when there is none. */
  get name(): string {
    return this.#name
  }

  /** `image/png`, in lower case. Parameters that it was given or found with are sent with it and don't stand here. */
  get contentType(): string {
    return this.#contentType
  }

  /** `inline` or `attachment`, the latter also when it is `undefined`. Parameters are taken and not kept: the name is {@link name}. */
  get contentDisposition(): string | undefined {
    return this.#contentDisposition
  }

  set contentDisposition(disposition: string | undefined) {
    this.#contentDisposition =
      disposition === undefined
        ? undefined
        : parseContentDisposition(oneLine('contentDisposition', disposition)).disposition
  }

  /** How the content stood in the letter that was read: `base64`. What is written is encoded as it needs, whatever this is set to. `B` reads as `base64`. */
  get transferEncoding(): string | undefined {
    return this.#transferEncoding
  }

  set transferEncoding(encoding: string | undefined) {
    const name = encoding?.trim().toLowerCase()
    this.#transferEncoding = name === undefined ? undefined : (SHORT_ENCODINGS[name] ?? name)
  }

  /** Whether it is shown inside the HTML. An extension. */
  get isInline(): boolean {
    return this.#contentDisposition === 'inline'
  }

  /** Whether somebody gave it the {@link id}; one that was made up means nothing to anybody. An extension. */
  get isIdGiven(): boolean {
    return this.#isIdGiven
  }

  /** The parameters of its content type: `charset`. An extension. */
  get parameters(): ReadonlyMap<string, string> {
    return this.#parameters
  }

  /** Whether it was a stream that has been read, so that the letter can't be sent once more. An extension. */
  get isUsedUp(): boolean {
    return this.#content.isUsedUp
  }

  /** The same for a `MessageDraft` of `@obmen/mail/mime`. */
  toDraft(): DraftAttachment {
    const contentType = writtenType(this.#contentType)
    const isLetter = contentType === LETTER_TYPE
    const content = (isLetter ? this.#content.asLetter?.() : undefined) ?? this.#content
    const { sizeOctets } = content
    return {
      contentType,
      ...(!isLetter && contentType === this.#contentType && { parameters: this.#parameters }),
      content: () => content.open(),
      disposition: this.isInline ? 'inline' : 'attachment',
      ...(this.#name !== '' && { fileName: this.#name }),
      ...(sizeOctets !== undefined && { sizeOctets }),
      // Some programs take what has an identifier for a part of the HTML, and hide it.
      ...((this.isInline || this.#isIdGiven) && isWritable(this.#id) && { contentId: this.#id }),
      // To tell what a letter is made of takes a look at all of it. One that comes by and by may be in any script.
      ...(isLetter && { body: content.body ?? '8BITMIME' }),
    }
  }

  /** The name. */
  toString(): string {
    return this.#name
  }
}

printAs(
  EmailAttachment,
  ({ name, contentType }) => `EmailAttachment ${JSON.stringify({ name, contentType })}`,
)

function contentId(id: string): string {
  const bare = id.startsWith('<') && id.endsWith('>') ? id.slice(1, -1) : id
  if (isContentId(bare)) return bare
  throw new IllegalArgumentException(`${quoted(id)} can't be the id of an attachment`)
}

/** RFC 2045 §7 wants `left@right`, and everybody writes a word as well. */
function isContentId(id: string): boolean {
  return parseMessageId(`<${id}>`) === `<${id}>` || (isAscii(id) && isDotAtom(id))
}

/** Whether one that was found can be written again: many programs do not make them by the book. */
function isWritable(id: string): boolean {
  return isReference(`<${id}>`)
}

function oneLine(what: string, text: string): string {
  if (!/[^\P{Cc}\t]/u.test(text)) return text
  throw new IllegalArgumentException(`the ${what} of an attachment holds a control character`)
}
