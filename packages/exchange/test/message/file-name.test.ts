import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import fc from 'fast-check'

import {
  formatFileName,
  formatSubject,
  type MessageFileName,
  parseFileName,
  parseSubject,
  SUBJECT_PREFIX,
} from '../../src/message/file-name.ts'
import { parsePlanName } from '../../src/plan/exchange-plan.ts'
import { toMessageNo } from '../../src/plan/message-no.ts'
import { parseNodeCode } from '../../src/plan/node-code.ts'
import { anyText } from './any-text.ts'

function fileName(plan: string, from: string, to: string): MessageFileName {
  const [sender, receiver] = [parseNodeCode(from), parseNodeCode(to)]
  return { plan: parsePlanName(plan), from: sender, to: receiver, messageNo: toMessageNo(7) }
}

const NAME = fileName('УдаленныеСклады', 'ЦБ', 'С01')

describe('the name of a message file', () => {
  it('says plan, sender, receiver and number', () => {
    const text = formatFileName(NAME)

    assert.equal(text, 'Message_УдаленныеСклады_ЦБ_С01_7.ndjson.zst')
    assert.deepEqual(parseFileName(text), NAME)
  })

  const plans = ['A_B', '_', '__', '_A_', 'A_1', 'Message_A', 'A_B_C_7']
  for (const plan of plans) {
    it(`holds a plan with underscores: ${plan}`, () => {
      const name = fileName(plan, 'A', 'B')

      assert.deepEqual(parseFileName(formatFileName(name)), name)
    })
  }

  it('is read whatever the composition of its letters', () => {
    const name = fileName('Мой', 'Й1', 'Й2')

    assert.deepEqual(parseFileName(formatFileName(name).normalize('NFD')), name)
  })

  it('comes back for any plan, codes and number', () => {
    const plan = fc
      .stringMatching(/^[A-Яa-я_][A-Яa-я0-9_]{0,20}$/)
      .filter(isAccepted(parsePlanName))
    const code = fc
      .stringMatching(/^[A-Яa-я0-9](-?[A-Яa-я0-9]){0,9}$/)
      .filter(isAccepted(parseNodeCode))
    const number = fc.integer({ min: 1, max: 999_999_999_999_999 })
    const property = fc.property(plan, code, code, number, (planName, from, to, no) => {
      const name = { ...fileName(planName, from, to), messageNo: toMessageNo(no) }

      assert.deepEqual(parseFileName(formatFileName(name)), name)
    })
    fc.assert(property)
  })

  const foreign = [
    '',
    'Message',
    'Message_A_B_1.ndjson.zst',
    'Message_A_B.ndjson.zst',
    'Message_ЦБ_С01.zip',
    'Message_P_A_B_0.ndjson.zst',
    'Message_P_A_B_01.ndjson.zst',
    'Message_P_A_B_-1.ndjson.zst',
    'Message_P_A_B_1e3.ndjson.zst',
    'Message_P_A_B_1234567890123456.ndjson.zst',
    'Message_P_A_B_٧.ndjson.zst',
    'Message_P_A_B_1',
    'message_P_A_B_1.ndjson.zst',
    ' Message_P_A_B_1.ndjson.zst',
    'xMessage_P_A_B_1.ndjson.zst',
    'Message_P_-A_B_1.ndjson.zst',
    'Message_P_A._B_1.ndjson.zst',
    'Message_1P_A_B_1.ndjson.zst',
    'Message_P P_A_B_1.ndjson.zst',
    'Message_../../etc/passwd_A_B_1.ndjson.zst',
    'Message_P_../A_B_1.ndjson.zst',
    'Message_P_A/B_C_1.ndjson.zst',
    'Message_P_A\0_B_1.ndjson.zst',
    'Message_P\n_A_B_1.ndjson.zst',
    'Message_P_A_B_1\n.ndjson.zst',
    `Message_${'P'.repeat(81)}_A_B_1.ndjson.zst`,
    `Message_P_${'A'.repeat(37)}_B_1.ndjson.zst`,
  ]
  for (const text of foreign) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.equal(parseFileName(text), undefined)
    })
  }

  it('is judged in an instant, however hostile', () => {
    const hostile = ['_'.repeat(50_000), '_a'.repeat(50_000), `P_${'a'.repeat(100_000)}`]

    for (const text of hostile) assert.equal(parseFileName(`Message_${text}`), undefined)
  })

  it('never becomes a path: what was read holds no slash, no dot and no control character', () => {
    const part = fc.oneof(anyText, fc.constantFrom('A', '_', '/'))
    const property = fc.property(fc.array(part), (parts) => {
      const name = parseFileName(`Message_${parts.join('')}_B_1.ndjson.zst`)

      if (name !== undefined) assert.match(formatFileName(name), /^[\p{L}\p{N}_-]+\.ndjson\.zst$/u)
    })
    fc.assert(property, { numRuns: 1000 })
  })
})

describe('the subject of a message letter', () => {
  it('is the prefix and the name of the file', () => {
    const subject = formatSubject(SUBJECT_PREFIX, NAME)

    assert.equal(subject, 'СООБЩЕНИЕ_ОБМЕНА: Message_УдаленныеСклады_ЦБ_С01_7.ndjson.zst')
    assert.deepEqual(parseSubject(SUBJECT_PREFIX, subject), NAME)
  })

  it('may come with blanks around the name', () => {
    const subject = `${SUBJECT_PREFIX}  ${formatFileName(NAME)} `

    assert.deepEqual(parseSubject(SUBJECT_PREFIX, subject), NAME)
  })

  it('is known whatever the composition of the letters of the prefix and of the subject', () => {
    const prefix = 'Обмен, мой: '

    for (const form of ['NFC', 'NFD'] as const) {
      const subject = formatSubject(prefix, NAME).normalize(form)
      assert.deepEqual(parseSubject(prefix.normalize('NFD'), subject), NAME)
      assert.deepEqual(parseSubject(prefix, subject), NAME)
    }
  })

  const foreign = [
    '',
    formatFileName(NAME),
    `Re: ${formatSubject(SUBJECT_PREFIX, NAME)}`,
    ` ${formatSubject(SUBJECT_PREFIX, NAME)}`,
    SUBJECT_PREFIX,
    `${SUBJECT_PREFIX}привет`,
    `СООБЩЕНИЕ_ОБМЕНА ${formatFileName(NAME)}`,
  ]
  for (const subject of foreign) {
    it(`is not ${JSON.stringify(subject)}`, () => {
      assert.equal(parseSubject(SUBJECT_PREFIX, subject), undefined)
    })
  }

  it('needs no prefix when the plan says so', () => {
    assert.deepEqual(parseSubject('', formatFileName(NAME)), NAME)
  })
})

function isAccepted(parse: (text: string) => unknown): (text: string) => boolean {
  return (text) => {
    try {
      parse(text)
      return true
    } catch {
      return false
    }
  }
}
