/**
 * The part of `node:zlib` that an exchange uses, without its threads: the octets are the same, and nothing waits for another thread, so
 * that a world of many small messages is quick, and takes the same turns each time.
 */
import { Buffer } from 'node:buffer'
import { Transform } from 'node:stream'
import {
  constants,
  zstdCompressSync as compress,
  type ZstdOptions,
  zstdDecompressSync,
} from 'node:zlib'

export { constants }

/** What the last frames hold, by their octets: most are decompressed several times, and each time would cost more than all else. */
const contents = new Map<string, Buffer>()

/** More than the letters of one world. */
const MAX_FRAMES = 500

export function zstdCompressSync(content: string | Buffer, options: ZstdOptions): Buffer {
  const frame = compress(content, options)
  if (contents.size >= MAX_FRAMES) contents.clear()
  contents.set(frame.toString('latin1'), Buffer.from(content))
  return frame
}

/** Each piece that comes in is a frame: a simulated disk gives files whole, and they are cut where their frames end. */
export function createZstdDecompress(): Transform {
  return new Transform({
    transform(frame: Buffer, _encoding, done): void {
      try {
        done(null, contents.get(frame.toString('latin1')) ?? zstdDecompressSync(frame))
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },
  })
}
