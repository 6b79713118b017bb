import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAddressList } from '../../src/address/address-list.ts'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { MailError } from '../../src/base/mail-error.ts'
import { encodeUnstructured } from '../../src/mime/encode-text.ts'
import { decodeEncodedWords } from '../../src/mime/encoded-word.ts'
import { parseHeaderSection } from '../../src/mime/header-section.ts'
import { parseMessageIds } from '../../src/mime/message-id.ts'
import { MessageReader } from '../../src/mime/parse-message.ts'
import { readAddressField } from '../../src/mime/read-address-field.ts'
import { parseParameterizedValue } from '../../src/mime/parameter.ts'
import { costOf } from '../cost-of.ts'
import { octets } from './cut.ts'

/** Sixteen times the input may cost this many times the time. In proportion it is 16, squared it is 256. */
const MOST = 100
const FACTOR = 16

/** The run, for which the refusal of what is too large or malformed is as good as an answer. */
function refusable(run: () => unknown): () => void {
  return () => {
    try {
      run()
    } catch (error) {
      assert.ok(error instanceof MailError, String(error))
    }
  }
}

const UNLIMITED = { headerOctets: 1e9, headerFields: 1e9, headerLineOctets: 1e9 }

function readAll(letter: Uint8Array): void {
  const reader = new MessageReader(UNLIMITED)
  reader.push(letter)
  reader.end()
}

describe('Time is in proportion to the input', () => {
  const multipart = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n'
  const header = (text: string) => () => parseHeaderSection(octets(text), UNLIMITED)
  const body = (text: string) => () => readAll(octets(multipart + text))

  for (const { name, prepare } of [
    {
      name: 'encoded-words that do not end',
      prepare: (n: number) => () => decodeEncodedWords('=?utf-8?Q?x '.repeat(n)),
    },
    {
      name: 'encoded-words of bad base64',
      prepare: (n: number) => () => decodeEncodedWords('=?utf-8?B?*?= '.repeat(n)),
    },
    {
      name: 'encoded-words in an unknown charset',
      prepare: (n: number) => () => decodeEncodedWords('=?x?B?AA==?= '.repeat(n)),
    },
    {
      name: 'beginnings of encoded-words',
      prepare: (n: number) => () => decodeEncodedWords('=?'.repeat(n * 8)),
    },
    {
      name: 'question marks',
      prepare: (n: number) => () => decodeEncodedWords(`=?${'?'.repeat(n * 8)}`),
    },
    {
      name: 'white space in a header field',
      prepare: (n: number) => header(`A: b${' '.repeat(n * 16)}c\r\n`),
    },
    { name: 'folded lines', prepare: (n: number) => header(`A: b\r\n${' c\r\n'.repeat(n * 4)}`) },
    {
      name: 'lines of white space',
      prepare: (n: number) => header(`A: b\r\n${' \r\n'.repeat(n * 4)}c\r\n`),
    },
    { name: 'header lines that are none', prepare: (n: number) => header('x\r\n'.repeat(n * 4)) },
    {
      name: 'parameters',
      prepare: (n: number) => () => parseParameterizedValue(`a/b${"; x*0*=''%41".repeat(n)}`),
    },
    {
      name: 'sections of a parameter',
      prepare: (n: number) => () =>
        parseParameterizedValue(
          `a/b${Array.from({ length: n }, (_, i) => `; x*${i}*=%41`).join('')}`,
        ),
    },
    {
      name: 'percent signs',
      prepare: (n: number) => () => parseParameterizedValue(`a/b; x*=utf-8''${'%'.repeat(n * 8)}`),
    },
    {
      name: 'quotes that do not close',
      prepare: (n: number) => () => parseParameterizedValue(`a/b; x=${'"\\'.repeat(n * 8)}`),
    },
    {
      name: 'comments in comments',
      prepare: (n: number) => () => parseAddressList(`${'('.repeat(n * 8)}a@b.test`),
    },
    {
      name: 'quoted strings',
      prepare: (n: number) => () => parseAddressList(`${'"a" '.repeat(n * 4)}<a@b.test>`),
    },
    {
      name: 'mailboxes',
      prepare: (n: number) => () => parseAddressList('A <a@b.test>, '.repeat(n)),
    },
    ...['(', '"\\', '<', '[', "'a@b'", ' a@b', 'a:', ';a@b c', '<a@b>', 'a@b:;,', "'@"].map(
      (text) => ({
        name: `a received address field of ${text}`,
        prepare: (n: number) => () => readAddressField(text.repeat(n)),
      }),
    ),
    { name: 'groups', prepare: (n: number) => () => parseAddressList('G:a@b.test;, '.repeat(n)) },
    {
      name: 'message identifiers',
      prepare: (n: number) => () => parseMessageIds('<'.repeat(n * 8)),
    },
    {
      name: 'an unstructured text',
      prepare: (n: number) => () => encodeUnstructured('я=? '.repeat(n), 9),
    },
    { name: 'lines of dashes', prepare: (n: number) => body(`${'-'.repeat(70)}\r\n`.repeat(n)) },
    { name: 'a line of dashes', prepare: (n: number) => body('-'.repeat(n * 64)) },
    {
      name: 'lines that are nearly delimiters',
      prepare: (n: number) => body('\r\n--b-'.repeat(n * 8)),
    },
    { name: 'line ends', prepare: (n: number) => body('\r\n'.repeat(n * 16)) },
    { name: 'carriage returns', prepare: (n: number) => body('\r'.repeat(n * 16)) },
    {
      name: 'base64 of stray characters',
      prepare: (n: number) => () =>
        readAll(octets(`Content-Transfer-Encoding: base64\r\n\r\n${'A=!'.repeat(n * 8)}`)),
    },
    {
      name: 'quoted-printable white space',
      prepare: (n: number) => () =>
        readAll(
          octets(`Content-Transfer-Encoding: quoted-printable\r\n\r\n${'= \t'.repeat(n * 8)}`),
        ),
    },
  ]) {
    it(`M20 for ${name}`, () => {
      const small = refusable(prepare(250))
      const large = refusable(prepare(250 * FACTOR))
      costOf(small)

      // A small run may be too short for the clock; a millisecond more or less must not decide.
      assert.ok(costOf(large) < (costOf(small) + 1000) * MOST)
    })
  }
})

