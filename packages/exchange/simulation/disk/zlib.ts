/**
 * The part of `node:zlib` that an exchange uses, without its threads and without compression: the octets are those of zstd all the same, and
 * nothing waits for another thread, so that a world of many small messages is quick, and takes the same turns each time.
 */
import { Buffer } from 'node:buffer'
import { Transform } from 'node:stream'
import { constants, zstdDecompressSync } from 'node:zlib'

import { contentOf, frameOf } from './raw-frames.ts'

export { constants }

export function zstdCompressSync(content: string | Uint8Array): Buffer {
  return frameOf(Buffer.from(content))
}

/** Each piece that comes in is a frame: a simulated disk gives files whole, and they are cut where their frames end. */
export function createZstdDecompress(): Transform {
  return new Transform({
    transform(frame: Buffer, _encoding, done): void {
      try {
        done(null, contentOf(frame) ?? zstdDecompressSync(frame))
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },
  })
}
