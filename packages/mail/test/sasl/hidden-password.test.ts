import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import type { PasswordCredentials } from '../../src/sasl/credentials.ts'
import { beginAuthentication } from '../../src/sasl/choose.ts'
import { NoUsableMechanism } from '../../src/sasl/errors.ts'
import { play } from '../../src/testing/play.ts'
import { logIn as logInByImap } from '../imap/conversation.ts'
import { logIn as logInByPop3 } from '../pop3/conversation.ts'
import { context } from './context.ts'

const credentials: PasswordCredentials = {
  user: 'tim',
  password: new Secret('tanstaaftanstaaf'),
  isPasswordHidden: true,
}

describe('A password that nobody is to see', () => {
  it('is used with mechanisms that show it to nobody, whatever else is offered', () => {
    const offer = { offered: ['PLAIN', 'LOGIN', 'CRAM-MD5'], secrecy: 'encrypted' } as const

    assert.equal(beginAuthentication(credentials, offer, context).mechanism, 'CRAM-MD5')
    assert.throws(
      () => beginAuthentication(credentials, { ...offer, offered: ['PLAIN'] }, context),
      NoUsableMechanism,
    )
    assert.throws(
      () => beginAuthentication({ ...credentials, mechanism: 'PLAIN' }, offer, context),
      NoUsableMechanism,
    )
  })

  it('is not shown by USER and PASS either', async () => {
    const attempt = play(
      logInByPop3({ credentials }),
      `
      S: +OK ready
      C: CAPA
      S: +OK
      S: SASL PLAIN
      S: USER
      S: .`,
    )

    await assert.rejects(attempt, NoUsableMechanism)
  })

  it('is not shown by the command LOGIN either', async () => {
    const attempt = play(
      logInByImap({ credentials }),
      'S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready',
    )

    await assert.rejects(attempt, NoUsableMechanism)
  })
})
