/**
 * The mail objects of the 1C:Enterprise platform: `InternetMail`, `InternetMailProfile`, `InternetMailMessage` and what belongs to them. The names are the platform's, spelled as TypeScript
 * spells; there case does not matter. The Russian names of the same objects are in `@obmen/mail/ru`.
 *
 * For new programs the objects of `@obmen/mail` are the better ones: they say more, and hold less in memory.
 *
 * @module
 */

export { BinaryData } from './model/internet-mail/binary-data.ts'
export {
  InternetMailAttachmentEncodingMode,
  InternetMailMessageImportance,
  InternetMailMessageNonAsciiSymbolsEncodingMode,
  InternetMailMessageParseStatus,
  InternetMailProtocol,
  InternetMailTextProcessing,
  InternetMailTextType,
  Pop3AuthenticationMode,
  SmtpAuthenticationMode,
} from './model/internet-mail/enumerations.ts'
export {
  InternetMailAddress,
  InternetMailAddresses,
} from './model/internet-mail/internet-mail-address.ts'
export {
  InternetMailAttachment,
  InternetMailAttachments,
} from './model/internet-mail/internet-mail-attachment.ts'
export { InternetMailMessage } from './model/internet-mail/internet-mail-message.ts'
export { InternetMailProfile } from './model/internet-mail/internet-mail-profile.ts'
export { InternetMailText, InternetMailTexts } from './model/internet-mail/internet-mail-text.ts'
export { InternetMail } from './model/internet-mail/internet-mail.ts'

export type { BinaryDataInput } from './model/internet-mail/binary-data.ts'
export type { InternetMailFilter } from './model/internet-mail/filter.ts'
export type { InternetMailMessageFlags } from './model/internet-mail/flags.ts'
export type {
  AttachableLetter,
  InternetMailAttachmentSource,
} from './model/internet-mail/internet-mail-attachment.ts'
export type { MessageReference } from './model/internet-mail/mail-receiver.ts'
