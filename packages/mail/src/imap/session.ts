/**
 * From a fresh connection to a session in which mailboxes can be opened (RFC 9051 §3, §6.1, §6.2):
 *
 *     greeting ─┬─ OK ──────► [ STARTTLS → TLS ] → CAPABILITY → AUTHENTICATE or LOGIN ─► CAPABILITY, ENABLE → authenticated
 *               ├─ PREAUTH ─► only where the connection needs no STARTTLS ─────────────────────────────────────▲
 *               └─ BYE ─────► ImapCommandRejected
 *
 * Nothing that the server says before TLS is believed, because somebody in between may have said it: capabilities count only if they were said afterwards.
 * A server that does not accept STARTTLS when it was asked for sees no credentials. After the login capabilities may be others.
 */

import type { LoginCredentials } from '../sasl/credentials.ts'
import type { SaslEnvironment } from '../sasl/environment.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { Dialog } from '../wire/dialog.ts'
import { TlsUnavailable } from '../wire/errors.ts'
import { authenticate } from './authentication.ts'
import { ImapCapabilities } from './capabilities.ts'
import { ImapChannel } from './channel.ts'
import { CommandPart, formatCommand } from './command.ts'
import { ImapCommandRejected } from './errors.ts'
import type { ImapLimits } from './limits.ts'
import type { StatusResponse } from './response.ts'

/** What a client may ask a server to switch on (RFC 5161): other names of mailboxes, mod-sequences, revision 2. */
export type ImapExtension = 'UTF8=ACCEPT' | 'CONDSTORE' | 'QRESYNC' | 'IMAP4rev2'

export interface ImapSessionOptions {
  /**
   * `'implicit'`: the connection is encrypted already. `'starttls'`: it must become so by STARTTLS before anything else. `'none'`:
   * everything, the password too, goes in clear text.
   */
  readonly tls: 'implicit' | 'starttls' | 'none'
  readonly credentials: LoginCredentials
  /** What logging in needs to know of the connection. */
  readonly environment: SaslEnvironment
  readonly deadlines: Deadlines
  readonly limits: ImapLimits
  /** What to switch on, as far as the server has it. */
  readonly enable?: readonly ImapExtension[]
}

/** A session after login. */
export class ImapSession {
  readonly channel: ImapChannel
  /** What the server called itself. */
  readonly greeting: string

  constructor(channel: ImapChannel, greeting: string) {
    this.channel = channel
    this.greeting = greeting
  }

  /** What the server can do now. */
  get capabilities(): ImapCapabilities {
    return this.channel.state.capabilities ?? new ImapCapabilities([])
  }
}

/**
 * Runs a session up to where mailboxes can be opened.
 *
 * @throws TlsUnavailable when TLS was asked for and the server does not offer it, refuses it, or has the session begin without.
 * @throws AuthenticationFailed when the server does not accept the credentials.
 * @throws ImapCommandRejected when it does not want to serve anybody now.
 */
export function* openSession(options: ImapSessionOptions): Dialog<ImapSession> {
  const channel = new ImapChannel(options.limits, options.deadlines)
  const greeting = yield* channel.receiveGreeting()
  if (greeting.status === 'BYE') throw new ImapCommandRejected('the session', greeting)
  if (options.tls === 'starttls') yield* startTls(channel, greeting)
  if (greeting.status !== 'PREAUTH') {
    const capabilities = yield* readCapabilities(channel)
    yield* logIn(channel, capabilities, { ...options, greeting: greeting.text })
  }
  const session = new ImapSession(channel, greeting.text)
  yield* readCapabilities(channel)
  yield* enable(session, options.enable ?? [])
  return session
}

/** PREAUTH is how somebody in between would have a session begin without TLS: STARTTLS is not allowed after it (RFC 9051 §6.2.1). */
function* startTls(channel: ImapChannel, greeting: StatusResponse): Dialog<void> {
  if (greeting.status === 'PREAUTH') {
    throw new TlsUnavailable({
      reason: 'the server greeted with PREAUTH, after which it is not allowed',
    })
  }
  // CAPABILITY is not asked first: what it would say could be forged, and what counts is whether the server agrees now.
  const status = yield* channel.run(formatCommand('STARTTLS'))
  if (status.status !== 'OK') {
    const rejected = new ImapCommandRejected('STARTTLS', status)
    throw new TlsUnavailable({ reason: rejected.message, transient: rejected.transient })
  }
  yield* channel.startTls()
}

/** What was said before the login may not hold after it, so it is forgotten; many servers say the new list by themselves (RFC 9051 §7.1). */
function* logIn(
  channel: ImapChannel,
  capabilities: ImapCapabilities,
  login: ImapSessionOptions & { readonly greeting: string },
): Dialog<void> {
  channel.state.capabilities = undefined
  yield* authenticate(channel, capabilities, login)
}

function* readCapabilities(channel: ImapChannel): Dialog<ImapCapabilities> {
  const { state } = channel
  if (state.capabilities === undefined) yield* channel.execute(formatCommand('CAPABILITY'))
  state.capabilities ??= new ImapCapabilities([])
  return state.capabilities
}

/** ENABLE answers with what it has switched on; what a server does not have is left out. */
function* enable(session: ImapSession, wanted: readonly ImapExtension[]): Dialog<void> {
  const { capabilities, channel } = session
  const canEnable = capabilities.has('ENABLE') || capabilities.has('IMAP4rev2')
  const offered = wanted.filter((name) => capabilities.has(name))
  if (!canEnable || offered.length === 0) return
  const names = offered.map((name) => CommandPart.atom(name))
  yield* channel.execute(formatCommand('ENABLE', ...names))
}
