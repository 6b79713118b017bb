import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { concatOctets, equalOctets, newOctets, octetsOf, textOf } from '../../src/base/octets.ts'

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

  it('that are new are zeros, and nobody else has them', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(lengths, (all) => {
        const arrays = all.map((length) => newOctets(length))
        assert.ok(arrays.every((octets) => octets.every((octet) => octet === 0)))

        for (const [index, octets] of arrays.entries()) octets.fill(index + 1)

        assert.deepEqual(
          arrays.map((octets) => octets.length),
          all,
        )
        assert.ok(arrays.every((octets, index) => octets.every((octet) => octet === index + 1)))
      }),
    )
  })

  it('of texts of any length stay what they are while others are made', () => {
    const texts = fc.array(
      fc.string({ unit: 'binary', maxLength: 4000 }).map((text) => text.toWellFormed()),
    )
    fc.assert(
      fc.property(texts, (all) => {
        const arrays = all.map((text) => octetsOf(text))

        assert.deepEqual(arrays.map(textOf), all)
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
