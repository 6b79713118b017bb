import { MailboxName } from '../imap/mailbox-name.ts'
import type { EmailDirectoryKind } from './email-directory-kind.ts'
import type { ImapConnectionParameters } from './imap-connection-parameters.ts'
import { ImapEmailDirectory } from './imap-email-directory.ts'
import { findByKind } from './imap-lookup.ts'
import { ImapTurns } from './imap-turns.ts'
import type { MailboxArguments } from './lazy-session.ts'
import { MailboxConnection } from './mailbox-connection.ts'
import { readArguments } from './named-arguments.ts'
import { openImapSession } from './open-mailbox.ts'
import { printAs } from './print-as.ts'

/**
 * A mailbox with directories that is read and changed by IMAP.
 *
 * {@link connect} connects at once; an object made by `new` does when it is first asked for something. Whatever needs the server is awaited. Several directories may
 * be open: the connection does what is asked of them one after the other.
 *
 * When the connection is lost, what was under way fails; what is asked for next connects again, once. Directories that were open are open still, and UIDs mean the same letters; a directory whose UIDVALIDITY
 * is another has to be opened anew. Who wants to hear of every change follows a mailbox with `followMailbox` of `@obmen/mail/imap`.
 *
 * @example
 * ```ts
 * import {
 *   EmailDirectoryKind,
 *   ImapConnection,
 *   ImapConnectionParameters,
 *   PasswordEmailAuthentication,
 * } from '@obmen/mail'
 *
 * const parameters = new ImapConnectionParameters(
 *   'imap.example.org',
 *   993,
 *   new PasswordEmailAuthentication('user', 'password'),
 * )
 * await using connection = await ImapConnection.connect(parameters)
 * const inbox = await connection.getDirectory(EmailDirectoryKind.Inbox)
 * await inbox?.open()
 * for (const { uid, headers } of (await inbox?.getEmailHeaders()) ?? []) {
 *   console.log(uid, headers.subject)
 * }
 * ```
 */
export class ImapConnection extends MailboxConnection<ImapConnectionParameters> {
  readonly #turns: ImapTurns

  /**
   * Unless `purgeOnDirectoryClose` is false, a directory that was open to be changed loses the letters that are marked for deletion when it is closed. The options are an extension.
   */
  constructor(
    parameters: ImapConnectionParameters,
    ...[purgeOnDirectoryClose = true, options = {}]: MailboxArguments
  ) {
    super(parameters)
    const given = readArguments(options, ['signal', 'log'])
    this.#turns = new ImapTurns({
      open: () => openImapSession(parameters, given),
      purges: purgeOnDirectoryClose,
    })
  }

  /**
   * Connects and logs in. An extension: the constructor of the documentation does that.
   *
   * @throws MailboxException when there is no connection, or the login is refused; IllegalStateException when the parameters have no authentication.
   */
  static async connect(
    parameters: ImapConnectionParameters,
    ...rest: MailboxArguments
  ): Promise<ImapConnection> {
    return new ImapConnection(parameters, ...rest).connect()
  }

  /** Connects, if that was not done yet. An extension. @throws MailboxException as {@link ImapConnection.connect}. */
  override async connect(): Promise<this> {
    await this.#turns.connect()
    return this
  }

  override get purgeOnDirectoryClose(): boolean {
    return this.#turns.purges
  }

  /** Whether the connection was made, and has neither been closed nor been lost as far as anybody knows. */
  override isConnected(): boolean {
    return this.#turns.isConnected
  }

  /**
   * A directory, which need not be there.
   *
   * @param name The full path, or what the directory is for: then it is the one that the server says is for that (RFC 6154), or the one with the English name of the kind.
   * @returns never `undefined`, which the documentation allows.
   * @throws IllegalStateException when the connection was closed, MailboxException when the server can't be asked.
   */
  getDirectory(name: EmailDirectoryKind | string): Promise<ImapEmailDirectory | undefined> {
    return this.#turns.inTurn('looking for a directory', async (imap) => {
      const found = typeof name === 'string' ? MailboxName.of(name) : await findByKind(imap, name)
      return this.#directory(found, await this.#turns.delimiter(imap))
    })
  }

  /** The directory that all others lie in. Its path is empty, and it holds no letters. @throws as {@link getDirectory}. */
  getDefaultDirectory(): Promise<ImapEmailDirectory | undefined> {
    return this.#turns.inTurn('looking for directories', async (imap) =>
      this.#directory(undefined, await this.#turns.delimiter(imap)),
    )
  }

  /** Closes all directories, and then the connection. Does nothing the second time. @throws MailboxException when letters that were marked could not be purged. */
  override close(): Promise<void> {
    return this.#turns.end()
  }

  #directory(name: MailboxName | undefined, delimiter: string): ImapEmailDirectory {
    return new ImapEmailDirectory({ turns: this.#turns, name, delimiter })
  }
}

printAs(ImapConnection, (connection) => `ImapConnection ${JSON.stringify(connection)}`)
