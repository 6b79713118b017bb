import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Secret } from '../../src/base/secret.ts'
import { cramMd5 } from '../../src/sasl/cram-md5.ts'
import { context, octets, textOf } from './context.ts'

const credentials = { user: 'tim', password: new Secret('tanstaaftanstaaf') }

describe('CRAM-MD5', () => {
  it('A2 authenticates the challenge with the password (RFC 2195 §2)', () => {
    const responder = cramMd5.start(credentials, context)

    const response = responder.respond(octets('<1896.697170952@postoffice.reston.mci.net>'))

    assert.equal(responder.initialResponse, undefined)
    assert.equal(textOf(response), 'tim b913a602c7eda7a495b4e6e7334d3890')
    assert.equal(responder.finish(), undefined)
  })

  it('is what a server computes for itself, for any user, password and challenge', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((one) => !one.includes('\0'))
    const challenges = fc.uint8Array({ minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(text, text, challenges, (user, password, challenge) => {
        const responder = cramMd5.start({ user, password: new Secret(password) }, context)
        const response = textOf(responder.respond(challenge))

        const digest = createHmac('md5', password).update(challenge).digest('hex')
        assert.equal(response, `${user} ${digest}`)
      }),
    )
  })

  for (const { name, challenges, reason } of [
    { name: 'an empty challenge', challenges: [''], reason: /empty/ },
    { name: 'a second challenge', challenges: ['<1@a>', '<2@a>'], reason: /second/ },
  ]) {
    it(`refuses ${name}`, () => {
      const responder = cramMd5.start(credentials, context)
      const responses = challenges.map((challenge) => responder.respond(octets(challenge)))

      assert.throws(() => textOf(responses.at(-1)), reason)
    })
  }

  it('refuses success before a challenge', () => {
    assert.match(cramMd5.start(credentials, context).finish()?.reason ?? '', /before it sent/)
  })

  it('refuses an authorization identity, which it can not carry', () => {
    assert.throws(() => cramMd5.start({ ...credentials, authorizationId: 'x' }, context), {
      name: 'RangeError',
    })
  })
})
