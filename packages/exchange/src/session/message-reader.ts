import { createHash } from 'node:crypto'

import { BodyLineReader } from '../message/body-line-reader.ts'
import type { EndLine, PartLine, RowLine, TableLine } from '../message/body-lines.ts'
import type { CheckLine } from '../message/check-line.ts'
import { MessageDamaged, MessageTooNew } from '../message/errors.ts'
import { parseHeaderLine } from '../message/header-line.ts'
import type { MessageHeader } from '../plan/message-header.ts'
import { base64 } from '../platform/base64.ts'
import { release } from '../platform/release.ts'
import { FrameFile, type PartPlace } from './frame-file.ts'

/** Conflicts that were decided are half a million characters at the most, and may be six octets each in JSON: whatever else a header says is small beside it. */
const MAX_HEADER_LENGTH = 4 * 1024 * 1024

/** No honest message comes near: its sender closes it at a size bound. It ends what a decompression bomb may cost. */
const MAX_BODY_OCTETS = 4 * 1024 * 1024 * 1024

/** What thousands of tables hold: what is kept of a message is bounded. */
const MAX_CHECKS_LENGTH = 8 * 1024 * 1024

const LINE_FEED = 0x0a

/** Begins a line behind one of another kind: nothing but a row begins with a bracket. */
const OTHER_LINE = '\n{'

/**
 * Lines that are parsed in one go. The text of more does not lie where the engine of JavaScript makes what is gone soon, and takes twice as
 * long. The rows of so many are gone before the next ones are made: the engine then keeps 35 MB less room for them than with thrice as many.
 */
const BLOCK_OCTETS = 64 * 1024

/** Octets of lines. A batch of rows with pictures in them ends here, however many rows are wanted, so that it can be held. */
const BATCH_OCTETS = 1024 * 1024

/** A message's file that is whole, and exactly what its sender wrote. */
export interface VerifiedMessage {
  readonly path: string
  readonly header: MessageHeader
  readonly rowCount: number
  readonly parts: readonly PartPlace[]
  /** What the sender's tables hold, if it says so. */
  readonly checks: readonly CheckLine[]
}

/**
 * Checks a message's file from the first octet to the last before anything of it is used. Its rows are not decompressed: what seals
 * them are their octets as they lie in the file. Throws {@link MessageDamaged} or {@link MessageTooNew}.
 */
export async function verifyMessage(path: string): Promise<VerifiedMessage> {
  const file = await FrameFile.open(path)
  try {
    const [headerLine, ...others] = (await file.readLines()) ?? []
    if (headerLine === undefined) throw new MessageDamaged('it is empty')
    const header = readHeader(headerLine)
    if (header instanceof MessageTooNew) {
      await file.skipAll()
      throw header
    }
    const check = new SealCheck(headerLine)
    // What was appended to it on its way is none of it.
    for (let lines: readonly string[] | undefined = others; !check.isEnded;) {
      for (const line of lines) await check.line(line, file)
      lines = check.isEnded ? [] : await file.readLines()
      if (lines === undefined) throw new MessageDamaged('it ends too early')
    }
    const { rowCount, parts, checks } = check
    return { path, header, rowCount, parts, checks }
  } finally {
    await file.close()
  }
}

/** Holds the lines of a message, and the parts behind them, against the seals in it. */
class SealCheck {
  rowCount = 0
  isEnded = false
  readonly checks: CheckLine[] = []
  readonly parts: PartPlace[] = []
  readonly #lines = new BodyLineReader(base64)
  readonly #message = createHash('sha256')
  #checkLength = 0

  constructor(headerLine: string) {
    this.#seal(headerLine)
  }

  async line(line: string, file: FrameFile): Promise<void> {
    if (this.isEnded) return
    const read = this.#lines.read(line)
    if (read.kind === 'end') return this.#end(read)
    this.#seal(line)
    if (read.kind === 'part') await this.#addPart(read, file)
    else if (read.kind !== 'check') throw new MessageDamaged('it has rows that nothing seals')
    else this.#addCheck(line, read)
  }

  #addCheck(line: string, check: CheckLine): void {
    this.#checkLength += line.length
    if (this.#checkLength <= MAX_CHECKS_LENGTH) this.checks.push(check)
  }

