/** A letter to be written, and a letter as it is read (RFC 5322, RFC 2045). */

import type { MailboxAddress } from '../address/mailbox-address.ts'
import type { ContentDisposition, ContentType } from './content-type.ts'
import type { Defect } from './defect.ts'
import type { HeaderSection } from './header-section.ts'

/** A field of the writer's own. The value is text of any script, on one line. */
export interface HeaderField {
  readonly name: string
  readonly value: string
}

/** A file that goes with a letter. */
export interface DraftAttachment {
  /** Of any script, on one line. */
  readonly fileName: string
  /** `application/zstd`: a media type without parameters, and not `multipart/…` or `message/…`. */
  readonly contentType: string
  /** Opens the content. Called when its turn comes, once for each time the letter is composed; what it opened is closed again. */
  readonly content: () => AsyncIterable<Uint8Array>
  /** How many octets {@link content} gives, if known: then the size of the letter is known too, and a cut file is no whole letter. */
  readonly sizeOctets?: number
}

/** A letter to be written. */
export interface MessageDraft {
  readonly from: MailboxAddress
  readonly to: readonly [MailboxAddress, ...MailboxAddress[]]
  readonly cc?: readonly MailboxAddress[]
  readonly replyTo?: MailboxAddress
  readonly subject: string
  readonly date: Date
  /** `<left@right>`, as `formatMessageId` makes it. */
  readonly messageId: string
  /** Unpredictable letters and digits, 16 to 60: what separates the parts is made of them. */
  readonly boundary: string
  /** Written in their order; none of the fields that a draft has a property for. */
  readonly headerFields?: readonly HeaderField[]
  /** Lines may end in LF or CRLF. */
  readonly text: string
  readonly attachments: readonly DraftAttachment[]
}

/** What a letter turns out to be made of, in the order of its octets. */
export type MessageEvent = PartBegin | PartContent | PartEnd | DefectFound

/**
 * A part begins. The letter itself is the part with the empty path; a part of a multipart has the path of the multipart and
 * its number in it, counted from 1.
 */
export interface PartBegin {
  readonly kind: 'part'
  readonly path: readonly number[]
  readonly header: HeaderSection
  readonly contentType: ContentType
  readonly disposition?: ContentDisposition
  /** The name as it was given: not fit to be a path. See `safeFileName`. */
  readonly fileName?: string
}

/** Decoded octets of the part that began last. Never of a multipart. Text is still in its charset. */
export interface PartContent {
  readonly kind: 'content'
  readonly octets: Uint8Array
}

/** A part has ended, after all of its parts have. */
export interface PartEnd {
  readonly kind: 'end'
  readonly path: readonly number[]
}

/** Something was wrong with what was just read. Reading goes on. */
export interface DefectFound {
  readonly kind: 'defect'
  readonly defect: Defect
}
