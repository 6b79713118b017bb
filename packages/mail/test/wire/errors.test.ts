import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { octetsOf } from '../../src/base/octets.ts'
import { ConnectionLost, ProtocolViolation, TlsUnavailable } from '../../src/wire/errors.ts'

describe('ConnectionLost', () => {
  it('says what was being done, and may be tried again', () => {
    const error = new ConnectionLost('waiting for an answer')

    assert.equal(error.message, 'waiting for an answer ended: the server closed the connection')
    assert.equal(error.transient, true)
  })
})

describe('ProtocolViolation', () => {
  it('shows the offending line escaped and is not tried again', () => {
    const error = new ProtocolViolation('reading a reply failed: no reply code', octetsOf('hi\x07'))

    assert.equal(error.message, 'reading a reply failed: no reply code: "hi\\u{7}"')
    assert.equal(error.line, 'hi\\u{7}')
    assert.equal(error.transient, false)
  })

  it('shows no more than 200 octets of a line', () => {
    const error = new ProtocolViolation('no reply code', new Uint8Array(1_000_000).fill(0x78))

    assert.equal(error.line, `${'x'.repeat(200)}…`)
  })

  it('needs no line', () => {
    assert.equal(new ProtocolViolation('an answer without a question').line, undefined)
  })
})

describe('TlsUnavailable', () => {
  it('is not tried again when the server does not offer STARTTLS', () => {
    const error = new TlsUnavailable({ reason: 'the server does not offer it' })

    assert.equal(error.message, 'STARTTLS was not possible: the server does not offer it')
    assert.equal(error.transient, false)
  })

  it('may be tried again when the server says that it is only for now', () => {
    assert.equal(new TlsUnavailable({ reason: '454 later', transient: true }).transient, true)
  })
})
