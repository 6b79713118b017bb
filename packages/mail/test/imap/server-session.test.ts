import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { encodeBase64 } from '../../src/base/base64.ts'
import { concatOctets, octetsOf, textOf } from '../../src/base/octets.ts'
import { ImapServerSession } from '../../src/imap/server-session.ts'
import { costOf } from '../cost-of.ts'
import { lastLine, LOGIN, OPTIONS, say, talk } from './server-talk.ts'

const CLEAR = { isEncrypted: false } as const

describe('The server half of IMAP', () => {
  it('greets with what it can do, and says after the login what it can do then', () => {
    const [greeting] = new ImapServerSession({ ...OPTIONS, ...CLEAR }).start()
    assert.ok(greeting?.kind === 'send')

    assert.equal(
      textOf(greeting.octets),
      '* OK [CAPABILITY IMAP4rev1 ENABLE QRESYNC UTF8=ACCEPT LITERAL+ STARTTLS LOGINDISABLED] ready\r\n',
    )
    assert.equal(
      say(`A CAPABILITY\r\n${LOGIN}`).said,
      '* CAPABILITY IMAP4rev1 ENABLE QRESYNC UTF8=ACCEPT LITERAL+ SASL-IR AUTH=PLAIN AUTH=LOGIN\r\n' +
        'A OK that is all\r\n' +
        'A OK [CAPABILITY IMAP4rev1 ENABLE QRESYNC UTF8=ACCEPT LITERAL+] logged in\r\n',
    )
  })

  it('takes no password in clear text unless it may', () => {
    assert.match(lastLine(say(LOGIN, CLEAR)), /^A NO \[PRIVACYREQUIRED\]/)
    assert.match(lastLine(say(LOGIN, { ...CLEAR, allowsClearTextLogin: true })), /^A OK/)
  })

  it('begins TLS once, and closes when something was sent ahead of it', () => {
    assert.match(say(`A STARTTLS\r\n`, CLEAR).said, /^A OK .*\r\n$/)
    assert.match(lastLine(say('A STARTTLS\r\n')), /^A BAD/)
    const ahead = say(`A STARTTLS\r\n${LOGIN}`, CLEAR)
    assert.match(ahead.said, /^\* BYE/)
    assert.deepEqual(
      ahead.events.map(({ kind }) => kind),
      ['command', 'send', 'close'],
    )
  })

  const plain = encodeBase64(octetsOf('\0shop\0tanstaaf'))
  const exchanges = [
    { name: 'PLAIN at once', text: `A AUTHENTICATE PLAIN ${plain}\r\n`, end: /^A OK/ },
    { name: 'PLAIN when asked', text: `A AUTHENTICATE PLAIN\r\n${plain}\r\n`, end: /^A OK/ },
    { name: 'LOGIN', text: 'A authenticate login\r\nc2hvcA==\r\nMTIz\r\n', end: /^A OK/ },
    { name: 'a mechanism it has not', text: 'A AUTHENTICATE X\r\n', end: /^A NO unknown/ },
    { name: 'what is no base64', text: 'A AUTHENTICATE PLAIN ###\r\n', end: /^A BAD malformed/ },
    { name: 'a client that gives up', text: 'A AUTHENTICATE PLAIN\r\n*\r\n', end: /^A BAD auth/ },
  ]
  for (const { name, text, end } of exchanges) {
    it(`answers AUTHENTICATE with ${name}`, () => {
      assert.match(lastLine(say(text)), end)
    })
  }

  it('says what it is told to instead of executing a command, behind its tag', () => {
    assert.equal(say('A1 NOOP\r\n', {}, { command: 'NO not now' }).said, 'A1 NO not now\r\n')
    assert.equal(
      say('A1 NOOP\r\n', {}, { command: '* BYE\r\nBAD gone' }).said,
      '* BYE\r\nA1 BAD gone\r\n',
    )
    assert.equal(say('A1 NOOP\r\n', {}, { command: '* nothing else' }).said, '* nothing else\r\n')
    assert.equal(lastLine(say(LOGIN, {}, { login: 'NO [EXPIRED]' })), 'A NO [EXPIRED]')
  })

  it('executes nothing for a stranger but NOOP', () => {
    const { said, commands } = say('A NOOP\r\nB SELECT INBOX\r\nC IDLE\r\nD ENABLE QRESYNC\r\n')

    assert.deepEqual(commands, [{ name: 'NOOP' }])
    assert.match(said, /^\* done\r\nA OK executed\r\nB BAD .*\r\nC BAD .*\r\nD BAD .*\r\n$/)
  })

  it('asks for a literal, takes one that comes unasked, and refuses one that is too large', () => {
    const login = 'A LOGIN {4}\r\nshop {8+}\r\ntanstaaf\r\n'
    assert.match(say(login).said, /^\+ go on\r\nA OK/)
    assert.match(say('A APPEND x {1001}\r\n').said, /^A NO \[TOOBIG\]/)
    const unasked = say('A APPEND x {1001+}\r\n')
    assert.match(unasked.said, /^\* BYE \[TOOBIG\]/)
    assert.equal(unasked.events.at(-1)?.kind, 'close')
    assert.match(say('x'.repeat(70_000)).said, /^\* BYE/)
  })

  it('shows commands without tags and literals', () => {
    const shown = say('A LOGIN {4+}\r\nshop x\r\nB noop\r\n').events.flatMap((event) =>
      event.kind === 'command' ? [event.line] : [],
    )

    assert.deepEqual(shown, ['LOGIN {4} x', 'noop'])
  })

  it('waits in IDLE until it is told that it is over', () => {
    const session = new ImapServerSession(OPTIONS)
    session.start()
    talk(session, [LOGIN])

    const begun = talk(session, ['B IDLE\r\n'])
    const isIdle = session.isIdle
    const ended = talk(session, ['done\r\n', 'C IDLE\r\nNOOP\r\n'])

    assert.equal(begun.said, '+ waiting for news\r\n')
    assert.deepEqual([isIdle, session.isIdle], [true, false])
    assert.equal(ended.said, 'B OK done\r\n+ waiting for news\r\nC BAD expected DONE\r\n')
  })

  it('switches on what it has, and writes names accordingly', () => {
    const session = new ImapServerSession(OPTIONS)
    session.start()

    const { said } = talk(session, [LOGIN, 'B ENABLE QRESYNC X utf8=accept CONDSTORE\r\n'])

    assert.match(said, /\* ENABLED QRESYNC UTF8=ACCEPT\r\nB OK done\r\n$/)
    assert.deepEqual([...session.enabled], ['CONDSTORE', 'QRESYNC', 'UTF8=ACCEPT'])
    assert.equal(session.nameEncoding, 'utf-8')
  })

  it('says good-bye, and hears nothing afterwards', () => {
    const { said, events } = say('A LOGOUT\r\nB NOOP\r\n')

    assert.equal(said, '* BYE goodbye\r\nA OK done\r\n')
    assert.equal(events.at(-1)?.kind, 'close')
  })

  it('loses patience with a client that is wrong too often', () => {
    assert.match(lastLine(say('nonsense\r\n'.repeat(30))), /^\* BYE/)
  })
})

