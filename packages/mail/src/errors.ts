/**
 * Every error that this package throws, beside `TypeError` and `RangeError` for a caller's mistake.
 *
 * | code | class | what to conclude |
 * |---|---|---|
 * | `ADDRESS_INVALID` | {@link AddressInvalid} | nothing can be sent to this text |
 * | `HEADER_INVALID` | {@link HeaderInvalid} | this can't stand in a header section |
 * | `ATTACHED_LETTER_INVALID` | {@link AttachedLetterInvalid} | the attached letter has to be mended or packed |
 * | `LIMIT_EXCEEDED` | {@link LimitExceeded} | something from outside is larger than allowed |
 * | `CONNECTION_FAILED` | {@link ConnectionFailed} | there is no way to the server now |
 * | `PROXY_FAILED` | {@link ProxyFailed} | there is no way through the proxy |
 * | `CONNECTION_LOST` | {@link ConnectionLost} | connect again |
 * | `DEADLINE_EXCEEDED` | {@link DeadlineExceeded} | the server took too long; connect again |
 * | `ABORTED` | {@link Aborted} | the caller gave up |
 * | `PROTOCOL_VIOLATION` | {@link ProtocolViolation} | what answers is no such server, or a broken one |
 * | `TLS_UNAVAILABLE` | {@link TlsUnavailable} | STARTTLS is not to be had, so nothing was sent |
 * | `TLS_FAILED` | {@link TlsFailed} | the server is not who it should be, so nothing was sent |
 * | `AUTHENTICATION_FAILED` | {@link AuthenticationFailed} | the credentials were refused |
 * | `NO_USABLE_MECHANISM` | {@link NoUsableMechanism} | there is no way to log in, so no credentials were sent |
 * | `SMTP_REPLY_REJECTED` | {@link SmtpReplyRejected} | the server does not want this client |
 * | `SMTP_CAPABILITY_MISSING` | {@link SmtpCapabilityMissing} | the letter needs what the server does not have |
 * | `SMTP_SIZE_EXCEEDED` | {@link SmtpSizeExceeded} | the letter is larger than the server takes |
 * | `SMTP_CONTENT_INVALID` | {@link SmtpContentInvalid} | the content has to be encoded; nobody has the letter |
 * | `POP3_RESPONSE_REJECTED` | {@link Pop3ResponseRejected} | the command was refused, the session goes on |
 * | `POP3_DELETIONS_UNCONFIRMED` | {@link Pop3DeletionsUnconfirmed} | the letters may come again |
 * | `IMAP_COMMAND_REJECTED` | {@link ImapCommandRejected} | the command was refused, the session goes on |
 * | `IMAP_CAPABILITY_MISSING` | {@link ImapCapabilityMissing} | the server does not have what this needs |
 * | `IMAP_SIZE_EXCEEDED` | {@link ImapSizeExceeded} | the letter is larger than the server takes |
 * | `DKIM_KEY_UNUSABLE` | {@link DkimKeyUnusable} | the key can't sign, so nothing is sent |
 * | `DKIM_CONTENT_CHANGED` | {@link DkimContentChanged} | a file changed after signing, so nothing was delivered; sign again |
 * | `EMAIL_ADDRESS_INVALID` | {@link EmailAddressException} | nothing can be sent to this text |
 * | `EMAIL_NOT_SENT` | {@link EmailSendingException} | not everybody has got the letter; `outcome` says more |
 * | `MAILBOX_FAILED` | {@link MailboxException} | the mailbox could not be read or changed; `cause` says why |
 * | `EMAIL_NOT_DELETED` | {@link EmailDeletionException} | the letters may come again |
 * | `EMAIL_DIRECTORY_NOT_FOUND` | {@link EmailDirectoryNotFoundException} | there is no such directory |
 * | `ILLEGAL_ARGUMENT` | {@link IllegalArgumentException} | the value can't be what it was given as |
 * | `ILLEGAL_STATE` | {@link IllegalStateException} | the object can't do this now |
 *
 * @module
 *
 * @example
 * ```ts
 * import type { AnyMailError } from '@obmen/mail/errors'
 *
 * function advise(error: AnyMailError): string {
 *   switch (error.code) {
 *     case 'SMTP_SIZE_EXCEEDED':
 *       return `divide it into letters of ${error.limitOctets} octets`
 *     default:
 *       return error.hint ?? (error.transient ? 'try again later' : 'nothing can be done')
 *   }
 * }
 * ```
 */

