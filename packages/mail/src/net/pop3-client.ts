import type { LetterSink, Pop3Refusals, Pop3Top } from '../pop3/batch.ts'
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
import { settingsOf } from './settings.ts'
import { openConnection } from './tcp-connection.ts'

/** Letters are much alike: who tries too many again soon would throw much of them away. */
const GROUP_GROWTH = 1.25

export interface Pop3Options extends ConnectionOptions {
  /** Other limits than {@link DEFAULT_POP3_LIMITS}. */
  readonly limits?: Partial<Pop3Limits>
  /**
   * Ask for letters as they are, with UTF-8 in their header sections, if the server offers that (RFC 6856). Without it such a server gives a
   * changed copy of them, or refuses them with `[UTF8]`. What came of it is in {@link Pop3Connection.isUtf8}.
   */
  readonly wantsUtf8?: boolean
}

/**
 * Connects to a POP3 server and logs in (RFC 1939, RFC 2449, RFC 2595, RFC 5034, RFC 6856).
 *
 * The password is sent over TLS only, unless the server's `tls` is `'none'`; a server that does not accept STLS when it was asked for gets
 * nothing. AUTH is used when the server offers a mechanism that this package has, otherwise USER and PASS; APOP only when the
 * credentials name it as their `mechanism`.
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
  const deadlines = settingsOf(DEFAULT_DEADLINES, options.deadlines)
  const limits = settingsOf(DEFAULT_POP3_LIMITS, options.limits)
  const connection = await openConnection(server, options)
  try {
    const session = openMaildrop({
      tls,
      credentials: toLogin(credentials, connection, deadlines),
      environment: environmentOf(server, connection),
      deadlines,
      limits,
      wantsUtf8: options.wantsUtf8 ?? false,
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

  /** Whether commands may still be called: it was not closed, and was not lost as far as anybody knows. */
  get isOpen(): boolean {
    return this.#closing === undefined && !this.#connection.ended.aborted
  }

  /** Whether letters come with UTF-8 in their header sections: it was asked for, and the server agreed (RFC 6856). */
  get isUtf8(): boolean {
    return this.#maildrop.isUtf8
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
   * for which the server gives no id has `undefined`.
   */
  uniqueIds(): Promise<ReadonlyMap<number, string | undefined> | undefined> {
    return this.#run(() => this.#maildrop.uniqueIds())
  }

  /**
   * The header section of a letter, the empty line after it and the first `lines` lines of the body; 0 is allowed.
   *
   * @throws LimitExceeded when that is more than `limits.maxTopOctets`; the session goes on.
   * @throws Pop3ResponseRejected when there is no such letter or the server has no TOP, which is optional: ask for its {@link beginnings} then.
   */
  top(maildropNumber: number, lines: number): Promise<Uint8Array> {
    return this.#run(() => this.#maildrop.top(maildropNumber, lines))
  }

  /**
   * The beginnings of many letters, as {@link top} gives them, in the order of the numbers. A server that offers PIPELINING is asked for a
   * few hundred at a time, in one round trip; another one for one at a time. What is refused, or too large, is a result like any other.
   *
   * A group is received whole before its first letter is given out, within `limits.maxBatchOctets`. So other commands may be called, and waited for,
   * in the middle of the iteration, and an iteration that is left leaves nothing behind: the session goes on.
   *
   * @throws ConnectionLost, ProtocolViolation and the like, when the session is over.
   *
   * @example
   * ```ts
   * import { parseHeaderSection } from '@obmen/mail/mime'
   * import type { Pop3Connection } from '@obmen/mail/pop3'
   *
   * async function printSubjects(maildrop: Pop3Connection): Promise<void> {
   *   const sizes = await maildrop.list()
   *   for await (const top of maildrop.tops([...sizes.keys()], 0)) {
   *     if (top.kind === 'top') console.log(parseHeaderSection(top.octets).first('subject'))
   *     else console.log(top.maildropNumber, top.error.message)
   *   }
   * }
   * ```
   */
  tops(
    maildropNumbers: readonly number[],
    lines: number,
  ): AsyncGenerator<Pop3Top, void, undefined> {
    return this.#inGroups(maildropNumbers, (group) => this.#maildrop.tops(group, lines))
  }

  /**
   * The beginnings of many letters, as {@link tops} gives them, whatever the server can do: where it has no TOP, which is optional (RFC 1939 §7), they are taken out of the whole
   * letters. Of one that is larger than `limits.maxTopOctets` the rest is left out.
   *
   * @throws as {@link tops}.
   */
  beginnings(
    maildropNumbers: readonly number[],
    lines: number,
  ): AsyncGenerator<Pop3Top, void, undefined> {
    return this.#inGroups(maildropNumbers, (group) => this.#maildrop.beginnings(group, lines))
  }

  /**
   * Writes a whole letter to the sink, piece by piece and in constant memory: no more is received until the promise that the sink returns, if
   * any, is settled.
   */
  retrieve(maildropNumber: number, sink: OctetSink): Promise<void> {
    return this.#run(() => this.#maildrop.retrieve(maildropNumber, sink))
  }

  /**
   * Writes whole letters, each to a sink of its own, in the order of the numbers and in constant memory. With a server that offers PIPELINING there is no
   * waiting between them. A sink that fails ends the session, as in {@link retrieve}.
   *
   * @param open gives the sink for a letter when its first octets are about to come. A letter that the server refuses has none.
   * @returns the letters that the server refused to give.
   *
   * @example
   * ```ts
   * import { createWriteStream } from 'node:fs'
   * import { finished } from 'node:stream/promises'
   * import type { Pop3Connection } from '@obmen/mail/pop3'
   *
   * async function saveAll(maildrop: Pop3Connection): Promise<void> {
   *   const refusals = await maildrop.retrieveAll([...(await maildrop.list()).keys()], (number) => {
   *     const file = createWriteStream(`${number}.eml`)
   *     return {
   *       push: (octets) => {
   *         file.write(octets)
   *       },
   *       end: () => finished(file.end()),
   *     }
   *   })
   *   for (const [number, error] of refusals) console.log(number, error.message)
   * }
   * ```
   */
  retrieveAll(
    maildropNumbers: readonly number[],
    open: (maildropNumber: number) => LetterSink,
  ): Promise<Pop3Refusals> {
    return this.#run(() => this.#maildrop.retrieveAll(maildropNumbers, open))
  }

  /** Marks a letter for deletion. It is deleted by {@link close}, and not at all if the connection is lost before. */
  delete(maildropNumber: number): Promise<void> {
    return this.#run(() => this.#maildrop.delete(maildropNumber))
  }

  /**
   * Marks letters for deletion, some hundreds in one round trip if the server offers PIPELINING. They are deleted as with {@link delete}.
   *
   * @returns the letters that the server refused to mark. All others are marked.
   */
  deleteAll(maildropNumbers: readonly number[]): Promise<Pop3Refusals> {
    return this.#run(() => this.#maildrop.deleteAll(maildropNumbers))
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

  async *#inGroups(
    maildropNumbers: readonly number[],
    fetch: (group: readonly number[]) => Dialog<readonly Pop3Top[]>,
  ): AsyncGenerator<Pop3Top, void, undefined> {
    let size = this.#maildrop.groupSize
    for (let at = 0; at < maildropNumbers.length;) {
      const group = maildropNumbers.slice(at, at + size)
      const tops = await this.#run(() => fetch(group))
      at += tops.length
      // What was thrown away for want of room should not be asked for in vain again and again.
      const isFull = tops.length < group.length
      const next = isFull ? tops.length : Math.ceil(size * GROUP_GROWTH)
      size = Math.min(this.#maildrop.groupSize, next)
      // Not `yield*`, which waits for each of them several times over.
      for (const top of tops) yield top
    }
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
