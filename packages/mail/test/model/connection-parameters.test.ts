import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import {
  IllegalArgumentException,
  ImapConnectionParameters,
  OAuth2EmailAuthentication,
  PasswordEmailAuthentication,
  Pop3ConnectionParameters,
  Secret,
  SecureConnectionParameters,
  SmtpConnectionParameters,
} from '../../src/index.ts'

const HOST = 'mail.example.org'

describe('SmtpConnectionParameters', () => {
  it('mean TLS from the first octet at port 465, and STARTTLS at any other', () => {
    assert.equal(new SmtpConnectionParameters(HOST).mailServer.tls, 'implicit')
    assert.equal(new SmtpConnectionParameters(HOST).port, 465)
    assert.equal(new SmtpConnectionParameters(HOST, 587).mailServer.tls, 'starttls')
  })

  it('mean TLS as it was set, whatever the port', () => {
    const parameters = new SmtpConnectionParameters({ server: HOST, port: 4650, useSsl: true })
    assert.equal(parameters.mailServer.tls, 'implicit')

    parameters.port = 465
    parameters.useSsl = false
    assert.equal(parameters.mailServer.tls, 'starttls')
  })

  it('mean clear text only when both ways to TLS are off', () => {
    const parameters = new SmtpConnectionParameters({ server: HOST, allowStartTls: false })

    assert.equal(parameters.mailServer.tls, 'implicit')
    parameters.useSsl = false
    assert.equal(parameters.mailServer.tls, 'none')
  })

  it('take null for nothing, and leave what is none to be refused', () => {
    const parameters = new SmtpConnectionParameters(HOST)
    const settings = ['servername', 'pins', 'proxy'] as const

    for (const setting of settings) Object.assign(parameters, { [setting]: null })
    assert.deepEqual(parameters.mailServer, { host: HOST, port: 465, tls: 'implicit' })

    Object.assign(parameters, { servername: '', pins: '', proxy: '' })
    const { servername, pins, proxy } = parameters.mailServer
    assert.deepEqual([servername, pins, proxy], [undefined, '', ''])
  })

  it('say nothing of a login when there is no authentication', () => {
    assert.equal('credentials' in new SmtpConnectionParameters(HOST).mailServer, false)
  })

  for (const port of [0, -1, 65_536, 1.5, Number.NaN]) {
    it(`refuse the port ${port}`, () => {
      assert.throws(() => new SmtpConnectionParameters(HOST, port), IllegalArgumentException)
    })
  }

  it('take ports from 1 to 65535', () => {
    assert.equal(new SmtpConnectionParameters(HOST, 1).port, 1)
    assert.equal(new SmtpConnectionParameters(HOST, 65_535).port, 65_535)
  })

  it('refuse an empty server, a negative time and an argument that there is not', () => {
    const misspelt = { server: HOST, sever: 'x' }
    const parameters = new SmtpConnectionParameters(HOST)

    assert.throws(() => new SmtpConnectionParameters(' '), IllegalArgumentException)
    assert.throws(() => (parameters.server = ''), IllegalArgumentException)
    assert.throws(() => (parameters.connectionTimeout = -1), IllegalArgumentException)
    assert.throws(
      () => (parameters.dataTransferTimeout = { seconds: -1 }),
      IllegalArgumentException,
    )
    assert.throws(
      () => new SmtpConnectionParameters(misspelt),
      (error) =>
        error instanceof IllegalArgumentException &&
        error.code === 'ILLEGAL_ARGUMENT' &&
        error.message.includes('"sever"'),
    )
  })

  it('take times in milliseconds or in parts', () => {
    const parameters = new SmtpConnectionParameters({
      server: HOST,
      connectionTimeout: { minutes: 1, seconds: 30 },
      dataTransferTimeout: 1500,
    })

    assert.equal(parameters.connectionTimeout, 90_000)
    assert.equal(parameters.deadlines.connectMs, 90_000)
    assert.equal(parameters.deadlines.mailMs, 1500)
  })

  it('wait for 30 and 60 seconds by default, and ten minutes for the answer to a letter', () => {
    const { connectionTimeout, dataTransferTimeout, deadlines } = new SmtpConnectionParameters(HOST)

    assert.deepEqual([connectionTimeout, dataTransferTimeout], [30_000, 60_000])
    assert.equal(deadlines.contentEndMs, 600_000)
  })

  it('leave the times to RFC 5321 when they are 0', () => {
    const parameters = new SmtpConnectionParameters({
      server: HOST,
      connectionTimeout: 0,
      dataTransferTimeout: 0,
    })

    assert.deepEqual(parameters.deadlines, {})
  })
})

