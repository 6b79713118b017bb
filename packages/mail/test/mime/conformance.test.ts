import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { decodeEncodedWords } from '../../src/mime/encoded-word.ts'
import { safeFileName } from '../../src/mime/file-name.ts'
import { parseHeaderSection } from '../../src/mime/header-section.ts'
import { MessageReader } from '../../src/mime/parse-message.ts'
import { readAddressField } from '../../src/mime/read-address-field.ts'
import { costOf } from '../cost-of.ts'
import { cutAt, octetByOctet, octets } from './cut.ts'
import { NESTED, SIMPLE } from './example-letters.ts'
import { readLetter } from './letters.ts'
import type { ReadLetter } from './letters.ts'

const UNLIMITED = { headerOctets: 1e9, headerFields: 1e9, headerLineOctets: 1e9 }

/** Reads lines, joined by CRLF. */
function read(...lines: readonly string[]): ReadLetter {
  return readLetter([octets(lines.join('\r\n'))])
}

/** What is in the parts of a letter, in their order. */
function contents({ parts }: ReadLetter): readonly (string | undefined)[] {
  return parts.map((part) => part.content)
}

describe('A header section', () => {
  it('M1 reads the same wherever its lines are folded (RFC 5322 §2.2.3)', () => {
    const word = fc.string({
      unit: fc.constantFrom('a', 'я', '=', ',', ';'),
      minLength: 1,
      maxLength: 5,
    })
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 2, maxLength: 12 }),
        fc.infiniteStream(fc.boolean()),
        (words, folds) => {
          const fold = (): string => (folds.next().value ? '\r\n ' : ' ')
          const folded = words.map((one, at) => (at === 0 ? one : fold() + one)).join('')

          assert.equal(
            parseHeaderSection(octets(`X:${folded}\r\n\r\n`)).first('x'),
            words.join(' '),
          )
        },
      ),
    )
  })

  it('M1 of a megabyte, or of a hundred thousand fields, is read whole by who raises the limits', () => {
    const long = parseHeaderSection(octets(`X: ${'y'.repeat(1_000_000)}\r\n`), UNLIMITED)
    const many = parseHeaderSection(octets('A: b\r\n'.repeat(100_000)), UNLIMITED)

    assert.equal(long.first('x')?.length, 1_000_000)
    assert.equal(many.fields.length, 100_000)
    assert.throws(
      () => parseHeaderSection(octets('A: b\r\n'.repeat(100_000)), { headerOctets: 1e9 }),
      (error) => error instanceof LimitExceeded && error.option === 'headerFields',
    )
  })

  it('M2 keeps ten thousand words that are none as they are written', () => {
    const text = '=?utf-8?Z?x?= =?x =?utf-8?q? '.repeat(10_000)

    assert.equal(decodeEncodedWords(text), text)
  })

  it('M13 gives the first of fields of one name, and has them all', () => {
    const header = parseHeaderSection(octets('From: a@x\r\nTo: c@x\r\nFROM: b@x\r\n'))
    const letter = read('Content-Type: text/html', 'Content-Type: text/plain', '', 'x')

    assert.equal(header.first('from'), 'a@x')
    assert.deepEqual(header.all('from'), ['a@x', 'b@x'])
    assert.equal(letter.parts[0]?.mediaType, 'text/html')
  })
})

describe('An address', () => {
  for (const { body, address, name } of [
    { body: '=?utf-8?q?=3Cevil=40x=3E?= <ok@y.test>', address: 'ok@y.test', name: '<evil@x>' },
    {
      body: '=?q?=3Cevil=40x=3E?= <ok@y.test>',
      address: 'ok@y.test',
      name: '=?q?=3Cevil=40x=3E?=',
    },
    { body: '"=?utf-8?q?a=40b.test=2C?=" <ok@y.test>', address: 'ok@y.test', name: 'a@b.test,' },
  ]) {
    it(`M3 is not what is encoded in ${body}`, () => {
      const [entry, ...others] = readAddressField(body)

      assert.ok(entry?.kind === 'mailbox')
      assert.deepEqual([entry.addrSpec, entry.displayName], [address, name])
      assert.deepEqual(others, [])
    })
  }

  for (const { body, addresses } of [
    { body: 'Team: a@b.test, "C, D" <c@d.test>;', addresses: ['a@b.test', 'c@d.test'] },
    { body: 'undisclosed recipients:;', addresses: [] },
    { body: 'a(b (c (d)) e)@f.test (g)', addresses: ['a@f.test'] },
    { body: String.raw`"a \"b\\" <c@d.test>`, addresses: ['c@d.test'] },
    { body: '<@x.test,@y.test:a@b.test>', addresses: ['a@b.test'] },
    { body: 'a@[IPv6:2001:db8::1]', addresses: ['a@[IPv6:2001:db8::1]'] },
    { body: 'a <b@c.test', addresses: ['b@c.test'] },
    { body: '(unclosed a@b.test', addresses: ['a@b.test'] },
  ]) {
    it(`M14 is found in ${body}`, () => {
      const mailboxes = readAddressField(body).flatMap((entry) =>
        entry.kind === 'group' ? entry.members : [entry],
      )

      assert.deepEqual(
        mailboxes.map((mailbox) => mailbox.addrSpec),
        addresses,
      )
    })
  }
})

