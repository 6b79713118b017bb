import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import { plain } from '../../src/sasl/plain.ts'
import { context } from './context.ts'

function firstMessage(user: string, password: string, authorizationId?: string): string {
  const responder = plain.start(
    {
      user,
      password: new Secret(password),
      ...(authorizationId === undefined ? {} : { authorizationId }),
    },
    context,
  )
  return new TextDecoder().decode(responder.initialResponse)
}

describe('PLAIN', () => {
  it('sends identity and password in one message (RFC 4616 §4)', () => {
    assert.equal(firstMessage('tim', 'tanstaaftanstaaf'), '\0tim\0tanstaaftanstaaf')
  })

  it('A1 puts the authorization identity first (RFC 4616 §4)', () => {
    assert.equal(firstMessage('Kurt', 'xipj3plmq', 'Ursel'), 'Ursel\0Kurt\0xipj3plmq')
  })

  it('A1 encodes as UTF-8', () => {
    assert.equal(firstMessage('Магазин', 'пароль'), '\0Магазин\0пароль')
  })

  for (const { name, user, password, message } of [
    {
      name: 'A1 NUL in the password',
      user: 'tim',
      password: 'a\0b',
      message: /^the password holds NUL/,
    },
    {
      name: 'NUL in the user name',
      user: 't\0m',
      password: 'ab',
      message: /^the user name holds NUL/,
    },
    { name: 'an empty user name', user: '', password: 'ab', message: /^the user name is empty/ },
    { name: 'an empty password', user: 'tim', password: '', message: /^the password is empty/ },
    {
      name: 'half a surrogate pair',
      user: 'tim',
      password: 'a\ud800',
      message: /^the password holds half/,
    },
  ]) {
    it(`refuses ${name} before anything is sent, without repeating it`, () => {
      assert.throws(() => firstMessage(user, password), { name: 'RangeError', message })
      assert.throws(
        () => firstMessage(user, password),
        (error: Error) => password === '' || !error.message.includes(password),
      )
    })
  }

  it('refuses an empty authorization identity, which would mean none', () => {
    assert.throws(() => firstMessage('tim', 'ab', ''), RangeError)
  })

  it('has no answer to a challenge', () => {
    const responder = plain.start({ user: 'tim', password: new Secret('tanstaaf') }, context)

    assert.deepEqual(responder.respond(new Uint8Array()), {
      kind: 'refusal',
      reason: 'the server sent a challenge, but PLAIN has none',
    })
  })
})
