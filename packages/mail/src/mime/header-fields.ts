/** The header section of a draft, but for what says how its content is made (RFC 5322 §3.6). */

import { formatAddressField } from './address-field.ts'
import { formatDateTime } from './date-time.ts'
import { encodeUnstructured } from './encode-text.ts'
import { HeaderInvalid } from './errors.ts'
import { checkOneLine, foldField } from './fold-field.ts'
import { listFields } from './list-fields.ts'
import type { HeaderField, MessageDraft } from './message.ts'
import { isReference, parseMessageId } from './message-id.ts'

/** Fields that a draft has a property for, or that state what this package does. `Bcc` would show whom it was to be hidden from. */
const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'bcc',
  'cc',
  'date',
  'disposition-notification-to',
  'from',
  'importance',
  'in-reply-to',
  'list-archive',
  'list-help',
  'list-id',
  'list-owner',
  'list-post',
  'list-subscribe',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'message-id',
  'mime-version',
  'references',
  'reply-to',
  'resent-bcc',
  'return-receipt-to',
  'sender',
  'subject',
  'to',
  'x-msmail-priority',
  'x-priority',
])

/** `Importance` (RFC 4021 §2.1.31), and what Outlook and 1C write and read instead. */
const IMPORTANCE = {
  low: 'Importance: low\r\nX-Priority: 5 (Lowest)\r\nX-MSMail-Priority: Low\r\n',
  'below-normal': 'Importance: low\r\nX-Priority: 4 (Low)\r\nX-MSMail-Priority: Low\r\n',
  normal: 'Importance: normal\r\nX-Priority: 3 (Normal)\r\nX-MSMail-Priority: Normal\r\n',
  'above-normal': 'Importance: high\r\nX-Priority: 2 (High)\r\nX-MSMail-Priority: High\r\n',
  high: 'Importance: high\r\nX-Priority: 1 (Highest)\r\nX-MSMail-Priority: High\r\n',
} as const

/** Fields, each ended by CRLF. */
export interface HeaderFields {
  readonly fields: string
  readonly needsSmtpUtf8: boolean
}

/**
 * The fields in the order that RFC 5322 §3.6 lists them; own fields stand behind all others.
 *
 * @throws HeaderInvalid when one can't be written.
 */
export function headerFields(draft: MessageDraft): HeaderFields {
  const { from, sender, to = [], cc = [], replyTo = [], importance, list } = draft
  const authors = 'kind' in from ? [from] : from
  if (authors.length !== 1 && (authors.length === 0 || sender === undefined)) throw authorless()
  const address = new AddressFields()
  const fields =
    foldField('Date', [formatDateTime(draft.date, draft.dateOffsetMinutes)]) +
    address.write('From', authors) +
    address.write('Sender', sender === undefined ? [] : [sender]) +
    address.write('Reply-To', 'kind' in replyTo ? [replyTo] : replyTo) +
    address.write('To', to) +
    address.write('Cc', cc) +
    foldField('Message-ID', [checkedMessageId(draft.messageId)]) +
    referenceField('In-Reply-To', draft.inReplyTo) +
    referenceField('References', draft.references) +
    (draft.subject === undefined ? '' : unstructuredField('Subject', draft.subject)) +
    (importance === undefined ? '' : IMPORTANCE[importance]) +
    address.write('Disposition-Notification-To', draft.readReceiptTo ?? []) +
    address.write('Return-Receipt-To', draft.deliveryReceiptTo ?? []) +
    (list === undefined ? '' : listFields(list)) +
    (draft.headerFields ?? []).map(ownField).join('') +
    'MIME-Version: 1.0\r\n'
  return { fields, needsSmtpUtf8: address.isUtf8 }
}

/** Writes address fields, and remembers whether one of them is UTF-8. */
class AddressFields {
  isUtf8 = false

  write(name: string, entries: Parameters<typeof formatAddressField>[1]): string {
    const { field, isUtf8 } = formatAddressField(name, entries)
    this.isUtf8 ||= isUtf8
    return field
  }
}

function authorless(): HeaderInvalid {
  return new HeaderInvalid({
    field: 'From',
    reason: 'has not one author, and there is no sender',
    value: '',
    hint: 'Say who sends a letter of several authors (RFC 5322 §3.6.2)',
  })
}

function checkedMessageId(text: string): string {
  const messageId = parseMessageId(text)
  if (messageId !== undefined) return messageId
  throw new HeaderInvalid({
    field: 'Message-ID',
    reason: 'is not a message identifier',
    value: text,
    hint: 'Make it with formatMessageId',
  })
}

function referenceField(name: string, messageIds: readonly string[] = []): string {
  for (const messageId of messageIds) {
    if (isReference(messageId)) continue
    throw new HeaderInvalid({
      field: name,
      reason: 'holds what is no message identifier',
      value: messageId,
      hint: 'Give each as <left@right>, as parseMessageIds reads them',
    })
  }
  return messageIds.length === 0 ? '' : foldField(name, messageIds)
}

function ownField({ name, value }: HeaderField): string {
  const lowerCaseName = name.toLowerCase()
  if (RESERVED_FIELDS.has(lowerCaseName) || lowerCaseName.startsWith('content-')) {
    throw new HeaderInvalid({
      field: name,
      reason: 'is no field of the caller’s own',
      value,
      hint: 'Use the property of the draft',
    })
  }
  return unstructuredField(name, value)
}

function unstructuredField(name: string, value: string): string {
  checkOneLine(name, value)
  return foldField(name, encodeUnstructured(value, name.length + 2))
}
