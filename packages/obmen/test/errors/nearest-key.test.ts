import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { SETTING_NAMES } from '../../src/config/config.ts'
import { findNearest } from '../../src/errors/nearest-key.ts'

describe('nearest key', () => {
  const NEAR = [
    ['sned', 'send'],
    ['recieve', 'receive'],
    ['databse', 'database'],
    ['message_size', 'messageSize'],
    ['MESSAGESIZE', 'messageSize'],
    ['resend-after', 'resendAfter'],
    ['adress', 'address'],
    ['nodes', 'node'],
  ] as const
  for (const [word, nearest] of NEAR) {
    it(`of ${word} is ${nearest}`, () => {
      assert.equal(findNearest(word, SETTING_NAMES), nearest)
    })
  }

  it('of a word that is far from all is none', () => {
    for (const word of ['x', '', 'smtpServerHostName', 'узел']) {
      assert.equal(findNearest(word, SETTING_NAMES), undefined)
    }
  })
})
