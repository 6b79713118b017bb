import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { AssertionFailed } from '../../src/base/assert.ts'
import type { SmtpServerEvent } from '../../src/smtp/server-event.ts'
import { SmtpServerSession } from '../../src/smtp/server-session.ts'
import {
  codesOf,
  EHLO,
  heard,
  lastReply,
  octetsOf,
  OPTIONS,
  say,
  settle,
  TRANSACTION,
} from './server-talk.ts'

const latin1 = new TextDecoder('latin1')

describe('SMTP server session', () => {
  test('greets with its name', () => {
    const session = new SmtpServerSession(OPTIONS)

    assert.equal(heard(session.start()).replies, '220 mail.test ESMTP\r\n')
  })

  test('announces what it can after EHLO', () => {
    const { replies } = say(EHLO, { isEncrypted: false, allowsClearTextLogin: true })

    assert.equal(
      replies,
      '250-mail.test greets shop.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n' +
        '250-ENHANCEDSTATUSCODES\r\n250-CHUNKING\r\n250-BINARYMIME\r\n250-DSN\r\n250-SIZE 10000\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n',
    )
  })

  test('offers STARTTLS no more once the connection is encrypted', () => {
    assert.doesNotMatch(say(EHLO).replies, /STARTTLS/)
  })

  test('announces nothing after HELO', () => {
    assert.equal(say('HELO shop.example\r\n').replies, '250 mail.test greets shop.example\r\n')
  })

  test('takes a letter, with the last line end and without dot-stuffing', () => {
    const result = say(`${TRANSACTION}Subject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n`)

    assert.deepEqual(codesOf(result), ['250', '250', '250', '354', '250', '221'])
    const [letter] = result.letters
    assert.equal(latin1.decode(letter?.octets), 'Subject: x\r\n\r\n.dot\r\n')
    assert.equal(letter?.reversePath, 'a@example.org')
    assert.deepEqual(letter?.forwardPaths, ['b@example.org'])
    assert.equal(letter?.clientName, 'shop.example')
    assert.equal(letter?.protocol, 'ESMTPS')
  })

  test('takes several letters in one session', () => {
    const envelope = TRANSACTION.slice(EHLO.length)

    const { letters } = say(`${EHLO}${envelope}one\r\n.\r\n${envelope}two\r\n.\r\n`)

    assert.deepEqual(
      letters.map((letter) => latin1.decode(letter.octets)),
      ['one\r\n', 'two\r\n'],
    )
  })

  test('does not care how the network cuts a session', () => {
    const octets = octetsOf(`${TRANSACTION}.\r.\r\n..\r\n\r\n.\r\nNOOP\r\nQUIT\r\n`)
    const whole = say(octets)

    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sizes) => {
        const session = new SmtpServerSession(OPTIONS)
        session.start()
        const events: SmtpServerEvent[] = []
        for (let at = 0, piece = 0; at < octets.length; piece++) {
          const end = at + (sizes[piece % sizes.length] ?? 1)
          events.push(...settle(session, session.receive(octets.slice(at, end))))
          at = end
        }

        const pieces = heard(events)

        assert.equal(pieces.replies, whole.replies)
        assert.deepEqual(pieces.letters, whole.letters)
      }),
    )
  })

  test('answers any octets with replies only', () => {
    const session = (): SmtpServerSession => new SmtpServerSession(OPTIONS)

    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (pieces) => {
        const subject = session()
        const events = pieces.flatMap((piece) => settle(subject, subject.receive(piece)))

        assert.match(heard(events).replies, /^([2345][0-9]{2}[ -][\x20-\x7e]*\r\n)*$/)
      }),
    )
  })
})

describe('SMTP server session and the end of a letter', () => {
  const impostors = [
    '\n.\n',
    '\n.\r\n',
    '\r.\r',
    '\r.\r\n',
    '\r\n.\n',
    '\r\n.\r',
    '\r.\n',
    '\n.\r',
    '\r\r\n.\r\r\n',
    '\r\n\0.\r\n',
    '\r\n.\0\r\n',
    '\r\n.\r\r\n',
  ]
  for (const impostor of impostors) {
    test(`does not take ${JSON.stringify(impostor)} for it`, () => {
      const smuggled = 'MAIL FROM:<evil@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nsmuggled'

      const { letters, replies } = say(
        octetsOf(`${TRANSACTION}text${impostor}${smuggled}\r\n.\r\nQUIT\r\n`),
      )

      assert.equal(letters.length, 1)
      assert.match(latin1.decode(letters[0]?.octets), /smuggled\r\n$/)
      assert.match(replies, /221 .*\r\n$/)
    })
  }
})

