import type { Dialog } from '../wire/dialog.ts'
import type { CommandContent, ImapChannel } from './channel.ts'
import { CommandPart, formatCommand } from './command.ts'
import type { ImapCommand } from './command.ts'
import { ImapCapabilityMissing, ImapCommandRejected, ImapSizeExceeded } from './errors.ts'
import type { ImapFlag } from './fetch-response.ts'
import type { MailboxName } from './mailbox-name.ts'
import type { StatusResponse } from './response.ts'
import type { ImapSession } from './session.ts'

/** What a letter is to have in its mailbox beside its content. */
export interface AppendOptions {
  readonly flags?: readonly ImapFlag[]
  /** When it is to have been received; by default now. */
  readonly internalDate?: Date
  /** Whether its header section holds UTF-8 (RFC 6532). A server takes that only when it has agreed to UTF8=ACCEPT, and wants to be told (RFC 6855 §4). */
  readonly isUtf8?: boolean
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
 * @throws ImapCapabilityMissing when it is UTF-8 and the server has not agreed to that. Nothing was sent.
 * @throws ImapCommandRejected with `TRYCREATE` when there is no such mailbox.
 * @throws RangeError when the source has more or fewer octets than was said. The session is over then.
 */
export function* append(
  { channel, capabilities }: ImapSession,
  options: AppendOptions & { readonly mailbox: string | MailboxName },
  content: CommandContent,
): Dialog<AppendedLetter | undefined> {
  const { mailbox, flags = [], internalDate, isUtf8 = false } = options
  if (isUtf8 && !channel.state.takesUtf8) {
    throw new ImapCapabilityMissing(
      'UTF8=ACCEPT, or it was not enabled',
      'appending a letter in UTF-8',
    )
  }
  const { appendLimit } = capabilities
  if (appendLimit !== undefined && content.octetCount > appendLimit) {
    throw new ImapSizeExceeded(content.octetCount, appendLimit)
  }
  const parts = [CommandPart.mailbox(mailbox, channel.state.nameEncoding)]
  if (flags.length > 0) parts.push(CommandPart.list(flags.map((flag) => CommandPart.flag(flag))))
  if (internalDate !== undefined) parts.push(CommandPart.dateTime(internalDate))
  const command = formatCommand('APPEND', ...parts)
  const isNamed = isUtf8 && channel.state.enabled.has('UTF8=ACCEPT')
  const { code } = isNamed
    ? yield* uploadUtf8(channel, command, content)
    : yield* channel.upload(command, content)
  const [uid] = code?.name === 'APPENDUID' ? (code.uids?.ranges ?? []) : []
  if (uid === undefined || code?.number === undefined) return undefined
  return { uidValidity: code.number, uid: uid.first }
}

/**
 * As RFC 6855 §4 has it. RFC 9755, which came after it, leaves the word out, and Courier does not understand it (5.0.13): who refuses the command before its content
 * is asked without.
 */
function* uploadUtf8(
  channel: ImapChannel,
  command: ImapCommand,
  content: CommandContent,
): Dialog<StatusResponse> {
  let isBegun = false
  const source: AsyncIterator<Uint8Array> = {
    next: () => {
      isBegun = true
      return content.source.next()
    },
  }
  try {
    return yield* channel.upload(command, { ...content, source, isUtf8: true })
  } catch (error) {
    const isOfForm = error instanceof ImapCommandRejected && error.responseCode === undefined
    if (!isOfForm || isBegun) throw error
    return yield* channel.upload(command, content)
  }
}
