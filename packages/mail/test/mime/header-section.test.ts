import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { HeaderInvalid } from '../../src/mime/errors.ts'
import { foldField } from '../../src/mime/fold-field.ts'
import { parseHeaderSection } from '../../src/mime/header-section.ts'
import type { HeaderSection } from '../../src/mime/header-section.ts'
import { octets } from './cut.ts'

const SUBJECT = 'СООБЩЕНИЕ_ОБМЕНА: Message_УдаленныеСклады_ЦБ_С01_7.ndjson.zst'

function parse(text: string): HeaderSection {
  return parseHeaderSection(octets(text))
}

function kindsOf(header: HeaderSection): readonly string[] {
  return header.defects.map((defect) => defect.kind)
}

describe('Header section', () => {
  it('M13 has fields in their order, each by its name whatever the case', () => {
    const header = parse('From: a@b.test\r\nReceived: one\r\nreceived: two\r\n\r\nBody: no\r\n')

    assert.deepEqual(
      header.fields.map((field) => field.name),
      ['From', 'Received', 'received'],
    )
    assert.equal(header.first('FROM'), 'a@b.test')
    assert.equal(header.first('Received'), 'one')
    assert.deepEqual(header.all('Received'), ['one', 'two'])
    assert.equal(header.first('Body'), undefined)
    assert.deepEqual(header.all('Body'), [])
    assert.deepEqual(header.defects, [])
  })

  for (const { name, text } of [
    { name: 'folded with a space (RFC 5322 §2.2.3)', text: 'Subject: This\r\n is a test\r\n\r\n' },
    { name: 'folded with a tab by a gateway', text: 'Subject: This\r\n\tis\r\n\ta test\r\n\r\n' },
    { name: 'folded before its first word', text: 'Subject:\r\n This is a test\r\n\r\n' },
    { name: 'with lines of white space', text: 'Subject: This\r\n is a test\r\n \t\r\n\r\n' },
    { name: 'with bare LF', text: 'Subject: This\n is a test\n\n' },
    { name: 'without an empty line at the end', text: 'Subject: This is a test' },
    {
      name: 'with white space before the colon (RFC 5322 §4.5.8)',
      text: 'Subject \t: This is a test\r\n',
    },
  ]) {
    it(`M1 reads a field ${name}`, () => {
      assert.equal(parse(text).first('Subject'), 'This is a test')
    })
  }

  it('reads a subject that a gateway encoded and folded anew', () => {
    const base64 = Buffer.from(SUBJECT).toString('base64')
    const halves = [base64.slice(0, 40), base64.slice(40)]
    const koi8 = '=?KOI8-R?Q?=F3=EF=EF=E2=FD=E5=EE=E9=E5=5F=EF=E2=ED=E5=EE=E1=3A?='

    assert.equal(parse(`Subject: =?UTF-8?B?${base64}?=\r\n`).first('subject'), SUBJECT)
    assert.equal(
      parse(`Subject:\r\n\t=?UTF-8?B?${halves[0]}?=\r\n\t=?utf-8?b?${halves[1]}?=\r\n`).first(
        'subject',
      ),
      SUBJECT,
    )
    assert.equal(parse(`Subject: ${SUBJECT}\r\n`).first('subject'), SUBJECT)
    assert.equal(
      parse(`Subject: ${koi8} Message.zst\r\n`).first('subject'),
      'СООБЩЕНИЕ_ОБМЕНА: Message.zst',
    )
  })

  it('M3 keeps the undecoded body for fields that have a grammar', () => {
    assert.equal(
      parse('From: =?utf-8?Q?=3Ca=40b=3E?= <c@d.test>').raw('from'),
      '=?utf-8?Q?=3Ca=40b=3E?= <c@d.test>',
    )
  })

  it('M11 reads raw octets that are not UTF-8 in the charset that the section says its text is in', () => {
    const read = (subject: string, type: string): string | undefined =>
      parseHeaderSection(
        Uint8Array.from(`Subject: ${subject}\r\nContent-Type: ${type}\r\n`, (character) =>
          character.charCodeAt(0),
        ),
      ).first('subject')
    const koi8 = '\xf4\xc5\xcd\xc1'
    const utf8 = '\xd0\xa2\xd0\xb5'

    assert.equal(read('\xd2\xe5\xec\xe0', 'text/plain;\r\n\tcharset="windows-1251"'), 'Тема')
    assert.equal(read(koi8, 'text/plain; charset=koi8-r'), 'Тема')
    assert.equal(read(utf8, 'text/plain; charset=koi8-r'), 'Те')
    for (const charset of ['x-nobody', 'us-ascii', 'utf-8', 'utf-16', 'utf-7', 'iso-2022-jp']) {
      assert.equal(read(koi8, `text/plain; charset=${charset}`), 'ôÅÍÁ')
    }
  })

  it('M11 reads raw octets as UTF-8, or as windows-1252 where they are not', () => {
    const header = parseHeaderSection(Buffer.from('A: \xd0\x90\r\nB: \xe9\r\n', 'latin1'))

    assert.equal(header.first('a'), 'А')
    assert.equal(header.first('b'), 'é')
  })

  it('M12 passes over lines that are no fields, and notes them', () => {
    const header = parse(
      'From shop Mon Jan  1 00:00:00 2026\r\n continued\r\nno field\r\n: x\r\nSubject: s\r\n\r\n',
    )

    assert.equal(header.first('subject'), 's')
    assert.deepEqual(
      kindsOf(header),
      Array.from({ length: 3 }, () => 'malformed-header-line'),
    )
  })

  it('never holds a control character, not even one that came encoded', () => {
    const header = parse('A: x\0y\r\nB: =?utf-8?Q?x=0D=0ABcc:_y?=\r\nC: x\ry\r\n')

    assert.deepEqual(
      header.fields.map((field) => field.text),
      ['x\ufffdy', 'x\ufffd\ufffdBcc: y', 'x\ufffdy'],
    )
    assert.deepEqual(
      kindsOf(header),
      Array.from({ length: 3 }, () => 'control-character'),
    )
  })

  it('notes a hundred defects, and no more', () => {
    assert.equal(parse('x\r\n'.repeat(500)).defects.length, 100)
  })

  for (const { name, text, limits, option } of [
    {
      name: 'octets',
      text: `A: ${'x'.repeat(2000)}\r\n`.repeat(200),
      limits: {},
      option: 'headerOctets',
    },
    { name: 'fields', text: 'A:\r\n'.repeat(1001), limits: {}, option: 'headerFields' },
    {
      name: 'octets in a line',
      text: `A: ${'x'.repeat(70_000)}\r\n`,
      limits: {},
      option: 'headerLineOctets',
    },
    {
      name: 'fields than asked for',
      text: 'A:\r\nB:\r\n',
      limits: { headerFields: 1 },
      option: 'headerFields',
    },
  ]) {
    it(`M1 is refused with more ${name} than the limit`, () => {
      assert.throws(
        () => parseHeaderSection(octets(text), limits),
        (error) => error instanceof LimitExceeded && error.option === option,
      )
    })
  }
})

describe('Folding', () => {
  it('breaks between words where a line would pass 76', () => {
    const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(24))

    assert.equal(foldField('X', [a, b, c, d, e].map(String)), `X: ${a} ${b}\r\n ${c} ${d} ${e}\r\n`)
    assert.equal(foldField('XYZ', [a, b, d].map(String)), `XYZ: ${a} ${b}\r\n ${d}\r\n`)
  })

  for (const { name, field, words } of [
    { name: 'a line end in a word', field: 'X', words: ['a\r\nBcc: b'] },
    { name: 'a word that is not ASCII', field: 'X', words: ['я'] },
    { name: 'an empty word', field: 'X', words: ['a', '', 'b'] },
    { name: 'a colon in the name', field: 'X:', words: ['a'] },
    { name: 'a line end in the name', field: 'X\r\nY', words: ['a'] },
    { name: 'a name of nothing', field: '', words: ['a'] },
    { name: 'a name too long', field: 'X'.repeat(97), words: ['a'] },
    { name: 'a line over 998', field: 'X', words: ['a'.repeat(996)] },
  ]) {
    it(`refuses ${name}`, () => {
      assert.throws(() => foldField(field, words), HeaderInvalid)
    })
  }
})
