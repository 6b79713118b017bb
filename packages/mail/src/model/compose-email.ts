import { randomUUID } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { AddressInvalid } from '../address/errors.ts'
import type { CanonicalLetter } from '../base/canonical-letter.ts'
import { composeMessage } from '../mime/compose-message.ts'
import type { DraftAttachment, DraftCalendar, MessageDraft } from '../mime/message.ts'
import { formatMessageId, isReference, parseMessageId } from '../mime/message-id.ts'
import type { Envelope } from '../smtp/envelope.ts'
import { ForwardPath, ReversePath } from '../smtp/path.ts'
import { uniqueRecipients } from '../smtp/unique-recipients.ts'
import { entriesOf } from './address-groups.ts'
import type { EmailAddress } from './email-address.ts'
import type { EmailAttachment } from './email-attachment.ts'
import { EmailAddressException } from './email-exception.ts'
import { EmailTextKind } from './email-text-kind.ts'
import type { EmailTextPart } from './email-text-part.ts'
import { IllegalStateException } from './exception.ts'
import type { LetterFields } from './letter-fields.ts'
import { localOffsetMinutes } from './local-offset.ts'
import { streamUsedUp } from './stream-content.ts'

/** What a letter is made of. */
export interface LetterParts {
  readonly fields: LetterFields
  readonly texts: readonly EmailTextPart[]
  readonly attachments: readonly EmailAttachment[]
  readonly calendar: DraftCalendar | undefined
  /** How important it is, where the fields have no word for that. */
  readonly importance?: MessageDraft['importance']
}

/** Octets of a letter, which are the same each time they are read, and the identifier in them. */
export interface ComposedEmail {
  readonly content: CanonicalLetter
  readonly messageId: string
}

/**
 * Writes a letter down. Date and identifier are made where it has none, and stay as they are however often the octets are read.
 *
 * @throws IllegalStateException when there is no sender, or a stream was read before.
 * @throws HeaderInvalid when something in it has no form in a letter.
 */
export function composeEmail(parts: LetterParts): ComposedEmail {
  const { fields, texts, attachments, calendar, importance } = parts
  const [author, ...coAuthors] = fields.from
  if (author === undefined) throw new IllegalStateException('the letter has no sender')
  if (attachments.some(({ isUsedUp }) => isUsedUp)) throw streamUsedUp()
  const messageId = parseMessageId(fields.messageId ?? '') ?? newMessageId(author)
  const { text, enriched, html, further } = arrange(
    texts,
    fields.isContentTypeSet ? fields.contentType : undefined,
  )
  const sender = fields.actualSender ?? (coAuthors.length > 0 ? author : undefined)
  const date = fields.sentDate ?? new Date()
  const draft: MessageDraft = {
    ...fieldsOf(fields),
    ...(importance && { importance }),
    from: [author.mailbox, ...coAuthors.map(({ mailbox }) => mailbox)],
    ...(sender && { sender: sender.mailbox }),
    date,
    dateOffsetMinutes: localOffsetMinutes(date),
    messageId,
    boundary: randomUUID().replaceAll('-', ''),
    ...(text !== undefined && { text }),
    ...(enriched !== undefined && { enriched }),
    ...(html !== undefined && { html }),
    ...(calendar && { calendar }),
    attachments: [...further, ...attachments.map((attachment) => attachment.toDraft())],
  }
  return { content: composeMessage(draft), messageId }
}

/**
 * Whom a letter goes to: everybody in To, Cc and Bcc, each once.
 *
 * @throws IllegalStateException when there is nobody, or no sender.
 * @throws EmailAddressException when an address is too long for an SMTP command.
 */
