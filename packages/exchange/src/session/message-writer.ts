import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress } from 'node:zlib'

import {
  formatEndLine,
  formatRowLine,
  formatTableLine,
  type TableLine,
} from '../message/body-lines.ts'
import { formatHeaderLine } from '../message/header-line.ts'
import type { MessageHeader } from '../plan/message-header.ts'
import type { ChangeBatch } from '../store/change-store.ts'
import { base64 } from '../platform/base64.ts'

/** What went into a message's file. */
export interface WrittenMessage {
  readonly rowCount: number
  /** Position of the last row in it; `undefined` when it holds none. */
  readonly lastSeq: number | undefined
  /** True when the size bound ended it before the changes did. */
  readonly hasMore: boolean
  readonly sizeOctets: number
}

export interface MessageDraft {
  readonly header: MessageHeader
  readonly batches: AsyncIterable<ChangeBatch>
}

export interface WriteOptions {
  /** Octets of rows, before compression, that one message may hold. */
  readonly limitOctets: number
  readonly onRows?: (rowsDone: number) => void
}

/** Beyond level 3 zstd takes several times as long for a tenth less. */
const COMPRESSION_LEVEL = 3

const COMPRESSION = {
  [constants.ZSTD_c_compressionLevel]: COMPRESSION_LEVEL,
  // Damage shows before anything is read, even in the number of the format.
  [constants.ZSTD_c_checksumFlag]: 1,
}

/** Text is handed to the compressor in pieces of this many characters: larger ones cost memory, smaller ones time. */
const PIECE_LENGTH = 64 * 1024

/**
 * Writes a message's file: header, rows until the size bound, end line; compressed, flushed to the disk, and under
 * its name only when it is whole.
 */
export async function writeMessage(
  path: string,
  draft: MessageDraft,
  options: WriteOptions,
): Promise<WrittenMessage> {
  const body = new BodyWriter(options)
  const unfinished = `${path}.part`
  try {
    await pipeline(
      Readable.from(body.write(draft)),
      createZstdCompress({ params: COMPRESSION }),
      createWriteStream(unfinished),
    )
    const file = await open(unfinished, 'r+')
    await file.sync()
    await file.close()
    await rename(unfinished, path)
  } finally {
    // After an error, a disk that is full among them, it only takes room.
    await rm(unfinished, { force: true })
  }
  const { size } = await stat(path)
  return {
    rowCount: body.rowCount,
    lastSeq: body.lastSeq,
    hasMore: body.hasMore,
    sizeOctets: size,
  }
}

class BodyWriter {
  rowCount = 0
  lastSeq: number | undefined
  hasMore = false
  readonly #options: WriteOptions
  readonly #hash = createHash('sha256')
  #piece = ''
  #rowOctets = 0
  #table: TableLine | undefined

  constructor(options: WriteOptions) {
    this.#options = options
  }

  async *write({ header, batches }: MessageDraft): AsyncGenerator<Buffer, void, void> {
    this.#line(formatHeaderLine(header))
    for await (const batch of batches) {
      yield* this.#writeBatch(batch)
      this.#options.onRows?.(this.rowCount)
      if (this.hasMore) break
    }
    yield this.#flush()
    const end = { rowCount: this.rowCount, sha256: this.#hash.digest('hex') }
    yield Buffer.from(`${formatEndLine(end)}\n`)
  }

  *#writeBatch({ table, changes }: ChangeBatch): Generator<Buffer, void, void> {
    for (const { seq, row } of changes) {
      const line = formatRowLine(row, table, base64)
      this.#rowOctets += Buffer.byteLength(line) + 1
      // A row that is larger than the bound goes alone: it can't be divided.
      if (this.#rowOctets > this.#options.limitOctets && this.rowCount > 0) {
        this.hasMore = true
        return
      }
      if (table.table !== this.#table?.table) this.#line(formatTableLine(table))
      this.#table = table
      this.#line(line)
      this.rowCount += 1
      this.lastSeq = seq
      if (this.#piece.length >= PIECE_LENGTH) yield this.#flush()
    }
  }

  #line(text: string): void {
    this.#piece += `${text}\n`
  }

  #flush(): Buffer {
    const octets = Buffer.from(this.#piece)
    this.#piece = ''
    this.#hash.update(octets)
    return octets
  }
}
