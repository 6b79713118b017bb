/**
 * Sending letters by SMTP: RFC 5321 with STARTTLS (RFC 3207), AUTH (RFC 4954), PIPELINING (RFC 2920), CHUNKING and BINARYMIME (RFC 3030), SIZE (RFC
 * 1870), 8BITMIME (RFC 6152), SMTPUTF8 (RFC 6531) and enhanced status codes (RFC 2034, RFC 3463); the wishes DSN (RFC 3461), REQUIRETLS (RFC 8689),
 * DELIVERBY (RFC 2852), MT-PRIORITY (RFC 6710) and FUTURERELEASE (RFC 4865); and LMTP (RFC 2033).
 *
 * @module
 */

export { Secret } from './base/secret.ts'
export { fileContent } from './net/file-octets.ts'
export { SmtpConnection, openSmtp } from './net/smtp-client.ts'
export { SmtpPool } from './net/smtp-pool.ts'
export { DEFAULT_SMTP_POOL_LIMITS } from './net/smtp-pool-options.ts'
export { formatEnhancedStatus } from './smtp/enhanced-status.ts'
export { SmtpExtensions } from './smtp/extensions.ts'
export { DEFAULT_SMTP_LIMITS } from './smtp/limits.ts'
export { ForwardPath, ReversePath } from './smtp/path.ts'
export { uniqueRecipients } from './smtp/unique-recipients.ts'
export { Reply } from './smtp/reply.ts'
export { PASSWORD_MECHANISM_NAMES } from './sasl/mechanism.ts'
export { DEFAULT_DEADLINES } from './wire/deadlines.ts'
export type {
  ClientCertificate,
  ConnectionOptions,
  MailCredentials,
  MailServer,
  TokenCredentials,
} from './net/mail-server.ts'
export type { LetterBody } from './base/canonical-letter.ts'
export type { SendOptions, SmtpOptions } from './net/smtp-client.ts'
export type { SendingRate } from './net/pace.ts'
export type { FileContent } from './net/file-octets.ts'
export type { ProxyServer } from './net/proxy-server.ts'
export type { SmtpPoolLimits, SmtpPoolOptions } from './net/smtp-pool-options.ts'
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
export type { EnhancedStatus } from './smtp/enhanced-status.ts'
export type { DeliverBy, DeliveryRequest, Notify, RecipientRequest } from './smtp/delivery.ts'
export type { Envelope, RecipientOutcome, SendingOutcome } from './smtp/envelope.ts'
export type { SmtpExtensionKeyword } from './smtp/extensions.ts'
export type { SmtpLimits } from './smtp/limits.ts'
export type { ReplySeverity } from './smtp/reply.ts'
export type { Deadlines } from './wire/deadlines.ts'
export type { ProtocolLog } from './wire/protocol-log.ts'
