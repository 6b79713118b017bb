import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import { login } from '../../src/sasl/login.ts'
import type { Mechanism } from '../../src/sasl/mechanism.ts'
import { plain } from '../../src/sasl/plain.ts'
import { begin, context } from './context.ts'

const PASSWORD = 'tanstaaftanstaaf'
const credentials = { user: 'tim', password: new Secret(PASSWORD) }
const PLAIN_MESSAGE = 'AHRpbQB0YW5zdGFhZnRhbnN0YWFm'

function mechanismThat(parts: Partial<ReturnType<Mechanism['start']>>): Mechanism {
  const responder = { ...plain.start(credentials, context), ...parts }
  return { ...plain, start: () => responder }
}

describe('Authentication', () => {
  it('gives the initial response in base64', () => {
    assert.equal(begin(plain, credentials).initialResponse(492), PLAIN_MESSAGE)
  })

  it('A10 gives an empty initial response as "="', () => {
    const mechanism = mechanismThat({ initialResponse: new Uint8Array() })

    assert.equal(begin(mechanism, credentials).initialResponse(1), '=')
  })

  it('A9 answers the first challenge with an initial response that is too long for the command', () => {
    const authentication = begin(plain, credentials)

    assert.equal(authentication.initialResponse(PLAIN_MESSAGE.length - 1), undefined)
    assert.equal(authentication.answer(''), PLAIN_MESSAGE)
  })

  it('refuses a challenge with text where the initial response is due', () => {
    const authentication = begin(plain, credentials)
    authentication.initialResponse(0)

    assert.throws(
      () => authentication.answer('Zm9v'),
      /^AuthenticationFailed: authentication of "tim" with PLAIN failed: the server sent a challenge before/,
    )
  })

  it('answers base64 challenges in base64', () => {
    const authentication = begin(login, credentials)

    assert.equal(authentication.initialResponse(492), undefined)
    assert.equal(authentication.answer('VXNlcm5hbWU6'), 'dGlt')
    assert.equal(authentication.answer('UGFzc3dvcmQ6'), 'dGFuc3RhYWZ0YW5zdGFhZg==')
    authentication.finish()
  })

  it('refuses a challenge that is not base64', () => {
    assert.throws(() => begin(login, credentials).answer('Username:'), {
      code: 'AUTHENTICATION_FAILED',
      mechanism: 'LOGIN',
      user: 'tim',
      transient: false,
      message: 'authentication of "tim" with LOGIN failed: the challenge is not base64',
    })
  })

  it('refuses success that came before the credentials were sent', () => {
    const authentication = begin(plain, credentials)

    assert.throws(() => {
      authentication.finish()
    }, /the server reported success before it had the credentials/)
  })

  it('refuses success when the mechanism says that the server has not proved itself', () => {
    const mechanism = mechanismThat({
      finish: () => ({ kind: 'refusal', reason: 'the server did not prove itself' }),
    })
    const authentication = begin(mechanism, credentials)
    authentication.initialResponse(492)

    assert.throws(() => {
      authentication.finish()
    }, /with PLAIN failed: the server did not prove itself$/)
  })
})