  #seal(line: string): void {
    this.#message.update(`${line}\n`)
  }

  async #addPart({ rowCount, octets, sha256 }: PartLine, file: FrameFile): Promise<void> {
    this.parts.push({ begin: file.position, octets, rowCount })
    this.rowCount += rowCount
    const isWhole = (await file.digest(octets)) === sha256
    if (!isWhole) throw new MessageDamaged('the checksum of a part does not fit')
  }

  #end(seal: EndLine): void {
    if (seal.rowCount !== this.rowCount) throw new MessageDamaged('it ends too early')
    if (seal.sha256 !== this.#message.digest('hex')) {
      throw new MessageDamaged('its checksum does not fit')
    }
    this.isEnded = true
  }
}

/** A format that is too new counts only when the file is whole: a damaged one may say anything. */
function readHeader(line: string): MessageHeader | MessageTooNew {
  if (line.length > MAX_HEADER_LENGTH) throw new MessageDamaged('its header is too long')
  try {
    return parseHeaderLine(line)
  } catch (error) {
    if (error instanceof MessageTooNew) return error
    throw error
  }
}

/** Reads the rows of a message's file, each table before its rows, a block of lines at a time, or so many rows. Throws {@link MessageDamaged}. */
export async function* readMessage(
  message: VerifiedMessage,
  { batchRows = 1 }: { readonly batchRows?: number } = {},
): AsyncGenerator<TableLine | readonly RowLine[], void, void> {
  const file = await FrameFile.open(message.path)
  try {
    const lines = new BodyLineReader(base64)
    let bodyOctets = 0
    for (const part of message.parts) {
      const octets = await file.readPart(part)
      bodyOctets += octets.length
      if (bodyOctets > MAX_BODY_OCTETS) throw new MessageDamaged('it is larger than any message')
      let rowCount = 0
      for (const piece of readPart(octets, { lines, batchRows })) {
        if (!('kind' in piece)) rowCount += piece.length
        yield piece
      }
      if (rowCount !== part.rowCount) throw new MessageDamaged('a part of it miscounts its rows')
      release(octets)
    }
  } finally {
    await file.close()
  }
}

/** What reads lines, and how many rows it is to give at once. */
interface Reading {
  readonly lines: BodyLineReader
  readonly batchRows: number
}

/** Reads the lines of a part: each table, and batches of its rows. */
function* readPart(
  octets: Buffer,
  reading: Reading,
): Generator<TableLine | readonly RowLine[], void, void> {
  const { lines } = reading
  if (octets.at(-1) !== LINE_FEED) throw new MessageDamaged('its last line is cut')
  lines.beginPart()
  for (let begin = 0; begin < octets.length;) {
    const end = octets.indexOf(LINE_FEED, begin)
    const line = lines.read(octets.toString('utf8', begin, end))
    if (line.kind !== 'table') throw new MessageDamaged('a part of it has other lines than rows')
    yield line
    const other = octets.indexOf(OTHER_LINE, end)
    begin = other < 0 ? octets.length : other + 1
    yield* readBatches(octets.subarray(end + 1, begin), reading)
  }
}

/** Reads rows of one table, which end with a line end. */
function* readBatches(
  octets: Buffer,
  { lines, batchRows }: Reading,
): Generator<readonly RowLine[], void, void> {
  let rows: RowLine[] = []
  let batchBegin = 0
  for (let begin = 0; begin < octets.length;) {
    const end = endOfBlock(octets, begin)
    const some = lines.readRows(octets.toString('utf8', begin, end))
    rows = rows.length === 0 ? some : rows.concat(some)
    begin = end + 1
    if (rows.length < batchRows && begin - batchBegin < BATCH_OCTETS && begin < octets.length)
      continue
    yield rows
    rows = []
    batchBegin = begin
  }
}

/** Where the last line ends that is whole within a block; of one that is longer, where it ends. */
function endOfBlock(octets: Buffer, begin: number): number {
  const last = octets.lastIndexOf(LINE_FEED, begin + BLOCK_OCTETS)
  return last > begin ? last : octets.indexOf(LINE_FEED, begin + 1)
}
