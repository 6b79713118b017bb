import type { Authentication } from '../sasl/authentication.ts'
import type { LoginCredentials, PasswordCredentials } from '../sasl/credentials.ts'
import { secrecyOf } from '../sasl/choose.ts'
import type { SaslEnvironment } from '../sasl/environment.ts'
import { NoUsableMechanism, type AuthenticationFailed } from '../sasl/errors.ts'
import { logIn } from '../sasl/log-in.ts'
import type { LoginOffer } from '../sasl/log-in.ts'
import { answerOrCancel, beginOutsideSasl, isPassword, refusedLogin } from '../sasl/login-steps.ts'
import { login as plainLogin } from '../sasl/login.ts'
import type { Mechanism } from '../sasl/mechanism.ts'
import type { Dialog } from '../wire/dialog.ts'
import { formatApop, timestampOf } from './apop.ts'
import type { Pop3Capabilities } from './capabilities.ts'
import type { Pop3Channel } from './channel.ts'
import {
  formatCommand,
  formatSaslResponse,
  formatSecretCommand,
  MAX_COMMAND_OCTETS,
  withSecrets,
} from './command.ts'
import type { Pop3Command } from './command.ts'
import { Pop3ResponseRejected } from './errors.ts'
import { withoutBrokenBinding } from './quirks.ts'
import type { Pop3Response } from './response.ts'

/** Refusals with these codes say nothing about the credentials (RFC 2449 §8.1, RFC 3206 §4). */
const NOT_ABOUT_CREDENTIALS = /^(?:IN-USE|LOGIN-DELAY|SYS)(?:\/|$)/

/** Who logs in, and what is known of the connection. */
export interface Pop3Login {
  readonly credentials: LoginCredentials
  readonly environment: SaslEnvironment
  /** What the server said first: APOP needs it. */
  readonly greeting: string
  /** The setting: only `'none'` allows a password in clear text. */
  readonly tls: 'implicit' | 'starttls' | 'none'
}

/**
 * Logs in: by AUTH when the server offers a SASL mechanism that this side can use with these credentials, otherwise, with a password, by USER and
 * PASS (RFC 1939 §7).
 *
 * On a connection that is not encrypted a password is shown only when the setting is `'none'`. APOP is used only when the credentials name it.
 *
 * @throws AuthenticationFailed when the server does not accept the credentials. Nothing else is tried after that, unless it is another token.
 * @throws Pop3ResponseRejected when it refuses for another reason: another session holds the maildrop, the server has a trouble.
 * @throws NoUsableMechanism when it offers nothing usable; no credentials were sent.
 */
export function* authenticate(
  channel: Pop3Channel,
  capabilities: Pop3Capabilities,
  login: Pop3Login,
): Dialog<void> {
  const { credentials, environment, tls } = login
  if ('mechanism' in credentials && credentials.mechanism === 'APOP') {
    yield* authenticateByApop(channel, capabilities, { ...login, credentials })
    return
  }
  const offer: LoginOffer = {
    offered: capabilities.saslMechanisms,
    secrecy: secrecyOf(environment.isEncrypted(), tls),
    service: 'pop',
    environment: withoutBrokenBinding(environment, capabilities, credentials),
    limits: channel.limits,
  }
  try {
    yield* logIn(credentials, offer, (authentication) => carryOut(channel, authentication))
  } catch (error) {
    // Thrown before anything was sent.
    if (!(error instanceof NoUsableMechanism) || offer.secrecy === 'clear') throw error
    const hasPass = !capabilities.isKnown || capabilities.has('USER')
    if (!hasPass || !isPassword(credentials) || !mayUsePass(credentials)) {
      throw nothingUsable(capabilities, credentials, error)
    }
    yield* authenticateByPass(channel, credentials, offer)
  }
}

function mayUsePass({ mechanism, isPasswordHidden }: PasswordCredentials): boolean {
  return mechanism === undefined && isPasswordHidden !== true
}

