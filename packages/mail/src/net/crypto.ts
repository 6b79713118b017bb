import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import type { HashName, Pbkdf2Input, SaslCrypto } from '../sasl/environment.ts'

/** How many octets each hash has. */
const HASH_LENGTH: Readonly<Record<HashName, number>> = { md5: 16, sha1: 20, sha256: 32 }

/** The cryptography of Node.js, as mechanisms use it. */
export const saslCrypto: SaslCrypto = {
  hash: (name, octets) => createHash(name).update(octets).digest(),
  hmac: (name, key, octets) => createHmac(name, key).update(octets).digest(),
  pbkdf2: (name: HashName, { password, salt, iterations }: Pbkdf2Input) =>
    pbkdf2Sync(password, salt, iterations, HASH_LENGTH[name], name),
  randomOctets: (count) => randomBytes(count),
}
