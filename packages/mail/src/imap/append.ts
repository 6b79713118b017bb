import type { Dialog } from '../wire/dialog.ts'
import type { CommandContent } from './channel.ts'
import { CommandPart, formatCommand } from './command.ts'
import { ImapSizeExceeded } from './errors.ts'
import type { ImapFlag } from './fetch-response.ts'
import type { MailboxName } from './mailbox-name.ts'
import type { ImapSession } from './session.ts'

/** What a letter is to have in its mailbox beside its content. */
export interface AppendOptions {
  readonly flags?: readonly ImapFlag[]
  /** When it is to have been received; by default now. */
  readonly internalDate?: Date
}

/** Where an appended letter is (RFC 4315 §3). */
export interface AppendedLetter {
  readonly uidValidity: number
  readonly uid: number
}

/**
 * Puts a letter into a mailbox (RFC 9051 §6.3.12), its content piece by piece.
 *
 * @returns where it is; `undefined` when the server does not say, for want of UIDPLUS.
 * @throws ImapSizeExceeded before anything is sent.
 * @throws ImapCommandRejected with `TRYCREATE` when there is no such mailbox.
 * @throws RangeError when the source has more or fewer octets than was said. The session is over then.
 */
export function* append(
  { channel, capabilities }: ImapSession,
  { mailbox, flags = [], internalDate }: AppendOptions & { readonly mailbox: string | MailboxName },
  content: CommandContent,
): Dialog<AppendedLetter | undefined> {
  const { appendLimit } = capabilities
  if (appendLimit !== undefined && content.octetCount > appendLimit) {
    throw new ImapSizeExceeded(content.octetCount, appendLimit)
  }
  const parts = [CommandPart.mailbox(mailbox, channel.state.nameEncoding)]
  if (flags.length > 0) parts.push(CommandPart.list(flags.map((flag) => CommandPart.flag(flag))))
  if (internalDate !== undefined) parts.push(CommandPart.dateTime(internalDate))
  const { code } = yield* channel.upload(formatCommand('APPEND', ...parts), content)
  const [uid] = code?.name === 'APPENDUID' ? (code.uids?.ranges ?? []) : []
  if (uid === undefined || code?.number === undefined) return undefined
  return { uidValidity: code.number, uid: uid.first }
}
