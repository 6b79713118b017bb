import { concatOctets, octetsOf } from '../base/octets.ts'
import { canonicalField, type HeaderFieldOctets, selectFields } from './header-fields.ts'
import type { SignatureTags } from './signature-field.ts'

/**
 * What is signed (RFC 6376 §3.7): the canonical fields in the order of `h=`, then the signature's own field up to `b=`, without a line end.
 */
export function signatureInput(
  fields: readonly HeaderFieldOctets[],
  unsigned: string,
  tags: Pick<SignatureTags, 'names' | 'headerCanonicalization'>,
): Uint8Array {
  const { names, headerCanonicalization } = tags
  const signature = { name: 'dkim-signature', octets: octetsOf(`${unsigned}\r\n`) }
  const all = [...selectFields(fields, names), signature]
  const canonical = concatOctets(all.map((field) => canonicalField(headerCanonicalization, field)))
  return canonical.subarray(0, canonical.length - '\r\n'.length)
}
