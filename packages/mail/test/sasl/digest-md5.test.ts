import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Secret } from '../../src/base/secret.ts'
import type { PasswordCredentials } from '../../src/sasl/credentials.ts'
import { digestMd5 } from '../../src/sasl/digest-md5.ts'
import { computeDigestProofs } from '../../src/sasl/digest-proof.ts'
import type { Responder } from '../../src/sasl/mechanism.ts'
import { context, octets, textOf } from './context.ts'
import { DigestServer } from '../../src/testing/sasl/digest-server.ts'

const CHALLENGE =
  'realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8'
const credentials = { user: 'chris', password: new Secret('secret') }

/** The last challenge. @throws AssertionError when the proof is none. */
function accepted(server: DigestServer, response: string): string {
  const { challenge } = server.accept(response) ?? assert.fail('the server accepts no such proof')
  return challenge
}

function begin(changes: Partial<PasswordCredentials> = {}): Responder {
  return digestMd5.start({ ...credentials, ...changes }, context)
}

function answer(challenge: string, changes: Partial<PasswordCredentials> = {}): string {
  return textOf(begin(changes).respond(octets(challenge)))
}

describe('DIGEST-MD5', () => {
  it('A3 proves what the example proves (RFC 2831 §4)', () => {
    const proofs = computeDigestProofs(context.crypto, {
      user: 'chris',
      realm: 'elwood.innosoft.com',
      password: 'secret',
      authorizationId: undefined,
      nonce: 'OA6MG9tEQGm2hh',
      cnonce: 'OA6MHXh6VqTrRk',
      digestUri: 'imap/elwood.innosoft.com',
      isUtf8: true,
    })

    assert.deepEqual(proofs, {
      client: 'd388dad90d4bbd760a152321f2143af7',
      server: 'ea40f60335c427b5527b84dbabcdfffd',
    })
  })

  it('A3 proves the password and checks the proof of the server', () => {
    const server = new DigestServer(() => 'secret', 'OA6MG9tEQGm2hh')
    const responder = begin()

    const response = textOf(responder.respond(octets(CHALLENGE)))

    assert.match(
      response,
      /^charset=utf-8,username="chris",realm="elwood\.innosoft\.com",nonce="OA6MG9tEQGm2hh",nc=00000001,cnonce="[A-Za-z0-9+/]{22}==",digest-uri="imap\/elwood\.innosoft\.com",response=[0-9a-f]{32},qop=auth$/,
    )
    assert.equal(textOf(responder.respond(octets(accepted(server, response)))), '')
    assert.equal(responder.finish(), undefined)
  })

  it('A3 takes the algorithm quoted, as Dovecot writes it', () => {
    assert.match(answer('nonce="n",algorithm="md5-sess"'), /^username="chris",nonce="n"/)
  })

  it('unquotes what is escaped, and quotes it again', () => {
    const response = answer('nonce="a\\"b\\\\c",algorithm=md5-sess', { user: 'a"b\\c' })

    assert.match(response, /username="a\\"b\\\\c",nonce="a\\"b\\\\c"/)
  })

  for (const { name, offered, changes, realm } of [
    { name: 'the first', offered: ['a', 'b'], changes: {}, realm: 'a' },
    {
      name: "the one of the user's domain",
      offered: ['a', 'B.example'],
      changes: { user: 'tim@b.example' },
      realm: 'B.example',
    },
    { name: 'the one that was named', offered: ['a'], changes: { realm: 'c' }, realm: 'c' },
  ]) {
    it(`A3 takes ${name} of the realms on offer`, () => {
      const list = offered.map((one) => `realm="${one}"`).join(', ')

      const response = answer(`${list},nonce="n",algorithm=md5-sess`, changes)

      assert.ok(response.includes(`,realm="${realm}",`))
    })
  }

  it('is what a server computes for itself, for any user, password, realm and identity', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((one) => !/\p{Cc}/u.test(one))
    fc.assert(
      fc.property(text, text, fc.option(text, { nil: undefined }), (user, password, identity) => {
        const server = new DigestServer(() => password)
        const authorizationId = identity === undefined ? {} : { authorizationId: identity }
        const responder = begin({ user, password: new Secret(password), ...authorizationId })

        const response = textOf(responder.respond(octets(server.challenge)))
        const last = responder.respond(octets(accepted(server, response)))

        assert.equal(textOf(last), '')
        assert.equal(responder.finish(), undefined)
      }),
    )
  })

  for (const { name, challenge, reason } of [
    { name: 'without a nonce', challenge: 'algorithm=md5-sess', reason: /no nonce/ },
    { name: 'with two nonces', challenge: 'nonce="a",nonce="b"', reason: /nonce twice/ },
    { name: 'without an algorithm', challenge: 'nonce="a"', reason: /not md5-sess/ },
    { name: 'of plain MD5', challenge: 'nonce="a",algorithm=md5', reason: /not md5-sess/ },
    {
      name: 'that demands a security layer',
      challenge: 'nonce="a",algorithm=md5-sess,qop="auth-int,auth-conf"',
      reason: /security layer/,
    },
    {
      name: 'of another character set',
      challenge: 'nonce="a",algorithm=md5-sess,charset=koi8-r',
      reason: /character set/,
    },
    { name: 'that is none', challenge: 'nonce="a', reason: /not one of DIGEST-MD5/ },
    { name: 'that is not UTF-8', challenge: '\udc80', reason: /no nonce|not one of|not UTF-8/ },
  ]) {
    it(`refuses a challenge ${name}`, () => {
      assert.throws(() => answer(challenge), reason)
    })
  }

  it('does not write what ISO 8859-1 lacks when the server has nothing else', () => {
    const changes = { password: new Secret('пароль') }

    assert.throws(() => answer('nonce="a",algorithm=md5-sess', changes), /ISO 8859-1 only/)
    assert.throws(
      () => answer('nonce="a",algorithm=md5-sess', changes),
      (error: Error) => !error.message.includes('пароль'),
    )
  })

  it('hashes in ISO 8859-1 what fits into it, although UTF-8 is sent (RFC 2831 §2.1.2.1)', () => {
    const changes = { user: 'müller', password: new Secret('größe') }
    const response = answer('nonce="n",algorithm=md5-sess,charset=utf-8', changes)

    const cnonce = /cnonce="([^"]*)"/.exec(response)?.[1] ?? ''
    const md5 = (data: Buffer | string): Buffer => createHash('md5').update(data).digest()
    const secret = md5(Buffer.from('müller::größe', 'latin1'))
    const a1 = md5(Buffer.concat([secret, Buffer.from(`:n:${cnonce}`)])).toString('hex')
    const a2 = md5('AUTHENTICATE:imap/elwood.innosoft.com').toString('hex')
    const proof = md5(`${a1}:n:00000001:${cnonce}:auth:${a2}`).toString('hex')
    assert.ok(response.includes('username="müller"'))
    assert.ok(response.includes(`response=${proof}`))
  })

  for (const { name, last, reason } of [
    { name: 'no proof', last: 'nonce="x"', reason: /did not prove itself/ },
    { name: 'a wrong proof', last: `rspauth=${'0'.repeat(32)}`, reason: /does not know/ },
    { name: 'a short proof', last: 'rspauth=00', reason: /does not know/ },
    { name: 'two proofs', last: 'rspauth=00,rspauth=01', reason: /rspauth twice/ },
  ]) {
    it(`A3 refuses a server with ${name}`, () => {
      const responder = begin()
      responder.respond(octets(CHALLENGE))

      assert.throws(() => textOf(responder.respond(octets(last))), reason)
      assert.match(responder.finish()?.reason ?? '', /before it proved itself/)
    })
  }

  it('answers or refuses any challenge, and never takes long', () => {
    const hostile = fc.oneof(
      fc.uint8Array(),
      fc
        .array(fc.constantFrom('nonce', '=', '"', '\\', ',', ' ', 'algorithm=md5-sess', 'realm'))
        .map((parts) => octets(parts.join(''))),
    )
    fc.assert(
      fc.property(hostile, (challenge) => {
        const response = begin().respond(challenge)

        assert.ok(response instanceof Uint8Array || response.kind === 'refusal')
      }),
    )
    assert.throws(() => answer(`nonce="a"${' '.repeat(12_000)}x`), /not one of/)
    assert.throws(() => answer(`nonce="${'\\'.repeat(12_000)}`), /not one of/)
  })

  it('refuses a challenge after the proof', () => {
    const server = new DigestServer(() => 'secret')
    const responder = begin()
    const response = textOf(responder.respond(octets(server.challenge)))
    responder.respond(octets(accepted(server, response)))

    assert.throws(() => textOf(responder.respond(octets('x'))), /after its proof/)
  })
})
