import type { Secret } from '../base/secret.ts'
import type {
  AnonymousCredentials,
  ExternalCredentials,
  PasswordCredentials,
} from '../sasl/credentials.ts'
import type { ChannelBindingType } from '../sasl/environment.ts'
import type { TokenMechanismName } from '../sasl/mechanism.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { ProtocolLog } from '../wire/protocol-log.ts'
import type { ProxyServer } from './proxy-server.ts'
import type { TokenProvider } from './token-source.ts'

/** A mail server and how to reach it: the same for every protocol. */
export interface MailServer {
  /** A host name or an IP address. */
  readonly host: string
  readonly port: number
  /**
   * When the connection is encrypted: from its first octet (`'implicit'`, RFC 8314), or by a command before anything that matters is
   * sent (`'starttls'`, RFC 3207, RFC 2595). Both are required as said: there is no falling back. `'none'` is the only way to
   * clear text.
   */
  readonly tls: 'implicit' | 'starttls' | 'none'
  /** The name that the server's certificate must have; by default {@link host}. */
  readonly servername?: string
  /** The certificates to trust, as PEM, instead of those that Node.js brings along. */
  readonly ca?: string | readonly string[]
  /**
   * The keys that the server's certificate may have, besides being valid: `sha256/` and the base64 of the SHA-256 of its SubjectPublicKeyInfo (RFC
   * 7469 §2.4). It is the server's own key that counts, not one of its issuers': to trust certain issuers only, name them in {@link ca}. So
   * that the server can change its key, name the next one as well.
   *
   *     openssl x509 -in mail.crt -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64
   */
  readonly pins?: readonly string[]
  /** What this side shows in the TLS handshake, for servers that ask for it. With `external` credentials it is also the login. */
  readonly clientCertificate?: ClientCertificate
  /**
   * What SCRAM-…-PLUS binds a login to. By default `tls-exporter` under TLS 1.3 (RFC 9266) and `tls-unique` under TLS 1.2. `'none'` when something
   * on the way ends TLS for the server, so that the two ends are not those of one connection.
   */
  readonly channelBinding?: ChannelBindingType | 'none'
  readonly credentials?: MailCredentials
  /** By which way it is reached; by default directly. */
  readonly proxy?: ProxyServer
}

/** A certificate of this side and its private key, both as PEM. */
export interface ClientCertificate {
  /** The certificate, and behind it those of its issuers that the server does not have. */
  readonly certificate: string
  /** Not encrypted. */
  readonly key: Secret | string
}

/**
 * A user and an access token of OAuth 2.0. Where the token comes from is the caller's: a provider is asked when the token is needed, and once more when
 * the server has refused it.
 *
 * @example
 * ```ts
 * import { openSmtp, Secret, type TokenRequest } from '@obmen/mail/smtp'
 *
 * declare function fetchToken(request: { renew: boolean; signal: AbortSignal }): Promise<string>
 *
 * await using smtp = await openSmtp({
 *   host: 'smtp.example.org',
 *   port: 465,
 *   tls: 'implicit',
 *   credentials: {
 *     kind: 'token',
 *     user: 'office@example.org',
 *     token: async ({ isRefused, signal }: TokenRequest) =>
 *       new Secret(await fetchToken({ renew: isRefused, signal })),
 *   },
 * })
 * ```
 */
export interface TokenCredentials {
  readonly kind: 'token'
  readonly user: string
  readonly token: Secret | TokenProvider
  /** Use this mechanism and no other; by default OAUTHBEARER, and XOAUTH2 where the server has only that. */
  readonly mechanism?: TokenMechanismName
}

/**
 * Who to log in as. The strongest mechanism for credentials of this kind that both sides have is used, and after a failure no other.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs'
 * import { type MailCredentials, type MailServer, Secret } from '@obmen/mail/smtp'
 *
 * const byPassword: MailCredentials = { user: 'office', password: new Secret('tanstaaf') }
 * const byPasswordAndScram: MailCredentials = { ...byPassword, mechanism: 'SCRAM-SHA-256' }
 * const asNobody: MailCredentials = { kind: 'anonymous', trace: 'office@example.org' }
 * const byCertificate: Pick<MailServer, 'clientCertificate' | 'credentials'> = {
 *   clientCertificate: {
 *     certificate: readFileSync('office.crt', 'utf8'),
 *     key: new Secret(readFileSync('office.key', 'utf8')),
 *   },
 *   credentials: { kind: 'external' },
 * }
 * ```
 */
export type MailCredentials =
  PasswordCredentials | TokenCredentials | AnonymousCredentials | ExternalCredentials

export interface ConnectionOptions {
  /** Ends everything that is under way, with `Aborted`, and closes the connection. */
  readonly signal?: AbortSignal
  /** Other deadlines than those of RFC 5321 §4.5.3.2, for each phase. */
  readonly deadlines?: Partial<Deadlines>
  /** A deadline for the connection as a whole, from connecting to closing; by default there is none. */
  readonly totalTimeoutMs?: number
  /** Gets every line of the conversation. Secrets are replaced and content is abbreviated. */
  readonly log?: ProtocolLog
}
