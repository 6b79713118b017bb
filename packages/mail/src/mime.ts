/**
 * Letters: addresses, writing, reading. Nothing here does I/O.
 *
 * @module
 */

export type { ContentUse } from './base/content-use.ts'
export { toAsciiDomain } from './address/a-label.ts'
export { formatAddressList, mailboxesOf, parseAddressList } from './address/address-list.ts'
export { AddressInvalid } from './address/errors.ts'
export { MailboxAddress } from './address/mailbox-address.ts'
export { parseAddressField } from './mime/address-field.ts'
export { Base64Decoder, Base64Encoder, base64Size } from './mime/base64.ts'
export { createTextDecoder, decodeText } from './mime/charset.ts'
export { composeMessage } from './mime/compose-message.ts'
export { parseContentDisposition, parseContentType } from './mime/content-type.ts'
export { formatDateTime, parseDateTime } from './mime/date-time.ts'
export { DEFECT_KINDS } from './mime/defect.ts'
export { DELIVERY_ACTIONS, readDeliveryStatus } from './mime/delivery-status.ts'
export { readDispositionStatus } from './mime/disposition-notification.ts'
export { encodeUnstructured } from './mime/encode-text.ts'
export { decodeEncodedWords } from './mime/encoded-word.ts'
export { AttachedLetterInvalid, HeaderInvalid } from './mime/errors.ts'
export { safeFileName } from './mime/file-name.ts'
export { foldField } from './mime/fold-field.ts'
export { DEFAULT_HEADER_LIMITS, HeaderSection, parseHeaderSection } from './mime/header-section.ts'
export { readTextLines } from './mime/format-flowed.ts'
export { mediaTypeOf } from './mime/media-types.ts'
export { formatMessageId, parseMessageId, parseMessageIds } from './mime/message-id.ts'
export { readMessagePartial } from './mime/message-partial.ts'
export { DEFAULT_MESSAGE_LIMITS, MessageReader } from './mime/parse-message.ts'
export { parseParameterizedValue } from './mime/parameter.ts'
export { readAddressField } from './mime/read-address-field.ts'
export {
  DEFAULT_REPORT_LIMITS,
  readDeliveryReport,
  readDispositionNotification,
  ReportReader,
} from './mime/report.ts'
export { encodeQuotedPrintable, QuotedPrintableDecoder } from './mime/quoted-printable.ts'
export { createTransferDecoder } from './mime/transfer-encoding.ts'

export type { AddressGroup, AddressListEntry } from './address/address-list.ts'
export type { MailboxParts } from './address/mailbox-address.ts'
export type { DecoderOptions } from './mime/base64.ts'
export type { CharsetDecoder, DecodedText } from './mime/charset.ts'
export type { ComposedMessage } from './mime/compose-message.ts'
export type { ContentDisposition, ContentType } from './mime/content-type.ts'
export type { Defect, DefectKind, ReportDefect } from './mime/defect.ts'
export type { AttachedLetterFlaw } from './mime/errors.ts'
export type { DeliveryAction, DeliveryStatus, RecipientReport } from './mime/delivery-status.ts'
export type { Disposition, DispositionStatus } from './mime/disposition-notification.ts'
export type { TextLine } from './mime/format-flowed.ts'
export type { HeaderLimits, ReceivedField } from './mime/header-section.ts'
export type {
  DefectFound,
  DraftAttachment,
  DraftCalendar,
  DraftList,
  HeaderField,
  MessageDraft,
  MessageEvent,
  PartBegin,
  PartContent,
  PartEnd,
} from './mime/message.ts'
export type { MessagePartial } from './mime/message-partial.ts'
export type { ParameterizedValue } from './mime/parameter.ts'
export type { MessageLimits, ReadingOptions } from './mime/parse-message.ts'
export type { DeliveryReport, DispositionNotification, ReportLimits } from './mime/report.ts'
export type { TypedValue } from './mime/report-fields.ts'
export type { TransferDecoder } from './mime/transfer-encoding.ts'
