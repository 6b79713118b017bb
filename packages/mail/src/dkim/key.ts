/** What signs, and where its public half stands. */

import { DkimKeyUnusable } from './errors.ts'

/** `a=` of RFC 6376 §3.5, as RFC 8301 §3.1 and RFC 8463 §3 leave it. */
export type DkimAlgorithm = 'rsa-sha256' | 'ed25519-sha256'

/**
 * A private key that signs for a domain. `readDkimKey` makes one of a key in memory; a key that never leaves its device is one too, if it
 * has these four.
 */
export interface DkimKey {
  /** Who takes responsibility for the letter (`d=`): in ASCII, A-labels where it is international. */
  readonly domain: string
  /** Which of the domain's keys this is (`s=`). */
  readonly selector: string
  readonly algorithm: DkimAlgorithm
  /** RSASSA-PKCS1-v1_5 with SHA-256 of these octets, or Ed25519 of their SHA-256 (RFC 6376 §3.3, RFC 8463 §3). */
  sign(octets: Uint8Array): Promise<Uint8Array>
}

/** The longest name the DNS has (RFC 1035 §2.3.4), as it is written, without the last dot. */
const MAX_DNS_NAME = 253

/** `sub-domain` of RFC 5321 §4.1.2, no longer than a label may be (RFC 1035 §2.3.4). */
const DOMAIN_LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/
/** The same, and the underscore, which RFC 6376 §3.1 doesn't have and published selectors do. */
const SELECTOR_LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/

/** Where the DNS has the public key (RFC 6376 §3.6.2.1). */
export function recordNameOf(key: Pick<DkimKey, 'domain' | 'selector'>): string {
  return `${key.selector}._domainkey.${key.domain}`
}

/** @throws DkimKeyUnusable when no verifier could ask the DNS for this key, or the name would not stay inside its tag. */
export function checkKeyName(key: Pick<DkimKey, 'domain' | 'selector'>): void {
  const domainLabels = key.domain.split('.')
  if (domainLabels.length < 2 || !domainLabels.every((label) => DOMAIN_LABEL.test(label))) {
    throw new DkimKeyUnusable({ ...named(key), check: 'domain' })
  }
  const isSelector = key.selector.split('.').every((label) => SELECTOR_LABEL.test(label))
  if (!isSelector || recordNameOf(key).length > MAX_DNS_NAME) {
    throw new DkimKeyUnusable({ ...named(key), check: 'selector' })
  }
}

/** @throws DkimKeyUnusable when a key can't be found by its name, or two would be looked for at one place. */
export function checkKeys(keys: readonly DkimKey[]): void {
  const names = new Set<string>()
  for (const key of keys) {
    checkKeyName(key)
    const name = recordNameOf(key).toLowerCase()
    if (names.has(name)) throw new DkimKeyUnusable({ ...named(key), check: 'selector-taken' })
    names.add(name)
  }
}

function named({ domain, selector }: Pick<DkimKey, 'domain' | 'selector'>): {
  readonly domain: string
  readonly selector: string
} {
  return { domain, selector }
}
