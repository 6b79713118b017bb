import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decodeEncodedWords } from '../../src/mime/encoded-word.ts'
import { encodeUnstructured } from '../../src/mime/encode-text.ts'
import { foldField } from '../../src/mime/fold-field.ts'
import { parseHeaderSection } from '../../src/mime/header-section.ts'
import { octets } from './cut.ts'

describe('Encoded-words', () => {
  for (const { text, decoded } of [
    // RFC 2047 §8
    { text: '=?ISO-8859-1?Q?a?=', decoded: 'a' },
    { text: '=?ISO-8859-1?Q?a?= b', decoded: 'a b' },
    { text: '=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=', decoded: 'ab' },
    { text: '=?ISO-8859-1?Q?a?=  \t =?ISO-8859-1?Q?b?=', decoded: 'ab' },
    { text: '=?ISO-8859-1?Q?a_b?=', decoded: 'a b' },
    { text: '=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=', decoded: 'a b' },
    {
      text: '=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=',
      decoded: 'If you can read this you understand the example.',
    },
    {
      text: '=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>',
      decoded: 'Keith Moore <moore@cs.utk.edu>',
    },
    { text: '=?US-ASCII*EN?Q?Keith_Moore?=', decoded: 'Keith Moore' },
    // A character cut in two, also between B and Q.
    { text: '=?utf-8?B?0J/R?= =?UTF-8?B?gA==?=', decoded: 'Пр' },
    { text: '=?utf-8?B?0J/R?= =?utf-8?Q?=80?=', decoded: 'Пр' },
    { text: '=?windows-1251?b?z/Do?=', decoded: 'При' },
    { text: '=?koi8-r?q?=F0=D2=C9?=', decoded: 'При' },
    { text: '=?iso-2022-jp?B?GyRCJCIbKEI=?=', decoded: 'あ' },
    // What RFC 2047 forbids and programs send.
    { text: '"=?utf-8?Q?=D0=90?="', decoded: '"А"' },
    { text: 'x=?utf-8?Q?=D0=90?=y', decoded: 'xАy' },
    { text: '=?utf-8?Q?=D0=90?==?utf-8?Q?=D0=91?=', decoded: 'АБ' },
    { text: '=?utf-8?Q?a b?=', decoded: 'a b' },
    // What is none.
    { text: '=?utf-8?X?abc?=', decoded: '=?utf-8?X?abc?=' },
    { text: '=?utf-8?Q?abc', decoded: '=?utf-8?Q?abc' },
    { text: '=??Q?abc?=', decoded: '=??Q?abc?=' },
    { text: '=?=?utf-8?Q?a?=', decoded: '=?a' },
    { text: '', decoded: '' },
    // Unknown charsets stay as written.
    { text: '=?x-unknown?Q?a?= b', decoded: '=?x-unknown?Q?a?= b' },
    { text: 'a =?x-unknown?Q?b?= =?utf-8?Q?c?=', decoded: 'a =?x-unknown?Q?b?=c' },
  ]) {
    it(`M2 of ${JSON.stringify(text)} read ${JSON.stringify(decoded)}`, () => {
      assert.equal(decodeEncodedWords(text), decoded)
    })
  }

  for (const { text, decoded, kind } of [
    { text: '=?utf-8?B?0J8!?=', decoded: 'П', kind: 'damaged-encoded-word' },
    { text: '=?utf-8?B?0J/?=', decoded: 'П', kind: 'damaged-encoded-word' },
    { text: '=?utf-8?Q?=zz?=', decoded: '=zz', kind: 'damaged-encoded-word' },
    { text: '=?utf-8?Q?=FF?=', decoded: '\ufffd', kind: 'damaged-text' },
    { text: '=?x-y?Q?a?=', decoded: '=?x-y?Q?a?=', kind: 'unknown-charset' },
  ]) {
    it(`M2 of ${text} are noted as ${kind}`, () => {
      const kinds: string[] = []

      assert.equal(
        decodeEncodedWords(text, (defect) => kinds.push(defect)),
        decoded,
      )
      assert.deepEqual(kinds, [kind])
    })
  }
})

describe('Encoded-words of a stateful charset', () => {
  it('M2 M11 are decoded one by one (RFC 2047 §3)', () => {
    for (const charset of ['ISO-2022-JP', 'csISO2022JP']) {
      const word = `=?${charset}?B?${Buffer.from('\x1b$B$"\x1b(B').toString('base64')}?=`

      assert.equal(
        decodeEncodedWords(`${word} ${word}\t${word} x`, (kind) => assert.fail(kind)),
        'あああ x',
      )
    }
  })
})

function write(text: string): string {
  return foldField('Subject', encodeUnstructured(text, 'Subject: '.length))
}

