import { NO_OCTETS, octetsOf } from '../base/octets.ts'
import type { BearerCredentials } from './credentials.ts'
import type { Mechanism, Responder } from './mechanism.ts'
import { checkField, formatBearer, respondWithToken } from './token-responder.ts'

/** XOAUTH2: what OAUTHBEARER grew from, described by Google and spoken by the large providers. In clear text. */
export const xoauth2: Mechanism<BearerCredentials> = {
  name: 'XOAUTH2',
  isClearText: true,
  refusalHint: 'Check that the token is for this user and allows to send and read mail',
  start({ user, token }: BearerCredentials): Responder {
    const fields = [`user=${checkField(user, 'the user name')}`, formatBearer(token.reveal())]
    return respondWithToken({
      initialResponse: octetsOf(fields.join('\u0001')),
      acknowledgement: NO_OCTETS,
    })
  },
}
