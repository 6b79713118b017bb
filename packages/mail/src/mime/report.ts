/** Letters that servers and programs write about other letters: delivery reports (RFC 3464), disposition notifications (RFC 8098). */

import { LimitExceeded } from '../base/limit-exceeded.ts'
import { concatOctets, copyOctets } from '../base/octets.ts'
import { readDeliveryStatus } from './delivery-status.ts'
import type { DeliveryStatus } from './delivery-status.ts'
import { readDispositionStatus } from './disposition-notification.ts'
import type { DispositionStatus } from './disposition-notification.ts'
import { parseHeaderSection } from './header-section.ts'
import type { HeaderSection } from './header-section.ts'
import type { MessageEvent, PartBegin } from './message.ts'
import { DEFAULT_MESSAGE_LIMITS, MessageReader } from './parse-message.ts'
import type { MessageLimits } from './parse-message.ts'

/** A letter that says what became of another one on its way. */
export interface DeliveryReport extends DeliveryStatus {
  readonly kind: 'delivery'
  /** The header section of the report itself. */
  readonly header: HeaderSection
  /** The header section of the letter that it is about, if the report brings it along: its Message-ID tells which one it was. */
  readonly original?: HeaderSection
}

/** A letter that says what a reader, or a program for it, did with another one. */
export interface DispositionNotification extends DispositionStatus {
  readonly kind: 'disposition'
  readonly header: HeaderSection
  readonly original?: HeaderSection
}

export interface ReportLimits extends MessageLimits {
  /** Of the machine-readable part. Some two hundred octets are about one recipient. */
  readonly statusOctets: number
}

/** A mebibyte is a report about five thousand recipients. */
export const DEFAULT_REPORT_LIMITS: ReportLimits = {
  ...DEFAULT_MESSAGE_LIMITS,
  statusOctets: 1_048_576,
}

/** What a part of a report is for, by its media type. The `global` ones are those of RFC 6533. */
const ROLES: ReadonlyMap<string, 'delivery' | 'disposition' | 'original'> = new Map([
  ['message/delivery-status', 'delivery'],
  ['message/global-delivery-status', 'delivery'],
  ['message/disposition-notification', 'disposition'],
  ['message/global-disposition-notification', 'disposition'],
  ['message/rfc822', 'original'],
  ['message/global', 'original'],
  ['text/rfc822-headers', 'original'],
  ['message/global-headers', 'original'],
])

type Role = 'delivery' | 'disposition' | 'original'

/**
 * Reads a letter as its octets come, and says in the end whether it is a report, and of what. Only the machine-readable parts are believed and kept,
 * wherever in the letter they stand; of a letter that it brings along, the header section. Nothing in a report is proven: anybody can write one, so compare the
 * Message-ID that it names with those of letters that were sent.
 *
 * @example
 * ```ts
 * import { ReportReader } from '@obmen/mail/mime'
 *
 * async function printReport(letter: AsyncIterable<Uint8Array>): Promise<void> {
 *   const reader = new ReportReader()
 *   for await (const octets of letter) reader.push(octets)
 *   const report = reader.end()
 *   if (report?.kind !== 'delivery') return
 *   for (const { action, finalRecipient, diagnosticCode } of report.recipients) {
 *     console.log(action, finalRecipient?.value, diagnosticCode?.value)
 *   }
 *   console.log('about', report.original?.first('Message-ID'))
 * }
 * ```
 */
export class ReportReader {
  readonly #limits: ReportLimits
  readonly #reader: MessageReader
  readonly #parts = new Map<Role, Uint8Array[]>()
  #header: HeaderSection | undefined
  /** What the part being read is for; `undefined` when it is passed over. */
  #role: Role | undefined
  #octets = 0

  constructor(limits: Partial<ReportLimits> = {}) {
    this.#limits = { ...DEFAULT_REPORT_LIMITS, ...limits }
    this.#reader = new MessageReader(this.#limits)
  }

  /** @throws LimitExceeded when the letter, or what it reports, is larger than {@link ReportLimits} in some respect. */
  push(octets: Uint8Array): void {
    for (const event of this.#reader.push(octets)) this.#take(event)
  }

  /** What the letter reports, or `undefined` when it is no report. */
  end(): DeliveryReport | DispositionNotification | undefined {
    for (const event of this.#reader.end()) this.#take(event)
    const header = this.#header
    if (header === undefined) return undefined
    const original = this.#original()
    const about = { header, ...(original === undefined ? {} : { original }) }
    const delivery = this.#parts.get('delivery')
    if (delivery !== undefined) {
      return {
        kind: 'delivery',
        ...about,
        ...readDeliveryStatus(concatOctets(delivery), this.#limits),
      }
    }
    const disposition = readDispositionStatus(
      concatOctets(this.#parts.get('disposition') ?? []),
      this.#limits,
    )
    return disposition === undefined ? undefined : { kind: 'disposition', ...about, ...disposition }
  }

  #original(): HeaderSection | undefined {
    const octets = concatOctets(this.#parts.get('original') ?? [])
    return octets.length === 0 ? undefined : parseHeaderSection(octets, this.#limits)
  }

  #take(event: MessageEvent): void {
    if (event.kind === 'part') this.#begin(event)
    if (event.kind === 'end') this.#role = undefined
    if (event.kind === 'content' && this.#role !== undefined) this.#keep(this.#role, event.octets)
  }

  #begin({ header, contentType }: PartBegin): void {
    this.#header ??= header
    const role = ROLES.get(contentType.mediaType)
    // Of two parts for the same, the first counts.
    this.#role = role !== undefined && !this.#parts.has(role) ? role : undefined
    if (this.#role !== undefined) this.#parts.set(this.#role, [])
    this.#octets = 0
  }

  #keep(role: Role, octets: Uint8Array): void {
    const { statusOctets, headerOctets } = this.#limits
    const limit = role === 'original' ? headerOctets : statusOctets
    const room = limit - this.#octets
    this.#octets += octets.length
    if (role !== 'original' && room < octets.length) {
      const facts = { what: 'the status part of a report', option: 'statusOctets' }
      throw new LimitExceeded({ ...facts, limit, value: this.#octets })
    }
    // The pieces share memory with what was pushed, which is the caller's.
    if (room > 0) this.#parts.get(role)?.push(copyOctets(octets, 0, room))
  }
}

/**
 * Reads a letter and says what it reports, or `undefined` when it is no delivery report.
 *
 * @throws LimitExceeded when it is larger than {@link DEFAULT_REPORT_LIMITS} in some respect.
 */
export function readDeliveryReport(letter: Uint8Array): DeliveryReport | undefined {
  const report = readReport(letter)
  return report?.kind === 'delivery' ? report : undefined
}

/** As {@link readDeliveryReport}, for disposition notifications. */
export function readDispositionNotification(
  letter: Uint8Array,
): DispositionNotification | undefined {
  const report = readReport(letter)
  return report?.kind === 'disposition' ? report : undefined
}

function readReport(letter: Uint8Array): ReturnType<ReportReader['end']> {
  const reader = new ReportReader()
  reader.push(letter)
  return reader.end()
}
