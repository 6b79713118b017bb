/**
 * Staying with a mailbox, whatever becomes of the connection: what comes and goes is told, also what came and went while there was none.
 *
 *     connect ──► compare with what is known ──► wait for changes ──┐
 *        ▲                                            ▲    tell them │
 *        └── pause, longer each time ◄── lost         └─────────────┘
 *
 * What has changed meanwhile a server with QRESYNC says by itself (RFC 7162 §3.2.5). Of any other the UIDs are asked for, which come as a few ranges where there is
 * ESEARCH; and the flags that have changed, where it counts changes (CONDSTORE).
 */
import { MailError } from '../base/mail-error.ts'
import type { FetchedLetter } from '../imap/fetch-response.ts'
import type { MailboxName } from '../imap/mailbox-name.ts'
import { SequenceSet, UidSet } from '../imap/number-set.ts'
import type { MailboxSnapshot } from '../imap/selection.ts'
import type { MailboxChange } from '../imap/session-state.ts'
import { BackOff } from './back-off.ts'
import { openImap } from './imap-client.ts'
import type { ImapConnection, ImapOptions } from './imap-client.ts'
import type { ImapMailbox } from './imap-mailbox.ts'
import type { MailServer } from './mail-server.ts'
import { startTimer } from './timer.ts'

/** What happened in a mailbox that is followed, or to the connection. */
export type MailboxEvent =
  /** The mailbox is open, for the first time or again, and these letters are in it. What changed since the connection was lost comes next. */
  | { readonly kind: 'connected'; readonly uidValidity: number | undefined; readonly uids: UidSet }
  /** All UIDs mean other letters now (RFC 9051 §2.3.1.1): what was known of them is void. Those of now come with `connected`. */
  | { readonly kind: 'uids-void'; readonly uidValidity: number | undefined }
  | { readonly kind: 'came'; readonly uids: UidSet }
  | { readonly kind: 'gone'; readonly uids: UidSet }
  /** These letters may have other flags now. */
  | { readonly kind: 'flags'; readonly letters: readonly FetchedLetter[] }
  /** The connection is lost; the next one is tried after a pause. */
  | { readonly kind: 'lost'; readonly error: MailError }

export interface FollowOptions extends ImapOptions {
  /** How long a server is left alone after its connection was lost: at first, and doubled each time, up to a minute. By default a second. */
  readonly pauseMs?: number
}

/** A server that restarts is back in a few of these, and one that is overloaded is asked less and less. */
const PAUSE_MS = 1_000

/**
 * Follows a mailbox until the loop is left, the signal aborts, or the server refuses for good.
 *
 * @throws MailError that does not pass by itself: the login is refused, there is no such mailbox.
 *
 * @example
 * ```ts
 * import { followMailbox, Secret } from '@obmen/mail/imap'
 *
 * const server = {
 *   host: 'imap.example.org',
 *   port: 993,
 *   tls: 'implicit',
 *   credentials: { user: 'shop-1', password: new Secret('tanstaaf') },
 * } as const
 * for await (const event of followMailbox(server, 'INBOX')) {
 *   if (event.kind === 'came') console.log(`new: ${event.uids}`)
 * }
 * ```
 */
export async function* followMailbox(
  server: MailServer,
  mailbox: string | MailboxName,
  options: FollowOptions = {},
): AsyncGenerator<MailboxEvent, void, undefined> {
  const { signal, pauseMs = PAUSE_MS } = options
  const follower = new Follower(server, mailbox, options)
  const backOff = new BackOff(pauseMs)
  while (!isOver(signal)) {
    try {
      for await (const event of follower.connect()) {
        backOff.reset()
        yield event
      }
    } catch (error) {
      if (isOver(signal)) return
      const isTold = error instanceof MailError && (error.transient || follower.areUidsVoid)
      if (!isTold) throw error
      yield { kind: 'lost', error }
      backOff.fail(performance.now())
      await pause(backOff.waitMs(performance.now()), signal)
    }
  }
}

/** What is known of the mailbox, from one connection to the next. */
class Follower {
  readonly #server: MailServer
  readonly #name: string | MailboxName
  readonly #options: FollowOptions
  #uids: UidSet | undefined
  #mailbox: ImapMailbox | undefined
  #uidValidity: number | undefined
  /** Up to here everything was told. */
  #highestModSeq: bigint | undefined

  constructor(server: MailServer, name: string | MailboxName, options: FollowOptions) {
    this.#server = server
    this.#name = name
    this.#options = options
  }

  /** Whether the server has given the letters of the open mailbox other UIDs, which ends the session. The next one learns them. */
  get areUidsVoid(): boolean {
    return this.#mailbox !== undefined && this.#mailbox.uidValidity !== this.#uidValidity
  }