function readBack(field: string): string | undefined {
  return parseHeaderSection(octets(`${field}\r\n`)).first('subject')
}

/** The text of a word in base64, which must be whole characters with no stray bits. */
function strictText(word: string): string {
  const digits = word.slice('=?utf-8?B?'.length, -'?='.length)
  const content = Buffer.from(digits, 'base64')
  assert.equal(content.toString('base64'), digits)
  return new TextDecoder('utf-8', { fatal: true }).decode(content)
}

describe('An unstructured field', () => {
  it('is written in words of base64 that a strict reader takes, of at most 75 (C2)', () => {
    for (let accents = 0; accents < 50; accents++) {
      const text = `${'ё'.repeat(50 - accents)}${'€'.repeat(accents)}${'ё😀'.repeat(20)}`

      const words = write(text).match(/=\?utf-8\?B\?\S+\?=/g) ?? []

      assert.equal(words.map((word) => strictText(word)).join(''), text)
      for (const word of words) assert.ok(word.length <= 75)
    }
  })

  for (const { name, text, field } of [
    { name: 'plain ASCII', text: 'Hello, world', field: 'Subject: Hello, world\r\n' },
    {
      name: 'a plain head',
      text: 'Re: Привет',
      field: 'Subject: Re: =?utf-8?B?0J/RgNC40LLQtdGC?=\r\n',
    },
    {
      name: 'a plain tail',
      text: 'Привет no=7',
      field: 'Subject: =?utf-8?B?0J/RgNC40LLQtdGC?= no=7\r\n',
    },
    {
      name: 'the space between encoded words',
      text: 'я b я',
      field: 'Subject: =?utf-8?B?0Y8gYiDRjw==?=\r\n',
    },
    {
      name: 'Q where that is shorter',
      text: 'naïvest cafeteria',
      field: 'Subject: =?utf-8?Q?na=C3=AFvest?= cafeteria\r\n',
    },
    {
      name: 'what looks encoded',
      text: '=?utf-8?Q?x?=',
      field: 'Subject: =?utf-8?B?PT91dGYtOD9RP3g/PQ==?=\r\n',
    },
    { name: 'double spaces', text: 'a b  c d', field: 'Subject: a =?utf-8?Q?b__c?= d\r\n' },
    { name: 'a space at its end', text: 'a b ', field: 'Subject: a =?utf-8?Q?b_?=\r\n' },
    { name: 'a tab', text: 'letters\tb', field: 'Subject: =?utf-8?Q?letters=09b?=\r\n' },
    { name: 'nothing', text: '', field: 'Subject:\r\n' },
  ]) {
    it(`is written with ${name}`, () => {
      assert.equal(write(text), field)
      assert.equal(readBack(field), text)
    })
  }

  it('reads back exactly, in lines of at most 76, whatever the text', () => {
    const words = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc
        .array(
          fc.constantFrom(
            'plain',
            'слово',
            ' ',
            '  ',
            '=?',
            '?=',
            '👩‍👩‍👧‍👦',
            'é',
            '_',
            '\t',
            'long'.repeat(15),
          ),
          { maxLength: 20 },
        )
        .map((parts) => parts.join(' ')),
    )
    fc.assert(
      fc.property(words, (text) => {
        const oneLine = text.replaceAll(/[^\P{Cc}\t]/gu, '')

        const field = write(oneLine)

        for (const line of field.split('\r\n')) assert.match(line, /^[ -~]{0,76}$/)
        assert.doesNotMatch(field, /\r\n\s*\r\n/)
        assert.equal(readBack(field), oneLine)
      }),
      { numRuns: 300 },
    )
  })

  it('never cuts what readers see as one character', () => {
    const family = '👨‍👩‍👧‍👦'
    const wordsOf = (text: string): string[] => write(text).match(/=\?\S+\?=/g) ?? []

    const families = wordsOf(family.repeat(12)).map((word) => decodeEncodedWords(word))
    const accented = wordsOf('и\u0306'.repeat(60)).map((word) => decodeEncodedWords(word))

    assert.ok(families.length > 3)
    for (const text of families) assert.equal(text.replaceAll(family, ''), '')
    assert.ok(accented.length > 3)
    for (const text of accented) assert.match(text, /^(?:и\u0306)+$/u)
  })

  it('writes an unpaired surrogate as U+FFFD', () => {
    assert.equal(readBack(write('a\ud800b')), 'a\ufffdb')
  })

  it('keeps a long word whole up to a length that any line holds, and encodes a longer one', () => {
    const long = 'x'.repeat(900)

    assert.equal(write(long), `Subject: ${long}\r\n`)
    assert.match(write(`${long}x`), /^Subject: =\?utf-8\?Q\?x+\?=\r\n/)
    assert.equal(readBack(write(`${long}x`)), `${long}x`)
  })
})
