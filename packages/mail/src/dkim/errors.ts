import { MailError } from '../base/mail-error.ts'
import { escapePeerWords } from '../base/peer-words.ts'

/** Which check a key for signing did not pass. */
export type DkimKeyCheck =
  | 'domain'
  | 'selector'
  | 'selector-taken'
  | 'not-a-key'
  | 'encrypted'
  | 'public'
  | 'key-type'
  | 'too-short'
  | 'damaged'

/** What is wrong and what to do, for each check. */
const KEY_CHECKS: Readonly<
  Record<DkimKeyCheck, { readonly verdict: string; readonly hint: string }>
> = {
  domain: {
    verdict: 'the domain is no name that the DNS could have',
    hint: 'Write the domain as in the addresses it signs for, like example.org',
  },
  selector: {
    verdict: 'the selector is no name that the DNS could have',
    hint: 'Write the selector as it was published, without ._domainkey and the domain: letters, digits and hyphens, and dots between them',
  },
  'selector-taken': {
    verdict: 'another of the keys has the same selector, and the DNS has one key for each',
    hint: 'Publish each key under a selector of its own',
  },
  'not-a-key': {
    verdict: 'it is not a private key in PEM',
    hint: 'Give the text of the key file from -----BEGIN to END-----, its line ends too, or the 32 octets of an Ed25519 key in base64',
  },
  encrypted: {
    verdict: 'the private key is encrypted with a passphrase',
    hint: 'Decrypt it into a file that only this program can read: openssl pkey -in FILE -out FILE',
  },
  public: {
    verdict: 'it is a public key or a certificate, which cannot sign',
    hint: 'Give the private key; the public one belongs into the DNS',
  },
  'key-type': {
    verdict: 'it is a key of a type that DKIM does not have',
    hint: 'Make an RSA key of 2048 bits or an Ed25519 key',
  },
  'too-short': {
    verdict: 'the RSA key has fewer than 1024 bits, and no verifier accepts that',
    hint: 'Make an RSA key of at least 2048 bits, or an Ed25519 key',
  },
  damaged: {
    verdict: 'what it signs does not verify with its own public key',
    hint: 'Take the key from where it was made once more',
  },
}

/** A key can't sign, or nobody could verify what it signs. No letter goes out unsigned because of that: nothing was sent. */
export class DkimKeyUnusable extends MailError {
  readonly code = 'DKIM_KEY_UNUSABLE'
  readonly transient = false
  readonly check: DkimKeyCheck
  readonly domain: string
  readonly selector: string

  constructor(facts: {
    readonly check: DkimKeyCheck
    readonly domain: string
    readonly selector: string
  }) {
    const { verdict, hint } = KEY_CHECKS[facts.check]
    const key = `"${escapePeerWords(facts.selector)}" of "${escapePeerWords(facts.domain)}"`
    super(`the DKIM key ${key} can't be used: ${verdict}`, { hint })
    this.check = facts.check
    this.domain = facts.domain
    this.selector = facts.selector
  }
}

/**
 * A letter was read again to be sent, and is no longer the one that was signed: a file in it has changed meanwhile. It was broken off
 * before its end, so no server has taken it.
 */
export class DkimContentChanged extends MailError {
  readonly code = 'DKIM_CONTENT_CHANGED'
  // Signing again may help; sending the same signed letter again can't.
  readonly transient = false
  /** How many octets were signed, without the signature itself. */
  readonly signedOctets: number

  constructor(signedOctets: number) {
    super(
      `sending the signed letter was given up before its end: it is no longer what was signed (${signedOctets} octets)`,
      { hint: 'Sign the letter again when nobody writes into its files any more' },
    )
    this.signedOctets = signedOctets
  }
}
