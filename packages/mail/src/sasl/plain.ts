import type { PasswordCredentials } from './credentials.ts'
import { encodeCredential } from './mechanism.ts'
import type { Mechanism, Refusal, Responder } from './mechanism.ts'

const NUL = 0

/** PLAIN (RFC 4616): identity and password in one message, in clear text. */
export const plain: Mechanism = {
  name: 'PLAIN',
  isClearText: true,
  start(credentials: PasswordCredentials): Responder {
    return {
      initialResponse: formatPlainMessage(credentials),
      respond: (): Refusal => ({
        kind: 'refusal',
        reason: 'the server sent a challenge, but PLAIN has none',
      }),
      finish: (): undefined => undefined,
    }
  },
}

/** `[authzid] NUL authcid NUL passwd` (RFC 4616 §2). */
function formatPlainMessage(credentials: PasswordCredentials): Uint8Array {
  const { user, password, authorizationId } = credentials
  const authzid =
    authorizationId === undefined
      ? new Uint8Array()
      : encodeCredential(authorizationId, 'the authorization identity')
  const authcid = encodeCredential(user, 'the user name')
  const passwd = encodeCredential(password.reveal(), 'the password')
  return Uint8Array.of(...authzid, NUL, ...authcid, NUL, ...passwd)
}
