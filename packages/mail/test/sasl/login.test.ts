import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import { login } from '../../src/sasl/login.ts'
import { context } from './context.ts'

const utf8 = new TextEncoder()
const credentials = { user: 'tim', password: new Secret('tanstaaf') }

describe('LOGIN', () => {
  it('lets the server speak first', () => {
    assert.equal(login.start(credentials, context).initialResponse, undefined)
  })

  it('answers the name, then the password, whatever the challenges say', () => {
    for (const challenges of [
      ['Username:', 'Password:'],
      ['User Name\0', 'Password\0'],
      ['', ''],
    ]) {
      const responder = login.start(credentials, context)

      const answers = challenges.map((challenge) => responder.respond(utf8.encode(challenge)))

      assert.deepEqual(answers, [utf8.encode('tim'), utf8.encode('tanstaaf')])
      assert.equal(responder.finish(), undefined)
    }
  })

  it('refuses a third challenge', () => {
    const responder = login.start(credentials, context)
    responder.respond(new Uint8Array())
    responder.respond(new Uint8Array())

    assert.deepEqual(responder.respond(new Uint8Array()), {
      kind: 'refusal',
      reason: 'the server sent a third challenge',
    })
  })

  it('refuses success that came before the password', () => {
    const responder = login.start(credentials, context)
    responder.respond(new Uint8Array())

    assert.deepEqual(responder.finish(), {
      kind: 'refusal',
      reason: 'the server reported success before it had the password',
    })
  })

  it('refuses an authorization identity, which it can not carry', () => {
    assert.throws(
      () => login.start({ ...credentials, authorizationId: 'ursel' }, context),
      RangeError,
    )
  })
})
