/** Commands about mailboxes that need not be open (RFC 9051 §6.3). */

import { LimitExceeded } from '../base/limit-exceeded.ts'
import type { Dialog } from '../wire/dialog.ts'
import type { ImapCapabilities } from './capabilities.ts'
import type { ImapChannel } from './channel.ts'
import { CommandPart, formatCommand } from './command.ts'
import { ImapCommandRejected } from './errors.ts'
import { encodeModifiedUtf7, MailboxName } from './mailbox-name.ts'
import type { ListedMailbox, MailboxStatus, Namespace, QuotaResource } from './response.ts'
import type { ImapSession } from './session.ts'

/** What can be asked of a mailbox that is not open. */
export type StatusItem = keyof MailboxStatus

/** How each is called, and what a server must have for it beside revision 1. */
const STATUS_ITEMS: Readonly<Record<StatusItem, readonly [name: string, capability?: string]>> = {
  messages: ['MESSAGES'],
  recent: ['RECENT'],
  unseen: ['UNSEEN'],
  deleted: ['DELETED', 'IMAP4rev2'],
  uidNext: ['UIDNEXT'],
  uidValidity: ['UIDVALIDITY'],
  sizeOctets: ['SIZE', 'STATUS=SIZE'],
  highestModSeq: ['HIGHESTMODSEQ', 'CONDSTORE'],
  appendLimit: ['APPENDLIMIT', 'APPENDLIMIT'],
}

/** Which mailboxes to list. */
export interface ListOptions {
  /** Names, with `*` for anything and `%` for anything but the delimiter. By default all. */
  readonly pattern?: string
  /** Only those that the user has subscribed to. */
  readonly isSubscribed?: boolean
  /** What to find out about each; where the server can't do that while it lists, it is asked for every mailbox by itself. */
  readonly status?: readonly StatusItem[]
}

/** A mailbox of a listing. */
export interface MailboxEntry extends ListedMailbox {
  /** `undefined` when it was not asked for, or the mailbox holds no letters and has none. */
  readonly status: MailboxStatus | undefined
}

/** Lists mailboxes, with the attributes that say what they are for (RFC 6154). */
export function* list(
  session: ImapSession,
  options: ListOptions = {},
): Dialog<readonly MailboxEntry[]> {
  const { channel, capabilities } = session
  const found = new Map<string, ListedMailbox>()
  const statuses = new Map<string, MailboxStatus>()
  let octets = 0
  const isSubscribed = options.isSubscribed === true
  const isExtended = has(capabilities, 'LIST-EXTENDED')
  yield* channel.execute(formatList(channel, capabilities, options), {
    onData: (response) => {
      if (response.kind === 'list' || response.kind === 'lsub') {
        found.set(response.mailbox.name.text, response.mailbox)
        octets += weightOf(response.mailbox)
      }
      if (response.kind === 'mailbox-status') {
        statuses.set(response.name.text, response.status)
        octets += response.name.text.length
      }
      check('maxMailboxes', found.size, channel)
      check('maxMailboxes', statuses.size, channel)
      check('maxBatchOctets', octets, channel)
    },
  })
  const wanted = options.status ?? []
  const needsAsking = wanted.length > 0 && !canListStatus(capabilities)
  const entries: MailboxEntry[] = []
  for (const mailbox of found.values()) {
    const { text } = mailbox.name
    const isThere = !isSubscribed || !isExtended || !hasAttribute(mailbox, '\\NonExistent')
    if (!isThere) continue
    const asked = needsAsking && mayHaveStatus(mailbox)
    const status = asked ? yield* tryStatus(session, mailbox.name, wanted) : statuses.get(text)
    entries.push({ ...mailbox, status })
  }
  return entries
}

function check(name: 'maxMailboxes' | 'maxBatchOctets', value: number, channel: ImapChannel): void {
  const limit = channel.limits[name]
  if (value <= limit) return
  const option = `limits.${name}`
  throw new LimitExceeded({ what: 'a list of mailboxes', limit, value, option })
}

