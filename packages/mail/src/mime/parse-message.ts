/**
 * A letter → events, in constant memory.
 *
 *     header ──empty line──▶ leaf          content is decoded and delivered until a delimiter
 *            └─(multipart)─▶ between       preamble and epilogues are passed over
 *     leaf, between, header ──delimiter──▶ header of the next part
 *                           ──last delimiter──▶ between, of the multipart around it
 *
 * The open multiparts are a stack of frames beside the scanner's stack of boundaries; nothing recurses.
 */

import { LimitExceeded } from '../base/limit-exceeded.ts'
import { NO_OCTETS, textOf } from '../base/octets.ts'
import { escapePeerWords } from '../base/peer-words.ts'
import { parseContentDisposition, parseContentType } from './content-type.ts'
import type { ContentType } from './content-type.ts'
import type { Defect, DefectKind } from './defect.ts'
import { fileNameOf } from './file-name.ts'
import { HeaderCollector } from './header-collector.ts'
import { DEFAULT_HEADER_LIMITS, MAX_DEFECTS, parseHeaderSection } from './header-section.ts'
import type { HeaderLimits, HeaderSection } from './header-section.ts'
import type { MessageEvent } from './message.ts'
import { DelimiterScanner } from './multipart.ts'
import type { Cursor, Delimiter, ScannedPiece } from './multipart.ts'
import {
  createTransferDecoder,
  IDENTITY,
  isIdentity,
  transferEncodingOf,
} from './transfer-encoding.ts'
import type { TransferDecoder } from './transfer-encoding.ts'

/** How much of a letter is taken. Content is not limited: it is not kept. */
export interface MessageLimits extends HeaderLimits {
  /** Multiparts inside multiparts. */
  readonly depth: number
  /** Parts in the whole letter. */
  readonly parts: number
}

/** How a letter is read. */
export interface ReadingOptions {
  /**
   * Has what is decoded written over what was decoded of the octets pushed before: for who puts content somewhere at once. It spares making an array for
   * each piece, which takes longer than decoding it. By default content stays as it is.
   */
  readonly overwritesContent?: boolean
}

/** Far more than people's letters have; little enough that a thousand such letters are no trouble. */
export const DEFAULT_MESSAGE_LIMITS: MessageLimits = {
  ...DEFAULT_HEADER_LIMITS,
  depth: 32,
  parts: 1000,
}

/** RFC 2046 §5.1.1 allows 70; some programs write longer ones. */
const MAX_BOUNDARY = 200

/** What decoders want beyond the octets that they make. */
const ROOM_SLACK = 64

/** A multipart that has begun and not ended. */
interface Frame {
  readonly path: readonly number[]
  /** RFC 2046 §5.1.5: what a part is that doesn't say. */
  readonly defaultMediaType: string | undefined
  partCount: number
}

/**
 * Reads one letter as its octets come, and gives back what they turn out to be: parts, decoded content, ends, defects. The events are the
 * same however the octets are cut; only content comes in other pieces. Lines may end in CRLF or LF.
 *
 * A letter inside a letter (`message/rfc822`) is a part like any other: its octets are its content, for another reader if wanted.
 * What is damaged is read as well as it can be and noted in {@link defects}; empty lines before the letter are passed over, and a letter
 * whose first line is no field is text from its beginning; only limits throw, and a reader that has thrown
 * must not be used again.
 *
 * @example
 * ```ts
 * import { MessageReader } from '@obmen/mail/mime'
 *
 * async function sizesOf(letter: AsyncIterable<Uint8Array>): Promise<Map<string, number>> {
 *   const reader = new MessageReader()
 *   const sizes = new Map<string, number>()
 *   let fileName = ''
 *   for await (const octets of letter) {
 *     for (const event of reader.push(octets)) {
 *       if (event.kind === 'part') fileName = event.fileName ?? ''
 *       if (event.kind === 'content') sizes.set(fileName, (sizes.get(fileName) ?? 0) + event.octets.length)
 *     }
 *   }
 *   reader.end()
 *   return sizes
 * }
 * ```
 */
export class MessageReader {
  readonly #limits: MessageLimits
  readonly #scanner = new DelimiterScanner()
  readonly #collector: HeaderCollector
  readonly #frames: Frame[] = []
  readonly #defects: Defect[] = []
  #state: 'header' | 'leaf' | 'between' = 'header'
  /** The part whose header or content is being read. */
  #path: readonly number[] = []
  #decoder: TransferDecoder = IDENTITY
  #partCount = 1
  #events: MessageEvent[] = []
  readonly #overwritesContent: boolean
  /** What content is decoded into, and how much of it the octets pushed last have taken. */
  #room: Uint8Array = NO_OCTETS
  #roomTaken = 0

