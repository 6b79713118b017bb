/**
 * Reading and keeping letters by IMAP: RFC 3501 and RFC 9051, with the extensions that servers have.
 *
 * @module
 */

export { Secret } from './base/secret.ts'
export { ImapCapabilities } from './imap/capabilities.ts'
export { DEFAULT_IMAP_LIMITS } from './imap/limits.ts'
export { MailboxName } from './imap/mailbox-name.ts'
export { SequenceSet, UidSet } from './imap/number-set.ts'
export { ImapConnection, openImap } from './net/imap-client.ts'
export { followMailbox } from './net/imap-follow.ts'
export { ImapMailbox } from './net/imap-mailbox.ts'
export { DEFAULT_DEADLINES } from './wire/deadlines.ts'
export type { AppendedLetter, AppendOptions } from './imap/append.ts'
export type { BodyDisposition, BodyPart } from './imap/body-structure.ts'
export type { EnvelopeAddress, ImapEnvelope } from './imap/envelope.ts'
export type { FetchItems, LetterSection, SectionOutcome } from './imap/fetch.ts'
export type { FetchDefect, FetchedLetter, FetchedSection, ImapFlag } from './imap/fetch-response.ts'
export type { CopiedLetters, FlagChange } from './imap/letters.ts'
export type { ImapLimits } from './imap/limits.ts'
export type {
  ImapNamespaces,
  ListOptions,
  MailboxEntry,
  QuotaRoot,
  StatusItem,
} from './imap/mailboxes.ts'
export type { NumberRange } from './imap/number-set.ts'
export type {
  ListedMailbox,
  MailboxAttribute,
  MailboxStatus,
  Namespace,
  QuotaResource,
} from './imap/response.ts'
export type { ImapResponseCode } from './imap/response-code.ts'
export type { SearchCriteria } from './imap/search.ts'
export type { MailboxSnapshot, MissedChanges } from './imap/selection.ts'
export type { ImapExtension } from './imap/session.ts'
export type { MailboxChange } from './imap/session-state.ts'
export type { FetchedOrRefused } from './net/fetch-each.ts'
export type { ImapOptions } from './net/imap-client.ts'
export type { FollowOptions, MailboxEvent } from './net/imap-follow.ts'
export type { LetterContent } from './net/imap-content.ts'
export type {
  ClientCertificate,
  ConnectionOptions,
  MailCredentials,
  MailServer,
  TokenCredentials,
} from './net/mail-server.ts'
export type { TokenProvider, TokenRequest } from './net/token-source.ts'
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
  PasswordMechanismName,
  TokenMechanismName,
} from './sasl/mechanism.ts'
export type { Deadlines } from './wire/deadlines.ts'
export type { OctetSink } from './wire/dialog.ts'
export type { ProtocolLog } from './wire/protocol-log.ts'
