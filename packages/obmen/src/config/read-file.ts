import { readFileSync } from 'node:fs'

import { CertificatesMissing } from '../errors/config-error.ts'
import { FileUnusable } from '../errors/site-error.ts'

/** What a file holds. Throws {@link FileUnusable}, which names the file: of a folder the system's own error does not. */
export function readOctets(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    throw new FileUnusable(path, String(error.code), { cause: error })
  }
}

/** The same as text. Throws {@link FileUnusable}. */
export function readTextFile(path: string): string {
  return new TextDecoder().decode(readOctets(path))
}

/** RFC 7468 §5.1, and the label that OpenSSL writes for a certificate with trust in it. */
const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/

/** Certificates to trust, in PEM. Throws {@link FileUnusable}, and {@link CertificatesMissing}: without one, everything fails later in words that don't say why. */
export function readCertificates(path: string): string {
  const text = readTextFile(path)
  if (!CERTIFICATE.test(text)) throw new CertificatesMissing(path)
  return text
}
