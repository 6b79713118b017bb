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

import { assert } from '../base/assert.ts'
import { MailError } from '../base/mail-error.ts'
import { concatOctets } from '../base/octets.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { Dialog } from '../wire/dialog.ts'
import { ProtocolViolation } from '../wire/errors.ts'
import { LineBuffer, send } from '../wire/line-buffer.ts'
import type { Concealment } from '../wire/protocol-log.ts'
import type { SmtpCommand } from './command.ts'
import type { SmtpLimits } from './limits.ts'
import { receiveReply, type Reply } from './reply.ts'

/** Service not available, closing transmission channel (RFC 5321 §4.2.3). */
const CLOSING = 421

export class CommandChannel {
  readonly deadlines: Deadlines
  readonly #limits: SmtpLimits
  #buffer: LineBuffer
  #lastWord: Reply | undefined

  constructor(deadlines: Deadlines, limits: SmtpLimits) {
    this.deadlines = deadlines
    this.#limits = limits
    this.#buffer = makeBuffer(limits)
  }

  /** What the server ended the session with; `undefined` while it goes on. */
  get lastWord(): Reply | undefined {
    return this.#lastWord
  }

  /** Sends a command and receives its reply. */
  *execute(command: SmtpCommand, timeoutMs: number): Dialog<Reply> {
    yield* this.send([command])
    return yield* this.receive(timeoutMs)
  }

  /**
   * Sends commands in one go. Every reply to an earlier one has been received: what has come besides nobody has asked for.
   *
   * @throws ProtocolViolation when it does not end the session: from there on replies could be taken for those to other commands.
   */
  *send(commands: readonly SmtpCommand[]): Dialog<void> {
    yield* this.#refuseEarlyReply()
    const concealment: Concealment = commands.length === 1 ? { ...commands[0] } : {}
    assert(
      concealment.logAs !== undefined || commands.every((command) => command.logAs === undefined),
      'a secret is sent alone',
    )
    const octets = concatOctets(commands.map((command) => command.octets))
    yield* this.sendOctets(octets, this.deadlines.commandMs, concealment)
  }

  /**
   * Sends octets that are not a command: content. If the server refuses meanwhile and hangs up or stops reading, that is its
   * {@link lastWord}.
   */
  *sendOctets(octets: Uint8Array, timeoutMs: number, concealment?: Concealment): Dialog<void> {
    if (this.#lastWord !== undefined || octets.length === 0) return
    try {
      yield* send(octets, timeoutMs, concealment)
    } catch (error) {
      this.#lastWord = yield* this.#receiveLastWord(error)
    }
  }

  *receive(timeoutMs: number): Dialog<Reply> {
    if (this.#lastWord !== undefined) return this.#lastWord
    const reply = yield* receiveReply(this.#buffer, this.#limits, timeoutMs)
    if (reply.code === CLOSING) this.#lastWord = reply
    return reply
  }

  /**
   * Encrypts the connection.
   *
   * @throws ProtocolViolation when the server, or somebody in between, has sent octets in clear text ahead of it (CVE-2011-0411).
   */
  *startTls(): Dialog<void> {
    const early = this.#buffer.takeOctets()
    if (early !== undefined) {
      throw new ProtocolViolation('STARTTLS failed: octets in clear text came ahead of TLS', early)
    }
    yield { kind: 'startTls', timeoutMs: this.deadlines.tlsMs }
    this.#buffer = makeBuffer(this.#limits)
  }

  /**
   * Hears a server that speaks before the content has come to its end. A refusal is its {@link lastWord}: how much of the content it reads after that
   * is its own affair.
   *
   * @throws ProtocolViolation when it is no refusal, because it could be taken for the answer to the end that is still to come.
   */
  *hearEarlyRefusal(): Dialog<void> {
    const reply = yield* this.#receiveEarly()
    if (reply === undefined) return
    if (reply.severity !== 'transient' && reply.severity !== 'permanent') {
      throw new ProtocolViolation(
        'sending the content failed: before its end the server replied',
        reply.toString(),
      )
    }
    this.#lastWord = reply
  }

  /** Exchange says `451 4.7.0 Timeout waiting for client input` where RFC 5321 §3.8 has 421. */
  *#refuseEarlyReply(): Dialog<void> {
    const reply = yield* this.#receiveEarly()
    if (reply === undefined) return
    if (reply.severity !== 'transient') {
      throw new ProtocolViolation(
        'sending a command failed: the server had sent a reply to nothing',
        reply.toString(),
      )
    }
    this.#lastWord = reply
  }

  /** What has come by now was sent before what is to be sent next, so it can't be the answer to that. */
  *#receiveEarly(): Dialog<Reply | undefined> {
    if (this.#lastWord !== undefined) return undefined
    if (this.#buffer.isEmpty) {
      const octets = yield { kind: 'poll' }
      if (!octets) return undefined
      this.#buffer.push(octets)
    }
    return yield* receiveReply(this.#buffer, this.#limits, this.deadlines.commandMs)
  }

  /**
   * Sending has failed. A server that refuses in the middle says why and closes or stops reading, so its reply may have arrived
   * although nothing can be sent any more.
   */
  *#receiveLastWord(failure: unknown): Dialog<Reply> {
    if (!isSendingFailure(failure)) throw failure
    let reply: Reply
    try {
      reply = yield* receiveReply(this.#buffer, this.#limits, this.deadlines.commandMs)
    } catch (error) {
      // What counts is why sending failed; that there was no last word either adds nothing to it.
      throw error instanceof MailError ? failure : error
    }
    if (reply.severity !== 'transient' && reply.severity !== 'permanent') throw failure
    return reply
  }
}

/** The connection broke, or the server stopped reading. */
function isSendingFailure(error: unknown): boolean {
  return (
    error instanceof MailError &&
    (error.code === 'CONNECTION_LOST' || error.code === 'DEADLINE_EXCEEDED')
  )
}

function makeBuffer({ maxLineOctets }: SmtpLimits): LineBuffer {
  return new LineBuffer({ maxLineOctets, option: 'limits.maxLineOctets' })
}