describe('A content type', () => {
  for (const { type, mediaType, fileName, defect } of [
    { type: 'Text / Plain', mediaType: 'text/plain' },
    { type: 'image/ png; name=a.png', mediaType: 'image/png', fileName: 'a.png' },
    {
      type: 'image/png name="a.png"',
      mediaType: 'image/png',
      fileName: 'a.png',
      defect: 'malformed-parameter',
    },
    {
      type: 'image/png; x=1 name="a.png" y=2',
      mediaType: 'image/png',
      fileName: 'a.png',
      defect: 'malformed-parameter',
    },
    { type: 'image/png (name=b.png); name=a.png', mediaType: 'image/png', fileName: 'a.png' },
    {
      type: String.raw`image/png; name="C:\TEMP\a\"b.png"`,
      mediaType: 'image/png',
      fileName: String.raw`C:\TEMP\a"b.png`,
    },
  ]) {
    it(`M4 M10 is read from ${type}`, () => {
      const { parts, defects } = read(`Content-Type: ${type}`, '', '')
      const [part] = parts

      assert.deepEqual([part?.mediaType, part?.fileName], [mediaType, fileName])
      assert.deepEqual([...new Set(defects)], defect === undefined ? [] : [defect])
    })
  }
})

describe('A file name', () => {
  it('M5 is given as it was written, and a safe one beside it', () => {
    const name = `../../${'x'.repeat(4_000)}\u202egpj.exe`
    const { parts } = read(`Content-Disposition: attachment; filename="${name}"`, '', '')

    assert.equal(parts[0]?.fileName, name)
    assert.equal(safeFileName(name), `${'x'.repeat(251)}.exe`)
  })
})

describe('A multipart', () => {
  const mixed = (boundary: string, ...body: readonly string[]): ReadLetter =>
    read(`Content-Type: multipart/mixed; boundary="${boundary}"`, '', ...body)

  it('M6 may have a boundary of more than the 70 characters allowed, and not of any length', () => {
    for (const [length, parts] of [
      [70, 2],
      [200, 2],
      [201, 1],
    ] as const) {
      const boundary = 'b'.repeat(length)

      assert.equal(mixed(boundary, `--${boundary}`, '', 'x', `--${boundary}--`).parts.length, parts)
    }
  })

  it('M6 is passed over before its first delimiter and after its last', () => {
    const letter = mixed(
      'a',
      'preamble',
      '--b',
      '--a',
      '',
      'x',
      '--a--',
      'epilogue',
      '--a',
      '',
      'y',
    )

    assert.deepEqual(contents(letter), [undefined, 'x'])
  })

  it('M6 in another one with the same boundary is ended first', () => {
    const letter = mixed(
      'b',
      '--b',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'x',
      '--b--',
      '--b',
      '',
      'y',
      '--b--',
    )

    assert.deepEqual(letter.order, ['+', '+1', '+1.1', '-1.1', '-1', '+2', '-2', '-'])
    assert.deepEqual(contents(letter), [undefined, undefined, 'x', 'y'])
  })

  it('M6 is found although the empty line before its first delimiter is missing', () => {
    const inner = ['--a', 'Content-Type: multipart/mixed; boundary=ab', '--ab', 'X: y', '', 'x']
    const letter = mixed('a', ...inner, '--ab--', '--a--')
    const outermost = read('Content-Type: multipart/mixed; boundary=a', '--a', '', 'x', '--a--')

    assert.deepEqual(letter.order.slice(0, 4), ['+', '!unfinished-header-section', '+1', '+1.1'])
    assert.equal(letter.parts[2]?.content, 'x')
    assert.equal(outermost.parts[1]?.content, 'x')
  })

  it('M6 M20 is not looked for at every line of dashes', () => {
    const dashes = (count: number) => () =>
      readLetter(
        [octets(`Content-Type: multipart/mixed; boundary=a\r\n${'--\r\n'.repeat(count)}\r\n`)],
        UNLIMITED,
      )
    const few = costOf(dashes(1_000))
    const many = costOf(dashes(16_000))

    // Sixteen times the lines: in proportion it is 16, squared it is 256.
    assert.ok(many < 100 * few + 2_000, `${many} µs against ${few} µs`)
  })

  it('M7 of 300,000 parts that come at once is refused at the limit, and no part behind it is looked at', () => {
    const bomb = octets(
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\n'.repeat(300_000)}`,
    )
    const refuse = (): void => {
      assert.throws(
        () => new MessageReader().push(bomb),
        (error) => error instanceof LimitExceeded && error.option === 'parts',
      )
    }
    const allowed = octets(
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\n'.repeat(999)}`,
    )

    assert.ok(costOf(refuse) < 10 * costOf(() => new MessageReader().push(allowed)) + 2_000)
  })
})

