import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import fc from 'fast-check'

import { BodyLineReader } from '../../src/message/body-line-reader.ts'
import {
  formatEndLine,
  formatRowLine,
  formatTableLine,
  type RowLine,
  type TableLine,
} from '../../src/message/body-lines.ts'
import { formatCheckLine } from '../../src/message/check-line.ts'
import { MessageDamaged } from '../../src/message/errors.ts'
import { COLUMN_TYPES } from '../../src/message/values.ts'
import { parseNodeCode } from '../../src/plan/node-code.ts'
import { base64 } from '../../src/platform/base64.ts'
import { tableLine } from '../store/store-language.ts'
import { anyText } from './any-text.ts'

const DETAILS = tableLine('Order Details', 2, {
  OrderID: 'integer',
  ProductID: 'integer',
  Discount: 'real',
})

const TABLE_LINE =
  '{"table":"Order Details","key":2,"columns":[["OrderID","integer"],["ProductID","integer"],["Discount","real"]]}'

const ORIGIN = parseNodeCode('ЦБ')

function readAfterTable(line: string): unknown {
  const reader = new BodyLineReader(base64)
  reader.read(TABLE_LINE)
  return reader.read(line)
}

describe('a body line', () => {
  it('names a table, its key and its columns', () => {
    const line = formatTableLine(DETAILS)

    assert.equal(line, TABLE_LINE)
    assert.deepEqual(new BodyLineReader(base64).read(line), DETAILS)
  })

  it('names the collation of a key that is not compared octet by octet', () => {
    const users: TableLine = {
      kind: 'table',
      table: 'users',
      keyLength: 1,
      columns: [{ name: 'login', type: 'text', collation: 'NOCASE' }],
    }

    const line = formatTableLine(users)

    assert.equal(line, '{"table":"users","key":1,"columns":[["login","text","NOCASE"]]}')
    assert.deepEqual(new BodyLineReader(base64).read(line), users)
  })

  it('names the declared types of columns, as far as they say how much a column takes', () => {
    const line: TableLine = {
      kind: 'table',
      table: 'goods',
      keyLength: 1,
      columns: [
        { name: 'id', type: 'integer' },
        { name: 'name', type: 'text', declared: 'character varying(40)' },
      ],
    }

    const text = formatTableLine(line)

    assert.match(text, /"declared":\[null,"character varying\(40\)"\]/)
    assert.deepEqual(new BodyLineReader(base64).read(text), line)
  })

  it('does without declared types that are too long, or none', () => {
    const begin = '{"table":"goods","key":1,"columns":[["id","integer"]],"declared":'
    for (const declared of [`["${'x'.repeat(101)}"]`, '[7]', '[]', '{}', 'null', '["a","b"]']) {
      const line = new BodyLineReader(base64).read(`${begin}${declared}}`)
      const kept = declared === '["a","b"]' ? { declared: 'a' } : {}
      const columns = [{ name: 'id', type: 'integer', ...kept }]
      assert.deepEqual(line, { kind: 'table', table: 'goods', keyLength: 1, columns })
    }
  })

  it('names the columns that the sender keeps to itself', () => {
    const line: TableLine = {
      kind: 'table',
      table: 'goods',
      keyLength: 1,
      columns: [{ name: 'id', type: 'integer' }],
      leftOut: ['margin', 'Цена'],
    }
    assert.deepEqual(new BodyLineReader(base64).read(formatTableLine(line)), line)
    for (const leftOut of ['"margin"', '[1]', '{}']) {
      const text = `{"table":"goods","key":1,"columns":[["id","integer"]],"leftOut":${leftOut}}`
      assert.throws(() => new BodyLineReader(base64).read(text), MessageDamaged)
    }
  })

  it('is damaged when its stamp leaves no room for a later one', () => {
    assert.throws(() => readAfterTable(`["d",${2 ** 52 + 1},"ЦБ",1,2]`), MessageDamaged)
  })

  it('gives a row in the form of its table', () => {
    const row: RowLine = { kind: 'row', stamp: 17, origin: ORIGIN, values: [10248n, 11n, 0.5] }

    const line = formatRowLine(row, DETAILS, base64)

    assert.equal(line, '["u",17,"ЦБ",10248,11,0.5]')
    assert.deepEqual(readAfterTable(line), row)
  })

  it('gives a deletion by its key alone', () => {
    const row: RowLine = { kind: 'deletion', stamp: 0, origin: ORIGIN, values: [10248n, 11n] }

    const line = formatRowLine(row, DETAILS, base64)

    assert.equal(line, '["d",0,"ЦБ",10248,11]')
    assert.deepEqual(readAfterTable(line), row)
  })

  it('tells by its key alone that a row is no longer the receiver’s share', () => {
    const row: RowLine = { kind: 'departure', stamp: 3, origin: ORIGIN, values: [10250n, 11n] }

    const line = formatRowLine(row, DETAILS, base64)

    assert.equal(line, '["x",3,"ЦБ",10250,11]')
    assert.deepEqual(readAfterTable(line), row)
  })

  it('ends a message with the number of its rows and a seal', () => {
    const line = formatEndLine({ rowCount: 2, sha256: 'c0ffee' })

    assert.equal(line, '{"rows":2,"sha256":"c0ffee"}')
    assert.deepEqual(readAfterTable(line), { kind: 'end', rowCount: 2, sha256: 'c0ffee' })
  })

  it('belongs to the last table before it', () => {
    const reader = new BodyLineReader(base64)
    reader.read(TABLE_LINE)
    reader.read('{"table":"t","key":1,"columns":[["id","text"]]}')

    const row = reader.read('["u",1,"ЦБ","a"]')

    assert.deepEqual(row, { kind: 'row', stamp: 1, origin: ORIGIN, values: ['a'] })
  })

  it('of any table comes back, whatever its names are', () => {
    const columns = fc.array(
      fc.record(
        { name: anyText, type: fc.constantFrom(...COLUMN_TYPES) },
        { noNullPrototype: true },
      ),
      { minLength: 1, maxLength: 5 },
    )
    const property = fc.property(anyText, columns, (table, named) => {
      const line: TableLine = { kind: 'table', table, keyLength: named.length, columns: named }

      assert.deepEqual(new BodyLineReader(base64).read(formatTableLine(line)), line)
    })
    fc.assert(property)
  })
})

