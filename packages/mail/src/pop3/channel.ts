import { assert } from '../base/assert.ts'
import { LimitExceeded } from '../base/limit-exceeded.ts'
import { concatOctets, textOf } from '../base/octets.ts'
import { escapePeerWords } from '../base/peer-words.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { Demand, Dialog } from '../wire/dialog.ts'
import { DotUnstuffer } from '../wire/dot-stuffing.ts'
import { ConnectionLost, ProtocolViolation } from '../wire/errors.ts'
import { LineBuffer, receiveLine, send } from '../wire/line-buffer.ts'
import type { Pop3Command } from './command.ts'
import { Pop3ResponseRejected } from './errors.ts'
import type { Pop3Limits } from './limits.ts'
import { parseResponse } from './response.ts'
import type { Pop3Response } from './response.ts'

const DOT = 0x2e
/** The line end of RFC 1939 §3, which counts too. */
const CRLF_OCTETS = 2

/** What a server says, asked for nothing, before it hangs up on somebody who was idle for too long. */
const FAREWELL = /^-ERR(?: |$)/

/**
 * Commands and responses in lock step (RFC 1939 §3): a command, or a group of them for a server that offers PIPELINING, is sent when
 * everything before has been answered and read to its end, so no response can be taken for that of another command.
 *
 * A command that fails half-way leaves the rest of its response in the line. {@link isInStep} is then `false` for ever, and the
 * connection can only be dropped.
 */
export class Pop3Channel {
  readonly #buffer: LineBuffer
  readonly #limits: Pop3Limits
  readonly #deadlines: Deadlines
  #isInStep = false

