/**
 * The AUTHORIZATION state of a POP3 session (RFC 1939 §4, RFC 2449 §5, RFC 2595 §4, RFC 5034, RFC 6856):
 *
 *     greeting → [ STLS → TLS ] → CAPA → [ UTF8 ] → AUTH, or USER and PASS, or APOP → maildrop
 *
 * Nothing that the server says before TLS is believed, because somebody in between may have said it: the capabilities are asked for
 * afterwards only. A server that does not accept STLS when it was asked for sees no credentials.
 */

import { textOf } from '../base/octets.ts'
import type { LoginCredentials } from '../sasl/credentials.ts'
import type { SaslEnvironment } from '../sasl/environment.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { Dialog } from '../wire/dialog.ts'
import { ProtocolViolation, TlsUnavailable } from '../wire/errors.ts'
import { authenticate } from './authentication.ts'
import { Pop3Capabilities } from './capabilities.ts'
import { Pop3Channel } from './channel.ts'
import { formatCommand } from './command.ts'
import { Pop3ResponseRejected } from './errors.ts'
import type { Pop3Limits } from './limits.ts'
import { Maildrop } from './maildrop.ts'

/** How to get from a fresh connection to a maildrop. */
export interface Pop3SessionOptions {
  /**
   * `'implicit'`: the connection is encrypted already. `'starttls'`: it must become so by STLS before anything else. `'none'`: everything,
   * the password too, goes in clear text.
   */
  readonly tls: 'implicit' | 'starttls' | 'none'
  readonly credentials: LoginCredentials
  /** What logging in needs to know of the connection. */
  readonly environment: SaslEnvironment
  readonly deadlines: Deadlines
  readonly limits: Pop3Limits
  /** Ask for letters with UTF-8 in their header sections, where the server has them so (RFC 6856). */
  readonly wantsUtf8?: boolean
}

/**
 * Runs a session up to where letters can be read.
 *
 * @throws TlsUnavailable when TLS was asked for and the server does not offer it, or refuses it.
 * @throws AuthenticationFailed when the server does not accept the credentials.
 * @throws Pop3ResponseRejected when it refuses for another reason, say because another session holds the maildrop.
 */
export function* openMaildrop(options: Pop3SessionOptions): Dialog<Maildrop> {
  const channel = new Pop3Channel(options.limits, options.deadlines)
  const greeting = yield* channel.receiveGreeting()
  if (options.tls === 'starttls') yield* startTls(channel)
  const capabilities = yield* readCapabilities(channel)
  const isUtf8 = options.wantsUtf8 === true && (yield* askForUtf8(channel, capabilities))
  yield* authenticate(channel, capabilities, { ...options, greeting })
  return new Maildrop(channel, { capabilities, isUtf8 })
}

/** A server that refuses CAPA is from before RFC 2449, and is not at fault. */
function* readCapabilities(channel: Pop3Channel): Dialog<Pop3Capabilities> {
  const lines: string[] = []
  try {
    yield* channel.list(
      formatCommand('CAPA'),
      (line) => lines.push(textOf(line)),
      'maxCapabilityLines',
    )
  } catch (error) {
    if (error instanceof Pop3ResponseRejected) return Pop3Capabilities.unknown()
    throw error
  }
  return Pop3Capabilities.parse(lines)
}

/** RFC 6856 §2.1: before the login, and after STLS. A server that refuses gives letters as it would have given them. */
function* askForUtf8(channel: Pop3Channel, capabilities: Pop3Capabilities): Dialog<boolean> {
  if (!capabilities.has('UTF8')) return false
  const { status } = yield* channel.exchange(formatCommand('UTF8'))
  return status === 'ok'
}

/**
 * CAPA is not asked first: what it would say could be forged, and what counts is whether the server agrees now.
 */
function* startTls(channel: Pop3Channel): Dialog<void> {
  const response = yield* channel.exchange(formatCommand('STLS'))
  if (response.status === 'challenge') {
    throw new ProtocolViolation('STLS was answered with a challenge', `+ ${response.text}`)
  }
  if (response.status !== 'ok') {
    const rejected = new Pop3ResponseRejected('STLS', response)
    throw new TlsUnavailable({ reason: rejected.message, transient: rejected.transient })
  }
  yield* channel.startTls()
}
