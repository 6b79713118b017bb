/** Opening and leaving mailboxes (RFC 9051 §6.3.2, §6.3.3, §6.4.1, §6.4.2). One is open at a time. */

import { LimitExceeded } from '../base/limit-exceeded.ts'
import type { Dialog } from '../wire/dialog.ts'
import type { AnswerOptions } from './channel.ts'
import { CommandPart, formatCommand } from './command.ts'
import type { FetchedLetter } from './fetch-response.ts'
import type { ImapLimits } from './limits.ts'
import { MailboxName } from './mailbox-name.ts'
import { UidSet } from './number-set.ts'
import type { ImapSession } from './session.ts'
import { MailboxState } from './session-state.ts'
import type { MailboxAccess } from './session-state.ts'

/** What was known of a mailbox when it was open last, to learn what has changed since. */
export interface MailboxSnapshot {
  readonly uidValidity: number
  readonly highestModSeq: bigint
}

/** What has changed in a mailbox since a snapshot (RFC 7162 §3.2.5). */
export interface MissedChanges {
  /** The letters that are gone. A server may name more than were ever there. */
  readonly vanished: UidSet
  /** The letters that have come or have other flags, with UID, flags and mod-sequence. */
  readonly letters: readonly FetchedLetter[]
}

/** How a mailbox is opened. */
export interface SelectOptions {
  readonly access: MailboxAccess
  /** Has the server say what has changed since. It needs QRESYNC to be enabled, and is passed over without. */
  readonly resume?: MailboxSnapshot | undefined
}

/** A mailbox that was opened. */
export interface Selection {
  readonly mailbox: MailboxState
  /** `undefined` when the server can't say: the mailbox must be compared with what was known of it. */
  readonly missed: MissedChanges | undefined
}

/** Opens a mailbox, and leaves the one that was open, whether or not that succeeds. */
export function* select(
  { channel }: ImapSession,
  mailboxName: string | MailboxName,
  { access, resume }: SelectOptions,
): Dialog<Selection> {
  const name = MailboxName.of(mailboxName)
  const { state } = channel
  const snapshot = state.enabled.has('QRESYNC') ? resume : undefined
  const parts = [CommandPart.mailbox(name, state.nameEncoding)]
  if (snapshot !== undefined) parts.push(resumption(snapshot))
  const command = formatCommand(access === 'read' ? 'EXAMINE' : 'SELECT', ...parts)
  const missed = new MissedCollector(channel.limits)
  state.begin(new MailboxState(name, access))
  try {
    yield* channel.execute(command, snapshot === undefined ? {} : missed.answers)
  } catch (error) {
    state.begin(undefined)
    throw error
  }
  // What was said while it opened is how it is, and no change.
  state.takeChanges()
  const { mailbox = new MailboxState(name, access) } = state
  const isSame = snapshot !== undefined && mailbox.uidValidity === snapshot.uidValidity
  return { mailbox, missed: isSame ? missed.result() : undefined }
}

/** `(QRESYNC (67890007 90060115194045000))`. */
function resumption({ uidValidity, highestModSeq }: MailboxSnapshot): CommandPart {
  const known = [CommandPart.number(uidValidity), CommandPart.number(highestModSeq)]
  return CommandPart.list([CommandPart.keywords('QRESYNC'), CommandPart.list(known)])
}

/** What a range of numbers takes of the memory, roughly. */
const RANGE_OCTETS = 50

/** Takes what a server says of the time that was missed. */
class MissedCollector {
  readonly #limit: number
  readonly #vanished: UidSet[] = []
  readonly #letters: FetchedLetter[] = []
  #octets = 0

  constructor({ maxBatchOctets }: ImapLimits) {
    this.#limit = maxBatchOctets
  }

  readonly answers: AnswerOptions = {
    onLetter: (letter, weightOctets) => {
      if (letter.uid === undefined) return false
      this.#letters.push(letter)
      this.#count(weightOctets)
      return true
    },
    onData: (response) => {
      if (response.kind !== 'vanished') return
      this.#vanished.push(response.uids)
      this.#count(RANGE_OCTETS * response.uids.ranges.length)
    },
  }

  result(): MissedChanges {
    return { vanished: UidSet.union(this.#vanished), letters: this.#letters }
  }

  #count(octets: number): void {
    this.#octets += octets
    if (this.#octets <= this.#limit) return
    const facts = { limit: this.#limit, value: this.#octets, option: 'limits.maxBatchOctets' }
    throw new LimitExceeded({ what: 'what has changed in a mailbox', ...facts })
  }
}

/**
 * Leaves the open mailbox.
 *
 * @param deleted what becomes of letters with `\Deleted`: `'expunge'` has the server remove them, without a word about each.
 */
export function* leave(session: ImapSession, deleted: 'keep' | 'expunge'): Dialog<void> {
  const { channel, capabilities } = session
  const { mailbox } = channel.state
  if (mailbox === undefined) return
  const canUnselect = capabilities.has('UNSELECT') || capabilities.has('IMAP4rev2')
  if (deleted === 'keep' && !canUnselect && !mailbox.isReadOnly) {
    // A mailbox that is open for reading loses nothing when it is closed (RFC 9051 §6.4.1).
    yield* select(session, mailbox.name, { access: 'read' })
  }
  const isUnselected = deleted === 'keep' && canUnselect
  yield* channel.execute(formatCommand(isUnselected ? 'UNSELECT' : 'CLOSE'))
  channel.state.begin(undefined)
}
