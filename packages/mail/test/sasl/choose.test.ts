import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { chooseMechanism, MECHANISMS } from '../../src/sasl/choose.ts'
import type { ChannelSecrecy } from '../../src/sasl/choose.ts'
import { NoUsableMechanism } from '../../src/sasl/errors.ts'
import { MECHANISM_NAMES } from '../../src/sasl/mechanism.ts'
import type { Mechanism } from '../../src/sasl/mechanism.ts'
import { plain } from '../../src/sasl/plain.ts'

describe('The choice of a mechanism', () => {
  it('takes the strongest that both sides have', () => {
    assert.equal(
      chooseMechanism({ offered: ['LOGIN', 'PLAIN'], secrecy: 'encrypted' }).name,
      'PLAIN',
    )
    assert.equal(
      chooseMechanism({ offered: ['NTLM', 'LOGIN'], secrecy: 'encrypted' }).name,
      'LOGIN',
    )
  })

  it('ignores the case of the offered names', () => {
    assert.equal(chooseMechanism({ offered: ['plain'], secrecy: 'encrypted' }).name, 'PLAIN')
  })

  it('takes the mechanism the caller named, although a stronger one is offered', () => {
    const choice = { offered: ['PLAIN', 'LOGIN'], secrecy: 'encrypted', only: 'LOGIN' } as const

    assert.equal(chooseMechanism(choice).name, 'LOGIN')
  })

  it('A11 never takes a mechanism that was not offered', () => {
    assert.throws(() => chooseMechanism({ offered: ['SCRAM-SHA-256'], secrecy: 'encrypted' }), {
      name: 'NoUsableMechanism',
      code: 'NO_USABLE_MECHANISM',
      transient: false,
      offered: ['SCRAM-SHA-256'],
      message:
        'authentication was not attempted: this client has PLAIN, LOGIN; the server offers SCRAM-SHA-256',
      hint: 'Ask the provider which mechanisms the mailbox can be used with',
    })
  })

  it('A11 does not take another mechanism than the one the caller named', () => {
    assert.throws(
      () => chooseMechanism({ offered: ['LOGIN'], secrecy: 'encrypted', only: 'PLAIN' }),
      /this client was told to use PLAIN; the server offers LOGIN$/,
    )
  })

  it('says which ports authenticate when the server offers nothing', () => {
    assert.throws(() => chooseMechanism({ offered: [], secrecy: 'encrypted' }), {
      message: /the server offers no mechanism$/,
      hint: /587/,
    })
  })

  it('T9 never takes a clear-text mechanism without TLS', () => {
    assert.throws(() => chooseMechanism({ offered: ['PLAIN', 'LOGIN'], secrecy: 'clear' }), {
      code: 'NO_USABLE_MECHANISM',
      message: /PLAIN, LOGIN would show the password to the network/,
      hint: "Set the server's tls to 'implicit' or 'starttls'",
    })
  })

  it('takes a clear-text mechanism without TLS when that was allowed by name', () => {
    assert.equal(chooseMechanism({ offered: ['PLAIN'], secrecy: 'clear-by-name' }).name, 'PLAIN')
  })

  it('takes a mechanism without TLS that does not show the password', () => {
    const hashed: Mechanism = { ...plain, name: 'LOGIN', isClearText: false }
    const mechanisms = [plain, hashed]

    const chosen = chooseMechanism({ offered: ['PLAIN', 'LOGIN'], secrecy: 'clear', mechanisms })

    assert.equal(chosen, hashed)
  })

  it('escapes what the server offers', () => {
    assert.throws(
      () => chooseMechanism({ offered: ['X\u001b[2J'], secrecy: 'encrypted' }),
      /the server offers X\\u\{1b\}\[2J$/,
    )
  })

  it('gives an offered, allowed mechanism or NoUsableMechanism, for any offer', () => {
    const offered = fc.array(fc.constantFrom('PLAIN', 'LOGIN', 'CRAM-MD5', 'plain', ''))
    const secrecy = fc.constantFrom<ChannelSecrecy>('encrypted', 'clear-by-name', 'clear')
    fc.assert(
      fc.property(offered, secrecy, (names, channel) => {
        try {
          const { name, isClearText } = chooseMechanism({ offered: names, secrecy: channel })

          assert.ok(names.some((offer) => offer.toUpperCase() === name))
          assert.ok(!isClearText || channel !== 'clear')
        } catch (error) {
          assert.ok(error instanceof NoUsableMechanism)
        }
      }),
    )
  })

  it('knows every mechanism by its name, the strongest first', () => {
    assert.deepEqual(
      MECHANISMS.map(({ name }) => name),
      MECHANISM_NAMES,
    )
  })
})
