/**
 * The beginning of an SMTP session: everything up to the first letter.
 *
 *     greeting 220 ─► EHLO ─┬─ tls 'starttls' ─► STARTTLS 220 ─► TLS ─► EHLO ─┬─ credentials ─► AUTH … 235 ─► ready
 *                           └─ 'implicit', 'none' ────────────────────────────┴─ none ─────────────────────► ready
 *
 * There is no way around a step: a server that lacks one, or refuses it, ends the opening with an error. What it offered before
 * TLS is forgotten, since anybody could have written it (RFC 3207 §4.2).
 */

import type { LoginCredentials } from '../sasl/credentials.ts'
import { secrecyOf } from '../sasl/choose.ts'
import type { SaslEnvironment } from '../sasl/environment.ts'
import { NoUsableMechanism } from '../sasl/errors.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { Dialog } from '../wire/dialog.ts'
import { ProtocolViolation, TlsUnavailable } from '../wire/errors.ts'
import { authenticate } from './authenticate.ts'
import { CommandChannel } from './command-channel.ts'
import { formatEhlo, formatHelo, formatLhlo, QUIT, STARTTLS, type SmtpCommand } from './command.ts'
import { SmtpReplyRejected } from './errors.ts'
import { SmtpExtensions } from './extensions.ts'
import type { SmtpLimits } from './limits.ts'
import type { ClientName } from './path.ts'
import type { Reply } from './reply.ts'

const READY = 220

/** Command not recognised, command not implemented: what a server answers to EHLO that knows only HELO (RFC 5321 §3.2). */
const EHLO_UNKNOWN: readonly number[] = [500, 502]

export interface SmtpSessionOptions {
  /** `'lmtp'`: the server delivers to mailboxes itself, and answers for each recipient after the content (RFC 2033). */
  readonly protocol?: 'smtp' | 'lmtp'
  /** `'never'`: content goes with DATA although the server offers CHUNKING. */
  readonly chunking?: 'when-offered' | 'never'
  /**
   * Whether the connection is encrypted from its first octet, is to be encrypted by STARTTLS before anything else, or stays in
   * clear text, credentials included.
   */
  readonly tls: 'implicit' | 'starttls' | 'none'
  readonly clientName: ClientName
  readonly credentials?: LoginCredentials
  /** What logging in needs to know of the connection. */
  readonly environment: SaslEnvironment
  readonly deadlines: Deadlines
  readonly limits: SmtpLimits
}

/** A session that is ready for letters. */
export class SmtpSession {
  readonly channel: CommandChannel
  readonly extensions: SmtpExtensions
  /** The connection is encrypted, and the server's certificate was verified. */
  readonly isEncrypted: boolean
  readonly isLmtp: boolean
  /** Content goes with BDAT (RFC 3030). */
  readonly usesChunking: boolean
  /**
   * `'ready'`: a letter can be sent. `'reset-needed'`: also, but the server still holds an envelope that came to nothing.
   * `'busy'`: letters are under way. `'ended'`: by either side, or because a letter broke off and nothing can be understood any more.
   */
  state: 'ready' | 'reset-needed' | 'busy' | 'ended' = 'ready'

  constructor(
    channel: CommandChannel,
    extensions: SmtpExtensions,
    { tls, protocol, chunking }: SmtpSessionOptions,
  ) {
    this.channel = channel
    this.extensions = extensions
    this.isEncrypted = tls !== 'none'
    this.isLmtp = protocol === 'lmtp'
    this.usesChunking = chunking !== 'never' && extensions.has('CHUNKING')
  }
}

/**
 * Opens a session over a connection that has just been made.
 *
 * @throws SmtpReplyRejected when the server refuses the connection or EHLO.
 * @throws TlsUnavailable when STARTTLS is wanted and not to be had.
 * @throws NoUsableMechanism when there is no mechanism fit to log in with.
 * @throws AuthenticationFailed when the server refuses the credentials.
 * @throws ProtocolViolation, LimitExceeded, ConnectionLost
 */
