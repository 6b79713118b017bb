import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { drive } from '../../src/net/drive.ts'
import { TlsFailed } from '../../src/net/errors.ts'
import { NoUsableMechanism } from '../../src/sasl/errors.ts'
import { SmtpReplyRejected } from '../../src/smtp/errors.ts'
import { quit } from '../../src/smtp/session.ts'
import { play } from '../../src/testing/play.ts'
import { TranscriptConnection } from '../../src/testing/transcript-connection.ts'
import { ConnectionLost, ProtocolViolation, TlsUnavailable } from '../../src/wire/errors.ts'
import { credentials, open, opening } from './conversation.ts'

const starttls = { tls: 'starttls' } as const

describe('SMTP greeting', () => {
  it('S8 that is 421 refuses the connection for now', async () => {
    await assert.rejects(play(open(), 'S: 421 4.3.2 too busy'), {
      code: 'SMTP_REPLY_REJECTED',
      transient: true,
      command: 'the connection',
      message: 'the connection was rejected: 421 4.3.2 too busy',
      hint: 'Try again later',
    })
  })

  it('that is 554 refuses the connection for good', async () => {
    await assert.rejects(
      play(open(), 'S: 554 5.7.1 no mail from there'),
      (error) => error instanceof SmtpReplyRejected && !error.transient && error.reply.code === 554,
    )
  })

  for (const [name, line] of [
    ['of POP3', 'S: +OK ready'],
    ['with another code', 'S: 250 hello'],
    ['of HTTP', 'S: HTTP/1.1 400 Bad Request'],
  ] as const) {
    it(`${name} is a violation`, async () => {
      await assert.rejects(play(open(), line), ProtocolViolation)
    })
  }

  it('T6 with more behind it is a violation: nothing was asked yet', async () => {
    await assert.rejects(play(open(), 'S: 220 hello\nS: 250 PIPELINING'), {
      code: 'PROTOCOL_VIOLATION',
      line: '250 PIPELINING',
    })
  })

  it('that does not come is a lost connection', async () => {
    await assert.rejects(play(open(), ''), ConnectionLost)
  })
})

describe('EHLO', () => {
  const unknown = `
    S: 220 mail.example.org
    C: EHLO shop-1.example.org
    S: 502 5.5.1 not implemented`

  it('S15 that is not known makes way for HELO', async () => {
    const session = await play(
      open({ tls: 'none' }),
      `${unknown}
      C: HELO shop-1.example.org
      S: 250 mail.example.org at your service`,
    )

    assert.deepEqual(session.extensions.keywords, [])
    assert.equal(session.extensions.serverName, 'mail.example.org')
  })

  it('S15 T1 that is not known is the end when TLS is wanted', async () => {
    await assert.rejects(
      play(open(starttls), unknown),
      (error) =>
        error instanceof TlsUnavailable && error.message.endsWith('502 5.5.1 not implemented'),
    )
  })

  it('S15 A11 that is not known is the end when there are credentials', async () => {
    await assert.rejects(play(open({ credentials }), unknown), NoUsableMechanism)
  })

  it('S8 that is refused for another reason is not replaced by HELO', async () => {
    const refused = `
      S: 220 mail.example.org
      C: EHLO shop-1.example.org`

    await assert.rejects(play(open(), `${refused}\nS: 421 4.7.0 closing`), SmtpReplyRejected)
    await assert.rejects(play(open(), `${refused}\nS: 550 5.7.1 policy`), {
      code: 'SMTP_REPLY_REJECTED',
      command: 'EHLO shop-1.example.org',
    })
  })

  it('is the end when HELO is refused too', async () => {
    await assert.rejects(
      play(open({ tls: 'none' }), `${unknown}\nC: HELO shop-1.example.org\nS: 501 go away`),
      { code: 'SMTP_REPLY_REJECTED', command: 'HELO shop-1.example.org' },
    )
  })

  it('S6 whose lines differ in their codes is a violation', async () => {
    const mixed = `
      S: 220 mail.example.org
      C: EHLO shop-1.example.org
      S: 250-mail.example.org
      S: 500 what`

    await assert.rejects(play(open(), mixed), ProtocolViolation)
  })
})

