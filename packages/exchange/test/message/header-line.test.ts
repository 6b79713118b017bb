import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import fc from 'fast-check'

import { MessageDamaged, MessageTooNew } from '../../src/message/errors.ts'
import { formatHeaderLine, parseHeaderLine } from '../../src/message/header-line.ts'
import { parsePlanName } from '../../src/plan/exchange-plan.ts'
import type { MessageHeader } from '../../src/plan/message-header.ts'
import { NO_MESSAGE, toMessageNo } from '../../src/plan/message-no.ts'
import { parseNodeCode } from '../../src/plan/node-code.ts'
import { anyText } from './any-text.ts'

const HEADER: MessageHeader = {
  plan: parsePlanName('УдаленныеСклады'),
  from: parseNodeCode('ЦБ'),
  to: parseNodeCode('С01'),
  epoch: { counter: 2, random: 'e' },
  messageNo: toMessageNo(7),
  uuid: 'u7',
  baseNo: toMessageNo(4),
  predecessors: [
    { messageNo: toMessageNo(5), uuid: 'u5' },
    { messageNo: toMessageNo(6), uuid: 'u6' },
  ],
  acknowledges: { messageNo: toMessageNo(9), uuid: 'v9' },
  gapBefore: toMessageNo(12),
  hasMore: true,
  writtenAt: 1_763_790_000_000,
}

const LINE =
  '{"obmen":1,"plan":"УдаленныеСклады","from":"ЦБ","to":"С01","epoch":[2,"e"],"messageNo":7,"uuid":"u7",' +
  '"baseNo":4,"predecessors":[[5,"u5"],[6,"u6"]],"acknowledges":[9,"v9"],"gapBefore":12,"more":true,"writtenAt":1763790000000}'

/** What is said seldom. */
const WORDS: MessageHeader = {
  ...HEADER,
  lives: ['b', 'a'],
  isTwice: true,
  setAside: { rowCount: 3, rows: [{ table: 'goods', key: '[1]', reason: 'no' }] },
}

