import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { constants, createZstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

import fc from 'fast-check'

import { findFrameEnd } from '../../src/message/frame-end.ts'

/** Frames of every kind of head and block: without and with a checksum, with a known size, repeated octets, nothing at all. */
const FRAMES = [
  zstdCompressSync(Buffer.alloc(0)),
  zstdCompressSync(Buffer.from('obmen')),
  zstdCompressSync(Buffer.alloc(300_000, 7)),
  zstdCompressSync(Buffer.from('Товар '.repeat(50_000)), {
    params: { [constants.ZSTD_c_checksumFlag]: 1 },
  }),
  zstdCompressSync(crypto.getRandomValues(new Uint8Array(60_000))),
  zstdCompressSync(Buffer.from('size unknown'), {
    params: { [constants.ZSTD_c_contentSizeFlag]: 0 },
  }),
  Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]),
  Buffer.from([0x5f, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]),
]

const ROWS = Array.from({ length: 100 }, (_, no) => `row ${no} `.repeat(500))

/** A file as a stream makes it, of many blocks. */
const streamed = await compressPieces()

async function compressPieces(): Promise<Buffer> {
  const compress = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } })
  for (const row of ROWS) compress.write(row)
  compress.end()
  return buffer(compress)
}

describe('a frame of a zstd file', () => {
  it('ends where it was made to end, whatever comes behind it', () => {
    for (const frame of FRAMES) {
      const file = Buffer.concat([frame, ...FRAMES])

      assert.equal(findFrameEnd(file), frame.length)
    }
  })

  it('ends where the next one begins in a file that a stream made', () => {
    const end = Number(findFrameEnd(streamed))

    assert.equal(zstdDecompressSync(streamed.subarray(0, end)).toString(), ROWS.join(''))
  })

  it('goes on wherever it is cut', () => {
    for (const frame of FRAMES) {
      const property = fc.property(fc.integer({ min: 0, max: frame.length - 1 }), (length) => {
        assert.equal(findFrameEnd(frame.subarray(0, length)), 'more')
      })
      fc.assert(property, { numRuns: 50 })
    }
  })

  it('is not looked for in what is no zstd file', () => {
    assert.equal(findFrameEnd(Buffer.from('not a frame at all')), 'no frame')
  })
})