describe('A hostile letter', () => {
  it('of lines that are nearly delimiters is delivered in as many pieces as it came', () => {
    const reader = new MessageReader()
    reader.push(octets('Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n'))

    for (const line of ['-\n', '--\r\n', '--b-\n', `${'-'.repeat(1100)}\n`]) {
      const events = reader.push(octets(line.repeat(1000)))

      assert.ok(events.length <= 2)
    }
  })

  it('M7 of ten thousand multiparts in multiparts is refused, not recursed', () => {
    const letter = Array.from(
      { length: 10_000 },
      (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
    )

    assert.throws(() => readAll(octets(letter.join(''))), LimitExceeded)
  })

  it('M7 of letters in letters costs nothing, since they are not entered', () => {
    const letter = 'Content-Type: message/rfc822\r\n\r\n'.repeat(10_000)
    const reader = new MessageReader()

    const events = [...reader.push(octets(letter)), ...reader.end()]

    assert.deepEqual(
      events.map((event) => event.kind),
      ['part', 'content', 'end'],
    )
  })

  it('M7 of 300,000 empty parts is refused early', () => {
    const reader = new MessageReader()
    reader.push(octets('Content-Type: multipart/mixed; boundary=b\r\n\r\n'))
    let parts = 0

    assert.throws(() => {
      for (; parts < 300_000; parts++) reader.push(octets('--b\r\n\r\n'))
    }, LimitExceeded)
    assert.equal(parts, 999)
  })

  it('M1 with a header section of a megabyte is refused before it is kept', () => {
    const reader = new MessageReader()
    let taken = 0

    assert.throws(() => {
      for (; taken < 1024; taken++) reader.push(octets(`X: ${'y'.repeat(1019)}\r\n`))
    }, LimitExceeded)
    assert.equal(taken, 256)
  })

  it('M2 says at most a hundred times what is wrong', () => {
    const reader = new MessageReader()

    reader.push(octets(`Subject: ${'=?utf-8?B?*?= x '.repeat(10_000)}\r\n`.slice(0, 60_000)))
    reader.push(octets(`\r\n${'x\r\n'.repeat(500)}\r\n`))
    reader.end()

    assert.equal(reader.defects.length, 100)
  })
})
