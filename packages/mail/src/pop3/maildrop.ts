/**
 * The TRANSACTION and UPDATE states of a POP3 session (RFC 1939 §5, §6).
 *
 * Letters are known by their maildrop number ("message-number" in RFC 1939): from 1, given anew in each session, and not changed by
 * deletions in it. A deletion is a mark; the server deletes on QUIT, and only then.
 */

import { assert } from '../base/assert.ts'
import type { Dialog, OctetSink } from '../wire/dialog.ts'
import { ProtocolViolation } from '../wire/errors.ts'
import { deleteLetters, fetchTops, MAX_PIPELINED, retrieveLetters } from './batch.ts'
import type { LetterSink, Pop3Refusals, Pop3Top, TopRequest } from './batch.ts'
import { retrieveBeginnings } from './beginnings.ts'
import type { Pop3Capabilities } from './capabilities.ts'
import type { Pop3Channel } from './channel.ts'
import { formatCommand } from './command.ts'
import { Pop3ResponseRejected } from './errors.ts'
import { parseScanListing, parseUniqueIdListing } from './listing.ts'

/** What STAT says (RFC 1939 §5): letters marked for deletion are not counted. */
export interface MaildropStatus {
  readonly count: number
  readonly octets: number
}

/** `nn mm`, and after it whatever the server likes. */
const DROP_LISTING = /^(?<count>\d{1,15}) +(?<octets>\d{1,15})(?: |$)/

/** The commands of one session, after login. Each is a dialog, and one must end before the next begins. */
export class Maildrop {
  readonly capabilities: Pop3Capabilities
  /** Whether letters come with UTF-8 in their header sections (RFC 6856). */
  readonly isUtf8: boolean
  readonly #channel: Pop3Channel
  readonly #deleted = new Set<number>()
  /** Whether the server knows TOP, by what it has answered to it; `undefined` as long as that does not tell. */
  #hasTop: boolean | undefined

  constructor(
    channel: Pop3Channel,
    facts: { readonly capabilities: Pop3Capabilities; readonly isUtf8: boolean },
  ) {
    this.#channel = channel
    this.capabilities = facts.capabilities
    this.isUtf8 = facts.isUtf8
  }

  /** Whether the session can go on; `false` for ever after a command that failed half-way through its response. */
  get isInStep(): boolean {
    return this.#channel.isInStep
  }