describe('a malformed body line', () => {
  const malformed = [
    '',
    ' ',
    'null',
    'true',
    '5',
    '"u"',
    '[]',
    '{}',
    '["u"]',
    '["u",1,"ЦБ",10248,11]',
    '["u",1,"ЦБ",10248,11,0.5,1]',
    '["d",1,"ЦБ",10248]',
    '["d",1,"ЦБ",10248,11,0.5]',
    '["x",1,"ЦБ",10248,11,0.5]',
    '["x",1,"ЦБ",10248]',
    '["z",1,"ЦБ",10248,11]',
    '["u",-1,"ЦБ",10248,11,0.5]',
    '["u",1.5,"ЦБ",10248,11,0.5]',
    '["u",9007199254740992,"ЦБ",10248,11,0.5]',
    '["u","1","ЦБ",10248,11,0.5]',
    '["u",1,5,10248,11,0.5]',
    '["u",1,"",10248,11,0.5]',
    '["u",1,"A_B",10248,11,0.5]',
    '["u",1,"../etc",10248,11,0.5]',
    '["u",1,"ЦБ",10248,11,true]',
    '["u",1,"ЦБ",10248,11,[1]]',
    '["u",1,"ЦБ",10248,11,{"i":"x"}]',
    '["u",1,"ЦБ",10248,11,1e999]',
    '["u",1,"ЦБ",10248,11,0.5',
    '["u",1,"ЦБ",10248,11,0.5]x',
    '{"table":5,"key":1,"columns":[["id","text"]]}',
    '{"table":"t","key":"1","columns":[["id","text"]]}',
    '{"table":"t","key":0,"columns":[["id","text"]]}',
    '{"table":"t","key":2,"columns":[["id","text"]]}',
    '{"table":"t","key":0.5,"columns":[["id","text"]]}',
    '{"table":"t","key":1,"columns":{}}',
    '{"table":"t","key":1,"columns":[]}',
    '{"table":"t","key":1,"columns":[["id"]]}',
    '{"table":"t","key":1,"columns":[["id","varchar"]]}',
    '{"table":"t","key":1,"columns":["id"]}',
    '{"table":"t","key":1,"columns":[[1,"text"]]}',
    '{"rows":-1,"sha256":""}',
    '{"rows":1}',
    '{"rows":"1","sha256":""}',
    '{"rows":1,"sha256":5}',
    '{"__proto__":{"table":"t"}}',
  ]
  for (const line of malformed) {
    it(`is ${JSON.stringify(line)}`, () => {
      assert.throws(() => readAfterTable(line), MessageDamaged)
    })
  }

  it('is a row before any table', () => {
    const reader = new BodyLineReader(base64)

    assert.throws(() => reader.read('["u",1,"ЦБ",1]'), {
      message: 'the exchange message is damaged: line 2 is a row before any table',
    })
  })

  it('nests as deep as it likes, and is refused', () => {
    const depth = 100_000

    assert.throws(() => readAfterTable('['.repeat(depth) + ']'.repeat(depth)), MessageDamaged)
  })

  it('of any text or JSON is damage and never another error', () => {
    const part = fc.oneof(
      fc.constantFrom('u', 'd', 'x', 1, 'ЦБ', null, { i: '1' }, { r: '1' }, { b: 'AQ==' }),
      fc.jsonValue({ depthSize: 'small' }),
    )
    const column = fc.tuple(part, fc.oneof(fc.constantFrom(...COLUMN_TYPES), part))
    const almost = fc.oneof(
      fc.array(part, { maxLength: 8 }),
      fc.record(
        { table: part, key: part, columns: fc.array(column), rows: part, sha256: part },
        { requiredKeys: [] },
      ),
    )
    const line = fc.oneof(
      anyText,
      fc.json(),
      almost.map((json) => JSON.stringify(json)),
    )
    const property = fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
      const reader = new BodyLineReader(base64)
      for (const text of lines) {
        try {
          reader.read(text)
        } catch (error) {
          assert.ok(error instanceof MessageDamaged, String(error))
        }
      }
    })
    fc.assert(property, { numRuns: 1000 })
  })
})

describe('a check line', () => {
  const sum = {
    table: 'goods',
    keyLength: 1,
    columns: ['id', 'name'],
    parts: [{ rowCount: 3, sum: '0123456789abcdef' }, undefined],
  }
  const line =
    '{"check":"goods","key":1,"columns":["id","name"],"parts":[[3,"0123456789abcdef"],null]}'

  it('says what a table holds part by part, and is read back', () => {
    assert.equal(formatCheckLine(sum), line)
    assert.deepEqual(new BodyLineReader(base64).read(line), { kind: 'check', ...sum })
  })

  for (const [from, to] of [
    ['"goods"', '1'],
    ['"name"', '2'],
    ['0123456789abcdef', '012345678'],
    ['[3,', '["3",'],
    ['null', '0'],
  ] as const) {
    it(`with ${to} in the place of ${from} is damaged`, () => {
      assert.throws(() => new BodyLineReader(base64).read(line.replace(from, to)), MessageDamaged)
    })
  }
})
