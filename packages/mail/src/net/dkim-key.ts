import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { toAsciiDomain } from '../address/a-label.ts'
import type { Secret } from '../base/secret.ts'
import { type DkimKeyCheck, DkimKeyUnusable } from '../dkim/errors.ts'
import { checkKeyName, type DkimAlgorithm, type DkimKey, recordNameOf } from '../dkim/key.ts'

/** Where a key is from. */
export interface DkimKeySource {
  /** Who signs: the domain of From, or one above it, so that DMARC takes the signature for the author's. International ones may be in their own script. */
  readonly domain: string
  /** Under which name the domain has published the key: `2026` for `2026._domainkey.example.org`. */
  readonly selector: string
  /** The text of a PEM file without a passphrase (PKCS #8, PKCS #1), or the 32 octets of an Ed25519 key in base64. */
  readonly privateKey: Secret | string
}

/** What the domain has to publish, so that others can verify what this key signs (RFC 6376 §3.6). */
export interface DkimRecord {
  /** `2026._domainkey.example.org` */
  readonly name: string
  /** The text of the TXT record, in one piece: `v=DKIM1; k=rsa; p=…`. */
  readonly text: string
}

/** A key in memory. It can't be printed. */
export interface DkimKeyInMemory extends DkimKey {
  readonly record: DkimRecord
}

/** RFC 8301 §3.2: signers use 1024 bits or more, and no verifier takes fewer. */
const MIN_RSA_BITS = 1024

/** What stands before the 32 octets of an Ed25519 private key in PKCS #8 (RFC 8410 §7). */
const ED25519_PKCS8_START = '302e020100300506032b657004220420'
/** Where the 32 octets of an Ed25519 public key begin in a SubjectPublicKeyInfo (RFC 8410 §4). */
const ED25519_SPKI_START = 12
/** 32 octets in base64. */
const ED25519_SEED = /^[A-Za-z0-9+/]{43}=$/

const signInBackground = promisify<string, Uint8Array, KeyObject, Buffer>(sign)

/**
 * Reads a private key that signs letters for a domain. Whatever could not sign, or would sign what nobody accepts, is refused here and
 * not when the first letter goes out; a letter is never sent unsigned instead.
 *
 * @throws DkimKeyUnusable when it is not a private key in PEM, is encrypted, is neither RSA nor Ed25519, has fewer than 1024 bits, or when domain or
 * selector are no names of the DNS.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises'
 * import { readDkimKey } from '@obmen/mail/dkim'
 *
 * const key = readDkimKey({
 *   domain: 'example.org',
 *   selector: '2026',
 *   privateKey: await readFile('dkim.pem', 'utf8'),
 * })
 * console.log(`${key.record.name} TXT "${key.record.text}"`)
 * ```
 */
export function readDkimKey(source: DkimKeySource): DkimKeyInMemory {
  // What has no form in ASCII stays as it is and is refused as it was written.
  const domain = (toAsciiDomain(source.domain) ?? source.domain).toLowerCase()
  const name = { domain, selector: source.selector }
  checkKeyName(name)
  const text =
    typeof source.privateKey === 'string' ? source.privateKey : source.privateKey.reveal()
  const key = parseKey(text.trim(), (check) => new DkimKeyUnusable({ ...name, check }))
  const record = Object.freeze({ name: recordNameOf(name), text: recordTextOf(key) })
  return Object.freeze({ ...name, algorithm: ALGORITHMS[key.type], record, sign: signerOf(key) })
}

type KeyType = 'rsa' | 'ed25519'

const ALGORITHMS: Readonly<Record<KeyType, DkimAlgorithm>> = {
  rsa: 'rsa-sha256',
  ed25519: 'ed25519-sha256',
}

interface ParsedKey {
  readonly key: KeyObject
  readonly type: KeyType
}

type Refuse = (check: DkimKeyCheck) => DkimKeyUnusable

function parseKey(text: string, refuse: Refuse): ParsedKey {
  const key = ED25519_SEED.test(text) ? ed25519KeyOf(text) : pemKeyOf(text, refuse)
  const type = typeOf(key, refuse)
  if (!canSign({ key, type })) throw refuse('damaged')
  return { key, type }
}

function ed25519KeyOf(seed: string): KeyObject {
  const octets = Buffer.from(seed, 'base64').toString('hex')
  const key = Buffer.from(ED25519_PKCS8_START + octets, 'hex')
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}

function pemKeyOf(text: string, refuse: Refuse): KeyObject {
  if (/-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(text)) throw refuse('encrypted')
  try {
    return createPrivateKey(text)
  } catch {
    // What OpenSSL says of it is in words of its own, and might quote the text.
    throw refuse(
      /-----BEGIN (?:[A-Z]+ )?(?:PUBLIC KEY|CERTIFICATE)-/.test(text) ? 'public' : 'not-a-key',
    )
  }
}

function typeOf(key: KeyObject, refuse: Refuse): KeyType {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (type !== 'rsa' && type !== 'ed25519') throw refuse('key-type')
  if (type === 'rsa' && (details?.modulusLength ?? 0) < MIN_RSA_BITS) throw refuse('too-short')
  return type
}

/** RFC 6376 §3.3.2 signs the octets, RFC 8463 §3 their hash. */
function signerOf({ key, type }: ParsedKey): DkimKey['sign'] {
  // An RSA signature takes about a millisecond, which others need not wait for; an Ed25519 signature takes less than handing it over.
  return type === 'rsa'
    ? async (octets) => signInBackground('sha256', octets, key)
    : async (octets) => sign(null, hash('sha256', octets, 'buffer'), key)
}

function canSign({ key, type }: ParsedKey): boolean {
  const octets = new TextEncoder().encode('DKIM')
  const hashName = type === 'rsa' ? 'sha256' : null
  try {
    return verify(hashName, octets, createPublicKey(key), sign(hashName, octets, key))
  } catch {
    return false
  }
}

function recordTextOf({ key, type }: ParsedKey): string {
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const octets = type === 'rsa' ? spki : spki.subarray(ED25519_SPKI_START)
  return `v=DKIM1; k=${type}; p=${octets.toString('base64')}`
}
