import { MailError } from '../base/mail-error.ts'
import type { Pop3Connection as Pop3Session } from '../net/pop3-client.ts'
import type { Pop3Refusals } from '../pop3/batch.ts'
import { Pop3DeletionsUnconfirmed } from '../pop3/errors.ts'
import { chosenIndexes, type ChosenLetters } from './chosen-indexes.ts'
import { ConnectionEmail, ConnectionEmailHeaders } from './connection-email.ts'
import { IllegalStateException } from './exception.ts'
import { LazySession, type MailboxArguments, type MailboxOptions } from './lazy-session.ts'
import { EmailDeletionException, inMailbox } from './mailbox-exception.ts'
import { MailboxConnection } from './mailbox-connection.ts'
import { readArguments } from './named-arguments.ts'
import { openPop3Session } from './open-mailbox.ts'
import type { Pop3ConnectionParameters } from './pop3-connection-parameters.ts'
import { retrieveEmails, retrieveHeaders } from './pop3-letters.ts'
import { printAs } from './print-as.ts'

/** A maildrop that was opened, and how many letters there were. */
interface OpenMaildrop {
  readonly session: Pop3Session
  readonly count: number
}

/**
 * A mailbox that is read by POP3. Letters are known by their index: from 0, oldest first, and the same until the connection is closed. Letters that come
 * meanwhile are seen by the next connection.
 *
 * A connection that is lost stays so, unlike that of an `ImapConnection`: indexes mean letters as long as it lasts (RFC 1939 §5), and the next one may have others. None was deleted then. Make another
 * connection, and recognise letters by their `messageId`.
 *
 * {@link connect} connects at once; an object made by `new` does when it is first asked for something. Whatever needs the server is awaited. Letters under
 * way are sent for together where the server offers PIPELINING; each is held in memory, with its attachments.
 *
 * @example
 * ```ts
 * import { PasswordEmailAuthentication, Pop3Connection, Pop3ConnectionParameters } from '@obmen/mail'
 *
 * const parameters = new Pop3ConnectionParameters(
 *   'pop.example.org',
 *   995,
 *   new PasswordEmailAuthentication('user', 'password'),
 * )
 * await using connection = await Pop3Connection.connect(parameters)
 * for (const { index, headers } of await connection.getEmailHeaders()) {
 *   if (headers.subject !== 'Stock') continue
 *   const { email } = await connection.getEmail(index)
 *   console.log(email.getTextAsString())
 *   await connection.markForDeletion([index])
 * }
 * ```
 */
export class Pop3Connection extends MailboxConnection<Pop3ConnectionParameters> {
  readonly #purgeOnDirectoryClose: boolean
  readonly #options: MailboxOptions
  readonly #maildrop: LazySession<OpenMaildrop>
  readonly #marked = new Set<number>()

  /**
   * Unless `purgeOnDirectoryClose` is false, letters that were marked for deletion are deleted when the connection is closed. The options are an extension.
   */
  constructor(
    parameters: Pop3ConnectionParameters,
    ...[purgeOnDirectoryClose = true, options = {}]: MailboxArguments
  ) {
    super(parameters)
    this.#purgeOnDirectoryClose = purgeOnDirectoryClose
    this.#options = readArguments(options, ['signal', 'log'])
    this.#maildrop = new LazySession(() => this.#open())
  }

  /**
   * Connects, logs in and counts the letters. An extension: the constructor of the documentation does that.
   *
   * @throws MailboxException when there is no connection, or the login is refused; IllegalStateException when the parameters have no authentication.
   */
  static async connect(
    parameters: Pop3ConnectionParameters,
    ...rest: MailboxArguments
  ): Promise<Pop3Connection> {
    return new Pop3Connection(parameters, ...rest).connect()
  }

  /** Connects, if that was not done yet. An extension. @throws MailboxException as {@link Pop3Connection.connect}. */
  override connect(): Promise<this> {
    return this.#maildrop.use(() => Promise.resolve(this))
  }

  override get purgeOnDirectoryClose(): boolean {
    return this.#purgeOnDirectoryClose
  }

  /** Whether the connection was made, and has neither been closed nor been lost as far as anybody knows. */
  override isConnected(): boolean {
    return this.#maildrop.current?.session.isOpen === true
  }

  /** How many letters there were when the connection was made. */
  getEmailCount(): Promise<number> {
    return this.#maildrop.use(({ count }) => Promise.resolve(count))
  }

