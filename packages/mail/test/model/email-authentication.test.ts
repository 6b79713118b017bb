import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  AnonymousEmailAuthentication,
  ExternalEmailAuthentication,
  OAuth2EmailAuthentication,
  PasswordEmailAuthentication,
} from '../../src/index.ts'

describe('authentication', () => {
  it('is what the engines log in with', () => {
    const external = new ExternalEmailAuthentication('office')
    const anonymous = new AnonymousEmailAuthentication('guest')
    const token = new OAuth2EmailAuthentication({
      user: 'office',
      token: 't',
      mechanism: 'XOAUTH2',
    })

    assert.deepEqual(external.credentials, { kind: 'external', authorizationId: 'office' })
    assert.deepEqual(anonymous.credentials, { kind: 'anonymous', trace: 'guest' })
    assert.deepEqual([token.user, token.credentials.kind], ['office', 'token'])
    assert.deepEqual(
      new PasswordEmailAuthentication({ user: 'u', password: 'p', mechanism: 'PLAIN' }).user,
      'u',
    )
  })
})
