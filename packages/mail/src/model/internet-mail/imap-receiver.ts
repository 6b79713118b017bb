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
import { MailboxException } from '../mailbox-exception.ts'
import { ImapTurns, type OpenDirectory } from '../imap-turns.ts'
import type { MailboxOptions } from '../lazy-session.ts'
import { openImapSession } from '../open-mailbox.ts'
import { quoted } from '../quoted.ts'
import { toCriteria, type InternetMailFilter } from './filter.ts'
import { flagChangesOf, type InternetMailMessageFlags } from './flags.ts'
import { InternetMailMessage } from './internet-mail-message.ts'
import { identifiersOf } from './mail-receiver.ts'
import type { Given, GettingOptions, MailReceiver, MessageReference } from './mail-receiver.ts'

const ITEMS: FetchItems = { internalDate: true, sizeOctets: true }

/**
 * What identifiers are made of: the UID, what says which letters UIDs mean, and the mailbox that they are UIDs of, because two that were made in one second may say the same. Without
 * the last an identifier is one of the mailbox that is read, and with the UID alone it means the letters of today.
 */
const IDENTIFIER = /^imap-(\d{1,10})(?:-(\d{1,10})(?:-(.+))?)?$/s

/** Mailboxes of a server that letters are read from: one at a time is the current one. */
export class ImapReceiver implements MailReceiver {
  readonly #turns: ImapTurns
  readonly #opened = new Map<string, OpenDirectory>()
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

  getHeaders(filter: InternetMailFilter): Promise<Given<InternetMailMessage>> {
    return this.#within('reading headers', async (mailbox, imap) => {
      const letters = await find(mailbox, imap, filter)
      const received = new ReceivedLetters(mailbox, { isWhole: false })
      for (const each of await fetchHeaderSections(mailbox, letters, ITEMS)) received.take(each)
      return { items: [...received.messages.values()], refusals: received.refusals }
    })
  }

  getUidl(known: readonly string[], filter: InternetMailFilter): Promise<Given<string>> {
    return this.#within('listing letters', async (mailbox, imap) => {
      const uids = await uidsOf(mailbox, await find(mailbox, imap, filter))
      const isKnown = new Set(known.map((id) => readUid(mailbox, id)))
      const unknown = [...uids.numbers()].filter((uid) => !isKnown.has(uid))
      return { items: unknown.map((uid) => idOf(mailbox, uid)), refusals: new Map() }
    })
  }

  get(
    named: readonly MessageReference[] | undefined,
    { deletes, marksAsRead }: GettingOptions,
  ): Promise<Given<InternetMailMessage>> {
    return this.#within('reading letters', async (mailbox, imap) => {
      const order = named && (await uidsNamed(mailbox, named))
      const letters = order ? UidSet.of(order) : await find(mailbox, imap, {})
      const received = new ReceivedLetters(mailbox, { isWhole: true })
      for await (const each of fetchLetters(mailbox, letters, ITEMS)) received.take(each)
      const { messages, refusals } = received
      const read = UidSet.of(messages.keys())
      const flags = [...(marksAsRead ? ['\\Seen'] : []), ...(deletes ? ['\\Deleted'] : [])]
      if (flags.length > 0 && !read.isEmpty) await mailbox.store(read, 'add', flags)
      const items = order?.flatMap((uid) => messages.get(uid) ?? []) ?? [...messages.values()]
      return { items, refusals }
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

  rename(name: string, newName: string): Promise<void> {
    return this.#onMailbox(`renaming the mailbox "${name}"`, name, async (imap, mailbox) => {
      await this.#leave(imap, mailbox)
      await imap.rename(mailbox, MailboxName.of(newName))
    })
  }

  delete(name: string): Promise<void> {
    return this.#onMailbox(`deleting the mailbox "${name}"`, name, async (imap, mailbox) => {
      await this.#leave(imap, mailbox)
      await imap.delete(mailbox)
    })
  }

  /** Puts a letter into the current mailbox. @param compose gives its octets. */
  append(compose: () => Promise<Uint8Array>): Promise<void> {
    const { text: name } = this.#name
    return this.#turns.inSeveralTurns(async () => {
      const octets = await compose()
      await this.#onMailbox(`adding a letter to "${name}"`, name, (imap, mailbox) =>
        imap.append(mailbox, octets, { flags: ['\\Seen'] }),
      )
    })
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
  async #leave(imap: ImapSession, { text }: MailboxName): Promise<void> {
    const opened = this.#opened.get(text)
    this.#opened.delete(text)
    if (opened !== undefined) await this.#turns.closeNow(imap, opened)
  }

  /** Does something in the mailbox that is the current one when it is asked for. */
  async #within<Result>(
    attempt: string,
    work: (mailbox: ImapMailbox, imap: ImapSession) => Promise<Result>,
  ): Promise<Result> {
    const name = this.#name
    return this.#turns.inTurn(attempt, async (imap) => {
      const mailbox = await this.#turns.enter(imap, await this.#directory(imap, name))
      return work(mailbox, imap)
    })
  }

  /** A mailbox that is open; opened anew when its letters are others than they were. */
  async #directory(imap: ImapSession, name: MailboxName): Promise<OpenDirectory> {
    const known = this.#opened.get(name.text)
    if (known !== undefined && this.#turns.isOpen(known)) return known
    const opened = await this.#turns.openNow(imap, name, ImapDirectoryOpenMode.ReadWrite)
    this.#opened.set(name.text, opened)
    return opened
  }
}

