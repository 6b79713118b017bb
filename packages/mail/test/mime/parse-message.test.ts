import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MessageReader } from '../../src/mime/parse-message.ts'
import { octetByOctet, octets } from './cut.ts'
import { NESTED, SIMPLE } from './example-letters.ts'
import { readLetter } from './letters.ts'
import type { ReadLetter } from './letters.ts'

/** Reads lines, joined by CRLF. */
function read(...lines: readonly string[]): ReadLetter {
  return readLetter([octets(lines.join('\r\n'))])
}

/** A multipart with this boundary parameter and body. */
function mixed(boundary: string, ...body: readonly string[]): ReadLetter {
  return read(`Content-Type: multipart/mixed; boundary=${boundary}`, '', ...body)
}

describe('Message reader', () => {
  it('reads the example of RFC 2046 §5.1.1', () => {
    assert.deepEqual(read(...SIMPLE), {
      parts: [
        { path: '', mediaType: 'multipart/mixed' },
        {
          path: '1',
          mediaType: 'text/plain',
          content:
            'This is implicitly typed plain US-ASCII text.\r\nIt does NOT end with a linebreak.',
        },
        {
          path: '2',
          mediaType: 'text/plain',
          content:
            'This is explicitly typed plain US-ASCII text.\r\nIt DOES end with a linebreak.\r\n',
        },
      ],
      defects: [],
      order: ['+', '+1', '-1', '+2', '-2', '-'],
      subject: 'Sample message',
    })
  })

  it('reads multiparts in multiparts, transfer encodings and file names', () => {
    assert.deepEqual(read(...NESTED), {
      parts: [
        { path: '', mediaType: 'multipart/mixed' },
        { path: '1', mediaType: 'multipart/alternative' },
        { path: '1.1', mediaType: 'text/plain', content: 'plain --outer\r\n-- \r\nsignature' },
        { path: '1.2', mediaType: 'text/html', content: '<p>\xd0\x90</p> ' },
        { path: '2', mediaType: 'application/zip', fileName: 'А.zip', content: 'PK\x03\x04' },
      ],
      defects: [],
      order: ['+', '+1', '+1.1', '-1.1', '+1.2', '-1.2', '-1', '+2', '-2', '-'],
      subject: undefined,
    })
  })

  it('reads a letter of a header section and a body', () => {
    assert.deepEqual(read('Subject: s', '', 'a', '--b', '').parts, [
      { path: '', mediaType: 'text/plain', content: 'a\r\n--b\r\n' },
    ])
  })

  it('M12 reads a letter without a body, and no octets at all', () => {
    assert.deepEqual(read('Subject: s').order, ['+', '-'])
    assert.deepEqual(read('').order, ['+', '-'])
  })

  it('M12 reads a letter behind empty lines', () => {
    const letter = read('', '', 'Subject: s', '', 'a')

    assert.equal(letter.subject, 's')
    assert.deepEqual(letter.defects, ['missing-header-section', 'missing-header-section'])
  })

  for (const { name, text, content = text } of [
    { name: 'begins with text', text: 'Hello, shop.\r\nAll is there.\r\n\r\nNote: x\r\n' },
    { name: 'is one line of text', text: 'Hello' },
    { name: 'begins with a folded line', text: ' a\r\nSubject: s\r\n\r\n' },
    { name: 'begins with a colon', text: ': a\r\n\r\nb' },
    {
      name: 'begins with a line that only looks like one of a mailbox file',
      text: 'From here\r\nx',
    },
    { name: 'is text behind an empty line', text: '\r\nHello\r\n\r\nb', content: 'Hello\r\n\r\nb' },
  ]) {
    it(`M12 keeps a letter that ${name}`, () => {
      const letter = readLetter([octets(text)])

      assert.deepEqual(letter.parts, [{ path: '', mediaType: 'text/plain', content }])
      assert.equal(letter.defects.at(-1), 'missing-header-section')
      assert.deepEqual(readLetter(octetByOctet(octets(text))), letter)
    })
  }

  it('M12 reads a letter behind the line of a mailbox file, or a byte order mark', () => {
    const fromFile = read('From a@b.test Sun Nov 22 04:33:00 2026', 'Subject: s', '', 'a')
    const marked = read('\ufeffSubject: s', '', 'a')

    for (const { subject, parts } of [fromFile, marked]) {
      assert.equal(subject, 's')
      assert.equal(parts[0]?.content, 'a')
    }
    assert.deepEqual(fromFile.defects, ['malformed-header-line'])
    assert.deepEqual(marked.defects, [])
  })

  it('M10 delivers a letter inside a letter as the content of its part', () => {
    const letter = mixed(
      'b',
      '--b',
      'Content-Type: message/rfc822',
      '',
      'Subject: inner',
      '',
      'x',
      '--b--',
    )

    assert.deepEqual(letter.parts[1], {
      path: '1',
      mediaType: 'message/rfc822',
      content: 'Subject: inner\r\n\r\nx',
    })
  })

  it('takes the parts of a digest for letters (RFC 2046 §5.1.5)', () => {
    const letter = read(
      'Content-Type: multipart/digest; boundary=b',
      '',
      '--b',
      '',
      'Subject: a',
      '',
      '--b--',
    )

    assert.equal(letter.parts[1]?.mediaType, 'message/rfc822')
  })

  it('M6 knows a delimiter only as a line of its own', () => {
    const body = ['--a', '', '--ab', ' --a', '--a-', '--a--x', '-- a', 'x--a', '--A', '--', '--a--']

    assert.deepEqual(mixed('a', ...body).parts[1]?.content, body.slice(2, -1).join('\r\n'))
  })

  it('M6 M12 takes a delimiter with a bare LF, and keeps a bare CR as content', () => {
    const letter = readLetter([
      octets('Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n--a\n\ny\r\n--a--\n'),
    ])

    assert.deepEqual(
      letter.parts.slice(1).map((part) => part.content),
      ['x', 'y'],
    )
    assert.deepEqual(mixed('a', '--a', '', 'x\r', '--a--').parts[1]?.content, 'x\r')
    assert.deepEqual(mixed('a', '--a', '', 'x\r--a', '--a--').parts[1]?.content, 'x\r--a')
  })

  it('M6 has an empty part between two delimiters', () => {
    const letter = mixed('a', '--a', '', '--a', '', '', '--a--')

    assert.deepEqual(letter.order, ['+', '+1', '-1', '+2', '-2', '-'])
    assert.deepEqual(
      letter.parts.map((part) => part.content),
      [undefined, undefined, undefined],
    )
  })

  it('M6 takes a boundary with spaces, quotes and colons', () => {
    assert.deepEqual(
      mixed(String.raw`"a: \"b\" '+_,-./=?"`, `--a: "b" '+_,-./=?`, '', 'x', `--a: "b" '+_,-./=?--`)
        .parts[1]?.content,
      'x',
    )
  })

  it('M6 ends an inner multipart where the outer goes on', () => {
    const letter = mixed(
      'out',
      '--out',
      'Content-Type: multipart/mixed; boundary=in',
      '',
      '--in',
      '',
      'x',
      '--out',
      '',
      'y',
      '--out--',
    )

    assert.deepEqual(letter.order, [
      '+',
      '+1',
      '+1.1',
      '-1.1',
      '!missing-closing-delimiter',
      '-1',
      '+2',
      '-2',
      '-',
    ])
  })

  for (const { name, letter, kind, content } of [
    {
      name: 'a letter cut off',
      letter: () => mixed('a', '--a', '', 'x', ''),
      kind: 'missing-closing-delimiter',
      content: 'x\r\n',
    },
    {
      name: 'a header section that a delimiter ends',
      letter: () => mixed('a', '--a', 'Content-Type: text/html', '--a--'),
      kind: 'unfinished-header-section',
      content: undefined,
    },
    {
      name: 'a multipart without a boundary',
      letter: () => read('X: y', 'Content-Type: multipart/mixed', '', '--a', '', 'x'),
      kind: 'missing-boundary',
      content: undefined,
    },
    {
      name: 'a transfer encoding nobody knows',
      letter: () =>
        mixed('a', '--a', 'Content-Transfer-Encoding: x-uuencode', '', 'begin', '--a--'),
      kind: 'unknown-transfer-encoding',
      content: 'begin',
    },
    {
      name: 'an encoded multipart',
      letter: () =>
        read(
          'Content-Transfer-Encoding: base64',
          'Content-Type: multipart/mixed; boundary=a',
          '',
          '--a',
          '',
          'x',
          '--a--',
        ),
      kind: 'encoded-multipart',
      content: 'x',
    },
    {
      name: 'a content type that is none',
      letter: () => mixed('a', '--a', 'Content-Type: text', '', 'x', '--a--'),
      kind: 'malformed-content-type',
      content: 'x',
    },
    {
      name: 'damaged base64',
      letter: () => mixed('a', '--a', 'Content-Transfer-Encoding: base64', '', 'Zm9vYg', '--a--'),
      kind: 'damaged-base64',
      content: 'foob',
    },
    {
      name: 'damaged quoted-printable',
      letter: () =>
        mixed('a', '--a', 'Content-Transfer-Encoding: quoted-printable', '', '=x', '--a--'),
      kind: 'damaged-quoted-printable',
      content: '=x',
    },
    {
      name: 'a header line that is none',
      letter: () => mixed('a', '--a', 'x', '', 'x', '--a--'),
      kind: 'malformed-header-line',
      content: 'x',
    },
  ]) {
    it(`M6 M8 M10 reads ${name}, and notes it`, () => {
      const { parts, defects } = letter()

      assert.deepEqual(defects, [kind])
      assert.equal(parts[1]?.content, content)
    })
  }

  it('M6 takes a closing delimiter that nothing follows', () => {
    assert.deepEqual(mixed('a', '--a', '', 'x', '--a--').defects, [])
    assert.deepEqual(mixed('a', '--a', 'X: y', '--a--').order, [
      '+',
      '!unfinished-header-section',
      '+1',
      '-1',
      '-',
    ])
  })

  it('M10 reads octets of an unknown transfer encoding as application/octet-stream (RFC 2045 §6.4)', () => {
    assert.equal(
      read('Content-Type: text/plain', 'Content-Transfer-Encoding: x-y', '', 'a').parts[0]
        ?.mediaType,
      'application/octet-stream',
    )
  })

  for (const encoding of [
    '(as said) base64',
    'base64(7bit)',
    '"base64"',
    ' BASE64 ; x',
    '(a(b)) "Base64"',
  ]) {
    it(`M10 takes the transfer encoding ${encoding} for base64`, () => {
      const letter = read(`Content-Transfer-Encoding: ${encoding}`, '', 'Zm9v')

      assert.equal(letter.parts[0]?.content, 'foo')
      assert.deepEqual(letter.defects, [])
    })
  }

  it('M10 takes the transfer encodings 8-bit and 7-bit for what they mean', () => {
    for (const encoding of ['8-bit', '7-BIT', '(none)']) {
      assert.deepEqual(read(`Content-Transfer-Encoding: ${encoding}`, '', 'a').defects, [])
    }
  })

  it('gives what a part says about itself', () => {
    const [event] = new MessageReader().push(
      octets(
        'Content-Type: text/plain; charset="koi8-r"\r\nContent-Disposition: INLINE; x=y\r\n\r\n',
      ),
    )

    assert.ok(event?.kind === 'part')
    assert.equal(event.contentType.parameters.get('charset'), 'koi8-r')
    assert.equal(event.disposition?.disposition, 'inline')
    assert.equal(event.disposition.parameters.get('x'), 'y')
  })
})
