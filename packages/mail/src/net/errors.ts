import { MailError } from '../base/mail-error.ts'

/** There is no connection: the host was not found, refused or could not be reached. Nothing was sent. */
export class ConnectionFailed extends MailError {
  readonly code = 'CONNECTION_FAILED'
  // All of it may pass, an unknown host name too: that is also what a site without a network sees.
  readonly transient = true
  readonly host: string
  readonly port: number
  /** The operating system's word for it: `ECONNREFUSED`, `ENOTFOUND`, `EHOSTUNREACH` … */
  readonly systemCode: string

  constructor(facts: {
    readonly host: string
    readonly port: number
    readonly systemCode: string
    readonly cause: unknown
  }) {
    const { host, port, systemCode } = facts
    const words = SYSTEM_WORDS[systemCode]
    const reason = words === undefined ? systemCode : `${words} (${systemCode})`
    super(`connecting to ${host}:${port} failed: ${reason}`, {
      cause: facts.cause,
      hint: SYSTEM_HINTS[facts.systemCode] ?? 'Check the network of this machine, host and port',
    })
    this.host = facts.host
    this.port = facts.port
    this.systemCode = facts.systemCode
  }
}

/** The code alone says nothing to a person, and often nobody sees more than the message. */
const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name of the host is not resolved at present',
  ECONNREFUSED: 'nobody answers at this port',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no network',
  ETIMEDOUT: 'there is no answer',
  ECONNRESET: 'the connection was reset',
}

const SYSTEM_HINTS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'Check the spelling of the host, and that this machine can resolve names',
  EAI_AGAIN: 'Check that this machine can resolve names',
  ECONNREFUSED: 'Check the port: 465 or 587 to send, 993, 995, 143 or 110 to fetch',
}

/** What was being waited for when the time was up. */
export type DeadlinePhase =
  'connect' | 'tls' | 'send' | 'receive' | 'source' | 'sink' | 'token' | 'total'

/** What was tried, and the word that the name of the server follows, where it is the server that was waited for. */
const PHASE_ATTEMPTS: Readonly<
  Record<DeadlinePhase, readonly [attempt: string, preposition?: string]>
> = {
  connect: ['connecting', 'to'],
  tls: ['the TLS handshake', 'with'],
  send: ['sending', 'to'],
  receive: ['waiting for an answer', 'of'],
  source: ['waiting for the next piece of the content'],
  sink: ['waiting for the sink to take the content'],
  token: ['asking for an access token'],
  total: ['the whole conversation', 'with'],
}

/** The other side, or the caller's content, sink or token provider, took too long. The connection is closed, and whether the last command took effect is not known. */
export class DeadlineExceeded extends MailError {
  readonly code = 'DEADLINE_EXCEEDED'
  readonly transient = true
  readonly phase: DeadlinePhase
  readonly timeoutMs: number
  /** The server that did not do it, as `host:port`; `undefined` where it is not the server that was waited for. */
  readonly server: string | undefined

  constructor(phase: DeadlinePhase, timeoutMs: number, server?: string) {
    const [attempt, preposition] = PHASE_ATTEMPTS[phase]
    const whose = server === undefined ? '' : ` ${preposition} ${server}`
    super(`${attempt}${whose} was given up: not done within ${inWords(timeoutMs)}`, {
      hint:
        phase === 'total'
          ? 'Raise totalTimeoutMs if the network is slow or the letters are large'
          : phase === 'receive'
            ? 'Check host and port: one that is encrypted from its beginning (465, 993, 995) says nothing before TLS; raise the deadline if the server is known to be slow'
            : 'Try again later; raise the deadline of this phase if the server is known to be slow',
    })
    this.phase = phase
    this.timeoutMs = timeoutMs
    this.server = server
  }
}

/** In the largest unit that makes a whole number of it. */
function inWords(ms: number): string {
  if (ms > 60_000 && ms % 60_000 === 0) return `${ms / 60_000} minutes`
  return ms > 1_000 && ms % 1_000 === 0 ? `${ms / 1_000} seconds` : `${ms} ms`
}

