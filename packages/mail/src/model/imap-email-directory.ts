import type { ImapFlag } from '../imap/fetch-response.ts'
import type { MailboxName } from '../imap/mailbox-name.ts'
import { SequenceSet, UidSet } from '../imap/number-set.ts'
import type { SearchCriteria } from '../imap/search.ts'
import type { ImapConnection as ImapSession } from '../net/imap-client.ts'
import type { ImapMailbox } from '../net/imap-mailbox.ts'
import { chosenIndexes, type ChosenLetters } from './chosen-indexes.ts'
import { EmailFlag, flagChanges } from './email-flag.ts'
import type { Email } from './email.ts'
import { IllegalArgumentException, IllegalStateException } from './exception.ts'
import type { ImapConnectionEmail, ImapConnectionEmailHeaders } from './imap-connection-email.ts'
import { ImapDirectoryPlace } from './imap-directory-place.ts'
import { ImapDirectoryOpenMode } from './imap-directory-open-mode.ts'
import { fetchEmails, fetchHeaders, uidsAt } from './imap-letters.ts'
import { requiringDirectory } from './imap-lookup.ts'
import { printAs } from './print-as.ts'
import { readCriteria } from './search-criteria.ts'
import { toStoredLetter } from './stored-letter.ts'

/** Reads letters of an open directory, by UID. */
type Fetch<Letter> = (
  mailbox: ImapMailbox,
  letters: UidSet | SequenceSet,
) => Promise<ReadonlyMap<number, Letter>>

/**
 * A directory of an IMAP server, given by an `ImapConnection`. It need not be there; {@link exists} says so.
 *
 * Letters have an index (from 0, oldest first) that changes when letters before them are purged, and a UID that does not. Whatever needs the server is awaited, in
 * any order: a connection does one thing after the other. Every member that works with letters throws IllegalStateException when the directory is not open,
 * EmailDirectoryNotFoundException when it has gone, and MailboxException for whatever else fails.
 *
 * Reading a letter does not mark it as seen.
 *
 * @example
 * ```ts
 * import { EmailDirectoryKind, EmailFlag, ImapDirectoryOpenMode, type ImapConnection } from '@obmen/mail'
 *
 * async function readUnread(connection: ImapConnection): Promise<void> {
 *   const inbox = await connection.getDirectory(EmailDirectoryKind.Inbox)
 *   await inbox?.open(ImapDirectoryOpenMode.ReadWrite)
 *   for (const { uid, email } of (await inbox?.getUnreadEmails()) ?? []) {
 *     console.log(email.subject)
 *     await inbox?.setFlagsByUid([uid], [EmailFlag.Seen])
 *   }
 * }
 * ```
 */
export class ImapEmailDirectory extends ImapDirectoryPlace<ImapEmailDirectory> {
  protected at(name: MailboxName | undefined): ImapEmailDirectory {
    return new ImapEmailDirectory({ turns: this.turns, name, delimiter: this.delimiter })
  }

