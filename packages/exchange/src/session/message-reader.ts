import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { createZstdDecompress } from 'node:zlib'

import {
  BodyLineReader,
  type EndLine,
  isRowLine,
  type PartLine,
  type RowLine,
  type TableLine,
} from '../message/body-lines.ts'
import type { CheckLine } from '../message/check-line.ts'
import { MessageDamaged, MessageTooNew } from '../message/errors.ts'
import { FrameWalker } from '../message/frame-walker.ts'
import { parseHeaderLine } from '../message/header-line.ts'
import type { MessageHeader } from '../plan/message-header.ts'
import { base64 } from '../platform/base64.ts'

/** A row may hold a large binary value, but it has to fit into memory, on both sides. */
const MAX_LINE_OCTETS = 256 * 1024 * 1024

/** Conflicts that were decided are half a million characters at the most, and may be six octets each in JSON: whatever else a header says is small beside it. */
const MAX_HEADER_OCTETS = 4 * 1024 * 1024

/** No honest message comes near: its sender closes it at a size bound. It ends what a decompression bomb may cost. */
const MAX_BODY_OCTETS = 4 * 1024 * 1024 * 1024

/** What thousands of tables hold: what is kept of a message is bounded. */
const MAX_CHECK_OCTETS = 8 * 1024 * 1024

const LINE_FEED = 0x0a

/** `{}` or `[]`, and the line end. */
const LINE_OCTETS_MIN = 3

const LEFT_BRACKET = 0x5b

/** Each chunk is a turn of another thread: at Node's 16 KiB the turns cost more than the work. */
const CHUNK_OCTETS = 256 * 1024

/** Rows that are applied in one go: enough that a step does not count, few enough to show progress. */
const BATCH_ROWS = 500

/** Characters of lines. A batch of rows with pictures in them ends earlier, so that it can be held. */
const BATCH_LENGTH = 1024 * 1024

/** A message's file that is whole, and exactly what its sender wrote. */
export interface VerifiedMessage {
  readonly path: string
  readonly header: MessageHeader
  readonly rowCount: number
  /** What the sender's tables hold, if it says so. */
  readonly checks: readonly CheckLine[]
}

/**
 * Checks a message's file from the first octet to the last before anything of it is used. Throws
 * {@link MessageDamaged} or {@link MessageTooNew}.
 */
export async function verifyMessage(path: string): Promise<VerifiedMessage> {
  const check = new SealCheck()
  let header: MessageHeader | MessageTooNew | undefined
  for await (const block of readBlocks(path)) {
    for (const { octets, rows } of runsOf(block)) {
      // What was appended to it on its way is none of it.
      if (check.isEnded) continue
      if (header === undefined) {
        header = readHeader(octets)
        check.header(octets)
      } else if (octets.length < LINE_OCTETS_MIN) {
        throw new MessageDamaged('it has an empty line')
      } else if (!(header instanceof MessageTooNew)) {
        if (rows > 0) check.rows(octets, rows)
        else check.line(octets)
      }
    }
  }
  if (header instanceof MessageTooNew) throw header
  if (header === undefined) throw new MessageDamaged('it is empty')
  if (!check.isEnded) throw new MessageDamaged('it ends too early')
  return { path, header, rowCount: check.rowCount, checks: check.checks }
}

/** Holds the lines of a message against the seals in it. */
class SealCheck {
  rowCount = 0
  isEnded = false
  readonly checks: CheckLine[] = []
  readonly #message = createHash('sha256')
  #part = createHash('sha256')
  #partRows = 0
  #isInPart = false
  #checkOctets = 0

  header(line: Buffer): void {
    this.#message.update(line)
  }

  rows(octets: Buffer, count: number): void {
    this.#partRows += count
    this.#add(octets)
  }

  line(line: Buffer): void {
    const read = new BodyLineReader(base64).read(line.toString())
    if (read.kind === 'part') this.#endPart(line, read)
    else if (read.kind === 'check') this.#addCheck(line, read)
    else if (read.kind === 'end') this.#end(read)
    else this.#add(line)
  }

  #add(octets: Buffer): void {
    this.#isInPart = true
    this.#part.update(octets)
  }

  #endPart(line: Buffer, seal: PartLine): void {
    const isWhole = seal.rowCount === this.#partRows && seal.sha256 === this.#part.digest('hex')
    if (!isWhole) throw new MessageDamaged('the checksum of a part does not fit')
    this.#message.update(line)
    this.rowCount += seal.rowCount
    this.#part = createHash('sha256')
    this.#partRows = 0
    this.#isInPart = false
  }

  #addCheck(line: Buffer, check: CheckLine): void {
    if (this.#isInPart) throw new MessageDamaged('a part of it has no end')
    this.#message.update(line)
    this.#checkOctets += line.length
    if (this.#checkOctets <= MAX_CHECK_OCTETS) this.checks.push(check)
  }

  #end(seal: EndLine): void {
    if (this.#isInPart || seal.rowCount !== this.rowCount) {
      throw new MessageDamaged('it ends too early')
    }
    if (seal.sha256 !== this.#message.digest('hex')) {
      throw new MessageDamaged('its checksum does not fit')
    }
    this.isEnded = true
  }
}