function nothingUsable(
  capabilities: Pop3Capabilities,
  credentials: LoginCredentials,
  cause: NoUsableMechanism,
): NoUsableMechanism {
  const hasPass = !capabilities.isKnown || capabilities.has('USER')
  // STLS is listed only while the connection is not encrypted (RFC 2595 §4), and many servers take no password before.
  const tlsHint = "Set the server's tls to 'starttls': it may offer more then"
  const passHint = 'Leave the mechanism out of the credentials, so that USER and PASS can be used'
  const otherHint = 'Ask the provider how this mailbox may be read by POP3'
  const canPass = hasPass && isPassword(credentials) && credentials.isPasswordHidden !== true
  return new NoUsableMechanism({
    offered: capabilities.saslMechanisms,
    reason: hasPass ? cause.reason : `${cause.reason}, and USER is not in the capabilities`,
    hint: capabilities.has('STLS') ? tlsHint : canPass ? passHint : otherHint,
  })
}

/** LOGIN asks for the same two things in the same order, so it checks them and names the errors. */
const userPass: Mechanism = { ...plainLogin, shownName: 'USER/PASS' }
const apop: Mechanism = { ...plainLogin, shownName: 'APOP' }

function* authenticateByPass(
  channel: Pop3Channel,
  credentials: PasswordCredentials,
  offer: LoginOffer,
): Dialog<void> {
  const authentication = beginOutsideSasl(userPass, credentials, offer)
  const commands = [
    formatCommand('USER', credentials.user),
    formatSecretCommand('PASS', credentials.password.reveal()),
  ]
  for (const command of commands) {
    const response = yield* channel.exchange(withSecrets(command, authentication.secrets))
    if (response.status !== 'ok') throw refusal(command, response, authentication)
  }
}

function* authenticateByApop(
  channel: Pop3Channel,
  capabilities: Pop3Capabilities,
  login: Pop3Login & { readonly credentials: PasswordCredentials },
): Dialog<void> {
  const { credentials, environment, greeting } = login
  const timestamp = timestampOf(greeting)
  if (timestamp === undefined) {
    throw new NoUsableMechanism({
      offered: capabilities.saslMechanisms,
      reason:
        'this client was told to use APOP, and the greeting has no timestamp of the form that it needs',
      hint: 'Leave the mechanism out of the credentials',
    })
  }
  const command = formatApop(timestamp, credentials, environment.crypto)
  const { limits } = channel
  const authentication = beginOutsideSasl(apop, credentials, {
    service: 'pop',
    limits,
    environment,
  })
  const response = yield* channel.exchange(withSecrets(command, authentication.secrets))
  if (response.status !== 'ok') throw refusal(command, response, authentication)
}

function* carryOut(channel: Pop3Channel, authentication: Authentication): Dialog<void> {
  const command = formatAuth(authentication)
  let response = yield* channel.exchange(withSecrets(command, authentication.secrets))
  while (response.status === 'challenge') {
    const answer = yield* answerOrCancel(authentication, response.text, () => cancel(channel))
    response = yield* channel.exchange(
      withSecrets(formatSaslResponse(answer), authentication.secrets),
    )
  }
  if (response.status === 'error') throw refusal(command, response, authentication)
  authentication.finish()
}

/** The initial response goes along if the line stays within what every server takes; otherwise it answers an empty challenge (RFC 5034 §4). */
function formatAuth(authentication: Authentication): Pop3Command {
  const keyword = `AUTH ${authentication.mechanism}`
  const room = MAX_COMMAND_OCTETS - `${keyword} \r\n`.length
  const initialResponse = authentication.initialResponse(room)
  return initialResponse === undefined
    ? formatCommand(keyword)
    : formatSecretCommand(keyword, initialResponse)
}

/** The session ends here, so nobody waits for what the server says to it. */
function cancel(channel: Pop3Channel): Dialog<void> {
  return channel.send(formatCommand('*'))
}

function refusal(
  command: Pop3Command,
  response: Pop3Response,
  authentication: Authentication,
): AuthenticationFailed | Pop3ResponseRejected {
  const { code, text } = response
  const isAboutCredentials = code === undefined || !NOT_ABOUT_CREDENTIALS.test(code)
  return refusedLogin(
    authentication,
    { code, text, isAboutCredentials, protocol: 'POP3' },
    (shown) => new Pop3ResponseRejected(command.shown, { ...response, text: shown }),
  )
}
