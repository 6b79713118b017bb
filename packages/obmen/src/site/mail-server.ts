import type { IncomingServer } from '@obmen/exchange/mail'
import type { MailServer } from '@obmen/mail/smtp'

import type { MailServerSetting } from '../config/config.ts'
import type { Environment } from '../config/load-config.ts'
import { readCertificates } from '../config/read-file.ts'
import { resolveSecret } from '../config/secrets.ts'

/** A mail server as it is connected to: with the password and the certificates that the configuration refers to. Throws {@link SecretMissing}. */
export function toMailServer(setting: MailServerSetting, env: Environment): MailServer {
  const { url, password, caFile, servername } = setting
  return {
    host: url.host,
    port: url.port,
    tls: url.tls,
    ...(caFile !== undefined && { ca: readCertificates(caFile) }),
    ...(servername !== undefined && { servername }),
    ...(url.user !== undefined &&
      password !== undefined && {
        credentials: {
          user: url.user,
          password: resolveSecret(password, env),
          ...(url.mechanism !== undefined && { mechanism: url.mechanism }),
        },
      }),
  }
}

/** The same for the server that letters come in by. */
export function toIncomingServer(setting: MailServerSetting, env: Environment): IncomingServer {
  const server = toMailServer(setting, env)
  const { protocol, mailbox } = setting.url
  if (protocol !== 'imap') return { pop3: server }
  return { imap: { ...server, ...(mailbox !== undefined && { mailbox }) } }
}
