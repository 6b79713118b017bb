/**
 * Commands and responses. A command is sent when the one before has been answered, so no answer can be taken for that of another. Everything that has
 * no tag may come at any time and belongs to the session, not to the command (RFC 9051 §5.5, §7).
 *
 * A command that fails half-way leaves the rest of its answer in the line. `isInStep` is then `false` for ever, and the connection can only be dropped.
 */

import { concatOctets, octetsOf } from '../base/octets.ts'
import { escapePeerWords } from '../base/peer-words.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { Dialog } from '../wire/dialog.ts'
import { ConnectionLost, ProtocolViolation } from '../wire/errors.ts'
import { send } from '../wire/line-buffer.ts'
import { announceLiteral, layOut } from './command.ts'
import type { ImapCommand } from './command.ts'
import { ImapCommandRejected } from './errors.ts'
import type { FetchedLetter } from './fetch-response.ts'
import { ResponseFramer } from './framing.ts'
import type { ChooseSink, FramedResponse } from './framing.ts'
import type { ImapLimits } from './limits.ts'
import { parseResponse } from './parse-response.ts'
import type { ContinuationResponse, ImapResponse, StatusResponse } from './response.ts'
import { SessionState } from './session-state.ts'

/** How a command's answer is read. */
export interface AnswerOptions {
  /** Gets every response without a tag that comes before the one with it, and that tag. */
  readonly onData?: (response: ImapResponse, tag: string) => void
  /** Gets letters instead, with what they weigh, and says whether they are what was asked for. By default none is: the server speaks of flags by itself. */
  readonly onLetter?: (letter: FetchedLetter, weightOctets: number) => boolean
  readonly chooseSink?: ChooseSink
  readonly timeoutMs?: number
}

/** The end of a command, or the server's request to go on with it. */
type Turn = StatusResponse | ContinuationResponse

/** Content that goes to the server as the last argument of a command. */
export interface CommandContent {
  readonly octetCount: number
  readonly source: AsyncIterator<Uint8Array>
  /** A piece is good only until the next is asked for. */
  readonly isLent?: boolean
  /** Whether it goes as `UTF8 (~{12} …)` (RFC 6855 §4). */
  readonly isUtf8?: boolean
}

export class ImapChannel {
  readonly limits: ImapLimits
  readonly deadlines: Deadlines
  #state = new SessionState()
  readonly #framer: ResponseFramer
  #isInStep = false
  #lastTag = 0

  constructor(limits: ImapLimits, deadlines: Deadlines) {
    this.limits = limits
    this.deadlines = deadlines
    this.#framer = new ResponseFramer(limits, deadlines)
  }

  get state(): SessionState {
    return this.#state
  }

  /** Whether the next command can be sent. */
  get isInStep(): boolean {
    return this.#isInStep
  }

  /** The first response. @throws ProtocolViolation when it is no greeting. */
  *receiveGreeting(): Dialog<StatusResponse> {
    const response = yield* this.#receive({ timeoutMs: this.deadlines.greetingMs })
    const isGreeting =
      response.kind === 'status' &&
      response.tag === undefined &&
      (response.status === 'OK' || response.status === 'PREAUTH' || response.status === 'BYE')
    if (!isGreeting) {
      throw new ProtocolViolation('opening the session failed: no greeting of IMAP')
    }
    this.#state.take(response)
    this.#isInStep = true
    return response
  }

  /**
   * Runs a command and returns what ended it.
   *
   * @throws ImapCommandRejected when that is `NO` or `BAD`.
   */
  *execute(command: ImapCommand, options: AnswerOptions = {}): Dialog<StatusResponse> {
    return accept(command, yield* this.run(command, options))
  }

  /** Runs a command and returns what ended it, be it `OK`, `NO` or `BAD`. */
  *run(command: ImapCommand, options: AnswerOptions = {}): Dialog<StatusResponse> {
    const tag = yield* this.#begin()
    const refused = yield* this.#send(tag, command, options)
    return this.#finish(refused ?? (yield* this.#awaitStatus(tag, options)))
  }

  /**
   * Runs a command in which the server asks and this side answers. `answer` may throw to end it, after which the connection is of no more use.
   */
  *converse(
    command: ImapCommand,
    answer: (challenge: string) => Dialog<void>,
  ): Dialog<StatusResponse> {
    const tag = yield* this.#begin()
    const refused = yield* this.#send(tag, command, {})
    if (refused !== undefined) return this.#finish(refused)
    for (;;) {
      const turn = yield* this.#awaitTurn(tag, {})
      if (turn.kind === 'status') return this.#finish(turn)
      yield* answer(turn.text)
    }
  }

