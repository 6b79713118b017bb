import type { DraftList, HeaderField } from '../mime/message.ts'
import type { EmailAddress } from './email-address.ts'
import type { EmailImportance } from './email-importance.ts'

/** What the header section of a letter says: the fields that have a property, and all others as they stand. */
export class LetterFields {
  /** Whom the letter is from; nearly always one. */
  from: EmailAddress[] = []
  /** The `Sender` field. */
  actualSender: EmailAddress | undefined
  to: EmailAddress[] = []
  cc: EmailAddress[] = []
  bcc: EmailAddress[] = []
  replyTo: EmailAddress[] = []
  subject: string | undefined
  sentDate: Date | undefined
  messageId: string | undefined
  inReplyTo: readonly string[] = []
  references: readonly string[] = []
  importance: EmailImportance | undefined
  readReceiptTo: EmailAddress[] = []
  deliveryReceiptTo: EmailAddress[] = []
  list: DraftList | undefined
  /** What the letter that was read said, or what was set. */
  contentType: string | undefined
  /** Whether the content type was set: only then it has a say in how the text is written. */
  isContentTypeSet = false
  /** In their order. */
  others: HeaderField[] = []
}
