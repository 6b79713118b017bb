import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { concatOctets, equalOctets, octetsOf, textOf } from '../../src/base/octets.ts'

describe('Octets', () => {
  it('of valid UTF-8 are read as that text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.equal(textOf(octetsOf(text)), text)
      }),
    )
  })

  it('that are not UTF-8 are read as windows-1252 instead of failing', () => {
    assert.equal(textOf(Uint8Array.of(0x63, 0x61, 0x66, 0xe9)), 'café')
  })

  it('are joined in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (parts) => {
        const joined = concatOctets(parts)

        assert.deepEqual(
          [...joined],
          parts.flatMap((part) => [...part]),
        )
      }),
    )
  })

  it('of a single part are not copied', () => {
    const part = octetsOf('EHLO')

    assert.equal(concatOctets([part]), part)
  })

  for (const { name, a, b, equal } of [
    { name: 'the same octets', a: 'dot', b: 'dot', equal: true },
    { name: 'another octet', a: 'dot', b: 'dos', equal: false },
    { name: 'a longer array', a: 'dot', b: 'dots', equal: false },
  ]) {
    it(`are ${equal ? '' : 'not '}equal to ${name}`, () => {
      assert.equal(equalOctets(octetsOf(a), octetsOf(b)), equal)
    })
  }
})
