import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HeaderInvalid } from '../../src/mime/errors.ts'
import { formatMessageId, parseMessageId, parseMessageIds } from '../../src/mime/message-id.ts'

describe('Message identifier', () => {
  it('is made of what is left and right of the @', () => {
    assert.equal(formatMessageId('7.f81d4fae', 'shop.example'), '<7.f81d4fae@shop.example>')
    assert.equal(formatMessageId('a', '[192.0.2.1]'), '<a@[192.0.2.1]>')
  })

  for (const { name, left, right } of [
    { name: 'a space', left: 'a b', right: 'c' },
    { name: 'a line end', left: 'a\r\n', right: 'c' },
    { name: 'a bracket', left: 'a>', right: 'c' },
    { name: 'a second @', left: 'a@b', right: 'c' },
    { name: 'nothing', left: '', right: 'c' },
    { name: 'nothing on the right', left: 'a', right: '' },
    { name: 'Cyrillic', left: 'а', right: 'c' },
    { name: 'too much', left: 'a'.repeat(900), right: 'c' },
  ]) {
    it(`is not made of ${name}`, () => {
      assert.throws(() => formatMessageId(left, right), HeaderInvalid)
    })
  }

  it('is read with white space around it, and alone', () => {
    assert.equal(parseMessageId(' <a.1@b.c>\r\n'), '<a.1@b.c>')
    assert.equal(parseMessageId('a@b'), undefined)
    assert.equal(parseMessageId('<a@b> <c@d>'), undefined)
  })

  it('is read from a list, whatever else stands there', () => {
    assert.deepEqual(parseMessageIds('your mail of today <a@b>\t<c@d>,<e@f <g@h> <i>'), [
      '<a@b>',
      '<c@d>',
      '<g@h>',
      '<i>',
    ])
    assert.deepEqual(parseMessageIds('<a.@b> <"a b"@c><a@b@c> <é@b> <> <a@b_c:1>'), [
      '<a.@b>',
      '<"a b"@c>',
      '<a@b@c>',
      '<é@b>',
      '<a@b_c:1>',
    ])
    assert.deepEqual(parseMessageIds(`<${'a'.repeat(1000)}@b>`), [])
    assert.deepEqual(parseMessageIds(''), [])
  })
})
