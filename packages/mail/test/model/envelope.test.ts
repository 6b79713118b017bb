import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Email } from '../../src/index.ts'

describe('the envelope of a letter', () => {
  it('names a recipient once, in whatever script the domain is written', () => {
    const email = new Email('shop@example.org', ['x@почта.рф', 'x@XN--80a1acny.xn--p1ai'])

    assert.deepEqual(email.prepare().envelope.forwardPaths.map(String), [
      '<x@xn--80a1acny.xn--p1ai>',
    ])
  })
})
