import { createHash } from 'node:crypto'
import { CanonicalLetter } from '../base/canonical-letter.ts'
import type { DkimCrypto } from '../dkim/environment.ts'
import type { DkimKey } from '../dkim/key.ts'
import { type SignedMessage, signLetter } from '../dkim/signed-message.ts'
import type { SigningOptions } from '../dkim/signing-options.ts'
import { DEFAULT_DEADLINES } from '../wire/deadlines.ts'
import { inTime, patientOctets } from './patience.ts'
import { refuseUnfit } from './settings.ts'

const dkimCrypto: DkimCrypto = { sha256: () => createHash('sha256') }

/** How a letter is signed, and how long that may take. */
export interface SignMessageOptions extends SigningOptions {
  /** Ends the reading and the signing, with `Aborted`. */
  readonly signal?: AbortSignal
  /** How long one piece of the letter may take to come out of its source; by default as long as when it is sent. */
  readonly contentMs?: number
}

/**
 * Signs a letter with DKIM (RFC 6376), with one key or with several: RSA, which everybody verifies, and Ed25519 beside it (RFC 8463). The letter
 * is read once now and, unless it is small, once more each time it is sent, in constant memory. Signed are the fields that say what the letter is;
 * a second From, Subject, To, Cc, Date, Reply-To or Content-Type that somebody adds breaks the signature too.
 *
 * Without `signedAt` it is signed as of now.
 *
 * @returns The letter with its signatures, to be sent as it is: no server on the way may write its body another way.
 * @throws DkimKeyUnusable when a key has no place in the DNS, or two have the same.
 * @throws LimitExceeded when the header section is larger than `maxHeaderOctets`.
 * @throws RangeError when there is no key, the letter has not one From field, or an option can't be meant so.
 * @throws DeadlineExceeded, Aborted when an attachment doesn't come, and what reading it throws.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises'
 * import { readDkimKey, signMessage } from '@obmen/mail/dkim'
 * import { composeMessage, MailboxAddress } from '@obmen/mail/mime'
 *
 * const letter = composeMessage({
 *   from: MailboxAddress.parse('Exchange <exchange@example.org>'),
 *   to: [MailboxAddress.parse('head@example.org')],
 *   subject: 'Orders of warehouse С01',
 *   date: new Date(),
 *   messageId: '<20260301.0001@example.org>',
 *   boundary: 'fe32jkh4h5kjhSDkfu4h',
 *   text: 'All is well.',
 * })
 * const privateKey = await readFile('dkim.pem', 'utf8')
 * const key = readDkimKey({ domain: 'example.org', selector: '2026', privateKey })
 * const signed = await signMessage(letter, key)
 * console.log(signed.signatureFields[0])
 * ```
 */
export async function signMessage(
  letter: CanonicalLetter,
  keys: DkimKey | readonly DkimKey[],
  { signal, contentMs = DEFAULT_DEADLINES.contentMs, ...options }: SignMessageOptions = {},
): Promise<SignedMessage> {
  if (!CanonicalLetter.is(letter)) {
    throw new TypeError('signMessage signs what composeMessage gives')
  }
  refuseUnfit('contentMs', contentMs)
  const octets = patientOctets(letter.lentPieces(), { signal, timeoutMs: contentMs })
  const signing = { letter, octets, keys: 'sign' in keys ? [keys] : keys }
  // A key may be far away, and a signature take as long as it likes.
  return inTime(signLetter({ signedAt: new Date(), ...options, ...signing }, dkimCrypto), {
    signal,
  })
}
