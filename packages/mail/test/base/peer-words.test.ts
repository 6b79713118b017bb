import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { escapePeerWords } from '../../src/base/peer-words.ts'

describe("A peer's words", () => {
  it('are shown as they are when they are printable', () => {
    assert.equal(escapePeerWords('ящик "a" не найден'), 'ящик "a" не найден')
  })

  for (const { name, text, shown } of [
    { name: 'a line break', text: 'a\r\nb', shown: 'a\\u{d}\\u{a}b' },
    { name: 'a terminal escape', text: '\u001b[2J', shown: '\\u{1b}[2J' },
    { name: 'a bidirectional override', text: 'a\u202eb', shown: 'a\\u{202e}b' },
    { name: 'a line separator', text: 'a\u2028b', shown: 'a\\u{2028}b' },
    { name: 'half a surrogate pair', text: 'a\ud800', shown: 'a\\u{d800}' },
  ]) {
    it(`have ${name} escaped`, () => {
      assert.equal(escapePeerWords(text), shown)
    })
  }

  it('are cut at 200 octets', () => {
    assert.equal(escapePeerWords('x'.repeat(200)), 'x'.repeat(200))
    assert.equal(escapePeerWords('x'.repeat(201)), `${'x'.repeat(200)}…`)
    assert.equal(escapePeerWords('ж'.repeat(101)), `${'ж'.repeat(100)}…`)
  })

  it('are one short printable line, whatever they were', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = escapePeerWords(text)

        assert.ok(new TextEncoder().encode(shown).length <= 203)
        assert.doesNotMatch(shown, /[\p{Cc}\p{Zl}\p{Zp}]/u)
      }),
    )
  })
})
