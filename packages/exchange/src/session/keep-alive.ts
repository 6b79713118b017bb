import type { Inbox } from '../transport/transport.ts'

/** A server may hang up after ten minutes without a word (RFC 1939 §3), and some firewalls after less than five. */
const KEEP_ALIVE_MS = 60_000

/**
 * Does work that takes an unknown time while the inbox is open. A connection that breaks meanwhile is told of by whatever uses it
 * next: the work itself does not need it.
 */
export async function keepAliveDuring<Result>(
  inbox: Inbox,
  work: () => Promise<Result>,
): Promise<Result> {
  let signs = Promise.resolve()
  const timer = setInterval(() => {
    signs = signs.then(async () => {
      try {
        await inbox.keepAlive?.()
      } catch (error) {
        if (!(error instanceof Error)) throw error
      }
    })
  }, KEEP_ALIVE_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    await signs
  }
}
