/**
 * The part of `node:zlib` that an exchange uses, without its threads: the octets are the same, and nothing waits for another thread, so
 * that a world of many small messages is quick, and takes the same turns each time.
 */
import { Buffer } from 'node:buffer'
import { Transform } from 'node:stream'
import { constants, zstdCompressSync, zstdDecompressSync, type ZstdOptions } from 'node:zlib'

export { constants }

export function createZstdCompress(options: ZstdOptions): Transform {
  return wholly((octets) => zstdCompressSync(octets, options))
}

export function createZstdDecompress(): Transform {
  return wholly((octets) => zstdDecompressSync(octets))
}

/** Works on everything at once, at the end. */
function wholly(work: (octets: Buffer) => Buffer): Transform {
  const pieces: Buffer[] = []
  return new Transform({
    transform(piece: Buffer, _encoding, done): void {
      pieces.push(piece)
      done()
    },
    flush(done): void {
      try {
        done(null, work(Buffer.concat(pieces)))
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },
  })
}
