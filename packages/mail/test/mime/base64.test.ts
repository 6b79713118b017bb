import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  Base64Decoder,
  Base64Encoder,
  base64Size,
  encodeBase64Lines,
} from '../../src/mime/base64.ts'
import { costOf } from '../cost-of.ts'
import { cutAt, latin, octetByOctet, octets, through } from './cut.ts'

const contents = fc.uint8Array({ maxLength: 400 })
const cuts = fc.array(fc.nat(400), { maxLength: 8 })

/** The same by a program that is not ours. */
function linesOf(content: Buffer): string {
  return content.toString('base64').replaceAll(/.{1,76}/g, '$&\r\n')
}

describe('Base64 transfer encoding', () => {
  it('has lines of 76 digits, each ended by CRLF (RFC 2045 §6.8)', () => {
    fc.assert(
      fc.property(contents, (content) => {
        const encoded = latin(through(new Base64Encoder(), [content]))

        const digits = Buffer.from(content).toString('base64')
        assert.equal(encoded, digits.replaceAll(/.{1,76}/g, '$&\r\n'))
        assert.equal(encoded.length, base64Size(content.length))
      }),
    )
  })

  it('does not care how the content is cut', () => {
    fc.assert(
      fc.property(contents, cuts, (content, places) => {
        const whole = through(new Base64Encoder(), [content])

        assert.deepEqual(through(new Base64Encoder(), cutAt(content, places)), whole)
        assert.deepEqual(through(new Base64Encoder(), octetByOctet(content)), whole)
      }),
    )
  })

  it('encodes what lies inside a larger buffer', () => {
    const content = new Uint8Array(200).map((_, i) => i).subarray(3, 190)

    assert.equal(
      latin(through(new Base64Encoder(), [content])).replaceAll('\r\n', ''),
      Buffer.from(content).toString('base64'),
    )
  })

  it('has the same digits however much is encoded at a time, wherever that lies', () => {
    const content = Buffer.alloc(57 * 2_000 + 100, 'any octets, 37 of them, over and over')
    for (const length of [0, 56, 57, 58, 57 * 8, 57 * 799, 57 * 800, 57 * 801 + 1, 114_100]) {
      for (const start of [0, 1, 30]) {
        const part = content.subarray(start, start + length)
        const pieces = [content.subarray(0, start), part]

        assert.equal(latin(through(new Base64Encoder(), pieces)), linesOf(Buffer.concat(pieces)))
      }
    }
  })

  it('has the digit of each value at each place', () => {
    const triples = Array.from({ length: 1 << 18 }, (_, bits) => [bits >> 10, bits >> 2, bits << 6])
    const content = Buffer.from(triples.flat())

    assert.equal(latin(encodeBase64Lines(content)), linesOf(content))
  })

  it('writes the lines of a piece over those of the piece before, when they are not kept', () => {
    const encoder = new Base64Encoder({ overwritesLines: true })
    const first = encoder.push(new Uint8Array(57 * 20).fill(1))
    const firstLines = latin(first)
    const second = encoder.push(new Uint8Array(57 * 10).fill(2))

    assert.equal(second.buffer, first.buffer)
    assert.equal(firstLines, linesOf(Buffer.alloc(57 * 20, 1)))
    assert.equal(latin(second), linesOf(Buffer.alloc(57 * 10, 2)))
    assert.equal(latin(encoder.push(new Uint8Array(57 * 90))), linesOf(Buffer.alloc(57 * 90)))
  })

  it('decodes to the content, however the lines are cut', () => {
    fc.assert(
      fc.property(contents, cuts, (content, places) => {
        const encoded = through(new Base64Encoder(), [content])

        for (const pieces of [[encoded], cutAt(encoded, places), octetByOctet(encoded)]) {
          const decoder = new Base64Decoder()
          assert.deepEqual(through(decoder, pieces), Buffer.from(content))
          assert.equal(decoder.isDamaged, false)
        }
      }),
    )
  })

  for (const { name, encoded, content, isDamaged } of [
    { name: 'no line ends', encoded: 'Zm9vYmFyZm9v', content: 'foobarfoo', isDamaged: false },
    { name: 'a digit a line', encoded: 'Z\nm\n9\nv\nYg==\n', content: 'foob', isDamaged: false },
    { name: 'spaces and tabs', encoded: ' Zm9v\t YmFy ', content: 'foobar', isDamaged: false },
    { name: 'missing padding', encoded: 'Zm9vYg', content: 'foob', isDamaged: true },
    { name: 'half the padding', encoded: 'Zm9vYg=', content: 'foob', isDamaged: true },
    { name: 'a single digit left over', encoded: 'Zm9vY', content: 'foo', isDamaged: true },
    { name: 'foreign characters', encoded: 'Zm!9v*YmFy\0', content: 'foobar', isDamaged: true },
    { name: 'padding in the middle', encoded: 'Zm8=Zm8=', content: 'fofo', isDamaged: true },
    { name: 'too much padding', encoded: 'Zm8==', content: 'fo', isDamaged: true },
    { name: 'nothing but padding', encoded: '====', content: '', isDamaged: true },
  ]) {
    it(`M8 decodes what it can of ${name}`, () => {
      for (const pieces of [[octets(encoded)], octetByOctet(octets(encoded))]) {
        const decoder = new Base64Decoder()

        assert.equal(latin(through(decoder, pieces)), content)
        assert.equal(decoder.isDamaged, isDamaged)
      }
    })
  }

  it('is decoded to the same by octets that decode themselves, whatever was done to it', () => {
    const content = Buffer.alloc(57 * 60 + 11, 'any octets, 37 of them, over and over')
    const lines = Buffer.from(through(new Base64Encoder(), [content]))
    const changes = fc.array(
      fc.record({
        at: fc.nat(lines.length),
        removed: fc.nat(3),
        added: fc.constantFrom('', '-', '_', '=', 'A', 'AAAA', '!', '\r\n', '\n', '\0', 'Ÿ', ' '),
      }),
      { maxLength: 3 },
    )
    fc.assert(
      fc.property(changes, fc.nat(200), (edits, start) => {
        let encoded = lines.toString('latin1')
        for (const { at, removed, added } of edits) {
          encoded = encoded.slice(0, at) + added + encoded.slice(at + removed)
        }
        const buffer = Buffer.from(encoded, 'latin1').subarray(start)
        const natively = new Base64Decoder()
        const here = new Base64Decoder()

        assert.deepEqual(through(natively, [buffer]), through(here, [new Uint8Array(buffer)]))
        assert.equal(natively.isDamaged, here.isDamaged)
      }),
    )
  })

  it('is decoded natively in lines of any length, and of any of which the first is longer', () => {
    for (const length of [4, 60, 64, 72, 76, 78, 100, 996]) {
      const digits = Buffer.alloc(9_000, 'any octets').toString('base64')
      const lines = digits.replaceAll(new RegExp(`.{1,${length}}`, 'g'), '$&\r\n')
      for (const head of ['', 'QUJD', `${'QUJD'.repeat(300)}\r\n`, '\r\n\r\n']) {
        const encoded = Buffer.from(head + lines)

        assert.deepEqual(
          through(new Base64Decoder(), [encoded]),
          through(new Base64Decoder(), [new Uint8Array(encoded)]),
        )
      }
    }
  })

  it('is decoded here when octets that decode themselves do it in another way', () => {
    const content = Buffer.alloc(57 * 40, 7)
    const encoded = through(new Base64Encoder(), [content])
    const strange = Object.assign(new Uint8Array(encoded), {
      latin1Slice: () => 'QUJD',
      base64Write: () => 3,
    })

    assert.deepEqual(through(new Base64Decoder(), [strange]), content)
  })

  it('M19 takes time in proportion to its length where every line has something foreign in it', () => {
    const read = (lines: number) => (): unknown =>
      new Base64Decoder().push(Buffer.from(`${'QUJD'.repeat(18)}QUJ!\r\n`.repeat(lines)))

    // Eight times as many lines; with each looked at for each it would be sixty-four times the work.
    assert.ok(costOf(read(8000)) < (costOf(read(1000)) + 1000) * 24)
  })

  it('M8 M19 decodes any octets to the same, however they are cut', () => {
    const hostile = fc.array(fc.constantFrom(...octets('AQgw/+=\r\n !-')), { maxLength: 60 })
    fc.assert(
      fc.property(hostile, cuts, (codes, places) => {
        const encoded = new Uint8Array(codes)
        const whole = new Base64Decoder()
        const cut = new Base64Decoder()

        assert.deepEqual(through(whole, [encoded]), through(cut, cutAt(encoded, places)))
        assert.equal(whole.isDamaged, cut.isDamaged)
      }),
    )
  })
})
