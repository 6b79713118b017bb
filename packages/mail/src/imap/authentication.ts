import type { Authentication } from '../sasl/authentication.ts'
import { secrecyOf } from '../sasl/choose.ts'
import type { LoginCredentials, PasswordCredentials } from '../sasl/credentials.ts'
import type { SaslEnvironment } from '../sasl/environment.ts'
import { NoUsableMechanism, type AuthenticationFailed } from '../sasl/errors.ts'
import { logIn } from '../sasl/log-in.ts'
import type { LoginOffer } from '../sasl/log-in.ts'
import { answerOrCancel, beginOutsideSasl, isPassword, refusedLogin } from '../sasl/login-steps.ts'
import { login } from '../sasl/login.ts'
import type { Dialog } from '../wire/dialog.ts'
import { ProtocolViolation } from '../wire/errors.ts'
import { send } from '../wire/line-buffer.ts'
import type { ImapCapabilities } from './capabilities.ts'
import type { ImapChannel } from './channel.ts'
import {
  CANCEL_AUTHENTICATION,
  CommandPart,
  formatCommand,
  formatSaslResponse,
  formatSecretCommand,
} from './command.ts'
import type { ImapCommand } from './command.ts'
import { ImapCommandRejected } from './errors.ts'
import { withoutBrokenBinding } from './quirks.ts'
import type { StatusResponse } from './response.ts'

/** Refusals with these codes say nothing about the credentials (RFC 5530 §3). */
const NOT_ABOUT_CREDENTIALS: ReadonlySet<string> = new Set([
  'UNAVAILABLE',
  'INUSE',
  'LIMIT',
  'SERVERBUG',
  'CONTACTADMIN',
])

/** RFC 7162 §4 has 8,192 octets for a command line; what comes before the initial response needs few of them. */
const MAX_INITIAL_RESPONSE_OCTETS = 8_000

/** Who logs in, and what is known of the connection. */
export interface ImapLogin {
  readonly credentials: LoginCredentials
  readonly environment: SaslEnvironment
  /** The setting: only `'none'` allows a password in clear text. */
  readonly tls: 'implicit' | 'starttls' | 'none'
  /** What the server called itself. */
  readonly greeting: string
}

/**
 * Logs in: by AUTHENTICATE when the server offers a SASL mechanism that this side can use with these credentials, otherwise, with a password, by LOGIN
 * (RFC 9051 §6.2.2, §6.2.3), unless the server has disabled that.
 *
 * On a connection that is not encrypted a password is shown only when the setting is `'none'`.
 *
 * @throws AuthenticationFailed when the server does not accept the credentials. Nothing else is tried after that, unless it is another token.
 * @throws ImapCommandRejected when it refuses for another reason: it has a trouble, or too many are logged in.
 * @throws NoUsableMechanism when it offers nothing usable; no credentials were sent.
 */
export function* authenticate(
  channel: ImapChannel,
  capabilities: ImapCapabilities,
  { credentials, environment, tls, greeting }: ImapLogin,
): Dialog<void> {
  const offer: LoginOffer = {
    offered: capabilities.saslMechanisms,
    secrecy: secrecyOf(environment.isEncrypted(), tls),
    service: 'imap',
    environment: withoutBrokenBinding(environment, greeting, credentials),
    limits: channel.limits,
  }
  try {
    yield* logInSomehow(channel, capabilities, { credentials, offer })
  } catch (error) {
    if (!(error instanceof ProtocolViolation)) throw error
    // The offending line is left out: a server that repeats what it does not understand repeats the password.
    throw new ProtocolViolation('logging in failed: what the server answered is no answer to it')
  }
}

