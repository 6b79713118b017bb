import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { foldField } from '../../src/mime/fold-field.ts'
import { formatLegacyParameter, formatParameter } from '../../src/mime/format-parameter.ts'
import { parseHeaderSection } from '../../src/mime/header-section.ts'
import { parseParameterizedValue } from '../../src/mime/parameter.ts'
import { octets } from './cut.ts'

const NAME = 'Отчёт за год.xlsx'

describe('A parameter', () => {
  for (const { name, body, expected } of [
    { name: 'a token', body: 'attachment; filename=a.txt', expected: 'a.txt' },
    {
      name: 'a quoted string',
      body: String.raw`attachment; filename="a \"b\" \\.txt"`,
      expected: String.raw`a "b" \.txt`,
    },
    {
      name: 'a semicolon in quotes',
      body: 'attachment; filename="a;b.txt"; x=y',
      expected: 'a;b.txt',
    },
    {
      name: 'percent codes (RFC 2231 §4)',
      body: "application/x-stuff; filename*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
      expected: 'This is ***fun***',
    },
    {
      name: 'sections (RFC 2231 §3)',
      body: 'message/external-body; filename*0="ftp://"; filename*1="cs.utk.edu/pub/moore/bulk-mailer.tar"',
      expected: 'ftp://cs.utk.edu/pub/moore/bulk-mailer.tar',
    },
    {
      name: 'sections with and without a star (RFC 2231 §4.1)',
      body: `application/x-stuff; filename*0*=us-ascii'en'This%20is%20even%20more%20; filename*1*=%2A%2A%2Afun%2A%2A%2A%20; filename*2="isn't it!"`,
      expected: "This is even more ***fun*** isn't it!",
    },
    {
      name: 'sections out of order',
      body: "attachment; filename*1*=%B0; filename*0*=utf-8''%D0",
      expected: 'а',
    },
    {
      name: 'more than nine sections',
      body: `attachment; ${Array.from({ length: 12 }, (_, i) => `filename*${i}=${i},`).join('; ')}`,
      expected: '0,1,2,3,4,5,6,7,8,9,10,11,',
    },
    {
      name: 'windows-1251',
      body: "attachment; filename*=windows-1251''%CE%F2%F7%B8%F2",
      expected: 'Отчёт',
    },
    { name: 'koi8-r', body: "attachment; filename*=koi8-r'ru'%EF%D4%DE%A3%D4", expected: 'Отчёт' },
    {
      name: 'the extended form before the plain one',
      body: "attachment; filename=x.txt; filename*=utf-8''%D0%90",
      expected: 'А',
    },
    {
      name: 'an apostrophe in the value',
      body: "attachment; filename*=utf-8''it's",
      expected: "it's",
    },
    {
      name: 'encoded-words, which are not allowed here',
      body: 'attachment; filename="=?utf-8?B?0J7RgtGH0ZHRgg==?="',
      expected: 'Отчёт',
    },
    {
      name: 'encoded-words without quotes',
      body: 'attachment; filename==?koi8-r?Q?=EF=D4?=',
      expected: 'От',
    },
    {
      name: 'encoded-words cut into sections',
      body: 'attachment; filename*0="=?utf-8?B?0J7R"; filename*1="gtGH?="',
      expected: 'Отч',
    },
    { name: 'raw UTF-8', body: `attachment; filename="${NAME}"`, expected: NAME },
    {
      name: 'spaces without quotes',
      body: 'attachment; filename=my report (1).txt',
      expected: 'my report (1).txt',
    },
    {
      name: 'upper case and white space',
      body: 'ATTACHMENT ;\tFILENAME = "a.txt" ;',
      expected: 'a.txt',
    },
    { name: 'an empty value', body: 'attachment; filename=""', expected: '' },
    { name: 'no such parameter', body: 'attachment', expected: undefined },
  ]) {
    it(`M4 is read from ${name}`, () => {
      const kinds: string[] = []
      const { parameters } = parseParameterizedValue(body, (kind) => kinds.push(kind))

      assert.equal(parameters.get('filename'), expected)
      assert.deepEqual(kinds, [])
    })
  }

  for (const { name, body, expected, kind } of [
    {
      name: 'without a charset',
      body: 'attachment; filename*=%D0%90',
      expected: 'А',
      kind: 'malformed-parameter',
    },
    {
      name: 'with a percent error',
      body: "attachment; filename*=utf-8''100%zz",
      expected: '100%zz',
      kind: 'malformed-parameter',
    },
    {
      name: 'twice',
      body: 'attachment; filename=a; filename=b',
      expected: 'a',
      kind: 'malformed-parameter',
    },
    {
      name: 'with a section missing',
      body: 'attachment; filename*0=a; filename*2=b',
      expected: 'ab',
      kind: 'malformed-parameter',
    },
    {
      name: 'with a section too many',
      body: 'attachment; filename=a; filename*999999999=b',
      expected: 'a',
      kind: 'malformed-parameter',
    },
    {
      name: 'with a name too many',
      body: 'attachment; filename=a; =b',
      expected: 'a',
      kind: 'malformed-parameter',
    },
    {
      name: 'in an unknown charset',
      body: "attachment; filename*=x-y''%D0",
      expected: "x-y''%D0",
      kind: 'unknown-charset',
    },
    {
      name: 'in an unknown charset with a twin',
      body: "attachment; filename*=x-y''%D0; filename=b",
      expected: 'b',
      kind: 'unknown-charset',
    },
    {
      name: 'with damaged text',
      body: "attachment; filename*=utf-8''%D0",
      expected: '\ufffd',
      kind: 'damaged-text',
    },
    {
      name: 'with a line end in it',
      body: "attachment; filename*=utf-8''a%0D%0Ab",
      expected: 'a\ufffd\ufffdb',
      kind: 'control-character',
    },
  ]) {
    it(`M4 ${name} is read as well as possible, and noted`, () => {
      const kinds: string[] = []
      const { parameters } = parseParameterizedValue(body, (defect) => kinds.push(defect))

      assert.equal(parameters.get('filename'), expected)
      assert.deepEqual(kinds, [kind])
    })
  }

  it('does not swallow a comment into a value that is no file name', () => {
    const { value, parameters } = parseParameterizedValue(
      'Text/Plain (x); charset=us-ascii (Plain text)',
    )

    assert.equal(value, 'text/plain')
    assert.equal(parameters.get('charset'), 'us-ascii')
  })
})

