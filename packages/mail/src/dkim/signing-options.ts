import type { Canonicalization } from './canonical-body.ts'
import type { DkimKey } from './key.ts'
import type { ReadingRules } from './letter-reading.ts'
import type { SignatureTags } from './signature-field.ts'

/** What of a signature is the caller's choice (RFC 6376 §3.5). */
export interface SigningOptions {
  /** By default `'relaxed'`: servers on the way fold header lines again. */
  readonly headerCanonicalization?: Canonicalization
  /** By default `'relaxed'`: blanks at the ends of lines may get lost. */
  readonly bodyCanonicalization?: Canonicalization
  /** `t=`: when it was signed. */
  readonly signedAt?: Date
  /** `x=`: from then on a verifier may take the signature for none. Later than {@link signedAt}. */
  readonly expiresAt?: Date
  /** `i=`: for whom in the domain it was signed, `@example.org` or `user@sub.example.org`. In or below the domain of every key. */
  readonly identity?: string
  /** Names of further fields. Each is named once more than it is there, so that none can be added either. */
  readonly alsoSign?: readonly string[]
  /** The header section is held in memory while it is signed. By default 16 MiB. */
  readonly maxHeaderOctets?: number
}

/** A hundred thousand recipients fit in, and a body that was taken for a header section does not. */
const DEFAULT_MAX_HEADER_OCTETS = 16 * 1024 * 1024

export type CheckedOptions = Pick<ReadingRules, 'maxHeaderOctets'> &
  Pick<
    SignatureTags,
    'headerCanonicalization' | 'bodyCanonicalization' | 'signedAt' | 'expiresAt' | 'identity'
  >

/** @throws RangeError when one can't be meant so, or doesn't fit to the keys. */
export function checkOptions(options: SigningOptions, keys: readonly DkimKey[]): CheckedOptions {
  const signedAt = secondsOf('signedAt', options.signedAt)
  const expiresAt = secondsOf('expiresAt', options.expiresAt)
  if (expiresAt !== undefined && expiresAt <= (signedAt ?? 0)) {
    throw new RangeError('expiresAt must be later than signedAt')
  }
  for (const { domain } of keys) checkIdentity(options.identity, domain)
  const maxHeaderOctets = options.maxHeaderOctets ?? DEFAULT_MAX_HEADER_OCTETS
  if (!(maxHeaderOctets > 0)) throw new RangeError('maxHeaderOctets must be more than 0')
  return {
    headerCanonicalization: options.headerCanonicalization ?? 'relaxed',
    bodyCanonicalization: options.bodyCanonicalization ?? 'relaxed',
    signedAt,
    expiresAt,
    identity: options.identity,
    maxHeaderOctets,
  }
}

function secondsOf(name: string, date: Date | undefined): number | undefined {
  if (date === undefined) return undefined
  const seconds = Math.floor(date.getTime() / 1000)
  if (seconds >= 0) return seconds
  throw new RangeError(`${name} must be a valid date after 1970`)
}

/** RFC 6376 §3.5: the domain of `i=` is that of `d=`, or below it. */
function checkIdentity(identity: string | undefined, domain: string): void {
  if (identity === undefined) return
  const at = identity.lastIndexOf('@')
  const host = identity.slice(at + 1).toLowerCase()
  const isInDomain = host === domain.toLowerCase() || host.endsWith(`.${domain.toLowerCase()}`)
  const isLocalPart = at === 0 || LOCAL_PART.test(identity.slice(0, Math.max(at, 0)))
  if (isInDomain && isLocalPart && HOST.test(host)) return
  throw new RangeError(
    `identity must be an address, or @ and a name, in ${domain} or below it, the name in ASCII: "${identity}"`,
  )
}

const HOST = /^[a-z0-9][a-z0-9.-]*$/
/** `Dot-string` and `Quoted-string` of RFC 5321 §4.1.2, beyond ASCII too (RFC 6531 §3.3). */
const LOCAL_PART =
  /^(?:[\w!#$%&'*+\-/=?^`{|}~\u0080-\uffff]+(?:\.[\w!#$%&'*+\-/=?^`{|}~\u0080-\uffff]+)*|"(?:[^"\\\0-\x1f\x7f]|\\[ -~])*")$/