  /** Runs a command that ends with a literal of any size, which comes from a source piece by piece. */
  *upload(command: ImapCommand, content: CommandContent): Dialog<StatusResponse> {
    const tag = yield* this.#begin()
    const { isUtf8 = false } = content
    const before = isUtf8 ? BEFORE_UTF8 : SPACE
    // Whether a server understands that is seen before anything is sent.
    const mode = isUtf8 ? 'waiting' : this.#state.literalMode
    const announcement = announceLiteral(content.octetCount, mode)
    const parts = layOut(tag, command, this.#state.literalMode)
    for (const [index, { octets, awaitsContinuation }] of parts.entries()) {
      const isLast = index === parts.length - 1
      // In place of the line end comes the announcement.
      const sent = isLast
        ? concatOctets([octets.subarray(0, -LINE_END.length), before, announcement.octets])
        : octets
      yield* send(sent, this.deadlines.commandMs)
      if (!(isLast ? announcement.awaitsContinuation : awaitsContinuation)) continue
      const turn = yield* this.#awaitTurn(tag, {})
      if (turn.kind === 'status') return accept(command, this.#finish(turn))
    }
    yield* this.#sendContent(content)
    const timeoutMs = this.deadlines.contentEndMs
    return accept(command, this.#finish(yield* this.#awaitStatus(tag, { timeoutMs })))
  }

  /**
   * Runs a command during which the server may speak for as long as it likes, until this side ends it with a line of its own.
   *
   * @param command to which the server says `+`.
   * @param listen waits for octets, and returns `undefined` when it is enough.
   */
  *listen(
    command: ImapCommand,
    listen: () => Dialog<Uint8Array | undefined>,
    lastLine: Uint8Array,
  ): Dialog<void> {
    const tag = yield* this.#begin()
    const refused = yield* this.#send(tag, command, {})
    const turn = refused ?? (yield* this.#awaitTurn(tag, {}))
    if (turn.kind === 'status') {
      accept(command, this.#finish(turn))
      throw new ProtocolViolation(`${command.shown} was over before it began`, turn.text)
    }
    while (!this.#framer.isEmpty) yield* this.#takeUntagged()
    for (let octets = yield* listen(); octets !== undefined; octets = yield* listen()) {
      this.#framer.push(octets)
      while (!this.#framer.isEmpty) yield* this.#takeUntagged()
    }
    yield* send(lastLine, this.deadlines.commandMs)
    accept(command, this.#finish(yield* this.#awaitStatus(tag, {})))
  }

  /** Octets that came while nothing was asked for. They are looked at before the next command. */
  take(octets: Uint8Array): void {
    this.#framer.push(octets)
  }

  /** What came behind the last response, and is none as it stands. */
  takeUnread(): Uint8Array | undefined {
    return this.#framer.takeUnread()
  }

  /**
   * Encrypts the connection, after the server has agreed to it. Everything that was said before is forgotten: it may have been anybody.
   *
   * @throws ProtocolViolation when the server had already sent something more: whoever put it there wants it to be read as if it had come
   *   encrypted (CVE-2011-0411).
   */
  *startTls(): Dialog<void> {
    this.#isInStep = false
    if (!this.#framer.isEmpty) {
      throw new ProtocolViolation(
        'the server sent octets in clear text after the answer to STARTTLS',
      )
    }
    yield { kind: 'startTls', timeoutMs: this.deadlines.tlsMs }
    this.#state = new SessionState()
    this.#isInStep = true
  }

  *#begin(): Dialog<string> {
    while (yield* this.#hasOctets()) yield* this.#takeUntagged()
    this.#isInStep = false
    this.#lastTag++
    return `A${this.#lastTag}`
  }

  /** What has come by now was sent before the command, so it can't be the answer to it. */
  *#hasOctets(): Dialog<boolean> {
    if (!this.#framer.isEmpty) return true
    const octets = yield { kind: 'poll' }
    if (octets) this.#framer.push(octets)
    return !this.#framer.isEmpty
  }

  *#takeUntagged(): Dialog<void> {
    const response = yield* this.#receive({})
    if (response.kind === 'continuation' || (response.kind === 'status' && response.tag)) {
      this.#isInStep = false
      throw new ProtocolViolation(
        'the server sent an answer that nothing had been asked for',
        wordsOf(response),
      )
    }
    this.#takeData(response)
    const { farewell } = this.#state
    if (farewell === undefined) return
    this.#isInStep = false
    throw lost(farewell)
  }

  /** @returns what ended the command when the server did not want all of it. */
  *#send(
    tag: string,
    command: ImapCommand,
    options: AnswerOptions,
  ): Dialog<StatusResponse | undefined> {
    const { secrets } = command
    const concealment = secrets === undefined ? {} : { logAs: `${tag} ${command.shown}`, secrets }
    for (const chunk of layOut(tag, command, this.#state.literalMode)) {
      yield* send(chunk.octets, this.deadlines.commandMs, concealment)
      if (!chunk.awaitsContinuation) continue
      const turn = yield* this.#awaitTurn(tag, options)
      if (turn.kind === 'status') return turn
    }
    return undefined
  }

  *#sendContent({ octetCount, source, isLent, isUtf8 }: CommandContent): Dialog<void> {
    const { contentMs } = this.deadlines
    const handOver = isLent === true ? { isLent } : {}
    let missing = octetCount
    for (;;) {
      const octets = yield { kind: 'pull', source, timeoutMs: contentMs }
      if (!octets) break
      missing -= octets.length
      if (missing < 0) break
      if (octets.length > 0) yield { kind: 'send', octets, timeoutMs: contentMs, ...handOver }
    }
    if (missing !== 0) {
      // Nothing that could be sent now would be understood.
      throw new RangeError(`the content has ${missing < 0 ? 'more' : 'fewer'} octets than was said`)
    }
    yield* send(isUtf8 === true ? AFTER_UTF8 : LINE_END, contentMs)
  }

  *#awaitStatus(tag: string, options: AnswerOptions): Dialog<StatusResponse> {
    const turn = yield* this.#awaitTurn(tag, options)
    if (turn.kind === 'status') return turn
    throw new ProtocolViolation(
      'the server asks to go on with a command that is complete',
      turn.text,
    )
  }

  *#awaitTurn(tag: string, options: AnswerOptions): Dialog<Turn> {
    for (;;) {
      const response = this.#takeReceived(options) ?? (yield* this.#receive(options))
      if (response.kind === 'continuation') return response
      if (response.kind === 'status' && response.tag !== undefined) {
        if (response.tag === tag) {
          this.#state.take(response)
          return response
        }
        throw new ProtocolViolation(
          'the server answered a command that was not sent',
          wordsOf(response),
        )
      }
      if (response.kind === 'fetch') {
        const { letter, weightOctets } = response
        if (options.onLetter?.(letter, weightOctets) === true) continue
      }
      this.#takeData(response)
      options.onData?.(response, tag)
    }
  }

  #takeData(response: ImapResponse): void {
    const before = this.#state.mailbox
    const uidValidity = before?.uidValidity
    this.#state.take(response)
    if (response.kind !== 'status') return
    if (response.status === 'BAD') {
      // The command that it is about can't be known, so nothing that comes next could be either (RFC 9051 §7.1.3).
      throw new ProtocolViolation('the server could not read a line', response.text)
    }
    if (uidValidity !== undefined && before?.uidValidity !== uidValidity) {
      this.#isInStep = false
      throw new ProtocolViolation('the server gave the letters of the open mailbox other UIDs')
    }
  }

  *#receive({
    timeoutMs = this.deadlines.commandMs,
    chooseSink,
  }: AnswerOptions): Dialog<ImapResponse> {
    try {
      return this.#parse(yield* this.#framer.receive(timeoutMs, chooseSink))
    } catch (error) {
      this.#isInStep = false
      const { farewell } = this.#state
      throw error instanceof ConnectionLost && farewell !== undefined ? lost(farewell) : error
    }
  }

  /** The next response, if all of it has come: of ten thousand letters in one answer few have to be waited for. */
  #takeReceived({ chooseSink }: AnswerOptions): ImapResponse | undefined {
    try {
      const framed = this.#framer.take(chooseSink)
      return framed && this.#parse(framed)
    } catch (error) {
      this.#isInStep = false
      throw error
    }
  }

  #parse(framed: FramedResponse): ImapResponse {
    const { nameEncoding } = this.#state
    return parseResponse(framed, { limits: this.limits, nameEncoding })
  }

  #finish(status: StatusResponse): StatusResponse {
    this.#isInStep = true
    return status
  }
}

const LINE_END = octetsOf('\r\n')
const SPACE = octetsOf(' ')
const BEFORE_UTF8 = octetsOf(' UTF8 (~')
const AFTER_UTF8 = octetsOf(')\r\n')

function accept(command: ImapCommand, status: StatusResponse): StatusResponse {
  if (status.status === 'OK') return status
  throw new ImapCommandRejected(command.shown, status)
}

function lost({ text }: StatusResponse): ConnectionLost {
  const reason = `the server ended it: ${escapePeerWords(text)}`
  return new ConnectionLost('the IMAP session', { reason })
}

function wordsOf(response: StatusResponse | ContinuationResponse): string {
  return response.kind === 'continuation'
    ? `+ ${response.text}`
    : `${response.tag ?? '*'} ${response.status} ${response.text}`
}
