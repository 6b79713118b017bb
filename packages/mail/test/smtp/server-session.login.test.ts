import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeBase64 } from '../../src/base/base64.ts'
import { SmtpServerSession } from '../../src/smtp/server-session.ts'
import { codesOf, EHLO, heard, lastReply, octetsOf, OPTIONS, say, settle } from './server-talk.ts'

describe('SMTP server session and STARTTLS', () => {
  const inClear = { isEncrypted: false }

  test('forgets EHLO when the connection is encrypted', () => {
    const session = new SmtpServerSession({ ...OPTIONS, ...inClear })
    settle(session, session.receive(octetsOf(EHLO)))
    const started = heard(settle(session, session.receive(octetsOf('STARTTLS\r\n'))))
    const after = heard(settle(session, session.receive(octetsOf('MAIL FROM:<a@b.c>\r\n'))))

    assert.equal(started.replies, '220 2.0.0 start TLS now\r\n')
    assert.match(after.replies, /^503 /)
  })

  test('ends the session when commands came with it', () => {
    const result = say(`${EHLO}STARTTLS\r\nMAIL FROM:<evil@example.org>\r\n`, inClear)

    assert.match(lastReply(result), /^554 /)
    assert.equal(result.events.at(-1)?.kind, 'close')
    assert.ok(!result.events.some((event) => event.kind === 'startTls'))
  })

  test('is refused when there is no certificate', () => {
    assert.match(
      lastReply(say(`${EHLO}STARTTLS\r\n`, { ...inClear, offersStartTls: false })),
      /^502 /,
    )
  })
})

describe('SMTP server session and AUTH', () => {
  const plain = encodeBase64(octetsOf('\0shop\0tanstaaf'))
  const user = encodeBase64(octetsOf('shop'))
  const password = encodeBase64(octetsOf('tanstaaf'))

  const exchanges = [
    { name: 'PLAIN with an initial response', text: `AUTH PLAIN ${plain}\r\n` },
    { name: 'PLAIN after a challenge', text: `AUTH PLAIN\r\n${plain}\r\n` },
    { name: 'LOGIN', text: `AUTH LOGIN\r\n${user}\r\n${password}\r\n` },
    { name: 'LOGIN with an initial response', text: `auth login ${user}\r\n${password}\r\n` },
  ]
  for (const { name, text } of exchanges) {
    test(`understands ${name}`, () => {
      const result = say(`${EHLO}${text}`)

      const login = result.events.find((event) => event.kind === 'login')
      assert.equal(login?.user, 'shop')
      assert.equal(login?.password?.reveal(), 'tanstaaf')
      assert.equal(lastReply(result), '235 2.7.0 logged in')
    })
  }

  test('challenges LOGIN with the words that clients know', () => {
    const { replies } = say(`${EHLO}AUTH LOGIN\r\n${user}\r\n`)

    assert.match(replies, /334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n$/)
  })

  const refused = [
    { name: 'a cancelled exchange', text: 'AUTH PLAIN\r\n*\r\n', code: '501' },
    { name: 'a response that is not base64', text: 'AUTH PLAIN\r\n!\r\n', code: '501' },
    { name: 'a response without a password', text: 'AUTH PLAIN AHNob3A=\r\n', code: '501' },
    {
      name: 'a login in the name of somebody else',
      text: `AUTH PLAIN ${encodeBase64(octetsOf('boss\0shop\0tanstaaf'))}\r\n`,
      code: '501',
    },
    { name: 'an unknown mechanism', text: 'AUTH CRAM-MD5\r\n', code: '504' },
    { name: 'a second login', text: `AUTH PLAIN ${plain}\r\nAUTH PLAIN ${plain}\r\n`, code: '503' },
  ]
  for (const { name, text, code } of refused) {
    test(`refuses ${name} with ${code}`, () => {
      assert.equal(codesOf(say(`${EHLO}${text}`)).at(-1), code)
    })
  }

  test('is refused and not offered without encryption', () => {
    const result = say(`${EHLO}AUTH PLAIN ${plain}\r\n`, { isEncrypted: false })

    assert.doesNotMatch(result.replies, /250.AUTH/)
    assert.match(lastReply(result), /^538 /)
  })

  test('leaves a client with wrong credentials logged out', () => {
    const result = say(
      `${EHLO}AUTH PLAIN ${plain}\r\nMAIL FROM:<a@b.c>\r\n`,
      { requiresLogin: true },
      { login: '535 5.7.8 wrong' },
    )

    assert.deepEqual(codesOf(result).slice(-2), ['535', '530'])
  })

  test('shows in the protocol of the Received field', () => {
    const { letters } = say(
      `${EHLO}AUTH PLAIN ${plain}\r\nMAIL FROM:<a@b.c> SMTPUTF8\r\nRCPT TO:<d@e.f>\r\nDATA\r\n.\r\n`,
    )

    assert.equal(letters[0]?.protocol, 'UTF8SMTPSA')
  })
})
