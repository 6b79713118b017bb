/** The header section as DKIM sees it: fields of octets, the way they stand in the letter. */

import type { Canonicalization } from './canonical-body.ts'

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SP = 0x20
const COLON = 0x3a

/** A field as it stands in the letter. */
export interface HeaderFieldOctets {
  /** In lower case, without blanks around it. */
  readonly name: string
  /** All of its lines, with the line end of the last. */
  readonly octets: Uint8Array
}

/** `field-name` of RFC 5322 §3.6.8. */
const FIELD_NAME = /^[!-9;-~]+$/

const ascii = new TextDecoder('latin1')

/** The fields of a header section, in their order; what has no name is no field. */
export function readFields(header: Uint8Array): readonly HeaderFieldOctets[] {
  const fields: HeaderFieldOctets[] = []
  let from = 0
  for (let at = 0; at < header.length; at++) {
    const isLineEnd = header[at] === LF && header[at - 1] === CR
    if (!isLineEnd || isBlank(header[at + 1])) continue
    const octets = header.subarray(from, at + 1)
    const name = ascii.decode(octets.subarray(0, Math.max(octets.indexOf(COLON), 0))).trimEnd()
    if (FIELD_NAME.test(name)) fields.push({ name: name.toLowerCase(), octets })
    from = at + 1
  }
  return fields
}

/**
 * The fields that a list of names means: of fields with one name the last is meant first (RFC 6376 §5.4.2), and a name that comes more often than
 * its field means nothing (§5.4).
 */
export function selectFields(
  fields: readonly HeaderFieldOctets[],
  names: readonly string[],
): readonly HeaderFieldOctets[] {
  const left = Map.groupBy(fields, ({ name }) => name)
  return names.flatMap((name) => left.get(name)?.pop() ?? [])
}

/** The canonical form of a field (RFC 6376 §3.4.1, §3.4.2), with the line end at its end. */
export function canonicalField(
  canonicalization: Canonicalization,
  field: HeaderFieldOctets,
): Uint8Array {
  return canonicalization === 'simple' ? field.octets : relaxField(field)
}

function relaxField({ name, octets }: HeaderFieldOctets): Uint8Array {
  const relaxed = new Uint8Array(octets.length)
  let to = 0
  for (; to < name.length; to++) relaxed[to] = name.charCodeAt(to)
  relaxed[to++] = COLON
  let isBlankPending = false
  for (let at = octets.indexOf(COLON) + 1; at < octets.length; at++) {
    const octet = octets[at] ?? 0
    if (octet === CR && octets[at + 1] === LF) {
      at++
    } else if (isBlank(octet)) {
      isBlankPending = true
    } else {
      if (isBlankPending && to > name.length + 1) relaxed[to++] = SP
      isBlankPending = false
      relaxed[to++] = octet
    }
  }
  relaxed[to++] = CR
  relaxed[to++] = LF
  return relaxed.subarray(0, to)
}

function isBlank(octet: number | undefined): boolean {
  return octet === SP || octet === TAB
}
