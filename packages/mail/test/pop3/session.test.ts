import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Pop3ResponseRejected } from '../../src/pop3/errors.ts'
import { TlsFailed } from '../../src/net/errors.ts'
import { play, playHangingUp } from '../../src/testing/play.ts'
import { ConnectionLost, ProtocolViolation, TlsUnavailable } from '../../src/wire/errors.ts'
import { logIn, readAll, transcript } from './conversation.ts'
import type { Read } from './conversation.ts'

const EMPTY: Read = { count: 0, sizes: [], ids: [], tops: [], letters: [] }

const conversations = [
  {
    name: 'auth-plain',
    tls: 'implicit',
    read: {
      count: 2,
      sizes: [93, 60],
      ids: ['000000016921a6b3', '000000026921a6b3'],
      tops: ['From: shop-1@example.org\r\nSubject: dots\r\n\r\n', 'Subject: обмен\r\n\r\n'],
      letters: [
        'From: shop-1@example.org\r\nSubject: dots\r\n\r\n.\r\n..\r\n.leading\r\nin the . middle.\r\n',
        'Subject: обмен\r\n\r\nno dots, and a bare \r and a bare \n.\r\n',
      ],
    },
  },
  {
    name: 'stls-user-pass',
    tls: 'starttls',
    read: {
      count: 1,
      sizes: [5],
      ids: ['UID1-1718197032'],
      tops: ['\r\n'],
      letters: ['\r\n.\r\n'],
    },
  },
  {
    name: 'without-capa',
    tls: 'implicit',
    read: { count: 1, sizes: [0], ids: undefined, tops: [''], letters: [''] },
  },
  { name: 'auth-login', tls: 'implicit', read: EMPTY },
] as const

for (const { name, tls, read } of conversations) {
  describe(`POP3 conversation ${name}`, () => {
    const text = transcript(name)

    it('P1 P3 P9 P10 is understood', async () => {
      assert.deepEqual(await play(readAll({ tls }), text), read)
    })

    it('P1 is understood octet by octet', async () => {
      assert.deepEqual(await play(readAll({ tls }), text, { cut: [1] }), read)
    })

    it('P1 does not depend on how the network cuts it', async () => {
      const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 })
      await fc.assert(
        fc.asyncProperty(sizes, async (cut) => {
          assert.deepEqual(await play(readAll({ tls }), text, { cut }), read)
        }),
        { numRuns: 30 },
      )
    })

    it('ends with ConnectionLost wherever it breaks', async () => {
      const outcomes = await playHangingUp(() => readAll({ tls }), text)
      const broken = outcomes.slice(0, -1)

      assert.ok(broken.length > 12)
      for (const outcome of broken) {
        assert.ok(outcome.kind === 'threw' && outcome.error instanceof ConnectionLost)
      }
      assert.equal(outcomes.at(-1)?.kind, 'returned')
    })
  })
}

describe('A POP3 server that speaks before it is asked', () => {
  it('is not believed', async () => {
    await assert.rejects(play(readAll(), 'S: +OK ready\nS: +OK', { cut: [11] }), ProtocolViolation)
  })

  it('with -ERR has ended the session, as those do that wait no longer', async () => {
    await assert.rejects(
      play(readAll(), 'S: +OK ready\nS: -ERR Disconnected for inactivity.', { cut: [11] }),
      (error) => error instanceof ConnectionLost && /inactivity/.test(error.message),
    )
  })

  it('answers STLS with a challenge breaks the protocol', async () => {
    await assert.rejects(
      play(readAll({ tls: 'starttls' }), 'S: +OK ready\nC: STLS\nS: + go'),
      ProtocolViolation,
    )
  })
})

