import type { SaslLimits } from './limits.ts'

/** The hash functions that mechanisms are defined with. */
export type HashName = 'md5' | 'sha1' | 'sha256'

/** What mechanisms compute with. It comes from outside because the engines have no platform. */
export interface SaslCrypto {
  hash(name: HashName, octets: Uint8Array): Uint8Array
  hmac(name: HashName, key: Uint8Array, octets: Uint8Array): Uint8Array
  /** PBKDF2 (RFC 8018 §5.2) with HMAC, as many octets as the hash has: the `Hi` of RFC 5802 §2.2. */
  pbkdf2(name: HashName, input: Pbkdf2Input): Uint8Array
  /** Octets that nobody can predict. */
  randomOctets(count: number): Uint8Array
}

export interface Pbkdf2Input {
  readonly password: Uint8Array
  readonly salt: Uint8Array
  readonly iterations: number
}

/** How an authentication is bound to the TLS connection (RFC 5929 §3 and §4, RFC 9266). */
export type ChannelBindingType = 'tls-exporter' | 'tls-unique' | 'tls-server-end-point'

/** What both ends of one TLS connection know, and nobody who sits between two of them does. */
export interface ChannelBinding {
  readonly type: ChannelBindingType
  readonly octets: Uint8Array
}

/** What a session knows about its connection, and computes with, to log in. */
export interface SaslEnvironment {
  readonly crypto: SaslCrypto
  /** The server's name, as its certificate has it. */
  readonly host: string
  readonly port: number
  /** Whether nobody but the server can read what is sent now: a fact about the connection, and not what the settings say of it. */
  readonly isEncrypted: () => boolean
  /** To be called when the connection is encrypted, if it ever is; `undefined` when there is nothing to bind to. */
  readonly channelBinding: () => ChannelBinding | undefined
}

/** The protocol, by its GSSAPI service name: DIGEST-MD5 makes it part of the proof. */
export type SaslService = 'smtp' | 'pop' | 'imap'

/** What a mechanism may need beside the credentials. */
export interface SaslContext {
  readonly service: SaslService
  readonly crypto: SaslCrypto
  readonly limits: SaslLimits
  readonly host: string
  readonly port: number
  readonly channelBinding: ChannelBinding | undefined
  /** Whether the server offers to bind the authentication to the channel, by any mechanism whose name ends in `-PLUS`. */
  readonly isBindingOffered: boolean
}
