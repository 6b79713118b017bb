import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { ConfigInvalid } from '../../src/errors/config-error.ts'
import { EXIT, exitCodeOf, worstExitCode } from '../../src/errors/exit-code.ts'
import { FileUnusable, Interrupted } from '../../src/errors/site-error.ts'
import { EVERY_ERROR } from './every-error.ts'

describe('exit code', () => {
  it('is 75 for everything that may succeed later, and for nothing else but an abort', () => {
    for (const error of Object.values(EVERY_ERROR)) {
      const isTemporary = exitCodeOf(error) === EXIT.temporary
      assert.equal(isTemporary, error.transient || error.code === 'ABORTED', error.code)
    }
  })

  it('says who has to do something', () => {
    assert.equal(exitCodeOf(EVERY_ERROR.USAGE_INVALID), 64)
    assert.equal(exitCodeOf(EVERY_ERROR.SCHEMA_MISMATCH), 65)
    assert.equal(exitCodeOf(EVERY_ERROR.DELIVERY_REFUSED), 69)
    assert.equal(exitCodeOf(EVERY_ERROR.UNEXPECTED), 70)
    assert.equal(exitCodeOf(EVERY_ERROR.DISK_UNUSABLE), 74)
    assert.equal(exitCodeOf(EVERY_ERROR.EXCHANGE_RUNNING), 75)
    assert.equal(exitCodeOf(EVERY_ERROR.AUTHENTICATION_FAILED), 77)
    assert.equal(exitCodeOf(EVERY_ERROR.CONFIG_INVALID), 78)
  })

  it('tells a file that is not there from one that this user may not use', () => {
    assert.equal(exitCodeOf(new FileUnusable('letter.pdf', 'ENOENT')), 66)
    assert.equal(exitCodeOf(new FileUnusable('letter.pdf', 'EISDIR')), 66)
    assert.equal(exitCodeOf(new FileUnusable('letter.pdf', 'EACCES')), 77)
  })

  it('tells a mistake in the command line from one in the file', () => {
    const problem = { kind: 'key-missing', key: 'plan', example: 'plan: Goods' } as const
    const inOption = new ConfigInvalid({ kind: 'option', option: '--plan' }, problem)
    const inVariable = new ConfigInvalid({ kind: 'environment', name: 'OBMEN_PLAN' }, problem)

    assert.deepEqual([exitCodeOf(inOption), exitCodeOf(inVariable)], [64, 78])
  })

  it('is 130 after Ctrl-C and 75 after a request to end', () => {
    assert.equal(exitCodeOf(new Interrupted('SIGINT')), 130)
    assert.equal(exitCodeOf(new Interrupted('SIGTERM')), 75)
  })

  it('is that of the worst error', () => {
    const { CONNECTION_LOST, SCHEMA_MISMATCH, AUTHENTICATION_FAILED } = EVERY_ERROR

    assert.equal(worstExitCode([]), 0)
    assert.equal(worstExitCode([SCHEMA_MISMATCH, CONNECTION_LOST]), 65)
    assert.equal(worstExitCode([CONNECTION_LOST, AUTHENTICATION_FAILED, SCHEMA_MISMATCH]), 77)
  })
})
