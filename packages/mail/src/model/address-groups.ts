import { mailboxesOf, type AddressListEntry } from '../address/address-list.ts'
import { EmailAddress } from './email-address.ts'

/** The list that addresses were read from, by the array that they stand in. An array is only ever added to; a new list is a new array. */
const LISTS = new WeakMap<readonly EmailAddress[], readonly AddressListEntry[]>()

/** All addresses of a list, the members of its groups too. The array remembers the groups, which {@link entriesOf} gives again. */
export function addressesOf(read: readonly AddressListEntry[]): EmailAddress[] {
  const entries = read.flatMap<AddressListEntry>((entry) =>
    isWritable(entry) ? [entry] : mailboxesOf([entry]),
  )
  const addresses = mailboxesOf(entries).map((mailbox) => EmailAddress.of(mailbox))
  if (entries.some(({ kind }) => kind === 'group')) LISTS.set(addresses, entries)
  return addresses
}

/** A letter that was read may hold a group that has no name, and none can be written without: then its members stand by themselves. */
function isWritable(entry: AddressListEntry): boolean {
  return entry.kind === 'mailbox' || entry.displayName.trim() !== ''
}

/** The list as it is written: with the groups that it was read with (RFC 5322 §3.4), and what was added behind them. */
export function entriesOf(addresses: readonly EmailAddress[]): readonly AddressListEntry[] {
  const entries = LISTS.get(addresses) ?? []
  const added = addresses.slice(mailboxesOf(entries).length)
  return [...entries, ...added.map(({ mailbox }) => mailbox)]
}