export function envelopeOf(fields: LetterFields): Envelope {
  const sender = fields.actualSender ?? fields.from[0]
  if (sender === undefined) throw new IllegalStateException('the letter has no sender')
  const named = [...fields.to, ...fields.cc, ...fields.bcc].map((recipient) =>
    pathOf(recipient, () => ForwardPath.of(recipient.mailbox)),
  )
  const [first, ...others] = uniqueRecipients(named)
  if (first === undefined) throw new IllegalStateException('the letter has no recipients')
  const reversePath = pathOf(sender, () => ReversePath.of(sender.mailbox))
  return { reversePath, forwardPaths: [first, ...others] }
}

function pathOf<Path>(address: EmailAddress, make: () => Path): Path {
  try {
    return make()
  } catch (error) {
    if (error instanceof AddressInvalid) throw new EmailAddressException(address.address, error)
    throw error
  }
}

/** Random to the left, the sender's domain to the right; nobody is told the name of this machine. */
function newMessageId(author: EmailAddress): string {
  const { domain } = author.mailbox
  return formatMessageId(randomUUID(), domain.startsWith('[') ? domain : domainToASCII(domain))
}

function fieldsOf(fields: LetterFields): Partial<MessageDraft> {
  const { subject, importance, list, others } = fields
  const [to, cc, replyTo] = [fields.to, fields.cc, fields.replyTo].map(entriesOf)
  const [readReceiptTo, deliveryReceiptTo] = [fields.readReceiptTo, fields.deliveryReceiptTo].map(
    (addresses) => addresses.map(({ mailbox }) => mailbox),
  )
  const [inReplyTo, references] = [fields.inReplyTo, fields.references].map((ids) =>
    ids.filter(isReference),
  )
  return {
    ...(to && { to }),
    ...(cc && { cc }),
    ...(replyTo && replyTo.length > 0 && { replyTo }),
    ...(readReceiptTo && { readReceiptTo }),
    ...(deliveryReceiptTo && { deliveryReceiptTo }),
    ...(inReplyTo && { inReplyTo }),
    ...(references && { references }),
    ...(subject !== undefined && { subject }),
    ...(importance && { importance: IMPORTANCE_WORDS[importance.index] ?? 'normal' }),
    ...(list && { list }),
    headerFields: others,
  }
}

/** By the index of the importance. */
const IMPORTANCE_WORDS = ['low', 'normal', 'high'] as const

interface Arrangement {
  readonly text: string | undefined
  readonly enriched: string | undefined
  readonly html: string | undefined
  /** What is none of the three, or the second of a kind, stands behind them as parts of its own, without a name. */
  readonly further: readonly DraftAttachment[]
}

function arrange(texts: readonly EmailTextPart[], contentType: string | undefined): Arrangement {
  const kindOf = (part: EmailTextPart): EmailTextKind | undefined => {
    const wanted = texts.length === 1 ? EmailTextKind.byContentType(contentType ?? '') : undefined
    return wanted ?? EmailTextKind.byContentType(part.textKind ?? '')
  }
  const plain = texts.find((part) => kindOf(part) === EmailTextKind.PlainText)
  const enriched = texts.find((part) => kindOf(part) === EmailTextKind.RichText)
  const html = texts.find((part) => kindOf(part) === EmailTextKind.Html)
  const shown = [plain, enriched, html]
  const further = texts.filter((part) => !shown.includes(part))
  return {
    text: plain?.text,
    enriched: enriched?.text,
    html: html?.text,
    further: further.map((part) => toInlinePart(part, kindOf(part))),
  }
}

const UTF_8: ReadonlyMap<string, string> = new Map([['charset', 'utf-8']])

function toInlinePart(part: EmailTextPart, kind: EmailTextKind | undefined): DraftAttachment {
  const octets = new TextEncoder().encode(part.text.replaceAll(/\r\n|\r|\n/g, '\r\n'))
  return {
    contentType: kind?.contentType ?? part.textKind ?? EmailTextKind.PlainText.contentType,
    parameters: UTF_8,
    disposition: 'inline',
    sizeOctets: octets.length,
    async *content() {
      yield await Promise.resolve(octets)
    },
  }
}
