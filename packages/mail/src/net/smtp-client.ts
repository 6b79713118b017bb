import { CanonicalLetter, type LetterBody } from '../base/canonical-letter.ts'
import type { Envelope, SendingOutcome } from '../smtp/envelope.ts'
import type { SmtpExtensions } from '../smtp/extensions.ts'
import { DEFAULT_SMTP_LIMITS, type SmtpLimits } from '../smtp/limits.ts'
import { parseClientName } from '../smtp/path.ts'
import { openSession, quit, type SmtpSession } from '../smtp/session.ts'
import { sendLetters, type QueuedLetter } from '../smtp/send-letters.ts'
import { DEFAULT_DEADLINES } from '../wire/deadlines.ts'
import { ConnectionLost } from '../wire/errors.ts'
import { AbortWatch } from './abort-watch.ts'
import type { Connection } from './connection.ts'
import { drive } from './drive.ts'
import { Aborted } from './errors.ts'
import { sendToAll } from './left-over.ts'
import { environmentOf, toLogin } from './login.ts'
import type { ConnectionOptions, MailServer } from './mail-server.ts'
import { ownName } from './own-name.ts'
import { ContentSource, contentOf } from './smtp-content.ts'
import { settingsOf } from './settings.ts'
import { openConnection } from './tcp-connection.ts'
import { WaitingLetters } from './waiting-letters.ts'

export interface SmtpOptions extends ConnectionOptions {
  /**
   * What this side calls itself in EHLO: a host name or an address literal. By default the name of this machine when it has a
   * domain, otherwise `[127.0.0.1]`. It becomes part of every letter (`Received`).
   */
  readonly clientName?: string
  /** `'lmtp'` for the server of a mailbox store, which answers for each recipient by itself (RFC 2033). */
  readonly protocol?: 'smtp' | 'lmtp'
  /** `'never'` for a gateway that offers CHUNKING (RFC 3030) in vain. */
  readonly chunking?: 'when-offered' | 'never'
  /** Other limits than {@link DEFAULT_SMTP_LIMITS}. */
  readonly limits?: Partial<SmtpLimits>
}

export interface SendOptions {
  /**
   * Ends the sending, with `Aborted`. A letter that waits for its turn is taken out; so is one, with CHUNKING, whose content is being waited for.
   * Otherwise the connection is closed: after the content the outcomes are then `'unknown'`, and other letters that are under way get the outcomes of a lost
   * connection.
   */
  readonly signal?: AbortSignal
  /**
   * How many octets the content has, if that is known: then a letter that is too large is refused before it is sent. When the content turns out to have
   * another number, nobody gets it.
   */
  readonly sizeOctets?: number
  /**
   * Set to `'8BITMIME'` when the content has octets above 127, to `'BINARYMIME'` when it is not divided into lines: then its octets go untouched, and the
   * server must offer CHUNKING too. A letter made by this package says so itself.
   */
  readonly body?: LetterBody
  /** Called with the number of octets of the content that have been handed to the connection so far; anew for each transaction. What it throws is ignored. */
  readonly onProgress?: (sentOctets: number) => void
  /** Called before this rejects because the session was over before the letter had its turn: what ended it has nothing to do with this letter. What it throws is ignored. */
  readonly onPassedOver?: () => void
  /** Whether a letter of this package can be read again: for recipients whom the server had no room for, and by a pool after a 421. By default it can. */
  readonly mayRepeat?: () => boolean
}

/**
 * Connects to an SMTP server and logs in (RFC 5321, RFC 3207, RFC 4954).
 *
 * Credentials are sent over TLS only, unless the server's `tls` is `'none'`; a server that does not accept STARTTLS when it was asked for
 * gets nothing. The strongest mechanism that both sides have is used, and after a failure no other.
 *
 * @throws ConnectionFailed, ProxyFailed, TlsFailed, TlsUnavailable, DeadlineExceeded, ConnectionLost when there is no usable connection.
 * @throws AuthenticationFailed, NoUsableMechanism when the login is refused or impossible.
 * @throws SmtpReplyRejected when the server refuses this client.
 * @throws ProtocolViolation, LimitExceeded when what it says is no SMTP, or more than the limits allow.
 * @throws Aborted
 * @throws AddressInvalid when the client name is none.
 * @throws RangeError when the host, the port, a deadline or a limit is none, the host or the login of the proxy is nothing that a proxy can be told, or the credentials can't be
 * used with the mechanism.
 * @throws TypeError when `protocol` or `chunking`, the server's `tls`, or the proxy's kind or `tls`, is none of its words, the pins are malformed or of no effect, or the client certificate
 * can't be read.
 * @throws what a token provider throws.
 *
 * @example
 * ```ts
 * import { ForwardPath, openSmtp, ReversePath, Secret } from '@obmen/mail/smtp'
 *
 * declare const letter: AsyncIterable<Uint8Array>
 *
 * await using smtp = await openSmtp({
 *   host: 'mail.example.org',
 *   port: 587,
 *   tls: 'starttls',
 *   credentials: { user: 'office', password: new Secret('tanstaaf') },
 * })
 * const envelope = {
 *   reversePath: ReversePath.parse('office@example.org'),
 *   forwardPaths: [ForwardPath.parse('shop-1@example.org')],
 * } as const
 * const { recipients } = await smtp.send(envelope, letter)
 * for (const { forwardPath, kind, reply } of recipients) {
 *   console.log(`${forwardPath} ${kind} ${reply}`)
 * }
 * ```
 */
