import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { wrapText } from '../../src/demo/screen.ts'

describe('Lines of the demo', () => {
  it('break between words, at the width', () => {
    assert.deepEqual(wrapText('склад отправляет письма', 16), ['склад отправляет', 'письма'])
  })

  it('keep a word whole that is wider than a line', () => {
    assert.deepEqual(wrapText('a СООБЩЕНИЕ_ОБМЕНА b', 5), ['a', 'СООБЩЕНИЕ_ОБМЕНА', 'b'])
  })

  it('begin anew where the text does', () => {
    assert.deepEqual(wrapText('one\ntwo three', 20), ['one', 'two three'])
  })
})