  constructor(limits: Pop3Limits, deadlines: Deadlines) {
    this.#limits = limits
    this.#deadlines = deadlines
    this.#buffer = new LineBuffer({
      maxLineOctets: limits.maxLineOctets,
      option: 'limits.maxLineOctets',
    })
  }

  /** Whether the next command can be sent. */
  get isInStep(): boolean {
    return this.#isInStep
  }

  get limits(): Pop3Limits {
    return this.#limits
  }

  get deadlines(): Deadlines {
    return this.#deadlines
  }

  /**
   * Receives the server's first words, and returns what it says after `+OK`.
   *
   * @throws Pop3ResponseRejected when the server does not want to serve us, say because it is overloaded.
   */
  *receiveGreeting(): Dialog<string> {
    const response = parseResponse(yield* receiveLine(this.#buffer, this.#deadlines.greetingMs))
    const greeting = accept('the session', response)
    this.#isInStep = true
    return greeting
  }

  /** Sends a line and receives the status line that answers it, whatever it says. */
  *exchange(
    command: Pop3Command,
    timeoutMs: number = this.#deadlines.commandMs,
  ): Dialog<Pop3Response> {
    yield* this.#refuseUnsolicited()
    this.#isInStep = false
    yield* this.send(command)
    const response = parseResponse(yield* receiveLine(this.#buffer, timeoutMs))
    this.#isInStep = true
    return response
  }

  /**
   * Sends commands together, and reads their responses in their order (RFC 2449 §6.6). Only for a server that offers PIPELINING, and only as
   * many as fit into what the network takes while the server does not read: it may be busy answering.
   *
   * @param receive reads the whole response to the command at this place. What it throws ends the session: the other responses are still in
   *   the line.
   */
  *exchangeAll(
    commands: readonly Pop3Command[],
    receive: (index: number) => Dialog<void>,
  ): Dialog<void> {
    yield* this.#refuseUnsolicited()
    this.#isInStep = false
    yield* send(concatOctets(commands.map((command) => command.octets)), this.#deadlines.commandMs)
    for (const index of commands.keys()) yield* receive(index)
    this.#isInStep = true
  }

  /**
   * The status line of the next of {@link exchangeAll}.
   *
   * @throws Pop3ResponseRejected when the server answers `-ERR`.
   */
  *receiveStatus(command: Pop3Command): Dialog<string> {
    return accept(
      command.shown,
      parseResponse(yield* receiveLine(this.#buffer, this.#deadlines.commandMs)),
    )
  }

  /** What has come by now was sent before the command, so it can't be the response to it. */
  *#refuseUnsolicited(): Dialog<void> {
    if (this.#buffer.isEmpty) {
      const octets = yield { kind: 'poll' }
      if (!octets) return
      this.#buffer.push(octets)
    }
    const line = this.#buffer.takeLine()
    if (line !== undefined && FAREWELL.test(textOf(line))) {
      this.#isInStep = false
      const reason = `the server ended it: ${escapePeerWords(textOf(line))}`
      throw new ConnectionLost('the POP3 session', { reason })
    }
    throw this.#unsolicited('more than one response to a command', line)
  }

  /** Sends a line that nobody waits for an answer to. */
  *send(command: Pop3Command): Dialog<void> {
    const { octets, shown, isSecret, secrets } = command
    const concealment = isSecret ? { logAs: shown, secrets } : {}
    yield* send(octets, this.#deadlines.commandMs, concealment)
  }

  /**
   * Runs a command with a response of one line, and returns the text after `+OK`.
   *
   * @throws Pop3ResponseRejected when the server answers `-ERR`.
   */
  *execute(command: Pop3Command, timeoutMs?: number): Dialog<string> {
    return accept(command.shown, yield* this.exchange(command, timeoutMs))
  }

  /**
   * Runs a command with a response of many lines and gives each to `read`, without its stuffed dot and its line end. All lines together have the
   * time of one, and a millisecond more for each octet: a kilobyte a second.
   *
   * @throws LimitExceeded when there are more lines than `maxLines` says, or more octets than `maxListingOctets`.
   * @throws Pop3ResponseRejected when the server answers `-ERR`.
   */
  *list(
    command: Pop3Command,
    read: (line: Uint8Array) => void,
    maxLines: 'maxListingLines' | 'maxCapabilityLines' = 'maxListingLines',
  ): Dialog<void> {
    yield* this.execute(command)
    this.#isInStep = false
    const answer = {}
    for (let count = 1, octets = 0; ; count++) {
      const line = yield* receiveLine(this.#buffer, this.#deadlines.commandMs + octets, answer)
      if (line[0] === DOT && line.length === 1) break
      octets += line.length + CRLF_OCTETS
      this.#check('a listing', count, maxLines)
      this.#check('a listing', octets, 'maxListingOctets')
      read(line[0] === DOT ? line.subarray(1) : line)
    }
    this.#isInStep = true
  }

  /**
   * Receives the letter that follows a status line of {@link exchangeAll}, to its end. Its octets, un-stuffed, are delivered piece by piece
   * as they come: nothing of it is kept here, and no more is received before the demand that `deliver` makes of a piece, if any, is met.
   */
  *receiveContent(
    command: Pop3Command,
    deliver: (octets: Uint8Array) => Demand | undefined,
  ): Dialog<void> {
    const unstuffer = new DotUnstuffer()
    let count = 0
    while (!unstuffer.isDone) {
      const octets = unstuffer.push(yield* this.#receiveOctets(command))
      count += octets.length
      this.#check('a letter', count, 'maxLetterOctets')
      const demand = octets.length > 0 ? deliver(octets) : undefined
      if (demand !== undefined) yield demand
    }
    if (unstuffer.rest.length > 0) this.#buffer.push(unstuffer.rest)
  }

  /**
   * Encrypts the connection, after the server has agreed to it.
   *
   * @throws ProtocolViolation when the server had already sent something more: whoever put it there wants it to be read as if it had
   *   come encrypted (CVE-2011-0411).
   */
  *startTls(): Dialog<void> {
    if (!this.#buffer.isEmpty)
      throw this.#unsolicited('octets in clear text after the response to STLS')
    this.#isInStep = false
    yield { kind: 'startTls', timeoutMs: this.#deadlines.tlsMs }
    this.#isInStep = true
  }

  *#receiveOctets(command: Pop3Command): Dialog<Uint8Array> {
    const buffered = this.#buffer.takeOctets()
    if (buffered !== undefined) return buffered
    const octets = yield { kind: 'receive', timeoutMs: this.#deadlines.contentMs }
    if (octets === null) throw new ConnectionLost(`receiving the answer to ${command.shown}`)
    assert(octets !== undefined, 'a receive demand is answered with octets or null')
    return octets
  }

  #check(what: string, value: number, limitName: keyof Pop3Limits): void {
    const limit = this.#limits[limitName]
    if (value <= limit) return
    throw new LimitExceeded({ what, limit, value, option: `limits.${limitName}` })
  }

  #unsolicited(what: string, line = this.#buffer.takeOctets()): ProtocolViolation {
    this.#isInStep = false
    return new ProtocolViolation(`the server sent ${what}`, line)
  }
}

function accept(attempt: string, response: Pop3Response): string {
  if (response.status === 'ok') return response.text
  if (response.status === 'error') throw new Pop3ResponseRejected(attempt, response)
  throw new ProtocolViolation(`${attempt} was answered with a challenge`, `+ ${response.text}`)
}
