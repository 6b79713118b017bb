import type { Pop3Capabilities } from '../pop3/capabilities.ts'
import { Pop3DeletionsUnconfirmed } from '../pop3/errors.ts'
import { DEFAULT_POP3_LIMITS } from '../pop3/limits.ts'
import type { Pop3Limits } from '../pop3/limits.ts'
import type { Maildrop, MaildropStatus } from '../pop3/maildrop.ts'
import { openMaildrop } from '../pop3/session.ts'
import { DEFAULT_DEADLINES } from '../wire/deadlines.ts'
import type { Dialog, OctetSink } from '../wire/dialog.ts'
import { ConnectionLost } from '../wire/errors.ts'
import type { Connection } from './connection.ts'
import { drive } from './drive.ts'
import { environmentOf, toLogin } from './login.ts'
import type { ConnectionOptions, MailServer } from './mail-server.ts'
import { openConnection } from './tcp-connection.ts'

export interface Pop3Options extends ConnectionOptions {
  /** Other limits than {@link DEFAULT_POP3_LIMITS}. */
  readonly limits?: Partial<Pop3Limits>
}

/**
 * Connects to a POP3 server and logs in (RFC 1939, RFC 2449, RFC 2595, RFC 5034).
 *
 * The password is sent over TLS only, unless the server's `tls` is `'none'`; a server that does not accept STLS when it was asked for gets
 * nothing. AUTH is used when the server offers a mechanism that this package has, otherwise USER and PASS.
 *
 * @throws TypeError when the server has no credentials: POP3 is of no use without.
 * @throws ConnectionFailed, ProxyFailed, TlsFailed, TlsUnavailable, DeadlineExceeded, ConnectionLost when there is no usable connection.
 * @throws AuthenticationFailed, NoUsableMechanism when the login is refused or impossible.
 * @throws Pop3ResponseRejected when the server refuses for another reason, as `[IN-USE]`: another session holds the maildrop.
 * @throws RangeError when the port is none or the credentials can't be used with the mechanism, TypeError when the server's `tls` is none of
 * the three words or the client certificate can't be read, and what a token provider throws.
 *
 * @example
 * ```ts
 * import { openPop3, Secret } from '@obmen/mail/pop3'
 *
 * await using maildrop = await openPop3({
 *   host: 'pop.example.org',
 *   port: 995,
 *   tls: 'implicit',
 *   credentials: { user: 'shop-1', password: new Secret('tanstaaf') },
 * })
 * for (const [maildropNumber, octets] of await maildrop.list()) {
 *   console.log(maildropNumber, octets)
 * }
 * ```
 */
export async function openPop3(
  server: MailServer,
  options: Pop3Options = {},
): Promise<Pop3Connection> {
  const { credentials, tls } = server
  if (credentials === undefined) {
    throw new TypeError("a maildrop is somebody's: the server needs credentials")
  }
  const deadlines = { ...DEFAULT_DEADLINES, ...options.deadlines }
  const connection = await openConnection(server, options)
  try {
    const session = openMaildrop({
      tls,
      credentials: toLogin(credentials, connection, deadlines),
      environment: environmentOf(server, connection),
      deadlines,
      limits: { ...DEFAULT_POP3_LIMITS, ...options.limits },
    })
    return new Pop3Connection(connection, await drive(session, connection))
  } catch (error) {
    connection.close()
    throw error
  }
}

/**
 * A POP3 session after login, made by {@link openPop3}.
 *
 * Letters are known by their maildrop number: from 1, and only for this session. Commands may be called at any time and are run one after the
 * other, in the order of the calls; so a sink must not wait for a command of its own connection.
 *
 * A refused command rejects with `Pop3ResponseRejected`, and the session goes on. When a command fails half-way (connection lost, deadline,
 * limit, a sink that throws), the session is over: it rejects with that error, and all later commands with an error too.
 */
