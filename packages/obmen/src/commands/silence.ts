import { IMPLICIT_PORTS, type MailUrl } from '../config/mail-url.ts'
import type { SilentServer } from '../errors/site-error.ts'
import type { Messages } from '../locale/messages.ts'
import type { Progress } from '../output/progress.ts'

/** A server greets within a second or two, unless it makes everybody wait; RFC 5321 §4.5.3.2.1 gives it five minutes, and nobody waits for that without a word. */
const SILENCE_MS = 10_000

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
export function describeSilence({ protocol, host, port, tls }: MailUrl): SilentServer {
  return {
    server: `${host}:${port}`,
    scheme: protocol,
    ...(tls !== 'implicit' && {
      encrypted: { scheme: `${protocol}s`, port: IMPLICIT_PORTS[protocol] },
    }),
  }
}
