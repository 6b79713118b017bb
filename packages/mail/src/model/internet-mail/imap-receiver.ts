import type { FetchItems } from '../../imap/fetch.ts'
import { MailboxName } from '../../imap/mailbox-name.ts'
import { SequenceSet, UidSet } from '../../imap/number-set.ts'
import type { ImapMailbox } from '../../net/imap-mailbox.ts'
import type { ImapConnection as ImapSession } from '../../net/imap-client.ts'
import { chosenIndexes } from '../chosen-indexes.ts'
import { IllegalArgumentException } from '../exception.ts'
import type { ImapConnectionParameters } from '../imap-connection-parameters.ts'
import { ImapDirectoryOpenMode } from '../imap-directory-open-mode.ts'
import { fetchHeaderSections, fetchLetters, uidsAt, type LetterOctets } from '../imap-letters.ts'
import { requiringDirectory } from '../imap-lookup.ts'
import { ImapTurns, type OpenDirectory } from '../imap-turns.ts'
import type { MailboxOptions } from '../lazy-session.ts'
import { openImapSession } from '../open-mailbox.ts'
import { quoted } from '../quoted.ts'
import { toCriteria, type InternetMailFilter } from './filter.ts'
import { flagChangesOf, type InternetMailMessageFlags } from './flags.ts'
import { InternetMailMessage } from './internet-mail-message.ts'
import { identifiersOf } from './mail-receiver.ts'
import type { GettingOptions, MailReceiver, MessageReference } from './mail-receiver.ts'

const ITEMS: FetchItems = { internalDate: true, sizeOctets: true }

/** What identifiers are made of: the UID, and what says which letters UIDs mean. Without that an identifier means the letters of today. */
const IDENTIFIER = /^imap-(\d{1,10})(?:-(\d{1,10}))?$/

/** Mailboxes of a server that letters are read from: one at a time is the current one. */
export class ImapReceiver implements MailReceiver {
  readonly #turns: ImapTurns
  readonly #opened = new Map<string, Promise<OpenDirectory>>()
  /** Empty for the inbox. */
  currentMailbox = ''

  constructor(open: () => Promise<ImapSession>) {
    this.#turns = new ImapTurns({ open, purges: false })
  }

  static async open(
    parameters: ImapConnectionParameters,
    options: MailboxOptions,
  ): Promise<ImapReceiver> {
    const receiver = new ImapReceiver(() => openImapSession(parameters, options))
    await receiver.#turns.connect()
    return receiver
  }

  /** What separates the names of mailboxes that lie in one another; empty where none do. */
  get delimiter(): Promise<string> {
    return this.#turns.inTurn('looking for mailboxes', (imap) => this.#turns.delimiter(imap))
  }

