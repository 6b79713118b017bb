import type { ImapFlag } from '../imap/fetch-response.ts'
import { ConnectionEmail, ConnectionEmailHeaders } from './connection-email.ts'
import { EmailFlag, readFlags } from './email-flag.ts'
import type { EmailHeaders } from './email-headers.ts'
import type { Email } from './email.ts'
import type { MailboxException } from './mailbox-exception.ts'

/** What a server says of a letter beside its content. */
export interface ImapLetterFacts {
  readonly index: number
  readonly uid: number
  readonly imapFlags: readonly ImapFlag[]
}

/** A letter in a directory. Made by an `ImapEmailDirectory`. */
export class ImapConnectionEmail extends ConnectionEmail {
  readonly #uid: number
  readonly #flags: readonly EmailFlag[]
  readonly #keywords: readonly string[]

  constructor({ index, uid, imapFlags }: ImapLetterFacts, email: Email | MailboxException) {
    const { flags, keywords } = readFlags(imapFlags)
    super({ index, markedForDeletion: flags.includes(EmailFlag.Deleted), email })
    this.#uid = uid
    this.#flags = flags
    this.#keywords = keywords
  }

  /** Tells the letter from every other of its directory, for as long as `getUidValidity` gives the same. Younger letters have greater ones, with gaps. */
  get uid(): number {
    return this.#uid
  }

  /** What the letter was marked with when it was read. */
  get flags(): readonly EmailFlag[] {
    return this.#flags
  }

  /** Marks that have no {@link EmailFlag}: `$Junk`. An extension. */
  get keywords(): readonly string[] {
    return this.#keywords
  }

  override toJSON(): object {
    return { uid: this.#uid, flags: this.#flags, ...super.toJSON() }
  }
}

/** The headers of a letter in a directory. Made by an `ImapEmailDirectory`. */
export class ImapConnectionEmailHeaders extends ConnectionEmailHeaders {
  readonly #uid: number
  readonly #flags: readonly EmailFlag[]
  readonly #keywords: readonly string[]

  constructor(
    { index, uid, imapFlags }: ImapLetterFacts,
    headers: EmailHeaders | MailboxException,
  ) {
    super({ index, headers })
    const { flags, keywords } = readFlags(imapFlags)
    this.#uid = uid
    this.#flags = flags
    this.#keywords = keywords
  }

  /** As {@link ImapConnectionEmail.uid}. */
  get uid(): number {
    return this.#uid
  }

  /** What the letter was marked with when its headers were read. */
  get flags(): readonly EmailFlag[] {
    return this.#flags
  }

  /** Marks that have no {@link EmailFlag}. An extension. */
  get keywords(): readonly string[] {
    return this.#keywords
  }

  override toJSON(): object {
    return { uid: this.#uid, flags: this.#flags, ...super.toJSON() }
  }
}