describe('SMTP server session and the order of commands', () => {
  const cases = [
    { name: 'MAIL before EHLO', text: 'MAIL FROM:<a@b.c>\r\n', code: '503' },
    { name: 'RCPT before MAIL', text: `${EHLO}RCPT TO:<a@b.c>\r\n`, code: '503' },
    { name: 'DATA before MAIL', text: `${EHLO}DATA\r\n`, code: '503' },
    {
      name: 'DATA without a recipient',
      text: `${EHLO}MAIL FROM:<a@b.c>\r\nDATA\r\n`,
      code: '554',
    },
    {
      name: 'MAIL in a transaction',
      text: `${EHLO}MAIL FROM:<a@b.c>\r\nMAIL FROM:<a@b.c>\r\n`,
      code: '503',
    },
    {
      name: 'RCPT after RSET',
      text: `${EHLO}MAIL FROM:<a@b.c>\r\nRSET\r\nRCPT TO:<a@b.c>\r\n`,
      code: '503',
    },
    {
      name: 'RCPT after a second EHLO',
      text: `${EHLO}MAIL FROM:<a@b.c>\r\n${EHLO}RCPT TO:<a@b.c>\r\n`,
      code: '503',
    },
    { name: 'AUTH after HELO', text: 'HELO shop.example\r\nAUTH PLAIN\r\n', code: '503' },
    { name: 'STARTTLS inside TLS', text: `${EHLO}STARTTLS\r\n`, code: '502' },
    { name: 'an unknown command', text: `${EHLO}XCLIENT\r\n`, code: '500' },
  ]
  for (const { name, text, code } of cases) {
    test(`refuses ${name} with ${code}`, () => {
      assert.equal(codesOf(say(text)).at(-1), code)
    })
  }

  test('wants a login before MAIL when that is the policy', () => {
    const result = say(`${EHLO}MAIL FROM:<a@b.c>\r\n`, { requiresLogin: true })

    assert.equal(lastReply(result), '530 5.7.0 authentication required')
  })

  test('loses patience with a client that is wrong all the time', () => {
    const result = say('NONSENSE\r\n'.repeat(100))

    assert.equal(lastReply(result), '421 4.7.0 too many errors')
    assert.equal(result.events.at(-1)?.kind, 'close')
  })
})

