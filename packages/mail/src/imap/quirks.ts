/**
 * What real servers do otherwise than they say, each with its source.
 */

import type { LoginCredentials } from '../sasl/credentials.ts'
import type { SaslEnvironment } from '../sasl/environment.ts'

/**
 * Cyrus IMAP offers SCRAM-…-PLUS under TLS 1.3 too, but binds to `tls-unique`, which TLS 1.3 does not have (RFC 9266 §1; its issue 4191, open
 * since 2022). So every such login would fail. SCRAM is used without the binding there, unless the mechanism is asked for by name.
 *
 * Whoever forges the server's name for itself wins nothing: it could as well offer no `-PLUS`.
 *
 * @param greeting what the server calls itself.
 */
export function withoutBrokenBinding(
  environment: SaslEnvironment,
  greeting: string,
  credentials: LoginCredentials,
): SaslEnvironment {
  const named = 'mechanism' in credentials ? (credentials.mechanism ?? '') : ''
  if (!/\bcyrus\b/i.test(greeting) || named.endsWith('-PLUS')) return environment
  const channelBinding = (): ReturnType<SaslEnvironment['channelBinding']> => {
    const binding = environment.channelBinding()
    return binding?.type === 'tls-exporter' ? undefined : binding
  }
  return { ...environment, channelBinding }
}
