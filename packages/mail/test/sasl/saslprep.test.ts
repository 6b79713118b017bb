import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { saslPrepare } from '../../src/sasl/saslprep.ts'

function prepare(text: string, as: 'stored' | 'query' = 'stored'): string {
  return saslPrepare(text, { what: 'the password', as })
}

describe('SASLprep', () => {
  for (const { name, text, prepared } of [
    { name: 'a soft hyphen to nothing', text: 'I\u00adX', prepared: 'IX' },
    { name: 'ASCII to itself', text: 'user', prepared: 'user' },
    { name: 'upper case to itself', text: 'USER', prepared: 'USER' },
    { name: 'a feminine ordinal to its letter', text: '\u00aa', prepared: 'a' },
    { name: 'a Roman numeral to its letters', text: '\u2168', prepared: 'IX' },
    { name: 'a no-break space to a space', text: 'a\u00a0b', prepared: 'a b' },
    { name: 'a decomposed letter to the composed one', text: 'и\u0306', prepared: 'й' },
    {
      name: 'Arabic that ends as it begins to itself',
      text: '\u0627\u0628',
      prepared: '\u0627\u0628',
    },
  ]) {
    it(`A7 brings ${name} (RFC 4013 §2 and §3)`, () => {
      assert.equal(prepare(text), prepared)
    })
  }

  for (const { name, text, message } of [
    { name: 'a control character', text: '\u0007', message: /a character that SASLprep forbids/ },
    { name: 'Arabic that ends otherwise', text: '\u06271', message: /mixes directions/ },
    { name: 'Arabic beside Latin', text: '\u0627a\u0627', message: /mixes directions/ },
    { name: 'a private use character', text: 'a\ue000', message: /SASLprep forbids/ },
    { name: 'a tag character', text: 'a\u{e0041}', message: /SASLprep forbids/ },
    { name: 'half a surrogate pair', text: 'a\ud800', message: /half a surrogate pair/ },
    { name: 'nothing', text: '', message: /^the password is empty$/ },
    { name: 'what leaves nothing', text: '\u00ad\u200d', message: /^the password is empty$/ },
    { name: 'an emoji newer than Unicode 3.2', text: 'a😀', message: /newer than Unicode 3\.2/ },
  ]) {
    it(`A7 refuses ${name}, without repeating it`, () => {
      assert.throws(() => prepare(text), { name: 'RangeError', message })
      assert.throws(
        () => prepare(text),
        (error: Error) => text.length < 2 || !error.message.includes(text),
      )
    })
  }

  it('A7 lets a newer character through in a query (RFC 3454 §7)', () => {
    assert.equal(prepare('a😀', 'query'), 'a😀')
  })

  it('prepares what is prepared to itself, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        let once: string
        try {
          once = prepare(text)
        } catch (error) {
          assert.ok(error instanceof RangeError)
          return
        }
        assert.equal(prepare(once), once)
      }),
    )
  })
})
