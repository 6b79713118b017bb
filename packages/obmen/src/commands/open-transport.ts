import { MailTransport } from '@obmen/exchange/mail'
import type { Deadlines, ProtocolLog } from '@obmen/mail/smtp'

import { toIncomingServer, toMailServer } from '../site/mail-server.ts'
import type { Site } from '../site/open-site.ts'
import type { Invocation } from './command.ts'

/** Who stops the conversations with the mail servers, how long they may wait, and who watches the mailbox being looked through. */
export interface TransportWatch {
  readonly signal?: AbortSignal
  readonly deadlines?: Partial<Deadlines>
  readonly onLook?: (looked: number, letters: number) => void
  readonly onConnect?: (phase: 'begins' | 'is over') => void
}

/** Of a transport that only waits for letters. */
const NO_MEMORY = { all: () => new Set<string>(), replace: () => undefined }

/** The way to the mailbox of a site. With `--verbose` every line of the conversation goes to `log`. Throws {@link SecretMissing}. */
export function openTransport(
  { io, options }: Invocation,
  { config, database }: Pick<Site, 'config'> & Partial<Pick<Site, 'database'>>,
  { log, ...watch }: TransportWatch & { readonly log: ProtocolLog },
): MailTransport {
  return new MailTransport({
    plan: config.plan,
    address: config.address,
    smtp: toMailServer(config.send, io.env),
    ...toIncomingServer(config.receive, io.env),
    subjectPrefix: config.subjectPrefix,
    foreignLetters: database?.foreignLetters ?? NO_MEMORY,
    ...watch,
    ...(options.isSet('verbose') && { log }),
  })
}
