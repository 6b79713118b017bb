import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SessionState } from '../../src/imap/session-state.ts'

describe('What an IMAP session has enabled', () => {
  it('is bounded, whatever the server says', () => {
    const state = new SessionState()
    state.take({ kind: 'enabled', names: ['QRESYNC', 'x'.repeat(1_000)] })
    const names = Array.from({ length: 1_000 }, (_, index) => `X-${index}`)
    state.take({ kind: 'enabled', names })

    assert.equal(state.enabled.has('QRESYNC'), true)
    assert.equal(state.enabled.size, 100)
  })
})
