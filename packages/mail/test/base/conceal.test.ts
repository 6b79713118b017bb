import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { conceal } from '../../src/base/conceal.ts'

describe('A secret that a server repeats (A15)', () => {
  for (const { name, text, shown } of [
    { name: 'whole', text: '500 "AHRpbQB0YW5z" what?', shown: '500 "********" what?' },
    { name: 'cut off', text: '500 AHRpbQB0Y... what?', shown: '500 ********... what?' },
    { name: 'cut off at the end', text: '500 AHRpbQB0', shown: '500 ********' },
    {
      name: 'several times',
      text: 'AHRpbQB0YW5z AHRpbQB0YW5zAHRpbQB0YW',
      shown: '******** ****************',
    },
    { name: 'followed by more', text: 'AHRpbQB0YW5zdGFh', shown: '********dGFh' },
  ]) {
    it(`is not shown ${name}`, () => {
      assert.equal(conceal(text, ['AHRpbQB0YW5z']), shown)
    })
  }

  it('leaves nothing of itself behind when it begins as another one', () => {
    assert.equal(conceal('500 tanstaafl2026', ['tanstaafl', 'tanstaafl2026']), '500 ********')
    assert.equal(conceal('500 tanstaafl2026', ['tanstaafl2026', 'tanstaafl']), '500 ********')
  })

  it('hides no ordinary words: neither those of three letters, nor those that it may begin with', () => {
    const words = '250 the mail is sent'

    assert.equal(conceal(words, ['', 'the', 'mail2026']), words)
  })
})
