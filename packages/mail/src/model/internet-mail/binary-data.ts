import { open, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { NO_OCTETS, concatOctets, copyOctets } from '../../base/octets.ts'
import { contentOf, type AttachmentContent } from '../attachment-content.ts'
import { IllegalStateException } from '../exception.ts'
import { FileContent } from '../file-content.ts'
import { printAs } from '../print-as.ts'

/** What binary data can be given as: itself, octets, or the name of a file. */
export type BinaryDataInput = BinaryData | Uint8Array | string | URL

/**
 * Octets, or a file that has them. Immutable; a file is read each time it is asked for.
 *
 * @example
 * ```ts
 * import { BinaryData } from '@obmen/mail/internet-mail'
 *
 * const data = new BinaryData('Message_CB_S01_7.xml')
 * console.log(data.size())
 * await data.write('copy.xml')
 * ```
 */
export class BinaryData {
  #content: AttachmentContent

  /**
   * @param source A file, by its name. Octets are an extension.
   * @throws IllegalArgumentException when there is no such file.
   */
  constructor(source: string | URL | Uint8Array) {
    if (source instanceof Uint8Array) this.#content = contentOf(source)
    else this.#content = new FileContent(source instanceof URL ? fileURLToPath(source) : source)
  }

  /** What somebody gave as binary data. @throws IllegalArgumentException when it is a file that is not there. */
  static from(given: BinaryDataInput): BinaryData {
    return given instanceof BinaryData ? given : new BinaryData(given)
  }

  /** What can be read by and by. */
  static ofContent(content: AttachmentContent): BinaryData {
    const data = new BinaryData(NO_OCTETS)
    data.#content = content
    return data
  }

  /** The same for a letter that it is attached to. */
  get content(): AttachmentContent {
    return this.#content
  }

  /**
   * Writes everything into a file, piece by piece. What the file had before is gone; but the file that the data is read from stays as it is.
   *
   * @throws what the file system throws. Of a name that came with a letter take `safeFileName` of `@obmen/mail/mime`: a stranger chose it.
   */
  async write(fileName: string | URL): Promise<void> {
    if (this.#content instanceof FileContent) {
      const target = await stat(fileName, { bigint: true }).catch(() => undefined)
      // To open it would empty it, before anything was read.
      if (target !== undefined && this.#content.isFile(target)) return
    }
    await using file = await open(fileName, 'w')
    for await (const octets of this.#content.open()) await file.writeFile(octets)
  }

  /** How many octets there are. @throws IllegalStateException when nobody knows before they are read. */
  size(): number {
    const { sizeOctets } = this.#content
    if (sizeOctets !== undefined) return sizeOctets
    throw new IllegalStateException('the size of the data is not known before it is read')
  }

  /** The octets by and by. */
  openStreamForRead(): Readable {
    return Readable.from(this.#content.open(), { objectMode: false })
  }

  /** All octets, in memory. An extension. */
  async readData(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    for await (const octets of this.#content.open()) pieces.push(copyOctets(octets))
    return concatOctets(pieces)
  }

  toJSON(): object {
    return { sizeOctets: this.#content.sizeOctets }
  }
}

printAs(BinaryData, (data) => `BinaryData ${JSON.stringify(data)}`)