/** The caller's `AbortSignal` ended it; its reason is the `cause`. The connection is closed. */
export class Aborted extends MailError {
  readonly code = 'ABORTED'
  // It would succeed, but the one who stopped it does not want it to be tried again.
  readonly transient = false

  constructor(cause: unknown) {
    super('the conversation was given up: the caller aborted it', { cause })
  }
}

/** Which check of a TLS connection was not passed. */
export type TlsCheck =
  | 'expired'
  | 'not-yet-valid'
  | 'self-signed'
  | 'unknown-issuer'
  | 'wrong-host'
  | 'revoked'
  | 'certificate'
  | 'client-certificate'
  | 'pin'
  | 'not-tls'
  | 'version'
  | 'octets-before-tls'
  | 'handshake'

/** What happened and what to do, for each check. */
const TLS_CHECKS: Readonly<Record<TlsCheck, { readonly verdict: string; readonly hint: string }>> =
  {
    expired: {
      verdict: "the server's certificate has expired",
      hint: 'Have the certificate renewed; check the date of this machine',
    },
    'not-yet-valid': {
      verdict: "the server's certificate is not valid yet",
      hint: 'Check the date of this machine',
    },
    'self-signed': {
      verdict: "the server's certificate is signed by itself and not among the trusted ones",
      hint: "Set the server's ca to the certificate, as PEM, if it is your own server",
    },
    'unknown-issuer': {
      verdict: "the issuer of the server's certificate is not among the trusted ones",
      hint: "Set the server's ca to the certificate of the issuer, as PEM, if it is your own",
    },
    'wrong-host': {
      verdict: "the server's certificate is for another name",
      hint: 'Use the name in the certificate as host, or set servername to it',
    },
    revoked: {
      verdict: "the server's certificate was revoked",
      hint: 'Have the certificate replaced',
    },
    certificate: {
      verdict: "the server's certificate was not accepted",
      hint: 'Have the certificate chain of the server checked',
    },
    'client-certificate': {
      verdict: 'the server asks for a certificate of the client',
      hint: "Set the server's clientCertificate to one that the server knows, or use a port that asks for none",
    },
    pin: {
      verdict: "the server's key is none of the pinned ones",
      hint: "Ask the administrator of the mail server; if the key was changed on purpose, add its pin to the server's pins",
    },
    'not-tls': {
      verdict: 'the server answered in clear text',
      hint: "If the port is 587, 25, 143 or 110, set the server's tls to 'starttls'",
    },
    version: {
      verdict: 'the server has no TLS version from 1.2 on',
      hint: 'Have the mail server updated',
    },
    'octets-before-tls': {
      verdict: 'the server, or somebody in between, sent octets in clear text ahead of TLS',
      hint: 'Look for a device on the way that changes mail traffic, such as a virus scanner',
    },
    handshake: {
      verdict: 'there was no agreement on how to encrypt',
      hint: 'Have the TLS settings of the mail server checked',
    },
  }

/** TLS was attempted and a check was not passed. The connection is closed; nothing secret was sent. */
export class TlsFailed extends MailError {
  readonly code = 'TLS_FAILED'
  readonly transient = false
  readonly check: TlsCheck
  readonly host: string
  readonly port: number
  /** With `check` `'pin'`: the pin that the server's key has. */
  readonly seenPin: string | undefined

  constructor(facts: {
    readonly check: TlsCheck
    readonly host: string
    readonly port: number
    readonly cause?: unknown
    /** Another hint than the check usually has. */
    readonly hint?: string | undefined
    readonly seenPin?: string | undefined
  }) {
    const { verdict, hint } = TLS_CHECKS[facts.check]
    const seen = facts.seenPin === undefined ? '' : `; its pin is ${facts.seenPin}`
    super(`encrypting the connection to ${facts.host}:${facts.port} failed: ${verdict}${seen}`, {
      hint: facts.hint ?? hint,
      ...(facts.cause === undefined ? {} : { cause: facts.cause }),
    })
    this.check = facts.check
    this.host = facts.host
    this.port = facts.port
    this.seenPin = facts.seenPin
  }
}