describe('The server half of IMAP, whatever comes', () => {
  const conversation = octetsOf(
    `${LOGIN}B APPEND "Sent" (\\Seen) {5}\r\nab\r\nc\r\nC SELECT INBOX\r\nD UID FETCH 1:* (FLAGS BODY[1]<0.9>)\r\n` +
      'E SEARCH OR FROM {3+}\r\nabc NOT (SEEN LARGER 9)\r\nF IDLE\r\nDONE\r\nG bad\r\nH LOGOUT\r\n',
  )

  it('says the same however it is cut', () => {
    const whole = talk(new ImapServerSession(OPTIONS), [conversation])
    for (let cut = 1; cut < conversation.length; cut++) {
      const pieces = [conversation.subarray(0, cut), conversation.subarray(cut)]
      assert.equal(talk(new ImapServerSession(OPTIONS), pieces).said, whole.said, `at ${cut}`)
    }
    const octets = Array.from(conversation, (octet) => Uint8Array.of(octet))
    assert.equal(talk(new ImapServerSession(OPTIONS), octets).said, whole.said)
  })

  it('answers any octets with words, and never breaks', () => {
    const words = [
      'A ',
      'SELECT ',
      'UID FETCH 1 ',
      'SEARCH ',
      'BODY[',
      ']',
      '{3+}\r\n',
      '(',
      ')',
      '"',
    ]
    const piece = fc.oneof(
      fc.constantFrom(...words, LOGIN, '\r\n').map((word) => octetsOf(word)),
      fc.uint8Array({ maxLength: 9 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const { said } = talk(new ImapServerSession(OPTIONS), [LOGIN, concatOctets(pieces)])
        assert.ok(said.endsWith('\r\n'))
      }),
    )
  })

  it('reads in time proportional to what comes, also octet by octet', () => {
    const cost = (count: number): number => {
      const text = octetsOf(`A SEARCH ${'NOT SEEN '.repeat(count)}ALL\r\n`)
      const octets = Array.from(text, (octet) => Uint8Array.of(octet))
      return costOf(() => talk(new ImapServerSession(OPTIONS), octets))
    }

    // Once before it counts: what is compiled meanwhile would count as work.
    cost(4_000)
    assert.ok(cost(16_000) < 8 * cost(4_000))
  })
})
