import { concatOctets, octetsOf } from '../base/octets.ts'
import type { SaslCrypto } from './environment.ts'
import { formatHex } from './proof.ts'

/** The first use of a nonce, which is the only one. */
export const NONCE_COUNT = '00000001'
/** Authentication, without a security layer. */
export const QOP = 'auth'

/** What goes into the proofs of both sides. */
export interface DigestFacts {
  readonly user: string
  readonly realm: string
  readonly password: string
  readonly authorizationId: string | undefined
  readonly nonce: string
  readonly cnonce: string
  readonly digestUri: string
  /** The server takes UTF-8; otherwise ISO 8859-1. */
  readonly isUtf8: boolean
}

/** The `response-value` of RFC 2831 §2.1.2.1: what the client sends, and what the server has to answer. */
export interface DigestProofs {
  readonly client: string
  readonly server: string
}

/** `undefined` when the credentials can't be written in the server's character set. */
export function computeDigestProofs(
  crypto: SaslCrypto,
  facts: DigestFacts,
): DigestProofs | undefined {
  const { nonce, cnonce, authorizationId, digestUri, isUtf8 } = facts
  const hash = (...parts: readonly Uint8Array[]): Uint8Array =>
    crypto.hash('md5', concatOctets(parts))
  const colon = octetsOf(':')
  const [user, realm, password] = [facts.user, facts.realm, facts.password].map(
    (text) => encodeLatin1(text) ?? (isUtf8 ? octetsOf(text) : undefined),
  )
  if (!user || !realm || !password) return undefined
  const secret = hash(user, colon, realm, colon, password)
  const authzid = authorizationId === undefined ? '' : `:${authorizationId}`
  const a1 = formatHex(hash(secret, octetsOf(`:${nonce}:${cnonce}${authzid}`)))
  const prove = (method: string): string => {
    const a2 = formatHex(hash(octetsOf(`${method}:${digestUri}`)))
    return formatHex(hash(octetsOf([a1, nonce, NONCE_COUNT, cnonce, QOP, a2].join(':'))))
  }
  return { client: prove('AUTHENTICATE'), server: prove('') }
}

/** RFC 2831 §2.1.2.1: what fits into ISO 8859-1 is hashed in it, also where UTF-8 is sent. */
export function encodeLatin1(text: string): Uint8Array | undefined {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0)
  return codes.every((code) => code <= 0xff) ? Uint8Array.from(codes) : undefined
}
