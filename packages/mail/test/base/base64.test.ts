import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decodeBase64, encodeBase64, encodeBase64Octets } from '../../src/base/base64.ts'

const utf8 = new TextEncoder()

describe('Base64', () => {
  for (const [text, encoded] of [
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ] as const) {
    it(`of "${text}" is "${encoded}" (RFC 4648 §10)`, () => {
      assert.equal(encodeBase64(utf8.encode(text)), encoded)
      assert.deepEqual(decodeBase64(encoded), utf8.encode(text))
    })
  }

  it('of any octets is what the platform writes, and decodes to the same octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        const text = encodeBase64(octets)

        assert.equal(text, Buffer.from(octets).toString('base64'))
        assert.equal(Buffer.from(encodeBase64Octets(octets)).toString('latin1'), text)
        assert.deepEqual(decodeBase64(text), Uint8Array.from(octets))
      }),
    )
  })

  for (const { name, text } of [
    { name: 'a length that is no multiple of four', text: 'Zg=' },
    { name: 'missing padding', text: 'Zg' },
    { name: 'white space', text: 'Zm9v\r\n' },
    { name: 'digits of the URL alphabet', text: 'Zm-_' },
    { name: 'padding in the middle', text: 'Zg==Zg==' },
    { name: 'three padding characters', text: 'Z===' },
    { name: 'four padding characters', text: '====' },
    { name: 'bits under the padding', text: 'Zh==' },
    { name: 'characters above U+00FF', text: 'Zm9\u0176' },
  ]) {
    it(`is refused with ${name}`, () => {
      assert.equal(decodeBase64(text), undefined)
    })
  }

  it('is decoded only when encoding gives the same text again', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 12, unit: fc.constantFrom('A', 'b', '0', '/', '=', ' ') }),
        (text) => {
          const octets = decodeBase64(text)

          assert.equal(octets === undefined || encodeBase64(octets) === text, true)
        },
      ),
    )
  })
})
