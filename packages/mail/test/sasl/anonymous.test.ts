import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anonymous } from '../../src/sasl/anonymous.ts'
import { begin, context, textOf } from './context.ts'

function trace(text?: string): string {
  const credentials = { kind: 'anonymous', ...(text === undefined ? {} : { trace: text }) } as const
  return textOf(anonymous.start(credentials, context).initialResponse)
}

describe('ANONYMOUS', () => {
  for (const { name, text } of [
    { name: 'an address', text: 'sirhc@example.com' },
    { name: 'a word', text: 'sirhc' },
    { name: 'a word that is not ASCII', text: 'склад' },
    { name: '255 characters', text: '😀'.repeat(255) },
    { name: 'an address with a quoted local part', text: '"a@b c"@example.com' },
    {
      name: 'an address of more than 255 characters',
      text: `${'a'.repeat(60)}@${'b.'.repeat(100)}c`,
    },
    { name: 'spaces that SASLprep would map', text: 'a\u00a0\u200bb' },
    { name: 'a form that SASLprep would normalize', text: '\u2168\u00ad' },
    { name: 'an ideographic description', text: '\u2ff0' },
    { name: 'Hebrew', text: 'מחסן 7 א' },
  ]) {
    it(`A13 leaves ${name} as a trace (RFC 4505 §2)`, () => {
      assert.equal(trace(text), text)
    })
  }

  it('A13 A10 leaves no trace when none is given', () => {
    assert.equal(begin(anonymous, { kind: 'anonymous' }).initialResponse(10), '=')
  })

  for (const { name, text, message } of [
    { name: '256 characters', text: 'a'.repeat(256), message: /more than 255 characters$/ },
    { name: 'a control character', text: 'a\nb', message: /stringprep forbids$/ },
    { name: 'a control character beyond ASCII', text: 'a\u2028b', message: /stringprep forbids$/ },
    { name: 'a private use character', text: 'a\ue000', message: /stringprep forbids$/ },
    { name: 'what is no character', text: 'a\ufdd0', message: /stringprep forbids$/ },
    { name: 'a replacement character', text: 'a\ufffd', message: /stringprep forbids$/ },
    { name: 'a mark that turns the direction', text: 'a\u202eb', message: /stringprep forbids$/ },
    { name: 'a tag character', text: 'a\u{e0041}', message: /stringprep forbids$/ },
    { name: 'Arabic beside Latin', text: '\u0627a\u0627', message: /mixes directions/ },
    { name: 'Arabic that ends otherwise', text: '\u06271', message: /mixes directions/ },
    { name: 'an @ outside of an address', text: 'a b@c', message: /holds an @ but is no address$/ },
    { name: 'two addresses', text: 'a@b@c', message: /no address$/ },
    { name: 'an address beside a comma', text: 'a,b@c', message: /no address$/ },
    { name: 'an address that is not ASCII', text: 'склад@пример.рф', message: /no address$/ },
    { name: 'an address with a comment', text: 'a@b (me)', message: /no address$/ },
    { name: 'half a surrogate pair', text: 'a\ud800', message: /half a surrogate pair$/ },
  ]) {
    it(`A13 refuses ${name} (RFC 4505 §2 and §3)`, () => {
      assert.throws(() => trace(text), { name: 'RangeError', message })
    })
  }

  it('has no answer to a challenge', () => {
    const responder = anonymous.start({ kind: 'anonymous' }, context)

    assert.throws(() => textOf(responder.respond(new Uint8Array())), /ANONYMOUS has none/)
    assert.equal(responder.finish(), undefined)
  })
})
