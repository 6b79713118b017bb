import type { ForwardPath } from '../smtp/path.ts'
import type { RecipientOutcome } from '../smtp/envelope.ts'

/** RFC 5321 §4.5.3.1.10: the server takes no more recipients for this letter now. */
const TOO_MANY_RECIPIENTS = 452

/**
 * The recipients that a server has put off because it takes only so many for one letter (RFC 3463: X.5.3): they get it in a transaction of their
 * own. None, when it took nobody: then it would take nobody next time either.
 */
export function leftOver(recipients: readonly RecipientOutcome[]): readonly ForwardPath[] {
  if (!recipients.some(({ kind }) => kind === 'accepted')) return []
  return recipients.flatMap(({ forwardPath, reply }) =>
    reply?.code === TOO_MANY_RECIPIENTS && isAboutNumber(reply.enhancedStatus) ? [forwardPath] : [],
  )
}

/** A server without enhanced codes has this one code for it. */
function isAboutNumber(
  status: { readonly subject: number; readonly detail: number } | undefined,
): boolean {
  return status === undefined || (status.subject === 5 && status.detail === 3)
}
