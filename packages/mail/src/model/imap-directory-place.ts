import { ImapCommandRejected } from '../imap/errors.ts'
import type { MailboxEntry, StatusItem } from '../imap/mailboxes.ts'
import { MailboxName } from '../imap/mailbox-name.ts'
import type { ImapConnection as ImapSession } from '../net/imap-client.ts'
import type { EmailDirectoryKind } from './email-directory-kind.ts'
import { IllegalStateException } from './exception.ts'
import { ImapDirectoryCounts } from './imap-directory-counts.ts'
import { ImapDirectoryOpenMode } from './imap-directory-open-mode.ts'
import {
  findByKind,
  findChildByKind,
  findDirectory,
  hasAttribute,
  requiringDirectory,
} from './imap-lookup.ts'
import type { ImapTurns, OpenDirectory } from './imap-turns.ts'
import { EmailDirectoryNotFoundException } from './mailbox-exception.ts'

/** What a directory is made of. */
export interface DirectoryFacts {
  readonly turns: ImapTurns
  /** `undefined`: the root, which all others lie in. */
  readonly name: MailboxName | undefined
  /** What separates it from those that lie in it; empty where none do. */
  readonly delimiter: string
}

/** A directory among others: where it is, whether it is there, what lies in it. What is in it as letters, `ImapEmailDirectory` adds. */
export abstract class ImapDirectoryPlace<Directory extends object> implements AsyncDisposable {
  protected readonly turns: ImapTurns
  readonly #delimiter: string
  #mailboxName: MailboxName | undefined
  #opened: OpenDirectory | undefined

  constructor({ turns, name, delimiter }: DirectoryFacts) {
    this.turns = turns
    this.#mailboxName = name
    this.#delimiter = delimiter
  }

  /** Another directory of the same connection. */
  protected abstract at(name: MailboxName | undefined): Directory

  /** The last part of the {@link path}; empty for the default directory. */
  get name(): string {
    const { path } = this
    return this.#delimiter === '' ? path : path.slice(path.lastIndexOf(this.#delimiter) + 1)
  }

  /** All names on the way to it, with the {@link delimiter} between them; empty for the default directory. */
  get path(): string {
    return this.#mailboxName?.text ?? ''
  }

  /** What separates the names of a path; empty where no directory lies in another. */
  get delimiter(): string {
    return this.#delimiter
  }

  /** The directory that it lies in; `undefined` for the default directory, which lies in none. */
  get parentDirectory(): Directory | undefined {
    const { path } = this
    if (path === '') return undefined
    const end = this.#delimiter === '' ? -1 : path.lastIndexOf(this.#delimiter)
    return this.at(end <= 0 ? undefined : MailboxName.of(path.slice(0, end)))
  }

