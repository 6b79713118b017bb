import type { Dialog } from '../wire/dialog.ts'
import { DONE, formatCommand } from './command.ts'
import { noop } from './mailboxes.ts'
import type { ImapSession } from './session.ts'

/** How long one waits for something to change. */
export interface Patience {
  /** IDLE is begun anew after so long: servers end it after half an hour (RFC 2177 §3), and a line that is dead is noticed then. */
  readonly idleMs: number
  /** How often a server without IDLE is asked. */
  readonly pollMs: number
  /** Settles when there is something else to do. */
  readonly interrupt: PromiseLike<unknown>
}

/**
 * Waits once: until something has changed in the open mailbox, the time is over, or it is interrupted. A server that does not answer the end of IDLE within
 * `commandMs` is one that is not there any more.
 */
export function* awaitChange(session: ImapSession, patience: Patience): Dialog<void> {
  const { channel, capabilities } = session
  const { interrupt, idleMs, pollMs } = patience
  const canIdle = capabilities.has('IDLE') || capabilities.has('IMAP4rev2')
  if (!canIdle) {
    const octets = yield { kind: 'listen', forMs: pollMs, interrupt }
    if (octets) channel.take(octets)
    yield* noop(session)
    return
  }
  yield* channel.listen(
    formatCommand('IDLE'),
    function* () {
      if (channel.state.hasChanges) return undefined
      return (yield { kind: 'listen', forMs: idleMs, interrupt }) ?? undefined
    },
    DONE,
  )
}
