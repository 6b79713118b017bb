import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { external } from '../../src/sasl/external.ts'
import { begin, context, textOf } from './context.ts'

describe('EXTERNAL', () => {
  it('A14 leaves it to the server who the certificate is for (RFC 4422 appendix A)', () => {
    assert.equal(begin(external, { kind: 'external' }).initialResponse(10), '=')
  })

  it('A14 says whom to act as', () => {
    const credentials = { kind: 'external', authorizationId: 'fred@example.com' } as const

    assert.equal(textOf(external.start(credentials, context).initialResponse), 'fred@example.com')
  })

  it('refuses an empty identity, and one with NUL', () => {
    for (const authorizationId of ['', 'a\0b']) {
      assert.throws(
        () => external.start({ kind: 'external', authorizationId }, context),
        RangeError,
      )
    }
  })

  it('has no answer to a challenge', () => {
    const responder = external.start({ kind: 'external' }, context)

    assert.throws(() => textOf(responder.respond(new Uint8Array())), /EXTERNAL has none/)
    assert.equal(responder.finish(), undefined)
  })

  it('says in its error that a certificate, and not a password, was refused', () => {
    const error = begin(external, { kind: 'external' }).rejected({
      serverWords: '535 no',
      transient: false,
      hint: 'Check the password',
    })

    assert.equal(error.message, 'authentication with EXTERNAL failed: the server refused: 535 no')
    assert.match(error.hint ?? '', /clientCertificate/)
  })
})
