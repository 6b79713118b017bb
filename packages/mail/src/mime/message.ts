/** A letter to be written, and a letter as it is read (RFC 5322, RFC 2045). */

import type { AddressListEntry } from '../address/address-list.ts'
import type { MailboxAddress } from '../address/mailbox-address.ts'
import type { LetterBody } from '../base/canonical-letter.ts'
import type { ContentUse } from '../base/content-use.ts'
import type { ContentDisposition, ContentType } from './content-type.ts'
import type { Defect } from './defect.ts'
import type { HeaderSection } from './header-section.ts'

/** A field of the writer's own. The value is text of any script, on one line. */
export interface HeaderField {
  readonly name: string
  readonly value: string
}

/** A file that goes with a letter, or is shown in its HTML. */
export interface DraftAttachment {
  /** Of any script, on one line. Without it the part has no name. */
  readonly fileName?: string
  /**
   * `application/zstd`: a media type without parameters, and neither `multipart/…` nor `message/…`, but for two. `message/rfc822` is
   * a letter, which stands there as it is and is looked at while it passes; `message/global` is one whose header section holds UTF-8 (RFC 6532 §3.7), and is encoded.
   */
  readonly contentType: string
  /** Of the {@link contentType}: the `charset` of a text, without which programs guess. Not the `name`, which is {@link fileName}. */
  readonly parameters?: ReadonlyMap<string, string>
  /** Opens the content. Called when its turn comes, once for each time the letter is composed; what it opened is closed again. */
  readonly content: (use?: ContentUse) => AsyncIterable<Uint8Array>
  /** How many octets {@link content} gives, if known: then the size of the letter is known too, and a cut file is no whole letter. */
  readonly sizeOctets?: number
  /**
   * `'inline'`: shown where the HTML names it as `cid:` and its {@link contentId}; without HTML or that, beside the text. By
   * default `'attachment'`: for the reader to open.
   */
  readonly disposition?: 'attachment' | 'inline'
  /** What `cid:` addresses it by (RFC 2392): `logo@example.org`, without angle brackets. Many programs take one without `@` too. */
  readonly contentId?: string
  /** What octets a `message/rfc822` has; `'7BIT'` if that isn't said. Another one makes the whole letter need that extension. */
  readonly body?: LetterBody
}

/** RFC 5546 §1.4. */
export const CALENDAR_METHODS = [
  'PUBLISH',
  'REQUEST',
  'REPLY',
  'ADD',
  'CANCEL',
  'REFRESH',
  'COUNTER',
  'DECLINECOUNTER',
] as const

/** An invitation or an answer to one (iMIP, RFC 6047). */
export interface DraftCalendar {
  /** As in the calendar itself (RFC 5546 §1.4). */
  readonly method: (typeof CALENDAR_METHODS)[number]
  /** The iCalendar object (RFC 5545); lines may end in LF or CRLF. */
  readonly content: string
}

/** What a mailing list says of itself, so that programs can offer it to the reader (RFC 2369, RFC 2919, RFC 8058). */
export interface DraftList {
  /** `exchange.example.org`, with or without a name for people before it. */
  readonly id?: string
  readonly idName?: string
  /** `mailto:` and `https:` addresses, the preferred first. */
  readonly help?: readonly string[]
  readonly subscribe?: readonly string[]
  readonly unsubscribe?: readonly string[]
  readonly post?: readonly string[] | 'NO'
  readonly owner?: readonly string[]
  readonly archive?: readonly string[]
  /** The `https:` address in {@link unsubscribe} takes a POST that needs no further question (RFC 8058). */
  readonly isOneClick?: boolean
}

/** A letter to be written. `Bcc` is not part of it: whom it names stands in the envelope alone. */
export interface MessageDraft {
  readonly from: MailboxAddress | readonly [MailboxAddress, ...MailboxAddress[]]
  /** Who has sent it for its authors; must be there when {@link from} has several (RFC 5322 §3.6.2). */
  readonly sender?: MailboxAddress
  readonly to?: readonly AddressListEntry[]
  readonly cc?: readonly AddressListEntry[]
  readonly replyTo?: MailboxAddress | readonly AddressListEntry[]
  readonly subject?: string
  readonly date: Date
  /** The zone that {@link date} is written in, minutes east of Greenwich; `+0000` when it is not given. The engine never asks where it runs. */
  readonly dateOffsetMinutes?: number
  /** `<left@right>`, as `formatMessageId` makes it. */
  readonly messageId: string
  /** The letters that this one answers, and those before (RFC 5322 §3.6.4). */
  readonly inReplyTo?: readonly string[]
  readonly references?: readonly string[]
  /** Written in the three forms that mail programs know: `Importance`, `X-Priority`, `X-MSMail-Priority`. */
  readonly importance?: 'low' | 'below-normal' | 'normal' | 'above-normal' | 'high'
  /** Who wants to know that the letter was displayed (RFC 8098 §2.1). */
  readonly readReceiptTo?: readonly MailboxAddress[]
  /** Who wants to know that it was delivered, for servers that look at the letter (`Return-Receipt-To`); the envelope's way is a DSN. */
  readonly deliveryReceiptTo?: readonly MailboxAddress[]
  readonly list?: DraftList
  /**
   * Unpredictable letters and digits, 16 to 60: what separates the parts is made of them. Encoded parts can't hold it; an attached letter
   * could, and would be refused, if its writer knew it before.
   */
  readonly boundary: string
  /** Written in their order; none of the fields that a draft has a property for. */
  readonly headerFields?: readonly HeaderField[]
  /** Lines may end in LF or CRLF. Text, enriched text, HTML and calendar are alternatives: the reader's program shows one of them. */
  readonly text?: string
  /** The same text as `text/enriched` (RFC 1896), which few programs show. */
  readonly enriched?: string
  readonly html?: string
  readonly calendar?: DraftCalendar
  readonly attachments?: readonly DraftAttachment[]
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
