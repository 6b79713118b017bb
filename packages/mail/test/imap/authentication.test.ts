import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { Secret } from '../../src/base/secret.ts'
import { octetsOf } from '../../src/base/octets.ts'
import { ImapCommandRejected } from '../../src/imap/errors.ts'
import { AuthenticationFailed, NoUsableMechanism } from '../../src/sasl/errors.ts'
import type { SaslEnvironment } from '../../src/sasl/environment.ts'
import { play } from '../../src/testing/play.ts'
import { ProtocolViolation } from '../../src/wire/errors.ts'
import { BINDING, environment } from '../sasl/context.ts'
import { credentials, logIn, PASSWORD } from './conversation.ts'

function offering(...capabilities: readonly string[]): string {
  return `S: * OK [CAPABILITY ${['IMAP4rev1', ...capabilities].join(' ')}] Server ready\n`
}

const IN = 'S: A1 OK [CAPABILITY IMAP4rev1] in'

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

describe('IMAP login', () => {
  it('A10 sends an initial response only with SASL-IR, and answers an empty challenge otherwise', async () => {
    await play(
      logIn(),
      `${offering('AUTH=PLAIN', 'SASL-IR')}
      C: A1 AUTHENTICATE PLAIN AHRpbQB0YW5zdGFhZg==
      ${IN}`,
    )
    await play(
      logIn(),
      `${offering('AUTH=PLAIN')}
      C: A1 AUTHENTICATE PLAIN
      S: + 
      C: AHRpbQB0YW5zdGFhZg==
      ${IN}`,
    )
  })

  it('A10 sends an initial response of no octets as "="', async () => {
    await play(
      logIn({ credentials: { kind: 'external' } }),
      `${offering('AUTH=EXTERNAL', 'SASL-IR')}
      C: A1 AUTHENTICATE EXTERNAL =
      ${IN}`,
    )
  })

  it('A2 answers the challenge of CRAM-MD5', async () => {
    await play(
      logIn({ credentials: { user: 'tim', password: new Secret('tanstaaftanstaaf') } }),
      `${offering('AUTH=PLAIN', 'AUTH=CRAM-MD5')}
      C: A1 AUTHENTICATE CRAM-MD5
      S: + PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+
      C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw
      ${IN}`,
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
      `${offering('AUTH=OAUTHBEARER', 'SASL-IR')}
      C: A1 AUTHENTICATE OAUTHBEARER ${message('old')}
      S: + ${base64('{"status":"invalid_token"}')}
      C: AQ==
      S: A1 NO [AUTHENTICATIONFAILED] no
      C: A2 AUTHENTICATE OAUTHBEARER ${message('new')}
      S: A2 OK [CAPABILITY IMAP4rev1] in`,
    )
  })

  it('uses LOGIN where no mechanism is on offer, with literals where quotes do not do', async () => {
    await play(
      logIn({ credentials: { user: 't"m', password: new Secret('п') } }),
      `${offering()}
      C: A1 LOGIN "t\\\\"m" {2}
      S: + go on
      C: п
      ${IN}`,
    )
  })

  it('I15 does not use LOGIN when it is disabled', async () => {
    await assert.rejects(
      play(logIn({ tls: 'none' }), offering('LOGINDISABLED', 'STARTTLS')),
      (error) =>
        error instanceof NoUsableMechanism &&
        /LOGIN is disabled/.test(error.message) &&
        /starttls/.test(error.hint ?? ''),
    )
  })

  it('T9 shows a password to nobody but the server, unless that was said by name', async () => {
    const clear: SaslEnvironment = { ...environment, isEncrypted: () => false }
    for (const offered of ['AUTH=PLAIN', 'AUTH=LOGIN', 'IDLE']) {
      await assert.rejects(
        play(logIn({ environment: clear }), offering(offered)),
        NoUsableMechanism,
      )
    }
    await play(
      logIn({ environment: clear, tls: 'none' }),
      `${offering()}
      C: A1 LOGIN "tim" "tanstaaf"
      ${IN}`,
    )
  })

  it('A11 sends no credentials when nothing on offer is usable for them', async () => {
    const password = new Secret(PASSWORD)
    for (const some of [
      { kind: 'anonymous' } as const,
      { user: 'tim', password, mechanism: 'SCRAM-SHA-256' } as const,
      { user: 'tim', password, authorizationId: 'tom' } as const,
    ]) {
      await assert.rejects(
        play(logIn({ credentials: some }), offering('AUTH=GSSAPI')),
        NoUsableMechanism,
      )
    }
  })

  for (const { name, login, answer } of [
    { name: 'LOGIN', login: 'C: A1 LOGIN "tim" "tanstaaf"', answer: 'NO wrong tanstaaf' },
    {
      name: 'PLAIN',
      login: 'C: A1 AUTHENTICATE PLAIN AHRpbQB0YW5zdGFhZg==',
      answer: 'NO [AUTHENTICATIONFAILED] what is AHRpbQB0YW5zdGFhZg==',
    },
  ]) {
    it(`A12 A15 tries nothing else after ${name} was refused, and repeats no secret`, async () => {
      const offered = name === 'PLAIN' ? ['AUTH=PLAIN', 'AUTH=LOGIN', 'SASL-IR'] : []
      await assert.rejects(
        play(logIn(), `${offering(...offered)}\n${login}\nS: A1 ${answer}`),
        (error) => {
          assert.ok(error instanceof AuthenticationFailed)
          assert.doesNotMatch(inspect(error), /tanstaaf|AHRpbQB0YW5zdGFhZg/)
          return !error.transient
        },
      )
    })
  }

  it('tells a server in trouble from a wrong password', async () => {
    for (const code of ['UNAVAILABLE', 'LIMIT', 'INUSE']) {
      await assert.rejects(
        play(
          logIn(),
          `${offering('AUTH=PLAIN', 'SASL-IR')}
          C: A1 AUTHENTICATE PLAIN AHRpbQB0YW5zdGFhZg==
          S: A1 NO [${code}] later`,
        ),
        (error) =>
          error instanceof ImapCommandRejected && error.transient && error.responseCode === code,
      )
    }
  })

  it('cancels an exchange in which the server asks what makes no sense', async () => {
    await assert.rejects(
      play(
        logIn(),
        `${offering('AUTH=CRAM-MD5')}
        C: A1 AUTHENTICATE CRAM-MD5
        S: + not base64!
        C: *`,
      ),
      AuthenticationFailed,
    )
  })

  it('A5 does not believe a server that skips its proof', async () => {
    const nonce = 'A'.repeat(24)
    const crypto = { ...environment.crypto, randomOctets: (count: number) => new Uint8Array(count) }
    await assert.rejects(
      play(
        logIn({ environment: { ...environment, crypto } }),
        `${offering('AUTH=SCRAM-SHA-256', 'SASL-IR')}
        C: A1 AUTHENTICATE SCRAM-SHA-256 ${base64(`n,,n=tim,r=${nonce}`)}
        S: A1 OK in`,
      ),
      AuthenticationFailed,
    )
  })

  it('A15 repeats nothing of an answer that is none: it may be the password', async () => {
    await assert.rejects(
      play(
        logIn(),
        `${offering()}
        C: A1 LOGIN "tim" "tanstaaf"
        S: tanstaaf what?`,
      ),
      (error) => error instanceof ProtocolViolation && !inspect(error).includes(PASSWORD),
    )
  })

  for (const { name, greeting, mechanism, flag } of [
    {
      name: 'binds to the channel where it can',
      greeting: 'X',
      mechanism: 'SCRAM-SHA-256-PLUS',
      flag: 'p=tls-exporter',
    },
    {
      name: 'does not bind at Cyrus under TLS 1.3',
      greeting: 'mx Cyrus IMAP 3.6.1',
      mechanism: 'SCRAM-SHA-256',
      flag: 'n',
    },
  ]) {
    it(`A6 ${name}`, async () => {
      const crypto = {
        ...environment.crypto,
        randomOctets: (count: number) => new Uint8Array(count),
      }
      const bound = { ...environment, crypto, channelBinding: () => BINDING }
      await assert.rejects(
        play(
          logIn({ environment: bound, credentials }),
          `
          S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256] ${greeting}
          C: A1 AUTHENTICATE ${mechanism} ${base64(`${flag},,n=tim,r=${'A'.repeat(24)}`)}
          S: A1 NO no`,
        ),
        AuthenticationFailed,
      )
    })
  }
})
