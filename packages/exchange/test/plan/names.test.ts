import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { parsePlanName, PlanNameInvalid } from '../../src/plan/exchange-plan.ts'
import { NodeCodeInvalid, parseNodeCode } from '../../src/plan/node-code.ts'

describe('the code of a node', () => {
  const codes = [
    'A',
    '7',
    'ЦБ',
    'С01',
    '000000001',
    'shop-7',
    'a--b',
    '東京',
    'ǅ',
    '𝟙',
    'a3b8d1b6-0b3b-4b1a-9c1a-1a2b3c4d5e6f',
  ]
  for (const code of codes) {
    it(`may be ${code}`, () => {
      assert.equal(parseNodeCode(code), code.normalize('NFC'))
    })
  }

  const invalid = [
    '',
    ' ',
    '-',
    '-a',
    'a-',
    'a b',
    ' a',
    'a\n',
    'a_b',
    'a.b',
    'a/b',
    '../a',
    'a\\b',
    'a\0',
    'a@b',
    'a\u200d',
    'a\u202e',
    '\u0301',
    '\ud800',
    '😀',
    'x'.repeat(37),
  ]
  for (const code of invalid) {
    it(`may not be ${JSON.stringify(code)}`, () => {
      assert.throws(() => parseNodeCode(code), NodeCodeInvalid)
    })
  }

  it('has at most 36 characters', () => {
    assert.equal(parseNodeCode('x'.repeat(36)).length, 36)
  })

  it('is the same in composed and decomposed letters', () => {
    assert.equal(parseNodeCode('Й1'.normalize('NFD')), 'Й1'.normalize('NFC'))
  })

  it('keeps its case, and Latin and Cyrillic letters that look alike apart', () => {
    assert.notEqual(parseNodeCode('a'), parseNodeCode('A'))
    assert.notEqual(parseNodeCode('C01'), parseNodeCode('С01'))
  })

  it('says in its error what it may be', () => {
    assert.throws(() => parseNodeCode('a_b'), {
      code: 'NODE_CODE_INVALID',
      message: '"a_b" can\'t be the code of a node',
      hint: 'use 1 to 36 letters, digits and inner hyphens, for example "С01"',
    })
  })
})

describe('the name of a plan', () => {
  const names = ['P', '_', 'УдаленныеСклады', 'Склады_2', '_1', 'a_b_c', '計画']
  for (const name of names) {
    it(`may be ${name}`, () => {
      assert.equal(parsePlanName(name), name)
    })
  }

  const invalid = [
    '',
    ' ',
    '1',
    '1a',
    'a-b',
    'a.b',
    'a b',
    'a/b',
    '../a',
    'a\n',
    'a\0',
    'x'.repeat(81),
  ]
  for (const name of invalid) {
    it(`may not be ${JSON.stringify(name)}`, () => {
      assert.throws(() => parsePlanName(name), PlanNameInvalid)
    })
  }

  it('has at most 80 characters', () => {
    assert.equal(parsePlanName('x'.repeat(80)).length, 80)
  })

  it('is the same in composed and decomposed letters', () => {
    assert.equal(parsePlanName('Мой'.normalize('NFD')), 'Мой'.normalize('NFC'))
  })
})
