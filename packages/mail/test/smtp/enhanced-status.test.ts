import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatEnhancedStatus, parseEnhancedStatus } from '../../src/smtp/enhanced-status.ts'

describe('Enhanced status code', () => {
  it('S13 is read from the beginning of the text', () => {
    assert.deepEqual(parseEnhancedStatus('5.1.1 no such mailbox', 550), {
      statusClass: 5,
      subject: 1,
      detail: 1,
    })
  })

  it('may be all of the text', () => {
    assert.deepEqual(parseEnhancedStatus('2.0.0', 250), { statusClass: 2, subject: 0, detail: 0 })
  })

  for (const { name, text, code } of [
    { name: 'of another class than the reply', text: '5.1.1 x', code: 450 },
    { name: 'of a class that does not exist', text: '3.1.1 x', code: 354 },
    { name: 'with a leading zero', text: '5.01.1 x', code: 550 },
    { name: 'with four digits', text: '5.1000.1 x', code: 550 },
    { name: 'of four parts, as an address', text: '5.1.1.1 x', code: 550 },
    { name: 'with text right behind it', text: '5.1.1x', code: 550 },
    { name: 'in the middle of the text', text: 'no 5.1.1', code: 550 },
  ]) {
    it(`is not one ${name}`, () => {
      assert.equal(parseEnhancedStatus(text, code), undefined)
    })
  }

  it('is written as it was read', () => {
    const part = fc.integer({ min: 0, max: 999 })
    fc.assert(
      fc.property(
        fc.constantFrom(2 as const, 4 as const, 5 as const),
        part,
        part,
        (statusClass, subject, detail) => {
          const status = { statusClass, subject, detail }

          assert.deepEqual(
            parseEnhancedStatus(formatEnhancedStatus(status), statusClass * 100),
            status,
          )
        },
      ),
    )
  })
})
