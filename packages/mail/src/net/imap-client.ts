import { append } from '../imap/append.ts'
import type { AppendedLetter, AppendOptions } from '../imap/append.ts'
import type { ImapCapabilities } from '../imap/capabilities.ts'
import { compress } from '../imap/compress.ts'
import { DEFAULT_IMAP_LIMITS } from '../imap/limits.ts'
import type { ImapLimits } from '../imap/limits.ts'
import type { MailboxName } from '../imap/mailbox-name.ts'
import {
  change,
  identify,
  list,
  logout,
  namespaces,
  noop,
  quota,
  rename,
  status,
} from '../imap/mailboxes.ts'
import type {
  ImapNamespaces,
  ListOptions,
  MailboxCommand,
  MailboxEntry,
  QuotaRoot,
  StatusItem,
} from '../imap/mailboxes.ts'
import type { MailboxStatus } from '../imap/response.ts'
import { select } from '../imap/selection.ts'
import type { MailboxSnapshot, SelectOptions } from '../imap/selection.ts'
import { openSession } from '../imap/session.ts'
import type { ImapExtension, ImapSession } from '../imap/session.ts'
import { DEFAULT_DEADLINES } from '../wire/deadlines.ts'
import type { Dialog } from '../wire/dialog.ts'
import type { Connection } from './connection.ts'
import { DeflatedConnection } from './deflated-connection.ts'
import { drive } from './drive.ts'
import { toContent } from './imap-content.ts'
import type { LetterContent } from './imap-content.ts'
import { ImapMailbox } from './imap-mailbox.ts'
import { ImapQueue } from './imap-queue.ts'
import type { IdleTimes } from './imap-queue.ts'
import { environmentOf, toLogin } from './login.ts'
import type { ConnectionOptions, MailServer } from './mail-server.ts'
import { settingsOf } from './settings.ts'
import { openConnection } from './tcp-connection.ts'

export interface ImapOptions extends ConnectionOptions {
  /** Other limits than {@link DEFAULT_IMAP_LIMITS}. */
  readonly limits?: Partial<ImapLimits>
  /** What to switch on, as far as the server has it (RFC 5161). By default nothing. */
  readonly enable?: readonly ImapExtension[]
  /**
   * Has both sides compress what they send after the login, where the server can (COMPRESS=DEFLATE, RFC 4978). It takes processor time on both sides, and
   * spares most of what goes over a slow line. By default nothing is compressed.
   */
  readonly compress?: boolean
  /** After how long IDLE is begun anew; by default nine minutes. A line that has died is noticed then. */
  readonly idleMs?: number
  /** How often a server without IDLE is asked for changes while somebody waits for them; by default every minute. */
  readonly pollMs?: number
}

/** Below the half hour after which servers end a session (RFC 2177 §3), and the ten minutes after which routers forget a connection. */
const IDLE_MS = 9 * 60_000
/** As often as the programs of people ask. */
const POLL_MS = 60_000

/**
 * Connects to an IMAP server and logs in (RFC 9051, RFC 3501).
 *
 * The password is sent over TLS only, unless the server's `tls` is `'none'`; a server that does not accept STARTTLS when it was asked for, or greets with
 * PREAUTH to get around it, gets nothing. AUTHENTICATE is used when the server offers a mechanism that this package has, otherwise LOGIN.
 *
 * @throws TypeError when the server has no credentials: IMAP is of no use without.
 * @throws ConnectionFailed, TlsFailed, TlsUnavailable, DeadlineExceeded, ConnectionLost when there is no usable connection.
 * @throws AuthenticationFailed, NoUsableMechanism when the login is refused or impossible.
 * @throws ImapCommandRejected when the server refuses for another reason, as `[UNAVAILABLE]` or `BYE`.
 * @throws RangeError when the port is none or the credentials can't be used with the mechanism, TypeError when the server's `tls` is none of
 * the three words or the client certificate can't be read, and what a token provider throws.
 *
 * @example
 * ```ts
 * import { openImap, Secret, UidSet } from '@obmen/mail/imap'
 *
 * await using imap = await openImap({
 *   host: 'imap.example.org',
 *   port: 993,
 *   tls: 'implicit',
 *   credentials: { user: 'shop-1', password: new Secret('tanstaaf') },
 * })
 * const inbox = await imap.select('INBOX')
 * const unseen = await inbox.search({ seen: false, subject: 'exchange' })
 * for await (const { uid, envelope } of inbox.fetch(unseen, { envelope: true })) {
 *   console.log(uid, envelope?.subject)
 * }
 * await inbox.store(unseen, 'add', ['\\Seen'])
 * await inbox.move(UidSet.of([4711]), 'Archive')
 * ```
 */
