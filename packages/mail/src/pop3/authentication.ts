import { Authentication } from '../sasl/authentication.ts'
import { chooseMechanism } from '../sasl/choose.ts'
import { AuthenticationFailed, NoUsableMechanism } from '../sasl/errors.ts'
import { login } from '../sasl/login.ts'
import { MECHANISM_NAMES } from '../sasl/mechanism.ts'
import type { Credentials, Mechanism, MechanismName } from '../sasl/mechanism.ts'
import type { Dialog } from '../wire/dialog.ts'
import type { Pop3Capabilities } from './capabilities.ts'
import type { Pop3Channel } from './channel.ts'
import {
  formatCommand,
  formatSaslResponse,
  formatSecretCommand,
  MAX_COMMAND_OCTETS,
} from './command.ts'
import type { Pop3Command } from './command.ts'
import { Pop3ResponseRejected } from './errors.ts'
import type { Pop3Response } from './response.ts'

/** Who logs in, and by what. */
export interface Pop3Credentials extends Credentials {
  /** Use this SASL mechanism and no other; by default the strongest that both sides have, and USER and PASS if they share none. */
  readonly mechanism?: MechanismName
}

/** Refusals with these codes say nothing about the credentials (RFC 2449 §8.1, RFC 3206 §4). */
const NOT_ABOUT_CREDENTIALS = /^(?:IN-USE|LOGIN-DELAY|SYS)(?:\/|$)/

/**
 * Logs in: by AUTH when the server offers a SASL mechanism that this side has, otherwise by USER and PASS (RFC 1939 §7).
 *
 * To be called on a connection on which the password may be shown to the server: encrypted, or in clear text because the caller said
 * so by name. APOP is never used: MD5 of the password is not worth more than the password (CVE-2007-1558).
 *
 * @throws AuthenticationFailed when the server does not accept the credentials. Nothing else is tried after that.
 * @throws Pop3ResponseRejected when it refuses for another reason: another session holds the maildrop, the server has a trouble.
 * @throws NoUsableMechanism when it offers nothing usable; no credentials were sent.
 */
export function* authenticate(
  channel: Pop3Channel,
  capabilities: Pop3Capabilities,
  credentials: Pop3Credentials,
): Dialog<void> {
  const mechanism = chooseFrom(capabilities, credentials.mechanism)
  if (mechanism === 'USER/PASS') yield* authenticateByPass(channel, credentials)
  else yield* authenticateBySasl(channel, mechanism, credentials)
}

/** A server that does not know CAPA has USER and PASS, or nothing that this side has. */
function chooseFrom(
  capabilities: Pop3Capabilities,
  only: MechanismName | undefined,
): Mechanism | 'USER/PASS' {
  const offered = capabilities.saslMechanisms
  const own = only === undefined ? MECHANISM_NAMES : [only]
  const isShared = offered.some((name) => own.some((known) => known === name.toUpperCase()))
  const hasPass = !capabilities.isKnown || capabilities.has('USER')
  if (!isShared && only === undefined && hasPass) return 'USER/PASS'
  if (!isShared) throw nothingUsable(capabilities, { own, hasPass })
  // Both kinds of connection that come here may carry a password: see `authenticate`.
  const secrecy = 'clear-by-name'
  return chooseMechanism({ offered, secrecy, ...(only === undefined ? {} : { only }) })
}

function nothingUsable(
  capabilities: Pop3Capabilities,
  { own, hasPass }: { readonly own: readonly MechanismName[]; readonly hasPass: boolean },
): NoUsableMechanism {
  // STLS is listed only while the connection is not encrypted (RFC 2595 §4), and many servers take no password before.
  const tlsHint = "Set the server's tls to 'starttls': it may offer more then"
  const passHint = 'Leave the mechanism out of the credentials, so that USER and PASS can be used'
  const otherHint = 'Ask the provider how this mailbox may be read by POP3'
  return new NoUsableMechanism({
    offered: capabilities.saslMechanisms,
    reason: `this client may use ${own.join(', ')}${hasPass ? '' : ', and USER is not in the capabilities'}`,
    hint: capabilities.has('STLS') ? tlsHint : hasPass ? passHint : otherHint,
  })
}

function* authenticateByPass(channel: Pop3Channel, credentials: Credentials): Dialog<void> {
  // LOGIN asks for the same two things in the same order, so it checks them and names the errors.
  const authentication = new Authentication(login, credentials)
  const commands = [
    formatCommand('USER', credentials.user),
    formatSecretCommand('PASS', credentials.password.reveal()),
  ]
  for (const command of commands) {
    const response = yield* channel.exchange(command)
    if (response.status !== 'ok') throw refusal(command, response, authentication)
  }
}

function* authenticateBySasl(
  channel: Pop3Channel,
  mechanism: Mechanism,
  credentials: Credentials,
): Dialog<void> {
  const authentication = new Authentication(mechanism, credentials)
  const command = formatAuth(mechanism, authentication)
  let response = yield* channel.exchange(command)
  while (response.status === 'challenge') {
    const answer = yield* answerOrCancel(channel, authentication, response.text)
    response = yield* channel.exchange(formatSaslResponse(answer))
  }
  if (response.status === 'error') throw refusal(command, response, authentication)
  authentication.finish()
}

/** The initial response goes along if the line stays within what every server takes; otherwise it answers an empty challenge (RFC 5034 §4). */
function formatAuth(mechanism: Mechanism, authentication: Authentication): Pop3Command {
  const keyword = `AUTH ${mechanism.name}`
  const room = MAX_COMMAND_OCTETS - `${keyword} \r\n`.length
  const initialResponse = authentication.initialResponse(room)
  return initialResponse === undefined
    ? formatCommand(keyword)
    : formatSecretCommand(keyword, initialResponse)
}

function* answerOrCancel(
  channel: Pop3Channel,
  authentication: Authentication,
  challenge: string,
): Dialog<string> {
  try {
    return authentication.answer(challenge)
  } catch (error) {
    // The session ends here, so nobody waits for what the server says to it.
    if (error instanceof AuthenticationFailed) yield* channel.send(formatCommand('*'))
    throw error
  }
}

function refusal(
  command: Pop3Command,
  response: Pop3Response,
  authentication: Authentication,
): AuthenticationFailed | Pop3ResponseRejected {
  const { code, text } = response
  const isAboutCredentials = code === undefined || !NOT_ABOUT_CREDENTIALS.test(code)
  const failed = authentication.rejected({
    serverWords: isAboutCredentials && code !== undefined ? `[${code}] ${text}` : text,
    transient: false,
    hint: 'Check the user name and the password, and whether the mailbox may be read by POP3',
  })
  if (isAboutCredentials) return failed
  // These words have been cleared of what we sent, should the server repeat it.
  return new Pop3ResponseRejected(command.shown, { ...response, text: failed.serverWords ?? '' })
}
