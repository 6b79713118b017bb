import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Aborted, ConnectionFailed, DeadlineExceeded, TlsFailed } from '../../src/net/errors.ts'
import { codeOf } from '../../src/net/tls-check.ts'

describe('ConnectionFailed', () => {
  it('names host, port and the system code, and what to check', () => {
    const error = new ConnectionFailed({
      host: 'mail.example.org',
      port: 465,
      systemCode: 'ENOTFOUND',
      cause: undefined,
    })

    assert.equal(
      error.message,
      'connecting to mail.example.org:465 failed: there is no host of this name (ENOTFOUND)',
    )
    assert.match(error.hint ?? '', /spelling/)
    assert.equal(error.transient, true)
  })
})

describe('DeadlineExceeded', () => {
  it('names what was waited for, of whom, and for how long', () => {
    const error = new DeadlineExceeded('receive', 300_000, 'mail.example.org:587')

    assert.equal(
      error.message,
      'waiting for an answer of mail.example.org:587 was given up: not done within 5 minutes',
    )
    assert.equal(error.server, 'mail.example.org:587')
  })

  it('says how long in words that fit', () => {
    const words = [90_000, 10_000, 1_500, 60_000].map((ms) => new DeadlineExceeded('source', ms))

    assert.deepEqual(
      words.map(({ message }) => message.replace(/.* within /, '')),
      ['90 seconds', '10 seconds', '1500 ms', '60 seconds'],
    )
  })

  it('names the setting when it was the whole conversation', () => {
    assert.match(new DeadlineExceeded('total', 1).hint ?? '', /totalTimeoutMs/)
  })
})

describe('Aborted', () => {
  it("has the caller's reason as its cause", () => {
    assert.equal(new Aborted('enough').cause, 'enough')
  })
})

describe('TlsFailed', () => {
  it('names the check that was not passed', () => {
    const error = new TlsFailed({ check: 'wrong-host', host: 'mail.example.org', port: 993 })

    assert.equal(
      error.message,
      "encrypting the connection to mail.example.org:993 failed: the server's certificate is for another name",
    )
    assert.match(error.hint ?? '', /servername/)
  })
})

describe('The code of a system error', () => {
  for (const { name, error, code } of [
    { name: 'is its own', error: Object.assign(new Error('x'), { code: 'EPIPE' }), code: 'EPIPE' },
    {
      name: 'is that of the first address when several were tried',
      error: new AggregateError(
        [Object.assign(new Error('x'), { code: 'EHOSTUNREACH' })],
        'none was reached',
      ),
      code: 'EHOSTUNREACH',
    },
    { name: 'is missing when it has none', error: new Error('x'), code: undefined },
    { name: 'is missing when it is no error', error: 'EPIPE', code: undefined },
  ]) {
    it(name, () => {
      assert.equal(codeOf(error), code)
    })
  }
})
