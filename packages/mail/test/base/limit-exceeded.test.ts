import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'

describe('LimitExceeded', () => {
  it('names what was too large, how large it was, the limit and the setting that raises it', () => {
    const error = new LimitExceeded({
      what: 'a line',
      limit: 512,
      value: 600,
      option: 'maxLineOctets',
    })

    assert.equal(error.code, 'LIMIT_EXCEEDED')
    assert.equal(error.transient, false)
    assert.deepEqual([error.limit, error.value, error.option], [512, 600, 'maxLineOctets'])
    assert.equal(
      error.message,
      'a line was refused: 600 is more than the limit of 512 (maxLineOctets)',
    )
    assert.match(error.hint ?? '', /maxLineOctets/)
  })
})