describe('A file name', () => {
  it('is plain, quoted or percent-encoded, as it needs (C5)', () => {
    assert.deepEqual(formatParameter('filename', 'a.txt'), ['filename=a.txt'])
    assert.deepEqual(formatParameter('filename', 'a "b".txt'), [String.raw`filename="a \"b\".txt"`])
    assert.deepEqual(formatParameter('filename', "'a"), [`filename="'a"`])
    assert.deepEqual(formatParameter('filename', 'й.txt'), ["filename*=utf-8''%D0%B9.txt"])
    assert.deepEqual(formatLegacyParameter('name', 'й.txt'), ['name="=?utf-8?B?0LkudHh0?="'])
  })

  it('reads back from both forms, in lines of at most 76, whatever it is', () => {
    const names = fc
      .oneof(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.string({ maxLength: 100 }))
      .map((name) => name.replaceAll(/\p{Cc}/gu, '').toWellFormed())
    fc.assert(
      fc.property(names, (name) => {
        const pieces = ['attachment', ...formatParameter('filename', name)]
        const last = pieces.length - 1
        const field =
          foldField('Content-Type', ['text/plain;', ...formatLegacyParameter('name', name)]) +
          foldField(
            'Content-Disposition',
            pieces.map((piece, index) => (index < last ? `${piece};` : piece)),
          )
        const header = parseHeaderSection(octets(field))

        const type = parseParameterizedValue(header.raw('content-type') ?? '')
        const disposition = parseParameterizedValue(header.raw('content-disposition') ?? '')

        for (const line of field.split('\r\n')) assert.ok(line.length <= 76, line)
        assert.equal(type.parameters.get('name'), name)
        assert.equal(disposition.parameters.get('filename'), name)
      }),
    )
  })
})
