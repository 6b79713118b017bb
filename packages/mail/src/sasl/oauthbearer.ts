import { octetsOf } from '../base/octets.ts'
import type { BearerCredentials } from './credentials.ts'
import type { SaslContext } from './environment.ts'
import type { Mechanism, Responder } from './mechanism.ts'
import { escapeSaslName } from './sasl-name.ts'
import { checkField, formatBearer, respondWithToken } from './token-responder.ts'

/** RFC 7628 §3.2.3: a lone separator, so that the server can end the exchange with its own refusal. */
const ACKNOWLEDGEMENT: Uint8Array = Uint8Array.of(0x01)

/** OAUTHBEARER (RFC 7628): an access token of OAuth 2.0, in clear text. */
export const oauthbearer: Mechanism<BearerCredentials> = {
  name: 'OAUTHBEARER',
  isClearText: true,
  refusalHint: 'Check that the token is for this user and allows to send and read mail',
  start({ user, token }: BearerCredentials, { host, port }: SaslContext): Responder {
    const authzid = escapeSaslName(checkField(user, 'the user name'))
    const fields = [`n,a=${authzid},`, `host=${checkField(host, 'the host')}`, `port=${port}`]
    return respondWithToken({
      initialResponse: octetsOf([...fields, formatBearer(token.reveal())].join('\u0001')),
      acknowledgement: ACKNOWLEDGEMENT,
    })
  },
}
