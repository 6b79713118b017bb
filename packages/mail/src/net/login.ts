import type { LoginCredentials } from '../sasl/credentials.ts'
import type { SaslEnvironment } from '../sasl/environment.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { Connection } from './connection.ts'
import { saslCrypto } from './crypto.ts'
import { certificateNameOf } from './host-name.ts'
import type { MailCredentials, MailServer } from './mail-server.ts'
import { pullTokens } from './token-source.ts'

/** What a session has to know of its connection to log in. */
export function environmentOf(server: MailServer, connection: Connection): SaslEnvironment {
  return {
    crypto: saslCrypto,
    host: certificateNameOf(server),
    port: server.port,
    isEncrypted: () => connection.isEncrypted,
    channelBinding: () => connection.channelBinding(),
  }
}

/** The credentials as a session takes them: a token is one that can be asked for. */
export function toLogin(
  credentials: MailCredentials,
  connection: Connection,
  { tokenMs }: Deadlines,
): LoginCredentials {
  if (credentials.kind !== 'token') return credentials
  const { token, ...rest } = credentials
  return { ...rest, tokens: pullTokens(token, { connection, timeoutMs: tokenMs }) }
}