export async function openImap(
  server: MailServer,
  options: ImapOptions = {},
): Promise<ImapConnection> {
  const { credentials, tls } = server
  if (credentials === undefined) {
    throw new TypeError("mailboxes are somebody's: the server needs credentials")
  }
  const deadlines = settingsOf(DEFAULT_DEADLINES, options.deadlines)
  const limits = settingsOf(DEFAULT_IMAP_LIMITS, options.limits)
  const { idleMs = IDLE_MS, pollMs = POLL_MS, enable = [] } = options
  const connection = await openConnection(server, options)
  try {
    const session = openSession({
      tls,
      credentials: toLogin(credentials, connection, deadlines),
      environment: environmentOf(server, connection),
      deadlines,
      limits,
      enable,
    })
    const opened = await drive(session, connection)
    const unread = options.compress === true ? await drive(compress(opened), connection) : undefined
    const line =
      unread === undefined ? connection : new DeflatedConnection(connection, limits, unread)
    return new ImapConnection(line, opened, { idleMs, pollMs })
  } catch (error) {
    connection.close()
    throw error
  }
}

/**
 * An IMAP session after login, made by {@link openImap}.
 *
 * Commands may be called at any time and are run one after the other, in the order of the calls. A refused command rejects with `ImapCommandRejected`,
 * and the session goes on. When a command fails half-way (connection lost, deadline, limit, a sink that throws), the session is over: it rejects
 * with that error, and all later commands with an error too.
 */
export class ImapConnection implements AsyncDisposable {
  readonly #queue: ImapQueue
  #closing: Promise<void> | undefined

  constructor(connection: Connection, session: ImapSession, times: IdleTimes) {
    this.#queue = new ImapQueue(connection, session, times)
  }

  /** What the server said it can do, after the login. */
  get capabilities(): ImapCapabilities {
    return this.#queue.session.capabilities
  }

  /** Whether commands may still be called: it was not closed, and was not lost as far as anybody knows. */
  get isOpen(): boolean {
    return this.#queue.isOpen
  }

  /** What the server called itself; for people, not to be relied on. */
  get greeting(): string {
    return this.#queue.session.greeting
  }

  /**
   * Opens a mailbox to read and change it. One is open at a time: the one before is left, and what is marked `\\Deleted` there stays.
   *
   * @param resume what was known of it when it was open last: where QRESYNC is enabled, {@link ImapMailbox.missed} then says what has changed.
   * @throws ImapCommandRejected when there is no such mailbox, with `NONEXISTENT` where the server says so. None is open then.
   */
  select(mailbox: string | MailboxName, resume?: MailboxSnapshot): Promise<ImapMailbox> {
    return this.#open(mailbox, { access: 'write', resume })
  }

  /** As {@link select}, but nothing that is done there changes it. */
  examine(mailbox: string | MailboxName, resume?: MailboxSnapshot): Promise<ImapMailbox> {
    return this.#open(mailbox, { access: 'read', resume })
  }

  /** Lists mailboxes: all, those with names of a pattern, those that the user has subscribed to. */
  list(options: ListOptions = {}): Promise<readonly MailboxEntry[]> {
    return this.#run((session) => list(session, options))
  }

