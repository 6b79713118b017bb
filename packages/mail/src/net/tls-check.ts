import { ConnectionLost } from '../wire/errors.ts'
import { TlsFailed } from './errors.ts'
import type { TlsCheck } from './errors.ts'
import type { MailServer } from './mail-server.ts'

/** The codes of Node.js and OpenSSL that name a check of ours. */
const CHECK_BY_CODE: Readonly<Record<string, TlsCheck>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-issuer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-issuer',
  CERT_UNTRUSTED: 'unknown-issuer',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-host',
  HOSTNAME_MISMATCH: 'wrong-host',
  CERT_REVOKED: 'revoked',
  CERT_REJECTED: 'certificate',
  CERT_SIGNATURE_FAILURE: 'certificate',
  CERT_CHAIN_TOO_LONG: 'certificate',
  INVALID_CA: 'certificate',
  INVALID_PURPOSE: 'certificate',
  PATH_LENGTH_EXCEEDED: 'certificate',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'not-tls',
  ERR_SSL_HTTP_REQUEST: 'not-tls',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'client-certificate',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'version',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'version',
}

/** Says which check an error during the handshake stands for. A connection that broke is lost, not untrustworthy. */
export function handshakeFailure(error: unknown, server: MailServer): TlsFailed | ConnectionLost {
  const code = codeOf(error) ?? ''
  const known = CHECK_BY_CODE[code]
  if (known === undefined && !code.startsWith('ERR_SSL_')) {
    return new ConnectionLost(`the TLS handshake with ${server.host}:${server.port}`, {
      ...(code === '' ? {} : { reason: code }),
      cause: error,
    })
  }
  const { host, port } = server
  // STARTTLS has been agreed to by then, so the setting is not what is wrong.
  const hint =
    known === 'not-tls' && server.tls === 'starttls'
      ? 'Have the mail server checked: it agreed to STARTTLS and then went on in clear text'
      : undefined
  return new TlsFailed({ check: known ?? 'handshake', host, port, cause: error, hint })
}

/** The peer's complaint about the client certificate, which in TLS 1.3 comes only after the handshake. Other errors of TLS then are a broken line. */
export function isAboutClientCertificate(code: string): boolean {
  return /^ERR_SSL_.*ALERT_.*(?:CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/.test(code)
}

/** The stable name of an error of Node.js, where it has one. With several addresses tried, the first one's. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError && !('code' in error)) return codeOf(error.errors[0])
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
