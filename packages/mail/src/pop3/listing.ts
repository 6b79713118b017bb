import { ProtocolViolation } from '../wire/errors.ts'

/** `scan-listing` of RFC 1939 §5: number, size, and after them whatever the server likes. */
const SCAN_LISTING = /^ *(?<number>\d{1,15}) +(?<octets>\d{1,15})(?:\s|$)/

/** `uidl-listing` of RFC 1939 §7: number and unique id. White space at the end is none of the id, and is taken off before. */
const UNIQUE_ID_LISTING = /^ *(?<number>\d{1,15})(?: +(?<id>.+))?$/s

/**
 * One octet, one character. Unique ids are compared, not read, so different octets must stay different; decoded as UTF-8, two ids of
 * invalid octets could become the same.
 */
const latin1 = new TextDecoder('latin1')

/**
 * Enters one line of LIST into the sizes.
 *
 * @throws ProtocolViolation when it is no such line, or its letter has been listed already.
 */
export function parseScanListing(line: Uint8Array, sizes: Map<number, number>): void {
  const groups = SCAN_LISTING.exec(latin1.decode(line))?.groups
  sizes.set(newNumber(groups?.['number'], { line, listed: sizes }), Number(groups?.['octets']))
}

/**
 * Enters one line of UIDL into the ids. A letter that the server gives no id is there without one: that nobody can recognise it must keep neither the others from
 * being read, nor itself.
 *
 * @throws ProtocolViolation when it is no such line, or its letter has been listed already.
 */
export function parseUniqueIdListing(line: Uint8Array, ids: Map<number, string | undefined>): void {
  const groups = UNIQUE_ID_LISTING.exec(latin1.decode(line).trimEnd())?.groups
  const number = newNumber(groups?.['number'], { line, listed: ids })
  ids.set(number, groups?.['id'])
}

interface ListingContext {
  readonly line: Uint8Array
  readonly listed: ReadonlyMap<number, unknown>
}

function newNumber(digits: string | undefined, { line, listed }: ListingContext): number {
  const number = Number(digits ?? '0')
  if (number === 0)
    throw new ProtocolViolation('reading a listing failed: no maildrop number', line)
  if (!listed.has(number)) return number
  throw new ProtocolViolation('reading a listing failed: a letter is listed twice', line)
}