function* logInSomehow(
  channel: ImapChannel,
  capabilities: ImapCapabilities,
  { credentials, offer }: { readonly credentials: LoginCredentials; readonly offer: LoginOffer },
): Dialog<void> {
  const maxInitialOctets = capabilities.has('SASL-IR') ? MAX_INITIAL_RESPONSE_OCTETS : 0
  try {
    yield* logIn(credentials, offer, (authentication) =>
      carryOut(channel, authentication, maxInitialOctets),
    )
  } catch (error) {
    // Thrown before anything was sent.
    if (!(error instanceof NoUsableMechanism) || offer.secrecy === 'clear') throw error
    if (!isPassword(credentials) || !mayUseLogin(capabilities, credentials)) {
      throw nothingUsable(capabilities, error)
    }
    yield* logInByCommand(channel, credentials, offer)
  }
}

function mayUseLogin(capabilities: ImapCapabilities, credentials: PasswordCredentials): boolean {
  const { mechanism, authorizationId, isPasswordHidden } = credentials
  const isAsked = mechanism === undefined || mechanism === 'LOGIN'
  const isPossible = authorizationId === undefined && isPasswordHidden !== true
  return isAsked && isPossible && !capabilities.has('LOGINDISABLED')
}

function nothingUsable(
  capabilities: ImapCapabilities,
  cause: NoUsableMechanism,
): NoUsableMechanism {
  const isDisabled = capabilities.has('LOGINDISABLED')
  return new NoUsableMechanism({
    offered: capabilities.saslMechanisms,
    reason: isDisabled ? `${cause.reason}, and LOGIN is disabled` : cause.reason,
    hint: capabilities.has('STARTTLS')
      ? "Set the server's tls to 'starttls': it may offer more then"
      : 'Ask the provider how this mailbox may be read by IMAP',
  })
}

function* logInByCommand(
  channel: ImapChannel,
  credentials: PasswordCredentials,
  offer: LoginOffer,
): Dialog<void> {
  const authentication = beginOutsideSasl(login, credentials, offer)
  const words = [credentials.user, credentials.password.reveal()].map((word) =>
    CommandPart.string(word, channel.state.nameEncoding),
  )
  const command = formatSecretCommand('LOGIN', words, authentication.secrets)
  const status = yield* channel.run(command)
  if (status.status !== 'OK') throw refusal(command, status, authentication)
}

function* carryOut(
  channel: ImapChannel,
  authentication: Authentication,
  maxInitialOctets: number,
): Dialog<void> {
  const command = formatAuthenticate(authentication, maxInitialOctets)
  const status = yield* channel.converse(command, function* (challenge) {
    const answer = yield* answerOrCancel(authentication, challenge, () => cancel(channel))
    const { secrets } = authentication
    const { commandMs } = channel.deadlines
    yield* send(formatSaslResponse(answer), commandMs, { logAs: '********', secrets })
  })
  if (status.status !== 'OK') throw refusal(command, status, authentication)
  authentication.finish()
}

/** RFC 4959: with SASL-IR the initial response may go along; otherwise it answers an empty challenge. */
function formatAuthenticate(authentication: Authentication, maxOctets: number): ImapCommand {
  const keywords = `AUTHENTICATE ${authentication.mechanism}`
  const initial = authentication.initialResponse(maxOctets)
  if (initial === undefined) return formatCommand(keywords)
  return formatSecretCommand(keywords, [CommandPart.base64(initial)], authentication.secrets)
}

/** The session ends here, so nobody waits for what the server says to it. */
function cancel(channel: ImapChannel): Dialog<void> {
  return send(CANCEL_AUTHENTICATION, channel.deadlines.commandMs)
}

function refusal(
  command: ImapCommand,
  status: StatusResponse,
  authentication: Authentication,
): AuthenticationFailed | ImapCommandRejected {
  const { code, text } = status
  const isAboutCredentials = code === undefined || !NOT_ABOUT_CREDENTIALS.has(code.name)
  return refusedLogin(
    authentication,
    { code: code?.name, text, isAboutCredentials, protocol: 'IMAP' },
    (shown) => new ImapCommandRejected(command.shown, { ...status, text: shown }),
  )
}
