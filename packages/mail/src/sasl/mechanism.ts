import type { Credentials, PasswordCredentials } from './credentials.ts'
import type { SaslContext } from './environment.ts'

/**
 * The mechanisms that a password can be used with, the strongest first. First by what an impostor with a valid certificate gets (with `-PLUS`
 * nothing), then by what the server itself gets to see; the server proves itself in SCRAM and DIGEST-MD5. PLAIN and LOGIN
 * reveal the password alike; PLAIN is the standard and needs one round trip less.
 */
export const PASSWORD_MECHANISM_NAMES = [
  'SCRAM-SHA-256-PLUS',
  'SCRAM-SHA-1-PLUS',
  'SCRAM-SHA-256',
  'SCRAM-SHA-1',
  'DIGEST-MD5',
  'CRAM-MD5',
  'PLAIN',
  'LOGIN',
] as const
export type PasswordMechanismName = (typeof PASSWORD_MECHANISM_NAMES)[number]

/** The mechanisms for a token of OAuth 2.0, the standard first. */
export const TOKEN_MECHANISM_NAMES = ['OAUTHBEARER', 'XOAUTH2'] as const
export type TokenMechanismName = (typeof TOKEN_MECHANISM_NAMES)[number]

/** The name of a SASL mechanism that this package knows (RFC 4422 §3.1). */
export type MechanismName = PasswordMechanismName | TokenMechanismName | 'EXTERNAL' | 'ANONYMOUS'

/** What a login with a password can be restricted to. `APOP` is a command of POP3 and no mechanism (RFC 1939 §7); it is used only when it stands here. */
export type PasswordLoginName = PasswordMechanismName | 'APOP'

/** How a login is called in errors: by its mechanism, or by the commands of POP3 that are none (RFC 1939 §7). */
export type LoginName = MechanismName | 'USER/PASS' | 'APOP'

/**
 * One way of authentication, as RFC 4422 defines it, independent of the protocol that carries it: SMTP, POP3 and IMAP
 * use the same object. A mechanism holds no state; what one authentication needs to remember is in its
 * {@link Responder}.
 */
export interface Mechanism<Proof extends Credentials = PasswordCredentials> {
  readonly name: MechanismName
  /** What errors call it, where that is not {@link name}. */
  readonly shownName?: LoginName
  /** Whoever reads the wire reads the password or token, so the mechanism needs TLS. */
  readonly isClearText: boolean
  /** The mechanism is of use on an encrypted connection only, to which it binds the authentication. */
  readonly bindsChannel?: true
  /** What to do when the server refuses, where this mechanism has a reason of its own. */
  readonly refusalHint?: string
  /**
   * Begins one authentication.
   *
   * @throws RangeError when the mechanism can't carry these credentials, for example a NUL in PLAIN.
   */
  start(credentials: Proof, context: SaslContext): Responder
}

/** The client's side of one authentication: octets, before the protocol encodes them in base64. */
export interface Responder {
  /**
   * What the client says first. `undefined` in a mechanism where the server does (RFC 4422 §5, item 2a); empty is
   * something else: an initial response of no octets.
   */
  readonly initialResponse: Uint8Array | undefined
  /**
   * Answers the next challenge. A challenge that can't be answered, and one that proves the server false, is
   * answered with a {@link Refusal}: the protocol then cancels the authentication.
   */
  respond(challenge: Uint8Array): Uint8Array | Refusal
  /**
   * Called when the server reports success. A mechanism in which the server has to prove itself refuses when it has
   * not done so yet.
   */
  finish(): Refusal | undefined
  /** Why the server refuses, in a mechanism where it says so before it does. Words of the server, as they came. */
  readonly explanation?: () => string | undefined
}

/** Why a mechanism does not go on, as the end of "authentication with PLAIN failed: ". */
export interface Refusal {
  readonly kind: 'refusal'
  readonly reason: string
  /** What to do, where it is the server that refuses, in the words of the mechanism. */
  readonly hint?: string
}

export function refuse(reason: string, hint?: string): Refusal {
  return { kind: 'refusal', reason, ...(hint === undefined ? {} : { hint }) }
}

const utf8 = new TextEncoder()

/**
 * Encodes a user name or password as UTF-8, for mechanisms that end or separate their fields by NUL.
 *
 * @throws RangeError when the text is empty, holds NUL or is not well-formed. The message never repeats the text.
 */
export function encodeCredential(text: string, what: string): Uint8Array {
  if (text === '') throw new RangeError(`${what} is empty`)
  if (text.includes('\0'))
    throw new RangeError(`${what} holds NUL, which the mechanism can't carry`)
  if (!text.isWellFormed()) throw new RangeError(`${what} holds half a surrogate pair`)
  return utf8.encode(text)
}
