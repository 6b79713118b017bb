import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import { octetsOf } from '../../src/base/octets.ts'
import { Secret } from '../../src/base/secret.ts'
import { AuthenticationFailed, NoUsableMechanism } from '../../src/sasl/errors.ts'
import type { SaslEnvironment } from '../../src/sasl/environment.ts'
import { play } from '../../src/testing.ts'
import { BINDING, environment } from '../sasl/context.ts'
import { credentials, logIn, PASSWORD } from './conversation.ts'

const CYRUS = 'Cyrus POP3 3.6.1-Debian'

function begin(...capabilities: readonly string[]): string {
  const listed = capabilities.map((line) => `S: ${line}`)
  return ['S: +OK ready', 'C: CAPA', 'S: +OK', ...listed, 'S: .', ''].join('\n')
}

/** Nonces that are known beforehand, so that a transcript can hold what is said. */
function predictable(changes: Partial<SaslEnvironment> = {}): SaslEnvironment {
  const randomOctets = (count: number): Uint8Array => new Uint8Array(count)
  return { ...environment, crypto: { ...environment.crypto, randomOctets }, ...changes }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

const NONCE = 'A'.repeat(24)

/** The proof of a client whose salted password is 32 times zero. */
function predictableProof(serverFirst: string): string {
  const hmac = (key: Uint8Array, text: string): Buffer =>
    createHmac('sha256', key).update(text).digest()
  const clientKey = hmac(new Uint8Array(32), 'Client Key')
  const storedKey = createHash('sha256').update(clientKey).digest()
  const signature = hmac(storedKey, `n=tim,r=${NONCE},${serverFirst},c=biws,r=${NONCE}x`)
  return Buffer.from(clientKey.map((octet, at) => octet ^ (signature[at] ?? 0))).toString('base64')
}

describe('POP3 login', () => {
  it('A2 P10 answers the challenge of CRAM-MD5', async () => {
    await play(
      logIn({ credentials: { user: 'tim', password: new Secret('tanstaaftanstaaf') } }),
      `${begin('USER', 'SASL PLAIN CRAM-MD5')}
      C: AUTH CRAM-MD5
      S: + PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+
      C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw
      S: +OK`,
    )
  })

  it('A10 sends an initial response of no octets as "="', async () => {
    await play(
      logIn({ credentials: { kind: 'external' } }),
      `${begin('SASL EXTERNAL')}
      C: AUTH EXTERNAL =
      S: +OK`,
    )
    await play(
      logIn({ credentials: { kind: 'anonymous', trace: 'sirhc' } }),
      `${begin('USER', 'SASL ANONYMOUS')}
      C: AUTH ANONYMOUS c2lyaGM=
      S: +OK`,
    )
  })

  it('A8 replaces a token that was refused, once', async () => {
    async function* tokens(): AsyncGenerator<Uint8Array> {
      yield octetsOf('old')
      yield octetsOf('new')
    }
    const message = (token: string): string =>
      base64(
        `n,a=tim,\u0001host=mail.example.org\u0001port=465\u0001auth=Bearer ${token}\u0001\u0001`,
      )

    await play(
      logIn({ credentials: { kind: 'token', user: 'tim', tokens: tokens() } }),
      `${begin('SASL OAUTHBEARER')}
      C: AUTH OAUTHBEARER ${message('old')}
      S: + ${base64('{"status":"invalid_token"}')}
      C: AQ==
      S: -ERR no
      C: AUTH OAUTHBEARER ${message('new')}
      S: +OK`,
    )
  })

  it('sends no password over a connection that is not encrypted, whatever the settings say', async () => {
    const clear = predictable({ isEncrypted: () => false })

    for (const offered of ['SASL PLAIN', 'USER']) {
      await assert.rejects(play(logIn({ environment: clear }), begin(offered)), NoUsableMechanism)
    }
    await play(
      logIn({ environment: clear, tls: 'none' }),
      `${begin('USER')}\nC: USER tim\nS: +OK\nC: PASS tanstaaf\nS: +OK`,
    )
  })

  it('A11 uses USER and PASS for passwords only', async () => {
    await assert.rejects(
      play(logIn({ credentials: { kind: 'anonymous' } }), begin('USER', 'SASL PLAIN')),
      (error) => error instanceof NoUsableMechanism && !/USER and PASS/.test(error.hint ?? ''),
    )
  })

  it('A12 tries nothing weaker after a mechanism that failed', async () => {
    const first = base64(`n,,n=tim,r=${NONCE}`)

    await assert.rejects(
      play(
        logIn({ environment: predictable() }),
        `${begin('USER', 'SASL PLAIN SCRAM-SHA-256')}
        C: AUTH SCRAM-SHA-256 ${first}
        S: + ${base64('e=other-error')}
        C: *`,
      ),
      (error) => {
        assert.ok(error instanceof AuthenticationFailed)
        assert.match(error.message, /: the server reported other-error$/)
        assert.equal(error.hint, 'Check the user name and the password')
        return true
      },
    )
  })

  it('A5 does not believe a server that skips its proof', async () => {
    const crypto = { ...predictable().crypto, pbkdf2: () => new Uint8Array(32) }
    const server = `r=${NONCE}x,s=AAAA,i=4096`
    const proof = predictableProof(server)

    await assert.rejects(
      play(
        logIn({ environment: predictable({ crypto }) }),
        `${begin('SASL SCRAM-SHA-256')}
        C: AUTH SCRAM-SHA-256 ${base64(`n,,n=tim,r=${NONCE}`)}
        S: + ${base64(server)}
        C: ${base64(`c=biws,r=${NONCE}x,p=${proof}`)}
        S: +OK logged in`,
      ),
      /before it proved itself/,
    )
  })
})

describe('A POP3 server that can bind to the channel', () => {
  const bound = predictable({ channelBinding: () => BINDING })
  const offered = 'SASL PLAIN SCRAM-SHA-256-PLUS SCRAM-SHA-256'
  const refused = (mechanism: string, flag: string): string => `
    C: AUTH ${mechanism} ${base64(`${flag},,n=tim,r=${NONCE}`)}
    S: -ERR no`

  for (const { name, implementation, only, mechanism, flag } of [
    {
      name: 'is bound to',
      implementation: 'X',
      mechanism: 'SCRAM-SHA-256-PLUS',
      flag: 'p=tls-exporter',
    },
    {
      name: 'is not bound to under TLS 1.3 when it is Cyrus',
      implementation: CYRUS,
      mechanism: 'SCRAM-SHA-256',
      flag: 'n',
    },
    {
      name: 'is bound to, Cyrus or not, when that is asked for by name',
      implementation: CYRUS,
      only: 'SCRAM-SHA-256-PLUS',
      mechanism: 'SCRAM-SHA-256-PLUS',
      flag: 'p=tls-exporter',
    },
  ] as const) {
    it(`A6 ${name}`, async () => {
      await assert.rejects(
        play(
          logIn({
            environment: bound,
            credentials: { ...credentials, ...(only && { mechanism: only }) },
          }),
          begin(offered, `IMPLEMENTATION ${implementation}`) + refused(mechanism, flag),
        ),
        (error) => error instanceof AuthenticationFailed && !error.message.includes(PASSWORD),
      )
    })
  }

  it('A6 is bound to below TLS 1.3 when it is Cyrus', async () => {
    const unique = predictable({ channelBinding: () => ({ ...BINDING, type: 'tls-unique' }) })

    await assert.rejects(
      play(
        logIn({ environment: unique }),
        begin(offered, `IMPLEMENTATION ${CYRUS}`) + refused('SCRAM-SHA-256-PLUS', 'p=tls-unique'),
      ),
      AuthenticationFailed,
    )
  })
})
