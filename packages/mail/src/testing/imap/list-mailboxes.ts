/** LIST, LSUB and STATUS (RFC 9051 §6.3.9, §6.3.11; RFC 5258; RFC 5819; RFC 6154). */

import type { ListCommand } from '../../imap/server-list-options.ts'
import type { NameEncoding } from '../../imap/mailbox-name.ts'
import type { Mailbox } from '../mailbox.ts'
import { DELIMITER, type MailboxTree } from '../mailbox-tree.ts'
import { ResponseWriter } from './response-writer.ts'

/** How the session writes names, and how much it may append. */
export interface ListManner {
  readonly encoding: NameEncoding
  readonly sizeLimitOctets: number
}

export function listMailboxes(
  tree: MailboxTree,
  command: ListCommand,
  manner: ListManner,
): readonly Uint8Array[] {
  // RFC 9051 §6.3.9: an empty name asks for the delimiter.
  if (command.patterns.every((pattern) => pattern === '')) {
    return [new ResponseWriter().text(`* ${command.name} (\\Noselect) "${DELIMITER}" ""`).take()]
  }
  const isSubscribed = command.selected.has('SUBSCRIBED')
  const names = isSubscribed ? tree.subscribed() : tree.names()
  const patterns = command.patterns.map((pattern) => `${command.reference}${pattern}`)
  const lines: Uint8Array[] = []
  for (const name of names) {
    if (!patterns.some((pattern) => matches(pattern, name))) continue
    const use = tree.specialUse(name)
    if (command.selected.has('SPECIAL-USE') && use === undefined) continue
    const attributes = attributesOf(tree, name, command)
    lines.push(
      new ResponseWriter()
        .text(`* ${command.name} (${attributes.join(' ')}) "${DELIMITER}" `)
        .mailbox(name, manner.encoding)
        .take(),
    )
    const mailbox = tree.find(name)
    if (mailbox === undefined || command.status === undefined) continue
    lines.push(statusLine(name, statusOf(mailbox, command.status, manner), manner.encoding))
  }
  return lines
}

function attributesOf(tree: MailboxTree, name: string, command: ListCommand): readonly string[] {
  const attributes: string[] = []
  if (tree.find(name) === undefined) attributes.push('\\NonExistent')
  if (command.selected.has('SUBSCRIBED') && command.name === 'LIST') attributes.push('\\Subscribed')
  else if (command.returned.has('SUBSCRIBED') && tree.subscribed().includes(name)) {
    attributes.push('\\Subscribed')
  }
  if (command.name === 'LSUB') return attributes
  attributes.push(tree.hasChildren(name) ? '\\HasChildren' : '\\HasNoChildren')
  const use = tree.specialUse(name)
  if (use !== undefined) attributes.push(use)
  return attributes
}

/** `*` stands for anything, `%` for anything but the delimiter. Each place of the name is tried against each of the pattern once. */
function matches(pattern: string, name: string): boolean {
  const wanted = /^inbox$/i.test(pattern) ? 'INBOX' : pattern
  /** Whether the pattern up to here fits the name up to each place. */
  let fits = Array.from({ length: name.length + 1 }, (_, at) => at === 0)
  for (const character of wanted) {
    const next = fits.map(() => false)
    for (let at = 0; at <= name.length; at++) {
      if (character === '*' || character === '%') {
        const isPassed = at > 0 && next[at - 1] === true
        const mayPass = character === '*' || name[at - 1] !== DELIMITER
        next[at] = fits[at] === true || (isPassed && mayPass)
      } else next[at] = at > 0 && fits[at - 1] === true && name[at - 1] === character
    }
    fits = next
  }
  return fits[name.length] === true
}

/** What there is in a mailbox: names and values. */
export function statusOf(
  mailbox: Mailbox,
  items: readonly string[],
  { sizeLimitOctets }: Pick<ListManner, 'sizeLimitOctets'>,
): readonly string[] {
  const letters = mailbox.letters()
  const count = (holds: (letter: (typeof letters)[number]) => boolean): number =>
    letters.filter(holds).length
  const values: Readonly<Record<string, () => number | undefined>> = {
    MESSAGES: () => letters.length,
    RECENT: () => count(({ uid }) => uid >= mailbox.recentFrom),
    UNSEEN: () => count(({ isRead }) => !isRead),
    DELETED: () => count(({ flags }) => flags.has('\\Deleted')),
    UIDNEXT: () => mailbox.nextUid,
    UIDVALIDITY: () => mailbox.uidValidity,
    SIZE: () => mailbox.sizeOctets,
    HIGHESTMODSEQ: () => mailbox.highestModSeq,
    APPENDLIMIT: () => sizeLimitOctets,
  }
  return items.flatMap((item) => {
    const value = values[item]?.()
    return value === undefined ? [] : [`${item} ${value}`]
  })
}

export function statusLine(
  name: string,
  status: readonly string[],
  encoding: NameEncoding,
): Uint8Array {
  return new ResponseWriter()
    .text('* STATUS ')
    .mailbox(name, encoding)
    .text(` (${status.join(' ')})`)
    .take()
}