import type { AddressInvalid } from './address/errors.ts'
import type { LimitExceeded } from './base/limit-exceeded.ts'
import type { ImapCapabilityMissing, ImapCommandRejected, ImapSizeExceeded } from './imap/errors.ts'
import type { AttachedLetterInvalid, HeaderInvalid } from './mime/errors.ts'
import type { DkimContentChanged, DkimKeyUnusable } from './dkim/errors.ts'
import type { EmailAddressException, EmailSendingException } from './model/email-exception.ts'
import type { IllegalArgumentException, IllegalStateException } from './model/exception.ts'
import type {
  EmailDeletionException,
  EmailDirectoryNotFoundException,
  MailboxException,
} from './model/mailbox-exception.ts'
import type { Aborted, ConnectionFailed, DeadlineExceeded, TlsFailed } from './net/errors.ts'
import type { Pop3DeletionsUnconfirmed, Pop3ResponseRejected } from './pop3/errors.ts'
import type { ProxyFailed } from './proxy/errors.ts'
import type { AuthenticationFailed, NoUsableMechanism } from './sasl/errors.ts'
import type {
  SmtpCapabilityMissing,
  SmtpContentInvalid,
  SmtpReplyRejected,
  SmtpSizeExceeded,
} from './smtp/errors.ts'
import type { ConnectionLost, ProtocolViolation, TlsUnavailable } from './wire/errors.ts'

export { AddressInvalid } from './address/errors.ts'
export { LimitExceeded } from './base/limit-exceeded.ts'
export { MailError } from './base/mail-error.ts'
export { ImapCapabilityMissing, ImapCommandRejected, ImapSizeExceeded } from './imap/errors.ts'
export { AttachedLetterInvalid, HeaderInvalid } from './mime/errors.ts'
export { DkimContentChanged, DkimKeyUnusable } from './dkim/errors.ts'
export {
  EmailAddressException,
  EmailException,
  EmailSendingException,
} from './model/email-exception.ts'
export { Exception, IllegalArgumentException, IllegalStateException } from './model/exception.ts'
export {
  EmailDeletionException,
  EmailDirectoryNotFoundException,
  MailboxException,
} from './model/mailbox-exception.ts'
export { Aborted, ConnectionFailed, DeadlineExceeded, TlsFailed } from './net/errors.ts'
export { Pop3DeletionsUnconfirmed, Pop3ResponseRejected } from './pop3/errors.ts'
export { ProxyFailed } from './proxy/errors.ts'
export { AuthenticationFailed, NoUsableMechanism } from './sasl/errors.ts'
export {
  SmtpCapabilityMissing,
  SmtpContentInvalid,
  SmtpReplyRejected,
  SmtpSizeExceeded,
} from './smtp/errors.ts'
export { ConnectionLost, ProtocolViolation, TlsUnavailable } from './wire/errors.ts'
export type { MailErrorCode, MailErrorFacts } from './base/mail-error.ts'
export type { AttachedLetterFlaw } from './mime/errors.ts'
export type { DkimKeyCheck } from './dkim/errors.ts'
export type { DeadlinePhase, TlsCheck } from './net/errors.ts'
export type { SmtpCapability } from './smtp/errors.ts'
export type { ProxyFailure, ProxyName } from './proxy/errors.ts'

/** All classes of errors, so that `switch (error.code)` knows what each carries. */
export type AnyMailError =
  | AddressInvalid
  | HeaderInvalid
  | AttachedLetterInvalid
  | LimitExceeded
  | ConnectionFailed
  | ProxyFailed
  | ConnectionLost
  | DeadlineExceeded
  | Aborted
  | ProtocolViolation
  | TlsUnavailable
  | TlsFailed
  | AuthenticationFailed
  | NoUsableMechanism
  | SmtpReplyRejected
  | SmtpCapabilityMissing
  | SmtpSizeExceeded
  | SmtpContentInvalid
  | Pop3ResponseRejected
  | Pop3DeletionsUnconfirmed
  | ImapCommandRejected
  | ImapCapabilityMissing
  | ImapSizeExceeded
  | DkimKeyUnusable
  | DkimContentChanged
  | EmailAddressException
  | EmailSendingException
  | MailboxException
  | EmailDeletionException
  | EmailDirectoryNotFoundException
  | IllegalArgumentException
  | IllegalStateException
