import type { Authentication } from '../sasl/authentication.ts'
import type { LoginCredentials } from '../sasl/credentials.ts'
import { AuthenticationFailed } from '../sasl/errors.ts'
import { logIn, type LoginOffer } from '../sasl/log-in.ts'
import type { Dialog } from '../wire/dialog.ts'
import { ProtocolViolation } from '../wire/errors.ts'
import type { CommandChannel } from './command-channel.ts'
import {
  CANCEL_AUTHENTICATION,
  formatAuth,
  formatAuthResponse,
  maxInitialResponseOctets,
  withSecrets,
} from './command.ts'
import type { Reply } from './reply.ts'

const AUTHENTICATED = 235
const CHALLENGE = 334
/** A password transition is needed (RFC 4954 §6). A 4yz reply, but nothing that time mends. */
const TRANSITION_NEEDED = 432

/** What to do about the replies of RFC 4954 §6. */
const HINTS: Readonly<Record<number, string>> = {
  432: 'Log in once in the way the provider asks for, for example through its web page',
  454: 'Try again later',
  530: 'Ask the administrator of the mail server which TLS setting and mechanism it wants',
  534: 'Ask the provider for a stronger mechanism, or for a password made for programs',
  535: 'Check the user name and the password; some providers want a password made for programs',
  538: "Set the server's tls to 'implicit' or 'starttls'",
}

export interface AuthenticateOptions extends Omit<LoginOffer, 'service'> {
  readonly credentials: LoginCredentials
}

/**
 * Logs in with AUTH (RFC 4954), once, with one mechanism; a second time only with another token.
 *
 * @throws NoUsableMechanism before anything is sent.
 * @throws AuthenticationFailed when the server refuses, or the mechanism does not accept what the server sends.
 */
export function* authenticate(
  channel: CommandChannel,
  { credentials, ...offer }: AuthenticateOptions,
): Dialog<void> {
  try {
    yield* logIn(credentials, { ...offer, service: 'smtp' }, (authentication) =>
      carryOut(channel, authentication),
    )
  } catch (error) {
    if (!(error instanceof ProtocolViolation)) throw error
    // The offending line is left out: a server that repeats what it does not understand repeats the password.
    throw new ProtocolViolation('AUTH failed: what the server answered is no reply to it')
  }
}

function* carryOut(channel: CommandChannel, authentication: Authentication): Dialog<void> {
  const reply = yield* converse(channel, authentication)
  if (reply.code !== AUTHENTICATED) throw refusalOf(authentication, reply)
  authentication.finish()
}

/** Sends AUTH and answers challenges until there is another reply. */
function* converse(channel: CommandChannel, authentication: Authentication): Dialog<Reply> {
  const name = authentication.mechanism
  const { commandMs } = channel.deadlines
  const initial = authentication.initialResponse(maxInitialResponseOctets(name))
  let reply = yield* channel.execute(
    withSecrets(formatAuth(name, initial), authentication.secrets),
    commandMs,
  )
  while (reply.code === CHALLENGE) {
    const response = yield* answer(channel, authentication, reply)
    reply = yield* channel.execute(
      withSecrets(formatAuthResponse(response), authentication.secrets),
      commandMs,
    )
  }
  return reply
}

/** A challenge that the mechanism does not accept is not answered but cancelled, so that the server knows the end too. */
function* answer(
  channel: CommandChannel,
  authentication: Authentication,
  reply: Reply,
): Dialog<string> {
  try {
    return authentication.answer(reply.lines.join(''))
  } catch (error) {
    if (!(error instanceof AuthenticationFailed)) throw error
    yield* channel.execute(CANCEL_AUTHENTICATION, channel.deadlines.commandMs)
    throw error
  }
}

function refusalOf(authentication: Authentication, reply: Reply): Error {
  if (reply.severity === 'completion' || reply.severity === 'intermediate') {
    return new ProtocolViolation('AUTH failed: 235, 334 or a refusal was due')
  }
  return authentication.rejected({
    serverWords: [reply.code, ...reply.lines].join(' '),
    transient: reply.severity === 'transient' && reply.code !== TRANSITION_NEEDED,
    hint: HINTS[reply.code] ?? 'Ask the administrator of the mail server',
  })
}