describe('Content', () => {
  it('M8 is found behind damage on both sides of every cut', () => {
    const damaged = 'Content-Transfer-Encoding: base64\r\n\r\nZm9v\r\n!!\r\nYmFy==\r\nZg\r\n'
    const whole = readLetter([octets(damaged)])

    assert.equal(whole.parts[0]?.content, 'foobarf')
    for (let place = 0; place < damaged.length; place++) {
      assert.deepEqual(readLetter(cutAt(octets(damaged), [place])), whole)
    }
  })

  it('M9 that is compressed is handed over as it is', () => {
    const bomb = Buffer.from(
      'H4sIAAAAAAAAA+3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA',
      'base64',
    )
    for (const fields of ['Content-Type: application/gzip', 'Content-Encoding: gzip']) {
      const { parts } = read(
        fields,
        'Content-Transfer-Encoding: base64',
        '',
        bomb.toString('base64'),
      )

      assert.equal(parts[0]?.content, bomb.toString('latin1'))
    }
  })

  it('M10 of a letter in a letter is decoded, though it should not be encoded', () => {
    const inner = 'Subject: inner\r\n\r\nx'
    const { parts } = read(
      'Content-Type: message/rfc822',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(inner).toString('base64'),
    )

    assert.deepEqual(parts, [{ path: '', mediaType: 'message/rfc822', content: inner }])
  })

  it('M12 may have lines of any ends, mixed', () => {
    const letter = readLetter([octets('Subject: s\nX: y\r\n\nline\r\nbare\rcr\nend')])

    assert.equal(letter.subject, 's')
    assert.equal(letter.parts[0]?.content, 'line\r\nbare\rcr\nend')
  })

  it('M12 that has nothing but bare CR at its ends is flagged', () => {
    const letter = readLetter([octets('Subject: s\rX: y\r\rbody')])

    assert.deepEqual(letter.defects, ['control-character'])
  })

  it('M18 of text and HTML comes octet by octet, and is made into nothing', () => {
    const html = '<a href="javascript:alert(1)">"x"&amp;<script>alert(1)</script>'
    for (const type of ['text/html', 'text/plain']) {
      assert.equal(read(`Content-Type: ${type}`, '', html).parts[0]?.content, html)
    }
  })
})

/** Letters with everything wrong that the tests here know of. */
const ODD_LETTERS = [
  SIMPLE.join('\r\n'),
  NESTED.join('\n'),
  '\ufeffSubject: =?koi8-r?b?8NLJ18XU?=\r\n\r\n\ufeffx',
  'From a@b Mon Jan  1 00:00:00 2026\n>From: x\nSubject: y\n\nbody\n',
  '\r\n\r\nSubject: s\r\n\r\n',
  'no header at all\r\nX: y\r\n\r\n',
  'Content-Type: multipart/mixed; boundary=a\n--a\nContent-Type: multipart/mixed; boundary=ab\n--ab\nX: y\n\nx\n--a\n\ny',
  'Content-Type: multipart/digest; boundary="a b"\r\n\r\n--a b\r\n\r\nSubject: x\r\n\r\n--a b  --\r\n--a b--\t\r\nend',
  'Content-Type: multipart/mixed; boundary=a\r\nContent-Transfer-Encoding: base64\r\n\r\n--a\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=d0=B0=\r\n=\n =41=4\r\n--a--=',
  'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n--b--',
  `Content-Disposition: attachment; filename*1*=%B0; filename*0*=utf-8''%D0\r\nContent-Transfer-Encoding: base64 (x)\r\n\r\nZm9v=\r\n=Zg\r\n`,
].map(octets)

describe('Any letter', () => {
  it('M19 reads the same whole, octet by octet, and cut anywhere', () => {
    for (const letter of ODD_LETTERS) {
      const whole = readLetter([letter])

      assert.deepEqual(readLetter(octetByOctet(letter)), whole)
      fc.assert(
        fc.property(fc.array(fc.nat(letter.length), { maxLength: 12 }), (places) => {
          assert.deepEqual(readLetter(cutAt(letter, places)), whole)
        }),
        { numRuns: 40 },
      )
    }
  })

  it('M20 is read or refused with our own error, whatever has happened to it', () => {
    const change = fc.record({ at: fc.nat(2_000), to: fc.constantFrom(...octets('\r\n -=:;"?*a')) })
    fc.assert(
      fc.property(fc.constantFrom(...ODD_LETTERS), fc.array(change), (original, changes) => {
        const letter = original.slice()
        for (const { at, to } of changes) letter[at % letter.length] = to
        try {
          readLetter([letter])
        } catch (error) {
          assert.ok(error instanceof LimitExceeded)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('M20 of any octets is read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (letter) => {
        assert.ok(readLetter([letter]).parts.length > 0)
      }),
    )
  })
})