  /** The directory as the server knows it. @throws IllegalStateException for the default directory, which holds no letters. */
  get mailboxName(): MailboxName {
    if (this.#mailboxName !== undefined) return this.#mailboxName
    throw new IllegalStateException('the default directory holds directories only')
  }

  /**
   * Opens the directory, which most members need. Several may be open in one connection.
   *
   * @returns this directory.
   * @throws EmailDirectoryNotFoundException when it is not there, IllegalStateException when it is open in another mode, MailboxException when the server refuses.
   */
  async open(openMode: ImapDirectoryOpenMode = ImapDirectoryOpenMode.Read): Promise<this> {
    if (!this.isOpen()) {
      this.#opened = await this.turns.open(this.mailboxName, openMode)
    } else if (this.getOpenMode() !== openMode) {
      throw new IllegalStateException(`the directory "${this.path}" is open in another mode`)
    }
    return this
  }

  isOpen(): boolean {
    return this.#opened !== undefined && this.turns.isOpen(this.#opened)
  }

  /** @throws IllegalStateException when it is not open. */
  getOpenMode(): ImapDirectoryOpenMode {
    return this.opened.mode
  }

  /** Closes the directory. One that was open to be changed loses the letters that are marked for deletion, if the connection is to purge. */
  async close(): Promise<void> {
    if (this.#opened !== undefined) await this.turns.close(this.#opened)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Whether it is there. The default directory always is. */
  exists(): Promise<boolean> {
    const name = this.#mailboxName
    if (name === undefined || name.isInbox) return Promise.resolve(true)
    return this.turns.inTurn('looking for a directory', async (imap) => {
      return (await findDirectory(imap, name)) !== undefined
    })
  }

  /** @throws EmailDirectoryNotFoundException when it is not there. */
  async canContainDirectories(): Promise<boolean> {
    if (this.#mailboxName === undefined) return true
    const entry = await this.#entry()
    return entry.delimiter !== undefined && !hasAttribute(entry, '\\Noinferiors')
  }

  /** @throws EmailDirectoryNotFoundException when it is not there. */
  async canContainEmails(): Promise<boolean> {
    if (this.#mailboxName === undefined) return false
    return !hasAttribute(await this.#entry(), '\\Noselect')
  }

  /**
   * Makes the directory on the server, to hold other directories. Many servers let it hold letters too.
   *
   * @returns true.
   * @throws IllegalStateException when it is there already, MailboxException when the server refuses.
   */
  createForDirectories(): Promise<boolean> {
    return this.#create(this.#delimiter)
  }

  /** Makes the directory on the server, to hold letters. @returns true. @throws as {@link createForDirectories}. */
  createForEmails(): Promise<boolean> {
    return this.#create('')
  }

  /**
   * Gives the directory another name in the directory that it lies in; this object goes with it.
   *
   * @returns true.
   * @throws IllegalStateException when it is open, EmailDirectoryNotFoundException when it is not there, MailboxException when the server refuses.
   */
  async renameTo(name: string): Promise<boolean> {
    this.#requireClosed()
    const from = this.mailboxName
    const parent = this.path.slice(0, this.path.length - this.name.length)
    await this.turns.inTurn(`renaming the directory "${from.text}"`, async (imap) => {
      const to = MailboxName.of(`${parent}${name}`)
      await requiringDirectory(imap, from, () => imap.rename(from, to))
      // The letters of the inbox are in the other directory now, and the inbox is still there (RFC 9051 §6.3.6).
      if (!from.isInbox) this.#mailboxName = to
    })
    return true
  }

  /**
   * Removes the directory with all its letters from the server, but not those that lie in it.
   *
   * @throws IllegalStateException when it is open, EmailDirectoryNotFoundException when it is not there, MailboxException when the server refuses.
   */
  async delete(): Promise<void> {
    this.#requireClosed()
    const name = this.mailboxName
    await this.turns.inTurn(`deleting the directory "${name.text}"`, (imap) =>
      requiringDirectory(imap, name, () => imap.delete(name)),
    )
  }

  /** The directories that lie in this one; with `wholeSubtree` those that lie in them too. It need not be open. */
  getSubdirectories(wholeSubtree: boolean = false): Promise<readonly Directory[]> {
    return this.#listed('listing directories', { wholeSubtree, status: [] }, ({ name }) => [
      this.at(name),
    ])
  }

  /**
   * How many letters there are in each of the directories that lie in this one, or in the whole subtree: in one round trip where the server can count while it lists
   * (LIST-STATUS, RFC 5819). Directories that hold no letters are not among them. An extension.
   */
  countSubdirectories(
    wholeSubtree: boolean = false,
  ): Promise<readonly ImapDirectoryCounts<Directory>[]> {
    return this.#listed(
      'counting letters',
      { wholeSubtree, status: ['messages', 'unseen'] },
      (entry) => {
        const { messages, unseen } = entry.status ?? {}
        if (messages === undefined) return []
        const counts = { emailCount: messages, unreadEmailCount: unseen ?? 0 }
        return [new ImapDirectoryCounts(this.at(entry.name), counts)]
      },
    )
  }

  /** A directory that lies in this one, or that could: it need not be there. `undefined` where no directory lies in another. */
  async getChildDirectory(name: EmailDirectoryKind | string): Promise<Directory | undefined> {
    const prefix = this.#childPrefix()
    if (prefix === undefined) return undefined
    return this.turns.inTurn('looking for a directory', async (imap) => {
      if (typeof name === 'string') return this.at(MailboxName.of(`${prefix}${name}`))
      if (prefix === '') return this.at(await findByKind(imap, name))
      return this.at(await findChildByKind(imap, name, prefix))
    })
  }

  /** The {@link path}. */
  toString(): string {
    return this.path
  }

  toJSON(): object {
    return { path: this.path, isOpen: this.isOpen() }
  }

  /** @throws IllegalStateException when it is not open. */
  protected get opened(): OpenDirectory {
    if (this.#opened !== undefined && this.isOpen()) return this.#opened
    throw new IllegalStateException(`the directory "${this.path}" is not open`)
  }

  /** What stands before the names of those that lie here. */
  #childPrefix(): string | undefined {
    if (this.#mailboxName === undefined) return ''
    return this.#delimiter === '' ? undefined : `${this.path}${this.#delimiter}`
  }

  /** Something about each of the directories that lie here. */
  async #listed<Result>(
    attempt: string,
    what: { readonly wholeSubtree: boolean; readonly status: readonly StatusItem[] },
    read: (entry: MailboxEntry) => readonly Result[],
  ): Promise<readonly Result[]> {
    const prefix = this.#childPrefix()
    if (prefix === undefined) return []
    return this.turns.inTurn(attempt, async (imap) => {
      const pattern = `${prefix}${what.wholeSubtree ? '*' : '%'}`
      const entries = await imap.list({ pattern, status: what.status })
      return entries
        .filter(({ name: { text } }) => text.startsWith(prefix) && text !== prefix)
        .flatMap(read)
    })
  }

  #requireClosed(): void {
    if (!this.isOpen()) return
    throw new IllegalStateException(`the directory "${this.path}" is open: close it first`)
  }

  #entry(): Promise<MailboxEntry> {
    const name = this.mailboxName
    return this.turns.inTurn('looking at a directory', async (imap) => {
      const entry = await findDirectory(imap, name)
      if (entry === undefined) throw new EmailDirectoryNotFoundException(name.text)
      return entry
    })
  }

  async #create(ending: string): Promise<boolean> {
    const { mailboxName } = this
    await this.turns.inTurn(`creating the directory "${mailboxName.text}"`, (imap) =>
      createUnlessThere(imap, mailboxName, ending),
    )
    return true
  }
}

/** @param ending the delimiter, for a directory that others are to lie in (RFC 9051 §6.3.4). */
async function createUnlessThere(
  imap: ImapSession,
  name: MailboxName,
  ending: string,
): Promise<void> {
  try {
    await imap.create(ending === '' ? name : MailboxName.of(`${name.text}${ending}`))
  } catch (error) {
    if (!(error instanceof ImapCommandRejected)) throw error
    const isThere =
      error.responseCode === 'ALREADYEXISTS' || (await findDirectory(imap, name)) !== undefined
    if (!isThere) throw error
    throw new IllegalStateException(`the directory "${name.text}" is there already`, error)
  }
}
