import type { LetterFolder } from './letter-folder.ts'
import { StoredLetter } from './stored-letter.ts'

/** How much several mailboxes may hold together. */
export interface Quota {
  readonly limitOctets: number
  usedOctets: number
}

export interface MailboxOptions {
  readonly address: string
  /** Shared with the other mailboxes of the account. Default: no limit. */
  readonly quota?: Quota
  /** Where the letters are kept. Default: in memory. */
  readonly folder?: LetterFolder
  /** Says that unique ids are those of this mailbox and no other (RFC 9051 §2.3.1.1). Default: 1, for as long as the mailbox lives. */
  readonly uidValidity?: number
  /** The clock of arrivals. Default: the real one. */
  readonly now?: () => Date
}

/** What a letter that is put into a mailbox has beside its octets. */
export interface PutOptions {
  /** As IMAP writes them: `\Seen`, `$Junk`. Default: none. */
  readonly flags?: Iterable<string>
  /** When it is said to have come. Default: now. */
  readonly internalDate?: Date
}

/** What has happened to a letter of a mailbox. */
export interface MailboxNews {
  readonly kind: 'arrived' | 'removed' | 'flagged'
  readonly uid: number
}

/**
 * The letters of one mailbox, in the order of their arrival. SMTP, POP3, IMAP and the test see the same ones, and each sees at once what the others do.
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
  readonly #quota: Quota
  readonly #folder: LetterFolder | undefined
  readonly #now: () => Date
  readonly #letters = new Map<number, StoredLetter>()
  readonly #watchers = new Set<(news: MailboxNews) => void>()
  readonly #removed: { readonly uid: number; readonly modSeq: number }[] = []
  #uidValidity: number | undefined
  #nextUid = 1
  #highestModSeq = 1
  #recentFrom: number
  #sizeOctets = 0
  #isLocked = false

  constructor(options: MailboxOptions) {
    this.address = options.address
    this.#quota = options.quota ?? { limitOctets: Number.POSITIVE_INFINITY, usedOctets: 0 }
    this.#folder = options.folder
    this.#now = options.now ?? ((): Date => new Date())
    const content = options.folder?.read()
    this.#uidValidity = content?.uidValidity ?? options.uidValidity ?? 1
    this.#nextUid = content?.nextUid ?? 1
    this.#highestModSeq = content?.highestModSeq ?? 1
    for (const entry of content?.entries ?? []) {
      const facts = { ...entry, modSeq: this.#highestModSeq }
      this.#letters.set(entry.uid, new StoredLetter(facts, this.#loader(entry.uid)))
      this.#grow(entry.sizeOctets)
    }
    this.#recentFrom = this.#nextUid
  }

  /** All letters, oldest first. */
  letters(): readonly StoredLetter[] {
    return [...this.#letters.values()]
  }

  /** The letter with this unique id, or `undefined` when there is none (any more). */
  letter(uid: number): StoredLetter | undefined {
    return this.#letters.get(uid)
  }

  /** The unique ids of all letters, ascending. */
  uids(): readonly number[] {
    return [...this.#letters.keys()]
  }

  /** The size of all letters together. */
  get sizeOctets(): number {
    return this.#sizeOctets
  }

  get quotaOctets(): number {
    return this.#quota.limitOctets
  }

  /** How much of the quota all mailboxes that share it take. */
  get quotaUsedOctets(): number {
    return this.#quota.usedOctets
  }

  /** `undefined`: unique ids last no longer than a connection. */
  get uidValidity(): number | undefined {
    return this.#uidValidity
  }

  /** The unique id that the next letter will have. */
  get nextUid(): number {
    return this.#nextUid
  }

  /** What the mailbox has counted to: each change is one more (RFC 7162). */
  get highestModSeq(): number {
    return this.#highestModSeq
  }

  /** From this unique id on, no IMAP session has been told of the letters (`\Recent`, RFC 3501 §2.3.2). */
  get recentFrom(): number {
    return this.#recentFrom
  }

  /** A session that may change the mailbox has been told of all its letters. */
  claimRecent(): void {
    this.#recentFrom = this.#nextUid
  }

  /** Whether a letter of this size still fits into the quota. */
  hasRoomFor(sizeOctets: number): boolean {
    return this.#quota.usedOctets + sizeOctets <= this.#quota.limitOctets
  }

  /**
   * Puts a letter into the mailbox directly, as it is: one that a person sent, a bounce, a damaged one. The quota
   * is not asked; that is the business of whoever delivers. A text is written as UTF-8.
   */
  put(content: Uint8Array | string, options: PutOptions = {}): StoredLetter {
    const octets = typeof content === 'string' ? new TextEncoder().encode(content) : content
    const uid = this.#nextUid++
    const internalDate = options.internalDate ?? this.#now()
    this.#folder?.writeLetter(uid, octets, internalDate)
    const letter = new StoredLetter(
      {
        uid,
        sizeOctets: octets.length,
        flags: new Set(options.flags),
        internalDate,
        modSeq: ++this.#highestModSeq,
      },
      this.#folder === undefined ? () => octets : this.#loader(uid),
    )
    this.#letters.set(uid, letter)
    this.#grow(letter.sizeOctets)
    this.#tell({ kind: 'arrived', uid })
    return letter
  }

  /** Removes a letter. `false` says that there was none with this unique id. */
  remove(uid: number): boolean {
    const letter = this.#letters.get(uid)
    if (letter === undefined) return false
    this.#folder?.removeLetter(uid)
    this.#letters.delete(uid)
    this.#removed.push({ uid, modSeq: ++this.#highestModSeq })
    this.#grow(-letter.sizeOctets)
    this.#tell({ kind: 'removed', uid })
    return true
  }

  /** Gives a letter these flags and no others. `false` says that there is no such letter. */
  setFlags(uid: number, flags: Iterable<string>): boolean {
    const letter = this.#letters.get(uid)
    if (letter === undefined) return false
    const changed = new Set(flags)
    if (changed.symmetricDifference(letter.flags).size === 0) return true
    this.#letters.set(uid, letter.withFlags(changed, ++this.#highestModSeq))
    this.#tell({ kind: 'flagged', uid })
    return true
  }

  /** Sets the read mark. A letter that is gone is left in peace. */
  markRead(uid: number): void {
    const letter = this.#letters.get(uid)
    if (letter !== undefined) this.setFlags(uid, [...letter.flags, '\\Seen'])
  }

  /**
   * The unique ids of letters that went after the mailbox had counted so far. After a restart nobody remembers which they were, and all that
   * ever were and are no more are among them.
   */
  removedSince(modSeq: number): readonly number[] {
    const remembered = this.#removed.filter((removed) => removed.modSeq > modSeq)
    const isWhole = this.#letters.size + this.#removed.length === this.#nextUid - 1
    if (isWhole) return remembered.map(({ uid }) => uid)
    return Array.from({ length: this.#nextUid - 1 }, (_, index) => index + 1).filter(
      (uid) => !this.#letters.has(uid),
    )
  }

  /** From now on the unique ids are said to be others, as after a repair of the mailbox; `undefined`: to last no longer than a connection. */
  renewUidValidity(uidValidity: number | undefined): void {
    this.#uidValidity = uidValidity
    this.#saveState()
  }

  /** Tells of every change from now on, until the returned function is called. */
  watch(tell: (news: MailboxNews) => void): () => void {
    this.#watchers.add(tell)
    return () => void this.#watchers.delete(tell)
  }

  get isLocked(): boolean {
    return this.#isLocked
  }

  /**
   * Takes the exclusive-access lock of a maildrop (RFC 1939 §4), or returns `undefined` when somebody has it.
   * The returned function gives it back, once; further calls do nothing. Neither delivery nor IMAP needs the lock.
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

  #grow(octets: number): void {
    this.#sizeOctets += octets
    this.#quota.usedOctets += octets
  }

  #tell(news: MailboxNews): void {
    this.#saveState()
    for (const tell of this.#watchers) tell(news)
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
    if (this.#folder === undefined) return
    const flags = this.letters().flatMap((letter) =>
      letter.flags.size === 0 ? [] : [[letter.uid, [...letter.flags]] as const],
    )
    this.#folder.writeState({
      ...(this.#uidValidity === undefined ? {} : { uidValidity: this.#uidValidity }),
      nextUid: this.#nextUid,
      highestModSeq: this.#highestModSeq,
      flags,
    })
  }
}
