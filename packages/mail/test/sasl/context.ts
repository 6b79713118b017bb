import { saslCrypto } from '../../src/net/crypto.ts'
import { Authentication } from '../../src/sasl/authentication.ts'
import type { Credentials } from '../../src/sasl/credentials.ts'
import type {
  ChannelBinding,
  SaslContext,
  SaslCrypto,
  SaslEnvironment,
} from '../../src/sasl/environment.ts'
import { DEFAULT_SASL_LIMITS } from '../../src/sasl/limits.ts'
import type { Mechanism, Refusal } from '../../src/sasl/mechanism.ts'

/** What mechanisms need beside the credentials, on a connection in clear text. */
export const context: SaslContext = {
  service: 'imap',
  host: 'elwood.innosoft.com',
  port: 143,
  crypto: saslCrypto,
  limits: DEFAULT_SASL_LIMITS,
  channelBinding: undefined,
  isBindingOffered: false,
}

/** The connection of a session, for engines. */
export const environment: SaslEnvironment = {
  crypto: saslCrypto,
  host: 'mail.example.org',
  port: 465,
  isEncrypted: () => true,
  channelBinding: () => undefined,
}

/** What both ends of an encrypted connection know. */
export const BINDING: ChannelBinding = {
  type: 'tls-exporter',
  octets: Uint8Array.from({ length: 32 }, (_, index) => index),
}

/** A client whose next random octets are the ones that an example in a standard was made with. */
export function withRandomOctets(octets: Uint8Array): SaslCrypto {
  return { ...saslCrypto, randomOctets: () => octets }
}

export function begin<Proof extends Credentials>(
  mechanism: Mechanism<Proof>,
  credentials: Proof,
  changes: Partial<SaslContext> = {},
): Authentication {
  return Authentication.begin(mechanism, credentials, { ...context, ...changes })
}

/** A response as text. */
export function textOf(response: Uint8Array | Refusal | undefined): string {
  if (response instanceof Uint8Array) return Buffer.from(response).toString()
  throw new Error(`no response: ${response?.reason ?? 'nothing'}`)
}

export function octets(text: string): Uint8Array {
  return Buffer.from(text)
}
