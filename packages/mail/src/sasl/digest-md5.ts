/**
 * DIGEST-MD5 (RFC 2831, historic since RFC 6331): both sides prove that they know the password.
 *
 *     challenge (nonce, realms) ─► digest-response ─► challenge (rspauth) ─► empty response ─► done
 *
 * Authentication only: no security layers, no subsequent authentication.
 */

import { encodeBase64 } from '../base/base64.ts'
import { octetsOf } from '../base/octets.ts'
import type { PasswordCredentials } from './credentials.ts'
import { parseDigestChallenge, parseResponseAuth } from './digest-challenge.ts'
import { computeDigestProofs, encodeLatin1, NONCE_COUNT, QOP } from './digest-proof.ts'
import type { DigestFacts } from './digest-proof.ts'
import type { SaslContext } from './environment.ts'
import { encodeCredential, refuse } from './mechanism.ts'
import type { Mechanism, Refusal } from './mechanism.ts'
import { respondMutually } from './mutual-responder.ts'
import type { MutualExchange, MutualProof } from './mutual-responder.ts'
import { isSameProof } from './proof.ts'

/** RFC 2831 §2.1.2 recommends 64 bits at least; this is twice that. */
const CNONCE_OCTETS = 16
/** RFC 2831. */
export const digestMd5: Mechanism = {
  name: 'DIGEST-MD5',
  isClearText: false,
  start: (credentials, context) => respondMutually(new DigestExchange(credentials, context)),
}

class DigestExchange implements MutualExchange {
  readonly initialResponse = undefined
  readonly #credentials: PasswordCredentials
  readonly #context: SaslContext

  constructor(credentials: PasswordCredentials, context: SaslContext) {
    const { user, password, authorizationId } = credentials
    encodeCredential(user, 'the user name')
    encodeCredential(password.reveal(), 'the password')
    if (authorizationId !== undefined) {
      encodeCredential(authorizationId, 'the authorization identity')
    }
    this.#credentials = credentials
    this.#context = context
  }

  prove(text: string): MutualProof | Refusal {
    const challenge = parseDigestChallenge(text)
    if ('kind' in challenge) return challenge
    const { nonce, isUtf8 } = challenge
    const { user, password, authorizationId } = this.#credentials
    const { service, host, crypto } = this.#context
    const realm = this.#chooseRealm(challenge.realms)
    const facts: DigestFacts = {
      user,
      realm: realm ?? '',
      password: password.reveal(),
      authorizationId,
      nonce,
      cnonce: encodeBase64(crypto.randomOctets(CNONCE_OCTETS)),
      digestUri: `${service}/${host}`,
      isUtf8,
    }
    const proofs = computeDigestProofs(crypto, facts)
    const response = proofs && formatResponse({ ...facts, realm }, proofs.client)
    if (proofs === undefined || response === undefined) {
      return refuse('the server takes ISO 8859-1 only, which the credentials do not fit into')
    }
    return { response, check: (last) => checkResponseAuth(last, proofs.server) }
  }

  #chooseRealm(realms: readonly string[]): string | undefined {
    const { realm, user } = this.#credentials
    const domain = user.slice(user.lastIndexOf('@') + 1).toLowerCase()
    return realm ?? realms.find((offered) => offered.toLowerCase() === domain) ?? realms[0]
  }
}

function checkResponseAuth(text: string, expected: string): Refusal | undefined {
  const proof = parseResponseAuth(text)
  if (typeof proof !== 'string') return proof
  const isProof = isSameProof(octetsOf(proof.toLowerCase()), octetsOf(expected))
  return isProof ? undefined : refuse('the server does not know the password')
}

type ShownFacts = Omit<DigestFacts, 'password' | 'realm'> & { readonly realm: string | undefined }

/** `digest-response` of RFC 2831 §2.1.2; `undefined` when it can't be written in the server's character set. */
function formatResponse(facts: ShownFacts, proof: string): Uint8Array | undefined {
  const { user, realm, nonce, cnonce, digestUri, authorizationId, isUtf8 } = facts
  const text = [
    ...(isUtf8 ? ['charset=utf-8'] : []),
    `username=${quote(user)}`,
    ...(realm === undefined ? [] : [`realm=${quote(realm)}`]),
    `nonce=${quote(nonce)}`,
    `nc=${NONCE_COUNT}`,
    `cnonce=${quote(cnonce)}`,
    `digest-uri=${quote(digestUri)}`,
    `response=${proof}`,
    `qop=${QOP}`,
    ...(authorizationId === undefined ? [] : [`authzid=${quote(authorizationId)}`]),
  ].join(',')
  return isUtf8 ? octetsOf(text) : encodeLatin1(text)
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}