describe('a header line', () => {
  it('says how far it reaches, what it tells again, and how far the other side has come', () => {
    const header: MessageHeader = {
      ...HEADER,
      receivedSeq: 40,
      throughSeq: 30,
      toldBefore: [
        { throughSeq: 10, rowCount: 2 },
        { throughSeq: 20, rowCount: 5 },
      ],
    }
    const line = formatHeaderLine(header)

    const told = LINE.replace('"gapBefore"', '"received":40,"gapBefore"')
    assert.equal(line, told.replace('"more"', '"through":30,"told":[[10,2],[20,5]],"more"'))
    assert.deepEqual(parseHeaderLine(line), header)
  })

  it('names lives and rows that were set aside, and says that a node runs twice', () => {
    const line = formatHeaderLine(WORDS)

    const said = '"lives":["b","a"],"twice":true,"setAside":[3,["goods","[1]","no"]]'
    assert.equal(line, LINE.replace('"writtenAt"', `${said},"writtenAt"`))
    assert.deepEqual(parseHeaderLine(line), WORDS)
  })

  for (const [name, said] of [
    ['lives that are no names', '"lives":[1]'],
    ['more lives than anybody leads', `"lives":${JSON.stringify(Array(65).fill('a'))}`],
    ['fewer rows than it names', '"setAside":[0,["goods","[1]","no"]]'],
    ['a position that is none', '"through":-1'],
    ['rows told before without a number', '"told":[[10]]'],
    ['rows told before that are no list', '"told":{}'],
    ['a life of a long name', `"lives":["${'a'.repeat(101)}"]`],
    ['rows without a reason', '"setAside":[1,["goods","[1]"]]'],
  ] as const) {
    it(`with ${name} is damaged`, () => {
      const line = LINE.replace('"writtenAt"', `${said},"writtenAt"`)

      assert.throws(() => parseHeaderLine(line), MessageDamaged)
    })
  }

  it('may name any number of messages before it, and rows with any words; what is kept of them is bounded', () => {
    const predecessors = Array.from({ length: 5000 }, (_, no) => ({
      messageNo: toMessageNo(no + 1),
      uuid: `u${no + 1}`,
    }))
    const long = 'я'.repeat(500)
    const rows = [{ table: long, key: long, reason: long }]
    const said = {
      ...WORDS,
      messageNo: toMessageNo(6000),
      predecessors,
      setAside: { rowCount: 1, rows },
    }

    const read = parseHeaderLine(formatHeaderLine(said))
    const again = parseHeaderLine(formatHeaderLine(read))

    assert.deepEqual(read.predecessors, predecessors.slice(-1000))
    const [row] = read.setAside?.rows ?? []
    assert.deepEqual([row?.table.length, row?.key.length, row?.reason.length], [201, 201, 201])
    assert.deepEqual(again, read)
  })

  it('says everything in one line of JSON, and is read back', () => {
    assert.equal(formatHeaderLine(HEADER), LINE)
    assert.deepEqual(parseHeaderLine(LINE), HEADER)
  })

  it('leaves out what there is nothing to say of', () => {
    const { acknowledges: _, gapBefore: __, hasMore: ___, ...plain } = HEADER

    const line = formatHeaderLine({ ...plain, gapBefore: NO_MESSAGE })

    assert.doesNotMatch(line, /acknowledges|gapBefore|more/)
    assert.deepEqual(parseHeaderLine(line), plain)
  })

  it('may say more than this version knows', () => {
    const line = LINE.replace('"obmen":1', '"obmen":1,"checksums":{"goods":"…"}')

    assert.deepEqual(parseHeaderLine(line), HEADER)
  })

  it('of a later format is told apart from a damaged one', () => {
    assert.throws(() => parseHeaderLine('{"obmen":2,"anything":"else"}'), MessageTooNew)
  })

  const alterations: readonly (readonly [RegExp, string])[] = [
    [/"obmen":1/, '"obmen":"1"'],
    [/"obmen":1,/, ''],
    [/"obmen":1/, '"obmen":-1'],
    [/"УдаленныеСклады"/, '"Удаленные Склады"'],
    [/"УдаленныеСклады"/, '"../../etc"'],
    [/"УдаленныеСклады"/, '5'],
    [/"ЦБ"/, '"A_B"'],
    [/"ЦБ"/, '""'],
    [/"С01"/, '"\\u0000"'],
    [/"С01"/, 'null'],
    [/"to":"С01",/, ''],
    [/\[2,"e"\]/, '[0,"e"]'],
    [/\[2,"e"\]/, '[-1,"e"]'],
    [/\[2,"e"\]/, '[1.5,"e"]'],
    [/\[2,"e"\]/, '[2]'],
    [/\[2,"e"\]/, '"e"'],
    [/"messageNo":7/, '"messageNo":0'],
    [/"messageNo":7/, '"messageNo":-7'],
    [/"messageNo":7/, '"messageNo":7.5'],
    [/"messageNo":7/, '"messageNo":9007199254740992'],
    [/"uuid":"u7"/, '"uuid":7'],
    [/"uuid":"u7"/, `"uuid":"${'u'.repeat(101)}"`],
    [/\[5,"u5"\]/, `[5,"${'u'.repeat(101)}"]`],
    [/\[2,"e"\]/, `[2,"${'e'.repeat(101)}"]`],
    [/"baseNo":4/, '"baseNo":7'],
    [/"baseNo":4/, '"baseNo":-1'],
    [/"baseNo":4/, '"baseNo":"4"'],
    [/\[5,"u5"\]/, '[7,"u5"]'],
    [/\[5,"u5"\]/, '[0,"u5"]'],
    [/\[5,"u5"\]/, '[5]'],
    [/\[5,"u5"\]/, '5'],
    [/\[\[5,"u5"\],\[6,"u6"\]\]/, '{}'],
    [/\[9,"v9"\]/, 'null'],
    [/\[9,"v9"\]/, '[0,"v9"]'],
    [/"gapBefore":12/, '"gapBefore":"12"'],
    [/"writtenAt":1763790000000/, '"writtenAt":null'],
    [/}$/, ''],
    [/^\{/, '['],
  ]
  for (const [pattern, replacement] of alterations) {
    it(`is damaged by ${replacement || 'nothing'} in place of ${pattern.source}`, () => {
      const line = LINE.replace(pattern, replacement)

      assert.notEqual(line, LINE)
      assert.throws(() => parseHeaderLine(line), MessageDamaged)
    })
  }

  it('of any text, JSON or altered line is damage and never another error', () => {
    const fields = Object.keys({ ...HEADER, obmen: 1 })
    const altered = fc
      .tuple(fc.constantFrom(...fields), fc.jsonValue({ depthSize: 'small' }))
      .map(([field, value]) => {
        const json: unknown = JSON.parse(LINE)
        return JSON.stringify(Object.assign({}, json, { [field]: value }))
      })
    const line = fc.oneof(anyText, fc.json(), altered)
    const property = fc.property(line, (text) => {
      try {
        parseHeaderLine(text)
      } catch (error) {
        assert.ok(error instanceof MessageDamaged || error instanceof MessageTooNew, String(error))
      }
    })
    fc.assert(property, { numRuns: 1000 })
  })
})
