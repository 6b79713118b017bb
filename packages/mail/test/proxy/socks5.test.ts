import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { textOf } from '../../src/base/octets.ts'
import { Secret } from '../../src/base/secret.ts'
import { ProxyFailed, type ProxyFailure } from '../../src/proxy/errors.ts'
import { play, playHangingUp } from '../../src/testing/play.ts'
import { credentials, open } from './requests.ts'

/** No authentication is offered and chosen. */
const OPEN = String.raw`
  C: \x05\x01\x00\
  S: \x05\x00\
`
const TO_MAIL = String.raw`C: \x05\x01\x00\x03\x10mail.example.org\x00\x19\
`
const CONNECTED = String.raw`S: \x05\x00\x00\x01\x7f\x00\x00\x01\x04\x38\
`
const WHOLE = `${OPEN}${TO_MAIL}${CONNECTED}`
const LOGGED_IN = String.raw`
  C: \x05\x02\x00\x02\
  S: \x05\x02\
  C: \x01\x03tim\x10tanstaaftanstaaf\
  S: \x01\x00\
  ${TO_MAIL}${CONNECTED}`

describe('A SOCKS5 proxy', () => {
  for (const cut of [undefined, [1], [3, 1, 2]]) {
    it(`connects to a name that it resolves itself (RFC 1928), cut ${cut?.join() ?? 'nowhere'}`, async () => {
      assert.equal((await play(open('socks5'), WHOLE, cut && { cut })).length, 0)
    })

    it(`lets a user in by password (RFC 1929), cut ${cut?.join() ?? 'nowhere'}`, async () => {
      await play(open('socks5', { credentials }), LOGGED_IN, cut && { cut })
    })
  }

  it('is not told the password when it wants none', async () => {
    const unasked = WHOLE.replace(
      String.raw`\x05\x01\x00\ `.trim(),
      String.raw`\x05\x02\x00\x02\ `.trim(),
    )

    await play(open('socks5', { credentials }), unasked)
  })

  for (const [host, octets] of [
    ['192.0.2.7', String.raw`\x01\xc0\x00\x02\x07`],
    ['2001:db8::1', String.raw`\x04\x20\x01\x0d\xb8${String.raw`\x00`.repeat(11)}\x01`],
  ] as const) {
    it(`gets ${host} as an address`, async () => {
      const transcript = `${OPEN}C: ${String.raw`\x05\x01\x00`}${octets}${String.raw`\x02\x4b`}\\\n${CONNECTED}`

      await play(open('socks5', { host, port: 587 }), transcript)
    })
  }

  for (const [form, answer] of [
    ['an IPv4 address', CONNECTED],
    ['a name', String.raw`S: \x05\x00\x00\x03\x05proxy\x04\x38\ `.trim()],
    ['an empty name', String.raw`S: \x05\x00\x00\x03\x00\x04\x38\ `.trim()],
    [
      'an IPv6 address',
      `S: ${String.raw`\x05\x00\x00\x04${String.raw`\x00`.repeat(16)}\x04\x38\ `.trim()}`,
    ],
  ] as const) {
    it(`may say where it connects from as ${form}; what comes behind is the mail server's`, async () => {
      const greeted = `${OPEN}${TO_MAIL}${answer.trimEnd()}\nS: 220 mail.example.org`

      assert.equal(textOf(await play(open('socks5'), greeted)), '220 mail.example.org\r\n')
    })
  }

  const failures: readonly (readonly [
    name: string,
    transcript: string,
    reason: ProxyFailure,
    words: RegExp | undefined,
  ])[] = [
    ['wants a login', String.raw`S: \x05\xff\ `, 'authentication', /no acceptable/],
    ['is none', 'S: HTTP/1.1 400 Bad Request', 'not-a-proxy', undefined],
    ['speaks SOCKS4', String.raw`S: \x00\x5a\ `, 'not-a-proxy', undefined],
    ['chooses what was not offered', String.raw`S: \x05\x02\ `, 'not-a-proxy', undefined],
  ]
  for (const [name, answer, reason, words] of failures) {
    it(`is given up when it ${name}`, async () => {
      const transcript = String.raw`
        C: \x05\x01\x00\
        ${answer.trim()}`

      await assert.rejects(play(open('socks5'), transcript), failed(reason, words))
    })
  }

  const replies: readonly (readonly [number, ProxyFailure, boolean])[] = [
    [1, 'failure', true],
    [2, 'refused', false],
    [3, 'target', true],
    [4, 'target', true],
    [5, 'target', true],
    [6, 'target', true],
    [7, 'unsupported', false],
    [8, 'unsupported', false],
    [9, 'failure', true],
  ]
  for (const [code, reason, transient] of replies) {
    it(`that answers with ${code} fails with '${reason}', although the answer may end there`, async () => {
      const transcript = `${OPEN}${TO_MAIL}S: ${String.raw`\x05\x0${code}`}\\\n`

      await assert.rejects(
        play(open('socks5'), transcript),
        (error) =>
          failed(reason, new RegExp(`^reply ${code}, `))(error) &&
          Object(error).transient === transient,
      )
    })
  }

  it('is given up when its answer has an address of no known type', async () => {
    const answer = String.raw`S: \x05\x00\x00\x07\ `.trim()

    await assert.rejects(
      play(open('socks5'), `${OPEN}${TO_MAIL}${answer}`),
      failed('not-a-proxy', undefined),
    )
  })

  it('refuses a password, and says so without it', async () => {
    const refused = `${LOGGED_IN.slice(0, LOGGED_IN.indexOf(TO_MAIL)).replace(String.raw`\x01\x00`, String.raw`\x01\x01`)}`

    await assert.rejects(
      play(open('socks5', { credentials }), refused),
      (error) => failed('authentication', /status 1/)(error) && !String(error).includes('tanstaaf'),
    )
  })

  it('that hangs up at any step is a failure that may pass', async () => {
    const outcomes = await playHangingUp(() => open('socks5', { credentials }), LOGGED_IN)

    assert.equal(outcomes.at(-1)?.kind, 'returned')
    for (const outcome of outcomes.slice(0, -1)) {
      assert.ok(outcome.kind === 'threw' && failed('lost', undefined)(outcome.error))
    }
  })

  it('S17 is not asked with credentials that its messages have no room for', () => {
    for (const user of ['', 'x'.repeat(256), 'tim\r\nadmin', 'tim\0']) {
      const made = { user, password: new Secret('tanstaaf') }
      assert.throws(() => open('socks5', { credentials: made }), RangeError, JSON.stringify(user))
    }
    const long = { user: 'tim', password: new Secret('x'.repeat(256)) }
    assert.throws(() => open('socks5', { credentials: long }), RangeError)
  })
})

function failed(reason: ProxyFailure, words: RegExp | undefined): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ProxyFailed, String(error))
    assert.equal(error.reason, reason)
    assert.equal(error.target, 'mail.example.org:25')
    assert.ok(error.hint)
    if (words === undefined) return true
    assert.match(error.proxyWords ?? '', words)
    return true
  }
}
