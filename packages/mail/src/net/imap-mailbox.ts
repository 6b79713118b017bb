import type { FetchedLetter, ImapFlag } from '../imap/fetch-response.ts'
import { fetchLetters, fetchSection } from '../imap/fetch.ts'
import type { FetchItems, LetterSection, SectionOutcome } from '../imap/fetch.ts'
import { copy, expunge, move, store } from '../imap/letters.ts'
import type { CopiedLetters, FlagChange } from '../imap/letters.ts'
import type { MailboxName } from '../imap/mailbox-name.ts'
import { UidSet } from '../imap/number-set.ts'
import type { SequenceSet } from '../imap/number-set.ts'
import { search } from '../imap/search.ts'
import type { SearchCriteria } from '../imap/search.ts'
import { leave } from '../imap/selection.ts'
import type { MissedChanges, Selection } from '../imap/selection.ts'
import type { ImapSession } from '../imap/session.ts'
import type { MailboxChange, MailboxState } from '../imap/session-state.ts'
import type { Dialog, OctetSink } from '../wire/dialog.ts'
import { fetchEach, type FetchedOrRefused } from './fetch-each.ts'
import type { ImapQueue } from './imap-queue.ts'

/** A set of more numbers than this may be mostly holes, so it is asked first which of them there are. */
const MAX_UNASKED = 10_000

/** The first letters of an iteration: enough to learn how large they are. */
const FIRST_BATCH = 100
/** As many letters at a time as a server has ready at once, and as an object each does not weigh. */
const MAX_BATCH = 1000
/** What is held in memory ahead of who iterates, twice: one batch is read while the one before is used. */
const BATCH_OCTETS = 1_048_576

/**
 * A mailbox that is open, made by `select()` or `examine()` of an {@link ImapConnection}. When another is opened, or this one is closed, its commands reject with
 * a `TypeError`.
 *
 * Letters are named by UID. Where a set of sequence numbers is taken too, the UIDs that they stand for are asked for first, so that letters that vanish
 * meanwhile confuse nothing.
 */
export class ImapMailbox {
  readonly #queue: ImapQueue
  readonly #state: MailboxState

  /**
   * What has changed since the snapshot that the mailbox was opened with; `undefined` when the server can't say: then it must be compared with what was known.
   */
  readonly missed: MissedChanges | undefined

  constructor(queue: ImapQueue, { mailbox, missed }: Selection) {
    this.#queue = queue
    this.#state = mailbox
    this.missed = missed
  }

  get name(): MailboxName {
    return this.#state.name
  }

  /** Whether commands still find it open. */
  get isOpen(): boolean {
    return this.#queue.session.channel.state.mailbox === this.#state
  }

  get isReadOnly(): boolean {
    return this.#state.isReadOnly
  }

  /** How many letters there are, as far as the server has said. */
  get exists(): number {
    return this.#state.exists
  }

  /** The flags that letters here have, or may have. */
  get flags(): readonly string[] {
    return this.#state.flags
  }

  /** The flags that last beyond this session; `\*` among them says that new ones may be made up. */
  get permanentFlags(): readonly string[] {
    return this.#state.permanentFlags ?? this.#state.flags
  }

  /**
   * UIDs of an earlier session mean the same letters only if this is what it was then (RFC 9051 §2.3.1.1); `undefined` when the server keeps no UIDs.
   */
  get uidValidity(): number | undefined {
    return this.#state.uidValidity
  }

  /** No letter that comes later has a UID below, as it was when the mailbox was opened. */
  get uidNext(): number | undefined {
    return this.#state.uidNext
  }

  /** How far the mailbox had counted its changes (RFC 7162); `undefined` when it does not. */
  get highestModSeq(): bigint | undefined {
    return this.#state.highestModSeq
  }

  /**
   * Finds letters.
   *
   * @throws ImapCommandRejected when the server can't search so; with `BADCHARSET` when it can't look for text that is not ASCII.
   */
  search(criteria: SearchCriteria): Promise<UidSet> {
    return this.#run((session) => search(session, criteria))
  }

