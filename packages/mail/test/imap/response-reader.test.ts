import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { octetsOf, textOf } from '../../src/base/octets.ts'
import { DEFAULT_IMAP_LIMITS } from '../../src/imap/limits.ts'
import { ResponseReader, Unreadable } from '../../src/imap/response-reader.ts'

function readerOf(text: string): ResponseReader {
  return new ResponseReader({ texts: [octetsOf(text)], literals: [] }, DEFAULT_IMAP_LIMITS)
}

describe('The IMAP reader', () => {
  for (const [name, text, read] of [
    ['a word', '(', (reader) => reader.atom()],
    ['a keyword', '[', (reader) => reader.keyword()],
    ['a number', 'x', (reader) => reader.number()],
    ['a number of sixteen digits', '9007199254740993', (reader) => reader.number()],
    ['a number of 63 bits', '', (reader) => reader.bigNumber()],
    ['a number of twenty digits', '1'.repeat(20), (reader) => reader.bigNumber()],
    ['a string', 'NIL', (reader) => reader.string()],
    ['the end of a string', '"a\\"', (reader) => reader.string()],
    ['a string where a list is', '(a)', (reader) => reader.nstring()],
    ['a list', 'a', (reader) => reader.list(() => reader.atom())],
    ['the end of a list', '(a', (reader) => reader.value()],
    ['a bracket', 'a', (reader) => reader.upTo(']')],
    ['a value to pass over', '((a)', (reader) => reader.skipValue()],
  ] satisfies readonly [string, string, (reader: ResponseReader) => unknown][]) {
    it(`says that it does not find ${name}`, () => {
      assert.throws(() => read(readerOf(text)), Unreadable)
    })
  }

  it('finds atoms where strings belong', () => {
    assert.equal(textOf(readerOf('a]b ').astring()), 'a]b')
    assert.equal(textOf(readerOf('abc').nstring() ?? octetsOf('')), 'abc')
  })

  it('reads numbers of 63 bits exactly', () => {
    assert.equal(readerOf('9223372036854775807').bigNumber(), 9_223_372_036_854_775_807n)
  })
})
