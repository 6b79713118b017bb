import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { runProgram } from '../run-program.ts'
import { HOST, SERVER_NAME, STRICT_HOST, type CertificatePaths } from './laboratory.ts'

/** Long enough for a folder that is kept; whoever needs more makes a new one. */
const VALID_DAYS = 365

/** Makes a certification authority that exists for this folder only, and the certificate of the servers. */
export function makeCertificates(folder: string): CertificatePaths {
  mkdirSync(folder, { recursive: true })
  const openssl = (...words: string[]): string => runProgram('openssl', words, { cwd: folder })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const days = ['-days', String(VALID_DAYS)]
  const authority = ['-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=Mail servers on loopback']
  openssl('req', '-x509', ...newKey, ...authority, ...days)
  openssl(
    'req',
    ...newKey,
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
    '-subj',
    `/CN=${SERVER_NAME}`,
  )
  writeFileSync(
    join(folder, 'server.ext'),
    `subjectAltName = DNS:${SERVER_NAME}, DNS:localhost, IP:${HOST}, IP:${STRICT_HOST}\nextendedKeyUsage = serverAuth\n`,
  )
  const signer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'server.ext']
  openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.crt', ...signer, ...days)
  return {
    ca: join(folder, 'ca.crt'),
    certificate: join(folder, 'server.crt'),
    key: join(folder, 'server.key'),
  }
}
