import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { concatOctets, octetsOf, textOf } from '../../src/base/octets.ts'
import type { FramedResponse } from '../../src/imap/framing.ts'
import { costOf } from '../cost-of.ts'
import { pieceSizes } from '../wire/cut.ts'
import { frame } from './responses.ts'

/** Texts and literals in their order, as text. */
function shown({ texts, literals }: FramedResponse): readonly string[] {
  return texts.flatMap((text, index) => {
    const literal = literals[index]
    if (literal === undefined) return [textOf(text)]
    return [textOf(text), literal.octets === undefined ? literal.fate : textOf(literal.octets)]
  })
}

const SENT =
  '* OK hello {3}\r\n' +
  '* 1 FETCH (BODY[] {5}\r\na\r\n\0b FLAGS () BODY[1] {0}\r\n BODY[2] ~{2}\r\n)) UID 7)\r\n' +
  'A1 NO what is {99}\r\n' +
  '+ go on {1}\r\n' +
  '* LIST () "/" {7+}\r\nA {3}\r\n\r\n' +
  '* FLAGS (a{1})\r\n'

const FRAMED = [
  ['* OK hello {3}'],
  ['* 1 FETCH (BODY[] ', 'a\r\n\0b', ' FLAGS () BODY[1] ', '', ' BODY[2] ', '))', ' UID 7)'],
  ['A1 NO what is {99}'],
  ['+ go on {1}'],
  ['* LIST () "/" ', 'A {3}\r\n', ''],
  ['* FLAGS (a{1})'],
]

describe('IMAP framing', () => {
  it('I1 cuts octets into texts and literals, wherever the network cuts them', () => {
    assert.deepEqual(frame(SENT).map(shown), FRAMED)
    for (let size = 1; size <= SENT.length; size++) {
      assert.deepEqual(frame(SENT, { sizes: [size] }).map(shown), FRAMED)
    }
    fc.assert(
      fc.property(pieceSizes, (sizes) => {
        assert.deepEqual(frame(SENT, { sizes }).map(shown), FRAMED)
      }),
    )
  })

  it('I1 refuses a literal that has no end in sight, before it has come', () => {
    for (const size of ['99999999999', '9'.repeat(400)]) {
      assert.throws(
        () => frame(`* 1 FETCH (BODY[] {${size}}\r\n`),
        (error) => error instanceof LimitExceeded && error.option === 'limits.maxContentOctets',
      )
    }
  })

  it('I1 reads a literal above the limit and keeps nothing of it', () => {
    const [large, next] = frame('* 1 FETCH (BODY[] {6}\r\n123456)\r\n* 2 EXISTS\r\n', {
      limits: { maxLiteralOctets: 5 },
      sizes: [4],
    })

    assert.deepEqual(large?.literals, [{ octetCount: 6, octets: undefined, fate: 'dropped' }])
    assert.deepEqual(next && shown(next), ['* 2 EXISTS'])
  })

  it('I16 writes a literal to a sink in pieces, whatever its size', () => {
    const pieces: Uint8Array[] = []
    const [framed] = frame('* 1 FETCH (BODY[1] {9}\r\n123456789)\r\n', {
      limits: { maxLiteralOctets: 5 },
      sizes: [25, 4],
      chooseSink: (textBefore) => {
        assert.equal(textOf(textBefore), '* 1 FETCH (BODY[1] ')
        return (octets) => void pieces.push(octets)
      },
    })

    assert.equal(textOf(concatOctets(pieces)), '123456789')
    assert.ok(pieces.length > 1)
    assert.deepEqual(framed?.literals, [{ octetCount: 9, octets: undefined, fate: 'sunk' }])
  })

  for (const { name, sent, limits, option } of [
    {
      name: 'a line without end',
      sent: '* OK aaaaaaaaaaaaaaa',
      limits: { maxLineOctets: 10 },
      option: 'limits.maxLineOctets',
    },
    {
      name: 'too many literals',
      sent: `* X${' {1}\r\na'.repeat(3)}\r\n`,
      limits: { maxLiterals: 2 },
      option: 'limits.maxLiterals',
    },
    {
      name: 'too much in one response',
      sent: `* X${' {4}\r\naaaa'.repeat(5)}\r\n`,
      limits: { maxResponseOctets: 30 },
      option: 'limits.maxResponseOctets',
    },
  ]) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => frame(sent, { limits }),
        (error) => error instanceof LimitExceeded && error.option === option,
      )
    })
  }

  it('costs time in proportion to the octets, whatever the pieces', () => {
    const letters = (count: number): Uint8Array =>
      octetsOf('* 1 FETCH (BODY[] {20}\r\n01234567890123456789 UID 4)\r\n'.repeat(count))

    for (const sizes of [[1], [1_460], []]) {
      const [small, large] = [letters(1_000), letters(4_000)]
      const [few, many] = [small, large].map((octets) => costOf(() => frame(octets, { sizes })))

      assert.ok((many ?? 0) < 10 * (few ?? 0) + 20_000, `${sizes.join()}: ${few} → ${many}`)
    }
  })
})