describe('the way to a server', () => {
  const proxy = {
    kind: 'socks5',
    host: 'proxy.example.org',
    port: 1080,
    credentials: { user: 'office', password: new Secret('tan staaf') },
  } as const

  it('goes through a proxy, to a name and a key that the certificate must have', () => {
    const way = { servername: 'mx.example.org', pins: ['sha256/AAAA'], proxy }
    const parameters = new SmtpConnectionParameters({ server: HOST, ...way })

    const { servername, pins, proxy: through } = parameters.mailServer
    assert.deepEqual({ servername, pins, proxy: through }, way)
    assert.doesNotMatch(`${inspect(parameters)} ${JSON.stringify(parameters)}`, /staaf/)
  })

  it('is the straight one unless it is said otherwise', () => {
    const { mailServer } = new SmtpConnectionParameters(HOST)
    assert.deepEqual(Object.keys(mailServer), ['host', 'port', 'tls'])
  })
})

describe('parameters of mailboxes', () => {
  it('know their ports', () => {
    assert.equal(new ImapConnectionParameters(HOST).port, 993)
    assert.equal(new Pop3ConnectionParameters(HOST).port, 995)
    assert.equal(new ImapConnectionParameters(HOST, 143).useSsl, false)
    assert.equal(new Pop3ConnectionParameters({ server: HOST }).useSsl, true)
  })

  it('take whom to trust as the fourth argument', () => {
    const secureParameters = new SecureConnectionParameters('PEM')
    const parameters = new Pop3ConnectionParameters(HOST, 995, undefined, secureParameters)

    assert.equal(parameters.mailServer.ca, 'PEM')
  })
})

describe('SecureConnectionParameters', () => {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: {
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'opensesame',
    },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })

  it('decrypt the key of this side', () => {
    const keyStore = { certificate: 'CERT', key: privateKey }
    const parameters = new SecureConnectionParameters(undefined, keyStore, new Secret('opensesame'))

    const { key } = parameters.keyStore ?? {}
    assert.ok(key instanceof Secret)
    assert.match(key.reveal(), /^-----BEGIN PRIVATE KEY-----/)
    assert.doesNotMatch(inspect(parameters, { depth: 9 }) + JSON.stringify(parameters), /PRIVATE/)
    assert.throws(
      () => new SecureConnectionParameters(undefined, keyStore, 'wrong'),
      IllegalArgumentException,
    )
  })

  it('can not be told to accept any certificate', () => {
    const parameters = new SecureConnectionParameters()
    parameters.withoutCertificateVerification = false

    assert.throws(() => {
      parameters.withoutCertificateVerification = true
    }, IllegalArgumentException)
    assert.equal(parameters.withoutCertificateVerification, false)
  })
})

describe('secrets of the object model', () => {
  const PASSWORD = 'tan-staaf'
  const password = new PasswordEmailAuthentication('office', PASSWORD)
  const token = new OAuth2EmailAuthentication('office', PASSWORD)

  for (const [name, authentication] of [
    ['a password', password],
    ['a token', token],
  ] as const) {
    it(`A15 show nowhere: ${name}`, () => {
      const parameters = new SmtpConnectionParameters(HOST, 465, authentication)
      const copy = { parameters, authentication, server: parameters.mailServer }

      const shown = [
        inspect(copy, { depth: 9, showHidden: true, getters: true }),
        JSON.stringify(copy),
        ...Object.values(authentication).map(String),
      ]

      for (const text of shown) assert.ok(!text.includes(PASSWORD), text)
    })
  }
})
