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
  ]) {
    it(`A13 leaves ${name} as a trace (RFC 4505 §2)`, () => {
      assert.equal(trace(text), text)
    })
  }

  it('A13 A10 leaves no trace when none is given', () => {
    assert.equal(begin(anonymous, { kind: 'anonymous' }).initialResponse(10), '=')
  })

  for (const { name, text } of [
    { name: '256 characters', text: 'a'.repeat(256) },
    { name: 'a control character', text: 'a\nb' },
    { name: 'an @ outside of an address', text: 'a b@c' },
    { name: 'two addresses', text: 'a@b@c' },
    { name: 'half a surrogate pair', text: 'a\ud800' },
  ]) {
    it(`A13 refuses ${name}`, () => {
      assert.throws(() => trace(text), { name: 'RangeError', message: /^the trace is/ })
    })
  }

  it('has no answer to a challenge', () => {
    const responder = anonymous.start({ kind: 'anonymous' }, context)

    assert.throws(() => textOf(responder.respond(new Uint8Array())), /ANONYMOUS has none/)
    assert.equal(responder.finish(), undefined)
  })
})