  /** How many letters there are now. */
  getEmailCount(): Promise<number> {
    return this.#within('counting letters', async (mailbox, imap) => {
      await imap.noop()
      return mailbox.exists
    })
  }

  /** How many letters are not marked as seen. */
  async getUnreadEmailCount(): Promise<number> {
    return (await this.search({ seen: false })).length
  }

  /** How many letters have come since the directory was opened. */
  async getNewEmailCount(): Promise<number> {
    const { firstNewUid } = this.opened
    return this.#within('counting new letters', async (mailbox, imap) => {
      await imap.noop()
      const found = await mailbox.search({ uids: UidSet.from(firstNewUid) })
      // `9:*` finds the last letter even if its UID is below (RFC 9051 §6.4.8).
      return [...found.numbers()].filter((uid) => uid >= firstNewUid).length
    })
  }

  /** UIDs that were kept from an earlier connection mean the same letters only if this is what it was then (RFC 9051 §2.3.1.1). */
  getUidValidity(): Promise<number> {
    return this.#within('asking for UIDVALIDITY', async (mailbox) => {
      if (mailbox.uidValidity !== undefined) return mailbox.uidValidity
      throw new IllegalStateException(`the server keeps no UIDs in "${this.path}"`)
    })
  }

  /** One letter. @throws IllegalArgumentException when there is no letter of that index. */
  async getEmail(index: number): Promise<ImapConnectionEmail> {
    const [letter] = await this.getEmails([index])
    if (letter !== undefined) return letter
    throw new IllegalStateException(`the letter ${index} was removed meanwhile`)
  }

  /**
   * Letters: all, those with these indexes, or from one index to another, both included. Each is held in memory, with its attachments.
   *
   * @throws IllegalArgumentException when there is no letter of an index.
   */
  getEmails(): Promise<readonly ImapConnectionEmail[]>
  getEmails(indexes: readonly number[]): Promise<readonly ImapConnectionEmail[]>
  getEmails(startIndex: number, endIndex: number): Promise<readonly ImapConnectionEmail[]>
  getEmails(...chosen: ChosenLetters): Promise<readonly ImapConnectionEmail[]> {
    return this.#read('reading letters', chosen, fetchEmails)
  }

  /** The letters that are not marked as seen. */
  getUnreadEmails(): Promise<readonly ImapConnectionEmail[]> {
    return this.#readUnread('reading letters', fetchEmails)
  }

  /** The headers of letters: of all, of those with these indexes, or from one index to another, both included. @throws as {@link getEmails}. */
  getEmailHeaders(): Promise<readonly ImapConnectionEmailHeaders[]>
  getEmailHeaders(indexes: readonly number[]): Promise<readonly ImapConnectionEmailHeaders[]>
  getEmailHeaders(
    startIndex: number,
    endIndex: number,
  ): Promise<readonly ImapConnectionEmailHeaders[]>
  getEmailHeaders(...chosen: ChosenLetters): Promise<readonly ImapConnectionEmailHeaders[]> {
    return this.#read('reading headers', chosen, fetchHeaders)
  }

  /** The headers of the letters that are not marked as seen. */
  getUnreadEmailHeaders(): Promise<readonly ImapConnectionEmailHeaders[]> {
    return this.#readUnread('reading headers', fetchHeaders)
  }

  /** `undefined` when there is no such letter. */
  async findEmailByUid(uid: number): Promise<ImapConnectionEmail | undefined> {
    return (await this.findEmailsByUid([uid]))[0]
  }

  /** As many as were asked for, in the same order; `undefined` for those that are not there. */
  findEmailsByUid(uids: readonly number[]): Promise<readonly (ImapConnectionEmail | undefined)[]> {
    return this.#find('reading letters', uids, fetchEmails)
  }

  /** `undefined` when there is no such letter. */
  async findEmailHeadersByUid(uid: number): Promise<ImapConnectionEmailHeaders | undefined> {
    return (await this.findAllEmailHeadersByUid([uid]))[0]
  }

  /** As many as were asked for, in the same order; `undefined` for those that are not there. */
  findAllEmailHeadersByUid(
    uids: readonly number[],
  ): Promise<readonly (ImapConnectionEmailHeaders | undefined)[]> {
    return this.#find('reading headers', uids, fetchHeaders)
  }

  /**
   * The UIDs of the letters for which everything holds that the criteria say, ascending. An extension.
   *
   * @throws IllegalArgumentException when there is no criterion of a name, MailboxException when the server can't search so.
   */
  search(criteria: SearchCriteria): Promise<readonly number[]> {
    return this.#within('searching letters', async (mailbox) => [
      ...(await mailbox.search(readCriteria(criteria))).numbers(),
    ])
  }

  /**
   * Puts letters into the directory, which need not be open. Recipients in Bcc are kept: who reads the letter here may send it.
   *
   * @param flags What they are marked with. An extension.
   * @throws EmailDirectoryNotFoundException when it is not there, MailboxException when the server does not take a letter. Those before that one are there.
   */
  async addEmails(emails: readonly Email[], flags: readonly EmailFlag[] = []): Promise<void> {
    const name = this.mailboxName
    const imapFlags = flagChanges({ flags, set: true }).add
    await this.turns.inSeveralTurns(async () => {
      for (const email of emails) {
        const octets = await toStoredLetter(email)
        await this.turns.inTurn(`adding a letter to "${name.text}"`, (imap) =>
          requiringDirectory(imap, name, () => imap.append(name, octets, { flags: imapFlags })),
        )
      }
    })
  }

  /** Copies letters into another directory of the same connection, which need not be open. @param uids The letters; those that are gone are passed over. */
  async copyEmails(uids: readonly number[], directory: ImapEmailDirectory): Promise<void> {
    const target = this.#targetOf(directory)
    await this.#within('copying letters', async (mailbox, imap) => {
      await requiringDirectory(imap, target, () => mailbox.copy(UidSet.of(uids), target))
    })
  }

  /**
   * Moves letters into another directory of the same connection, which need not be open. Where the server has no MOVE they are copied and purged.
   *
   * @param uids The letters; those that are gone are passed over.
   * @throws MailboxException when the server can't purge some letters and no others. Nothing was done then.
   */
  async moveEmails(uids: readonly number[], directory: ImapEmailDirectory): Promise<void> {
    const target = this.#targetOf(directory)
    await this.#change('moving letters', async (mailbox, imap) => {
      await requiringDirectory(imap, target, () => mailbox.move(UidSet.of(uids), target))
    })
  }

  /** Gives letters flags, or takes these flags away. Letters that are gone are passed over; a server need not keep every flag. */
  setFlagsByUid(
    uids: readonly number[],
    flags: readonly EmailFlag[],
    ...[set = true]: [set?: boolean]
  ): Promise<void> {
    return this.#change('setting flags', (mailbox) => this.#store(mailbox, uids, { flags, set }))
  }

  /** As {@link setFlagsByUid}. @throws IllegalArgumentException when there is no letter of an index. */
  setFlagsByIndexes(
    indexes: readonly number[],
    flags: readonly EmailFlag[],
    ...[set = true]: [set?: boolean]
  ): Promise<void> {
    return this.#change('setting flags', async (mailbox) => {
      const uids = await uidsAt(mailbox, chosenIndexes([indexes], mailbox.exists))
      await this.#store(mailbox, [...uids.values()], { flags, set })
    })
  }

  /** Marks letters for deletion, or takes the mark away. They go when the directory is purged. */
  markForDeletionByUid(uids: readonly number[], ...[set = true]: [set?: boolean]): Promise<void> {
    return this.setFlagsByUid(uids, [EmailFlag.Deleted], set)
  }

  /** As {@link markForDeletionByUid}. @throws IllegalArgumentException when there is no letter of an index. */
  markForDeletionByIndexes(
    indexes: readonly number[],
    ...[set = true]: [set?: boolean]
  ): Promise<void> {
    return this.setFlagsByIndexes(indexes, [EmailFlag.Deleted], set)
  }

  /** Removes all letters that are marked for deletion, by whomever. The others get new indexes. */
  purgeDeleted(): Promise<void> {
    return this.#change('purging letters', async (mailbox) => {
      await mailbox.expunge()
      this.opened.hasMarks = false
    })
  }

  #read<Letter>(
    attempt: string,
    chosen: ChosenLetters,
    fetch: Fetch<Letter>,
  ): Promise<readonly Letter[]> {
    return this.#within(attempt, async (mailbox, imap) => {
      if (chosen.length === 0) {
        if (mailbox.exists === 0) await imap.noop()
        return [...(await fetch(mailbox, SequenceSet.from(1))).values()]
      }
      const indexes = chosenIndexes(chosen, mailbox.exists)
      const uids = await uidsAt(mailbox, indexes)
      const letters = await fetch(mailbox, UidSet.of(uids.values()))
      return indexes.flatMap((index) => letters.get(uids.get(index) ?? 0) ?? [])
    })
  }

  #readUnread<Letter>(attempt: string, fetch: Fetch<Letter>): Promise<readonly Letter[]> {
    return this.#within(attempt, async (mailbox) => {
      const letters = await fetch(mailbox, await mailbox.search({ seen: false }))
      return [...letters.values()]
    })
  }

  #find<Letter>(
    attempt: string,
    uids: readonly number[],
    fetch: Fetch<Letter>,
  ): Promise<readonly (Letter | undefined)[]> {
    return this.#within(attempt, async (mailbox) => {
      const letters = await fetch(mailbox, UidSet.of(uids))
      return uids.map((uid) => letters.get(uid))
    })
  }

  async #store(
    mailbox: ImapMailbox,
    given: readonly number[],
    { flags, set }: { readonly flags: readonly EmailFlag[]; readonly set: boolean },
  ): Promise<void> {
    const uids = UidSet.of(given)
    const { add, remove } = flagChanges({ flags, set })
    const store = async (change: 'add' | 'remove', some: readonly ImapFlag[]): Promise<void> => {
      if (some.length > 0) await mailbox.store(uids, change, some)
    }
    if (set && flags.includes(EmailFlag.Deleted)) this.opened.hasMarks = true
    await store('add', add)
    await store('remove', remove)
  }

  #targetOf(directory: ImapEmailDirectory): MailboxName {
    if (directory.turns === this.turns) return directory.mailboxName
    throw new IllegalArgumentException('the other directory is of another connection')
  }

  async #within<Result>(
    attempt: string,
    work: (mailbox: ImapMailbox, imap: ImapSession) => Promise<Result>,
  ): Promise<Result> {
    return this.turns.within(this.opened, attempt, work)
  }

  async #change(
    attempt: string,
    work: (mailbox: ImapMailbox, imap: ImapSession) => Promise<void>,
  ): Promise<void> {
    if (this.getOpenMode() === ImapDirectoryOpenMode.ReadWrite) return this.#within(attempt, work)
    throw new IllegalStateException(`the directory "${this.path}" is open to be read only`)
  }
}

printAs(ImapEmailDirectory, (directory) => `ImapEmailDirectory ${JSON.stringify(directory)}`)
