import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Secret } from '../../src/base/secret.ts'
import {
  beginAuthentication,
  chooseMechanism,
  PASSWORD_MECHANISMS,
  TOKEN_MECHANISMS,
} from '../../src/sasl/choose.ts'
import type { ChannelSecrecy, MechanismChoice } from '../../src/sasl/choose.ts'
import type { Credentials } from '../../src/sasl/credentials.ts'
import { NoUsableMechanism } from '../../src/sasl/errors.ts'
import { PASSWORD_MECHANISM_NAMES, TOKEN_MECHANISM_NAMES } from '../../src/sasl/mechanism.ts'
import type { Mechanism } from '../../src/sasl/mechanism.ts'
import { context } from './context.ts'

describe('The choice of a mechanism', () => {
  it('takes the strongest that both sides have', () => {
    assert.equal(choose({ offered: ['LOGIN', 'PLAIN'], secrecy: 'encrypted' }).name, 'PLAIN')
    assert.equal(choose({ offered: ['NTLM', 'LOGIN'], secrecy: 'encrypted' }).name, 'LOGIN')
  })

  it('ignores the case of the offered names', () => {
    assert.equal(choose({ offered: ['plain'], secrecy: 'encrypted' }).name, 'PLAIN')
  })

  it('takes the mechanism the caller named, although a stronger one is offered', () => {
    const choice = { offered: ['PLAIN', 'LOGIN'], secrecy: 'encrypted', only: 'LOGIN' } as const

    assert.equal(choose(choice).name, 'LOGIN')
  })

  it('A11 never takes a mechanism that was not offered', () => {
    assert.throws(() => choose({ offered: ['NTLM'], secrecy: 'encrypted' }), {
      name: 'NoUsableMechanism',
      code: 'NO_USABLE_MECHANISM',
      transient: false,
      offered: ['NTLM'],
      message:
        'authentication was not attempted: this client has SCRAM-SHA-256-PLUS, SCRAM-SHA-1-PLUS, SCRAM-SHA-256, SCRAM-SHA-1, DIGEST-MD5, CRAM-MD5, PLAIN, LOGIN; the server offers NTLM',
      hint: 'Ask the provider which mechanisms the mailbox can be used with',
    })
  })

  it('A11 does not take another mechanism than the one the caller named', () => {
    assert.throws(
      () => choose({ offered: ['LOGIN'], secrecy: 'encrypted', only: 'PLAIN' }),
      /this client was told to use PLAIN; the server offers LOGIN$/,
    )
  })

  it('says which ports authenticate when the server offers nothing', () => {
    assert.throws(() => choose({ offered: [], secrecy: 'encrypted' }), {
      message: /the server offers no mechanism$/,
      hint: /587/,
    })
  })

  it('T9 never takes a clear-text mechanism without TLS', () => {
    assert.throws(() => choose({ offered: ['PLAIN', 'LOGIN'], secrecy: 'clear' }), {
      code: 'NO_USABLE_MECHANISM',
      message: /PLAIN, LOGIN would show the password to the network/,
      hint: "Set the server's tls to 'implicit' or 'starttls'",
    })
  })

  it('takes a clear-text mechanism without TLS when that was allowed by name', () => {
    assert.equal(choose({ offered: ['PLAIN'], secrecy: 'clear-by-name' }).name, 'PLAIN')
  })

  it('takes a mechanism without TLS that does not show the password', () => {
    assert.equal(choose({ offered: ['PLAIN', 'CRAM-MD5'], secrecy: 'clear' }).name, 'CRAM-MD5')
  })

  it('escapes what the server offers', () => {
    assert.throws(
      () => choose({ offered: ['X\u001b[2J'], secrecy: 'encrypted' }),
      /the server offers X\\u\{1b\}\[2J$/,
    )
  })

  it('gives an offered, allowed mechanism or NoUsableMechanism, for any offer', () => {
    const offered = fc.array(fc.constantFrom(...PASSWORD_MECHANISM_NAMES, 'NTLM', 'plain', ''))
    const secrecy = fc.constantFrom<ChannelSecrecy>('encrypted', 'clear-by-name', 'clear')
    fc.assert(
      fc.property(offered, secrecy, fc.boolean(), (names, channel, canBind) => {
        try {
          const mechanism = choose({ offered: names, secrecy: channel, canBind })

          assert.ok(names.some((offer) => offer.toUpperCase() === mechanism.name))
          assert.ok(!mechanism.isClearText || channel !== 'clear')
          assert.ok(mechanism.bindsChannel !== true || canBind)
        } catch (error) {
          assert.ok(error instanceof NoUsableMechanism)
        }
      }),
    )
  })

  it('knows every mechanism by its name, the strongest first', () => {
    assert.deepEqual(
      PASSWORD_MECHANISMS.map(({ name }) => name),
      PASSWORD_MECHANISM_NAMES,
    )
    assert.deepEqual(
      TOKEN_MECHANISMS.map(({ name }) => name),
      TOKEN_MECHANISM_NAMES,
    )
  })

  it('binds to the channel before all else, when there is one', () => {
    const offered = ['SCRAM-SHA-256', 'SCRAM-SHA-1-PLUS', 'PLAIN']

    const bound = choose({ offered, secrecy: 'encrypted', canBind: true })
    const unbound = choose({ offered, secrecy: 'encrypted' })

    assert.deepEqual([bound.name, unbound.name], ['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256'])
  })

  it('says that there is no channel to bind to when that was asked for by name', () => {
    const only = 'SCRAM-SHA-256-PLUS'

    assert.throws(() => choose({ offered: [only], secrecy: 'encrypted', only }), {
      name: 'NoUsableMechanism',
      message: /SCRAM-SHA-256-PLUS needs a TLS connection to bind to/,
      hint: /channelBinding/,
    })
  })
})

describe('Credentials', () => {
  const offered = ['ANONYMOUS', 'EXTERNAL', 'XOAUTH2', 'OAUTHBEARER', 'PLAIN', 'SCRAM-SHA-1']
  const password = new Secret('tanstaaf')
  const cases: readonly { name: string; credentials: Credentials; mechanism: string }[] = [
    {
      name: 'a password',
      credentials: { user: 'tim', password },
      mechanism: 'SCRAM-SHA-1',
    },
    {
      name: 'a token',
      credentials: { kind: 'token', user: 'tim', token: password },
      mechanism: 'OAUTHBEARER',
    },
    {
      name: 'a token, by a mechanism that was named',
      credentials: { kind: 'token', user: 'tim', token: password, mechanism: 'XOAUTH2' },
      mechanism: 'XOAUTH2',
    },
    { name: 'nobody', credentials: { kind: 'anonymous' }, mechanism: 'ANONYMOUS' },
    { name: 'a certificate', credentials: { kind: 'external' }, mechanism: 'EXTERNAL' },
  ]

  for (const { name, credentials, mechanism } of cases) {
    it(`of ${name} choose a mechanism of their kind`, () => {
      const offer = { offered, secrecy: 'encrypted' } as const

      assert.equal(beginAuthentication(credentials, offer, context).mechanism, mechanism)
    })
  }

  it('A11 of a password never log in as nobody or by certificate', () => {
    const offer = { offered: ['ANONYMOUS', 'EXTERNAL', 'XOAUTH2'], secrecy: 'encrypted' } as const

    assert.throws(
      () => beginAuthentication({ user: 'tim', password }, offer, context),
      NoUsableMechanism,
    )
  })

  it('T9 of a token are not shown to the network', () => {
    const credentials = { kind: 'token', user: 'tim', token: password } as const
    const offer = { offered, secrecy: 'clear' } as const

    assert.throws(() => beginAuthentication(credentials, offer, context), {
      name: 'NoUsableMechanism',
      message: /OAUTHBEARER, XOAUTH2 would show the password/,
    })
  })
})

function choose(choice: Omit<MechanismChoice, 'canBind'> & { canBind?: boolean }): Mechanism {
  return chooseMechanism(PASSWORD_MECHANISMS, { canBind: false, ...choice })
}
