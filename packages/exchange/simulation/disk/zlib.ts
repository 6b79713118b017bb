/**
 * The part of `node:zlib` that an exchange uses, without its threads: the octets are the same, and nothing waits for another thread, so
 * that a world of many small messages is quick, and takes the same turns each time.
 */
import type { Buffer } from 'node:buffer'
import { Transform } from 'node:stream'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

export { constants, zstdCompressSync }

/** Each piece that comes in is a frame: a simulated disk gives files whole, and they are cut where their frames end. */
export function createZstdDecompress(): Transform {
  return new Transform({
    transform(frame: Buffer, _encoding, done): void {
      try {
        done(null, zstdDecompressSync(frame))
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },
  })
}
