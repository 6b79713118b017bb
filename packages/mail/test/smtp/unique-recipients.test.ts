import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ForwardPath, uniqueRecipients } from '../../src/smtp.ts'

describe('uniqueRecipients', () => {
  it('names everybody once, in the order in which they are named first', () => {
    const named = [
      'b@example.org',
      'a@example.org',
      'b@EXAMPLE.ORG',
      'B@example.org',
      'a@пример.испытание',
      'a@xn--e1afmkfd.xn--80akhbyknj4f',
    ].map((text) => ForwardPath.parse(text))

    assert.deepEqual(uniqueRecipients(named).map(String), [
      '<b@example.org>',
      '<a@example.org>',
      '<B@example.org>',
      String(named[4]),
    ])
  })
})
