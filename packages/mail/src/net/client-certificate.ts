import { createSecureContext } from 'node:tls'
import type { MailServer } from './mail-server.ts'

/** The certificate that this side shows in the TLS handshake, as Node.js wants it. */
export function clientCertificateOf({ clientCertificate }: MailServer): {
  readonly cert?: string
  readonly key?: string
} {
  if (clientCertificate === undefined) return {}
  const { certificate, key } = clientCertificate
  return { cert: certificate, key: typeof key === 'string' ? key : key.reveal() }
}

/**
 * Reads the client certificate before anything is sent: what is wrong with it is this side's mistake, not the server's.
 *
 * @throws TypeError when the certificate or its key can't be read, or they don't belong together.
 */
export function checkClientCertificate(server: MailServer): void {
  if (server.clientCertificate === undefined) return
  try {
    createSecureContext(clientCertificateOf(server))
  } catch (cause) {
    throw new TypeError("the client certificate and its key can't be used together", { cause })
  }
}
