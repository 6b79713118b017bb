import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Secret } from '../../src/base/secret.ts'
import type { PasswordCredentials } from '../../src/sasl/credentials.ts'
import type { SaslContext } from '../../src/sasl/environment.ts'
import type { Mechanism, Responder } from '../../src/sasl/mechanism.ts'
import { scramSha1, scramSha1Plus, scramSha256, scramSha256Plus } from '../../src/sasl/scram.ts'
import { BINDING, context, octets, textOf, withRandomOctets } from './context.ts'
import { ScramServer } from '../../src/testing/sasl/scram-server.ts'

const credentials = { user: 'user', password: new Secret('pencil') }

/** Few iterations: what is tested is not how long it takes. */
const LIMITS = { minScramIterations: 1, maxScramIterations: 4096 }

function begin(changes: Partial<SaslContext> = {}, mechanism: Mechanism = scramSha256): Responder {
  return mechanism.start(credentials, { ...context, limits: LIMITS, ...changes })
}

function nonceOf(responder: Responder): string {
  return textOf(responder.initialResponse).split('r=')[1] ?? ''
}

/** The client's answer to a server-first that is right but for what a test changes. */
function answerTo(rest: string, changes: Partial<SaslContext> = {}): string {
  const responder = begin(changes)
  return textOf(responder.respond(octets(rest.replace('NONCE', nonceOf(responder)))))
}

/** Runs a whole exchange; gives `undefined` or why it failed. */
function runExchange(responder: Responder, server: ScramServer): string | undefined {
  const final = responder.respond(octets(server.first(textOf(responder.initialResponse))))
  if (!(final instanceof Uint8Array)) return final.reason
  const last = responder.respond(octets(server.final(textOf(final))))
  if (!(last instanceof Uint8Array)) return last.reason
  assert.equal(last.length, 0)
  return responder.finish()?.reason
}

describe('SCRAM', () => {
  for (const example of [
    {
      mechanism: scramSha1,
      standard: 'RFC 5802 §5',
      nonce: 'fyko+d2lbbFgONRv9qkxdawL',
      first: 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
      final: 'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
      proof: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
    },
    {
      mechanism: scramSha256,
      standard: 'RFC 7677 §3',
      nonce: 'rOprNGfwEbeRWgbNEkqO',
      first:
        'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
      final:
        'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
      proof: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    },
  ]) {
    it(`A4 ${example.mechanism.name} is that of the example (${example.standard})`, () => {
      const crypto = withRandomOctets(Buffer.from(example.nonce, 'base64'))
      const responder = begin({ crypto }, example.mechanism)

      assert.equal(textOf(responder.initialResponse), `n,,n=user,r=${example.nonce}`)
      assert.equal(textOf(responder.respond(octets(example.first))), example.final)
      assert.equal(textOf(responder.respond(octets(example.proof))), '')
      assert.equal(responder.finish(), undefined)
    })
  }

  it('escapes commas and equals signs in names, and says whom to act as', () => {
    const named: PasswordCredentials = {
      user: 'a=b,c',
      password: new Secret('x'),
      authorizationId: 'd,e',
    }

    const { initialResponse } = scramSha1.start(named, context)

    assert.match(textOf(initialResponse), /^n,a=d=2Ce,n=a=3Db=2Cc,r=[A-Za-z0-9+/]{24}$/)
  })

  it('A7 prepares name and password', () => {
    const password = new Secret('I\u00adX\u2168')
    const server = new ScramServer({ hash: 'sha256', user: 'a', password: 'IXIX', iterations: 1 })
    const responder = scramSha256.start(
      { user: '\u00aa', password },
      { ...context, limits: LIMITS },
    )

    assert.equal(runExchange(responder, server), undefined)
  })

  it('uses another nonce each time', () => {
    assert.notEqual(nonceOf(begin()), nonceOf(begin()))
  })

  it('is what a server computes for itself, for any user and password', () => {
    const text = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(text, text, fc.constantFrom('sha1', 'sha256'), (user, password, hash) => {
        const mechanism = hash === 'sha1' ? scramSha1 : scramSha256
        const server = new ScramServer({ hash, user, password, iterations: 2 })
        const secret = new Secret(password)
        const responder = mechanism.start(
          { user, password: secret },
          { ...context, limits: LIMITS },
        )

        assert.equal(runExchange(responder, server), undefined)
      }),
    )
  })

  it('gives the reason of a server that does not accept the proof', () => {
    const server = new ScramServer({ hash: 'sha256', user: 'user', password: 'other' })

    assert.equal(runExchange(begin(), server), 'the server reported invalid-proof')
  })
})

describe('The channel of SCRAM', () => {
  const bound = { channelBinding: BINDING, isBindingOffered: true }

  it('A6 is not spoken of on a connection that has none', () => {
    assert.match(textOf(begin().initialResponse), /^n,,/)
  })

  it('A6 could have been bound, says the client to a server that does not offer it', () => {
    const changes = { channelBinding: BINDING, isBindingOffered: false }

    assert.match(textOf(begin(changes).initialResponse), /^y,,/)
  })

  it('A6 is not bound by a mechanism without -PLUS that was asked for by name', () => {
    assert.match(textOf(begin(bound).initialResponse), /^n,,/)
  })

  for (const { mechanism, hash } of [
    { mechanism: scramSha1Plus, hash: 'sha1' },
    { mechanism: scramSha256Plus, hash: 'sha256' },
  ] as const) {
    it(`A6 is bound by ${mechanism.name}`, () => {
      const account = { hash, user: 'user', password: 'pencil', binding: BINDING }
      const server = new ScramServer({ ...account, channel: 'bound' })
      const responder = begin(bound, mechanism)

      assert.match(textOf(responder.initialResponse), /^p=tls-exporter,,n=user,/)
      assert.equal(runExchange(responder, server), undefined)
    })
  }

  it('A6 of another connection is no way in', () => {
    const other = { ...BINDING, octets: BINDING.octets.toReversed() }
    const account = { hash: 'sha256', user: 'user', password: 'pencil', binding: other } as const
    const server = new ScramServer({ ...account, channel: 'bound' })

    assert.equal(
      runExchange(begin(bound, scramSha256Plus), server),
      'the server reported channel-bindings-dont-match',
    )
  })

  it('A6 whose offer somebody took away is noticed by the server', () => {
    const account = {
      hash: 'sha256',
      user: 'user',
      password: 'pencil',
      channel: 'bindable',
    } as const
    const responder = begin({ channelBinding: BINDING, isBindingOffered: false })

    assert.equal(
      runExchange(responder, new ScramServer(account)),
      'the server reported server-does-support-channel-binding',
    )
  })

  it('that does not exist can not be bound', () => {
    assert.throws(() => begin({}, scramSha256Plus), RangeError)
  })
})