describe('SMTP server session and the arguments of commands', () => {
  const refused = [
    { name: 'a space after FROM:', text: 'MAIL FROM: <a@b.c>', code: '501' },
    { name: 'a path without brackets', text: 'MAIL FROM:a@b.c', code: '501' },
    { name: 'a path without a domain', text: 'MAIL FROM:<a>', code: '501' },
    { name: 'two dots in a local part', text: 'MAIL FROM:<a..b@c.d>', code: '501' },
    { name: 'a parameter that is glued on', text: 'MAIL FROM:<a@b.c>SIZE=1', code: '501' },
    { name: 'a parameter twice', text: 'MAIL FROM:<a@b.c> SIZE=1 SIZE=2', code: '501' },
    { name: 'an unknown parameter', text: 'MAIL FROM:<a@b.c> RET=ALL', code: '555' },
    { name: 'a SIZE that is no number', text: 'MAIL FROM:<a@b.c> SIZE=x', code: '555' },
    { name: 'an unknown BODY', text: 'MAIL FROM:<a@b.c> BODY=9BIT', code: '555' },
    { name: 'a SIZE above the limit', text: 'MAIL FROM:<a@b.c> SIZE=10001', code: '552' },
    { name: 'a path that needs SMTPUTF8', text: 'MAIL FROM:<магазин@b.c>', code: '553' },
    { name: 'a path that is too long', text: `MAIL FROM:<a@${'b'.repeat(255)}>`, code: '501' },
    { name: 'a greeting that is no domain', text: 'EHLO shop example', code: '501' },
    { name: 'an argument of DATA', text: 'DATA x', code: '501' },
    { name: 'a NUL', text: 'NOOP \0', code: '500' },
  ]
  for (const { name, text, code } of refused) {
    test(`refuses ${name} with ${code}`, () => {
      assert.equal(codesOf(say(`${EHLO}${text}\r\n`)).at(-1), code)
    })
  }

  const accepted = [
    { name: 'the null reverse-path', text: 'MAIL FROM:<>' },
    { name: 'any case', text: 'mail from:<a@b.c> size=5 body=8bitmime' },
    { name: 'a quoted local part', text: 'MAIL FROM:<"a> b\\""@c.d>' },
    { name: 'an address literal', text: 'MAIL FROM:<a@[127.0.0.1]>' },
    {
      name: 'every parameter at once',
      text: 'MAIL FROM:<а@б.в> SMTPUTF8 BODY=8BITMIME SIZE=10000',
    },
  ]
  for (const { name, text } of accepted) {
    test(`accepts ${name}`, () => {
      assert.equal(codesOf(say(`${EHLO}${text}\r\n`)).at(-1), '250')
    })
  }

  test('refuses parameters after HELO', () => {
    assert.match(lastReply(say('HELO a.b\r\nMAIL FROM:<a@b.c> SIZE=1\r\n')), /^555 /)
  })

  test('refuses a parameter of RCPT', () => {
    const result = say(`${EHLO}MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f> NOTIFY=NEVER,DELAY\r\n`)

    assert.match(lastReply(result), /^555 /)
  })

  test('ignores a source route', () => {
    const result = say(`${EHLO}MAIL FROM:<a@b.c>\r\nRCPT TO:<@x.y,@z:d@e.f>\r\n`)

    const question = result.events.find((event) => event.kind === 'recipient')
    assert.equal(question?.forwardPath, 'd@e.f')
  })

  test('stops at a hundred recipients', () => {
    const result = say(`${EHLO}MAIL FROM:<a@b.c>\r\n${'RCPT TO:<d@e.f>\r\n'.repeat(101)}`)

    assert.match(lastReply(result), /^452 4\.5\.3 /)
  })

  test('closes on a line without an end', () => {
    const result = say('x'.repeat(20_000))

    assert.match(result.replies, /^500 5\.5\.6 /)
    assert.equal(result.events.at(-1)?.kind, 'close')
  })
})

describe('SMTP server session and the size of a letter', () => {
  test('accepts a letter as large as the limit', () => {
    const content = `${'x'.repeat(9_998)}\r\n`

    const { letters } = say(`${TRANSACTION}${content}.\r\n`)

    assert.equal(letters[0]?.octets.length, 10_000)
  })

  test('refuses a larger one, and goes on after it', () => {
    const content = `${'x'.repeat(9_999)}\r\n`

    const result = say(`${TRANSACTION}${content}.\r\nNOOP\r\n`)

    assert.deepEqual(codesOf(result).slice(-2), ['552', '250'])
    assert.deepEqual(result.letters, [])
  })
})

describe('SMTP server session and its questions', () => {
  test('reads nothing before a question is answered', () => {
    const session = new SmtpServerSession(OPTIONS)
    session.start()

    const events = session.receive(octetsOf('NOOP\r\nNOOP\r\n'))

    assert.deepEqual(events, [{ kind: 'command', line: 'NOOP' }])
    assert.deepEqual(session.receive(octetsOf('NOOP\r\n')), [])
    assert.deepEqual(
      session.answer().map((event) => event.kind),
      ['send', 'command'],
    )
  })

  test('says what it is told to and does not execute the command', () => {
    const result = say(`${EHLO}`, {}, { command: '451 4.3.0 not now' })

    assert.equal(result.replies, '451 4.3.0 not now\r\n')
  })

  test('forgets a refused recipient', () => {
    const result = say(TRANSACTION, {}, { recipient: '550 5.1.1 unknown' })

    assert.deepEqual(codesOf(result).slice(-2), ['550', '554'])
  })

  test('refuses a letter with the words it is given', () => {
    const result = say(`${TRANSACTION}x\r\n.\r\n`, {}, { letter: '554 5.7.1 virus' })

    assert.equal(lastReply(result), '554 5.7.1 virus')
  })

  test('does not take an answer that nobody asked for', () => {
    assert.throws(() => new SmtpServerSession(OPTIONS).answer(), AssertionFailed)
  })
})