  /** One connection, until it is lost. */
  async *connect(): AsyncGenerator<MailboxEvent, void, undefined> {
    const enable = [...(this.#options.enable ?? []), 'CONDSTORE', 'QRESYNC'] as const
    this.#mailbox = undefined
    const imap = await openImap(this.#server, { ...this.#options, enable })
    try {
      const mailbox = await imap.examine(this.#name, this.#snapshot())
      const { highestModSeq: countedSoFar } = mailbox
      this.#mailbox = mailbox
      yield* this.#resume(imap, mailbox)
      this.#highestModSeq = countedSoFar
      while (!isOver(this.#options.signal)) {
        const changes = await mailbox.changes(this.#options.signal)
        // What the server counts from here on may be changes that are not among these, and that a lost connection takes along.
        const { highestModSeq } = mailbox
        yield* this.#tell(mailbox, changes)
        this.#highestModSeq = highestModSeq
      }
    } finally {
      // Not closed with care: who leaves need not wait for the server.
      imap.abandon()
    }
  }

  #snapshot(): MailboxSnapshot | undefined {
    const [uidValidity, highestModSeq] = [this.#uidValidity, this.#highestModSeq]
    if (uidValidity === undefined || highestModSeq === undefined) return undefined
    return { uidValidity, highestModSeq }
  }

  async *#resume(imap: ImapConnection, mailbox: ImapMailbox): AsyncGenerator<MailboxEvent> {
    const { uidValidity } = mailbox
    const isSame = uidValidity !== undefined && uidValidity === this.#uidValidity
    if (this.#uids !== undefined && !isSame) {
      this.#uids = undefined
      yield { kind: 'uids-void', uidValidity }
    }
    const known = this.#uids
    const since = this.#highestModSeq
    this.#uidValidity = uidValidity
    if (known === undefined) {
      this.#uids = await allUids(mailbox)
      yield { kind: 'connected', uidValidity, uids: this.#uids }
      return
    }
    yield { kind: 'connected', uidValidity, uids: known }
    const { missed } = mailbox
    if (missed === undefined) {
      yield* this.#compare(mailbox)
      const canCount = imap.capabilities.has('CONDSTORE') && since !== undefined
      if (canCount) yield* this.#flagsSince(mailbox, since)
      return
    }
    yield* this.#lose(missed.vanished)
    const uids = missed.letters.flatMap(({ uid }) => (uid === undefined ? [] : [uid]))
    yield* this.#gain(UidSet.of(uids))
    const letters = missed.letters.filter(({ uid }) => uid !== undefined && known.has(uid))
    if (letters.length > 0) yield { kind: 'flags', letters }
  }

  async *#tell(
    mailbox: ImapMailbox,
    changes: readonly MailboxChange[],
  ): AsyncGenerator<MailboxEvent> {
    const kinds = new Set(changes.map(({ kind }) => kind))
    for (const change of changes) {
      if (change.kind === 'vanished') yield* this.#lose(change.uids)
    }
    // Which letter had a number is known to who counts along; who asks can't be wrong.
    if (kinds.has('expunge') || kinds.has('many')) yield* this.#compare(mailbox)
    else if (kinds.has('exists')) {
      const last = lastOf(this.#uids)
      const found = await mailbox.search({ uids: UidSet.from(last + 1) })
      // A server gives the last letter even if its UID is below (RFC 9051 §6.4.8).
      yield* this.#gain(UidSet.of(found.numbers().filter((uid) => uid > last)))
    }
    yield* this.#flagsOf(mailbox, changes)
  }

  async *#flagsOf(
    mailbox: ImapMailbox,
    changes: readonly MailboxChange[],
  ): AsyncGenerator<MailboxEvent> {
    const flags = changes.filter((change) => change.kind === 'flags')
    if (flags.length === 0) return
    const uids = flags.flatMap(({ uid }) => (uid === undefined ? [] : [uid]))
    const areNumbersOld = changes.some(({ kind }) => kind !== 'flags' && kind !== 'exists')
    const numbers = SequenceSet.of(flags.map(({ sequenceNumber }) => sequenceNumber))
    const all = this.#uids ?? UidSet.of([])
    const named = uids.length === flags.length ? UidSet.of(uids) : areNumbersOld ? all : numbers
    const letters: FetchedLetter[] = []
    for await (const letter of mailbox.fetch(named, { flags: true })) letters.push(letter)
    if (letters.length > 0) yield { kind: 'flags', letters }
  }

  async *#flagsSince(mailbox: ImapMailbox, changedSince: bigint): AsyncGenerator<MailboxEvent> {
    const letters: FetchedLetter[] = []
    const known = this.#uids ?? UidSet.of([])
    for await (const letter of mailbox.fetch(known, { flags: true, changedSince })) {
      letters.push(letter)
    }
    if (letters.length > 0) yield { kind: 'flags', letters }
  }

  async *#compare(mailbox: ImapMailbox): AsyncGenerator<MailboxEvent> {
    const now = await allUids(mailbox)
    const known = this.#uids ?? now
    yield* this.#lose(known.without(now))
    yield* this.#gain(now.without(known))
  }

  /** A server may name letters that were never there. */
  *#lose(uids: UidSet): Generator<MailboxEvent> {
    const known = this.#uids ?? UidSet.of([])
    const rest = known.without(uids)
    const gone = known.without(rest)
    this.#uids = rest
    if (!gone.isEmpty) yield { kind: 'gone', uids: gone }
  }

  *#gain(uids: UidSet): Generator<MailboxEvent> {
    const known = this.#uids ?? UidSet.of([])
    const came = uids.without(known)
    this.#uids = UidSet.union([known, came])
    if (!came.isEmpty) yield { kind: 'came', uids: came }
  }
}

function isOver(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

async function allUids(mailbox: ImapMailbox): Promise<UidSet> {
  return mailbox.exists === 0 ? UidSet.of([]) : mailbox.search({})
}

function lastOf(uids: UidSet | undefined): number {
  const last = uids?.ranges.at(-1)?.last
  return typeof last === 'number' ? last : 0
}

/** Waits, unless the signal aborts. */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (isOver(signal)) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = startTimer(ms, resolve)
  const abort = (): void => resolve()
  signal?.addEventListener('abort', abort)
  await promise
  clearTimeout(timer)
  signal?.removeEventListener('abort', abort)
}
