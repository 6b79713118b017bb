import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { Secret } from '../../src/base/secret.ts'
import type { Authentication } from '../../src/sasl/authentication.ts'
import { PASSWORD_MECHANISMS, TOKEN_MECHANISMS } from '../../src/sasl/choose.ts'
import { ProtocolLogger } from '../../src/wire/protocol-log.ts'
import { begin, BINDING } from './context.ts'

const SECRET = 'tanstaaftanstaaf'
const FORMS = [SECRET, Buffer.from(SECRET).toString('base64').slice(0, 18)]

/** What a server says first, where it speaks first or once. */
const CHALLENGES: Readonly<Record<string, string>> = {
  LOGIN: 'Username:',
  'CRAM-MD5': '<1@a>',
  'DIGEST-MD5': 'nonce="n",algorithm=md5-sess,charset=utf-8',
}

const BEGINNINGS = [
  ...PASSWORD_MECHANISMS.map((mechanism) => ({
    name: mechanism.name,
    start: (): Authentication =>
      begin(
        mechanism,
        { user: 'tim', password: new Secret(SECRET) },
        { channelBinding: BINDING, isBindingOffered: true },
      ),
  })),
  ...TOKEN_MECHANISMS.map((mechanism) => ({
    name: mechanism.name,
    start: (): Authentication =>
      begin(mechanism, { kind: 'token', user: 'tim', token: new Secret(SECRET) }),
  })),
]

/** Carries the authentication on as far as the server knows what to say, and gives all that was sent. */
function carryOn(authentication: Authentication): readonly string[] {
  const { mechanism } = authentication
  const sent: string[] = []
  const initial = authentication.initialResponse(2_000)
  if (initial !== undefined) sent.push(initial)
  const challenge = mechanism.startsWith('SCRAM')
    ? answerScram(initial ?? '')
    : CHALLENGES[mechanism]
  if (challenge !== undefined) sent.push(answer(authentication, challenge))
  if (mechanism === 'LOGIN') sent.push(answer(authentication, 'Password:'))
  return sent
}

function answerScram(initial: string): string {
  const nonce = Buffer.from(initial, 'base64').toString().split('r=')[1] ?? ''
  return `r=${nonce}server,s=QSXCR+Q6sek8bf92,i=4096`
}

function answer(authentication: Authentication, challenge: string): string {
  return authentication.answer(Buffer.from(challenge).toString('base64'))
}

describe('The secret', () => {
  for (const { name, start } of BEGINNINGS) {
    it(`A15 of ${name} does not show when the authentication is looked at`, () => {
      const authentication = start()
      carryOn(authentication)

      assertHidden([inspect(authentication, { depth: 9, showHidden: true })], FORMS)
      assertHidden([JSON.stringify(authentication)], FORMS)
    })

    it(`A15 of ${name} does not show in the error, although the server repeats all that it was sent`, () => {
      const authentication = start()
      const sent = carryOn(authentication)
      const words = [...sent, SECRET, Buffer.from(SECRET).toString('base64')].join(' ')

      const error = authentication.rejected({ serverWords: words, transient: false, hint: 'no' })

      const shown = [inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error)]
      assertHidden(shown, [...FORMS, ...sent.filter((text) => text.length > 3)])
    })

    it(`A15 of ${name} does not show in the error, although the server repeats the beginning of what it was sent`, () => {
      const authentication = start()
      const sent = [...carryOn(authentication), SECRET]
      const beginnings = sent.filter((text) => text.length > 12).map((text) => text.slice(0, 12))

      for (const beginning of beginnings) {
        const serverWords = `what is ${beginning}...?`
        const error = authentication.rejected({ serverWords, transient: false, hint: 'no' })

        assert.match(error.message, /what is \*{8}\.\.\.\?/)
        assertHidden([inspect(error, { depth: 9, showHidden: true })], [beginning])
      }
    })

    it(`A15 of ${name} does not show in the log, in any piece`, () => {
      const sent = carryOn(start())
      const lines: string[] = []
      const logger = new ProtocolLogger((line) => lines.push(line))

      for (const response of sent) {
        logger.sent(Buffer.from(`${response}\r\n`), { logAs: '********' })
        for (const octet of Buffer.from(`535 what? ${response}\r\n`)) {
          logger.received(Uint8Array.of(octet))
        }
      }

      assert.equal(lines.length, sent.length * 2)
      assertHidden(lines, [...FORMS, ...sent.filter((text) => text.length > 3)])
    })
  }

  it('A15 does not show in the error, although the server took its octets for characters', () => {
    const password = new Secret('пароль')
    for (const mechanism of PASSWORD_MECHANISMS.filter(({ isClearText }) => isClearText)) {
      const authentication = begin(mechanism, { user: 'tim', password })
      const octets = Buffer.from(password.reveal())
      for (const misread of [octets.toString('latin1'), new TextDecoder('latin1').decode(octets)]) {
        const serverWords = `535 tim\0${misread}`
        const error = authentication.rejected({ serverWords, transient: false, hint: 'no' })

        assert.match(error.message, /535 tim\\u\{0\}\*{8}$/)
      }
    }
  })
})

function assertHidden(shown: readonly string[], secrets: readonly string[]): void {
  for (const text of shown) {
    for (const secret of secrets) assert.ok(!text.includes(secret), text)
  }
}
