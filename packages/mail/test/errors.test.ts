import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as errors from '../src/errors.ts'
import type { AnyMailError, MailErrorCode } from '../src/errors.ts'

/** Compiles only while every code has its class in the union, and every class its code. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never
const isComplete: Same<AnyMailError['code'], MailErrorCode> = true

describe('Errors', () => {
  it('of all codes are in one union, which the code narrows', () => {
    const error = new errors.SmtpSizeExceeded(5, 3) as AnyMailError

    assert.equal(isComplete, true)
    assert.equal(error.code === 'SMTP_SIZE_EXCEEDED' ? error.limitOctets : undefined, 3)
  })

  it('are all subclasses of MailError, named as their classes', () => {
    const classes = Object.entries(errors).filter(([name]) => name !== 'MailError')

    assert.ok(classes.length >= 17)
    for (const [name, value] of classes) {
      assert.ok(value.prototype instanceof errors.MailError)
      assert.equal(value.name, name)
    }
  })
})
