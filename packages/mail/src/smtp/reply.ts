/**
 * Replies of an SMTP server (RFC 5321 §4.2): a code of three digits and text, on one line or several.
 *
 *     250-mail.example.org        a line that is not the last: "-" after the code
 *     250-SIZE 10485760
 *     250 HELP                    the last line: a space after the code, or nothing
 */

import { LimitExceeded } from '../base/limit-exceeded.ts'
import { textOf } from '../base/octets.ts'
import { escapePeerWords } from '../base/peer-words.ts'
import type { Dialog } from '../wire/dialog.ts'
import { ProtocolViolation } from '../wire/errors.ts'
import { LineBuffer, receiveLine } from '../wire/line-buffer.ts'
import { parseEnhancedStatus, type EnhancedStatus } from './enhanced-status.ts'
import type { SmtpLimits } from './limits.ts'

/** What the first digit of a reply code says (RFC 5321 §4.2.1). */
export type ReplySeverity =
  /** 2yz: done. */
  | 'completion'
  /** 3yz: go on. */
  | 'intermediate'
  /** 4yz: not now; the same may succeed later. */
  | 'transient'
  /** 5yz: no; the same will fail again. */
  | 'permanent'

const SEVERITIES: Readonly<Record<number, ReplySeverity>> = {
  2: 'completion',
  3: 'intermediate',
  4: 'transient',
  5: 'permanent',
}

/** What the server answered to one command. */
export class Reply {
  /** From 200 to 599. */
  readonly code: number
  /** The text of each line, without the code; not escaped. At least one. */
  readonly lines: readonly string[]

  constructor(code: number, lines: readonly string[]) {
    this.code = code
    this.lines = lines
  }

  /** The enhanced status code of the first line that has one (RFC 2034, RFC 3463). Looked for when it is asked for: of a letter that is accepted, nobody does. */
  get enhancedStatus(): EnhancedStatus | undefined {
    return firstStatus(this.code, this.lines)
  }

  get severity(): ReplySeverity {
    return SEVERITIES[Math.trunc(this.code / 100)] ?? 'permanent'
  }

  /** Whether it says no: not now, or not at all. */
  get isRefusal(): boolean {
    return this.severity === 'transient' || this.severity === 'permanent'
  }

  /** On one line, fit to be shown: `550 5.1.1 no such mailbox`, escaped and cut at 200 octets. */
  toString(): string {
    return escapePeerWords([this.code, ...this.lines].join(' ').trimEnd())
  }
}

function firstStatus(code: number, lines: readonly string[]): EnhancedStatus | undefined {
  for (const line of lines) {
    const status = parseEnhancedStatus(line, code)
    if (status !== undefined) return status
  }
  return undefined
}

interface ReplyLine {
  readonly code: number
  readonly isLast: boolean
  readonly text: string
}

const ZERO = 0x30
const NINE = 0x39
const SPACE = 0x20
const HYPHEN = 0x2d
/** RFC 5321 §4.2. */
const CODE_OCTETS = 3

/** The replies among what a server has sent, however many lines they have and however the network cut them. */
export class ReplyReader {
  readonly #limits: SmtpLimits
  readonly #buffer: LineBuffer
  #code: number | undefined
  #texts: string[] = []
  #octets = 0
  /** All lines of a reply together have the time that one has: a server that sends a line now and then does not buy itself more. */
  #answer: object = {}

  constructor(limits: SmtpLimits) {
    this.#limits = limits
    this.#buffer = new LineBuffer({
      maxLineOctets: limits.maxLineOctets,
      option: 'limits.maxLineOctets',
    })
  }

  /** Whether everything that was pushed has been taken as whole replies. */
  get isEmpty(): boolean {
    return this.#code === undefined && this.#buffer.isEmpty
  }

  push(octets: Uint8Array): void {
    this.#buffer.push(octets)
  }

  /**
   * The next reply, if all of it has come.
   *
   * @throws ProtocolViolation when a line is no reply line, or the lines differ in their codes.
   * @throws LimitExceeded when the reply is larger than {@link SmtpLimits} allows.
   */
  take(): Reply | undefined {
    for (;;) {
      const line = this.#buffer.takeLine()
      if (line === undefined) return undefined
      const reply = this.#add(line)
      if (reply !== undefined) return reply
    }
  }

  /**
   * Receives until there is a reply, and takes it. Throws as {@link take}.
   *
   * @throws ConnectionLost when the server closes before the end of the reply.
   */
  *receive(timeoutMs: number): Dialog<Reply> {
    for (;;) {
      const answer = this.#answer
      const reply = this.#add(yield* receiveLine(this.#buffer, timeoutMs, answer))
      if (reply !== undefined) return reply
    }
  }

  /** What no reply has been read from, for a connection that goes on in another way. */
  takeOctets(): Uint8Array | undefined {
    return this.#buffer.takeOctets()
  }

  #add(octets: Uint8Array): Reply | undefined {
    const line = parseReplyLine(octets)
    if (this.#code !== undefined && line.code !== this.#code) {
      throw new ProtocolViolation(
        `reading a reply failed: a line of the ${this.#code} reply has another code`,
        octets,
      )
    }
    this.#code = line.code
    this.#texts.push(line.text)
    this.#octets += octets.length
    this.#checkSize()
    if (!line.isLast) return undefined
    const reply = new Reply(line.code, this.#texts)
    this.#code = undefined
    this.#texts = []
    this.#octets = 0
    this.#answer = {}
    return reply
  }

  #checkSize(): void {
    const { maxReplyLines, maxReplyOctets } = this.#limits
    if (this.#texts.length > maxReplyLines) {
      throw new LimitExceeded({
        what: 'a reply of many lines',
        limit: maxReplyLines,
        value: this.#texts.length,
        option: 'limits.maxReplyLines',
      })
    }
    if (this.#octets > maxReplyOctets) {
      throw new LimitExceeded({
        what: 'a long reply',
        limit: maxReplyOctets,
        value: this.#octets,
        option: 'limits.maxReplyOctets',
      })
    }
  }
}

/**
 * `Reply-code [ SP / "-" textstring ]` (RFC 5321 §4.2). The second digit may be any: servers use codes as 571 that the grammar
 * does not know. A first digit of 1 may not be: no SMTP command has such a reply, so what it would mean is unknown.
 */
function parseReplyLine(octets: Uint8Array): ReplyLine {
  const first = octets[0] ?? 0
  const second = octets[1] ?? 0
  const third = octets[2] ?? 0
  const separator = octets[CODE_OCTETS] ?? SPACE
  const isCode = first >= ZERO + 2 && first <= ZERO + 5 && isDigit(second) && isDigit(third)
  if (!isCode || (separator !== SPACE && separator !== HYPHEN)) {
    throw new ProtocolViolation('reading a reply failed: a line has no reply code', octets)
  }
  return {
    code: (first - ZERO) * 100 + (second - ZERO) * 10 + (third - ZERO),
    isLast: separator === SPACE,
    text: textOf(octets).slice(CODE_OCTETS + 1),
  }
}

function isDigit(octet: number): boolean {
  return octet >= ZERO && octet <= NINE
}