function weightOf({ name, attributes }: ListedMailbox): number {
  return attributes.reduce((octets, attribute) => octets + attribute.length, name.text.length)
}

/** Revision 2 includes LIST-EXTENDED, LIST-STATUS and SPECIAL-USE (RFC 9051 §1.4). */
function has(capabilities: ImapCapabilities, name: string): boolean {
  return capabilities.has(name) || capabilities.has('IMAP4rev2')
}

function canListStatus(capabilities: ImapCapabilities): boolean {
  return has(capabilities, 'LIST-EXTENDED') && has(capabilities, 'LIST-STATUS')
}

function formatList(
  { state }: ImapChannel,
  capabilities: ImapCapabilities,
  { pattern = '*', isSubscribed = false, status = [] }: ListOptions,
): ReturnType<typeof formatCommand> {
  const isUtf8 = state.nameEncoding === 'utf-8'
  const names = [
    CommandPart.string('', state.nameEncoding),
    CommandPart.string(isUtf8 ? pattern : encodeModifiedUtf7(pattern), state.nameEncoding),
  ]
  if (!has(capabilities, 'LIST-EXTENDED')) {
    return formatCommand(isSubscribed ? 'LSUB' : 'LIST', ...names)
  }
  const selection = isSubscribed ? [CommandPart.list([CommandPart.keywords('SUBSCRIBED')])] : []
  const returned = [CommandPart.keywords('CHILDREN')]
  if (has(capabilities, 'SPECIAL-USE')) returned.push(CommandPart.keywords('SPECIAL-USE'))
  if (status.length > 0 && canListStatus(capabilities)) {
    returned.push(CommandPart.keywords('STATUS'), statusItems(capabilities, status))
  }
  const returns = [CommandPart.keywords('RETURN'), CommandPart.list(returned)]
  return formatCommand('LIST', ...selection, ...names, ...returns)
}

function hasAttribute({ attributes }: ListedMailbox, wanted: string): boolean {
  return attributes.some((attribute) => attribute.toLowerCase() === wanted.toLowerCase())
}

function mayHaveStatus(mailbox: ListedMailbox): boolean {
  return !hasAttribute(mailbox, '\\Noselect') && !hasAttribute(mailbox, '\\NonExistent')
}

function statusItems(capabilities: ImapCapabilities, items: readonly StatusItem[]): CommandPart {
  const known = items.filter((item) => {
    const [, capability] = STATUS_ITEMS[item]
    return capability === undefined || has(capabilities, capability)
  })
  // The list must not be empty, and every server can count.
  const names = known.length === 0 ? ['messages' as const] : known
  return CommandPart.list(names.map((item) => CommandPart.keywords(STATUS_ITEMS[item][0])))
}

/** Counts what is in a mailbox without opening it. Of the mailbox that is open, servers need not know the newest (RFC 9051 §6.3.11). */
export function* status(
  { channel, capabilities }: ImapSession,
  name: string | MailboxName,
  items: readonly StatusItem[],
): Dialog<MailboxStatus> {
  const mailbox = MailboxName.of(name)
  const part = CommandPart.mailbox(mailbox, channel.state.nameEncoding)
  let found: MailboxStatus = {}
  yield* channel.execute(formatCommand('STATUS', part, statusItems(capabilities, items)), {
    onData: (response) => {
      const isMeant = response.kind === 'mailbox-status' && response.name.text === mailbox.text
      if (isMeant) found = { ...found, ...response.status }
    },
  })
  return found
}

/** A mailbox that goes away while one lists, or may not be read, spoils nothing but its own line. */
function* tryStatus(
  session: ImapSession,
  name: MailboxName,
  items: readonly StatusItem[],
): Dialog<MailboxStatus | undefined> {
  try {
    return yield* status(session, name, items)
  } catch (error) {
    if (error instanceof ImapCommandRejected) return undefined
    throw error
  }
}

/** The commands that take nothing but the name of a mailbox. */
export type MailboxCommand = 'CREATE' | 'DELETE' | 'SUBSCRIBE' | 'UNSUBSCRIBE'