export async function openSmtp(
  server: MailServer,
  options: SmtpOptions = {},
): Promise<SmtpConnection> {
  const { tls, credentials } = server
  refuseUnknownWord('protocol', options.protocol, ['smtp', 'lmtp'])
  refuseUnknownWord('chunking', options.chunking, ['when-offered', 'never'])
  const clientName =
    options.clientName === undefined ? ownName() : parseClientName(options.clientName)
  const deadlines = settingsOf(DEFAULT_DEADLINES, options.deadlines)
  const limits = settingsOf(DEFAULT_SMTP_LIMITS, options.limits)
  const connection = await openConnection(server, options)
  try {
    const session = openSession({
      tls,
      clientName,
      ...(options.protocol && { protocol: options.protocol }),
      ...(options.chunking && { chunking: options.chunking }),
      deadlines,
      limits,
      environment: environmentOf(server, connection),
      ...(credentials && { credentials: toLogin(credentials, connection, deadlines) }),
    })
    return new SmtpConnection(connection, await drive(session, connection))
  } catch (error) {
    connection.close()
    throw error
  }
}

/** Settings come from files too, and a misspelt one must not mean what nobody has chosen. */
function refuseUnknownWord(option: string, word: unknown, known: readonly unknown[]): void {
  if (word === undefined || known.includes(word)) return
  throw new TypeError(`the option ${option} must be one of ${known.join(', ')}`)
}

/**
 * An SMTP session that is ready for letters, made by {@link openSmtp}.
 *
 * Letters may be sent at any time, without waiting for the one before; they go out in the order of the calls, and those that wait travel
 * together as far as the server's extensions allow. With PIPELINING a letter costs one round trip, and learns what became of it when the server asks for the content of the one behind
 * it, or has refused that one: only then is it certain that no reply was one too many. With CHUNKING (RFC 3030) sixteen small letters share a round trip, and learn together what became
 * of them. When the connection breaks, whatever had left whole without a reply has the outcome `'unknown'`: sixteen letters at most with CHUNKING, one otherwise, and none when the server
 * answered nothing since the connection was idle.
 */
