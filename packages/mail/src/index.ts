/**
 * Letters, sending and receiving them, by the object model of 1C:Enterprise.Element: `SmtpClient`, `Email`, `ImapConnection`, `Pop3Connection` and what belongs to them. Its types have the
 * names that they have there; what goes beyond it says so ("an extension"). The Russian names are in `@obmen/mail/ru`, and mean the same objects.
 *
 * Below it lie `@obmen/mail/smtp`, `@obmen/mail/pop3`, `@obmen/mail/imap` and `@obmen/mail/mime`, for whoever wants every reply and every octet.
 *
 * @module
 */

export { Secret } from './base/secret.ts'
export {
  AnonymousEmailAuthentication,
  EmailAuthentication,
  ExternalEmailAuthentication,
  OAuth2EmailAuthentication,
  PasswordEmailAuthentication,
} from './model/email-authentication.ts'
export { EmailAddress } from './model/email-address.ts'
export { EmailAttachment } from './model/email-attachment.ts'
export { EmailConnectionParameters } from './model/email-connection-parameters.ts'
export {
  EmailAddressException,
  EmailException,
  EmailSendingException,
} from './model/email-exception.ts'
export { EmailDirectoryKind } from './model/email-directory-kind.ts'
export { EmailFlag } from './model/email-flag.ts'
export { EmailHeaders } from './model/email-headers.ts'
export { EmailImportance } from './model/email-importance.ts'
export { EmailTextKind } from './model/email-text-kind.ts'
export { EmailTextPart } from './model/email-text-part.ts'
export { Email } from './model/email.ts'
export { EmailsSendingResult } from './model/emails-sending-result.ts'
export { Exception, IllegalArgumentException, IllegalStateException } from './model/exception.ts'
export { ImapConnectionEmail, ImapConnectionEmailHeaders } from './model/imap-connection-email.ts'
export { ImapConnection } from './model/imap-connection.ts'
export { ImapConnectionParameters } from './model/imap-connection-parameters.ts'
export { ConnectionEmail, ConnectionEmailHeaders } from './model/connection-email.ts'
export { ImapDirectoryCounts } from './model/imap-directory-counts.ts'
export { ImapDirectoryOpenMode } from './model/imap-directory-open-mode.ts'
export { ImapEmailDirectory } from './model/imap-email-directory.ts'
export {
  EmailDeletionException,
  EmailDirectoryNotFoundException,
  MailboxException,
} from './model/mailbox-exception.ts'
export { Pop3Connection } from './model/pop3-connection.ts'
export { Pop3ConnectionParameters } from './model/pop3-connection-parameters.ts'
export { SecureConnectionParameters } from './model/secure-connection-parameters.ts'
export { SmtpClient } from './model/smtp-client.ts'
export { SmtpConnectionParameters } from './model/smtp-connection-parameters.ts'

export type { AttachmentData, OctetStream } from './model/attachment-content.ts'
export type { Duration, DurationParts } from './model/duration.ts'
export type { AddressInput, EmailAddressArguments } from './model/email-address.ts'
export type { AttachmentArguments, AttachmentOptions } from './model/email-attachment.ts'
export type {
  OAuth2EmailAuthenticationArguments,
  PasswordEmailAuthenticationArguments,
} from './model/email-authentication.ts'
export type { EmailConnectionArguments } from './model/email-connection-parameters.ts'
export type { SendingFailure } from './model/email-exception.ts'
export type { EmailTextPartArguments } from './model/email-text-part.ts'
export type { EmailArguments, PreparedEmail } from './model/email.ts'
export type { ExceptionArguments } from './model/exception.ts'
export type { MailboxOptions } from './model/lazy-session.ts'
export type { HeaderValue } from './model/header-operations.ts'
export type { SecureConnectionParametersArguments } from './model/secure-connection-parameters.ts'
export type { SearchCriteria } from './imap/search.ts'
export type { SendingOptions, SendingProgress } from './model/send-emails.ts'
export type { DeliverBy, DeliveryRequest, Notify } from './smtp/delivery.ts'
export type { ProxyServer } from './net/proxy-server.ts'
export type { ProxyCredentials } from './proxy/credentials.ts'
