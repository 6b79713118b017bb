import type { MailboxName } from '../imap/mailbox-name.ts'
import { SequenceSet } from '../imap/number-set.ts'
import type { ImapConnection as ImapSession } from '../net/imap-client.ts'
import type { ImapMailbox } from '../net/imap-mailbox.ts'
import { IllegalStateException } from './exception.ts'
import { findDelimiter, requiringDirectory } from './imap-lookup.ts'
import { ImapDirectoryOpenMode } from './imap-directory-open-mode.ts'
import { LazySession } from './lazy-session.ts'
import { inMailbox } from './mailbox-exception.ts'

/** A directory that somebody has opened and not closed. The server may have another one open meanwhile. */
export class OpenDirectory {
  readonly name: MailboxName
  readonly mode: ImapDirectoryOpenMode
  readonly uidValidity: number | undefined
  /** No letter that was there when it was opened has this UID or a greater one. */
  readonly firstNewUid: number
  /** Whether letters were marked for deletion here and not purged. */
  hasMarks = false

  constructor(facts: Omit<OpenDirectory, 'hasMarks'>) {
    this.name = facts.name
    this.mode = facts.mode
    this.uidValidity = facts.uidValidity
    this.firstNewUid = facts.firstNewUid
  }
}

/** What a server has open, over which session. */
interface Selected {
  readonly imap: ImapSession
  readonly directory: OpenDirectory
  readonly mailbox: ImapMailbox
}

/**
 * One session for several directories. A server has one mailbox open at a time; so whoever wants a directory gets a turn, and has that one open as long as the
 * turn lasts.
 *
 * A session that was lost has failed what was under way; what is asked for next begins another, in which directories that were open are open still, unless their letters are others: UIDs mean what
 * they meant.
 */
export class ImapTurns {
  readonly purges: boolean
  readonly #session: LazySession<ImapSession>
  readonly #open = new Set<OpenDirectory>()
  /** What the server has open. */
  #selected: Selected | undefined
  #lastTurn: Promise<void> = Promise.resolve()
  #delimiter: string | undefined

  constructor({
    open,
    purges,
  }: {
    readonly open: () => Promise<ImapSession>
    readonly purges: boolean
  }) {
    this.#session = new LazySession(open, (imap) => imap.isOpen)
    this.purges = purges
  }

  get isConnected(): boolean {
    return this.#session.current?.isOpen === true
  }

  isOpen(directory: OpenDirectory): boolean {
    return this.#open.has(directory)
  }

  async connect(): Promise<void> {
    await this.#session.use(() => Promise.resolve())
  }

