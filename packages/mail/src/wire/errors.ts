import { MailError } from '../base/mail-error.ts'
import { textOf } from '../base/octets.ts'
import { escapePeerWords } from '../base/peer-words.ts'

/**
 * The connection ended before the conversation did. Whether the last command took effect is not known; a new connection may be
 * tried.
 */
export class ConnectionLost extends MailError {
  readonly code = 'CONNECTION_LOST'
  readonly transient = true

  /** @param attempt what was being done, as the subject of the sentence: `waiting for the reply to MAIL`. */
  constructor(attempt: string, facts: { readonly reason?: string; readonly cause?: unknown } = {}) {
    super(`${attempt} ended: ${facts.reason ?? 'the server closed the connection'}`, {
      ...(facts.cause === undefined ? {} : { cause: facts.cause }),
      hint: 'Try again later; if it happens always, look at the protocol log for the last line of the server',
    })
  }
}

/**
 * The peer sent what the protocol does not allow, so nothing that follows could be understood with certainty. The connection must be
 * closed, and the same thing is not tried again blindly.
 */
export class ProtocolViolation extends MailError {
  readonly code = 'PROTOCOL_VIOLATION'
  readonly transient = false
  /** The offending line, escaped and cut at 200 octets; `undefined` when it is not a matter of one line. */
  readonly line: string | undefined

  /**
   * @param expected what was attempted and what was expected: `reading a reply failed: no reply code`.
   * @param line the offending line, as it came.
   */
  constructor(expected: string, line?: Uint8Array | string) {
    const text = line instanceof Uint8Array ? textOf(line.subarray(0, MAX_LINE_OCTETS_SHOWN)) : line
    const escaped = text === undefined ? undefined : escapePeerWords(text)
    super(escaped === undefined ? expected : `${expected}: "${escaped}"`, {
      hint: 'Check that host and port belong to a server of this protocol',
    })
    this.line = escaped
  }
}

/** More than is ever shown, so that a line of megabytes is not decoded for nothing. */
const MAX_LINE_OCTETS_SHOWN = 1024

/**
 * TLS was required and the server does not offer STARTTLS, or refused it. Nothing secret was sent. A server that had it yesterday and
 * not today may be somebody in between who takes it away (RFC 3207 §6), so there is no falling back.
 */
export class TlsUnavailable extends MailError {
  readonly code = 'TLS_UNAVAILABLE'
  readonly transient: boolean

  constructor(facts: {
    /** `the server does not offer it`, or the server's own words at the end. */
    readonly reason: string
    /** The server said that it is only for now (`454`). */
    readonly transient?: boolean
  }) {
    super(`STARTTLS was not possible: ${escapePeerWords(facts.reason)}`, {
      hint: "If the port is one for implicit TLS (465, 993, 995), set the server's tls to 'implicit'",
    })
    this.transient = facts.transient ?? false
  }
}
