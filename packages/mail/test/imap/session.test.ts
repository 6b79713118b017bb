import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ImapCommandRejected } from '../../src/imap/errors.ts'
import { TlsFailed } from '../../src/net/errors.ts'
import { play, playHangingUp } from '../../src/testing/play.ts'
import { ConnectionLost, ProtocolViolation, TlsUnavailable } from '../../src/wire/errors.ts'
import { logIn, transcript, workThrough } from './conversation.ts'

const WORK = {
  mailboxes: ['INBOX: 2', 'Sent: 0', 'Архив: undefined'],
  inbox: [true, false, true],
  unseen: '7',
  letters: [
    [4, ['\\Seen'], 33, 'Subject: one\r\n\r\n'],
    [7, [], 40, 'Subject: два {9}\r\n\r\n'],
  ],
  content: 'a {3}\r\n)\r\nA7 OK\r\n',
  moved: [{ uidValidity: 1_795_324_581, sourceUids: [7], targetUids: [12] }],
  appended: { uidValidity: 1_795_324_581, uid: 13 },
}

for (const { name, tls } of [
  { name: 'auth-plain', tls: 'implicit' },
  { name: 'starttls-login', tls: 'starttls' },
] as const) {
  describe(`IMAP conversation ${name}`, () => {
    const text = transcript(name)

    it('I1 I2 I6 is understood', async () => {
      assert.deepEqual(await play(workThrough({ tls }), text), WORK)
    })

    it('I1 is understood octet by octet', async () => {
      assert.deepEqual(await play(workThrough({ tls }), text, { cut: [1] }), WORK)
    })

    it('I1 does not depend on how the network cuts it', async () => {
      const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 })
      await fc.assert(
        fc.asyncProperty(sizes, async (cut) => {
          assert.deepEqual(await play(workThrough({ tls }), text, { cut }), WORK)
        }),
        { numRuns: 20 },
      )
    })

    it('ends with ConnectionLost wherever it breaks', async () => {
      const outcomes = await playHangingUp(() => workThrough({ tls }), text)
      const broken = outcomes.slice(0, -1)

      assert.ok(broken.length > 20)
      for (const outcome of broken) {
        assert.ok(outcome.kind === 'threw' && outcome.error instanceof ConnectionLost)
      }
      assert.equal(outcomes.at(-1)?.kind, 'returned')
    })
  })
}

describe('IMAP greeting', () => {
  it('that says BYE is an error with the words, and nothing is sent', async () => {
    await assert.rejects(
      play(logIn(), 'S: * BYE [UNAVAILABLE] too many connections'),
      (error) =>
        error instanceof ImapCommandRejected &&
        error.transient &&
        error.message === 'the session was rejected: BYE [UNAVAILABLE] too many connections',
    )
  })

  for (const line of ['220 mail.example.org ESMTP', '+OK ready', '* NO', '* 3 EXISTS', 'A1 OK']) {
    it(`of another protocol is a violation: ${line}`, async () => {
      await assert.rejects(play(logIn(), `S: ${line}`), ProtocolViolation)
    })
  }

  it('that says PREAUTH needs no login on an encrypted connection', async () => {
    const session = await play(
      logIn(),
      `
      S: * PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello tim`,
    )

    assert.ok(session.capabilities.has('IDLE'))
  })

  it('T4 that says PREAUTH where STARTTLS was asked for ends the session, and nothing is sent', async () => {
    for (const behind of ['', '\nS: A1 OK begin']) {
      await assert.rejects(
        play(logIn({ tls: 'starttls' }), `S: * PREAUTH hello${behind}`),
        (error) => error instanceof TlsUnavailable && !error.transient,
      )
    }
  })

  it('I15 is believed in what it says of capabilities, where it came encrypted', async () => {
    await play(
      logIn(),
      `
      S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
      C: A1 AUTHENTICATE PLAIN
      S: +
      C: AHRpbQB0YW5zdGFhZg==
      S: * CAPABILITY IMAP4rev1 IDLE
      S: A1 OK in`,
    )
  })

  it('I15 that says nothing of capabilities is followed by the question, and so is the login', async () => {
    const session = await play(
      logIn(),
      `
      S: * OK ready
      C: A1 CAPABILITY
      S: * CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN
      S: A1 OK
      C: A2 AUTHENTICATE PLAIN AHRpbQB0YW5zdGFhZg==
      S: A2 OK in
      C: A3 CAPABILITY
      S: * CAPABILITY IMAP4rev1 MOVE
      S: A3 OK`,
    )

    assert.deepEqual(session.capabilities.names, ['IMAP4rev1', 'MOVE'])
  })
})

