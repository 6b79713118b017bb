import { Readable } from 'node:stream'
import type { AttachmentContent, OctetStream } from './attachment-content.ts'
import { IllegalStateException } from './exception.ts'

/** Streams that were opened for a letter, whichever attachments they were given to: a second reader would find nothing, and send that. */
const opened = new WeakSet<OctetStream>()

/** A stream that somebody else has opened: it can be read once. */
export class StreamContent implements AttachmentContent {
  readonly sizeOctets = undefined
  readonly #stream: OctetStream

  constructor(stream: OctetStream) {
    this.#stream = stream
    // A file that can't be opened says so at once, and an error that nobody listens to ends the program. Whoever reads the stream gets the same error.
    if (stream instanceof Readable) stream.on('error', () => undefined)
  }

  get isUsedUp(): boolean {
    const stream = this.#stream
    return opened.has(stream) || (stream instanceof Readable && stream.readableEnded)
  }

  open(): AsyncIterable<Uint8Array> {
    if (this.isUsedUp) throw streamUsedUp()
    opened.add(this.#stream)
    return this.#stream
  }

  read(): Uint8Array {
    throw cannotBeReadAtOnce()
  }
}

/** A stream was read before, and there is no second time. */
export function streamUsedUp(): IllegalStateException {
  return new IllegalStateException(
    'the attachment can not be read again: its stream was read before; attach octets, a file, or a function that opens the stream',
  )
}

/** What has to be read as a stream is not there as octets. */
export function cannotBeReadAtOnce(): IllegalStateException {
  return new IllegalStateException(
    'the content of the attachment is a stream: it can not be had at once, but by readData()',
  )
}
