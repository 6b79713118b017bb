/**
 * Signing letters: DKIM (RFC 6376) with RSA (RFC 8301) and Ed25519 (RFC 8463).
 *
 * @module
 */

export { Secret } from './base/secret.ts'
export { DkimContentChanged, DkimKeyUnusable } from './dkim/errors.ts'
export { SignedMessage } from './dkim/signed-message.ts'
export { readDkimKey } from './net/dkim-key.ts'
export { signMessage } from './net/dkim-signing.ts'

export type { CanonicalLetter, LetterBody } from './base/canonical-letter.ts'
export type { Canonicalization } from './dkim/canonical-body.ts'
export type { DkimKeyCheck } from './dkim/errors.ts'
export type { DkimAlgorithm, DkimKey } from './dkim/key.ts'
export type { SigningOptions } from './dkim/signing-options.ts'
export type { DkimKeyInMemory, DkimKeySource, DkimRecord } from './net/dkim-key.ts'
export type { SignMessageOptions } from './net/dkim-signing.ts'
