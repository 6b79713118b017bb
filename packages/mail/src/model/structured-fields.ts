import { formatAddressList, type AddressListEntry } from '../address/address-list.ts'
import { AddressInvalid } from '../address/errors.ts'
import { parseAddressField } from '../mime/address-field.ts'
import { formatDateTime, parseDateTime } from '../mime/date-time.ts'
import { isReference, parseMessageId, parseMessageIds } from '../mime/message-id.ts'
import { addressesOf, entriesOf } from './address-groups.ts'
import { append } from './append.ts'
import { EmailAddress } from './email-address.ts'
import { EmailAddressException } from './email-exception.ts'
import { readImportance, type EmailImportance } from './email-importance.ts'
import { LIST_HEADERS } from './list-headers.ts'
import { localOffsetMinutes } from './local-offset.ts'
import { unfit, type StructuredField } from './structured-field.ts'

type AddressListName =
  'from' | 'to' | 'cc' | 'bcc' | 'replyTo' | 'readReceiptTo' | 'deliveryReceiptTo'

/** By the name of the field in lower case. */
export const STRUCTURED_FIELDS: ReadonlyMap<string, StructuredField> = new Map([
  ['from', addresses('from')],
  ['sender', actualSender()],
  ['to', addresses('to')],
  ['cc', addresses('cc')],
  ['bcc', addresses('bcc')],
  ['reply-to', addresses('replyTo')],
  ['disposition-notification-to', addresses('readReceiptTo')],
  ['return-receipt-to', addresses('deliveryReceiptTo')],
  ['subject', subject()],
  ['date', date()],
  ['message-id', messageId()],
  ['in-reply-to', messageIds('inReplyTo', 'In-Reply-To')],
  ['references', messageIds('references', 'References')],
  ['importance', importance((value) => value.toString().toLowerCase())],
  ['x-priority', importance((value) => X_PRIORITIES[value.index] ?? '3')],
  ['x-msmail-priority', importance((value) => value.toString())],
  ...LIST_HEADERS,
])

/** By the index of the importance. */
const X_PRIORITIES = ['5', '3', '1']

function addresses(name: AddressListName): StructuredField {
  return {
    isSingle: false,
    get: (fields) =>
      joined(
        entriesOf(fields[name]).map((entry) => formatAddressList([entry])),
        ', ',
      ),
    set(fields, values) {
      fields[name] = addressesOf(values.flatMap(readEntries))
    },
    add(fields, values) {
      append(fields[name], addressesOf(values.flatMap(readEntries)))
    },
  }
}

function actualSender(): StructuredField {
  return {
    isSingle: true,
    get: ({ actualSender }) => (actualSender === undefined ? [] : [shown(actualSender)]),
    set(fields, [value]) {
      fields.actualSender = value === undefined ? undefined : new EmailAddress(value)
    },
  }
}

function subject(): StructuredField {
  return {
    isSingle: true,
    get: ({ subject }) => (subject === undefined ? [] : [subject]),
    set(fields, [value]) {
      fields.subject = value
    },
  }
}

function date(): StructuredField {
  return {
    isSingle: true,
    get: ({ sentDate }) =>
      sentDate === undefined ? [] : [formatDateTime(sentDate, localOffsetMinutes(sentDate))],
    set(fields, [value]) {
      const read = value === undefined ? undefined : parseDateTime(value)
      if (value !== undefined && read === undefined) throw unfit('Date', value)
      fields.sentDate = read
    },
  }
}

function messageId(): StructuredField {
  return {
    isSingle: true,
    get: ({ messageId }) => (messageId === undefined ? [] : [messageId]),
    set(fields, [value]) {
      fields.messageId = value === undefined ? undefined : toMessageId(value)
    },
  }
}

function messageIds(name: 'inReplyTo' | 'references', field: string): StructuredField {
  return {
    isSingle: false,
    get: (fields) => joined(fields[name], ' '),
    set(fields, values) {
      fields[name] = values.flatMap((value) => readMessageIds(field, value))
    },
    add(fields, values) {
      fields[name] = [...fields[name], ...values.flatMap((value) => readMessageIds(field, value))]
    },
  }
}

/** All identifiers of a value. Anything else in it would not be written, and nobody would know. */
function readMessageIds(field: string, value: string): readonly string[] {
  const messageIds = parseMessageIds(value)
  const isWhole = /^[\s,]*$/.test(value.replaceAll(/<[^<>]+>/g, ''))
  if (isWhole && messageIds.length > 0 && messageIds.every(isReference)) return messageIds
  throw unfit(field, value)
}

function importance(show: (value: EmailImportance) => string): StructuredField {
  return {
    isSingle: true,
    get: ({ importance: value }) => (value === undefined ? [] : [show(value)]),
    set(fields, [value]) {
      const read = value === undefined ? undefined : readImportance(value)
      if (value !== undefined && read === undefined) throw unfit('importance', value)
      fields.importance = read
    },
  }
}

/** All entries of a list are one value: a field of addresses stands in a letter once (RFC 5322 §3.6). */
function joined(entries: readonly string[], separator: string): readonly string[] {
  return entries.length === 0 ? [] : [entries.join(separator)]
}

/** The text of an address that reads back as it, whatever the name. */
function shown({ mailbox }: EmailAddress): string {
  return mailbox.toString()
}

function readEntries(value: string): readonly AddressListEntry[] {
  try {
    return parseAddressField(value)
  } catch (error) {
    if (error instanceof AddressInvalid) throw new EmailAddressException(value, error)
    throw error
  }
}

/**
 * `<left@right>`; the angle brackets may be left out.
 *
 * @throws IllegalArgumentException when it is no message identifier.
 */
export function toMessageId(text: string): string {
  const messageId = parseMessageId(text) ?? parseMessageId(`<${text.trim()}>`)
  if (messageId === undefined) throw unfit('Message-ID', text)
  return messageId
}