  getMessageCount(): Promise<number> {
    return this.#within('counting letters', async (mailbox, imap) => {
      await imap.noop()
      return mailbox.exists
    })
  }

  getHeaders(filter: InternetMailFilter): Promise<readonly InternetMailMessage[]> {
    return this.#within('reading headers', async (mailbox, imap) => {
      const letters = await find(mailbox, imap, filter)
      const found: LetterOctets[] = []
      for await (const each of fetchHeaderSections(mailbox, letters, ITEMS)) found.push(each)
      found.sort((a, b) => a.letter.sequenceNumber - b.letter.sequenceNumber)
      return found.map((each) => toMessage(mailbox, each, { isWhole: false }))
    })
  }

  getUidl(known: readonly string[], filter: InternetMailFilter): Promise<readonly string[]> {
    return this.#within('listing letters', async (mailbox, imap) => {
      const uids = await uidsOf(mailbox, await find(mailbox, imap, filter))
      const isKnown = new Set(known.map((id) => readUid(mailbox, id)))
      return [...uids.numbers()].filter((uid) => !isKnown.has(uid)).map((uid) => idOf(mailbox, uid))
    })
  }

  get(
    named: readonly MessageReference[] | undefined,
    { deletes, marksAsRead }: GettingOptions,
  ): Promise<readonly InternetMailMessage[]> {
    return this.#within('reading letters', async (mailbox, imap) => {
      const order = named && (await uidsNamed(mailbox, named))
      const letters = order ? UidSet.of(order) : await find(mailbox, imap, {})
      const messages = new Map<number, InternetMailMessage>()
      for await (const each of fetchLetters(mailbox, letters, ITEMS)) {
        messages.set(each.letter.uid ?? 0, toMessage(mailbox, each, { isWhole: true }))
      }
      const read = UidSet.of(messages.keys())
      const flags = [...(marksAsRead ? ['\\Seen'] : []), ...(deletes ? ['\\Deleted'] : [])]
      if (flags.length > 0 && !read.isEmpty) await mailbox.store(read, 'add', flags)
      return order ? order.flatMap((uid) => messages.get(uid) ?? []) : [...messages.values()]
    })
  }

  deleteMessages(named: readonly MessageReference[]): Promise<void> {
    return this.#mark('deleting letters', [[named, { deleted: true }]])
  }

  undeleteMessages(named: readonly MessageReference[]): Promise<void> {
    return this.#mark('keeping letters', [[named, { deleted: false }]])
  }

  setMessagesFlags(
    flags: readonly (readonly [readonly MessageReference[], InternetMailMessageFlags])[],
  ): Promise<void> {
    return this.#mark('setting flags', flags)
  }

  clearDeletedMessages(): Promise<void> {
    return this.#within('purging letters', (mailbox) => mailbox.expunge())
  }

  getMailboxes({ isSubscribed }: { readonly isSubscribed: boolean }): Promise<readonly string[]> {
    return this.#turns.inTurn('listing mailboxes', async (imap) => {
      const entries = await imap.list({ isSubscribed })
      return entries.map(({ name }) => name.text)
    })
  }

  subscribe(name: string): Promise<void> {
    return this.#onMailbox(`subscribing to "${name}"`, name, (imap, mailbox) =>
      imap.subscribe(mailbox),
    )
  }

  unsubscribe(name: string): Promise<void> {
    return this.#turns.inTurn(`unsubscribing from "${name}"`, (imap) =>
      imap.unsubscribe(MailboxName.of(name)),
    )
  }

  create(name: string): Promise<void> {
    return this.#turns.inTurn(`creating the mailbox "${name}"`, (imap) =>
      imap.create(MailboxName.of(name)),
    )
  }

  async rename(name: string, newName: string): Promise<void> {
    await this.#leave(name)
    await this.#onMailbox(`renaming the mailbox "${name}"`, name, (imap, mailbox) =>
      imap.rename(mailbox, MailboxName.of(newName)),
    )
  }

  async delete(name: string): Promise<void> {
    await this.#leave(name)
    await this.#onMailbox(`deleting the mailbox "${name}"`, name, (imap, mailbox) =>
      imap.delete(mailbox),
    )
  }

  /** Puts a letter into the current mailbox. */
  async append(octets: Uint8Array): Promise<void> {
    const name = this.#name
    await this.#onMailbox(`adding a letter to "${name.text}"`, name.text, (imap, mailbox) =>
      imap.append(mailbox, octets, { flags: ['\\Seen'] }),
    )
  }

  close(): Promise<void> {
    return this.#turns.end()
  }

  get #name(): MailboxName {
    return MailboxName.of(this.currentMailbox === '' ? 'INBOX' : this.currentMailbox)
  }

  async #mark(
    attempt: string,
    marks: readonly (readonly [readonly MessageReference[], InternetMailMessageFlags])[],
  ): Promise<void> {
    await this.#within(attempt, async (mailbox) => {
      for (const [named, flags] of marks) {
        const uids = UidSet.of(await uidsNamed(mailbox, named))
        for (const [change, imapFlags] of flagChangesOf(flags)) {
          if (!uids.isEmpty) await mailbox.store(uids, change, imapFlags)
        }
      }
    })
  }

  #onMailbox<Result>(
    attempt: string,
    name: string,
    work: (imap: ImapSession, mailbox: MailboxName) => Promise<Result>,
  ): Promise<Result> {
    return this.#turns.inTurn(attempt, (imap) => {
      const mailbox = MailboxName.of(name)
      return requiringDirectory(imap, mailbox, () => work(imap, mailbox))
    })
  }

  /** A mailbox that is to be deleted or renamed must not be open. */
  async #leave(name: string): Promise<void> {
    const { text } = MailboxName.of(name)
    const opened = await this.#opened.get(text)?.catch(() => undefined)
    this.#opened.delete(text)
    if (opened !== undefined) await this.#turns.close(opened)
  }

  async #within<Result>(
    attempt: string,
    work: (mailbox: ImapMailbox, imap: ImapSession) => Promise<Result>,
  ): Promise<Result> {
    return this.#turns.within(await this.#directory(), attempt, work)
  }

  /** The current mailbox; opened anew when its letters are others than they were. */
  async #directory(): Promise<OpenDirectory> {
    const name = this.#name
    const known = await this.#opened.get(name.text)
    if (known !== undefined && this.#turns.isOpen(known)) return known
    const opening = this.#turns.open(name, ImapDirectoryOpenMode.ReadWrite)
    this.#opened.set(name.text, opening)
    opening.catch(() => this.#opened.delete(name.text))
    return opening
  }
}

