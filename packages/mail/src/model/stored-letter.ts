import { concatOctets, octetsOf } from '../base/octets.ts'
import { formatAddressField } from '../mime/address-field.ts'
import type { Email } from './email.ts'

/**
 * A letter as it is kept in a mailbox: as it would be sent, but with the recipients in Bcc. Drafts would be of little use without, and nobody else sees
 * them there (RFC 5322 §3.6.3).
 */
export async function toStoredLetter(email: Email): Promise<Uint8Array> {
  const octets = await email.toBytes()
  if (email.bccRecipients.length === 0) return octets
  const entries = email.bccRecipients.map(({ mailbox }) => mailbox)
  const { field } = formatAddressField('Bcc', entries)
  return concatOctets([octetsOf(field), octets])
}
