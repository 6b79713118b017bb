import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { Secret } from '../../src/base/secret.ts'
import { Pop3ResponseRejected } from '../../src/pop3/errors.ts'
import { AuthenticationFailed, NoUsableMechanism } from '../../src/sasl/errors.ts'
import { play } from '../../src/testing/play.ts'
import { logIn, PASSWORD } from './conversation.ts'

describe('POP3 login', () => {
  it('T9 sends the password in clear text when that was said by name', async () => {
    await play(
      logIn({ tls: 'none' }),
      `
      S: +OK ready
      C: CAPA
      S: +OK
      S: USER
      S: .
      C: USER tim
      S: +OK
      C: PASS tanstaaf
      S: +OK`,
    )
  })

  it('P5 T9 does not use APOP, whatever the greeting has', async () => {
    for (const timestamp of ['<1896.697170952@dbc.mtview.ca.us>', '<no at sign>', '<a@b>\\x00']) {
      await play(
        logIn(),
        `
        S: +OK ready ${timestamp}
        C: CAPA
        S: -ERR
        C: USER tim
        S: +OK
        C: PASS tanstaaf
        S: +OK`,
      )
    }
  })

  it('A11 sends no credentials when nothing on offer is usable', async () => {
    for (const offer of ['SASL NTLM GSSAPI', 'TOP']) {
      const attempt = play(
        logIn(),
        `
        S: +OK ready
        C: CAPA
        S: +OK
        S: ${offer}
        S: .`,
      )

      await assert.rejects(attempt, NoUsableMechanism)
    }
  })

  it('A11 says that TLS may help when the server takes no password in clear text', async () => {
    const attempt = play(
      logIn({ tls: 'none' }),
      `
      S: +OK ready
      C: CAPA
      S: +OK
      S: STLS
      S: SASL NTLM
      S: .`,
    )

    await assert.rejects(attempt, { code: 'NO_USABLE_MECHANISM', hint: /tls to 'starttls'/ })
  })

  it('A11 uses no other mechanism than the one that was asked for', async () => {
    const password = new Secret(PASSWORD)
    const attempt = play(
      logIn({ credentials: { user: 'tim', password, mechanism: 'LOGIN' } }),
      `
      S: +OK ready
      C: CAPA
      S: +OK
      S: USER
      S: .`,
    )

    await assert.rejects(attempt, { code: 'NO_USABLE_MECHANISM', hint: /USER and PASS/ })
  })

  it('A9 P10 sends an initial response that is too long for the command line as the first answer', async () => {
    const password = new Secret('p'.repeat(200))
    const initialResponse = Buffer.from(`\0tim\0${'p'.repeat(200)}`).toString('base64')

    await play(
      logIn({ credentials: { user: 'tim', password } }),
      `
      S: +OK ready
      C: CAPA
      S: +OK
      S: SASL PLAIN
      S: .
      C: AUTH PLAIN
      S: +
      C: ${initialResponse}
      S: +OK`,
    )
  })

  it('A10 cancels an authentication that the server leads astray', async () => {
    const attempt = play(
      logIn(),
      `
      S: +OK ready
      C: CAPA
      S: +OK
      S: SASL PLAIN
      S: .
      C: AUTH PLAIN AHRpbQB0YW5zdGFhZg==
      S: + bW9yZQ==
      C: *`,
    )

    await assert.rejects(attempt, AuthenticationFailed)
  })

  it('fails when the server reports success before it has the password', async () => {
    const attempt = play(
      logIn(),
      `
      S: +OK ready
      C: CAPA
      S: +OK
      S: SASL LOGIN
      S: .
      C: AUTH LOGIN
      S: +OK welcome`,
    )

    await assert.rejects(attempt, AuthenticationFailed)
  })
})

describe('POP3 login that is refused', () => {
  const refusedPass = (words: string): string => `
    S: +OK ready
    C: CAPA
    S: -ERR
    C: USER tim
    S: +OK
    C: PASS tanstaaf
    S: ${words}`
  const refusedAuth = (words: string): string => `
    S: +OK ready
    C: CAPA
    S: +OK
    S: USER
    S: SASL LOGIN PLAIN
    S: .
    C: AUTH PLAIN AHRpbQB0YW5zdGFhZg==
    S: ${words}`

  for (const { name, refused, echo } of [
    { name: 'PASS', refused: refusedPass, echo: 'PASS tanstaaf?' },
    { name: 'AUTH', refused: refusedAuth, echo: 'AHRpbQB0YW5zdGFhZg==? tanstaaf?' },
  ]) {
    it(`A12 P2 to ${name} is AuthenticationFailed, and nothing weaker is tried`, async () => {
      for (const words of ['-ERR no', '-ERR [AUTH] no', '-ERR [X-NEW] no']) {
        await assert.rejects(
          play(logIn(), refused(words)),
          (error) =>
            error instanceof AuthenticationFailed &&
            error.user === 'tim' &&
            error.mechanism !== 'LOGIN',
        )
      }
    })

    it(`P2 to ${name} for another reason is not the fault of the credentials`, async () => {
      for (const code of ['IN-USE', 'LOGIN-DELAY', 'SYS/TEMP', 'SYS/PERM']) {
        await assert.rejects(
          play(logIn(), refused(`-ERR [${code}] not now`)),
          (error) =>
            error instanceof Pop3ResponseRejected &&
            error.responseCode === code &&
            error.transient === (code !== 'SYS/PERM'),
        )
      }
    })

    it(`A15 to ${name} does not show the password, although the server repeats it`, async () => {
      for (const words of [`-ERR ${echo}`, `-ERR [IN-USE] ${echo}`]) {
        await assert.rejects(play(logIn(), refused(words)), (error) => {
          assert.doesNotMatch(inspect(error, { depth: 9 }), /tanstaaf|AHRpbQB0YW5zdGFhZg/)
          return true
        })
      }
    })
  }

  it('at USER does not go on to PASS', async () => {
    const attempt = play(
      logIn(),
      `
      S: +OK ready
      C: CAPA
      S: -ERR
      C: USER tim
      S: -ERR never heard of`,
    )

    await assert.rejects(attempt, AuthenticationFailed)
  })

  it('by a challenge to USER is a refusal all the same', async () => {
    const attempt = play(
      logIn(),
      `
      S: +OK ready
      C: CAPA
      S: -ERR
      C: USER tim
      S: +`,
    )

    await assert.rejects(attempt, AuthenticationFailed)
  })
})

describe('credentials', () => {
  it('with a line end are refused before anything about them is sent', async () => {
    const begin = `
      S: +OK ready
      C: CAPA
      S: -ERR`
    const forged = [
      { user: 'tim\r\nDELE 1', password: new Secret(PASSWORD) },
      { user: 'tim', password: new Secret(`${PASSWORD}\r\nDELE 1`) },
    ]
    for (const credentials of forged) {
      await assert.rejects(
        play(logIn({ credentials }), begin),
        (error) => error instanceof RangeError && !inspect(error).includes(PASSWORD),
      )
    }
  })
})
