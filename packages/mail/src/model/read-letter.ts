import { LimitExceeded } from '../base/limit-exceeded.ts'
import { concatOctets } from '../base/octets.ts'
import { parseDateTime } from '../mime/date-time.ts'
import type { DefectKind } from '../mime/defect.ts'
import type { HeaderSection } from '../mime/header-section.ts'
import {
  CALENDAR_METHODS,
  type DraftCalendar,
  type MessageEvent,
  type PartBegin,
} from '../mime/message.ts'
import { parseMessageIds } from '../mime/message-id.ts'
import { MessageReader } from '../mime/parse-message.ts'
import { readAddressField } from '../mime/read-address-field.ts'
import { calendarMethodOf } from '../mime/text-part.ts'
import { addressesOf } from './address-groups.ts'
import { contentOf } from './attachment-content.ts'
import type { EmailAddress } from './email-address.ts'
import { EmailAttachment } from './email-attachment.ts'
import { readImportance } from './email-importance.ts'
import { EmailTextKind } from './email-text-kind.ts'
import { EmailTextPart } from './email-text-part.ts'
import { IllegalArgumentException } from './exception.ts'
import { LetterFields } from './letter-fields.ts'
import { bodyOf } from './letter-sections.ts'
import { readListHeaders } from './list-headers.ts'
import { STRUCTURED_FIELDS } from './structured-fields.ts'

/** What a letter turned out to be. */
export interface ReadLetter {
  readonly fields: LetterFields
  readonly texts: readonly EmailTextPart[]
  readonly attachments: readonly EmailAttachment[]
  readonly calendar: DraftCalendar | undefined
  readonly hasBodyParsingErrors: boolean
  readonly isPartial: boolean
}

/** What is wrong with a header section has no bearing on the text. */
const HEADER_DEFECTS: ReadonlySet<DefectKind> = new Set<DefectKind>([
  'malformed-header-line',
  'missing-header-section',
  'control-character',
  'damaged-encoded-word',
  'malformed-address',
])

/** A part that has content of its own. */
interface Leaf {
  readonly begin: PartBegin
  readonly content: Uint8Array
  readonly isDamaged: boolean
}

/** @throws IllegalArgumentException when the letter is larger than the limits of `MessageReader`. */
export function readLetter(octets: Uint8Array): ReadLetter {
  const reader = new MessageReader()
  const [header, leaves] = leavesOf(eventsOf(reader, octets))
  const texts: EmailTextPart[] = []
  const attachments: EmailAttachment[] = []
  let calendar: DraftCalendar | undefined
  for (const leaf of leaves) {
    const invitation = calendar === undefined ? invitationOf(leaf) : undefined
    if (isText(leaf.begin)) texts.push(textOf(leaf))
    else if (invitation !== undefined) calendar = invitation
    else attachments.push(attachmentOf(leaf))
  }
  const wasCut = reader.defects.some(({ kind }) => kind === 'missing-closing-delimiter')
  if (leaves.length === 0 && wasCut) texts.push(textWithoutParts(octets))
  return {
    fields: fieldsOf(header),
    texts,
    attachments,
    calendar,
    hasBodyParsingErrors:
      reader.defects.some(({ kind }) => !HEADER_DEFECTS.has(kind)) ||
      texts.some(({ hasParsingErrors }) => hasParsingErrors),
    isPartial: leaves.some(({ begin }) => begin.contentType.mediaType === 'message/partial'),
  }
}

function eventsOf(reader: MessageReader, octets: Uint8Array): readonly MessageEvent[] {
  try {
    return [...reader.push(octets), ...reader.end()]
  } catch (error) {
    if (error instanceof LimitExceeded) {
      throw new IllegalArgumentException('reading the letter failed', error)
    }
    throw error
  }
}

function leavesOf(
  events: readonly MessageEvent[],
): [header: HeaderSection | undefined, leaves: readonly Leaf[]] {
  let header: HeaderSection | undefined
  let begin: PartBegin | undefined
  let pieces: Uint8Array[] = []
  let isDamaged = false
  const leaves: Leaf[] = []
  for (const event of events) {
    switch (event.kind) {
      case 'part':
        header ??= event.header
        begin = event
        pieces = []
        isDamaged = false
        break
      case 'content':
        pieces.push(event.octets)
        break
      case 'defect':
        isDamaged ||= !HEADER_DEFECTS.has(event.defect.kind)
        break
      case 'end':
        if (begin !== undefined) leaves.push(...leafOf({ begin, pieces, isDamaged }))
        begin = undefined
    }
  }
  return [header, leaves]
}

