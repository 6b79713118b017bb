import type { DraftList, HeaderField } from '../mime/message.ts'
import type { EmailAddress } from './email-address.ts'
import type { EmailImportance } from './email-importance.ts'

/** What the header section of a letter says: the fields that have a property, and all others as they stand. */
export class LetterFields {
  /** Whom the letter is from; nearly always one. */
  from: readonly EmailAddress[] = []
  /** The `Sender` field. */
  actualSender: EmailAddress | undefined
  to: readonly EmailAddress[] = []
  cc: readonly EmailAddress[] = []
  bcc: readonly EmailAddress[] = []
  replyTo: readonly EmailAddress[] = []
  subject: string | undefined
  sentDate: Date | undefined
  messageId: string | undefined
  inReplyTo: readonly string[] = []
  references: readonly string[] = []
  importance: EmailImportance | undefined
  readReceiptTo: readonly EmailAddress[] = []
  deliveryReceiptTo: readonly EmailAddress[] = []
  list: DraftList | undefined
  contentType: string | undefined
  /** In their order. */
  others: readonly HeaderField[] = []
}
