import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { encodeQuotedPrintable, QuotedPrintableDecoder } from '../../src/mime/quoted-printable.ts'
import { cutAt, latin, octetByOctet, octets, through } from './cut.ts'

function decode(encoded: string): string {
  return latin(through(new QuotedPrintableDecoder(), [octets(encoded)]))
}

describe('Quoted-printable', () => {
  it('survives, in lines of at most 76 printable characters (RFC 2045 §6.7)', () => {
    const awkward = fc.uint8Array({ maxLength: 300 })
    const textual = fc
      .array(fc.constantFrom('a', ' ', '\t', '=', '.', '\r\n', '\n', '\r', 'я', 'word '), {
        maxLength: 200,
      })
      .map((parts) => octets(parts.join('')))
    fc.assert(
      fc.property(fc.oneof(awkward, textual), (content) => {
        const encoded = encodeQuotedPrintable(content)

        for (const line of latin(encoded).split('\r\n'))
          assert.match(line, /^(?:[\t -~]{0,75}[!-~])?$/)
        assert.deepEqual(through(new QuotedPrintableDecoder(), [encoded]), Buffer.from(content))
      }),
    )
  })

  it('never writes a boundary that holds =_', () => {
    assert.equal(latin(encodeQuotedPrintable(octets('--=_b'))), '--=3D_b')
  })

  for (const { name, encoded, content } of [
    {
      name: 'soft line breaks (RFC 2045 §6.7)',
      encoded: 'truth=\r\n to all =\r\nfolk',
      content: 'truth to all folk',
    },
    { name: 'lower-case codes', encoded: '=d0=b0', content: '\xd0\xb0' },
    { name: 'white space added at line ends', encoded: 'a  \t\r\nb \n', content: 'a\r\nb\n' },
    { name: 'white space after a soft break', encoded: 'a= \t\r\nb', content: 'ab' },
    { name: 'a soft break with a bare LF', encoded: 'a=\nb', content: 'ab' },
    { name: 'an = at the end', encoded: 'a=', content: 'a' },
    { name: 'a space between words', encoded: 'a b\tc', content: 'a b\tc' },
  ]) {
    it(`M8 decodes ${name}`, () => {
      assert.equal(decode(encoded), content)
    })
  }

  for (const { name, encoded, content } of [
    { name: 'half a code at the end', encoded: 'a=4', content: 'a=4' },
    { name: 'half a code', encoded: '=4zb', content: '=4zb' },
    { name: 'no code', encoded: 'a=b?c=', content: 'a=b?c' },
    { name: 'two = in a row', encoded: '==41', content: '=A' },
    { name: 'spaces after =', encoded: 'a=  b', content: 'a=  b' },
  ]) {
    it(`M8 keeps ${name} and says that it is damaged`, () => {
      const decoder = new QuotedPrintableDecoder()

      assert.equal(latin(through(decoder, [octets(encoded)])), content)
      assert.equal(decoder.isDamaged, true)
    })
  }

  it('M8 M19 decodes any octets to the same, however they are cut', () => {
    const hostile = fc.array(fc.constantFrom(...octets('=a4Fz \t\r\n')), { maxLength: 60 })
    fc.assert(
      fc.property(hostile, fc.array(fc.nat(60)), (codes, places) => {
        const encoded = new Uint8Array(codes)
        const whole = through(new QuotedPrintableDecoder(), [encoded])

        assert.deepEqual(through(new QuotedPrintableDecoder(), cutAt(encoded, places)), whole)
        assert.deepEqual(through(new QuotedPrintableDecoder(), octetByOctet(encoded)), whole)
      }),
    )
  })

  it('holds back no more than a line of white space', () => {
    const decoder = new QuotedPrintableDecoder()

    const decided = decoder.push(new Uint8Array(100_000).fill(0x20))

    assert.ok(decided.length > 98_000)
  })
})
