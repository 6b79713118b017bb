import { MailboxAddress } from './mailbox-address.ts'
import { readMailbox, readPhrase } from './read-mailbox.ts'
import { TokenReader } from './token-reader.ts'
import { quoteString } from './character.ts'

/** Several mailboxes under a name, none of them too: `undisclosed-recipients:;` (RFC 5322 §3.4). */
export interface AddressGroup {
  readonly kind: 'group'
  readonly displayName: string
  readonly members: readonly MailboxAddress[]
}

/** What the list of a `To` or `From` field is made of. */
export type AddressListEntry = MailboxAddress | AddressGroup

/**
 * Reads the body of a `From`, `To`, `Cc` or `Reply-To` field: mailboxes and groups, separated by commas (RFC 5322 §3.4), empty
 * places between commas (§4.4) included. An empty text is an empty list. Encoded-words in names stay as they are;
 * `parseAddressField` decodes them.
 *
 * @throws AddressInvalid when one entry can't be read: a half-understood list would be sent to the wrong people.
 */
export function parseAddressList(text: string): readonly AddressListEntry[] {
  const usual = USUAL.exec(text)
  if (usual !== null) return [usualMailbox(usual)]
  const reader = new TokenReader(text)
  const entries: AddressListEntry[] = []
  for (;;) {
    while (reader.accept(','));
    if (reader.isAtEnd) return entries
    entries.push(readEntry(reader))
    if (!reader.isAtEnd && !reader.sees(',')) reader.fail('something follows the address')
  }
}

/** One mailbox of ASCII, as most fields have it: atoms, or none, before an address in brackets; or an address alone. */
const USUAL =
  /^(?:([\w!#$%&'*+/=?^`{|}~-]+(?: [\w!#$%&'*+/=?^`{|}~-]+)*) <([\w+=-]+(?:\.[\w+=-]+)*)@([\w.-]+)>|([\w+=-]+(?:\.[\w+=-]+)*)@([\w.-]+))$/

function usualMailbox([
  ,
  displayName,
  inBrackets,
  its,
  alone,
  domain,
]: RegExpExecArray): MailboxAddress {
  return MailboxAddress.of({
    localPart: inBrackets ?? alone ?? '',
    domain: its ?? domain ?? '',
    ...(displayName !== undefined && { displayName }),
  })
}

/** The readable form of a list, which {@link parseAddressList} reads back. */
export function formatAddressList(entries: readonly AddressListEntry[]): string {
  return entries
    .map((entry) => {
      if (entry.kind === 'mailbox') return entry.toString()
      return `${quoteString(entry.displayName)}:${formatAddressList(entry.members)};`
    })
    .join(', ')
}

/** All mailboxes of a list, those of its groups too. */
export function mailboxesOf(entries: readonly AddressListEntry[]): readonly MailboxAddress[] {
  return entries.flatMap((entry) => (entry.kind === 'mailbox' ? [entry] : entry.members))
}

function readEntry(reader: TokenReader): AddressListEntry {
  const start = reader.mark()
  const displayName = readPhrase(reader)
  if (displayName !== undefined && reader.accept(':')) {
    return { kind: 'group', displayName, members: readMembers(reader) }
  }
  reader.returnTo(start)
  return MailboxAddress.of(readMailbox(reader))
}

function readMembers(reader: TokenReader): readonly MailboxAddress[] {
  const members: MailboxAddress[] = []
  while (!reader.accept(';')) {
    if (reader.accept(',')) continue
    members.push(MailboxAddress.of(readMailbox(reader)))
    if (!reader.sees(';')) reader.expect(',')
  }
  return members
}
