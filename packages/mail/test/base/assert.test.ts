import assertNode from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assert, AssertionFailed } from '../../src/base/assert.ts'

describe('An assertion', () => {
  it('passes when it is true', () => {
    assertNode.doesNotThrow(() => assert(1 < 2, 'one is less than two'))
  })

  it('names the statement that turned out to be false', () => {
    assertNode.throws(
      () => assert(2 < 1, 'two is less than one'),
      (error) => error instanceof AssertionFailed && error.message.includes('two is less than one'),
    )
  })
})
