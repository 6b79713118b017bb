import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { DkimKeyInMemory } from '../../src/dkim.ts'
import { readDkimKey } from '../../src/dkim.ts'

/** A private key as PKCS #8 in PEM. */
export function pemOf(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString()
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ed25519 = generateKeyPairSync('ed25519')

/** Keys of example.org, made for this run. */
export const RSA_PEM: string = pemOf(rsa.privateKey)
export const ED25519_PEM: string = pemOf(ed25519.privateKey)

export const rsaKey: DkimKeyInMemory = readDkimKey({
  domain: 'example.org',
  selector: 'rsa',
  privateKey: RSA_PEM,
})

export const ed25519Key: DkimKeyInMemory = readDkimKey({
  domain: 'example.org',
  selector: 'ed',
  privateKey: ED25519_PEM,
})
