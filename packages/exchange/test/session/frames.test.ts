import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'

import { frameOfLines } from '../../src/session/frames.ts'

describe('a frame of lines', () => {
  for (const length of [0, 1, 255, 256, 1024, 1025, 300_000]) {
    it(`is read by every decompressor: ${length} octets`, () => {
      const lines = 'ж'.repeat(length / 2) + 'x'.repeat(length % 2)

      assert.equal(zstdDecompressSync(frameOfLines(lines)).toString(), lines)
    })
  }

  it('takes a few octets more than its lines while they are short, and fewer when they are long', () => {
    assert.equal(frameOfLines('x'.repeat(1000)).length, 1012)
    assert.equal(frameOfLines('x'.repeat(2000)).length < 100, true)
  })
})
