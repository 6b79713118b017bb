/** Finding directories on an IMAP server. */

import type { MailboxEntry } from '../imap/mailboxes.ts'
import { ImapCommandRejected } from '../imap/errors.ts'
import { MailboxName } from '../imap/mailbox-name.ts'
import type { MailboxAttribute } from '../imap/response.ts'
import type { ImapConnection as ImapSession } from '../net/imap-client.ts'
import { EmailDirectoryKind } from './email-directory-kind.ts'
import { EmailDirectoryNotFoundException } from './mailbox-exception.ts'

/** What says what a directory is for (RFC 6154 §2), and what it is called where nothing says so. */
const SPECIAL_USES: ReadonlyMap<
  EmailDirectoryKind,
  { readonly attribute: MailboxAttribute; readonly name: string }
> = new Map([
  [EmailDirectoryKind.Archive, { attribute: '\\Archive', name: 'Archive' }],
  [EmailDirectoryKind.Drafts, { attribute: '\\Drafts', name: 'Drafts' }],
  [EmailDirectoryKind.Sent, { attribute: '\\Sent', name: 'Sent' }],
  [EmailDirectoryKind.Trash, { attribute: '\\Trash', name: 'Trash' }],
])

const INBOX = MailboxName.of('INBOX')

export function hasAttribute(
  { attributes }: Pick<MailboxEntry, 'attributes'>,
  wanted: MailboxAttribute,
): boolean {
  return attributes.some((attribute) => attribute.toLowerCase() === wanted.toLowerCase())
}

/** A directory as the server lists it; `undefined` when it is not there. */
export async function findDirectory(
  imap: ImapSession,
  name: MailboxName,
): Promise<MailboxEntry | undefined> {
  const entries = await imap.list({ pattern: name.text })
  return entries.find(
    (entry) => entry.name.text === name.text && !hasAttribute(entry, '\\NonExistent'),
  )
}

/** The directory for a purpose: the one that the server says is for it, or the one that is called so; it need not be there. */
export async function findByKind(
  imap: ImapSession,
  kind: EmailDirectoryKind,
): Promise<MailboxName> {
  const use = SPECIAL_USES.get(kind)
  if (use === undefined) return INBOX
  const entries = await imap.list()
  const special = entries.find((entry) => hasAttribute(entry, use.attribute))
  if (special !== undefined) return special.name
  const namespaces = await imap.namespaces()
  const own = `${namespaces?.personal[0]?.prefix ?? ''}${use.name}`
  const named = [own, use.name].flatMap(
    (name) => entries.find((entry) => entry.name.text === name)?.name ?? [],
  )
  return named[0] ?? MailboxName.of(own)
}

/** The name of the directory for a purpose that lies in another. */
export async function findChildByKind(
  imap: ImapSession,
  kind: EmailDirectoryKind,
  prefix: string,
): Promise<MailboxName> {
  const use = SPECIAL_USES.get(kind)
  if (use === undefined) return MailboxName.of(`${prefix}${INBOX.text}`)
  const entries = await imap.list({ pattern: `${prefix}*` })
  const special = entries.find(
    (entry) => hasAttribute(entry, use.attribute) && entry.name.text.startsWith(prefix),
  )
  return special?.name ?? MailboxName.of(`${prefix}${use.name}`)
}

/** What separates a directory from the one that it lies in; empty where none lies in another. */
export async function findDelimiter(imap: ImapSession): Promise<string> {
  const entries = await imap.list({ pattern: '%' })
  return entries.find(({ delimiter }) => delimiter !== undefined)?.delimiter ?? ''
}

/** Does something that needs a directory. @throws EmailDirectoryNotFoundException when it was refused because there is none. */
export async function requiringDirectory<Result>(
  imap: ImapSession,
  name: MailboxName,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ImapCommandRejected) || error.status !== 'NO') throw error
    const isSaid = error.responseCode === 'NONEXISTENT' || error.responseCode === 'TRYCREATE'
    // Not every server gives a reason.
    if (!isSaid && (await findDirectory(imap, name)) !== undefined) throw error
    throw new EmailDirectoryNotFoundException(name.text, error)
  }
}
