import type { HeaderFieldOctets } from './header-fields.ts'

/**
 * The fields that say what the letter is, to its reader or to programs (RFC 6376 §5.4.1), each with whether it is named once more than it is there. Who adds
 * a second Subject to a signed letter then breaks the signature (§8.15), and so does who adds a first. Trace fields and those that servers
 * rewrite are left out.
 */
const SIGNED_FIELDS: readonly (readonly [name: string, naming: 'as-often' | 'once-more'])[] = [
  ['from', 'once-more'],
  ['sender', 'as-often'],
  ['reply-to', 'once-more'],
  ['to', 'once-more'],
  ['cc', 'once-more'],
  ['subject', 'once-more'],
  ['date', 'once-more'],
  ['message-id', 'as-often'],
  ['in-reply-to', 'as-often'],
  ['references', 'as-often'],
  ['mime-version', 'as-often'],
  ['content-type', 'once-more'],
  ['content-transfer-encoding', 'as-often'],
  ['content-disposition', 'as-often'],
  ['list-id', 'as-often'],
  ['list-help', 'as-often'],
  ['list-subscribe', 'as-often'],
  ['list-unsubscribe', 'as-often'],
  ['list-unsubscribe-post', 'as-often'],
  ['list-post', 'as-often'],
  ['list-owner', 'as-often'],
  ['list-archive', 'as-often'],
  ['auto-submitted', 'as-often'],
]

const STANDARD_NAMES: ReadonlySet<string> = new Set(SIGNED_FIELDS.map(([name]) => name))

/** Fields that can't be signed, or that a server on the way adds or changes (RFC 6376 §3.5, §5.4). */
const UNSIGNABLE_NAMES: ReadonlySet<string> = new Set([
  'dkim-signature',
  'return-path',
  'received',
  'bcc',
  'resent-bcc',
])

/** `field-name` of RFC 5322 §3.6.8, without the semicolon, which ends a tag; as long as one that this package writes. */
const FIELD_NAME = /^[!-9<-~]{1,96}$/

/**
 * The names for `h=`: of the fields above those that are there, and of the caller's own.
 *
 * @throws RangeError when a name of the caller's can't be signed.
 */
export function namesToSign(
  fields: readonly HeaderFieldOctets[],
  alsoSign: readonly string[],
): readonly string[] {
  const counts = new Map<string, number>()
  for (const { name } of fields) counts.set(name, (counts.get(name) ?? 0) + 1)
  const standard = SIGNED_FIELDS.flatMap(([name, naming]) =>
    repeated(name, (counts.get(name) ?? 0) + (naming === 'once-more' ? 1 : 0)),
  )
  const own = new Set(alsoSign.map((name) => name.toLowerCase()))
  return [...standard, ...[...own].flatMap((name) => ownNames(name, counts))]
}

function ownNames(name: string, counts: ReadonlyMap<string, number>): readonly string[] {
  if (!FIELD_NAME.test(name) || UNSIGNABLE_NAMES.has(name)) {
    throw new RangeError(`alsoSign: "${name}" is not the name of a field that can be signed`)
  }
  return STANDARD_NAMES.has(name) ? [] : repeated(name, (counts.get(name) ?? 0) + 1)
}

function repeated(name: string, times: number): readonly string[] {
  const names: string[] = []
  while (names.length < times) names.push(name)
  return names
}
