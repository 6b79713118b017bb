import { type SequenceSet, UidSet } from '../../imap/number-set.ts'
import type { LetterSet } from '../../imap/server-search-keys.ts'
import type { Mailbox, MailboxNews } from '../mailbox.ts'
import type { StoredLetter } from '../stored-letter.ts'
import { line } from './response-writer.ts'

/** What the client has switched on, as far as it changes how letters are spoken of. */
export interface Manner {
  /** Letters that went are named by their UIDs (QRESYNC, RFC 7162 §3.2.10). */
  readonly tellsVanished: boolean
  /** Changes are counted (CONDSTORE, RFC 7162 §3.1). */
  readonly countsChanges: boolean
  /** Revision 2 has no `\Recent`. */
  readonly hasRecent: boolean
}

/** A letter under the number that it has in the session. */
export interface NumberedLetter {
  readonly number: number
  readonly letter: StoredLetter
}

/**
 * A mailbox as one session has it open: numbers change only when the client is told so (RFC 9051 §7.5.1), whatever other sessions, POP3 and
 * SMTP do meanwhile.
 */
export class OpenMailbox {
  readonly mailbox: Mailbox
  readonly isReadOnly: boolean
  readonly #manner: () => Manner
  readonly #unwatch: () => void
  /** What the client knows of, in the order of its numbers. */
  #uids: number[]
  readonly #recentFrom: number
  readonly #removed = new Set<number>()
  readonly #flagged = new Set<number>()

  constructor(
    mailbox: Mailbox,
    options: {
      readonly isReadOnly: boolean
      readonly manner: () => Manner
      readonly onNews: () => void
    },
  ) {
    this.mailbox = mailbox
    this.isReadOnly = options.isReadOnly
    this.#manner = options.manner
    this.#uids = [...mailbox.uids()]
    this.#recentFrom = mailbox.recentFrom
    if (!this.isReadOnly) mailbox.claimRecent()
    this.#unwatch = mailbox.watch((news) => {
      this.#note(news)
      options.onNews()
    })
  }

  /** How many letters the client knows of. */
  get count(): number {
    return this.#uids.length
  }

  get recentCount(): number {
    return this.#uids.length - this.#indexOf(this.#recentFrom)
  }

  /** The number of the first letter that nobody has read; `undefined` when all are read. */
  get firstUnseen(): number | undefined {
    const index = this.#uids.findIndex((uid) => this.mailbox.letter(uid)?.isRead === false)
    return index < 0 ? undefined : index + 1
  }

  /** Leaves the mailbox. */
  close(): void {
    this.#unwatch()
  }

  /** The letters of a set that are still there, by their numbers. */
  letters(set: LetterSet, saved: readonly number[]): readonly NumberedLetter[] {
    if (set === 'saved') return saved.flatMap((uid) => this.#numbered(this.#indexOf(uid), uid))
    return this.#indexes(set).flatMap((index) => this.#numbered(index))
  }

  /** All letters that are still there. */
  all(): readonly NumberedLetter[] {
    return this.#uids.flatMap((uid, index) => this.#numbered(index, uid))
  }

  /** The flags of a letter, as this session sees them. */
  flagsOf({ uid, flags }: StoredLetter): readonly string[] {
    const isRecent = this.#manner().hasRecent && uid >= this.#recentFrom
    return isRecent ? [...flags, '\\Recent'] : [...flags]
  }

  /** The client has been told what flags this letter has. */
  forgetFlags(uid: number): void {
    this.#flagged.delete(uid)
  }

  /** `FETCH` with the flags of a letter. */
  flagsLine({ number, letter }: NumberedLetter): Uint8Array {
    const modSeq = this.#manner().countsChanges ? ` MODSEQ (${letter.modSeq})` : ''
    const flags = this.flagsOf(letter).join(' ')
    return line(`* ${number} FETCH (UID ${letter.uid} FLAGS (${flags})${modSeq})`)
  }

  /**
   * What has happened since the client was told last.
   *
   * @param removals whether letters that went may be told of: not in answer to a command that names letters by their numbers (RFC 9051 §7.5.1).
   */
  takeNews(removals: 'told' | 'kept'): readonly Uint8Array[] {
    return [
      ...(removals === 'told' ? this.#takeRemoved() : []),
      ...this.#takeArrived(),
      ...this.#takeFlagged(),
    ]
  }

  #note({ kind, uid }: MailboxNews): void {
    if (kind === 'removed') this.#removed.add(uid)
    if (kind === 'flagged') this.#flagged.add(uid)
  }

  #takeRemoved(): readonly Uint8Array[] {
    const gone = this.#uids.filter((uid) => this.#removed.has(uid))
    this.#removed.clear()
    if (gone.length === 0) return []
    const wanted = new Set(gone)
    const lines: Uint8Array[] = []
    if (this.#manner().tellsVanished) lines.push(line(`* VANISHED ${UidSet.of(gone).toString()}`))
    else {
      // From the last to the first, so that no number changes before it is named.
      for (let index = this.#uids.length - 1; index >= 0; index--) {
        if (wanted.has(this.#uids[index] ?? 0)) lines.push(line(`* ${index + 1} EXPUNGE`))
      }
    }
    this.#uids = this.#uids.filter((uid) => !wanted.has(uid))
    return lines
  }

  #takeArrived(): readonly Uint8Array[] {
    const last = this.#uids.at(-1) ?? 0
    const arrived = this.mailbox.uids().filter((uid) => uid > last)
    if (arrived.length === 0) return []
    this.#uids.push(...arrived)
    if (!this.isReadOnly) this.mailbox.claimRecent()
    const lines = [line(`* ${this.#uids.length} EXISTS`)]
    if (this.#manner().hasRecent) lines.push(line(`* ${this.recentCount} RECENT`))
    return lines
  }

  #takeFlagged(): readonly Uint8Array[] {
    const flagged = [...this.#flagged]
    this.#flagged.clear()
    return flagged.flatMap((uid) =>
      this.#numbered(this.#indexOf(uid), uid).map((letter) => this.flagsLine(letter)),
    )
  }

  #numbered(index: number, uid: number = this.#uids[index] ?? 0): readonly NumberedLetter[] {
    const letter = this.#uids[index] === uid ? this.mailbox.letter(uid) : undefined
    return letter === undefined ? [] : [{ number: index + 1, letter }]
  }

  /** RFC 9051 §9, `seq-range`: the last letter belongs to every range with `*`. */
  #indexes({ kind, ranges }: SequenceSet | UidSet): readonly number[] {
    const count = this.#uids.length
    const indexes: number[] = []
    const indexOf = (number: number): number =>
      kind === 'uid' ? this.#indexOf(number) : Math.min(number - 1, count)
    for (const { first, last } of ranges) {
      const isOpen = last === '*'
      const from = isOpen ? Math.min(indexOf(first), count - 1) : indexOf(first)
      const to = isOpen ? count : indexOf(last + 1)
      for (let index = Math.max(from, 0); index < to; index++) indexes.push(index)
    }
    return indexes
  }

  /** The place of the first UID that is not less. */
  #indexOf(uid: number): number {
    let [low, high] = [0, this.#uids.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#uids[middle] ?? 0) < uid) low = middle + 1
      else high = middle
    }
    return low
  }
}
