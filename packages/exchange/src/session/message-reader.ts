import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createZstdDecompress } from 'node:zlib'

import { BodyLineReader, type RowLine, type TableLine } from '../message/body-lines.ts'
import { MessageDamaged, MessageTooNew } from '../message/errors.ts'
import { parseHeaderLine } from '../message/header-line.ts'
import type { MessageHeader } from '../plan/message-header.ts'
import { base64 } from '../platform/base64.ts'
import type { RowName } from '../transport/errors.ts'

/** A row may hold a large binary value, but it has to fit into memory, on both sides. */
const MAX_LINE_OCTETS = 256 * 1024 * 1024

/** No honest message comes near: its sender closes it at a size bound. It ends what a decompression bomb may cost. */
const MAX_BODY_OCTETS = 4 * 1024 * 1024 * 1024

const LINE_FEED = 0x0a
const LEFT_BRACKET = 0x5b

/** Each chunk is a turn of another thread: at Node's 16 KiB the turns cost more than the work. */
const CHUNK_OCTETS = 256 * 1024

/** Rows that are applied in one go: enough that a step does not count, few enough to show progress. */
const BATCH_ROWS = 500

/** A batch of rows with pictures in them ends earlier, so that it can be held. */
const BATCH_OCTETS = 1024 * 1024

/** A message's file that is whole, and exactly what its sender wrote. */
export interface VerifiedMessage {
  readonly path: string
  readonly header: MessageHeader
  readonly rowCount: number
}

/**
 * Checks a message's file from the first octet to the last before anything of it is used. Throws
 * {@link MessageDamaged} or {@link MessageTooNew}.
 */
export async function verifyMessage(path: string): Promise<VerifiedMessage> {
  const hash = createHash('sha256')
  let header: MessageHeader | MessageTooNew | undefined
  let previous: Buffer | undefined
  let rowCount = 0
  for await (const line of readLines(path)) {
    header ??= readHeader(line)
    if (line.length < 2) throw new MessageDamaged('it has an empty line')
    if (line[0] === LEFT_BRACKET) rowCount += 1
    if (previous !== undefined) hash.update(previous).update('\n')
    previous = line
  }
  if (header === undefined || previous === undefined) throw new MessageDamaged('it is empty')
  if (header instanceof MessageTooNew) throw header
  const end = new BodyLineReader(base64).read(previous.toString())
  if (end.kind !== 'end' || end.rowCount !== rowCount) throw new MessageDamaged('it ends too early')
  if (end.sha256 !== hash.digest('hex')) throw new MessageDamaged('its checksum does not fit')
  return { path, header, rowCount }
}

/** A format that is too new counts only when the file is whole: a damaged one may say anything. */
function readHeader(line: Buffer): MessageHeader | MessageTooNew {
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
  let rows: RowLine[] = []
  let rowOctets = 0
  let isHeader = true
  for await (const octets of readLines(path)) {
    const line = isHeader ? undefined : lines.read(octets.toString())
    isHeader = false
    if (line !== undefined && line.kind !== 'table' && line.kind !== 'end') {
      rows.push(line)
      rowOctets += octets.length
      if (rows.length < BATCH_ROWS && rowOctets < BATCH_OCTETS) continue
    }
    if (rows.length > 0) yield rows
    rows = []
    rowOctets = 0
    if (line?.kind === 'table') yield line
  }
}

/** Table and key of the first row in a message's file, for people. */
export async function nameFirstRow(path: string): Promise<RowName | undefined> {
  let table: TableLine | undefined
  for await (const piece of readMessage(path)) {
    if ('kind' in piece) table = piece
    else if (table !== undefined) return { table: table.table, key: formatKey(table, piece[0]) }
  }
  return undefined
}

/** It goes into a sentence for people: two UUIDs and a comma fit. */
const MAX_KEY_LENGTH = 100

function formatKey({ keyLength }: TableLine, row: RowLine | undefined): string {
  const key = (row?.values ?? []).slice(0, keyLength).map((value) => {
    if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`
    return typeof value === 'string' ? JSON.stringify(value) : String(value)
  })
  return key.join(', ').slice(0, MAX_KEY_LENGTH)
}

async function* readLines(path: string): AsyncGenerator<Buffer, void, void> {
  const pieces: Buffer[] = []
  let pieceOctets = 0
  let bodyOctets = 0
  for await (const chunk of readDecompressed(path)) {
    bodyOctets += chunk.length
    if (bodyOctets > MAX_BODY_OCTETS) throw new MessageDamaged('it is larger than any message')
    let begin = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, begin)) {
      pieces.push(chunk.subarray(begin, end))
      yield pieces.length === 1 ? chunk.subarray(begin, end) : Buffer.concat(pieces)
      pieces.length = 0
      pieceOctets = 0
      begin = end + 1
    }
    if (begin < chunk.length) {
      pieces.push(chunk.subarray(begin))
      pieceOctets += chunk.length - begin
      if (pieceOctets > MAX_LINE_OCTETS) throw new MessageDamaged('it has an endless line')
    }
  }
  if (pieceOctets > 0) throw new MessageDamaged('its last line is cut')
}

async function* readDecompressed(path: string): AsyncGenerator<Buffer, void, void> {
  const file = createReadStream(path)
  const decompressed = file.pipe(createZstdDecompress({ chunkSize: CHUNK_OCTETS }))
  file.on('error', (error) => decompressed.destroy(error))
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

function isZstdError(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return typeof error.code === 'string' && /^Z(STD_|_)|^ERR_(ZLIB|BUFFER)/.test(error.code)
}
