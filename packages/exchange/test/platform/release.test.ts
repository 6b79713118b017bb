import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { release } from '../../src/platform/release.ts'

describe('octets that nobody needs any more', () => {
  it('give their memory back', () => {
    const octets = new Uint8Array(100_000)

    release(octets)

    assert.deepEqual([octets.length, octets.buffer.byteLength], [0, 0])
  })

  it('give back the room behind them, too', () => {
    const octets = Buffer.allocUnsafeSlow(100_000).subarray(0, 10)

    release(octets)

    assert.equal(octets.buffer.byteLength, 0)
  })

  it('stay when they share their memory with others', () => {
    const octets = Buffer.from('tea')
    const others = Buffer.from('coffee')

    release(octets)

    assert.deepEqual([octets, others].map(String), ['tea', 'coffee'])
  })

  it('stay also when the size of what is shared is another by now', (t) => {
    const { poolSize } = Buffer
    t.after(() => {
      Buffer.poolSize = poolSize
    })
    const others = Buffer.from('coffee')
    Buffer.poolSize = 1024
    const octets = Buffer.from('tea')
    assert.equal(octets.buffer, others.buffer)

    release(octets)

    assert.equal(String(others), 'coffee')
  })
})