  constructor(limits: Partial<MessageLimits> = {}, options: ReadingOptions = {}) {
    this.#limits = { ...DEFAULT_MESSAGE_LIMITS, ...limits }
    this.#overwritesContent = options.overwritesContent ?? false
    this.#collector = new HeaderCollector(this.#limits, {
      match: (line) => this.#scanner.match(line),
      isOwn: (line, fields) => isDelimiterOf(line, parseHeaderSection(fields, this.#limits)),
    })
  }

  /** What was wrong so far, at most a hundred things. */
  get defects(): readonly Defect[] {
    return this.#defects
  }

  /**
   * Takes the next octets of the letter. Content in the events may share memory with them.
   *
   * @throws LimitExceeded when the letter is larger than {@link MessageLimits} in some respect.
   */
  push(octets: Uint8Array): readonly MessageEvent[] {
    const cursor: Cursor = { octets, position: 0 }
    this.#makeRoom(octets.length)
    while (cursor.position < octets.length) {
      if (this.#state === 'header') this.#readHeader(cursor)
      else this.#readBody(cursor)
    }
    return this.#takeEvents()
  }

  /** The letter has ended. @throws LimitExceeded as {@link push} does. */
  end(): readonly MessageEvent[] {
    if (this.#state !== 'header' && this.#frames.length > 0) this.#takePiece(this.#scanner.end())
    if (this.#state === 'header') this.#endInHeader()
    this.#endLeaf()
    this.#closeFrames(0)
    return this.#takeEvents()
  }

  #takeEvents(): readonly MessageEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }

  #readHeader(cursor: Cursor): void {
    const end = this.#collector.collect(cursor)
    if (end === undefined) return
    if (end.kind === 'delimiter') {
      this.#report('unfinished-header-section', '')
      this.#beginPart(this.#collector.take())
      this.#takeDelimiter(end)
      return
    }
    if (end.kind === 'ownDelimiter') {
      this.#report('unfinished-header-section', '')
      this.#beginPart(this.#collector.take())
      const delimiter = this.#scanner.match(end.line)
      if (delimiter !== undefined) this.#takeDelimiter(delimiter)
      return
    }
    const section = this.#collector.take()
    // An empty line before the letter, which some programs put there, would make all of it a body.
    const isBeforeLetter = this.#path.length === 0 && section.length <= 2
    if (end.kind === 'noHeader') this.#beginWithoutHeader(section)
    else if (isBeforeLetter) this.#report('missing-header-section', '')
    else this.#beginPart(section)
  }

  /** A letter of text alone: its first line was looked at as a header line, and is text too. */
  #beginWithoutHeader(text: Uint8Array): void {
    this.#report('missing-header-section', textOf(text))
    this.#beginPart(NO_OCTETS)
    this.#deliver(text)
  }

  #endInHeader(): void {
    if (this.#collector.isWithoutHeader) {
      this.#beginWithoutHeader(this.#collector.take())
      return
    }
    const delimiter = this.#collector.endDelimiter()
    // RFC 5322 §3.5: a letter may consist of a header section alone.
    if (this.#path.length > 0) this.#report('unfinished-header-section', '')
    this.#beginPart(this.#collector.take())
    if (delimiter?.isClosing === true) this.#takeDelimiter(delimiter)
  }

  #readBody(cursor: Cursor): void {
    if (this.#frames.length > 0) {
      this.#takePiece(this.#scanner.next(cursor))
      return
    }
    if (this.#state === 'leaf') this.#deliver(cursor.octets.subarray(cursor.position))
    cursor.position = cursor.octets.length
  }

  #takePiece(piece: ScannedPiece | undefined): void {
    if (piece?.kind === 'delimiter') this.#takeDelimiter(piece)
    else if (piece !== undefined && this.#state === 'leaf') this.#deliver(piece.octets)
  }

  #deliver(encoded: Uint8Array): void {
    const octets = this.#decoder.push(encoded, this.#roomLeft())
    // No less was written into, and the next piece may not begin before its end.
    this.#roomTaken += octets.length
    if (octets.length > 0) this.#events.push({ kind: 'content', octets })
  }

