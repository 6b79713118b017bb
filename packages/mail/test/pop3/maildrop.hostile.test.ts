import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { MailError } from '../../src/base/mail-error.ts'
import { concatOctets, octetsOf } from '../../src/base/octets.ts'
import { DEFAULT_POP3_LIMITS } from '../../src/pop3/limits.ts'
import { logIn, readAll } from './conversation.ts'
import { feed } from './feed.ts'

describe('a hostile POP3 server', () => {
  it('is stopped by the limit on lines when a line has no end', () => {
    function* endless(): Generator<Uint8Array> {
      for (;;) yield octetsOf('+OK '.repeat(500))
    }

    assert.throws(
      () => feed(logIn(), endless()),
      (error) => error instanceof LimitExceeded && error.option === 'limits.maxLineOctets',
    )
  })

  it('is stopped by the limit on listings when its capabilities have no end', () => {
    function* endless(): Generator<Uint8Array> {
      yield octetsOf('+OK\r\n')
      yield octetsOf('+OK\r\n')
      for (;;) yield octetsOf('X\r\n')
    }
    const limits = { ...DEFAULT_POP3_LIMITS, maxCapabilityLines: 10 }

    assert.throws(
      () => feed(logIn({ limits }), endless()),
      (error) => error instanceof LimitExceeded && error.limit === 10,
    )
  })

  it('causes no other errors than ours, whatever it sends', () => {
    const line = fc.oneof(
      fc.constantFrom('+OK', '+OK 1 1', '-ERR', '-ERR [IN-USE]', '.', '1 1', '+ ', '', '..', 'TOP'),
      fc.string({ maxLength: 8 }),
    )
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 30 }),
        fc.constantFrom('\r\n', '\n', '\r'),
        (lines, end) => {
          const pieces = lines.map((text) => concatOctets([octetsOf(text), octetsOf(end)]))
          try {
            feed(readAll(), pieces)
          } catch (error) {
            assert.ok(error instanceof MailError, String(error))
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
