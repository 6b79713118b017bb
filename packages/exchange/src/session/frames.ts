import { createHash } from 'node:crypto'
import { constants, type ZstdOptions, zstdCompressSync } from 'node:zlib'

import { formatPartLine } from '../message/body-lines.ts'
import { release } from '../platform/release.ts'

/** Rows come out no smaller from levels 2 and 3, which take twice as long; beyond, zstd takes several times as long for a tenth less. */
const COMPRESSION_LEVEL = 1

/**
 * The window of a part is the part: so zstd goes through it once, without turning over what it looks back on, and who decompresses it knows its size
 * beforehand. It is 2 MB; of less, zstd makes it smaller by itself.
 */
const WINDOW_LOG = 21

const COMPRESSION: ZstdOptions = {
  params: {
    [constants.ZSTD_c_compressionLevel]: COMPRESSION_LEVEL,
    [constants.ZSTD_c_windowLog]: WINDOW_LOG,
    // Damage shows before anything is read, even in the number of the format.
    [constants.ZSTD_c_checksumFlag]: 1,
  },
}

/** What is compressed comes in pieces, which are then joined: rows take less than half of what they were, and so need no joining. */
const MIN_CHUNK_OCTETS = 4 * 1024
const MAX_CHUNK_OCTETS = 1024 * 1024

/** A frame of zstd (RFC 8878) by itself: frames one after another are a file of zstd again. */
export function compressFrame(content: Uint8Array): Buffer {
  const chunkSize = Math.min(MAX_CHUNK_OCTETS, Math.max(MIN_CHUNK_OCTETS, content.length >>> 1))
  const options = { ...COMPRESSION, pledgedSrcSize: content.length, chunkSize }
  return zstdCompressSync(content, options)
}

/** Below, what compressing saves is less than what a compressor takes to get ready: each letter ends with such a frame of its own. */
const SMALL_OCTETS = 1024

/** Magic number and descriptor of a frame in one segment, with four octets for its size and no checksum (§3.1.1.1). */
const STORED_FRAME = Buffer.from('28b52ffda0', 'hex')
/** As the descriptor says. */
const SIZE_OCTETS = 4
/** Of every block (§3.1.1.2). */
const BLOCK_HEAD_OCTETS = 3

/** The bits of a raw block that is the last one (§3.1.1.2). */
const LAST_RAW_BLOCK = 1

/** A frame for a few lines: they are in it as they are. */
export function frameOfLines(lines: string): Buffer {
  const octets = Buffer.from(lines)
  if (octets.length > SMALL_OCTETS) return compressFrame(octets)
  const heads = Buffer.alloc(SIZE_OCTETS + BLOCK_HEAD_OCTETS)
  heads.writeUInt32LE(octets.length)
  heads.writeUIntLE((octets.length << 3) | LAST_RAW_BLOCK, SIZE_OCTETS, BLOCK_HEAD_OCTETS)
  return Buffer.concat([STORED_FRAME, heads, octets])
}

/** A part as it lies in a file: the line that seals it, and the frames of both. */
export interface SealedPart {
  readonly seal: string
  readonly frames: Buffer
}

/** Compresses the lines of a part, and seals them. */
export function sealPart(lines: Uint8Array, rowCount: number): SealedPart {
  const frame = compressFrame(lines)
  const sha256 = createHash('sha256').update(frame).digest('hex')
  const seal = `${formatPartLine({ rowCount, octets: frame.length, sha256 })}\n`
  const frames = Buffer.concat([frameOfLines(seal), frame])
  release(frame)
  return { seal, frames }
}
