import { createHash, type X509Certificate } from 'node:crypto'
import type { MailServer } from './mail-server.ts'

/** RFC 7469 §2.4: SHA-256 of the SubjectPublicKeyInfo, in base64. Thirty-two octets are 43 characters, of which the last has two bits to spare, and a `=`. */
const PIN = /^sha256\/[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/

/** The pin of a certificate's key. */
export function pinOf(certificate: X509Certificate): string {
  const keyInfo = certificate.publicKey.export({ type: 'spki', format: 'der' })
  return `sha256/${createHash('sha256').update(keyInfo).digest('base64')}`
}

/**
 * Looks at the pins before anything is sent. What has no effect is refused as well: who pins wants to be protected.
 *
 * @throws TypeError when a pin is malformed, there is none in the list, or the server is reached without TLS.
 */
export function checkPins({ pins, tls }: MailServer): void {
  if (pins === undefined) return
  if (pins.length === 0) throw new TypeError("the server's pins must name at least one key")
  if (tls === 'none') throw new TypeError("the server's pins have no effect without TLS")
  for (const pin of pins) {
    if (!PIN.test(pin)) {
      throw new TypeError(`a pin is sha256/ and 32 octets in base64, not ${JSON.stringify(pin)}`)
    }
  }
}
