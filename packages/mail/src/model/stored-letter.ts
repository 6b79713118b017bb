import { concatOctets, octetsOf } from '../base/octets.ts'
import type { MailboxAddress } from '../address/mailbox-address.ts'
import { formatAddressField } from '../mime/address-field.ts'
import type { Email } from './email.ts'

/**
 * A letter as it is kept in a mailbox: as it would be sent, but with the recipients in Bcc. Drafts would be of little use without, and nobody else sees
 * them there (RFC 5322 §3.6.3).
 */
export async function toStoredLetter(email: Email): Promise<Uint8Array> {
  return withBcc(
    await email.toBytes(),
    email.bccRecipients.map(({ mailbox }) => mailbox),
  )
}

/** A letter that says whom it goes to and does not show. */
export function withBcc(octets: Uint8Array, recipients: readonly MailboxAddress[]): Uint8Array {
  if (recipients.length === 0) return octets
  const { field } = formatAddressField('Bcc', recipients)
  return concatOctets([octetsOf(field), octets])
}
