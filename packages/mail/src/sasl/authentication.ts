import { decodeBase64, encodeBase64 } from '../base/base64.ts'
import { AuthenticationFailed } from './errors.ts'
import type { Credentials, Mechanism, Refusal, Responder } from './mechanism.ts'

/** Below this length a response is too likely to be an ordinary word of the server's answer. */
const MIN_REDACTED_LENGTH = 4

/**
 * One authentication as SMTP, POP3 and IMAP write it: challenges and responses in base64, an empty initial response as `=`
 * (RFC 4954 §4, RFC 5034 §4, RFC 9051 §6.2.2). The protocol adds its own framing: `334 `, `+ `, and `*` to cancel.
 */
export class Authentication {
  readonly mechanism: Mechanism
  readonly #user: string
  readonly #responder: Responder
  #unsentInitialResponse: Uint8Array | undefined
  readonly #sent: string[]

  /** @throws RangeError when the mechanism can't carry these credentials. */
  constructor(mechanism: Mechanism, credentials: Credentials) {
    this.mechanism = mechanism
    this.#user = credentials.user
    this.#responder = mechanism.start(credentials)
    this.#unsentInitialResponse = this.#responder.initialResponse
    this.#sent = [credentials.password.reveal()]
  }

  /**
   * The initial response to send with the command, or `undefined` when there is none or it is longer than `maxOctets`: it
   * is then the answer to the server's first, empty challenge.
   */
  initialResponse(maxOctets: number): string | undefined {
    const octets = this.#unsentInitialResponse
    if (octets === undefined) return undefined
    const text = octets.length === 0 ? '=' : encodeBase64(octets)
    if (text.length > maxOctets) return undefined
    this.#unsentInitialResponse = undefined
    this.#sent.push(text)
    return text
  }

  /**
   * Answers a challenge.
   *
   * @param challenge base64; empty for a challenge of no octets.
   * @throws AuthenticationFailed when the exchange must be cancelled: send `*`, then let this error through.
   */
  answer(challenge: string): string {
    const octets = decodeBase64(challenge)
    if (octets === undefined) throw this.#refused('the challenge is not base64')
    const response = this.#respond(octets)
    if (!(response instanceof Uint8Array)) throw this.#refused(response.reason)
    const text = encodeBase64(response)
    this.#sent.push(text)
    return text
  }

  #respond(challenge: Uint8Array): Uint8Array | Refusal {
    const initial = this.#unsentInitialResponse
    if (initial === undefined) return this.#responder.respond(challenge)
    this.#unsentInitialResponse = undefined
    if (challenge.length === 0) return initial
    return { kind: 'refusal', reason: 'the server sent a challenge before the initial response' }
  }

  /**
   * To be called when the server reports success.
   *
   * @throws AuthenticationFailed when the server has not proved itself, in a mechanism where it has to.
   */
  finish(): void {
    const refusal =
      this.#unsentInitialResponse === undefined
        ? this.#responder.finish()
        : { reason: 'the server reported success before it had the credentials' }
    if (refusal !== undefined) throw this.#refused(refusal.reason)
  }

  /** The error for a server that said no. Words in which it repeats our own credentials are made unreadable. */
  rejected(facts: {
    readonly serverWords: string
    readonly transient: boolean
    readonly hint: string
  }): AuthenticationFailed {
    return new AuthenticationFailed({
      mechanism: this.mechanism.name,
      user: this.#user,
      reason: 'the server refused',
      ...facts,
      serverWords: this.#withoutSecrets(facts.serverWords),
    })
  }

  /** Some servers answer a line that they don't understand by repeating it. */
  #withoutSecrets(words: string): string {
    let clean = words
    for (const secret of this.#sent) {
      if (secret.length >= MIN_REDACTED_LENGTH) clean = clean.replaceAll(secret, '********')
    }
    return clean
  }

  #refused(reason: string): AuthenticationFailed {
    return new AuthenticationFailed({ mechanism: this.mechanism.name, user: this.#user, reason })
  }
}
