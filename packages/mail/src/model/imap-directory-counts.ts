import { printAs } from './print-as.ts'

/** How many letters a directory had when it was listed. An extension. */
export class ImapDirectoryCounts<Directory extends object = object> {
  readonly #directory: Directory
  readonly #emailCount: number
  readonly #unreadEmailCount: number

  constructor(
    directory: Directory,
    counts: { readonly emailCount: number; readonly unreadEmailCount: number },
  ) {
    this.#directory = directory
    this.#emailCount = counts.emailCount
    this.#unreadEmailCount = counts.unreadEmailCount
  }

  get directory(): Directory {
    return this.#directory
  }

  get emailCount(): number {
    return this.#emailCount
  }

  /** Those that are not marked as seen. */
  get unreadEmailCount(): number {
    return this.#unreadEmailCount
  }

  toJSON(): object {
    const { directory, emailCount, unreadEmailCount } = this
    return { directory, emailCount, unreadEmailCount }
  }
}

printAs(ImapDirectoryCounts, (counts) => `ImapDirectoryCounts ${JSON.stringify(counts)}`)