  #roomLeft(): Uint8Array | undefined {
    return this.#overwritesContent ? this.#room.subarray(this.#roomTaken) : undefined
  }

  /** Decoding makes no octets more. */
  #makeRoom(octetCount: number): void {
    this.#roomTaken = 0
    const needed = octetCount + ROOM_SLACK
    if (this.#overwritesContent && this.#room.length < needed) this.#room = new Uint8Array(needed)
  }

  #takeDelimiter({ level, isClosing }: Delimiter): void {
    this.#endLeaf()
    this.#closeFrames(level + 1)
    const frame = this.#frames[level]
    if (frame === undefined) return
    if (isClosing) {
      this.#endFrame(frame)
      this.#scanner.closeFrom(level)
      this.#state = 'between'
      return
    }
    this.#partCount++
    this.#collector.startPart()
    this.#checkLimit('a letter of many parts', 'parts', this.#partCount)
    frame.partCount++
    this.#path = [...frame.path, frame.partCount]
    this.#state = 'header'
  }

  /** Ends the multiparts from this level inwards: whoever wrote them did not. */
  #closeFrames(level: number): void {
    while (this.#frames.length > level) {
      this.#report('missing-closing-delimiter', '')
      const frame = this.#frames.at(-1)
      if (frame !== undefined) this.#endFrame(frame)
    }
    this.#scanner.closeFrom(level)
    this.#state = 'between'
  }

  #endFrame(frame: Frame): void {
    this.#frames.pop()
    this.#events.push({ kind: 'end', path: frame.path })
  }

  #endLeaf(): void {
    if (this.#state !== 'leaf') return
    const octets = this.#decoder.end()
    if (octets.length > 0) this.#events.push({ kind: 'content', octets })
    if (this.#decoder.isDamaged) this.#report(this.#decoder.damage, '')
    this.#events.push({ kind: 'end', path: this.#path })
    this.#state = 'between'
  }

  #beginPart(octets: Uint8Array): void {
    const header = parseHeaderSection(octets, this.#limits)
    for (const defect of header.defects) this.#note(defect)
    const encoding = transferEncodingOf(header.raw('content-transfer-encoding'))
    const contentType = this.#contentTypeOf(header)
    if (contentType.mediaType.startsWith('multipart/')) {
      const boundary = boundaryOf(contentType)
      if (boundary !== '' && boundary.length <= MAX_BOUNDARY) {
        if (!isIdentity(encoding)) this.#report('encoded-multipart', encoding)
        this.#announce(header, contentType)
        this.#openFrame(contentType, boundary)
        return
      }
      this.#report('missing-boundary', boundary)
    }
    this.#beginLeaf(header, contentType, encoding)
  }

  #beginLeaf(header: HeaderSection, contentType: ContentType, encoding: string): void {
    const decoder = createTransferDecoder(encoding)
    if (decoder === undefined) {
      this.#report('unknown-transfer-encoding', encoding)
      // RFC 2045 §6.4: what can't be decoded is octets, whatever it says it is.
      this.#announce(header, { ...contentType, mediaType: 'application/octet-stream' })
    } else {
      this.#announce(header, contentType)
    }
    this.#decoder = decoder ?? IDENTITY
    this.#state = 'leaf'
    this.#scanner.startLine()
  }

  #openFrame({ mediaType }: ContentType, boundary: string): void {
    this.#checkLimit('a letter of parts within parts', 'depth', this.#frames.length + 1)
    const defaultMediaType = mediaType === 'multipart/digest' ? 'message/rfc822' : undefined
    this.#frames.push({ path: this.#path, defaultMediaType, partCount: 0 })
    this.#scanner.open(boundary)
    this.#scanner.startLine()
    this.#state = 'between'
  }

  #contentTypeOf(header: HeaderSection): ContentType {
    const body = header.raw('content-type') ?? this.#frames.at(-1)?.defaultMediaType
    return parseContentType(body, (kind, detail) => this.#report(kind, detail))
  }

  #announce(header: HeaderSection, contentType: ContentType): void {
    const body = header.raw('content-disposition')
    const disposition =
      body === undefined
        ? undefined
        : parseContentDisposition(body, (kind, detail) => this.#report(kind, detail))
    const fileName = fileNameOf(contentType, disposition)
    this.#events.push({
      kind: 'part',
      path: this.#path,
      header,
      contentType,
      ...(disposition === undefined ? {} : { disposition }),
      ...(fileName === undefined ? {} : { fileName }),
    })
  }

  #checkLimit(what: string, option: 'depth' | 'parts', value: number): void {
    const limit = this.#limits[option]
    if (value > limit) throw new LimitExceeded({ what, limit, value, option })
  }

  #report(kind: DefectKind, detail: string): void {
    if (this.#defects.length < MAX_DEFECTS) this.#note({ kind, detail: escapePeerWords(detail) })
  }

  #note(defect: Defect): void {
    if (this.#defects.length >= MAX_DEFECTS) return
    this.#defects.push(defect)
    this.#events.push({ kind: 'defect', defect })
  }
}

function boundaryOf({ parameters }: ContentType): string {
  return parameters.get('boundary')?.trimEnd() ?? ''
}

/** Whether a line divides the multipart that a header section announces: the empty line between the two was forgotten. */
function isDelimiterOf(line: Uint8Array, header: HeaderSection): boolean {
  const contentType = parseContentType(header.raw('content-type'))
  const boundary = boundaryOf(contentType)
  if (!contentType.mediaType.startsWith('multipart/')) return false
  if (boundary === '' || boundary.length > MAX_BOUNDARY) return false
  const scanner = new DelimiterScanner()
  scanner.open(boundary)
  return scanner.match(line) !== undefined
}