function toMessage(
  mailbox: ImapMailbox,
  { letter, octets }: LetterOctets,
  { isWhole }: { readonly isWhole: boolean },
): InternetMailMessage {
  const { uid = 0, sizeOctets, internalDate: dateReceived } = letter
  const uids = [idOf(mailbox, uid)]
  return InternetMailMessage.received({
    octets,
    isWhole,
    uids,
    sizeOctets,
    dateReceived,
    mailbox: mailbox.name.text,
  })
}

function idOf({ uidValidity }: ImapMailbox, uid: number): string {
  return uidValidity === undefined ? `imap-${uid}` : `imap-${uid}-${uidValidity}`
}

/** `undefined` for what is no identifier, and for a letter that had this one before UIDs were given anew. */
function readUid({ uidValidity }: ImapMailbox, id: string): number | undefined {
  const [, uid, validity] = IDENTIFIER.exec(id) ?? []
  const isOld = validity !== undefined && Number(validity) !== uidValidity
  return isOld || Number(uid ?? 0) === 0 ? undefined : Number(uid)
}

/** As {@link readUid}. @throws IllegalArgumentException when it is no identifier. */
function uidOf(mailbox: ImapMailbox, id: string): number | undefined {
  if (IDENTIFIER.test(id)) return readUid(mailbox, id)
  throw new IllegalArgumentException(`${quoted(id)} is no identifier of a letter here`)
}

/** The letters that are named, in that order. */
async function uidsNamed(
  mailbox: ImapMailbox,
  named: readonly MessageReference[],
): Promise<readonly number[]> {
  const { ids, numbers } = identifiersOf(named, mailbox.name.text)
  const indexes = chosenIndexes([numbers.map((number) => number - 1)], mailbox.exists)
  const byIndex = await uidsAt(mailbox, indexes)
  return [...new Set([...ids.flatMap((id) => uidOf(mailbox, id) ?? []), ...byIndex.values()])]
}

async function find(
  mailbox: ImapMailbox,
  imap: ImapSession,
  filter: InternetMailFilter,
): Promise<UidSet | SequenceSet> {
  if (Object.keys(filter).length === 0) {
    if (mailbox.exists === 0) await imap.noop()
    return SequenceSet.from(1)
  }
  const { criteria, isMeant } = toCriteria(filter)
  const found = await mailbox.search(criteria)
  if (isMeant === undefined) return found
  const wanted: number[] = []
  for await (const { uid = 0, flags = [] } of mailbox.fetch(found, { flags: true })) {
    if (isMeant(flags)) wanted.push(uid)
  }
  return UidSet.of(wanted)
}

async function uidsOf(mailbox: ImapMailbox, letters: UidSet | SequenceSet): Promise<UidSet> {
  if (letters.kind === 'uid') return letters
  // A server may call the numbers of letters that are not there an error.
  return mailbox.exists === 0 ? UidSet.of([]) : mailbox.search({ sequenceNumbers: letters })
}