describe('STARTTLS', () => {
  const starttls = { tls: 'starttls' } as const

  for (const { answer, transient } of [
    { answer: 'BAD unknown command', transient: false },
    { answer: 'NO [UNAVAILABLE] no entropy', transient: true },
  ]) {
    it(`T1 that is refused with ${answer} ends the session before any credentials`, async () => {
      await assert.rejects(
        play(logIn(starttls), `S: * OK ready\nC: A1 STARTTLS\nS: A1 ${answer}`),
        (error) => error instanceof TlsUnavailable && error.transient === transient,
      )
    })
  }

  it('T1 that a server does not name is asked for all the same, because anybody may have taken it away', async () => {
    await assert.rejects(
      play(
        logIn(starttls),
        'S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED] x\nC: A1 STARTTLS\nS: A1 BAD no',
      ),
      TlsUnavailable,
    )
  })

  it('T2 is not begun when something came with the answer to it', async () => {
    for (const injected of ['* CAPABILITY IMAP4rev1 AUTH=PLAIN', 'A2 OK', 'x\\']) {
      await assert.rejects(
        play(logIn(starttls), `S: * OK ready\nC: A1 STARTTLS\nS: A1 OK go\nS: ${injected}`),
        ProtocolViolation,
      )
    }
  })

  it('T2 fails when something comes between the answer and the handshake', async () => {
    await assert.rejects(
      play(
        logIn(starttls),
        `
        S: * OK ready
        C: A1 STARTTLS
        S: A1 OK go
        S: * OK
        -- TLS`,
        { cut: [12, 10, 100] },
      ),
      ({ cause }) => cause instanceof TlsFailed && cause.check === 'octets-before-tls',
    )
  })

  it('T3 is not done with by an answer that came before it was sent', async () => {
    await assert.rejects(
      play(logIn(starttls), 'S: * OK ready\nS: A1 OK Begin TLS'),
      ProtocolViolation,
    )
    await assert.rejects(
      play(logIn(starttls), 'S: * OK ready\nS: A1 OK Begin TLS', { cut: [12] }),
      ProtocolViolation,
    )
  })

  it('T5 T6 is followed by CAPABILITY: only what is said over TLS counts, and nothing else is kept', async () => {
    const session = await play(
      logIn(starttls),
      `
      S: * OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5 UIDPLUS] ready
      S: * CAPABILITY IMAP4rev1 AUTH=CRAM-MD5
      S: * OK [ALERT] Your password has expired, see http://example.net
      C: A1 STARTTLS
      S: * ENABLED UTF8=ACCEPT
      S: A1 OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5] go
      -- TLS
      C: A2 CAPABILITY
      S: * CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR
      S: A2 OK
      C: A3 AUTHENTICATE PLAIN AHRpbQB0YW5zdGFhZg==
      S: A3 OK [CAPABILITY IMAP4rev1 IDLE] in`,
    )

    assert.deepEqual(session.capabilities.names, ['IMAP4rev1', 'IDLE'])
    assert.equal(session.channel.state.nameEncoding, 'modified-utf-7')
  })
})

describe('ENABLE', () => {
  const wanted = { enable: ['UTF8=ACCEPT', 'CONDSTORE'] } as const

  it('I4 switches on what the server has, and names of mailboxes are UTF-8 only once it has said so', async () => {
    for (const [enabled, encoding] of [
      ['UTF8=ACCEPT', 'utf-8'],
      ['', 'modified-utf-7'],
    ] as const) {
      const session = await play(
        logIn(wanted),
        `
        S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready
        C: A1 AUTHENTICATE PLAIN AHRpbQB0YW5zdGFhZg==
        S: A1 OK [CAPABILITY IMAP4rev1 ENABLE UTF8=ACCEPT] in
        C: A2 ENABLE UTF8=ACCEPT
        S: * ENABLED ${enabled}
        S: A2 OK`,
      )

      assert.equal(session.channel.state.nameEncoding, encoding)
    }
  })

  it('is not sent to a server that does not have it', async () => {
    await play(
      logIn(wanted),
      `
      S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready
      C: A1 AUTHENTICATE PLAIN AHRpbQB0YW5zdGFhZg==
      S: A1 OK [CAPABILITY IMAP4rev1 UTF8=ACCEPT] in`,
    )
  })
})
