/**
 * Reading letters by POP3: RFC 1939 with CAPA (RFC 2449), STLS (RFC 2595), response codes (RFC 2449, RFC 3206) and AUTH (RFC 5034).
 *
 * @module
 */

export { Secret } from './base/secret.ts'
export { Pop3Connection, openPop3 } from './net/pop3-client.ts'
export { Pop3Capabilities } from './pop3/capabilities.ts'
export { DEFAULT_POP3_LIMITS } from './pop3/limits.ts'
export { DEFAULT_DEADLINES } from './wire/deadlines.ts'
export type {
  ClientCertificate,
  ConnectionOptions,
  MailCredentials,
  MailServer,
  TokenCredentials,
} from './net/mail-server.ts'
export type { Pop3Options } from './net/pop3-client.ts'
export type { LetterSink, Pop3Refusals, Pop3Top } from './pop3/batch.ts'
export type { Pop3Limits } from './pop3/limits.ts'
export type { MaildropStatus } from './pop3/maildrop.ts'
export type { Pop3Response, Pop3ResponseCode } from './pop3/response.ts'
export type { ProxyServer } from './net/proxy-server.ts'
export type { TokenProvider, TokenRequest } from './net/token-source.ts'
export type { ProxyCredentials } from './proxy/credentials.ts'
export type {
  AnonymousCredentials,
  ExternalCredentials,
  PasswordCredentials,
} from './sasl/credentials.ts'
export type { ChannelBindingType } from './sasl/environment.ts'
export type { SaslLimits } from './sasl/limits.ts'
export type {
  LoginName,
  MechanismName,
  PasswordLoginName,
  PasswordMechanismName,
  TokenMechanismName,
} from './sasl/mechanism.ts'
export type { Deadlines } from './wire/deadlines.ts'
export type { OctetSink } from './wire/dialog.ts'
export type { ProtocolLog } from './wire/protocol-log.ts'