describe('A hostile SCRAM server', () => {
  const salt = 's=QSXCR+Q6sek8bf92'

  for (const { name, first, reason } of [
    { name: "does not repeat the client's nonce", first: `r=x,${salt},i=1`, reason: /nonce/ },
    { name: 'adds nothing to the nonce', first: `r=NONCE,${salt},i=1`, reason: /nonce/ },
    { name: 'has no nonce', first: `r=,${salt},i=1`, reason: /not one of SCRAM/ },
    { name: 'has a nonce of spaces', first: `r=NONCE \u00e4,${salt},i=1`, reason: /nonce holds/ },
    { name: 'demands an extension', first: `m=x,r=NONCEx,${salt},i=1`, reason: /extension/ },
    { name: 'sends an attribute twice', first: `r=NONCEx,${salt},${salt}`, reason: /s twice/ },
    { name: 'has another order', first: `${salt},r=NONCEx,i=1`, reason: /where they belong/ },
    { name: 'leaves the salt out', first: 'r=NONCEx,i=1', reason: /where they belong/ },
    { name: 'salts without base64', first: 'r=NONCEx,s=???,i=1', reason: /salt/ },
    { name: 'reports an error at once', first: 'e=unknown-user', reason: /unknown-user/ },
    { name: 'asks for no iteration', first: `r=NONCEx,${salt},i=0`, reason: /no count/ },
    { name: 'asks for less than none', first: `r=NONCEx,${salt},i=-1`, reason: /no count/ },
    { name: 'asks for a fraction', first: `r=NONCEx,${salt},i=4096.5`, reason: /no count/ },
    { name: 'asks for 10^20', first: `r=NONCEx,${salt},i=1${'0'.repeat(20)}`, reason: /no count/ },
    { name: 'sends text that is none of it', first: 'hello', reason: /not one of SCRAM/ },
  ]) {
    it(`A5 that ${name} is refused`, () => {
      assert.throws(() => answerTo(first), reason)
    })
  }

  for (const { name, iterations, reason } of [
    { name: 'one iteration', iterations: 1, reason: /1 iterations, fewer than 4096 \(limits\.min/ },
    { name: 'too few', iterations: 4095, reason: /4095 iterations, fewer than 4096/ },
    { name: 'ten millions', iterations: 1e7, reason: /more than 1300000 \(limits\.max/ },
    { name: '2^31', iterations: 2 ** 31, reason: /2147483648 iterations, more than/ },
  ]) {
    it(`A5 that asks for ${name} is refused before any work`, () => {
      const crypto = { ...context.crypto, pbkdf2: () => assert.fail('it was worked off') }
      const { limits } = context

      assert.throws(() => answerTo(`r=NONCEx,${salt},i=${iterations}`, { limits, crypto }), reason)
    })
  }

  for (const { name, last, reason } of [
    { name: 'has a wrong proof', last: `v=${'A'.repeat(43)}=`, reason: /does not know/ },
    { name: 'has a proof that is too short', last: 'v=AAAA', reason: /does not know/ },
    { name: 'has a proof that is not base64', last: 'v=?', reason: /not base64/ },
    { name: 'has no proof', last: 'x=1', reason: /did not prove itself/ },
    { name: 'has nothing to say', last: '', reason: /not one of SCRAM/ },
  ]) {
    it(`A5 that ${name} is refused, and success after it too`, () => {
      const responder = begin()
      responder.respond(octets(`r=${nonceOf(responder)}x,${salt},i=1`))

      assert.throws(() => textOf(responder.respond(octets(last))), reason)
      assert.equal(
        responder.finish()?.reason,
        'the server reported success before it proved itself',
      )
    })
  }

  it('A5 that reports success without any exchange is refused', () => {
    assert.equal(begin().finish()?.reason, 'the server reported success before it proved itself')
  })

  it('gets an answer or a refusal to anything it says', () => {
    const parts = fc.constantFrom(
      'r=',
      's=',
      'i=',
      'v=',
      'e=',
      'm=',
      ',',
      'NONCE',
      'x',
      '1',
      'AAAA',
    )
    const challenge = fc.oneof(
      fc.uint8Array(),
      fc.array(parts, { maxLength: 12 }).map((list) => octets(list.join(''))),
    )
    fc.assert(
      fc.property(challenge, challenge, (first, second) => {
        const responder = begin()
        for (const one of [first, second]) {
          const text = Buffer.from(one).toString('latin1').replace('NONCE', nonceOf(responder))
          const response = responder.respond(Buffer.from(text, 'latin1'))
          assert.ok(response instanceof Uint8Array || response.kind === 'refusal')
        }
        assert.ok(responder.finish() !== undefined)
      }),
    )
  })
})
