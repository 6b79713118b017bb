/** STORE, COPY, MOVE, EXPUNGE and APPEND (RFC 9051 §6.3.12, §6.4). */

import { UidSet } from '../../imap/number-set.ts'
import type { MailboxCommand } from '../../imap/server-command.ts'
import type { Mailbox } from '../mailbox.ts'
import type { StoredLetter } from '../stored-letter.ts'
import type { NumberedLetter, OpenMailbox } from './open-mailbox.ts'
import { no, ok, type Outcome } from './outcome.ts'
import { line } from './response-writer.ts'

type Command<Name extends MailboxCommand['name']> = Extract<MailboxCommand, { name: Name }>

const READ_ONLY = no('[NOPERM] the mailbox is open for reading only')
const NO_TARGET = no('[TRYCREATE] there is no such mailbox')
const FULL = no('[OVERQUOTA] the mailbox is full')

/** Where letters go, and whether the client is told their new names (UIDPLUS, RFC 4315). */
export interface Target {
  readonly mailbox: Mailbox | undefined
  readonly tellsUids: boolean
}

export function storeFlags(
  open: OpenMailbox,
  letters: readonly NumberedLetter[],
  { command, countsChanges }: { readonly command: Command<'STORE'>; countsChanges: boolean },
): Outcome {
  if (open.isReadOnly) return READ_ONLY
  const { unchangedSince = Infinity, isSilent, isByUid } = command
  const changed = letters.filter(({ letter }) => letter.modSeq <= unchangedSince)
  const refused = letters.filter(({ letter }) => letter.modSeq > unchangedSince)
  const lines: Uint8Array[] = []
  for (const { number, letter } of changed) {
    const { uid } = letter
    open.mailbox.setFlags(uid, flagsAfter(letter, command))
    open.forgetFlags(uid)
    const now = open.mailbox.letter(uid)
    if (now === undefined) continue
    if (!isSilent) lines.push(open.flagsLine({ number, letter: now }))
    else if (countsChanges)
      lines.push(line(`* ${number} FETCH (UID ${uid} MODSEQ (${now.modSeq}))`))
  }
  if (refused.length === 0) return ok('flags are changed', lines)
  const numbers = refused.map(({ number, letter }) => (isByUid ? letter.uid : number))
  return ok(`[MODIFIED ${UidSet.of(numbers).toString()}] some have changed meanwhile`, lines)
}

function flagsAfter(
  { flags }: StoredLetter,
  { change, flags: named }: Pick<Command<'STORE'>, 'change' | 'flags'>,
): ReadonlySet<string> {
  const wanted = new Set(withoutRecent(named))
  if (change === 'set') return wanted
  return change === 'add' ? flags.union(wanted) : flags.difference(wanted)
}

const SYSTEM_FLAGS = ['\\Answered', '\\Deleted', '\\Draft', '\\Flagged', '\\Seen'] as const

/** What every mailbox has (RFC 9051 §2.3.2). */
export const FLAGS: string = SYSTEM_FLAGS.join(' ')

/** Case does not matter in those of the standard, and nobody can set `\Recent`. */
function withoutRecent(flags: readonly string[]): readonly string[] {
  return flags
    .filter((flag) => flag.toLowerCase() !== '\\recent')
    .map((flag) => SYSTEM_FLAGS.find((known) => known.toLowerCase() === flag.toLowerCase()) ?? flag)
}

export function transferLetters(
  open: OpenMailbox,
  letters: readonly NumberedLetter[],
  { name, target }: { readonly name: 'COPY' | 'MOVE'; readonly target: Target },
): Outcome {
  const { mailbox, tellsUids } = target
  if (mailbox === undefined) return NO_TARGET
  const isMove = name === 'MOVE'
  if (isMove && open.isReadOnly) return READ_ONLY
  const size = letters.reduce((octets, { letter }) => octets + letter.sizeOctets, 0)
  // What is moved takes no more room than before, but for a moment.
  if (!isMove && !mailbox.hasRoomFor(size)) return FULL
  const sources = letters.map(({ letter }) => letter.uid)
  const targets = letters.map(({ letter }) => mailbox.put(letter.octets, letter).uid)
  const isTold = tellsUids && letters.length > 0 && mailbox.uidValidity !== undefined
  const code = isTold
    ? `[COPYUID ${mailbox.uidValidity} ${UidSet.of(sources).toString()} ${UidSet.of(targets).toString()}] `
    : ''
  if (!isMove) return ok(`${code}copied`)
  for (const uid of sources) open.mailbox.remove(uid)
  // RFC 6851 §4.3: it is told before the letters go.
  const told = isTold ? [line(`* OK ${code}moved`)] : []
  return ok('moved', [...told, ...open.takeNews('told')])
}

/** Removes what is marked as deleted: of all letters that the client knows, or of these. */
export function expungeLetters(
  open: OpenMailbox,
  letters: readonly NumberedLetter[] = open.all(),
): Outcome {
  if (open.isReadOnly) return READ_ONLY
  for (const { letter } of letters) {
    if (letter.flags.has('\\Deleted')) open.mailbox.remove(letter.uid)
  }
  return ok('deleted letters are removed')
}

export function appendLetter({ mailbox, tellsUids }: Target, command: Command<'APPEND'>): Outcome {
  if (mailbox === undefined) return NO_TARGET
  const { octets, flags, internalDate } = command
  if (!mailbox.hasRoomFor(octets.length)) return FULL
  const { uid } = mailbox.put(octets, {
    flags: withoutRecent(flags),
    ...(internalDate === undefined ? {} : { internalDate }),
  })
  const isTold = tellsUids && mailbox.uidValidity !== undefined
  return ok(`${isTold ? `[APPENDUID ${mailbox.uidValidity} ${uid}] ` : ''}appended`)
}