/** A multipart has no content, since its parts were ended before it; unless it has no boundary, and then what stands in it is text that anybody can read. */
function leafOf({
  begin,
  pieces,
  isDamaged,
}: Omit<Leaf, 'content'> & { readonly pieces: readonly Uint8Array[] }): readonly Leaf[] {
  const content = concatOctets(pieces)
  const { contentType } = begin
  if (!contentType.mediaType.startsWith('multipart/')) return [{ begin, content, isDamaged }]
  if (content.length === 0) return []
  const mediaType = EmailTextKind.PlainText.contentType
  const asText = { ...begin, contentType: { ...contentType, mediaType } }
  return [{ begin: asText, content, isDamaged: true }]
}

function isText({ contentType, disposition, fileName }: PartBegin): boolean {
  if (disposition?.disposition === 'attachment' || fileName !== undefined) return false
  return EmailTextKind.byContentType(contentType.mediaType) !== undefined
}

/** One that says it is another thing than its content does is an attachment like any other. */
function invitationOf(leaf: Leaf): DraftCalendar | undefined {
  const { contentType, disposition } = leaf.begin
  if (contentType.mediaType !== 'text/calendar' || disposition !== undefined) return undefined
  const method = methodOf(contentType.parameters)
  if (method === undefined) return undefined
  const content = textOf(leaf).text
  const ownMethod = calendarMethodOf(content) ?? method
  return ownMethod === method ? { method, content } : undefined
}

function methodOf(parameters: ReadonlyMap<string, string>): DraftCalendar['method'] | undefined {
  const method = parameters.get('method')?.toUpperCase()
  return CALENDAR_METHODS.find((known) => known === method)
}

function textOf({ begin, content, isDamaged }: Leaf): EmailTextPart {
  const { contentType } = begin
  return EmailTextPart.received({
    octets: content,
    contentType: contentType.mediaType,
    charset: contentType.parameters.get('charset'),
    transferEncoding: transferEncodingOf(begin),
    isDamaged,
  })
}

/** A multipart whose delimiters are others than its header section says: all of it, since none of its parts was found. */
function textWithoutParts(octets: Uint8Array): EmailTextPart {
  return EmailTextPart.received({
    octets: bodyOf(octets),
    contentType: EmailTextKind.PlainText.contentType,
    charset: undefined,
    transferEncoding: undefined,
    isDamaged: true,
  })
}

function attachmentOf({ begin, content }: Leaf): EmailAttachment {
  const { contentType, disposition, fileName, header } = begin
  const id = (header.raw('content-id') ?? '').trim().replaceAll(/^<|>$/g, '')
  const facts = {
    name: fileName ?? '',
    contentType: contentType.mediaType,
    id,
    disposition: disposition?.disposition,
    transferEncoding: transferEncodingOf(begin),
    content: contentOf(content),
  }
  return EmailAttachment.received(facts, contentType)
}

function transferEncodingOf({ header }: PartBegin): string | undefined {
  return header.raw('content-transfer-encoding')?.trim().toLowerCase()
}

/** What the header section of a letter says, damaged ones as well as they can be read. */
export function fieldsOf(header: HeaderSection | undefined): LetterFields {
  const fields = new LetterFields()
  if (header === undefined) return fields
  const addresses = (name: string): EmailAddress[] =>
    addressesOf(readAddressField(header.raw(name) ?? ''))
  const date = header.raw('date')
  fields.from = addresses('from')
  fields.actualSender = addresses('sender')[0]
  fields.to = addresses('to')
  fields.cc = addresses('cc')
  fields.bcc = addresses('bcc')
  fields.replyTo = addresses('reply-to')
  fields.readReceiptTo = addresses('disposition-notification-to')
  fields.deliveryReceiptTo = addresses('return-receipt-to')
  fields.subject = header.first('subject')
  fields.sentDate = date === undefined ? undefined : parseDateTime(date)
  fields.messageId = parseMessageIds(header.raw('message-id') ?? '')[0]
  fields.inReplyTo = parseMessageIds(header.raw('in-reply-to') ?? '')
  fields.references = parseMessageIds(header.raw('references') ?? '')
  fields.importance = importanceOf(header)
  readListHeaders(fields, (name) => header.all(name))
  fields.contentType = header.raw('content-type')
  fields.others = header.fields
    .filter(({ name }) => !isElsewhere(name.toLowerCase()))
    .map(({ name, text }) => ({ name, value: text }))
  return fields
}

/** In the order of how many programs write them. */
function importanceOf(header: HeaderSection): LetterFields['importance'] {
  return ['x-priority', 'importance', 'x-msmail-priority']
    .map((name) => readImportance(header.first(name) ?? ''))
    .find((importance) => importance !== undefined)
}

/** Fields that are a property, that follow from the parts, or that nobody else was to see. */
function isElsewhere(name: string): boolean {
  const isOfParts = name === 'mime-version' || name.startsWith('content-')
  return STRUCTURED_FIELDS.has(name) || isOfParts || name === 'resent-bcc'
}
