import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { UPPER_HALVES } from '../../src/mime/code-page-tables.ts'
import { createTextDecoder, decodeText } from '../../src/mime/charset.ts'
import { costOf } from '../cost-of.ts'
import { octetByOctet } from './cut.ts'

const WORD = 'Привет'

/** The octets are what Python's codec of each charset makes of the text. */
const OF_OTHER_TIMES = [
  { charset: 'cp437', hex: '6e618b7665209cab', text: 'naïve £½' },
  { charset: 'IBM737', hex: '8998a29ea3e2a898', text: 'Καλημέρα' },
  { charset: 'cp775', hex: 'd0d1d2d3d4d5d6d7d8', text: 'ąčęėįšųūž' },
  { charset: 'IBM-850', hex: '92729b20f3', text: 'Ærø ¾' },
  { charset: 'cp852', hex: '50fda16c69e720a76c759c6f759f6bec', text: 'Příliš žluťoučký' },
  { charset: 'dos-855', hex: 'dde1b7eba8e5', text: 'Привет' },
  { charset: 'cp857', hex: '98a78d9f87', text: 'İğışç' },
  { charset: 'cp858', hex: '313020d5', text: '10 €' },
  { charset: 'cp860', hex: '6187846f', text: 'ação' },
  { charset: 'cp861', hex: '8d696e6776656c6c6972', text: 'Þingvellir' },
  { charset: 'cp862', hex: '998c858d', text: '\u05e9\u05dc\u05d5\u05dd' },
  { charset: 'cp863', hex: '517582626563', text: 'Québec' },
  { charset: 'cp865', hex: '92729b', text: 'Ærø' },
  { charset: 'cp869', hex: 'b5d6e5e1e69debd6', text: 'Καλημέρα' },
  { charset: 'KOI8-T', hex: 'd4cf8dc9cba5', text: 'тоҷикӣ' },
  { charset: 'kz-1048', hex: '9de0e7e09d', text: 'қазақ' },
  { charset: 'cp932', hex: '8740eee0', text: '①髙' },
  { charset: 'ks_c_5601-1987', hex: 'c7d1b1b9beee', text: '한국어' },
  { charset: 'cp949', hex: '8c63b9e6', text: '똠방' },
  { charset: 'euc-kr', hex: '814131c652c8fe', text: '갂1힣힝' },
  {
    charset: 'iso-2022-kr',
    hex: '1b2429430e475131393e6e0f206f6b0a0e47510f',
    text: '한국어 ok\n한',
  },
  { charset: 'hz-gb-2312', hex: '7e7b56504e447e7d7e7e6f6b', text: '中文~ok' },
  { charset: 'gb18030', hex: 'd6d0cec49439fc36', text: '中文😀' },
  { charset: 'cp950', hex: 'a4a4a4e5', text: '中文' },
  { charset: 'cp936', hex: 'd6d0cec4', text: '中文' },
  { charset: 'iso-2022-jp', hex: '1b2442467c4b5c1b2842206f6b', text: '日本 ok' },
  { charset: 'iso-2022-jp-ms', hex: '1b24422d211b2842', text: '①' },
  { charset: 'iso-8859-8-i', hex: 'f9ece5ed', text: '\u05e9\u05dc\u05d5\u05dd' },
  { charset: 'iso8859_15', hex: 'a4', text: '€' },
  {
    charset: 'UTF-7',
    hex: '4869204d6f6d202b4a6a6f202b5a65566e4c4141723244336541412d',
    text: 'Hi Mom ☺ 日本+😀',
  },
  { charset: 'unicode-1-1-utf-7', hex: '312b2d312b414b4d2d', text: '1+1£' },
  { charset: 'utf-16', hex: 'fffe1f0440043804320435044204', text: '\ufeffПривет' },
  { charset: 'utf-16', hex: '041f04400438043204350442', text: 'Привет' },
] as const