describe('STARTTLS', () => {
  it('T1 that is not offered ends the session, and nothing is sent', async () => {
    await assert.rejects(
      play(open({ tls: 'starttls', credentials }), opening('AUTH PLAIN', 'XSTARTTLS')),
      (error) => error instanceof TlsUnavailable && !error.transient,
    )
  })

  for (const { name, reply, transient } of [
    { name: 'refused', reply: '502 5.5.1 unknown', transient: false },
    { name: 'refused for now', reply: '454 4.7.0 no entropy', transient: true },
    { name: 'answered with another code', reply: '250 ok', transient: false },
    { name: 'answered with 421', reply: '421 4.3.2 closing', transient: true },
  ]) {
    it(`T1 that is ${name} ends the session, and nothing is sent`, async () => {
      await assert.rejects(
        play(
          open({ tls: 'starttls', credentials }),
          `${opening('STARTTLS', 'AUTH PLAIN')}
          C: STARTTLS
          S: ${reply}`,
        ),
        (error) => error instanceof TlsUnavailable && error.transient === transient,
      )
    })
  }

  it('T2 is not begun when something came with the reply to it', async () => {
    await assert.rejects(
      play(
        open(starttls),
        `${opening('STARTTLS')}
        C: STARTTLS
        S: 220 go ahead
        S: 250 AUTH PLAIN`,
      ),
      { code: 'PROTOCOL_VIOLATION', line: '250 AUTH PLAIN\\u{d}\\u{a}' },
    )
  })

  it('T2 is not begun when something comes after the reply to it', async () => {
    const late = `${opening('STARTTLS')}
      C: STARTTLS
      S: 220 go ahead
      S: 250 AUTH PLAIN
      -- TLS`
    // The reply is one piece, what was smuggled in the next: the connection sees it, the engine can't.
    const server = new TranscriptConnection(late, { cut: [1_000, 1_000, 14, 1_000] })

    await assert.rejects(drive(open(starttls), server), TlsFailed)
  })

  it('T5 makes everything forgotten that was offered before', async () => {
    const session = await play(
      open(starttls),
      `${opening('STARTTLS', 'AUTH PLAIN', 'SIZE 5', 'PIPELINING')}
      C: STARTTLS
      S: 220 go ahead
      -- TLS
      C: EHLO shop-1.example.org
      S: 250-mail.example.org
      S: 250 SIZE 9`,
    )

    assert.deepEqual(session.extensions.keywords, ['SIZE'])
    assert.equal(session.extensions.sizeLimit, 9)
  })

  it('T5 makes mechanisms count that come after it only', async () => {
    await assert.rejects(
      play(
        open({ tls: 'starttls', credentials }),
        `${opening('STARTTLS', 'AUTH PLAIN')}
        C: STARTTLS
        S: 220 go ahead
        -- TLS
        C: EHLO shop-1.example.org
        S: 250 mail.example.org`,
      ),
      NoUsableMechanism,
    )
  })

  it('S15 is not followed by HELO', async () => {
    await assert.rejects(
      play(
        open(starttls),
        `${opening('STARTTLS')}
        C: STARTTLS
        S: 220 go ahead
        -- TLS
        C: EHLO shop-1.example.org
        S: 502 5.5.1 not implemented`,
      ),
      SmtpReplyRejected,
    )
  })
})

describe('QUIT', () => {
  it('is said, and any answer is taken', async () => {
    function* openAndQuit(): ReturnType<typeof quit> {
      yield* quit(yield* open())
    }

    await play(openAndQuit(), `${opening()}\nC: QUIT\nS: 221 bye`)
    await play(openAndQuit(), `${opening()}\nC: QUIT\nS: 500 what`)
  })
})