  /** Counts what is in a mailbox without opening it. Items that the server does not know are left out. */
  status(
    mailbox: string | MailboxName,
    items: readonly StatusItem[] = ['messages', 'unseen', 'uidNext', 'uidValidity'],
  ): Promise<MailboxStatus> {
    return this.#run((session) => status(session, mailbox, items))
  }

  /** @throws ImapCommandRejected, with `ALREADYEXISTS` where the server says so. */
  create(mailbox: string | MailboxName): Promise<void> {
    return this.#change('CREATE', mailbox)
  }

  /** Deletes a mailbox with all its letters. */
  delete(mailbox: string | MailboxName): Promise<void> {
    return this.#change('DELETE', mailbox)
  }

  rename(from: string | MailboxName, to: string | MailboxName): Promise<void> {
    return this.#run((session) => rename(session, from, to))
  }

  /** Has programs of people show the mailbox. */
  subscribe(mailbox: string | MailboxName): Promise<void> {
    return this.#change('SUBSCRIBE', mailbox)
  }

  unsubscribe(mailbox: string | MailboxName): Promise<void> {
    return this.#change('UNSUBSCRIBE', mailbox)
  }

  /**
   * Puts a letter into a mailbox, in constant memory.
   *
   * @returns where it is; `undefined` when the server does not say, for want of UIDPLUS.
   * @throws TypeError when the letter comes in pieces and `sizeOctets` is missing.
   * @throws ImapSizeExceeded when it is larger than the server takes. Nothing was sent.
   * @throws ImapCapabilityMissing when it is said to be UTF-8, and `UTF8=ACCEPT` was not enabled. Nothing was sent.
   * @throws ImapCommandRejected with `TRYCREATE` when there is no such mailbox, with `OVERQUOTA` when there is no room.
   * @throws RangeError when there are more or fewer octets than was said. The session is over then.
   */
  async append(
    mailbox: string | MailboxName,
    letter: LetterContent,
    options: AppendOptions & { readonly sizeOctets?: number } = {},
  ): Promise<AppendedLetter | undefined> {
    const { sizeOctets, ...rest } = options
    const content = await toContent(letter, sizeOctets)
    try {
      return await this.#run((session) => append(session, { ...rest, mailbox }, content))
    } finally {
      await content.source.return?.()
    }
  }

  /** How the names of mailboxes begin, by whose they are (RFC 2342); `undefined` when the server does not say. */
  namespaces(): Promise<ImapNamespaces | undefined> {
    return this.#run((session) => namespaces(session))
  }

  /** The bounds that a mailbox is under (RFC 9208); none when the server knows of none. */
  quota(mailbox: string | MailboxName = 'INBOX'): Promise<readonly QuotaRoot[]> {
    return this.#run((session) => quota(session, mailbox))
  }

  /** Tells the server what this client is, and learns what it is (RFC 2971); `undefined` when it does not have ID. */
  identify(
    fields: Readonly<Record<string, string>> = {},
  ): Promise<ReadonlyMap<string, string> | undefined> {
    return this.#run((session) => identify(session, fields))
  }

  /** Keeps the server from ending an idle session, and lets it say what has changed. */
  noop(): Promise<void> {
    return this.#run((session) => noop(session))
  }

  /** Ends the session after the commands called before. Idempotent; resolves also when the connection is lost. */
  close(): Promise<void> {
    this.#closing ??= this.#queue.finish(() => logout(this.#queue.session))
    return this.#closing
  }

  /** Drops the connection at once. Commands under way reject. */
  abandon(): void {
    this.#closing ??= Promise.resolve()
    this.#queue.abandon()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #open(name: string | MailboxName, options: SelectOptions): Promise<ImapMailbox> {
    const selection = await this.#run((session) => select(session, name, options))
    return new ImapMailbox(this.#queue, selection)
  }

  #change(command: MailboxCommand, mailbox: string | MailboxName): Promise<void> {
    return this.#run((session) => change(session, command, mailbox))
  }

  #run<Result>(command: (session: ImapSession) => Dialog<Result>): Promise<Result> {
    return this.#queue.run(() => command(this.#queue.session))
  }
}
