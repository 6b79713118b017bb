import { NO_OCTETS } from '../base/octets.ts'
import type { Dialog } from '../wire/dialog.ts'
import { formatCommand } from './command.ts'
import type { ImapSession } from './session.ts'

/**
 * Has both sides compress from here on (COMPRESS, RFC 4978), if the server can. What is compressed with a secret tells of it by its size, so this is for
 * after the login.
 *
 * @returns the octets that came behind the server's consent, which are compressed already; `undefined` when it does not want to.
 */
export function* compress({ channel, capabilities }: ImapSession): Dialog<Uint8Array | undefined> {
  if (!capabilities.has('COMPRESS=DEFLATE')) return undefined
  const { status } = yield* channel.run(formatCommand('COMPRESS DEFLATE'))
  return status === 'OK' ? (channel.takeUnread() ?? NO_OCTETS) : undefined
}