export function* change(
  { channel }: ImapSession,
  command: MailboxCommand,
  name: string | MailboxName,
): Dialog<void> {
  const part = CommandPart.mailbox(name, channel.state.nameEncoding)
  yield* channel.execute(formatCommand(command, part))
}

export function* rename(
  { channel }: ImapSession,
  from: string | MailboxName,
  to: string | MailboxName,
): Dialog<void> {
  const parts = [from, to].map((name) => CommandPart.mailbox(name, channel.state.nameEncoding))
  yield* channel.execute(formatCommand('RENAME', ...parts))
}

/** Whose mailboxes there are, and how their names begin (RFC 2342). */
export interface ImapNamespaces {
  readonly personal: readonly Namespace[]
  readonly otherUsers: readonly Namespace[]
  readonly shared: readonly Namespace[]
}

/** `undefined` when the server does not say. */
export function* namespaces({
  channel,
  capabilities,
}: ImapSession): Dialog<ImapNamespaces | undefined> {
  if (!has(capabilities, 'NAMESPACE')) return undefined
  let found: ImapNamespaces | undefined
  yield* channel.execute(formatCommand('NAMESPACE'), {
    onData: (response) => {
      if (response.kind !== 'namespace') return
      const { personal, otherUsers, shared } = response
      found = { personal, otherUsers, shared }
    },
  })
  return found
}

/** A bound on several mailboxes together. */
export interface QuotaRoot {
  readonly root: string
  readonly resources: readonly QuotaResource[]
}

/** A mailbox has one, seldom two. */
const MAX_QUOTA_ROOTS = 100

/** The bounds that a mailbox is under (RFC 9208 §4.1.2); none when the server knows of none. */
export function* quota(
  { channel, capabilities }: ImapSession,
  name: string | MailboxName,
): Dialog<readonly QuotaRoot[]> {
  if (!capabilities.has('QUOTA')) return []
  const roots: QuotaRoot[] = []
  const part = CommandPart.mailbox(name, channel.state.nameEncoding)
  yield* channel.execute(formatCommand('GETQUOTAROOT', part), {
    onData: (response) => {
      if (response.kind !== 'quota' || roots.length === MAX_QUOTA_ROOTS) return
      roots.push({ root: response.root, resources: response.resources })
    },
  })
  return roots
}

/**
 * Tells the server what this client is and learns what it is (RFC 2971); `undefined` when it does not have ID.
 *
 * @throws RangeError when there are more than thirty fields, or one is longer than RFC 2971 §3.3 allows.
 */
export function* identify(
  { channel, capabilities }: ImapSession,
  fields: Readonly<Record<string, string>> = {},
): Dialog<ReadonlyMap<string, string> | undefined> {
  const entries = Object.entries(fields)
  const isAllowed = entries.every(([name, value]) => name.length <= 30 && value.length <= 1_024)
  if (entries.length > 30 || !isAllowed)
    throw new RangeError('an ID has at most thirty short fields')
  if (!capabilities.has('ID')) return undefined
  const strings = entries.flat().map((text) => CommandPart.string(text, channel.state.nameEncoding))
  const part = strings.length === 0 ? CommandPart.keywords('NIL') : CommandPart.list(strings)
  let found: ReadonlyMap<string, string> = new Map()
  yield* channel.execute(formatCommand('ID', part), {
    onData: (response) => {
      if (response.kind === 'id') found = response.fields
    },
  })
  return found
}

/** Does nothing, and gives the server the opportunity to say what has changed. */
export function* noop({ channel }: ImapSession): Dialog<void> {
  yield* channel.execute(formatCommand('NOOP'))
}

/** Says good-bye (RFC 9051 §6.1.3). Whatever the server answers, the session is over. */
export function* logout({ channel }: ImapSession): Dialog<void> {
  yield* channel.execute(formatCommand('LOGOUT'), { timeoutMs: channel.deadlines.quitMs })
}
