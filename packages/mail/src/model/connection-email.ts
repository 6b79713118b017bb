import type { EmailHeaders } from './email-headers.ts'
import type { Email } from './email.ts'
import { MailboxException } from './mailbox-exception.ts'
import { printAs } from './print-as.ts'

/** A letter in a mailbox. Made by a connection. */
export class ConnectionEmail {
  readonly #index: number
  readonly #markedForDeletion: boolean
  readonly #email: Email | MailboxException

  constructor(facts: {
    readonly index: number
    readonly markedForDeletion: boolean
    readonly email: Email | MailboxException
  }) {
    this.#index = facts.index
    this.#markedForDeletion = facts.markedForDeletion
    this.#email = facts.email
  }

  /** Its place among the letters, counted from 0, oldest first. By POP3 it stays what it is until the connection is closed; by IMAP until a letter before it is purged. */
  get index(): number {
    return this.#index
  }

  /** Whether it was marked for deletion when it was read. */
  get markedForDeletion(): boolean {
    return this.#markedForDeletion
  }

  /** The letter itself. @throws MailboxException when the server refused it, or it is larger than any letter should be in some respect; the others are read all the same. */
  get email(): Email {
    if (this.#email instanceof MailboxException) throw this.#email
    return this.#email
  }

  /** Index and letter, on one line. */
  toString(): string {
    return `${this.#index}: ${this.#email.toString()}`
  }

  toJSON(): object {
    const { index, markedForDeletion } = this
    return { index, markedForDeletion, email: this.#email }
  }
}

/** The headers of a letter in a mailbox. Made by a connection. */
export class ConnectionEmailHeaders {
  readonly #index: number
  readonly #headers: EmailHeaders | MailboxException

  constructor(facts: {
    readonly index: number
    readonly headers: EmailHeaders | MailboxException
  }) {
    this.#index = facts.index
    this.#headers = facts.headers
  }

  /** Its place among the letters, as {@link ConnectionEmail.index}. */
  get index(): number {
    return this.#index
  }

  /** @throws MailboxException when the server refused them; those of the others are read all the same. */
  get headers(): EmailHeaders {
    if (this.#headers instanceof MailboxException) throw this.#headers
    return this.#headers
  }

  /** Index, sender and subject, on one line. */
  toString(): string {
    if (this.#headers instanceof MailboxException) return `${this.#index}: ${this.#headers.message}`
    const { sender, subject } = this.#headers
    return `${this.#index}: ${sender?.toString() ?? ''}: ${subject ?? ''}`
  }

  toJSON(): object {
    return { index: this.#index, headers: this.#headers }
  }
}

printAs(ConnectionEmail, (letter) => `${letter.constructor.name} ${JSON.stringify(letter)}`)
printAs(ConnectionEmailHeaders, (letter) => `${letter.constructor.name} ${JSON.stringify(letter)}`)
