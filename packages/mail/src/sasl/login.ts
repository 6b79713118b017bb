import type { PasswordCredentials } from './credentials.ts'
import { encodeCredential } from './mechanism.ts'
import type { Mechanism, Refusal, Responder } from './mechanism.ts'

/**
 * LOGIN (draft-murchison-sasl-login-00): the user name, then the password, each asked for by a challenge, in clear text.
 * Obsolete, but all that some servers offer.
 *
 * The answers follow the order of the challenges and not their text: servers ask "Username:", "User Name" with a NUL
 * at the end, or nothing at all.
 */
export const login: Mechanism = {
  name: 'LOGIN',
  isClearText: true,
  start(credentials: PasswordCredentials): Responder {
    if (credentials.authorizationId !== undefined) {
      throw new RangeError('LOGIN has no place for an authorization identity')
    }
    const answers = [
      encodeCredential(credentials.user, 'the user name'),
      encodeCredential(credentials.password.reveal(), 'the password'),
    ]
    return {
      initialResponse: undefined,
      respond: (): Uint8Array | Refusal =>
        answers.shift() ?? { kind: 'refusal', reason: 'the server sent a third challenge' },
      finish: (): Refusal | undefined =>
        answers.length === 0
          ? undefined
          : { kind: 'refusal', reason: 'the server reported success before it had the password' },
    }
  },
}