  /** Does something that takes several turns, or is not ready for the first one yet: the connection is not closed before it is done. */
  inSeveralTurns<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#session.hold(work)
  }

  /** Does something when everything asked for before is done. */
  inTurn<Result>(attempt: string, work: (imap: ImapSession) => Promise<Result>): Promise<Result> {
    return this.#session.hold(() =>
      this.#enqueue(() => inMailbox(attempt, async () => work(await this.#session.get()))),
    )
  }

  /** Does something in an open directory. @throws IllegalStateException when it is not open any more. */
  within<Result>(
    directory: OpenDirectory,
    attempt: string,
    work: (mailbox: ImapMailbox, imap: ImapSession) => Promise<Result>,
  ): Promise<Result> {
    return this.inTurn(attempt, async (imap) => {
      const mailbox = await this.enter(imap, directory)
      return work(mailbox, imap)
    })
  }

  /** The mailbox of an open directory, which the server has open then. To be called in a turn. @throws IllegalStateException when it is not open any more. */
  async enter(imap: ImapSession, directory: OpenDirectory): Promise<ImapMailbox> {
    if (!this.#open.has(directory)) {
      throw new IllegalStateException(`the directory "${directory.name.text}" is not open`)
    }
    return this.#select(imap, directory)
  }

  open(name: MailboxName, mode: ImapDirectoryOpenMode): Promise<OpenDirectory> {
    return this.inTurn(opening(name), (imap) => this.openNow(imap, name, mode))
  }

  /** As {@link open}. To be called in a turn. */
  openNow(
    imap: ImapSession,
    name: MailboxName,
    mode: ImapDirectoryOpenMode,
  ): Promise<OpenDirectory> {
    return inMailbox(opening(name), async () => {
      this.#selected = undefined
      const mailbox = await select(imap, name, mode)
      const { uidValidity } = mailbox
      const firstNewUid = mailbox.uidNext ?? (await uidAfterLast(mailbox))
      const directory = new OpenDirectory({ name, mode, uidValidity, firstNewUid })
      this.#open.add(directory)
      this.#selected = { imap, directory, mailbox }
      return directory
    })
  }

  close(directory: OpenDirectory): Promise<void> {
    return this.#session.hold(() =>
      this.#enqueue(async () => {
        const imap = this.#session.current
        if (imap !== undefined) await this.closeNow(imap, directory)
      }),
    )
  }

  /** As {@link close}. To be called in a turn. */
  closeNow(imap: ImapSession, directory: OpenDirectory): Promise<void> {
    const attempt = `closing the directory "${directory.name.text}"`
    return inMailbox(attempt, () => this.#leave(imap, directory))
  }

  /** Closes all directories, and then the connection, when everything that was asked for before is done. */
  end(): Promise<void> {
    return this.#session.close((imap) =>
      this.#enqueue(async () => {
        const leavings: PromiseSettledResult<void>[] = []
        for (const directory of this.#open) {
          const [leaving] = await Promise.allSettled([this.closeNow(imap, directory)])
          leavings.push(leaving)
        }
        await imap.close()
        for (const leaving of leavings) if (leaving.status === 'rejected') throw leaving.reason
      }),
    )
  }

  /** What separates a directory from the one that it lies in. To be called in a turn. */
  async delimiter(imap: ImapSession): Promise<string> {
    this.#delimiter ??= await findDelimiter(imap)
    return this.#delimiter
  }

  async #select(imap: ImapSession, directory: OpenDirectory): Promise<ImapMailbox> {
    const { name, mode, uidValidity } = directory
    const selected = this.#selected
    const isCurrent = selected?.imap === imap && selected.directory === directory
    if (isCurrent && selected.mailbox.isOpen) return selected.mailbox
    this.#selected = undefined
    const mailbox = await select(imap, name, mode)
    if (mailbox.uidValidity !== uidValidity) {
      this.#open.delete(directory)
      throw new IllegalStateException(
        `the directory "${name.text}" has other letters than when it was opened: open it anew`,
      )
    }
    this.#selected = { imap, directory, mailbox }
    return mailbox
  }

  async #leave(imap: ImapSession, directory: OpenDirectory): Promise<void> {
    if (!this.#open.has(directory)) return
    const purges = this.purges && directory.mode === ImapDirectoryOpenMode.ReadWrite
    try {
      // The marks of earlier connections are purged too; but nobody relies on it when the connection is lost.
      const isNeeded = purges && (imap.isOpen || directory.hasMarks)
      if (!isNeeded && this.#selected?.directory !== directory) return
      if (!isNeeded && !imap.isOpen) return
      const mailbox = await this.#select(imap, directory)
      this.#selected = undefined
      await mailbox.close(purges ? 'expunge' : 'keep')
    } finally {
      this.#open.delete(directory)
    }
  }

  #enqueue<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#lastTurn.then(work)
    const ignore = (): void => undefined
    this.#lastTurn = result.then(ignore, ignore)
    return result
  }
}

function opening({ text }: MailboxName): string {
  return `opening the directory "${text}"`
}

function select(
  imap: ImapSession,
  name: MailboxName,
  mode: ImapDirectoryOpenMode,
): Promise<ImapMailbox> {
  const isChanged = mode === ImapDirectoryOpenMode.ReadWrite
  return requiringDirectory(imap, name, () => (isChanged ? imap.select(name) : imap.examine(name)))
}

/** For servers that do not say what UID the next letter gets. */
async function uidAfterLast(mailbox: ImapMailbox): Promise<number> {
  if (mailbox.exists === 0) return 1
  const last = await mailbox.search({ sequenceNumbers: SequenceSet.of([mailbox.exists]) })
  return Math.max(0, ...last.numbers()) + 1
}
