import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Base64Encoder } from '../../src/mime/base64.ts'
import { latin, through } from './cut.ts'

/** As with `node --jitless`, which these tests could not be read with. */
Object.defineProperty(globalThis, 'WebAssembly', { value: undefined })

describe('Base64 transfer encoding without WebAssembly', () => {
  it('is the same', () => {
    const content = Buffer.alloc(57 * 2_000 + 100, 'any octets, 37 of them, over and over')
    const lines = content.toString('base64').replaceAll(/.{1,76}/g, '$&\r\n')

    assert.equal(latin(through(new Base64Encoder(), [content, content.subarray(0, 0)])), lines)
  })
})
