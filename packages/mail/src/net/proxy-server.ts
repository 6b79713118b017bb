import type { ProxyCredentials } from '../proxy/credentials.ts'

/**
 * A proxy that connects to the mail server in place of this machine. The name of the mail server is resolved by the proxy, and TLS is made with
 * the mail server through it, so the proxy sees no more than whom one talks to.
 *
 * @example
 * ```ts
 * import { openSmtp, Secret } from '@obmen/mail/smtp'
 *
 * await using smtp = await openSmtp({
 *   host: 'mail.example.org',
 *   port: 465,
 *   tls: 'implicit',
 *   proxy: {
 *     kind: 'socks5',
 *     host: 'proxy.example.org',
 *     port: 1080,
 *     credentials: { user: 'office', password: new Secret('tanstaaf') },
 *   },
 * })
 * ```
 */
export interface ProxyServer {
  /** `'socks5'`: RFC 1928 and RFC 1929. `'http'`: CONNECT of RFC 9110 §9.3.6, with Basic authentication. */
  readonly kind: 'socks5' | 'http'
  /** A host name or an IP address. */
  readonly host: string
  readonly port: number
  /** Whether the connection to the proxy itself is encrypted; by default it is not, and then its credentials go in clear text. */
  readonly tls?: 'implicit' | 'none'
  /** The certificates to trust for the proxy, as PEM, instead of those that Node.js brings along. */
  readonly ca?: string | readonly string[]
  readonly credentials?: ProxyCredentials
}
