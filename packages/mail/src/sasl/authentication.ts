import { decodeBase64, encodeBase64 } from '../base/base64.ts'
import { conceal } from '../base/conceal.ts'
import { octetsOf, readingsOf } from '../base/octets.ts'
import { escapePeerWords } from '../base/peer-words.ts'
import type { Credentials } from './credentials.ts'
import type { SaslContext } from './environment.ts'
import { AuthenticationFailed } from './errors.ts'
import type { LoginName, Mechanism, MechanismName, Refusal, Responder } from './mechanism.ts'

/** An authentication that has begun, and who is about to be authenticated. */
interface Beginning {
  readonly mechanism: MechanismName
  readonly shownName: LoginName
  readonly refusalHint: string | undefined
  readonly credentials: Credentials
  readonly responder: Responder
}

/**
 * One authentication as SMTP, POP3 and IMAP write it: challenges and responses in base64, an empty initial response as `=`
 * (RFC 4954 §4, RFC 5034 §4, RFC 9051 §6.2.2). The protocol adds its own framing: `334 `, `+ `, and `*` to cancel.
 */
export class Authentication {
  readonly mechanism: MechanismName
  readonly #shownName: LoginName
  readonly #user: string
  readonly #refusalHint: string | undefined
  readonly #responder: Responder
  #unsentInitialResponse: Uint8Array | undefined
  readonly #secrets: string[]

  private constructor({ mechanism, shownName, refusalHint, credentials, responder }: Beginning) {
    this.mechanism = mechanism
    this.#shownName = shownName
    this.#user = identityOf(credentials)
    this.#refusalHint = refusalHint
    this.#responder = responder
    this.#unsentInitialResponse = responder.initialResponse
    this.#secrets = secretsOf(credentials)
  }

  /** @throws RangeError when the mechanism can't carry these credentials. */
  static begin<Proof extends Credentials>(
    mechanism: Mechanism<Proof>,
    credentials: Proof,
    context: SaslContext,
  ): Authentication {
    const { name, shownName = name, refusalHint } = mechanism
    const responder = mechanism.start(credentials, context)
    return new Authentication({ mechanism: name, shownName, refusalHint, credentials, responder })
  }

  /** What nobody is to see, in every form in which the server may repeat it: the password or token, its base64, and the responses so far. */
  get secrets(): readonly string[] {
    return this.#secrets
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
    this.#secrets.push(text)
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
    if (octets === undefined) throw this.#refused({ reason: 'the challenge is not base64' })
    const response = this.#respond(octets)
    if (!(response instanceof Uint8Array)) throw this.#refused(response)
    const text = encodeBase64(response)
    this.#secrets.push(text)
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
    if (refusal !== undefined) throw this.#refused(refusal)
  }

  /** The error for a server that said no. Words in which it repeats our own credentials are made unreadable. */
  rejected(facts: {
    readonly serverWords: string
    readonly transient: boolean
    readonly hint: string
  }): AuthenticationFailed {
    const { serverWords, transient, hint } = facts
    const explanation = this.#responder.explanation?.()
    return new AuthenticationFailed({
      mechanism: this.#shownName,
      user: this.#user,
      reason:
        explanation === undefined
          ? 'the server refused'
          : `the server refused (${this.#shown(explanation)})`,
      serverWords: this.#withoutSecrets(serverWords),
      transient,
      hint: transient ? hint : (this.#refusalHint ?? hint),
    })
  }

  /** Some servers answer a line that they don't understand by repeating it, or its beginning. */
  #withoutSecrets(words: string): string {
    return conceal(words, this.#secrets)
  }

  #shown(words: string): string {
    return escapePeerWords(this.#withoutSecrets(words))
  }

  #refused({ reason, hint }: Pick<Refusal, 'reason' | 'hint'>): AuthenticationFailed {
    return new AuthenticationFailed({
      ...(hint === undefined ? {} : { hint: this.#refusalHint ?? hint }),
      mechanism: this.#shownName,
      user: this.#user,
      // Some reasons end in words of the server.
      reason: this.#shown(reason),
    })
  }
}

/** Who logs in, for errors; nothing where the server decides that. */
function identityOf(credentials: Credentials): string {
  switch (credentials.kind) {
    case 'anonymous':
      return 'anonymous'
    case 'external':
      return credentials.authorizationId ?? ''
    default:
      return credentials.user
  }
}

function secretsOf(credentials: Credentials): string[] {
  switch (credentials.kind) {
    case 'anonymous':
    case 'external':
      return []
    case 'token':
      return withBase64(credentials.token.reveal())
    default:
      return withBase64(credentials.password.reveal())
  }
}

function withBase64(secret: string): string[] {
  return [...readingsOf(secret), encodeBase64(octetsOf(secret))]
}
