import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { cutAt, inOneBuffer, octetByOctet, octets } from './cut.ts'
import { NESTED, SIMPLE } from './example-letters.ts'
import { readLetter } from './letters.ts'

describe('What a message reader reads', () => {
  const letters = [SIMPLE, NESTED].map((lines) => octets(lines.join('\r\n')))

  it('M19 does not depend on how a letter is cut', () => {
    for (const letter of letters) {
      const whole = readLetter([letter])

      assert.deepEqual(readLetter(octetByOctet(letter)), whole)
      for (let place = 0; place < letter.length; place++) {
        assert.deepEqual(readLetter(cutAt(letter, [place])), whole)
      }
    }
  })

  it('M19 stays what it is when the octets are written over by those that follow', () => {
    for (const letter of letters) {
      const whole = readLetter([letter])

      for (let place = 0; place < letter.length; place++) {
        const pieces = inOneBuffer(cutAt(letter, [place]))
        assert.deepEqual(readLetter(pieces, {}, { overwritesContent: true }), whole)
      }
    }
  })

  it('M19 M20 does not depend on how anything is cut', () => {
    const pieces = fc.constantFrom(
      '--a',
      '--a--',
      '--b',
      '--b--',
      '\r\n',
      '\n',
      '\r',
      '-',
      ' ',
      'x',
      'Zm9v',
      '=',
      '=\r\n',
      '\r\n\r\n',
      '\r\n--a\r\n',
      'X: y\r\n',
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n',
      'Content-Transfer-Encoding: base64\r\n\r\n',
      'Content-Transfer-Encoding: quoted-printable\r\n\r\n',
      `--${'a'.repeat(1100)}\r\n`,
    )
    const letter = fc
      .array(pieces, { maxLength: 40 })
      .map((parts) => octets(`Content-Type: multipart/mixed; boundary=a\r\n\r\n${parts.join('')}`))
    fc.assert(
      fc.property(letter, fc.array(fc.nat(600), { maxLength: 10 }), (content, places) => {
        const whole = readLetter([content])

        assert.deepEqual(readLetter(cutAt(content, places)), whole)
        assert.deepEqual(readLetter(octetByOctet(content)), whole)
        const pieces = inOneBuffer(cutAt(content, places))
        assert.deepEqual(readLetter(pieces, {}, { overwritesContent: true }), whole)
      }),
      { numRuns: 300 },
    )
  })

  it('M7 is read within limits', () => {
    const nested = (depth: number): Uint8Array =>
      octets(
        Array.from(
          { length: depth },
          (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
        ).join(''),
      )
    const broad = (parts: number): Uint8Array =>
      octets(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\n'.repeat(parts)}`)
    const refusal = (option: string) => (error: unknown) =>
      error instanceof LimitExceeded && error.option === option

    assert.equal(readLetter([nested(32)]).parts.length, 33)
    assert.throws(() => readLetter([nested(33)]), refusal('depth'))
    assert.equal(readLetter([broad(999)]).parts.length, 1000)
    assert.throws(() => readLetter([broad(1000)]), refusal('parts'))
    assert.throws(() => readLetter([broad(3)], { parts: 3 }), refusal('parts'))
    assert.throws(
      () => readLetter(octetByOctet(octets('A: b\r\n'.repeat(20))), { headerOctets: 100 }),
      refusal('headerOctets'),
    )
    assert.throws(
      () => readLetter([octets('A: b\r\n'.repeat(20))], { headerFields: 19 }),
      refusal('headerFields'),
    )
    assert.throws(
      () => readLetter([octets('A: bcdef\r\n')], { headerLineOctets: 9 }),
      refusal('headerLineOctets'),
    )
  })
})
