import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { textOf } from '../../src/base/octets.ts'
import { Secret } from '../../src/base/secret.ts'
import { ProxyFailed, type ProxyFailure } from '../../src/proxy/errors.ts'
import { play, playHangingUp } from '../../src/testing/play.ts'
import { credentials, open, PASSWORD } from './requests.ts'

const REQUEST = `
  C: CONNECT mail.example.org:25 HTTP/1.1
  C: Host: mail.example.org:25
  C:
`
const WITH_LOGIN = `
  C: CONNECT mail.example.org:25 HTTP/1.1
  C: Host: mail.example.org:25
  C: Proxy-Authorization: Basic dGltOnRhbnN0YWFmdGFuc3RhYWY=
  C:
`
const CONNECTED = `
  S: HTTP/1.1 200 Connection established
  S: Via: 1.1 proxy.example.org
  S: Content-Length: 5
  S:
`

describe('An HTTP proxy', () => {
  for (const cut of [undefined, [1], [5, 2, 1]]) {
    it(`connects (RFC 9110 §9.3.6), cut ${cut?.join() ?? 'nowhere'}`, async () => {
      await play(open('http'), REQUEST + CONNECTED, cut && { cut })
    })

    it(`lets a user in by password (RFC 7617), cut ${cut?.join() ?? 'nowhere'}`, async () => {
      await play(open('http', { credentials }), WITH_LOGIN + CONNECTED, cut && { cut })
    })
  }

  it('leaves what comes behind its answer to the mail server, whatever it says of content', async () => {
    const transcript = `${REQUEST}${CONNECTED}S: 220 mail.example.org`

    assert.equal(textOf(await play(open('http'), transcript)), '220 mail.example.org\r\n')
  })

  it('may give interim answers, and answers without words', async () => {
    const answers = `
      S: HTTP/1.1 100 Continue
      S:
      S: HTTP/1.1 103
      S: Link: </>
      S:
      S: HTTP/1.0 204
      S:`

    await play(open('http'), REQUEST + answers)
  })

  it('gets an IPv6 address in brackets', async () => {
    const transcript = `
      C: CONNECT [2001:db8::1]:587 HTTP/1.1
      C: Host: [2001:db8::1]:587
      C:
      ${CONNECTED}`

    await play(open('http', { host: '2001:db8::1', port: 587 }), transcript)
  })

  const failures: readonly (readonly [status: string, ProxyFailure, boolean])[] = [
    ['301 Moved', 'refused', false],
    ['403 Forbidden', 'refused', false],
    ['405 Method Not Allowed', 'unsupported', false],
    ['407 Proxy Authentication Required', 'authentication', false],
    ['429 Too Many Requests', 'failure', true],
    ['500 Internal Server Error', 'failure', true],
    ['501 Not Implemented', 'unsupported', false],
    ['502 Bad Gateway', 'target', true],
    ['503 Service Unavailable', 'failure', true],
    ['504 Gateway Timeout', 'target', true],
  ]
  for (const [status, reason, transient] of failures) {
    it(`that answers ${status} fails with '${reason}'`, async () => {
      await assert.rejects(
        play(open('http'), `${REQUEST}S: HTTP/1.1 ${status}\nS:\nS: <html>`),
        (error) => {
          assert.ok(error instanceof ProxyFailed, String(error))
          assert.equal(error.reason, reason)
          assert.equal(error.transient, transient)
          assert.equal(error.proxyWords, status)
          return true
        },
      )
    })
  }

  it('that knows another way to log in only is named with it', async () => {
    const answer = `
      S: HTTP/1.1 407 Who are you
      S: Proxy-Authenticate: NTLM
      S: proxy-authenticate: Negotiate abc
      S:`

    await assert.rejects(play(open('http', { credentials }), WITH_LOGIN + answer), (error) => {
      assert.ok(error instanceof ProxyFailed)
      assert.equal(error.proxyWords, '407 Who are you (NTLM, Negotiate)')
      assert.match(error.hint ?? '', /Basic/)
      assert.doesNotMatch(String(error), /tanstaaf|dGlt/)
      return true
    })
  })

  const token = 'dGltOnRhbnN0YWFmdGFuc3RhYWY='
  for (const answer of [
    `S: HTTP/1.1 407 not ${token}\nS:`,
    `S: HTTP/1.1 407 no\nS: Proxy-Authenticate: ${token}\nS:`,
    `S: HTTP/1.1 403 not for tim:${PASSWORD}\nS:`,
    `S: 500 unknown command "Proxy-Authorization: Basic ${token}"`,
  ]) {
    it(`that repeats the login does not have it shown: ${answer.slice(3, 24)}`, async () => {
      await assert.rejects(play(open('http', { credentials }), WITH_LOGIN + answer), (error) => {
        assert.ok(error instanceof ProxyFailed)
        assert.doesNotMatch(inspect(error, { depth: 9 }), /tanstaaf|dGltOnRhbn/)
        assert.match(error.proxyWords ?? '', /\*{8}/)
        return true
      })
    })
  }

  for (const [name, answer] of [
    ['is an SMTP server', 'S: 220 mail.example.org ESMTP'],
    ['is a SOCKS proxy', String.raw`S: \x05\x00`],
    ['says a status that does not exist', 'S: HTTP/1.1 999 ok'],
    ['speaks another version', 'S: HTTP/2 200 ok'],
    ['never ends its head', `S: HTTP/1.1 200 ok\n${'S: X-Filler: filler\n'.repeat(2_000)}`],
    ['never ends a line', `S: HTTP/1.1 200 ${'o'.repeat(20_000)}k`],
    ['gives interim answers for ever', 'S: HTTP/1.1 100 Continue\nS:\n'.repeat(2_000)],
  ] as const) {
    it(`is none when it ${name}`, async () => {
      await assert.rejects(
        play(open('http'), `${REQUEST}${answer}`),
        (error) => error instanceof ProxyFailed && error.reason === 'not-a-proxy',
      )
    })
  }

  it('that hangs up at any step is a failure that may pass', async () => {
    const outcomes = await playHangingUp(() => open('http'), REQUEST + CONNECTED, { cut: [4] })

    assert.equal(outcomes.at(-1)?.kind, 'returned')
    for (const outcome of outcomes.slice(0, -1)) {
      assert.ok(outcome.kind === 'threw' && outcome.error instanceof ProxyFailed)
      assert.equal(outcome.error.reason, 'lost')
      assert.equal(outcome.error.transient, true)
    }
  })

  it('S17 is not asked with credentials that could say more than they should', () => {
    for (const user of ['tim:x', 'tim\r\nX: y', 'tim\0']) {
      const made = { user, password: new Secret('tanstaaf') }
      assert.throws(() => open('http', { credentials: made }), RangeError, JSON.stringify(user))
    }
    const broken = { user: 'tim', password: new Secret('tan\r\nstaaf') }
    assert.throws(
      () => open('http', { credentials: broken }),
      (error) => error instanceof RangeError && !error.message.includes('staaf'),
    )
  })
})
