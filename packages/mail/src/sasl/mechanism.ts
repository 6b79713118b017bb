import type { Secret } from '../base/secret.ts'

/**
 * The mechanisms that this package knows, the strongest first: `chooseMechanism` goes by this order. PLAIN and LOGIN
 * reveal the password alike; PLAIN is the standard and needs one round trip less.
 */
export const MECHANISM_NAMES = ['PLAIN', 'LOGIN'] as const

/** The name of a SASL mechanism (RFC 4422 §3.1). */
export type MechanismName = (typeof MECHANISM_NAMES)[number]

/** What a person or a program proves itself with. */
export interface Credentials {
  /** The authentication identity: whose password it is. */
  readonly user: string
  readonly password: Secret
  /** The identity to act as, when it is not {@link user} (RFC 4422 §2). */
  readonly authorizationId?: string
}

/**
 * One way of authentication, as RFC 4422 defines it, independent of the protocol that carries it: SMTP, POP3 and IMAP
 * use the same object. A mechanism holds no state; what one authentication needs to remember is in its
 * {@link Responder}.
 */
export interface Mechanism {
  readonly name: MechanismName
  /** Whoever reads the wire reads the password, so the mechanism needs TLS. */
  readonly isClearText: boolean
  /**
   * Begins one authentication.
   *
   * @throws RangeError when the mechanism can't carry these credentials, for example a NUL in PLAIN.
   */
  start(credentials: Credentials): Responder
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
}

/** Why a mechanism does not go on, as the end of "authentication with PLAIN failed: ". */
export interface Refusal {
  readonly kind: 'refusal'
  readonly reason: string
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
