import assertNode from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assert, AssertionFailed } from '../../src/base/assert.ts'

describe('An assertion', () => {
  for (const statement of ['the buffer is empty', 'the dot was sent']) {
    it(`passes when it is true that ${statement}`, () => {
      assertNode.doesNotThrow(() => assert(statement !== '', statement))
    })

    it(`names ${statement} when that is false`, () => {
      assertNode.throws(
        () => assert(statement === '', statement),
        (error) => error instanceof AssertionFailed && error.message.includes(statement),
      )
    })
  }
})