  /**
   * The headers of letters: of all, of those with these indexes, or from one index to another, both included.
   *
   * @throws IllegalArgumentException when there is no letter of an index, MailboxException when the letters can't be read.
   */
  getEmailHeaders(): Promise<readonly ConnectionEmailHeaders[]>
  getEmailHeaders(indexes: readonly number[]): Promise<readonly ConnectionEmailHeaders[]>
  getEmailHeaders(startIndex: number, endIndex: number): Promise<readonly ConnectionEmailHeaders[]>
  async getEmailHeaders(...chosen: ChosenLetters): Promise<readonly ConnectionEmailHeaders[]> {
    const read = await this.#read('reading headers', chosen, retrieveHeaders)
    return read.map(([index, headers]) => new ConnectionEmailHeaders({ index, headers }))
  }

  /** Letters: all, those with these indexes, or from one index to another, both included. @throws as {@link getEmailHeaders}. */
  getEmails(): Promise<readonly ConnectionEmail[]>
  getEmails(indexes: readonly number[]): Promise<readonly ConnectionEmail[]>
  getEmails(startIndex: number, endIndex: number): Promise<readonly ConnectionEmail[]>
  async getEmails(...chosen: ChosenLetters): Promise<readonly ConnectionEmail[]> {
    const read = await this.#read('reading letters', chosen, retrieveEmails)
    return read.map(([index, email]) => {
      const markedForDeletion = this.#marked.has(index)
      return new ConnectionEmail({ index, markedForDeletion, email })
    })
  }

  /** One letter. @throws as {@link getEmailHeaders}. */
  async getEmail(index: number): Promise<ConnectionEmail> {
    const [letter] = await this.getEmails([index])
    if (letter !== undefined) return letter
    throw new IllegalStateException(`the letter ${index} did not come`)
  }

  /**
   * Marks letters for deletion, or takes the mark away. The server is told when the connection is closed, and only if it is to purge.
   *
   * @throws IllegalArgumentException when there is no letter of an index.
   */
  markForDeletion(indexes: readonly number[], ...[set = true]: [set?: boolean]): Promise<void> {
    return this.#maildrop.use(({ count }) => {
      for (const index of chosenIndexes([indexes], count)) {
        if (set) this.#marked.add(index)
        else this.#marked.delete(index)
      }
      return Promise.resolve()
    })
  }

  /**
   * Closes the connection when everything that was asked for before is done. When it is to purge, the letters that were marked are deleted. Does nothing the second time.
   *
   * @throws EmailDeletionException when not all of them were, or nobody knows.
   */
  override close(): Promise<void> {
    return this.#maildrop.close(({ session }) => this.#close(session))
  }

  /** What is read of the chosen letters, each with its index, without those that are gone. */
  #read<Read>(
    attempt: string,
    chosen: ChosenLetters,
    retrieve: (
      session: Pop3Session,
      numbers: readonly number[],
    ) => Promise<ReadonlyMap<number, Read>>,
  ): Promise<readonly (readonly [index: number, read: Read])[]> {
    return this.#maildrop.use(async ({ session, count }) => {
      const indexes = chosenIndexes(chosen, count)
      const read = await inMailbox(attempt, () => retrieve(session, numbersOf(indexes)))
      return indexes.flatMap((index) => {
        const one = read.get(index + 1)
        return one === undefined ? [] : [[index, one] as const]
      })
    })
  }

  async #open(): Promise<OpenMaildrop> {
    const session = await openPop3Session(this.parameters, this.#options)
    try {
      const { count } = await inMailbox('opening the mailbox', () => session.stat())
      return { session, count }
    } catch (error) {
      session.abandon()
      throw error
    }
  }

  async #close(session: Pop3Session): Promise<void> {
    const indexes = this.#purgeOnDirectoryClose ? [...this.#marked] : []
    if (indexes.length === 0) return session.close()
    let refusals: Pop3Refusals
    try {
      refusals = await session.deleteAll(numbersOf(indexes))
    } catch (cause) {
      // Without QUIT the server deletes nothing.
      session.abandon()
      if (!(cause instanceof MailError)) throw cause
      throw new EmailDeletionException({ indexes, outcome: 'kept', cause })
    }
    try {
      await session.close()
    } catch (cause) {
      if (!(cause instanceof Pop3DeletionsUnconfirmed)) throw cause
      throw new EmailDeletionException({ indexes, outcome: cause.outcome, cause })
    }
    const [cause] = refusals.values()
    if (cause === undefined) return
    const kept = [...refusals.keys()].map((number) => number - 1)
    throw new EmailDeletionException({ indexes: kept, outcome: 'kept', cause })
  }
}

function numbersOf(indexes: readonly number[]): readonly number[] {
  return [...new Set(indexes)].map((index) => index + 1)
}

printAs(Pop3Connection, (connection) => `Pop3Connection ${JSON.stringify(connection)}`)
