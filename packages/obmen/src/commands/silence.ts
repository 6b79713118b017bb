import { DeadlineExceeded } from '@obmen/mail/errors'
import type { Deadlines } from '@obmen/mail/smtp'

import { IMPLICIT_PORTS, type MailUrl } from '../config/mail-url.ts'
import { ServerSilent, type SilentServer } from '../errors/site-error.ts'
import type { Messages } from '../locale/messages.ts'
import type { Progress } from '../output/progress.ts'

/** A server greets within a second or two, unless it makes everybody wait; RFC 5321 §4.5.3.2.1 gives it five minutes, and nobody waits for that without a word. */
const SILENCE_MS = 10_000

/**
 * Somebody sits before a trial, or sends a letter by hand. The slowest servers greet within 30 seconds: those that keep strangers waiting on purpose do so for 5 to
 * 20. No other deadline of a conversation is as long, so that it is the greeting that did not come.
 */
const GREETING_MS = 30_000

/** Where a person waits. TLS from the beginning at a port that speaks first, or says nothing at all, waits for as long. All others are those of RFC 5321. */
export const PERSONAL_DEADLINES: Partial<Deadlines> = {
  greetingMs: GREETING_MS,
  tlsMs: GREETING_MS,
}

/** Which server is waited for, and where it is told. */
export interface Waiting {
  readonly url: MailUrl
  readonly progress: Pick<Progress, 'note'>
  readonly messages: Messages
}

/**
 * Opens a conversation within {@link PERSONAL_DEADLINES}, for what may not be set right yet, such as a port at which nobody speaks first. Throws
 * {@link ServerSilent} when it stays so.
 */
export async function withoutSilence<Opened>(
  { url, progress, messages }: Waiting,
  open: () => Promise<Opened>,
): Promise<Opened> {
  using _silence = watchSilence(url, progress, messages)
  try {
    return await open()
  } catch (error) {
    if (!isWithoutGreeting(error)) throw error
    throw new ServerSilent(describeSilence(url), GREETING_MS, { cause: error })
  }
}

function isWithoutGreeting(error: unknown): boolean {
  return (
    error instanceof DeadlineExceeded &&
    error.phase === 'receive' &&
    error.timeoutMs === GREETING_MS
  )
}

/**
 * Says so when a server that was connected to has said nothing for some time, and what may be the matter. To be disposed of as
 * soon as it has.
 *
 * @example
 * {
 *   using _silence = watchSilence(url, progress, messages)
 *   smtp = await openSmtp(server)
 * }
 */
export function watchSilence(
  url: MailUrl,
  progress: Pick<Progress, 'note'>,
  messages: Messages,
): Disposable {
  const silent = messages.exchange.silent(describeSilence(url))
  const timer = setTimeout(() => progress.note(silent), SILENCE_MS)
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}

/** What there is to say of a server that says nothing: whether it may be waiting for TLS. */
function describeSilence({ protocol, host, port, tls }: MailUrl): SilentServer {
  return {
    server: `${host}:${port}`,
    scheme: protocol,
    ...(tls !== 'implicit' && {
      encrypted: { scheme: `${protocol}s`, port: IMPLICIT_PORTS[protocol] },
    }),
  }
}
