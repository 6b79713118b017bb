import { readFileSync, statSync, type BigIntStats, type Stats } from 'node:fs'
import { escapePeerWords } from '../base/peer-words.ts'
import { fileOctets } from '../net/file-octets.ts'
import type { AttachmentContent } from './attachment-content.ts'
import { IllegalArgumentException } from './exception.ts'
import { quoted } from './quoted.ts'

/** A file, read anew each time. */
export class FileContent implements AttachmentContent {
  readonly isUsedUp = false
  readonly #path: string

  /** @throws IllegalArgumentException when there is no such file. */
  constructor(path: string) {
    this.#path = path
    if (!this.#stat().isFile()) {
      throw new IllegalArgumentException(`attaching ${quoted(path)} failed: it is no file`)
    }
  }

  get sizeOctets(): number {
    return this.#stat().size
  }

  /** Whether that is this file, under whatever name. */
  isFile({ dev, ino }: BigIntStats): boolean {
    const own = statSync(this.#path, { bigint: true, throwIfNoEntry: false })
    return own?.dev === dev && own.ino === ino
  }

  open(): AsyncIterable<Uint8Array> {
    return fileOctets(this.#path)
  }

  read(): Uint8Array {
    return readFileSync(this.#path)
  }

  #stat(): Stats {
    try {
      return statSync(this.#path)
    } catch (error) {
      const reason = error instanceof Error ? `: ${escapePeerWords(error.message)}` : ''
      throw new IllegalArgumentException(`attaching ${quoted(this.#path)} failed${reason}`, error)
    }
  }
}
