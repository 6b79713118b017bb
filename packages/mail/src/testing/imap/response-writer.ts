import { concatOctets, octetsOf } from '../../base/octets.ts'
import { MailboxName, type NameEncoding } from '../../imap/mailbox-name.ts'

/** Text that may stand between quotes. */
const QUOTABLE = /^[\u0020-\u007e]*$/
/** Longer than this a text goes as a literal. */
const MAX_QUOTED = 1_000

/** Writes one response (RFC 9051 §7): texts as they stand, strings in quotes or as literals. */
export class ResponseWriter {
  readonly #parts: Uint8Array[] = []

  /** What the protocol itself says. */
  text(text: string): this {
    this.#parts.push(octetsOf(text))
    return this
  }

  string(text: string): this {
    if (text.length > MAX_QUOTED || !QUOTABLE.test(text)) return this.literal(octetsOf(text))
    return this.text(`"${text.replaceAll(/["\\]/g, '\\$&')}"`)
  }

  nstring(text: string | undefined): this {
    return text === undefined ? this.text('NIL') : this.string(text)
  }

  mailbox(name: string, encoding: NameEncoding): this {
    return this.string(new TextDecoder().decode(MailboxName.of(name).octets(encoding)))
  }

  literal(octets: Uint8Array): this {
    this.text(`{${octets.length}}\r\n`)
    this.#parts.push(octets)
    return this
  }

  /** What `write` writes of each, with a space between each two. */
  spaced<Item>(items: Iterable<Item>, write: (item: Item) => void): this {
    let isFirst = true
    for (const item of items) {
      if (!isFirst) this.text(' ')
      isFirst = false
      write(item)
    }
    return this
  }

  /** The response, with its end. */
  take(): Uint8Array {
    return concatOctets([...this.#parts, octetsOf('\r\n')])
  }
}

/** A response that is text alone. */
export function line(text: string): Uint8Array {
  return octetsOf(`${text}\r\n`)
}
