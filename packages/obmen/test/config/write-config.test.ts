import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import fc from 'fast-check'
import { parse } from 'yaml'

import { formatScalar } from '../../src/config/write-config.ts'

describe('text in a new configuration file', () => {
  it('is read back as it was, whatever it holds and wherever it stands', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(...`a1#:,[]{}&*!|>'"%@\`-?~ \n\t\\я`.split('')) }),
    )
    fc.assert(
      fc.property(text, (value) => {
        const options = { schema: 'failsafe' } as const
        assert.deepEqual(parse(`key: ${formatScalar(value)}\n`, options), { key: value })
        assert.deepEqual(parse(`key: { only: [${formatScalar(value)}, x] }\n`, options), {
          key: { only: [value, 'x'] },
        })
      }),
    )
  })

  it('stands without quotes where that is safe', () => {
    for (const text of [
      'УдаленныеСклады',
      '007',
      './data/trade.db',
      'smtps://a%40b@host:465?tls=none',
    ]) {
      assert.equal(formatScalar(text), text)
    }
  })
})