export class Pop3Connection implements AsyncDisposable {
  readonly #connection: Connection
  readonly #maildrop: Maildrop
  #lastCommand: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(connection: Connection, maildrop: Maildrop) {
    this.#connection = connection
    this.#maildrop = maildrop
  }

  /** What the server said it can do, after TLS if there is TLS. */
  get capabilities(): Pop3Capabilities {
    return this.#maildrop.capabilities
  }

  /** How many letters there are, without those marked for deletion, and their size. */
  stat(): Promise<MaildropStatus> {
    return this.#run(() => this.#maildrop.stat())
  }

  /** Maildrop number → octets. The sizes are the server's and often estimates: the letter may be longer or shorter. */
  list(): Promise<ReadonlyMap<number, number>> {
    return this.#run(() => this.#maildrop.list())
  }

  /**
   * Maildrop number → unique id, by which a letter can be recognised in later sessions (RFC 1939 §7); `undefined` when the server has no
   * UIDL.
   *
   * Identical copies of a letter may share an id. Ids that break the rules (more than 70 characters, spaces) are taken as they are. A letter
   * for which the server gives no id is missing from the map.
   */
  uniqueIds(): Promise<ReadonlyMap<number, string> | undefined> {
    return this.#run(() => this.#maildrop.uniqueIds())
  }

  /**
   * The header section of a letter, the empty line after it and the first `lines` lines of the body; 0 is allowed.
   *
   * @throws LimitExceeded when that is more than `limits.maxTopOctets`; the session goes on.
   * @throws Pop3ResponseRejected when there is no such letter or the server has no TOP, which is optional: retrieve the letter then.
   */
  top(maildropNumber: number, lines: number): Promise<Uint8Array> {
    return this.#run(() => this.#maildrop.top(maildropNumber, lines))
  }

  /**
   * Writes a whole letter to the sink, piece by piece and in constant memory: no more is received until the promise that the sink returns, if
   * any, is settled.
   */
  retrieve(maildropNumber: number, sink: OctetSink): Promise<void> {
    return this.#run(() => this.#maildrop.retrieve(maildropNumber, sink))
  }

  /** Marks a letter for deletion. It is deleted by {@link close}, and not at all if the connection is lost before. */
  delete(maildropNumber: number): Promise<void> {
    return this.#run(() => this.#maildrop.delete(maildropNumber))
  }

  /** Takes all marks for deletion away. */
  reset(): Promise<void> {
    return this.#run(() => this.#maildrop.reset())
  }

  /** Keeps the server from ending an idle session. */
  noop(): Promise<void> {
    return this.#run(() => this.#maildrop.noop())
  }

  /**
   * Ends the session after the commands called before, and has the server delete what was marked. Idempotent; resolves also when the
   * connection is lost, unless letters were marked.
   *
   * @throws Pop3DeletionsUnconfirmed when letters were marked and the server has not confirmed their deletion.
   */
  close(): Promise<void> {
    this.#closing ??= this.#enqueue(() => this.#quit())
    return this.#closing
  }

  /** Drops the connection at once, without QUIT: nothing is deleted. Commands under way reject. */
  abandon(): void {
    this.#closing ??= Promise.resolve()
    this.#connection.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #run<Result>(command: () => Dialog<Result>): Promise<Result> {
    if (this.#closing !== undefined) throw new TypeError('the POP3 connection was closed')
    return this.#enqueue(() => this.#drive(command()))
  }

  /** Runs the work when everything enqueued before is settled, however it ended. */
  #enqueue<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#lastCommand.then(work)
    const ignore = (): void => undefined
    this.#lastCommand = result.then(ignore, ignore)
    return result
  }

  async #drive<Result>(command: Dialog<Result>): Promise<Result> {
    try {
      return await drive(command, this.#connection)
    } catch (error) {
      if (!this.#maildrop.isInStep) this.#drop(error)
      throw error
    }
  }

  /** Nobody knows any more which response belongs to which command. */
  #drop(cause: unknown): void {
    const reason = 'an earlier command failed half-way'
    this.#connection.close(new ConnectionLost('the POP3 session', { reason, cause }))
  }

  async #quit(): Promise<void> {
    const maildropNumbers = this.#maildrop.deletedNumbers
    const outcome = this.#connection.closed.aborted ? 'kept' : 'unknown'
    try {
      await drive(this.#maildrop.quit(), this.#connection)
    } catch (cause) {
      // When there was nothing to delete, nothing was lost either: whatever became of QUIT, the session is over.
      if (maildropNumbers.length > 0) {
        throw new Pop3DeletionsUnconfirmed({ maildropNumbers, outcome, cause })
      }
    } finally {
      this.#connection.close()
    }
  }
}