  /**
   * Fetches letters, one after the other, in the order of the server. Some are read ahead, a few hundred kilobytes of them; so any command may be called
   * inside the loop, and is run between two readings, and whoever leaves the loop early has lost nothing but what was read ahead.
   *
   * What can't be read of a letter is said in its `defects`, and spoils nothing else. A letter that is gone is passed over.
   *
   * @throws LimitExceeded when letters come with more than `limits.maxBatchOctets` at a time; contents of any size are for {@link fetchSection}.
   *
   * @example
   * ```ts
   * import { openImap, Secret, SequenceSet } from '@obmen/mail/imap'
   * import { parseHeaderSection } from '@obmen/mail/mime'
   *
   * await using imap = await openImap({
   *   host: 'imap.example.org',
   *   port: 993,
   *   tls: 'implicit',
   *   credentials: { user: 'shop-1', password: new Secret('tanstaaf') },
   * })
   * const inbox = await imap.examine('INBOX')
   * for await (const letter of inbox.fetch(SequenceSet.from(1), { header: ['Subject'] })) {
   *   const header = letter.header && parseHeaderSection(letter.header)
   *   console.log(letter.uid, header?.first('Subject'))
   * }
   * ```
   */
  async *fetch(
    letters: UidSet | SequenceSet,
    items: FetchItems,
  ): AsyncGenerator<FetchedLetter, void, undefined> {
    let { first, rest } = (await this.#uidsOf(letters)).divide(FIRST_BATCH)
    let reading = this.#readAhead(first, items)
    while (!first.isEmpty) {
      const batch = await reading
      ;({ first, rest } = rest.divide(batchSize(batch)))
      reading = this.#readAhead(first, items)
      // Not `yield*`, which waits for each letter several times over.
      for (const letter of batch) yield letter
    }
  }

  /**
   * Fetches letters as {@link fetch} does, each once, and what the server refuses is a result like any other: a letter that it can't read spoils its answer for all that were asked
   * for with it, so the others are asked for again, in halves.
   *
   * @throws ImapCommandRejected when the server refuses more than twenty in a row: it has another reason than the letters.
   */
  async *fetchEach(
    letters: UidSet | SequenceSet,
    items: FetchItems,
  ): AsyncGenerator<FetchedOrRefused, void, undefined> {
    yield* fetchEach(await this.#uidsOf(letters), (uids) => this.fetch(uids, items))
  }

  /**
   * Writes a piece of a letter's content to the sink, as it comes and in constant memory: no more is received until the promise that the sink returns,
   * if any, is settled. So a sink must not wait for a command of its own connection.
   *
   * @returns `undefined` when there is no such letter or no such part.
   * @throws ImapCapabilityMissing when the server is to decode the part and can't.
   *
   * @example
   * ```ts
   * import { openImap, Secret } from '@obmen/mail/imap'
   * import { open } from 'node:fs/promises'
   *
   * await using imap = await openImap({
   *   host: 'imap.example.org',
   *   port: 993,
   *   tls: 'implicit',
   *   credentials: { user: 'shop-1', password: new Secret('tanstaaf') },
   * })
   * const inbox = await imap.examine('INBOX')
   * await using file = await open('letter.eml', 'w')
   * await inbox.fetchSection(4711, {}, async (octets) => {
   *   await file.write(octets)
   * })
   * ```
   */
  fetchSection(
    uid: number,
    section: LetterSection,
    sink: OctetSink,
  ): Promise<SectionOutcome | undefined> {
    return this.#run((session) => fetchSection(session, { uid, section }, sink))
  }

  /** Adds, removes or replaces flags. Letters that are gone are passed over. */
  store(uids: UidSet, change: FlagChange, flags: readonly ImapFlag[]): Promise<void> {
    return this.#run((session) => store(session, uids, { change, flags }))
  }

  /**
   * Copies letters into another mailbox.
   *
   * @returns what they are called there; nothing when the server does not say, for want of UIDPLUS.
   * @throws ImapCommandRejected with `TRYCREATE` when there is no such mailbox.
   */
  copy(uids: UidSet, target: string | MailboxName): Promise<readonly CopiedLetters[]> {
    return this.#run((session) => copy(session, uids, target))
  }

  /**
   * Moves letters into another mailbox. Where the server has no MOVE they are copied, marked `\Deleted`, and removed; when that breaks off they may be in both.
   *
   * @throws ImapCapabilityMissing when it has no UIDPLUS either. Nothing was done.
   */
  move(uids: UidSet, target: string | MailboxName): Promise<readonly CopiedLetters[]> {
    return this.#run((session) => move(session, uids, target))
  }

  /**
   * Removes the letters that are marked `\Deleted`, for good: of these, or, when none are named, of all in the mailbox, by whomever they were marked.
   *
   * @throws ImapCapabilityMissing when some are named and the server does not have UIDPLUS. Nothing was done.
   */
  expunge(uids?: UidSet): Promise<void> {
    return this.#run((session) => expunge(session, uids))
  }

  /**
   * Waits until something has changed here, and says what: all of it since this was asked last, or since the mailbox was opened. Other commands may be called
   * meanwhile.
   *
   * @returns nothing when the signal aborts, which leaves the connection as it is.
   *
   * @example
   * ```ts
   * import { openImap, Secret } from '@obmen/mail/imap'
   *
   * await using imap = await openImap({
   *   host: 'imap.example.org',
   *   port: 993,
   *   tls: 'implicit',
   *   credentials: { user: 'shop-1', password: new Secret('tanstaaf') },
   * })
   * const inbox = await imap.select('INBOX')
   * for (const change of await inbox.changes()) {
   *   if (change.kind === 'exists') console.log(`${change.count} letters now`)
   * }
   * ```
   */
  changes(signal?: AbortSignal): Promise<readonly MailboxChange[]> {
    return this.#queue.awaitChanges(() => this.#requireOpen(), signal)
  }

  /**
   * Leaves the mailbox; the connection stays.
   *
   * @param deleted what becomes of letters that are marked `\Deleted`: by default nothing.
   */
  async close(deleted: 'keep' | 'expunge' = 'keep'): Promise<void> {
    if (!this.isOpen) return
    await this.#run((session) => leave(session, deleted))
  }

  async #uidsOf(letters: UidSet | SequenceSet): Promise<UidSet> {
    if (letters.isEmpty) return UidSet.of([])
    if (letters.kind === 'uid') {
      if ((letters.size ?? Infinity) <= MAX_UNASKED) return letters
      const found = await this.search({ uids: letters })
      // `9:*` finds the last letter even if its UID is below (RFC 9051 §6.4.8).
      return UidSet.of(found.numbers().filter((uid) => letters.has(uid)))
    }
    // A server may call the numbers of letters that are not there an error.
    if (this.exists === 0) return UidSet.of([])
    return this.search({ sequenceNumbers: letters })
  }

  /** Nobody may be waiting for what is read ahead any more when that fails. */
  #readAhead(uids: UidSet, items: FetchItems): Promise<readonly FetchedLetter[]> {
    if (uids.isEmpty) return Promise.resolve([])
    const reading = this.#run((session) => fetchLetters(session, uids, items))
    reading.catch(() => undefined)
    return reading
  }

  #run<Result>(command: (session: ImapSession) => Dialog<Result>): Promise<Result> {
    return this.#queue.run(() => {
      this.#requireOpen()
      return command(this.#queue.session)
    })
  }

  #requireOpen(): void {
    if (!this.isOpen) throw new TypeError(`the mailbox ${this.name.text} is not open any more`)
  }
}

/** So many letters as weigh together what a batch may. */
function batchSize(batch: readonly FetchedLetter[]): number {
  let octets = 0
  for (const { sections } of batch) {
    for (const section of sections) octets += section.octets?.length ?? 0
  }
  const average = Math.max(1, octets / Math.max(1, batch.length))
  return Math.max(1, Math.min(MAX_BATCH, Math.floor(BATCH_OCTETS / average)))
}
