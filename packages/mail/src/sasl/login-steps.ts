/** What logging in by POP3 and by IMAP have in common beside SASL itself. */

import { Authentication } from './authentication.ts'
import type { LoginCredentials, PasswordCredentials } from './credentials.ts'
import { AuthenticationFailed } from './errors.ts'
import type { LoginOffer } from './log-in.ts'
import type { Mechanism } from './mechanism.ts'

export function isPassword(credentials: LoginCredentials): credentials is PasswordCredentials {
  return credentials.kind === undefined || credentials.kind === 'password'
}

/** A login by commands that are no mechanism: the mechanism that takes the same things checks them, and names the errors. */
export function beginOutsideSasl(
  mechanism: Mechanism,
  credentials: PasswordCredentials,
  { service, limits, environment }: Pick<LoginOffer, 'service' | 'limits' | 'environment'>,
): Authentication {
  const { crypto, host, port } = environment
  const binding = { channelBinding: undefined, isBindingOffered: false }
  const context = { service, limits, crypto, host, port, ...binding }
  return Authentication.begin(mechanism, credentials, context)
}

/**
 * Answers a challenge, or cancels the authentication, so that the server knows the end too.
 *
 * @throws AuthenticationFailed when it was cancelled. The session ends there, so nobody waits for what the server says to it.
 */
export function* answerOrCancel<Demand, Answer>(
  authentication: Authentication,
  challenge: string,
  cancel: () => Generator<Demand, void, Answer>,
): Generator<Demand, string, Answer> {
  try {
    return authentication.answer(challenge)
  } catch (error) {
    if (error instanceof AuthenticationFailed) yield* cancel()
    throw error
  }
}

/** What a server said to a login: a code, where it gave one, and words. */
export interface LoginRefusal {
  readonly code: string | undefined
  readonly text: string
  /** Whether the code says something of the user and the password, and not only of the server. */
  readonly isAboutCredentials: boolean
  /** The protocol, as a hint names it: `POP3`. */
  readonly protocol: string
}

/**
 * The error for a login that a server has refused.
 *
 * @param otherwise gives the error when it is not about the credentials. The words have been cleared of what was sent, should the server repeat it.
 */
export function refusedLogin<Other>(
  authentication: Authentication,
  { code, text, isAboutCredentials, protocol }: LoginRefusal,
  otherwise: (text: string) => Other,
): AuthenticationFailed | Other {
  const failed = authentication.rejected({
    serverWords: isAboutCredentials && code !== undefined ? `[${code}] ${text}` : text,
    transient: false,
    hint: `Check the user name and the password, and whether the mailbox may be read by ${protocol}`,
  })
  return isAboutCredentials ? failed : otherwise(failed.serverWords ?? '')
}
