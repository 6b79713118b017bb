/**
 * The part of `node:zlib` that an exchange uses, without its threads and without compression: the octets are those of zstd all the same, and
 * nothing waits for another thread, so that a world of many small messages is quick, and takes the same turns each time.
 */
import { Buffer } from 'node:buffer'
import { constants, zstdDecompressSync as decompress, type ZstdOptions } from 'node:zlib'

import { contentOf, frameOf } from './raw-frames.ts'

export { constants }

export function zstdCompressSync(content: string | Uint8Array): Buffer {
  return frameOf(Buffer.from(content))
}

export function zstdDecompressSync(frame: Uint8Array, options: ZstdOptions): Buffer {
  return contentOf(frame) ?? decompress(frame, options)
}
