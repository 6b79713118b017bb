/**
 * Commands out, replies in: the part of an SMTP conversation that does not care what the commands mean.
 *
 *     open ── reply 421 ──────────────────────────────────────► ended
 *       └──── connection lost, a refusal was waiting to be read ──►┘
 *
 * A server may end the session at any time: with 421 as the answer to whatever was asked, or on its own account (RFC 5321 §3.8).
 * Once it has, nothing is sent any more, and the answer to every command is its last word. So the conversation that was under way
 * comes to its proper end without having to look for this at each step.
 */

import { MailError } from '../base/mail-error.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { Dialog } from '../wire/dialog.ts'
import { ConnectionLost, ProtocolViolation } from '../wire/errors.ts'
import { send } from '../wire/line-buffer.ts'
import type { SmtpCommand } from './command.ts'
import type { SmtpLimits } from './limits.ts'
import { ReplyReader, type Reply } from './reply.ts'

/** Service not available, closing transmission channel (RFC 5321 §4.2.3). */
export const CLOSING = 421

/** How long after 421 a server may take to hang up, which it does in the same breath (RFC 5321 §3.8). Letters wait for it. */
const HANG_UP_MS = 1_000

export class CommandChannel {
  readonly deadlines: Deadlines
  readonly #limits: SmtpLimits
  #reader: ReplyReader
  #lastWord: Reply | undefined

  constructor(deadlines: Deadlines, limits: SmtpLimits) {
    this.deadlines = deadlines
    this.#limits = limits
    this.#reader = new ReplyReader(limits)
  }

  /** What the server ended the session with; `undefined` while it goes on. */
  get lastWord(): Reply | undefined {
    return this.#lastWord
  }

  /** Whether octets have been received that no reply was taken from yet. */
  get hasUnread(): boolean {
    return !this.#reader.isEmpty
  }

  /** Sends a command and receives its reply. Every reply to an earlier one has been received. */
  *execute(command: SmtpCommand, timeoutMs: number): Dialog<Reply> {
    yield* this.#refuseEarlyReply()
    if (this.#lastWord !== undefined) return this.#lastWord
    try {
      yield* send(command.octets, this.deadlines.commandMs, command)
    } catch (error) {
      this.end(yield* this.receiveRefusal(error))
    }
    return yield* this.receive(timeoutMs)
  }

  *receive(timeoutMs: number): Dialog<Reply> {
    if (this.#lastWord !== undefined) return this.#lastWord
    return this.#noteClosing(yield* this.#reader.receive(timeoutMs))
  }

  /** The next reply, if it has been received whole already, and the session goes on. */
  take(): Reply | undefined {
    if (this.#lastWord !== undefined) return undefined
    const reply = this.#reader.take()
    return reply && this.#noteClosing(reply)
  }

  /**
   * Receives what has come by now, without waiting for more; `'ended'` when nothing can come any more.
   *
   * @param options `isInPassing`: what the connection has read already is enough.
   */
  *hear({ isInPassing = false }: { readonly isInPassing?: boolean } = {}): Dialog<
    'ended' | undefined
  > {
    const octets = yield { kind: 'poll', isInPassing }
    if (octets) this.#reader.push(octets)
    return octets === null ? 'ended' : undefined
  }

  /**
   * Whether the server goes on after its last word: it says more, or does not hang up in time. There are servers that say 421 to one recipient, and
   * carry out what was sent behind that.
   */
  *goesOn(): Dialog<boolean> {
    if (this.hasUnread) return true
    try {
      return (yield { kind: 'receive', timeoutMs: HANG_UP_MS }) !== null
    } catch (error) {
      return !(error instanceof ConnectionLost)
    }
  }

  /** The server has ended the session with these words. */
  end(lastWord: Reply): void {
    this.#lastWord ??= lastWord
  }

  /**
   * Sending has failed. A server that refuses in the middle says why and closes or stops reading, so its reply may have arrived
   * although nothing can be sent any more.
   *
   * @throws the failure, when there is no such reply.
   */
  *receiveRefusal(failure: unknown): Dialog<Reply> {
    if (!isSendingFailure(failure)) throw failure
    let reply: Reply
    try {
      reply = yield* this.#reader.receive(this.deadlines.commandMs)
    } catch (error) {
      // What counts is why sending failed; that there was no last word either adds nothing to it.
      throw error instanceof MailError ? failure : error
    }
    if (!reply.isRefusal) throw failure
    return reply
  }

  /**
   * Encrypts the connection.
   *
   * @throws ProtocolViolation when the server, or somebody in between, has sent octets in clear text ahead of it (CVE-2011-0411).
   */
  *startTls(): Dialog<void> {
    const early = this.#reader.takeOctets()
    if (early !== undefined) {
      throw new ProtocolViolation('STARTTLS failed: octets in clear text came ahead of TLS', early)
    }
    yield { kind: 'startTls', timeoutMs: this.deadlines.tlsMs }
    this.#reader = new ReplyReader(this.#limits)
  }

  /**
   * What has come by now was sent before what is to be sent next, so it can't be the answer to that.
   *
   * @throws ProtocolViolation when it does not end the session: from there on replies could be taken for those to other commands.
   */
  *#refuseEarlyReply(): Dialog<void> {
    if (this.#lastWord !== undefined) return
    if (!this.hasUnread) yield* this.hear()
    if (!this.hasUnread) return
    this.end(refuseUnasked(yield* this.#reader.receive(this.deadlines.commandMs)))
  }

  #noteClosing(reply: Reply): Reply {
    if (reply.code === CLOSING) this.end(reply)
    return reply
  }
}

/**
 * What a server says to nothing. Exchange says `451 4.7.0 Timeout waiting for client input` where RFC 5321 §3.8 has 421.
 *
 * @throws ProtocolViolation when it is not the end of the session.
 */
export function refuseUnasked(reply: Reply): Reply {
  if (reply.severity === 'transient') return reply
  throw new ProtocolViolation(
    'sending a command failed: the server had sent a reply to nothing',
    reply.toString(),
  )
}

/** The connection broke, or the server stopped reading. */
export function isSendingFailure(error: unknown): boolean {
  return (
    error instanceof MailError &&
    (error.code === 'CONNECTION_LOST' || error.code === 'DEADLINE_EXCEEDED')
  )
}
