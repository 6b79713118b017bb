import type { ExternalCredentials } from './credentials.ts'
import { encodeCredential, refuse } from './mechanism.ts'
import type { Mechanism, Refusal, Responder } from './mechanism.ts'

/** EXTERNAL (RFC 4422 appendix A): the server takes who this is from the client certificate of the TLS connection. */
export const external: Mechanism<ExternalCredentials> = {
  name: 'EXTERNAL',
  isClearText: false,
  refusalHint: "Check that the server's clientCertificate is one that the server knows",
  start({ authorizationId }: ExternalCredentials): Responder {
    return {
      initialResponse:
        authorizationId === undefined
          ? new Uint8Array()
          : encodeCredential(authorizationId, 'the authorization identity'),
      respond: (): Refusal => refuse('the server sent a challenge, but EXTERNAL has none'),
      finish: (): undefined => undefined,
    }
  },
}
