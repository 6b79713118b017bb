import type { LetterFolder } from './letter-folder.ts'

/** A letter as it lies in a mailbox: what was true when {@link Mailbox.letters} was called. */
export class StoredLetter {
  /** Unique in its mailbox, growing in the order of arrival, never given twice. */
  readonly uid: number
  readonly sizeOctets: number
  /** Whether a reader has fetched the whole letter (POP3 RETR); looking at its top does not count. */
  readonly isRead: boolean
  readonly #load: () => Uint8Array

  constructor(facts: { uid: number; sizeOctets: number; isRead: boolean }, load: () => Uint8Array) {
    this.uid = facts.uid
    this.sizeOctets = facts.sizeOctets
    this.isRead = facts.isRead
    this.#load = load
  }

  /** The whole letter. With a folder it is read from the disk each time, and gone once the letter is removed. */
  get octets(): Uint8Array {
    return this.#load()
  }

  asRead(): StoredLetter {
    return new StoredLetter(
      { uid: this.uid, sizeOctets: this.sizeOctets, isRead: true },
      this.#load,
    )
  }
}

export interface MailboxOptions {
  readonly address: string
  /** How many octets all letters together may have. Default: no limit. */
  readonly quotaOctets?: number
  /** Where the letters are kept. Default: in memory. */
  readonly folder?: LetterFolder
}

/**
 * The letters of one address, in the order of their arrival.
 *
 * @example
 * ```ts
 * import { startMailHost } from '@obmen/mail/testing'
 *
 * await using host = await startMailHost({ accounts: [{ address: 'shop@example.org', password: 'tanstaaf' }] })
 * const mailbox = host.mailbox('shop@example.org')
 * mailbox.put('Subject: hello\r\n\r\nA letter that no program sent.\r\n')
 * console.log(mailbox.letters().map(({ uid, isRead }) => ({ uid, isRead }))) // [ { uid: 1, isRead: false } ]
 * ```
 */
export class Mailbox {
  readonly address: string
  readonly quotaOctets: number
  readonly #folder: LetterFolder | undefined
  readonly #letters = new Map<number, StoredLetter>()
  #nextUid = 1
  #sizeOctets = 0
  #isLocked = false

  constructor(options: MailboxOptions) {
    this.address = options.address
    this.quotaOctets = options.quotaOctets ?? Number.POSITIVE_INFINITY
    this.#folder = options.folder
    const content = options.folder?.read()
    this.#nextUid = content?.nextUid ?? 1
    for (const entry of content?.entries ?? []) {
      this.#letters.set(entry.uid, new StoredLetter(entry, this.#loader(entry.uid)))
      this.#sizeOctets += entry.sizeOctets
    }
  }

  /** All letters, oldest first. */
  letters(): readonly StoredLetter[] {
    return [...this.#letters.values()]
  }

  /** The letter with this unique id, or `undefined` when there is none (any more). */
  letter(uid: number): StoredLetter | undefined {
    return this.#letters.get(uid)
  }

  /** The size of all letters together. */
  get sizeOctets(): number {
    return this.#sizeOctets
  }

  /** Whether a letter of this size still fits into the quota. */
  hasRoomFor(sizeOctets: number): boolean {
    return this.#sizeOctets + sizeOctets <= this.quotaOctets
  }

  /**
   * Puts a letter into the mailbox directly, as it is: one that a person sent, a bounce, a damaged one. The quota
   * is not asked; that is the business of whoever delivers. A text is written as UTF-8.
   */
  put(content: Uint8Array | string): StoredLetter {
    const octets = typeof content === 'string' ? new TextEncoder().encode(content) : content
    const uid = this.#nextUid++
    this.#folder?.writeLetter(uid, octets)
    const letter = new StoredLetter(
      { uid, sizeOctets: octets.length, isRead: false },
      this.#folder === undefined ? () => octets : this.#loader(uid),
    )
    this.#letters.set(uid, letter)
    this.#sizeOctets += letter.sizeOctets
    this.#saveState()
    return letter
  }

  /** Removes a letter. `false` says that there was none with this unique id. */
  remove(uid: number): boolean {
    const letter = this.#letters.get(uid)
    if (letter === undefined) return false
    this.#folder?.removeLetter(uid)
    this.#letters.delete(uid)
    this.#sizeOctets -= letter.sizeOctets
    this.#saveState()
    return true
  }

  /** Sets the read mark. A letter that is gone is left in peace. */
  markRead(uid: number): void {
    const letter = this.#letters.get(uid)
    if (letter === undefined || letter.isRead) return
    this.#letters.set(uid, letter.asRead())
    this.#saveState()
  }

  get isLocked(): boolean {
    return this.#isLocked
  }

  /**
   * Takes the exclusive-access lock of a maildrop (RFC 1939 §4), or returns `undefined` when somebody has it.
   * The returned function gives it back, once; further calls do nothing. Delivery does not need the lock.
   */
  lock(): (() => void) | undefined {
    if (this.#isLocked) return undefined
    this.#isLocked = true
    let isHeld = true
    return () => {
      if (isHeld) this.#isLocked = false
      isHeld = false
    }
  }

  #loader(uid: number): () => Uint8Array {
    return () => {
      if (this.#folder === undefined || !this.#letters.has(uid)) {
        throw new RangeError(`letter ${uid} of ${this.address} was removed`)
      }
      return this.#folder.readLetter(uid)
    }
  }

  #saveState(): void {
    const read = this.letters().filter((letter) => letter.isRead)
    this.#folder?.writeState(
      this.#nextUid,
      read.map((letter) => letter.uid),
    )
  }
}