describe('Charset', () => {
  for (const { charset, hex } of [
    { charset: 'utf-8', hex: 'd09fd180d0b8d0b2d0b5d182' },
    { charset: '"UTF-8"', hex: 'd09fd180d0b8d0b2d0b5d182' },
    { charset: 'windows-1251', hex: 'cff0e8e2e5f2' },
    { charset: 'cp-1251', hex: 'cff0e8e2e5f2' },
    { charset: 'CP1251', hex: 'cff0e8e2e5f2' },
    { charset: 'win-1251', hex: 'cff0e8e2e5f2' },
    { charset: 'koi8-r', hex: 'f0d2c9d7c5d4' },
    { charset: 'KOI8-U', hex: 'f0d2c9d7c5d4' },
    { charset: 'ibm866', hex: '8fe0a8a2a5e2' },
    { charset: 'cp866', hex: '8fe0a8a2a5e2' },
    { charset: 'iso-8859-5', hex: 'bfe0d8d2d5e2' },
    { charset: 'utf-16be', hex: '041f04400438043204350442' },
  ]) {
    it(`${charset} is known`, () => {
      assert.deepEqual(decodeText(Buffer.from(hex, 'hex'), charset), {
        kind: 'decoded',
        text: WORD,
        isDamaged: false,
      })
    })
  }

  for (const { charset, hex, text } of OF_OTHER_TIMES) {
    it(`M11 ${charset} reads ${hex} as it was meant, however it is cut`, () => {
      const octets = Buffer.from(hex, 'hex')
      const decoder = createTextDecoder(charset)
      const pieces = octetByOctet(octets).map((piece) => decoder?.decode(piece, { stream: true }))

      assert.deepEqual(decodeText(octets, charset), { kind: 'decoded', text, isDamaged: false })
      assert.equal(pieces.join('') + decoder?.decode(), text)
      assert.equal(decoder?.decode(octets), text)
    })
  }

  it('M11 a label is known through what gets stuck to it', () => {
    for (const label of ["'utf-8'", ' UTF-8 ', 'charset=utf-8', 'utf_8', 'utf-8;', '"UTF8"']) {
      assert.deepEqual(decodeText(Buffer.from(WORD), label), {
        kind: 'decoded',
        text: WORD,
        isDamaged: false,
      })
    }
  })

  for (const { charset, hex, text } of [
    { charset: 'cp857', hex: '41d542', text: 'A\ufffdB' },
    { charset: 'utf-7', hex: '41ff42', text: 'A\ufffdB' },
    { charset: 'utf-7', hex: '412b', text: 'A\ufffd' },
    { charset: 'utf-7', hex: '412b2142', text: 'A\ufffd!B' },
    { charset: 'utf-7', hex: '2b3244302d', text: '\ufffd' },
    { charset: 'utf-7', hex: '2b4144482d', text: '1\ufffd' },
    { charset: 'iso-2022-kr', hex: '1b2429430e4751210f41', text: '한\ufffdA' },
    { charset: 'euc-kr', hex: '41b00a', text: 'A\ufffd\n' },
    { charset: 'euc-kr', hex: '41ffb0', text: 'A\ufffd\ufffd' },
    { charset: 'iso-2022-jp', hex: '41ff', text: 'A\ufffd' },
    { charset: 'utf-16', hex: '0041d83d', text: 'A\ufffd' },
  ]) {
    it(`M11 ${charset} shows that ${hex} is damaged`, () => {
      assert.deepEqual(decodeText(Buffer.from(hex, 'hex'), charset), {
        kind: 'decoded',
        text,
        isDamaged: true,
      })
    })
  }

  it('M11 UTF-7 reads whatever its writers write', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const encoded = Array.from(text)
          .map((character) => {
            const units = Buffer.from(character, 'utf16le').swap16()
            return `+${units.toString('base64').replace(/=+$/, '')}-`
          })
          .join('')

        assert.deepEqual(decodeText(Buffer.from(encoded), 'utf-7'), {
          kind: 'decoded',
          text,
          isDamaged: false,
        })
      }),
    )
  })

  it('M11 a table has 128 characters, and each once', () => {
    for (const [charset, upperHalf] of UPPER_HALVES) {
      const characters = Array.from(upperHalf).filter((character) => character !== '\ufffd')

      assert.equal(upperHalf.length, 128, charset)
      assert.equal(new Set(characters).size, characters.length, charset)
    }
  })

  it('M11 reads on although what it was given is written over', () => {
    const utf16 = { charset: 'utf-16', hex: 'fffe1f044004', text: '\ufeffПр' }
    for (const { charset, hex, text } of [utf16, ...OF_OTHER_TIMES]) {
      const decoder = createTextDecoder(charset)
      const given = Buffer.alloc(1)
      let read = ''
      for (const octet of Buffer.from(hex, 'hex')) {
        given[0] = octet
        read += decoder?.decode(given, { stream: true }) ?? ''
      }
      assert.equal(read + (decoder?.decode() ?? ''), text, charset)
    }
  })

  it('M20 takes time in proportion to the text, whatever the charset', () => {
    for (const charset of ['utf-7', 'cp437', 'euc-kr', 'iso-2022-kr', 'hz-gb-2312', 'utf-16']) {
      const read = (kilobytes: number): unknown =>
        decodeText(Buffer.from('+~{\x0e~AbC=!\x0f-'.repeat(kilobytes * 64)), charset)
      const little = costOf(() => read(4))
      const much = costOf(() => read(64))

      // Sixteen times the text: in proportion it is 16, squared it is 256.
      assert.ok(much < 100 * little + 2_000, `${charset}: ${much} µs against ${little} µs`)
    }
  })

  it('is UTF-8 when none is named', () => {
    assert.deepEqual(decodeText(Buffer.from(WORD)), {
      kind: 'decoded',
      text: WORD,
      isDamaged: false,
    })
  })

  it('M11 windows-1252 knows the characters between 0x80 and 0x9F', () => {
    assert.deepEqual(decodeText(new Uint8Array([0x80, 0x93, 0x99]), 'windows-1252'), {
      kind: 'decoded',
      text: '€“™',
      isDamaged: false,
    })
  })

  it('M11 nobody knows is an answer, not a guess', () => {
    for (const charset of ['x-unknown', 'utf-9', 'cp999', 'ebcdic', '']) {
      assert.deepEqual(decodeText(Buffer.from('abc'), charset), {
        kind: 'unknown-charset',
        charset,
      })
      assert.equal(createTextDecoder(charset), undefined)
    }
  })

  it('has U+FFFD in it without being damaged', () => {
    const text = 'a\ufffdb'

    for (const [charset, octets] of [
      ['utf-8', Buffer.from(text)],
      ['utf-16le', Buffer.from(text, 'utf16le')],
      ['gb18030', Buffer.from('618431a43762', 'hex')],
    ] as const) {
      assert.deepEqual(decodeText(octets, charset), { kind: 'decoded', text, isDamaged: false })
    }
  })

  it('keeps a byte order mark and shows damage', () => {
    assert.deepEqual(decodeText(Buffer.from('efbbbf41ff', 'hex')), {
      kind: 'decoded',
      text: '\ufeffA\ufffd',
      isDamaged: true,
    })
  })
})
