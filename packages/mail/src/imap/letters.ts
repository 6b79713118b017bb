/** Changing letters of the open mailbox: flags, copies, moves, removal (RFC 9051 §6.4.3, §6.4.6 to §6.4.9). */

import type { Dialog } from '../wire/dialog.ts'
import type { AnswerOptions } from './channel.ts'
import { CommandPart, formatCommand } from './command.ts'
import { ImapCapabilityMissing } from './errors.ts'
import type { ImapFlag } from './fetch-response.ts'
import type { MailboxName } from './mailbox-name.ts'
import type { UidSet } from './number-set.ts'
import type { ResponseCode } from './response-code.ts'
import type { ImapSession } from './session.ts'

/** What to do with flags: `'set'` replaces all that a letter has. */
export type FlagChange = 'add' | 'remove' | 'set'

const STORE_ITEMS: Readonly<Record<FlagChange, string>> = {
  add: '+FLAGS.SILENT',
  remove: '-FLAGS.SILENT',
  set: 'FLAGS.SILENT',
}

/** Letters that are gone meanwhile are passed over. */
export function* store(
  { channel }: ImapSession,
  uids: UidSet,
  { change, flags }: { readonly change: FlagChange; readonly flags: readonly ImapFlag[] },
): Dialog<void> {
  const item = CommandPart.keywords(STORE_ITEMS[change])
  const list = CommandPart.list(flags.map((flag) => CommandPart.flag(flag)))
  // Some servers repeat what they were told, silent or not. That is no change that anybody has to hear of.
  const onLetter: AnswerOptions['onLetter'] = ({ uid }) => uid !== undefined && uids.has(uid)
  for (const portion of uids.forCommands()) {
    const command = formatCommand('UID STORE', CommandPart.set(portion), item, list)
    yield* channel.execute(command, { onLetter })
  }
}

/** Which letters were copied, and what they are called where they are now (RFC 4315 §3). Their order is the same. */
export interface CopiedLetters {
  /** Of the mailbox that they are in now. */
  readonly uidValidity: number
  readonly sourceUids: readonly number[]
  readonly targetUids: readonly number[]
}

/** @returns what the server said of it: nothing when it does not have UIDPLUS, or no letter was there to be copied. */
export function* copy(
  session: ImapSession,
  uids: UidSet,
  target: string | MailboxName,
): Dialog<readonly CopiedLetters[]> {
  return yield* transfer(session, 'UID COPY', { uids, target })
}

/**
 * Moves letters (RFC 6851). A server without MOVE is asked for a copy, and then to remove the originals, which can be told from other letters that are
 * marked `\Deleted` only with UIDPLUS.
 *
 * @throws ImapCapabilityMissing when the server has neither. Nothing was done.
 */
export function* move(
  session: ImapSession,
  uids: UidSet,
  target: string | MailboxName,
): Dialog<readonly CopiedLetters[]> {
  const { capabilities } = session
  if (capabilities.has('MOVE') || capabilities.has('IMAP4rev2')) {
    return yield* transfer(session, 'UID MOVE', { uids, target })
  }
  requireUidPlus(session, 'moving letters')
  const copied = yield* transfer(session, 'UID COPY', { uids, target })
  yield* store(session, uids, { change: 'add', flags: ['\\Deleted'] })
  yield* expunge(session, uids)
  return copied
}

/**
 * Removes letters that are marked `\Deleted`, for good: all, or those of these.
 *
 * @throws ImapCapabilityMissing when some are named and the server does not have UIDPLUS. Nothing was done.
 */
export function* expunge(session: ImapSession, uids?: UidSet): Dialog<void> {
  if (uids === undefined) {
    yield* session.channel.execute(formatCommand('EXPUNGE'))
    return
  }
  requireUidPlus(session, 'removing some letters and no others')
  for (const portion of uids.forCommands()) {
    yield* session.channel.execute(formatCommand('UID EXPUNGE', CommandPart.set(portion)))
  }
}

function requireUidPlus({ capabilities }: ImapSession, attempt: string): void {
  if (capabilities.has('UIDPLUS') || capabilities.has('IMAP4rev2')) return
  throw new ImapCapabilityMissing('UIDPLUS', attempt)
}

function* transfer(
  { channel }: ImapSession,
  keywords: 'UID COPY' | 'UID MOVE',
  { uids, target }: { readonly uids: UidSet; readonly target: string | MailboxName },
): Dialog<readonly CopiedLetters[]> {
  const mailbox = CommandPart.mailbox(target, channel.state.nameEncoding)
  const copied: CopiedLetters[] = []
  for (const portion of uids.forCommands()) {
    let said: ResponseCode | undefined
    // MOVE says it before the letters go, and so without a tag (RFC 6851 §4.3).
    const onData: AnswerOptions['onData'] = (response) => {
      if (response.kind === 'status' && response.code?.name === 'COPYUID') said = response.code
    }
    const command = formatCommand(keywords, CommandPart.set(portion), mailbox)
    const { code } = yield* channel.execute(command, { onData })
    const some = copiedOf(code?.name === 'COPYUID' ? code : said)
    if (some !== undefined) copied.push(some)
  }
  return copied
}

/** A server that says something else than pairs says nothing that could be relied on. */
function copiedOf(code: ResponseCode | undefined): CopiedLetters | undefined {
  const { number, uids, targetUids } = code ?? {}
  const isPaired = uids?.size !== undefined && uids.size === targetUids?.size
  if (number === undefined || !isPaired || uids.size > MAX_COPIED) return undefined
  return {
    uidValidity: number,
    sourceUids: [...uids.numbers()],
    targetUids: [...targetUids.numbers()],
  }
}

/** More letters than one command can name one by one: `1:4294967295` is easily written. */
const MAX_COPIED = 1_000_000