  /** The letters marked for deletion, in the order in which they were. */
  get deletedNumbers(): readonly number[] {
    return [...this.#deleted]
  }

  *stat(): Dialog<MaildropStatus> {
    const text = yield* this.#channel.execute(formatCommand('STAT'))
    const groups = DROP_LISTING.exec(text)?.groups
    if (groups === undefined)
      throw new ProtocolViolation('STAT was answered without two numbers', text)
    return { count: Number(groups['count']), octets: Number(groups['octets']) }
  }

  /** Maildrop number → octets as the server counts them: often an estimate, so nothing may rely on it. */
  *list(): Dialog<ReadonlyMap<number, number>> {
    const sizes = new Map<number, number>()
    yield* this.#channel.list(formatCommand('LIST'), (line) => parseScanListing(line, sizes))
    return sizes
  }

  /**
   * Maildrop number → unique id; `undefined` when the server has no UIDL.
   *
   * Two letters may have the same unique id (RFC 1939 §7 allows it for identical copies), and ids that break the rules, of more than 70
   * characters or with spaces, are taken as they are. A letter for which the server gives no id has `undefined`.
   */
  *uniqueIds(): Dialog<ReadonlyMap<number, string | undefined> | undefined> {
    const ids = new Map<number, string | undefined>()
    try {
      yield* this.#channel.list(formatCommand('UIDL'), (line) => parseUniqueIdListing(line, ids))
    } catch (error) {
      if (error instanceof Pop3ResponseRejected && this.#lacks('UIDL', error)) return undefined
      throw error
    }
    return ids
  }

  /** A refused command that the server did not announce is one that it does not have, unless the refusal has a reason of its own. */
  #lacks(tag: string, error: Pop3ResponseRejected): boolean {
    return !this.capabilities.has(tag) && error.responseCode === undefined
  }

  /** How many letters {@link tops} takes at a time: more than one when the server offers PIPELINING. */
  get groupSize(): number {
    return this.capabilities.has('PIPELINING') ? MAX_PIPELINED : 1
  }

  /**
   * The header section, the empty line after it and the first `lines` lines of the body.
   *
   * @throws LimitExceeded when that is more than `maxTopOctets`. The rest is read and thrown away, so the session goes on.
   * @throws Pop3ResponseRejected when there is no such letter, or the server has no TOP: then only {@link retrieve} is left.
   */
  *top(maildropNumber: number, lines: number): Dialog<Uint8Array> {
    const [top] = yield* this.tops([maildropNumber], lines)
    assert(top !== undefined, 'one letter has one beginning')
    if (top.kind === 'failed') throw top.error
    return top.octets
  }

  /**
   * As {@link top}, for {@link groupSize} letters at most, sent for together. The first of them, as many as there is room for in memory; at
   * least one.
   */
  *tops(maildropNumbers: readonly number[], lines: number): Dialog<readonly Pop3Top[]> {
    return yield* this.#tops(maildropNumbers, { lines, tooLarge: 'fails' })
  }

  /**
   * As {@link tops}, but of a server without TOP out of the whole letters, and of what is larger than `maxTopOctets` the first octets. No letter is read whole because the server
   * refuses its beginning and has shown that of another.
   */
  *beginnings(maildropNumbers: readonly number[], lines: number): Dialog<readonly Pop3Top[]> {
    if (this.#mayHaveTop) {
      const tops = yield* this.#tops(maildropNumbers, { lines, tooLarge: 'is cut' })
      if (this.#mayHaveTop) return tops
    }
    requireMaildropNumbers(maildropNumbers)
    requireLineCount(lines)
    return yield* retrieveBeginnings(this.#channel, maildropNumbers, lines)
  }

  get #mayHaveTop(): boolean {
    return this.#hasTop ?? (this.capabilities.has('TOP') || !this.capabilities.isKnown)
  }

  *#tops(maildropNumbers: readonly number[], request: TopRequest): Dialog<readonly Pop3Top[]> {
    requireMaildropNumbers(maildropNumbers)
    requireLineCount(request.lines)
    const tops = yield* fetchTops(this.#channel, maildropNumbers, request)
    for (const top of tops) {
      if (top.kind === 'top') this.#hasTop = true
      else if (top.error instanceof Pop3ResponseRejected && this.#lacks('TOP', top.error)) {
        this.#hasTop ??= false
      }
    }
    return tops
  }

  /** The whole letter, into the sink, in pieces as they come. The session is over when the sink fails. */
  *retrieve(maildropNumber: number, sink: OctetSink): Dialog<void> {
    const refusals = yield* this.retrieveAll([maildropNumber], () => ({ push: sink }))
    throwFirst(refusals)
  }

  /** Whole letters, each into a sink of its own, one after the other. */
  *retrieveAll(
    maildropNumbers: readonly number[],
    open: (maildropNumber: number) => LetterSink,
  ): Dialog<Pop3Refusals> {
    requireMaildropNumbers(maildropNumbers)
    return yield* retrieveLetters(this.#channel, this.#groupsOf(maildropNumbers), open)
  }

  /** Marks a letter for deletion by {@link quit}. */
  *delete(maildropNumber: number): Dialog<void> {
    throwFirst(yield* this.deleteAll([maildropNumber]))
  }

  /** Marks letters for deletion by {@link quit}. */
  *deleteAll(maildropNumbers: readonly number[]): Dialog<Pop3Refusals> {
    requireMaildropNumbers(maildropNumbers)
    const groups = this.#groupsOf(maildropNumbers)
    return yield* deleteLetters(this.#channel, groups, (number) => this.#deleted.add(number))
  }

  *#groupsOf(maildropNumbers: readonly number[]): Generator<readonly number[], void, undefined> {
    const size = this.groupSize
    for (let at = 0; at < maildropNumbers.length; at += size) {
      yield maildropNumbers.slice(at, at + size)
    }
  }

  /** Takes all marks for deletion away. */
  *reset(): Dialog<void> {
    yield* this.#channel.execute(formatCommand('RSET'))
    this.#deleted.clear()
  }

  /** Does nothing, but keeps the server from ending an idle session (RFC 1939 §3: after ten minutes or more). */
  *noop(): Dialog<void> {
    yield* this.#channel.execute(formatCommand('NOOP'))
  }

  /**
   * Ends the session: the server now deletes what was marked.
   *
   * @throws Pop3ResponseRejected when it could not delete all of it (RFC 1939 §6).
   */
  *quit(): Dialog<void> {
    const { commandMs, quitMs } = this.#channel.deadlines
    // Deleting may mean that the server rewrites a file of gigabytes.
    const timeoutMs = this.#deleted.size > 0 ? commandMs : quitMs
    yield* this.#channel.execute(formatCommand('QUIT'), timeoutMs)
    this.#deleted.clear()
  }
}

function requireMaildropNumbers(maildropNumbers: readonly number[]): void {
  for (const number of maildropNumbers) {
    if (Number.isSafeInteger(number) && number > 0) continue
    throw new RangeError(`a maildrop number is a whole number from 1, and not ${number}`)
  }
}

function requireLineCount(lines: number): void {
  if (Number.isSafeInteger(lines) && lines >= 0) return
  throw new RangeError(`lines must be a whole number from 0, and is ${lines}`)
}

function throwFirst(refusals: Pop3Refusals): void {
  for (const error of refusals.values()) throw error
}
