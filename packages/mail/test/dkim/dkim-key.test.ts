import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, it } from 'node:test'
import { type DkimKeyCheck, DkimKeyUnusable, readDkimKey, Secret } from '../../src/dkim.ts'
import { ED25519_PEM, ed25519Key, pemOf, RSA_PEM, rsaKey } from './keys.ts'
import * as rfc from './rfc-8463.ts'

interface Source {
  readonly domain?: string
  readonly selector?: string
  readonly privateKey?: Secret | string
}

function read(source: Source): ReturnType<typeof readDkimKey> {
  return readDkimKey({
    domain: 'example.org',
    selector: '2026',
    privateKey: rfc.ED25519_SEED,
    ...source,
  })
}

function refused(check: DkimKeyCheck, source: Source): void {
  assert.throws(
    () => read(source),
    (error) => {
      assert.ok(error instanceof DkimKeyUnusable)
      assert.equal(error.code, 'DKIM_KEY_UNUSABLE')
      assert.equal(error.check, check)
      assert.equal(error.transient, false)
      assert.ok((error.hint ?? '').length > 20)
      assert.equal(error.cause, undefined)
      return true
    },
  )
}

function newRsaKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
}

/** The number that a key shares with its public half. */
function modulusOf(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).n ?? '', 'base64url')
}

describe('A DKIM key', () => {
  it('is an RSA key in PKCS #8 or PKCS #1', () => {
    assert.equal(read({ privateKey: RSA_PEM }).algorithm, 'rsa-sha256')
    assert.equal(read({ privateKey: rfc.RSA_KEY }).algorithm, 'rsa-sha256')
  })

  it('is an Ed25519 key in PKCS #8, or its 32 octets in base64', () => {
    assert.equal(read({ privateKey: ED25519_PEM }).algorithm, 'ed25519-sha256')
    assert.equal(read({ privateKey: ` ${rfc.ED25519_SEED}\n` }).algorithm, 'ed25519-sha256')
  })

  it('comes as a secret as well', () => {
    const { record } = read({ privateKey: new Secret(RSA_PEM) })

    assert.equal(record.text, rsaKey.record.text)
  })

  it('says what is to be published, in the words of RFC 8463 Appendix A', () => {
    const domain = 'football.example.com'
    const ed25519 = read({ domain, selector: 'brisbane' })
    const rsa = read({ domain, selector: 'test', privateKey: rfc.RSA_KEY })

    assert.deepEqual(ed25519.record, {
      name: 'brisbane._domainkey.football.example.com',
      text: rfc.ED25519_RECORD,
    })
    assert.deepEqual(rsa.record, {
      name: 'test._domainkey.football.example.com',
      text: rfc.RSA_RECORD,
    })
  })

  it('has a domain in A-labels', () => {
    assert.equal(read({ domain: 'почта.РФ' }).domain, 'xn--80a1acny.xn--p1ai')
    assert.equal(read({ domain: 'Example.ORG' }).domain, 'example.org')
  })

  it('may have a selector of several labels, or with an underscore', () => {
    assert.equal(read({ selector: '2026_a.mail' }).selector, '2026_a.mail')
  })

  it('does not show its octets when it is printed', () => {
    const printed = inspect(ed25519Key, { depth: 9 }) + JSON.stringify(ed25519Key)
    const [, base64 = ''] = ED25519_PEM.split('\n')

    assert.equal(printed.includes(base64.slice(-40)), false)
  })
})

describe('A DKIM key is refused at once', () => {
  it('when it is no key', () => {
    const [firstLine = ''] = RSA_PEM.split('\n')
    for (const privateKey of [
      '',
      'swordfish',
      `${firstLine}\nAAAA`,
      RSA_PEM.replaceAll('\n', '\\n'),
    ]) {
      refused('not-a-key', { privateKey })
    }
  })

  it('when it is encrypted, in the old form and in the new', () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const passphrase = { cipher: 'aes-256-cbc', passphrase: 'swordfish', format: 'pem' } as const
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey

    refused('encrypted', {
      privateKey: String(privateKey.export({ type: 'pkcs8', ...passphrase })),
    })
    refused('encrypted', { privateKey: String(rsa.export({ type: 'pkcs1', ...passphrase })) })
  })

  it('when it is a public key', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })

    for (const type of ['spki', 'pkcs1'] as const) {
      refused('public', { privateKey: String(publicKey.export({ type, format: 'pem' })) })
    }
  })

  it('when DKIM has no such keys', () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })

    refused('key-type', { privateKey: pemOf(ec.privateKey) })
    refused('key-type', { privateKey: pemOf(generateKeyPairSync('x25519').privateKey) })
  })

  it('when it is an RSA key that no verifier accepts (RFC 8301 §3.2)', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1016 })

    refused('too-short', { privateKey: pemOf(privateKey) })
  })

  it('when it does not fit to its own public half', () => {
    const key = newRsaKey()
    const der = key.export({ format: 'der', type: 'pkcs8' })
    modulusOf(newRsaKey()).copy(der, der.indexOf(modulusOf(key)))
    const text = der.toString('base64')

    refused('damaged', {
      privateKey: `-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----\n`,
    })
  })

  it('when its domain is no name of the DNS', () => {
    const domains = ['', 'localhost', 'example..org', '.org', '-a.org', 'a b.org', 'a.org; l=0']
    for (const domain of [...domains, 'a.org\r\nBcc: x', 'exa_mple.org', `${'a'.repeat(64)}.org`]) {
      refused('domain', { domain })
    }
  })

  it('when its selector is no name of the DNS', () => {
    const selectors = ['', 'a..b', 'a.', 'a;b', 'a b', 'ключ', 'a\r\nb', '-a']
    for (const selector of [...selectors, 'a'.repeat(64), 'a.'.repeat(120) + 'a']) {
      refused('selector', { selector })
    }
  })
})
