import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import fc from 'fast-check'

import {
  COLUMN_TYPES,
  type ColumnType,
  decodeValue,
  encodeValue,
  type JsonValue,
  type Value,
} from '../../src/message/values.ts'
import { base64 } from '../../src/platform/base64.ts'
import { anyText } from './any-text.ts'

/** The value after a journey through the text of a message. */
function travel(value: Value, type: ColumnType): unknown {
  const text = JSON.stringify(encodeValue(value, type, base64))
  const json: unknown = JSON.parse(text)
  return decodeValue(json, type, base64)
}

function assertArrives(value: Value, type: ColumnType): void {
  const arrived = travel(value, type)
  assert.equal(typeof arrived, typeof value)
  if (value instanceof Uint8Array) assert.deepEqual(arrived, value)
  else assert.ok(Object.is(arrived, value), `${String(value)} arrived as ${String(arrived)}`)
}

const columnType = fc.constantFrom(...COLUMN_TYPES)

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  anyText,
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.uint8Array(),
)

describe('a value', () => {
  it('arrives as exactly what it was, in a column of any type', () => {
    fc.assert(fc.property(value, columnType, assertArrives), { numRuns: 2000 })
  })

  const edges: readonly { readonly name: string; readonly value: Value }[] = [
    { name: 'null', value: null },
    { name: 'an empty text', value: '' },
    {
      name: 'a text with every control character',
      value: '\0\b\t\n\v\f\r\u001b\u007f\u0085\u2028',
    },
    { name: 'half of a surrogate pair', value: '\ud83d' },
    { name: 'the other half', value: 'a\udc00b' },
    { name: 'a text that looks like a marked value', value: '{"i":"5"}' },
    { name: 'the smallest whole number', value: -(2n ** 63n) },
    { name: 'the largest whole number', value: 2n ** 63n - 1n },
    { name: 'the largest whole number that JSON keeps', value: 2n ** 53n - 1n },
    { name: 'the first whole number that JSON would round', value: 2n ** 53n + 1n },
    { name: 'a whole zero', value: 0n },
    { name: 'a floating zero', value: 0 },
    { name: 'minus zero', value: -0 },
    { name: 'a floating five', value: 5 },
    { name: 'a floating 2^53', value: 2 ** 53 },
    { name: 'a floating 2^63', value: 2 ** 63 },
    { name: 'NaN', value: Number.NaN },
    { name: 'infinity', value: Number.POSITIVE_INFINITY },
    { name: 'minus infinity', value: Number.NEGATIVE_INFINITY },
    { name: 'the smallest floating point number', value: 5e-324 },
    { name: 'the largest floating point number', value: Number.MAX_VALUE },
    { name: 'a sum that is not 0.3', value: 0.1 + 0.2 },
    { name: 'no octets', value: new Uint8Array() },
    { name: 'octets', value: new Uint8Array([0, 255, 10, 13, 128]) },
  ]
  for (const { name, value: edge } of edges) {
    it(`arrives when it is ${name}`, () => {
      for (const type of COLUMN_TYPES) assertArrives(edge, type)
    })
  }

  it('of octets is a copy, not a window on other memory', () => {
    const octets = new Uint8Array([1, 2, 3, 4]).subarray(1, 3)

    const arrived = travel(octets, 'blob')

    assert.ok(arrived instanceof Uint8Array)
    assert.deepEqual([...arrived], [2, 3])
    assert.equal(arrived.buffer.byteLength, 2)
  })

  const forms: readonly {
    readonly value: Value
    readonly type: ColumnType
    readonly form: JsonValue
  }[] = [
    { value: 5n, type: 'integer', form: 5 },
    { value: 5n, type: 'real', form: { i: '5' } },
    { value: 5, type: 'real', form: 5 },
    { value: 5, type: 'integer', form: { r: '5' } },
    { value: 0.5, type: 'integer', form: 0.5 },
    { value: 2n ** 53n + 1n, type: 'integer', form: { i: '9007199254740993' } },
    { value: -0, type: 'real', form: { r: '-0' } },
    { value: Number.NaN, type: 'real', form: { r: 'NaN' } },
    { value: new Uint8Array([1]), type: 'text', form: { b: 'AQ==' } },
  ]
  for (const { value: example, type, form } of forms) {
    it(`${String(example)} (${typeof example}) is ${JSON.stringify(form)} in a column of type ${type}`, () => {
      assert.deepEqual(encodeValue(example, type, base64), form)
    })
  }
})

describe('a JSON form', () => {
  const malformed: readonly unknown[] = [
    undefined,
    true,
    [],
    [5],
    {},
    { x: '5' },
    { i: 5 },
    { i: '' },
    { i: ' 5' },
    { i: '5n' },
    { i: '0x5' },
    { i: '5.0' },
    { i: '9223372036854775808' },
    { i: '-9223372036854775809' },
    { i: '99999999999999999999' },
    { r: 5 },
    { r: '' },
    { r: '0x5' },
    { r: '5 ' },
    { r: 'Inf' },
    { r: '-NaN' },
    { b: 5 },
    { b: 'A' },
    { b: 'AQ' },
    { b: 'AQ=' },
    { b: 'AQ==\n' },
    { b: 'A*==' },
    { b: 'AQ==AQ==' },
    Number.POSITIVE_INFINITY,
  ]
  for (const json of malformed) {
    it(`${JSON.stringify(json)} (${String(json)}) is none`, () => {
      for (const type of COLUMN_TYPES) assert.equal(decodeValue(json, type, base64), undefined)
    })
  }

  it('of any kind is read or refused, and never throws', () => {
    const json = fc.jsonValue({ depthSize: 'small' })
    const marked = fc.record(
      { i: fc.string(), r: fc.string(), b: fc.string() },
      { requiredKeys: [] },
    )
    const property = fc.property(fc.oneof(json, marked), columnType, (form, type) => {
      const read = decodeValue(form, type, base64)

      if (read !== undefined) assertArrives(read, type)
    })
    fc.assert(property, { numRuns: 1000 })
  })
})
