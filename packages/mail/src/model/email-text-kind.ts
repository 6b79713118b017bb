import { Enumeration } from './enumeration.ts'

/** What a text of a letter is written in. */
export class EmailTextKind extends Enumeration {
  static readonly PlainText: EmailTextKind = new EmailTextKind('PlainText', 0, 'text/plain')
  static readonly Html: EmailTextKind = new EmailTextKind('Html', 1, 'text/html')
  /** RFC 1896. Hardly any program shows it; HTML is what is meant nearly always. */
  static readonly RichText: EmailTextKind = new EmailTextKind('RichText', 2, 'text/enriched')

  readonly #contentType: string

  private constructor(name: string, index: number, contentType: string) {
    super(name, index)
    this.#contentType = contentType
    Object.freeze(this)
  }

  /** `text/plain`, `text/html`, `text/enriched`. */
  get contentType(): string {
    return this.#contentType
  }

  /**
   * The kind of a content type, `undefined` when it is none of the three. Case and parameters don't matter; `text/richtext` and `text/riched`, older
   * names of the same, are {@link RichText} too.
   */
  static byContentType(contentType: string): EmailTextKind | undefined {
    const [mediaType = ''] = contentType.split(';', 1)
    return BY_MEDIA_TYPE.get(mediaType.trim().toLowerCase())
  }
}

const BY_MEDIA_TYPE: ReadonlyMap<string, EmailTextKind> = new Map([
  ['text/plain', EmailTextKind.PlainText],
  ['text/html', EmailTextKind.Html],
  ['text/enriched', EmailTextKind.RichText],
  ['text/richtext', EmailTextKind.RichText],
  ['text/riched', EmailTextKind.RichText],
])
