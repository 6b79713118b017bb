import type { Secret } from '../base/secret.ts'
import type { PasswordLoginName, TokenMechanismName } from './mechanism.ts'

/** A user and a password: the common case, so its `kind` may be left out. */
export interface PasswordCredentials {
  readonly kind?: 'password'
  /** The authentication identity: whose password it is. */
  readonly user: string
  readonly password: Secret
  /** The identity to act as, when it is not {@link user} (RFC 4422 §2). LOGIN and CRAM-MD5 have no place for it. */
  readonly authorizationId?: string
  /** For DIGEST-MD5: where the user is known. By default the user's domain if the server names it, otherwise the first that it names. */
  readonly realm?: string
  /** Use this and no other; by default the strongest mechanism that both sides have. `'APOP'` is for POP3 alone, and for servers that have nothing else. */
  readonly mechanism?: PasswordLoginName
  /** Use only what shows the password to nobody, not even to the server: SCRAM, DIGEST-MD5, CRAM-MD5, and APOP where it is named. By default false. */
  readonly isPasswordHidden?: boolean
}

/** A user and an access token of OAuth 2.0, as the mechanisms take it: OAUTHBEARER (RFC 7628) and XOAUTH2. */
export interface BearerCredentials {
  readonly kind: 'token'
  readonly user: string
  readonly token: Secret
  readonly mechanism?: TokenMechanismName
}

/** Nobody in particular (RFC 4505). */
export interface AnonymousCredentials {
  readonly kind: 'anonymous'
  /** A word for the server's log: an email address, or up to 255 characters without `@`. Not a proof of anything. */
  readonly trace?: string
}

/** Whoever the TLS client certificate says (RFC 4422 appendix A). */
export interface ExternalCredentials {
  readonly kind: 'external'
  /** The identity to act as; by default the one that the server finds in the certificate. */
  readonly authorizationId?: string
}

/** What a person or a program proves itself with. */
export type Credentials =
  PasswordCredentials | BearerCredentials | AnonymousCredentials | ExternalCredentials

/**
 * A token that is yet to be asked for. Each pull of the source gives one in UTF-8: the first to begin with, the next after a
 * refusal; the end of the source says that there is no other.
 */
export interface TokenLogin {
  readonly kind: 'token'
  readonly user: string
  readonly tokens: AsyncIterator<Uint8Array>
  readonly mechanism?: TokenMechanismName
}

/** What a session logs in with. */
export type LoginCredentials =
  PasswordCredentials | TokenLogin | AnonymousCredentials | ExternalCredentials
