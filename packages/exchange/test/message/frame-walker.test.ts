import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { constants, createZstdCompress, zstdCompressSync } from 'node:zlib'

import fc from 'fast-check'

import { FrameWalker } from '../../src/message/frame-walker.ts'

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

/** A file as a stream makes it, of many blocks. */
const streamed = await compressPieces()

async function compressPieces(): Promise<Buffer> {
  const compress = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } })
  for (let no = 0; no < 100; no += 1) compress.write(`row ${no} `.repeat(500))
  compress.end()
  return buffer(compress)
}

/** The frames as the walker finds them in a file that comes in pieces of this length. */
function walk(file: Uint8Array, pieceLength: number): Buffer[] {
  const walker = new FrameWalker()
  const cuts = new Set<number>()
  let offset = 0
  for (let begin = 0; begin < file.length; begin += pieceLength) {
    const piece = file.subarray(begin, begin + pieceLength)
    const parts = [...walker.cut(piece)]
    assert.equal(
      parts.reduce((sum, part) => sum + part.length, 0),
      piece.length,
    )
    for (const part of parts) {
      offset += part.length
      cuts.add(offset)
    }
  }
  return [...cuts].map((end, index, ends) => Buffer.from(file.subarray(ends[index - 1] ?? 0, end)))
}

describe('the frames of a zstd file', () => {
  it('end where each of them was made to end', () => {
    const file = Buffer.concat(FRAMES)

    assert.deepEqual(
      walk(file, file.length).map(({ length }) => length),
      FRAMES.map(({ length }) => length),
    )
  })

  it('end at the same places however the file is cut', () => {
    const order = fc.shuffledSubarray([...FRAMES, streamed], { minLength: 1 })
    const property = fc.property(order, fc.integer({ min: 1, max: 70_000 }), (frames, length) => {
      const file = Buffer.concat(frames)
      let end = 0
      const ends = frames.map((frame) => (end += frame.length))
      let found = 0
      const cuts = new Set(walk(file, length).map((part) => (found += part.length)))

      assert.equal(
        ends.every((place) => cuts.has(place)),
        true,
      )
      assert.equal(cuts.size <= frames.length + Math.ceil(file.length / length), true)
    })
    fc.assert(property, { numRuns: 50 })
  })

  it('are not looked for in what is no zstd file', () => {
    assert.deepEqual(walk(Buffer.from('not a frame at all'), 100).length, 1)
  })
})
