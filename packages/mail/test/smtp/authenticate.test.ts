import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { AuthenticationFailed, NoUsableMechanism } from '../../src/sasl/errors.ts'
import { Secret } from '../../src/base/secret.ts'
import { play } from '../../src/testing/play.ts'
import { ProtocolViolation } from '../../src/wire/errors.ts'
import { environment } from '../sasl/context.ts'
import { credentials, open, opening, PASSWORD, SECRETS } from './conversation.ts'

describe('AUTH', () => {
  it('A11 is not begun when no mechanism is shared', async () => {
    await assert.rejects(
      play(open({ credentials }), opening('AUTH NTLM XOAUTH2')),
      (error) => error instanceof NoUsableMechanism && error.offered.includes('NTLM'),
    )
  })

  it('A11 is not begun when the server does not offer it', async () => {
    await assert.rejects(play(open({ credentials }), opening('PIPELINING')), NoUsableMechanism)
  })

  it('sends a password in clear text to a server that was configured so by name', async () => {
    await play(
      open({ tls: 'none', credentials }),
      `${opening('AUTH PLAIN')}
      C: AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm
      S: 235 ok`,
    )
  })

  it('sends no password over a connection that is not encrypted, whatever the settings say', async () => {
    for (const tls of ['implicit', 'starttls'] as const) {
      const clear = { ...environment, isEncrypted: () => false }
      const ready = opening('STARTTLS', 'AUTH PLAIN')
      const encrypted = `C: STARTTLS\nS: 220 go\n-- TLS\n${ready.replace(/^.*\n/, '')}`

      await assert.rejects(
        play(
          open({ tls, credentials, environment: clear }),
          tls === 'implicit' ? ready : `${ready}${encrypted}`,
        ),
        NoUsableMechanism,
      )
    }
  })

  it('uses the mechanism that was asked for', async () => {
    await play(
      open({ credentials: { ...credentials, mechanism: 'LOGIN' } }),
      `${opening('AUTH PLAIN LOGIN')}
      C: AUTH LOGIN
      S: 334
      C: dGlt
      S: 334
      C: dGFuc3RhYWZ0YW5zdGFhZg==
      S: 235 ok`,
    )
  })

  it('A9 sends an initial response only when the command stays within 512 octets', async () => {
    const user = 'u'
    const longest = 512 - 'AUTH PLAIN \r\n'.length
    const fits = { user, password: new Secret('p'.repeat(Math.trunc(longest / 4) * 3 - 3)) }
    const tooLong = { user, password: new Secret('p'.repeat(Math.trunc(longest / 4) * 3 - 2)) }
    const message = (password: Secret): string =>
      Buffer.from(`\0${user}\0${password.reveal()}`).toString('base64')

    await play(
      open({ credentials: fits }),
      `${opening('AUTH PLAIN')}
      C: AUTH PLAIN ${message(fits.password)}
      S: 235 ok`,
    )
    await play(
      open({ credentials: tooLong }),
      `${opening('AUTH PLAIN')}
      C: AUTH PLAIN
      S: 334
      C: ${message(tooLong.password)}
      S: 235 ok`,
    )
  })

  for (const { reply, transient, hint } of [
    { reply: '535 5.7.8 bad credentials', transient: false, hint: /user name and the password/ },
    { reply: '534 5.7.9 too weak', transient: false, hint: /stronger mechanism/ },
    { reply: '538 5.7.11 encryption required', transient: false, hint: /tls/ },
    { reply: '432 4.7.12 transition needed', transient: false, hint: /Log in once/ },
    { reply: '454 4.7.0 temporary', transient: true, hint: /later/ },
    { reply: '421 4.7.0 closing', transient: true, hint: /administrator/ },
  ]) {
    it(`A10 A12 that is answered ${reply.slice(0, 3)} is not tried again in another way`, async () => {
      await assert.rejects(
        play(
          open({ credentials }),
          `${opening('AUTH PLAIN LOGIN')}
          C: AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm
          S: ${reply}`,
        ),
        {
          code: 'AUTHENTICATION_FAILED',
          transient,
          hint,
          message: `authentication of "tim" with PLAIN failed: the server refused: ${reply}`,
        },
      )
    })
  }

  it('A10 is cancelled when the server asks for more than the mechanism has', async () => {
    await assert.rejects(
      play(
        open({ credentials }),
        `${opening('AUTH PLAIN')}
        C: AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm
        S: 334 bW9yZQ==
        C: *
        S: 501 5.7.0 cancelled`,
      ),
      AuthenticationFailed,
    )
  })

  it('A10 is cancelled when a challenge is not base64', async () => {
    await assert.rejects(
      play(
        open({ credentials: { ...credentials, mechanism: 'LOGIN' } }),
        `${opening('AUTH LOGIN')}
        C: AUTH LOGIN
        S: 334 Username:
        C: *
        S: 501 5.7.0 cancelled`,
      ),
      /the challenge is not base64$/,
    )
  })

  it('A9 takes challenges of 12,288 octets', async () => {
    await play(
      open({ credentials: { ...credentials, mechanism: 'LOGIN' } }),
      `${opening('AUTH LOGIN')}
      C: AUTH LOGIN
      S: 334 ${'QUJD'.repeat(3_070)}
      C: dGlt
      S: 334 UGFzc3dvcmQ6
      C: dGFuc3RhYWZ0YW5zdGFhZg==
      S: 235 ok`,
    )
  })

  for (const reply of ['250 ok', '354 go on']) {
    it(`answered ${reply.slice(0, 3)} is a violation`, async () => {
      await assert.rejects(
        play(
          open({ credentials }),
          `${opening('AUTH PLAIN')}
          C: AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm
          S: ${reply}`,
        ),
        ProtocolViolation,
      )
    })
  }

  const sent = {
    PLAIN: ['C: AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm'],
    LOGIN: ['C: AUTH LOGIN', 'S: 334', 'C: dGlt', 'S: 334', 'C: dGFuc3RhYWZ0YW5zdGFhZg=='],
  }
  for (const mechanism of ['PLAIN', 'LOGIN'] as const) {
    for (const reply of ['535 5.7.8 bad: ', '250 ok: ', 'what? ', '535-']) {
      it(`A15 with ${mechanism} shows no secret when the server repeats it after "${reply}"`, async () => {
        const lines = sent[mechanism]
        const repeated = `${PASSWORD} ${lines.at(-1)?.slice(3) ?? ''}`

        const error: unknown = await play(
          open({ credentials: { ...credentials, mechanism } }),
          [opening(`AUTH ${mechanism}`), ...lines, `S: ${reply}${repeated}`, 'S: 550 no'].join(
            '\n',
          ),
        ).catch((reason: unknown) => reason)

        assert.ok(error instanceof AuthenticationFailed || error instanceof ProtocolViolation)
        for (const secret of SECRETS) {
          const beginning = secret.slice(0, 9)
          assert.equal(inspect(error, { depth: 9, showHidden: true }).includes(beginning), false)
          assert.equal(JSON.stringify(error).includes(beginning), false)
        }
      })
    }
  }
})
