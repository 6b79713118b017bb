/** Opening and leaving mailboxes (RFC 9051 §6.3.2, §6.3.3, §6.4.1, §6.4.2). One is open at a time. */

import type { Dialog } from '../wire/dialog.ts'
import { CommandPart, formatCommand } from './command.ts'
import { MailboxName } from './mailbox-name.ts'
import type { ImapSession } from './session.ts'
import { MailboxState } from './session-state.ts'
import type { MailboxAccess } from './session-state.ts'

/** Opens a mailbox, and leaves the one that was open, whether or not that succeeds. */
export function* select(
  { channel }: ImapSession,
  mailboxName: string | MailboxName,
  access: MailboxAccess,
): Dialog<MailboxState> {
  const name = MailboxName.of(mailboxName)
  const part = CommandPart.mailbox(name, channel.state.nameEncoding)
  const command = formatCommand(access === 'read' ? 'EXAMINE' : 'SELECT', part)
  channel.state.begin(new MailboxState(name, access))
  try {
    yield* channel.execute(command)
  } catch (error) {
    channel.state.begin(undefined)
    throw error
  }
  // What was said while it opened is how it is, and no change.
  channel.state.takeChanges()
  const { mailbox = new MailboxState(name, access) } = channel.state
  return mailbox
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
    yield* select(session, mailbox.name, 'read')
  }
  const isUnselected = deleted === 'keep' && canUnselect
  yield* channel.execute(formatCommand(isUnselected ? 'UNSELECT' : 'CLOSE'))
  channel.state.begin(undefined)
}