/** A format that is too new counts only when the file is whole: a damaged one may say anything. */
function readHeader(line: Buffer): MessageHeader | MessageTooNew {
  if (line.length > MAX_HEADER_OCTETS) throw new MessageDamaged('its header is too long')
  try {
    return parseHeaderLine(line.toString())
  } catch (error) {
    if (error instanceof MessageTooNew) return error
    throw error
  }
}

/** Reads the rows of a message's file, each table before its rows. */
export async function* readMessage(
  path: string,
): AsyncGenerator<TableLine | readonly RowLine[], void, void> {
  const lines = new BodyLineReader(base64)
  const batch = new RowBatch()
  let isHeader = true
  let isEnded = false
  for await (const block of readBlocks(path)) {
    for (const text of block.toString().split('\n')) {
      // Behind the last line end of a block there is nothing.
      if (isEnded || text === '') continue
      const line = isHeader ? undefined : lines.read(text)
      isHeader = false
      isEnded = line?.kind === 'end'
      if (isRowLine(line)) {
        batch.add(line, text.length)
        if (!batch.isFull) continue
      }
      yield* batch.take()
      if (line?.kind === 'table') yield line
    }
  }
}

/** Rows that are applied in one go. */
class RowBatch {
  #rows: RowLine[] = []
  #length = 0

  get isFull(): boolean {
    return this.#rows.length >= BATCH_ROWS || this.#length >= BATCH_LENGTH
  }

  add(row: RowLine, length: number): void {
    this.#rows.push(row)
    this.#length += length
  }

  *take(): Generator<readonly RowLine[], void, void> {
    if (this.#rows.length > 0) yield this.#rows
    this.#rows = []
    this.#length = 0
  }
}

/** Lines that are sealed in one go, with their line ends: rows one after another, or a line of another kind by itself. */
interface Run {
  readonly octets: Buffer
  /** How many rows they are; 0 for another line. */
  readonly rows: number
}

function* runsOf(block: Buffer): Generator<Run, void, void> {
  let begin = 0
  let rows = 0
  let end = 0
  for (let line = 0; line < block.length; line = end) {
    end = block.indexOf(LINE_FEED, line) + 1
    if (block[line] === LEFT_BRACKET && end - line >= LINE_OCTETS_MIN) {
      rows += 1
      continue
    }
    if (rows > 0) yield { octets: block.subarray(begin, line), rows }
    yield { octets: block.subarray(line, end), rows: 0 }
    begin = end
    rows = 0
  }
  if (rows > 0) yield { octets: block.subarray(begin), rows }
}

/** Reads a file in blocks of whole lines: one turn of the event loop for each line would cost more than the line. */
async function* readBlocks(path: string): AsyncGenerator<Buffer, void, void> {
  let begun: Buffer[] = []
  let begunOctets = 0
  let bodyOctets = 0
  for await (const chunk of readDecompressed(path)) {
    bodyOctets += chunk.length
    if (bodyOctets > MAX_BODY_OCTETS) throw new MessageDamaged('it is larger than any message')
    const end = chunk.lastIndexOf(LINE_FEED) + 1
    if (end > 0) {
      const whole = chunk.subarray(0, end)
      yield begunOctets === 0 ? whole : Buffer.concat([...begun, whole])
      begun = []
      begunOctets = 0
    }
    if (end < chunk.length) {
      begun.push(chunk.subarray(end))
      begunOctets += chunk.length - end
      if (begunOctets > MAX_LINE_OCTETS) throw new MessageDamaged('it has an endless line')
    }
  }
  if (begunOctets > 0) throw new MessageDamaged('its last line is cut')
}

async function* readDecompressed(path: string): AsyncGenerator<Buffer, void, void> {
  const file = createReadStream(path, { highWaterMark: CHUNK_OCTETS })
  const frames = Readable.from(cutFrames(file))
  const decompressed = frames.pipe(createZstdDecompress({ chunkSize: CHUNK_OCTETS }))
  frames.on('error', (error) => decompressed.destroy(error))
  try {
    for await (const chunk of decompressed) {
      if (Buffer.isBuffer(chunk)) yield chunk
    }
  } catch (error) {
    throw isZstdError(error)
      ? new MessageDamaged('it does not decompress', { cause: error })
      : error
  } finally {
    file.destroy()
  }
}

/** The decompressor goes on with the next frame only when that comes in another piece. */
async function* cutFrames(file: AsyncIterable<unknown>): AsyncGenerator<Uint8Array, void, void> {
  const walker = new FrameWalker()
  for await (const octets of file) {
    if (Buffer.isBuffer(octets)) yield* walker.cut(octets)
  }
}

function isZstdError(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return typeof error.code === 'string' && /^Z(STD_|_)|^ERR_(ZLIB|BUFFER)/.test(error.code)
}
