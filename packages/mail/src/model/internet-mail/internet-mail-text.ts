import { EmailTextKind } from '../email-text-kind.ts'
import { EmailTextPart } from '../email-text-part.ts'
import { printAs } from '../print-as.ts'
import { BinaryData } from './binary-data.ts'
import { InternetMailCollection } from './collection.ts'
import { InternetMailTextType } from './enumerations.ts'

/** A text of a letter. */
export class InternetMailText {
  #text: string
  #data: Uint8Array | undefined
  textType: InternetMailTextType
  /** What a text that was read was written in. Letters are written in UTF-8 whatever it is. */
  encoding = 'UTF-8'

  /** The arguments are an extension. */
  constructor(text: string = '', textType: InternetMailTextType = InternetMailTextType.PlainText) {
    this.#text = text
    this.textType = textType
  }

  /** A text as it was read. */
  static received(part: EmailTextPart): InternetMailText {
    const kind = EmailTextKind.byContentType(part.textKind ?? '') ?? EmailTextKind.PlainText
    const received = new InternetMailText(part.text, TEXT_TYPES.get(kind))
    received.encoding = part.charset ?? ''
    received.#data = part.data
    return received
  }

  get text(): string {
    return this.#text
  }

  set text(text: string) {
    this.#text = text
    this.#data = undefined
  }

  /** The octets of the text; of one that was read, before they were decoded from {@link encoding}. */
  get data(): BinaryData {
    return new BinaryData(this.#data ?? this.toTextPart().data)
  }

  /** The same as the other object model has it. */
  toTextPart(): EmailTextPart {
    return new EmailTextPart(this.#text, TEXT_KINDS.get(this.textType))
  }

  toString(): string {
    return this.#text
  }

  toJSON(): object {
    return { textType: this.textType, text: this.#text }
  }
}

const TEXT_TYPES: ReadonlyMap<EmailTextKind, InternetMailTextType> = new Map([
  [EmailTextKind.Html, InternetMailTextType.Html],
  [EmailTextKind.PlainText, InternetMailTextType.PlainText],
  [EmailTextKind.RichText, InternetMailTextType.RichText],
])

const TEXT_KINDS: ReadonlyMap<InternetMailTextType, EmailTextKind> = new Map(
  [...TEXT_TYPES].map(([kind, type]) => [type, kind]),
)

printAs(InternetMailText, (text) => `InternetMailText ${JSON.stringify(text)}`)

/** The texts of a letter: plain text and HTML are the same in two forms, of which a mail program shows the one that it can. */
export class InternetMailTexts extends InternetMailCollection<InternetMailText> {
  /** @returns the text. */
  add(
    text: string | InternetMailText,
    textType: InternetMailTextType = InternetMailTextType.PlainText,
  ): InternetMailText {
    const added = text instanceof InternetMailText ? text : new InternetMailText(text, textType)
    this.push(added)
    return added
  }
}
