import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import { timestampOf } from '../../src/pop3/apop.ts'
import type { PasswordCredentials } from '../../src/sasl/credentials.ts'
import { AuthenticationFailed, NoUsableMechanism } from '../../src/sasl/errors.ts'
import { ProtocolLogger } from '../../src/wire/protocol-log.ts'
import { play } from '../../src/testing/play.ts'
import { feed } from './feed.ts'
import { logIn } from './conversation.ts'
import { octetsOf } from '../../src/base/octets.ts'

/** The example of RFC 1939 §7. */
const TIMESTAMP = '<1896.697170952@dbc.mtview.ca.us>'
const DIGEST = 'c4c9334bac560ecc979e58001b3e22fb'
const credentials: PasswordCredentials = {
  user: 'mrose',
  password: new Secret('tanstaaf'),
  mechanism: 'APOP',
}

const CONVERSATION = `
  S: +OK POP3 server ready ${TIMESTAMP}
  C: CAPA
  S: -ERR
  C: APOP mrose ${DIGEST}`

describe('APOP', () => {
  it('P5 proves the password as in RFC 1939 §7, when it is asked for by name', async () => {
    await play(logIn({ credentials }), `${CONVERSATION}\nS: +OK maildrop has 1 message`)
  })

  it('P5 that is refused is AuthenticationFailed, and nothing else is tried', async () => {
    const attempt = play(logIn({ credentials }), `${CONVERSATION}\nS: -ERR permission denied`)

    await assert.rejects(
      attempt,
      (error) => error instanceof AuthenticationFailed && error.mechanism === 'APOP',
    )
  })

  it('P5 is not possible without a timestamp of the form of a msg-id, and nothing is sent', async () => {
    const greetings = [
      'ready',
      'ready <>',
      'ready <no at sign>',
      'ready <two@at@signs>',
      'ready <a b@c>',
      'ready <a@b',
      'ready <a..b@c>',
      'ready <\\xff\\x80@c>',
      'ready <a@b\\x01>',
      `ready <${'x'.repeat(600)}@c>`,
      'ready <bad one> <good@one>',
    ]
    for (const greeting of greetings) {
      const attempt = play(
        logIn({ credentials }),
        `
        S: +OK ${greeting}
        C: CAPA
        S: -ERR`,
      )

      await assert.rejects(attempt, (error) => error instanceof NoUsableMechanism)
    }
  })

  it('P5 takes the timestamps that servers write', () => {
    const timestamps = [
      TIMESTAMP,
      '<2a3.1.5f1b0c2d.AbC+de_f==@mail_1.example.org>',
      '<1.2@[192.0.2.1]>',
    ]
    for (const timestamp of timestamps) {
      assert.equal(timestampOf(`Dovecot ready. ${timestamp}`), timestamp)
    }
  })

  it('P5 can not carry a name with a space, nor another identity, and sends nothing', () => {
    const impossible = [
      { ...credentials, user: 'm rose' },
      { ...credentials, authorizationId: 'office' },
      { ...credentials, password: new Secret('a\0b') },
    ]
    for (const given of impossible) {
      const answers = [`+OK ${TIMESTAMP}\r\n`, '-ERR\r\n'].map(octetsOf)

      assert.throws(() => feed(logIn({ credentials: given }), answers), RangeError)
    }
  })

  it('A15 does not show what passwords could be tried on', () => {
    const lines: string[] = []
    const log = new ProtocolLogger((line) => lines.push(line))
    const answers = [`+OK ${TIMESTAMP}\r\n`, '-ERR\r\n', '+OK\r\n'].map(octetsOf)
    const { demands } = feed(logIn({ credentials }), answers)
    for (const demand of demands) if (demand.kind === 'send') log.sent(demand.octets, demand)

    assert.ok(lines.includes('C: APOP mrose ********'))
    assert.ok(!lines.join('\n').includes(DIGEST))
  })
})
