import { concatOctets, octetsOf } from '../base/octets.ts'
import type { PasswordCredentials } from './credentials.ts'
import type { SaslContext } from './environment.ts'
import { encodeCredential, refuse } from './mechanism.ts'
import type { Mechanism, Refusal, Responder } from './mechanism.ts'
import { formatHex } from './proof.ts'

/**
 * CRAM-MD5 (RFC 2195): the server's challenge, authenticated with the password. The password does not travel, but the server
 * proves nothing, and whoever records the login can try passwords on it.
 */
export const cramMd5: Mechanism = {
  name: 'CRAM-MD5',
  isClearText: false,
  start(credentials: PasswordCredentials, { crypto }: SaslContext): Responder {
    if (credentials.authorizationId !== undefined) {
      throw new RangeError('CRAM-MD5 has no place for an authorization identity')
    }
    const user = encodeCredential(credentials.user, 'the user name')
    const password = encodeCredential(credentials.password.reveal(), 'the password')
    let isAnswered = false
    return {
      initialResponse: undefined,
      respond(challenge: Uint8Array): Uint8Array | Refusal {
        if (isAnswered) return refuse('the server sent a second challenge')
        if (challenge.length === 0) return refuse('the challenge is empty')
        isAnswered = true
        const digest = formatHex(crypto.hmac('md5', password, challenge))
        return concatOctets([user, octetsOf(` ${digest}`)])
      },
      finish: (): Refusal | undefined =>
        isAnswered ? undefined : refuse('the server reported success before it sent a challenge'),
    }
  },
}
