import { Secret } from '../base/secret.ts'
import type { MailCredentials } from '../net/mail-server.ts'
import type { TokenProvider } from '../net/token-source.ts'
import type { PasswordLoginName, TokenMechanismName } from '../sasl/mechanism.ts'
import { IllegalArgumentException } from './exception.ts'
import { readArguments } from './named-arguments.ts'
import { printAs } from './print-as.ts'

/** Who to log in as at a mail server. */
export abstract class EmailAuthentication {
  /** The same for `@obmen/mail/smtp`. Whatever is secret in it is a {@link Secret}. */
  abstract get credentials(): MailCredentials
}

printAs(
  EmailAuthentication,
  (authentication) => `${authentication.constructor.name} ${JSON.stringify(authentication)}`,
)

/** The arguments of a {@link PasswordEmailAuthentication} by name. */
export interface PasswordEmailAuthenticationArguments {
  readonly user: string
  readonly password: Secret | string
  /** Log in by this mechanism and no other; by default by the strongest that both sides have. An extension. */
  readonly mechanism?: PasswordLoginName
  /** Use only mechanisms that show the password to nobody, not even to the server: SCRAM, DIGEST-MD5, CRAM-MD5. By default false. An extension. */
  readonly isPasswordHidden?: boolean
}

/**
 * A user and a password. The password can't be read, and shows nowhere: not when printed, inspected or serialised.
 *
 * It goes over TLS only, unless both `useSsl` and `allowStartTls` are off, and by the strongest mechanism that both sides have: SCRAM, DIGEST-MD5, CRAM-MD5, then PLAIN and
 * LOGIN.
 */
export class PasswordEmailAuthentication extends EmailAuthentication {
  readonly #user: string
  readonly #password: Secret
  readonly #mechanism: PasswordLoginName | undefined
  readonly #isPasswordHidden: boolean

  constructor(user: string, password: Secret | string)
  constructor(given: PasswordEmailAuthenticationArguments)
  constructor(user: string | PasswordEmailAuthenticationArguments, password: Secret | string = '') {
    super()
    const given = readArguments<PasswordEmailAuthenticationArguments>(
      typeof user === 'string' ? { user, password } : user,
      ['user', 'password', 'mechanism', 'isPasswordHidden'],
    )
    this.#user = given.user
    this.#password = toSecret(given.password)
    this.#mechanism = given.mechanism
    this.#isPasswordHidden = given.isPasswordHidden ?? false
  }

  get user(): string {
    return this.#user
  }

  override get credentials(): MailCredentials {
    const [mechanism, isPasswordHidden] = [this.#mechanism, this.#isPasswordHidden]
    return {
      user: this.#user,
      password: this.#password,
      ...(mechanism && { mechanism }),
      ...(isPasswordHidden && { isPasswordHidden }),
    }
  }

  toJSON(): object {
    return { user: this.#user }
  }
}

/** Nobody in particular (RFC 4505), told to the server by the mechanism ANONYMOUS. An extension: without any authentication nothing is told at all. */
export class AnonymousEmailAuthentication extends EmailAuthentication {
  readonly #trace: string | undefined

  /** @param trace A word for the server's log: an email address, or up to 255 characters without `@`. */
  constructor(trace?: string) {
    super()
    this.#trace = trace
  }

  get trace(): string | undefined {
    return this.#trace
  }

  override get credentials(): MailCredentials {
    const trace = this.#trace
    return { kind: 'anonymous', ...(trace !== undefined && { trace }) }
  }

  toJSON(): object {
    return { trace: this.#trace }
  }
}

/** The arguments of an {@link OAuth2EmailAuthentication} by name. */
export interface OAuth2EmailAuthenticationArguments {
  readonly user: string
  readonly token: Secret | string | TokenProvider
  /** By default OAUTHBEARER (RFC 7628), and XOAUTH2 where the server has only that. */
  readonly mechanism?: TokenMechanismName
}

/**
 * A user and an access token of OAuth 2.0. An extension. Where the token comes from is the caller's: a provider is asked when the token is needed, and once more when the server
 * has refused it.
 *
 * @example
 * ```ts
 * import { OAuth2EmailAuthentication, Secret } from '@obmen/mail'
 *
 * declare function fetchToken(renew: boolean): Promise<string>
 *
 * const authentication = new OAuth2EmailAuthentication('office@example.org', async ({ isRefused }) =>
 *   new Secret(await fetchToken(isRefused)),
 * )
 * ```
 */
export class OAuth2EmailAuthentication extends EmailAuthentication {
  readonly #user: string
  readonly #token: Secret | TokenProvider
  readonly #mechanism: TokenMechanismName | undefined

  constructor(user: string, token: Secret | string | TokenProvider)
  constructor(given: OAuth2EmailAuthenticationArguments)
  constructor(
    user: string | OAuth2EmailAuthenticationArguments,
    token: Secret | string | TokenProvider = '',
  ) {
    super()
    const given = readArguments<OAuth2EmailAuthenticationArguments>(
      typeof user === 'string' ? { user, token } : user,
      ['user', 'token', 'mechanism'],
    )
    this.#user = given.user
    this.#token = typeof given.token === 'function' ? given.token : toSecret(given.token)
    this.#mechanism = given.mechanism
  }

  get user(): string {
    return this.#user
  }

  override get credentials(): MailCredentials {
    const mechanism = this.#mechanism
    const credentials = { kind: 'token', user: this.#user, token: this.#token } as const
    return { ...credentials, ...(mechanism && { mechanism }) }
  }

  toJSON(): object {
    return { user: this.#user }
  }
}

/** Whoever the client certificate of the connection says (EXTERNAL, RFC 4422 appendix A). An extension; the certificate stands in `secureParameters`. */
export class ExternalEmailAuthentication extends EmailAuthentication {
  readonly #authorizationId: string | undefined

  /** @param authorizationId The identity to act as; by default the one that the server finds in the certificate. */
  constructor(authorizationId?: string) {
    super()
    this.#authorizationId = authorizationId
  }

  get authorizationId(): string | undefined {
    return this.#authorizationId
  }

  override get credentials(): MailCredentials {
    const authorizationId = this.#authorizationId
    return { kind: 'external', ...(authorizationId !== undefined && { authorizationId }) }
  }

  toJSON(): object {
    return { authorizationId: this.#authorizationId }
  }
}

/** A password of digits is a number in many a file of settings, and then its zeros are lost. The message says nothing of it. */
function toSecret(given: unknown): Secret {
  if (given instanceof Secret) return given
  if (typeof given === 'string') return new Secret(given)
  throw new IllegalArgumentException('a password or token was refused: it is no text')
}
