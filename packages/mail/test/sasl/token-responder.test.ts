import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Secret } from '../../src/base/secret.ts'
import type { BearerCredentials } from '../../src/sasl/credentials.ts'
import type { Mechanism } from '../../src/sasl/mechanism.ts'
import { oauthbearer } from '../../src/sasl/oauthbearer.ts'
import { xoauth2 } from '../../src/sasl/xoauth2.ts'
import { begin, context, octets, textOf } from './context.ts'

const TOKEN = 'vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=='
const credentials: BearerCredentials = {
  kind: 'token',
  user: 'user@example.com',
  token: new Secret(TOKEN),
}
const mechanisms: readonly Mechanism<BearerCredentials>[] = [oauthbearer, xoauth2]

describe('OAUTHBEARER', () => {
  it('A8 sends the user, the server and the token (RFC 7628 §4.1)', () => {
    const server = { ...context, host: 'server.example.com', port: 143 }

    assert.equal(
      textOf(oauthbearer.start(credentials, server).initialResponse),
      `n,a=user@example.com,\u0001host=server.example.com\u0001port=143\u0001auth=Bearer ${TOKEN}\u0001\u0001`,
    )
  })

  it('escapes commas and equals signs in the user name', () => {
    const { initialResponse } = oauthbearer.start({ ...credentials, user: 'a=b,c' }, context)

    assert.match(textOf(initialResponse), /^n,a=a=3Db=2Cc,\u0001/)
  })

  it('A8 acknowledges the refusal of the token (RFC 7628 §3.2.3)', () => {
    const responder = oauthbearer.start(credentials, context)

    assert.equal(textOf(responder.respond(octets('{"status":"invalid_token"}'))), '\u0001')
  })
})

describe('XOAUTH2', () => {
  it('A8 sends the user and the token', () => {
    assert.equal(
      textOf(xoauth2.start(credentials, context).initialResponse),
      `user=user@example.com\u0001auth=Bearer ${TOKEN}\u0001\u0001`,
    )
  })

  it('A8 acknowledges the refusal of the token with nothing', () => {
    const responder = xoauth2.start(credentials, context)

    assert.equal(textOf(responder.respond(octets('{"status":"401"}'))), '')
  })
})

for (const mechanism of mechanisms) {
  describe(`A token in ${mechanism.name}`, () => {
    it('A8 that is refused says why', () => {
      const authentication = begin(mechanism, credentials)
      authentication.initialResponse(500)
      const json =
        '{"scope":"https://mail.example.com/","schemes":"bearer","status":"invalid_token"}'
      authentication.answer(Buffer.from(json).toString('base64'))

      const error = authentication.rejected({ serverWords: '535 no', transient: false, hint: '' })

      assert.equal(
        error.message,
        `authentication of "user@example.com" with ${mechanism.name} failed: ` +
          'the server refused (invalid_token, scope https://mail.example.com/): 535 no',
      )
      assert.match(error.hint ?? '', /token/)
    })

    it('A15 that the server repeats in its reasons stays unreadable', () => {
      const authentication = begin(mechanism, credentials)
      const json = JSON.stringify({ status: `bad ${TOKEN}\u001b[2J` })
      authentication.initialResponse(500)
      authentication.answer(Buffer.from(json).toString('base64'))

      const error = authentication.rejected({ serverWords: TOKEN, transient: false, hint: '' })

      assert.ok(!error.message.includes(TOKEN.slice(0, 9)))
      assert.ok(error.message.includes('(bad ********\\u{1b}[2J)'))
    })

    it('A8 that was refused is not accepted after all, nor refused twice', () => {
      const responder = mechanism.start(credentials, context)
      responder.respond(octets('{}'))

      assert.match(responder.finish()?.reason ?? '', /refused the token/)
      assert.throws(() => textOf(responder.respond(octets('{}'))), /second challenge/)
    })

    it('is refused with any words, and nothing breaks', () => {
      const reasons = fc.oneof(fc.uint8Array(), fc.json().map(octets))
      fc.assert(
        fc.property(reasons, (reason) => {
          const responder = mechanism.start(credentials, context)

          assert.ok(responder.respond(reason) instanceof Uint8Array)
          assert.notEqual(responder.explanation?.(), '')
        }),
      )
    })

    for (const token of ['', 'a b', 'a\u0001b', 'a\r\nb', '=a', 'токен']) {
      it(`that is none is not sent: ${JSON.stringify(token)}`, () => {
        const changed = { ...credentials, token: new Secret(token) }

        assert.throws(() => mechanism.start(changed, context), {
          name: 'RangeError',
          message: /no bearer token has/,
        })
      })
    }

    it('needs a user name without control characters', () => {
      for (const user of ['', 'a\u0001b']) {
        assert.throws(() => mechanism.start({ ...credentials, user }, context), RangeError)
      }
    })
  })
}