/** What came of letters, by UID, and why others did not come, by identifier. */
class ReceivedLetters {
  readonly messages = new Map<number, InternetMailMessage>()
  readonly refusals = new Map<string, MailboxException>()
  readonly #mailbox: ImapMailbox
  readonly #isWhole: boolean

  constructor(mailbox: ImapMailbox, { isWhole }: { readonly isWhole: boolean }) {
    this.#mailbox = mailbox
    this.#isWhole = isWhole
  }

  take({ letter, octets }: LetterOctets): void {
    const { uid = 0, sizeOctets, internalDate: dateReceived } = letter
    const id = idOf(this.#mailbox, uid)
    if (octets instanceof MailboxException) {
      this.refusals.set(id, octets)
      return
    }
    const message = InternetMailMessage.received({
      octets,
      isWhole: this.#isWhole,
      uids: [id],
      sizeOctets,
      dateReceived,
      mailbox: this.#mailbox.name.text,
    })
    this.messages.set(uid, message)
  }
}

function idOf({ uidValidity, name }: ImapMailbox, uid: number): string {
  return uidValidity === undefined ? `imap-${uid}` : `imap-${uid}-${uidValidity}-${name.text}`
}

/** `undefined` for what is no identifier, for a letter of another mailbox, and for one that had this UID before they were given anew. */
function readUid(mailbox: ImapMailbox, id: string): number | undefined {
  const [, uid, validity] = IDENTIFIER.exec(id) ?? []
  const isOld = validity !== undefined && Number(validity) !== mailbox.uidValidity
  const isHere = !isOld && isOf(mailbox, id) && Number(uid ?? 0) !== 0
  return isHere ? Number(uid) : undefined
}

function isOf({ name }: ImapMailbox, id: string): boolean {
  const mailbox = IDENTIFIER.exec(id)?.[3]
  return mailbox === undefined || MailboxName.of(mailbox).text === name.text
}

/** As {@link readUid}. @throws IllegalArgumentException when it is no identifier, or one of another mailbox. */
function uidOf(mailbox: ImapMailbox, id: string): number | undefined {
  if (!IDENTIFIER.test(id)) {
    throw new IllegalArgumentException(`${quoted(id)} is no identifier of a letter here`)
  }
  if (isOf(mailbox, id)) return readUid(mailbox, id)
  throw new IllegalArgumentException(
    `${quoted(id)} is a letter of another mailbox than ${quoted(mailbox.name.text)}, which is read now`,
  )
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
