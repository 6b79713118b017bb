import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { IllegalArgumentException, Secret } from '../../src/index.ts'
import {
  InternetMailProfile,
  Pop3AuthenticationMode,
  SmtpAuthenticationMode,
} from '../../src/internet-mail.ts'

const PASSWORD = 'tanstaaf'

function profile(): InternetMailProfile {
  return Object.assign(new InternetMailProfile(), {
    smtpServerAddress: 'smtp.example.org',
    pop3ServerAddress: 'pop.example.org',
    imapServerAddress: 'imap.example.org',
    smtpUser: 'sender',
    user: 'reader',
    imapUser: 'user',
    smtpPassword: PASSWORD,
    password: PASSWORD,
    imapPassword: PASSWORD,
  })
}

describe('InternetMailProfile', () => {
  it('encrypts from the beginning where SSL is used, and by STARTTLS everywhere else', () => {
    const given = profile()
    const tlsOf = (): string[] =>
      [given.toSmtpParameters(), given.toPop3Parameters(), given.toImapParameters()].map(
        ({ mailServer: { port, tls } }) => `${port} ${tls}`,
      )

    assert.deepEqual(tlsOf(), ['25 starttls', '110 starttls', '143 starttls'])
    Object.assign(given, { smtpUseSsl: true, pop3UseSsl: true, imapUseSsl: true })
    assert.deepEqual(tlsOf(), ['465 implicit', '995 implicit', '993 implicit'])
    Object.assign(given, { smtpPort: 587, smtpUseSsl: false, pop3Port: 1995, imapUseSsl: false })
    given.requireTls = false
    assert.deepEqual(tlsOf(), ['587 none', '1995 implicit', '143 none'])
  })

  it('logs in as the user of each server, and to send as nobody where there is none', () => {
    const given = profile()
    assert.deepEqual(given.toSmtpParameters().mailServer.credentials, {
      user: 'sender',
      password: new Secret(PASSWORD),
    })
    assert.deepEqual(given.toPop3Parameters().mailServer.credentials, {
      user: 'reader',
      password: new Secret(PASSWORD),
    })
    given.smtpAuthentication = SmtpAuthenticationMode.None
    assert.equal(given.toSmtpParameters().mailServer.credentials, undefined)
    given.smtpAuthentication = SmtpAuthenticationMode.Default
    given.smtpUser = ''
    assert.equal(given.toSmtpParameters().mailServer.credentials, undefined)
  })

  it('uses the mechanism that is named, and shows no password where that is not wanted', () => {
    const given = profile()
    const mechanisms: unknown[] = []
    for (const mode of ['Default', 'CramMd5', 'Login', 'Plain'] as const) {
      given.smtpAuthentication = SmtpAuthenticationMode[mode]
      const { credentials } = given.toSmtpParameters().mailServer
      mechanisms.push(credentials && 'mechanism' in credentials && credentials.mechanism)
    }
    given.pop3Authentication = Pop3AuthenticationMode.Apop
    Object.assign(given, { pop3SecureAuthenticationOnly: true, imapSecureAuthenticationOnly: true })

    assert.deepEqual(mechanisms, [false, 'CRAM-MD5', 'LOGIN', 'PLAIN'])
    assert.deepEqual(given.toPop3Parameters().mailServer.credentials, {
      user: 'reader',
      password: new Secret(PASSWORD),
      mechanism: 'APOP',
      isPasswordHidden: true,
    })
    assert.deepEqual(given.toImapParameters().mailServer.credentials, {
      user: 'user',
      password: new Secret(PASSWORD),
      isPasswordHidden: true,
    })
  })

  it('logs in everywhere with a token when it has one', () => {
    const given = profile()
    given.tokenAuthentication = true
    given.accessToken = 'ya29'

    for (const parameters of [given.toSmtpParameters(), given.toImapParameters()]) {
      const { credentials } = parameters.mailServer
      assert.ok(credentials?.kind === 'token')
      assert.ok(credentials.token instanceof Secret)
      assert.equal(credentials.token.reveal(), 'ya29')
    }
  })

  it('shows no password, however it is printed', () => {
    const given = profile()
    given.accessToken = PASSWORD

    for (const text of [inspect(given), JSON.stringify(given), String(given.password)]) {
      assert.doesNotMatch(text, /tanstaaf/)
    }
    assert.equal(given.smtpPassword.reveal(), PASSWORD)
  })

  it('waits as long as it is told, and refuses what is no time and no server', () => {
    const given = profile()
    given.timeout = 5
    assert.equal(given.toPop3Parameters().connectionTimeout, 5000)
    assert.equal(given.toImapParameters().dataTransferTimeout, 5000)
    given.timeout = -1
    assert.throws(() => given.toPop3Parameters(), IllegalArgumentException)
    given.timeout = Number.NaN
    assert.throws(() => given.toPop3Parameters(), IllegalArgumentException)
    given.timeout = 30
    given.pop3ServerAddress = ''
    assert.throws(() => given.toPop3Parameters(), IllegalArgumentException)
    given.imapPort = 70_000
    assert.throws(() => given.toImapParameters(), IllegalArgumentException)
  })
})
