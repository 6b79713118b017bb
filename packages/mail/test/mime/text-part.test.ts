import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { textPart } from '../../src/mime/text-part.ts'
import { base64Size } from '../../src/mime/base64.ts'
import { latin, octets } from './cut.ts'

function encodingOf(text: string): string {
  return /^Content-Transfer-Encoding: (.+)\r$/m.exec(textPart('text/plain', text).fields)?.[1] ?? ''
}

describe('A text (C7)', () => {
  for (const { name, text, encoding } of [
    { name: 'nothing', text: '', encoding: '7bit' },
    { name: 'short lines of ASCII', text: 'Hello,\n\n.\nworld.\n', encoding: '7bit' },
    { name: 'a last line without an end', text: 'a\nb', encoding: '7bit' },
    { name: 'a tab within a line', text: 'a\tb', encoding: '7bit' },
    { name: 'a line of 78', text: `${'x'.repeat(78)}\n`, encoding: '7bit' },
    { name: 'a line of 79', text: `${'x'.repeat(79)}\n`, encoding: 'quoted-printable' },
    { name: 'a last line of 79', text: 'x'.repeat(79), encoding: 'quoted-printable' },
    { name: 'a space at a line end', text: '-- \nMary\n', encoding: 'quoted-printable' },
    { name: 'a tab at the end', text: 'a\t', encoding: 'quoted-printable' },
    { name: 'a line that a mailbox marks', text: 'x\nFrom here\n', encoding: 'quoted-printable' },
    { name: 'From within a line', text: 'x From y\nFromage\n', encoding: '7bit' },
    { name: 'what begins as a delimiter does', text: 'a\n--=_m_x\n', encoding: 'quoted-printable' },
    { name: 'dashes', text: '--\n-=\n---\n', encoding: '7bit' },
    {
      name: 'a control character',
      text: 'a\u0007 long text of letters',
      encoding: 'quoted-printable',
    },
    { name: 'NUL', text: 'a\0 long text of letters', encoding: 'quoted-printable' },
    {
      name: 'a few accents',
      text: 'Crème brûlée à la carte, and coffee for the two of us.',
      encoding: 'quoted-printable',
    },
    { name: 'Cyrillic', text: 'Доброе утро!\n', encoding: 'base64' },
  ]) {
    it(`with ${name} is written as ${encoding}`, () => {
      assert.equal(encodingOf(text), encoding)
    })
  }

  it('is encoded as what is shorter, but for the ends of lines', () => {
    for (let accents = 0; accents < 100; accents++) {
      const text = `${'abcdefghi '.repeat(100 - accents)}${'é'.repeat(10 * accents)}`
      const { length } = Buffer.from(text)

      const { content } = textPart('text/plain', text)

      const quotedLength = (length + 40 * accents) * 1.07
      assert.ok(content.length <= Math.max(78, Math.min(base64Size(length), quotedLength)) * 1.03)
    }
  })

  it('has all its lines ended by CRLF, whatever they ended with (C8)', () => {
    assert.equal(
      latin(textPart('text/plain', 'a\nb\r\nc\rd\n\r').content),
      'a\r\nb\r\nc\r\nd\r\n\r\n',
    )
  })

  it('never begins a line with what a mailbox marks, also where it was broken', () => {
    const text = `${'x'.repeat(75)}From here and ${'y'.repeat(61)}From there`

    const { content } = textPart('text/plain', text)

    assert.doesNotMatch(latin(content), /^From /m)
    assert.match(latin(content), /^=46rom here/m)
  })

  it('does not hold an unpaired surrogate (C3)', () => {
    assert.deepEqual(
      Buffer.from(latin(textPart('text/plain', 'a\ud800').content), 'base64'),
      Buffer.from('a\ufffd'),
    )
  })

  it('is of the type and parameters given', () => {
    assert.equal(
      textPart('text/calendar', octets('').join(), ['charset=utf-8;', 'method=REPLY']).fields,
      'Content-Type: text/calendar; charset=utf-8; method=REPLY\r\nContent-Transfer-Encoding: 7bit\r\n',
    )
  })
})
