import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTextDecoder, decodeText } from '../../src/mime/charset.ts'

const WORD = 'Привет'

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

  it('is UTF-8 when none is named', () => {
    assert.deepEqual(decodeText(Buffer.from(WORD)), {
      kind: 'decoded',
      text: WORD,
      isDamaged: false,
    })
  })

  it('windows-1252 knows the characters between 0x80 and 0x9F', () => {
    assert.deepEqual(decodeText(new Uint8Array([0x80, 0x93, 0x99]), 'windows-1252'), {
      kind: 'decoded',
      text: '€“™',
      isDamaged: false,
    })
  })

  it('nobody knows is an answer, not a guess', () => {
    for (const charset of ['x-unknown', 'utf-7', '']) {
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