export function* openSession(options: SmtpSessionOptions): Dialog<SmtpSession> {
  const channel = new CommandChannel(options.deadlines, options.limits)
  yield* receiveGreeting(channel)
  let extensions = yield* greet(channel, options)
  if (options.tls === 'starttls') {
    yield* encrypt(channel, extensions)
    extensions = yield* greetEncrypted(channel, options)
  }
  if (options.credentials !== undefined) {
    yield* authenticate(channel, {
      credentials: options.credentials,
      offered: extensions.authMechanisms,
      secrecy: secrecyOf(options.environment.isEncrypted(), options.tls),
      environment: options.environment,
      limits: options.limits,
    })
  }
  return new SmtpSession(channel, extensions, options)
}

/** Says good-bye (RFC 5321 §4.1.1.10). Whatever the server answers, the session is over. */
export function* quit(session: SmtpSession): Dialog<void> {
  const { channel } = session
  session.state = 'ended'
  if (channel.lastWord !== undefined) return
  yield* channel.execute(QUIT, channel.deadlines.quitMs)
}

function* receiveGreeting(channel: CommandChannel): Dialog<void> {
  const reply = yield* channel.receive(channel.deadlines.greetingMs)
  if (reply.isRefusal) throw new SmtpReplyRejected('the connection', reply)
  if (reply.code !== READY) {
    throw new ProtocolViolation('opening the session failed: no greeting', reply.toString())
  }
}

function* greet(channel: CommandChannel, options: SmtpSessionOptions): Dialog<SmtpExtensions> {
  const hello = helloOf(options)
  const reply = yield* channel.execute(hello, channel.deadlines.commandMs)
  if (reply.severity === 'completion') return SmtpExtensions.parse(reply)
  const knowsNoMore = options.protocol !== 'lmtp' && EHLO_UNKNOWN.includes(reply.code)
  if (!knowsNoMore) throw new SmtpReplyRejected(hello.shown, reply)
  refuseWithoutEhlo(options, reply)
  const helo = formatHelo(options.clientName)
  const heloReply = yield* channel.execute(helo, channel.deadlines.commandMs)
  if (heloReply.severity !== 'completion') throw new SmtpReplyRejected(helo.shown, heloReply)
  return SmtpExtensions.none(heloReply)
}

/** HELO knows neither STARTTLS nor AUTH: who strips EHLO must not get by without them. */
function refuseWithoutEhlo({ tls, credentials }: SmtpSessionOptions, reply: Reply): void {
  if (tls === 'starttls') {
    throw new TlsUnavailable({ reason: `the server does not know EHLO: ${reply.toString()}` })
  }
  if (credentials !== undefined) {
    throw new NoUsableMechanism({
      offered: [],
      reason: 'the server does not know EHLO',
      hint: 'Check that host and port belong to the submission server of the mailbox',
    })
  }
}

function* encrypt(channel: CommandChannel, extensions: SmtpExtensions): Dialog<void> {
  if (!extensions.has('STARTTLS')) {
    throw new TlsUnavailable({ reason: 'the server does not offer it' })
  }
  const reply = yield* channel.execute(STARTTLS, channel.deadlines.commandMs)
  if (reply.code !== READY) {
    throw new TlsUnavailable({
      reason: `the server refused it: ${reply.toString()}`,
      transient: reply.severity === 'transient',
    })
  }
  yield* channel.startTls()
}

function* greetEncrypted(
  channel: CommandChannel,
  options: SmtpSessionOptions,
): Dialog<SmtpExtensions> {
  const hello = helloOf(options)
  const reply = yield* channel.execute(hello, channel.deadlines.commandMs)
  if (reply.severity !== 'completion') throw new SmtpReplyRejected(hello.shown, reply)
  return SmtpExtensions.parse(reply)
}

/** An LMTP server knows no other greeting (RFC 2033 §4.1). */
function helloOf({ protocol, clientName }: SmtpSessionOptions): SmtpCommand {
  return protocol === 'lmtp' ? formatLhlo(clientName) : formatEhlo(clientName)
}