describe('POP3 greeting', () => {
  it('P2 that refuses the session is an error with the code, and nothing is sent', async () => {
    await assert.rejects(
      play(logIn(), 'S: -ERR [SYS/TEMP] too many connections'),
      (error) =>
        error instanceof Pop3ResponseRejected &&
        error.transient &&
        error.message === 'the session was rejected: -ERR [SYS/TEMP] too many connections',
    )
  })

  it('of another protocol is a violation that shows the line', async () => {
    await assert.rejects(play(logIn(), 'S: 220 mail.example.org ESMTP'), {
      code: 'PROTOCOL_VIOLATION',
      line: '220 mail.example.org ESMTP',
    })
  })

  it('T6 with more behind it is a violation: nothing was asked yet', async () => {
    const greeting = `
      S: +OK ready
      S: +OK go ahead`

    await assert.rejects(play(logIn({ tls: 'starttls' }), greeting), ProtocolViolation)
    await assert.rejects(play(logIn(), greeting), ProtocolViolation)
  })
})

describe('STLS', () => {
  const starttls = { tls: 'starttls' } as const

  it('T1 that is refused ends the session before any credentials', async () => {
    const refused = play(
      logIn(starttls),
      `
      S: +OK ready
      C: STLS
      S: -ERR unknown command`,
    )

    await assert.rejects(refused, (error) => error instanceof TlsUnavailable && !error.transient)
  })

  it('T1 that is refused for now is worth another try', async () => {
    const refused = play(
      logIn(starttls),
      `
      S: +OK ready
      C: STLS
      S: -ERR [SYS/TEMP] no entropy`,
    )

    await assert.rejects(refused, (error) => error instanceof TlsUnavailable && error.transient)
  })

  it('T2 P7 is not begun when something came with the response to it', async () => {
    const injected = play(
      logIn(starttls),
      `
      S: +OK ready
      C: STLS
      S: +OK go ahead
      S: +OK
      S: SASL PLAIN
      S: .`,
    )

    await assert.rejects(injected, ProtocolViolation)
  })

  it('T2 P7 fails when something comes between the response and the handshake', async () => {
    const injected = play(
      logIn(starttls),
      `
      S: +OK ready
      C: STLS
      S: +OK go ahead
      S: +OK
      -- TLS`,
      { cut: [11, 14, 100] },
    )

    await assert.rejects(
      injected,
      ({ cause }) => cause instanceof TlsFailed && cause.check === 'octets-before-tls',
    )
  })

  it('T5 is followed by CAPA: only what is said over TLS counts', async () => {
    const maildrop = await play(
      logIn(starttls),
      `
      S: +OK ready
      C: STLS
      S: +OK go ahead
      -- TLS
      C: CAPA
      S: +OK
      S: SASL PLAIN
      S: .
      C: AUTH PLAIN AHRpbQB0YW5zdGFhZg==
      S: +OK`,
    )

    assert.deepEqual(maildrop.capabilities.saslMechanisms, ['PLAIN'])
  })
})

describe('UTF8', () => {
  const offer = (tag: string): string => `
    S: +OK ready
    C: CAPA
    S: +OK
    S: ${tag}
    S: USER
    S: .`
  const login = `
    C: USER tim
    S: +OK
    C: PASS tanstaaf
    S: +OK`

  it('is asked for before the login when it is wanted and offered (RFC 6856 §2.1)', async () => {
    const maildrop = await play(
      logIn({ wantsUtf8: true }),
      `${offer('UTF8 USER')}
      C: UTF8
      S: +OK${login}`,
    )

    assert.equal(maildrop.isUtf8, true)
  })

  it('that the server refuses changes nothing', async () => {
    const maildrop = await play(
      logIn({ wantsUtf8: true }),
      `${offer('UTF8')}
      C: UTF8
      S: -ERR not today${login}`,
    )

    assert.equal(maildrop.isUtf8, false)
  })

  it('is not asked for when it is not offered, or not wanted', async () => {
    const notOffered = await play(logIn({ wantsUtf8: true }), `${offer('UIDL')}${login}`)
    const notWanted = await play(logIn(), `${offer('UTF8')}${login}`)

    assert.deepEqual([notOffered.isUtf8, notWanted.isUtf8], [false, false])
  })
})