export class SmtpConnection implements AsyncDisposable {
  readonly #connection: Connection
  readonly #session: SmtpSession
  readonly #queue = new WaitingLetters()
  readonly #aborts = new AbortWatch<Sending>((sending, { reason }) =>
    this.#giveUp(sending, new Aborted(reason)),
  )
  /** Settles when no letter waits or is under way; `undefined` when that is so. */
  #burst: Promise<void> | undefined
  #closing: Promise<void> | undefined
  /** What the connection was closed with when a letter was given up. */
  #givenUp: Aborted | undefined

  constructor(connection: Connection, session: SmtpSession) {
    this.#connection = connection
    this.#session = session
  }

  /** What the server offered in its last answer to EHLO: after TLS if there is TLS. */
  get extensions(): SmtpExtensions {
    return this.#session.extensions
  }

  /** Whether another letter can be sent, as far as this side knows. When not, a new connection is needed. */
  get isOpen(): boolean {
    const isClosed = this.#closing !== undefined || this.#connection.ended.aborted
    return !isClosed && this.#session.state !== 'ended'
  }

  /**
   * Sends a letter: its header section, an empty line and its body, with CRLF line ends. Pieces must not be changed after they were
   * given. However this ends, also when nothing is sent, the content is closed: by `return()` of its iterator or, when that was not
   * begun and there is one, by its `Symbol.asyncDispose`.
   *
   * What the server says to a recipient or to the letter is an outcome, not an error. A connection that breaks before the
   * server can have the whole letter rejects, and nobody has it; one that breaks later makes outcomes `'unknown'`.
   *
   * A letter of this package goes as it is. Any other content is looked at while it passes: a bare CR or LF becomes CRLF, and an octet 0, a line of
   * more than 998 octets or an octet above 127 that `body` does not allow ends the sending.
   *
   * When it can't be sent to its end, because of what it holds or because its source throws, a letter that goes with CHUNKING is taken back, and the session goes on;
   * after DATA only hanging up keeps the server from taking half of it, and the session is over.
   *
   * Recipients whom the server puts off because it takes only so many for one letter (RFC 5321 §4.5.3.1.10) get a letter of this package in further transactions.
   *
   * @throws SmtpCapabilityMissing when an address, the content or a wish for the delivery needs what the server does not offer; the session goes on.
   * @throws SmtpSizeExceeded when `sizeOctets` is more than the server takes; the session goes on. Also when content whose size is not given passes that, as above.
   * @throws TypeError when a path of the envelope is none; the session goes on.
   * @throws RangeError when there is no forward path, or `sizeOctets` or a wish for the delivery has a value that it can't have; the session
   * goes on. Also when `sizeOctets` is not the number of octets that the content had, as below.
   * @throws SmtpContentInvalid, and whatever the content throws, when it can't be sent to its end.
   * @throws ConnectionLost, DeadlineExceeded, ProtocolViolation, LimitExceeded; the session is over.
   * @throws Aborted
   */
  send(
    envelope: Envelope,
    content: AsyncIterable<Uint8Array>,
    options: SendOptions = {},
  ): Promise<SendingOutcome> {
    return sendToAll(
      envelope,
      (part) => this.#sendOnce(part, content, options),
      () => CanonicalLetter.is(content) && (options.mayRepeat?.() ?? true),
    )
  }

  /** One promise from here to the outcome: of every small letter, each further one is a noticeable part of what it costs. */
  #sendOnce(
    envelope: Envelope,
    content: AsyncIterable<Uint8Array>,
    options: SendOptions,
  ): Promise<SendingOutcome> {
    try {
      const source = new ContentSource(content)
      const refusal = this.#refusalOf(options)
      if (refusal === undefined) return this.#enqueue(envelope, source, options)
      source.release()
      return Promise.reject(refusal)
    } catch (error) {
      // Content that can't be iterated, as a stream that somebody else reads, says so at once.
      return Promise.try(() => {
        throw error
      })
    }
  }

  #refusalOf({ sizeOctets, signal }: SendOptions): Error | undefined {
    if (this.#closing !== undefined) return new TypeError('the SMTP connection was closed')
    const isSize = sizeOctets === undefined || (Number.isSafeInteger(sizeOctets) && sizeOctets >= 0)
    if (!isSize) return new RangeError(`sizeOctets is a whole number, not ${sizeOctets}`)
    return signal?.aborted === true ? new Aborted(signal.reason) : undefined
  }

  /** Says QUIT after the letters that are under way, and closes the connection. Idempotent; resolves also when the connection is lost. */
  close(): Promise<void> {
    this.#closing ??= (this.#burst ?? Promise.resolve()).then(() => this.#quit())
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #enqueue(
    envelope: Envelope,
    source: ContentSource,
    options: SendOptions,
  ): Promise<SendingOutcome> {
    const { signal } = options
    const { promise, resolve, reject } = Promise.withResolvers<SendingOutcome>()
    const end = (): void => {
      this.#aborts.remove(sending, signal)
      source.release()
    }
    const letter: QueuedLetter = {
      envelope,
      content: contentOf(source, options),
      settle: (outcome) => {
        end()
        resolve(outcome)
      },
      fail: (error) => {
        end()
        reject(this.#reasonFor(error, signal))
      },
      passOver: () => tell(options.onPassedOver),
    }
    const sending = { letter, source }
    this.#aborts.add(sending, signal)
    this.#queue.add(letter)
    this.#burst ??= this.#sendAll()
    return promise
  }

  /**
   * A letter that waits is taken out, and one whose content is being waited for gets no more of it. What the server may have of another can't be
   * taken back but by hanging up.
   */
  #giveUp({ letter, source }: Sending, reason: Aborted): void {
    if (this.#queue.remove(letter)) letter.fail(reason)
    else if (!source.interrupt(reason)) {
      this.#givenUp = reason
      this.#connection.close(reason)
    }
  }

  /** Others than the one who gave up a letter learn that the connection was lost by it. */
  #reasonFor(error: unknown, signal: AbortSignal | undefined): unknown {
    if (error !== this.#givenUp || error === undefined || signal?.aborted === true) return error
    const reason = 'another letter was given up while it was under way'
    return new ConnectionLost('sending', { reason, cause: error })
  }

  async #sendAll(): Promise<void> {
    while (!this.#queue.isEmpty) {
      await drive(sendLetters(this.#session, this.#queue), this.#connection)
      if (this.#session.state === 'ended') this.#connection.close()
    }
    this.#burst = undefined
  }

  /** The session is over in any case, so what goes wrong here changes nothing for anybody. */
  async #quit(): Promise<void> {
    try {
      if (this.#session.state !== 'ended') await drive(quit(this.#session), this.#connection)
    } catch {
      // Every letter had its outcome before.
    } finally {
      this.#connection.close()
    }
  }
}

function tell(listener: (() => void) | undefined): void {
  try {
    listener?.()
  } catch {
    // What becomes of others that wait must not depend on who is told.
  }
}

/** A letter that waits or is under way, and what it can be ended with. */
interface Sending {
  readonly letter: QueuedLetter
  readonly source: ContentSource
}
