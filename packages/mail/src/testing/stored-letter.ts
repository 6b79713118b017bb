/** What is known of a letter beside its octets. */
export interface LetterFacts {
  readonly uid: number
  readonly sizeOctets: number
  readonly flags: ReadonlySet<string>
  readonly internalDate: Date
  readonly modSeq: number
}

/** A letter as it lies in a mailbox: what was true when {@link Mailbox.letters} was called. */
export class StoredLetter {
  /** Unique in its mailbox, growing in the order of arrival, never given twice. */
  readonly uid: number
  readonly sizeOctets: number
  /** Its flags as IMAP writes them: `\Seen`, `\Deleted`, `$Junk`. */
  readonly flags: ReadonlySet<string>
  /** When it came into the mailbox, or was said to have come. */
  readonly internalDate: Date
  /** What the mailbox had counted to when the letter came or its flags changed last (RFC 7162). */
  readonly modSeq: number
  readonly #load: () => Uint8Array

  constructor(facts: LetterFacts, load: () => Uint8Array) {
    this.uid = facts.uid
    this.sizeOctets = facts.sizeOctets
    this.flags = facts.flags
    this.internalDate = facts.internalDate
    this.modSeq = facts.modSeq
    this.#load = load
  }

  /** Whether a reader has fetched the whole letter (POP3 RETR, IMAP without PEEK) or said that it has; looking at its top does not count. */
  get isRead(): boolean {
    return this.flags.has('\\Seen')
  }

  /** The whole letter. With a folder it is read from the disk each time, and gone once the letter is removed. */
  get octets(): Uint8Array {
    return this.#load()
  }

  withFlags(flags: ReadonlySet<string>, modSeq: number): StoredLetter {
    const { uid, sizeOctets, internalDate } = this
    return new StoredLetter({ uid, sizeOctets, internalDate, flags, modSeq }, this.#load)
  }
}
