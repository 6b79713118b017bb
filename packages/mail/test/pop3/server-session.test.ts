import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { encodeBase64 } from '../../src/base/base64.ts'
import { octetsOf } from '../../src/base/octets.ts'
import { Pop3ServerSession, type Pop3ServerEvent } from '../../src/pop3/server-session.ts'
import type { ServerDialogOptions } from '../../src/wire/server-dialog.ts'

const OPTIONS: ServerDialogOptions = {
  isEncrypted: true,
  offersStartTls: true,
  allowsClearTextLogin: false,
}

const LETTERS: ReadonlyMap<string, string> = new Map([
  ['uid-1', 'Subject: one\r\n\r\nfirst\r\n.second\r\nthird\r\n'],
  ['uid-7', 'Subject: two\r\n\r\n'],
])

const LOGIN = 'USER shop\r\nPASS tanstaaf\r\n'

type Answers = Partial<Record<Pop3ServerEvent['kind'], string>>

interface Heard {
  readonly replies: string
  readonly events: readonly Pop3ServerEvent[]
}

const latin1 = new TextDecoder('latin1')

/** Answers every question until the session wants to read again: any password is right. */
function settle(
  session: Pop3ServerSession,
  first: Pop3ServerEvent[],
  answers: Answers = {},
): Pop3ServerEvent[] {
  const events = [...first]
  for (const event of events) {
    const answer = answers[event.kind]
    if (answer !== undefined) events.push(...session.answer(answer))
    else if (event.kind === 'startTls') events.push(...session.encryptionStarted())
    else if (event.kind === 'login') events.push(...session.openMaildrop(maildrop()))
    else if (event.kind === 'letter') {
      events.push(...session.sendLetter(octetsOf(LETTERS.get(event.uniqueId) ?? '')))
    } else if (event.kind === 'command' || event.kind === 'update') events.push(...session.answer())
  }
  return events
}

function maildrop(): { uniqueId: string; sizeOctets: number }[] {
  return [...LETTERS].map(([uniqueId, text]) => ({ uniqueId, sizeOctets: text.length }))
}

function heard(events: readonly Pop3ServerEvent[]): Heard {
  let replies = ''
  for (const event of events) {
    if (event.kind === 'send') replies += latin1.decode(event.octets)
    if (event.kind !== 'stream') continue
    for (const piece of event.pieces) replies += latin1.decode(piece)
  }
  return { replies, events }
}

/** A session that has greeted, and what it does with these commands. */
function say(
  text: string,
  options: Partial<ServerDialogOptions> = {},
  answers: Answers = {},
): Heard {
  const session = new Pop3ServerSession({ ...OPTIONS, ...options })
  session.start()
  return heard(settle(session, session.receive(octetsOf(text)), answers))
}

/** What a session that has logged in answers to these commands. */
function sayLoggedIn(text: string): string {
  return say(`${LOGIN}${text}`).replies.split('\r\n').slice(2).join('\r\n')
}

describe('POP3 server session', () => {
  test('greets without a timestamp', () => {
    assert.equal(heard(new Pop3ServerSession(OPTIONS).start()).replies, '+OK ready\r\n')
  })

  test('says what it can', () => {
    const { replies } = say('CAPA\r\n', { isEncrypted: false, allowsClearTextLogin: true })

    assert.equal(
      replies,
      '+OK capabilities follow\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\n' +
        'USER\r\nSASL PLAIN LOGIN\r\nSTLS\r\n.\r\n',
    )
  })

  test('does not care how the network cuts a session', () => {
    const octets = octetsOf(`${LOGIN}LIST\r\nRETR 1\r\nTOP 1 1\r\nDELE 1\r\nSTAT\r\nQUIT\r\n`)
    const whole = say(latin1.decode(octets))

    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (size) => {
        const session = new Pop3ServerSession(OPTIONS)
        const events: Pop3ServerEvent[] = []
        for (let at = 0; at < octets.length; at += size) {
          events.push(...settle(session, session.receive(octets.slice(at, at + size))))
        }

        assert.equal(heard(events).replies, whole.replies)
      }),
    )
  })

  test('answers any octets with responses only', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (pieces) => {
        const session = new Pop3ServerSession(OPTIONS)
        const events = pieces.flatMap((piece) => settle(session, session.receive(piece)))

        assert.match(heard(events).replies, /^((\+OK|-ERR|\+) [\x20-\x7e]*\r\n)*$/)
      }),
    )
  })

  test('loses patience with a client that is wrong all the time', () => {
    const { replies, events } = say('NONSENSE\r\n'.repeat(100))

    assert.match(replies, /-ERR too many errors\r\n$/)
    assert.equal(events.at(-1)?.kind, 'close')
  })

  test('closes on a line without an end', () => {
    const { replies, events } = say('x'.repeat(20_000))

    assert.equal(replies, '-ERR line too long\r\n')
    assert.equal(events.at(-1)?.kind, 'close')
  })
})

describe('POP3 server session before the login', () => {
  const plain = encodeBase64(octetsOf('\0shop\0tan staaf'))

  const logins = [
    {
      name: 'USER and PASS, the password with its spaces',
      text: 'USER shop\r\nPASS tan staaf\r\n',
    },
    { name: 'AUTH PLAIN with an initial response', text: `AUTH PLAIN ${plain}\r\n` },
    { name: 'AUTH PLAIN after a challenge', text: `AUTH PLAIN\r\n${plain}\r\n` },
  ]
  for (const { name, text } of logins) {
    test(`understands ${name}`, () => {
      const { events, replies } = say(text)

      const login = events.find((event) => event.kind === 'login')
      assert.equal(login?.user, 'shop')
      assert.equal(login?.password?.reveal(), 'tan staaf')
      assert.match(replies, /\+OK maildrop locked and ready\r\n$/)
    })
  }

  test('says why a login is refused, and stays open for another', () => {
    const { replies } = say(`${LOGIN}STAT\r\n`, {}, { login: '-ERR [IN-USE] locked' })

    assert.match(replies, /-ERR \[IN-USE\] locked\r\n-ERR .*\r\n$/)
  })

  test('takes PASS only right after USER', () => {
    assert.match(
      say('USER shop\r\nCAPA\r\nPASS tanstaaf\r\n').replies,
      /-ERR USER comes first\r\n$/,
    )
  })

  test('asks for no password without encryption', () => {
    const { replies } = say(`USER shop\r\nAUTH PLAIN ${plain}\r\nCAPA\r\n`, { isEncrypted: false })

    assert.match(replies, /^-ERR \[AUTH\] .*\r\n-ERR \[AUTH\] .*\r\n/)
    assert.doesNotMatch(replies, /^(USER|SASL)/m)
  })

  test('forgets the name that came before STLS', () => {
    const { replies } = say('USER shop\r\n', { isEncrypted: false, allowsClearTextLogin: true })
    const session = new Pop3ServerSession({
      ...OPTIONS,
      isEncrypted: false,
      allowsClearTextLogin: true,
    })
    settle(session, session.receive(octetsOf('USER shop\r\n')))
    settle(session, session.receive(octetsOf('STLS\r\n')))
    const after = heard(settle(session, session.receive(octetsOf('PASS tanstaaf\r\n'))))

    assert.equal(replies, '+OK now the password\r\n')
    assert.equal(after.replies, '-ERR USER comes first\r\n')
  })

  test('ends when commands came with STLS', () => {
    const { replies, events } = say('STLS\r\nUSER evil\r\n', { isEncrypted: false })

    assert.match(replies, /^-ERR /)
    assert.equal(events.at(-1)?.kind, 'close')
    assert.ok(!events.some((event) => event.kind === 'startTls'))
  })

  test('gives no letter away', () => {
    assert.match(say('RETR 1\r\n').replies, /^-ERR /)
  })

  test('asks for no update at QUIT', () => {
    assert.ok(!say('QUIT\r\n').events.some((event) => event.kind === 'update'))
  })
})

describe('POP3 server session after the login', () => {
  const dialogs = [
    { name: 'counts the letters', text: 'STAT\r\n', answer: '+OK 2 55\r\n' },
    {
      name: 'lists the sizes',
      text: 'LIST\r\n',
      answer: '+OK 2 messages\r\n1 39\r\n2 16\r\n.\r\n',
    },
    {
      name: 'gives the size of one letter on one line',
      text: 'LIST 2\r\n',
      answer: '+OK 2 16\r\n',
    },
    {
      name: 'lists the unique ids',
      text: 'UIDL\r\n',
      answer: '+OK 2 messages\r\n1 uid-1\r\n2 uid-7\r\n.\r\n',
    },
    { name: 'gives one unique id', text: 'UIDL 2\r\n', answer: '+OK 2 uid-7\r\n' },
    {
      name: 'gives a letter with its dots stuffed',
      text: 'RETR 1\r\n',
      answer: '+OK 39 octets\r\nSubject: one\r\n\r\nfirst\r\n..second\r\nthird\r\n.\r\n',
    },
    {
      name: 'gives the header section with no line of the body',
      text: 'TOP 1 0\r\n',
      answer: '+OK top follows\r\nSubject: one\r\n\r\n.\r\n',
    },
    {
      name: 'gives as many lines of the body as asked for',
      text: 'TOP 1 2\r\n',
      answer: '+OK top follows\r\nSubject: one\r\n\r\nfirst\r\n..second\r\n.\r\n',
    },
    {
      name: 'gives the whole letter when it has fewer lines',
      text: 'TOP 2 99\r\n',
      answer: '+OK top follows\r\nSubject: two\r\n\r\n.\r\n',
    },
    { name: 'does nothing at NOOP', text: 'NOOP\r\n', answer: '+OK done nothing\r\n' },
  ]
  for (const { name, text, answer } of dialogs) {
    test(name, () => {
      assert.equal(sayLoggedIn(text), answer)
    })
  }

  test('leaves a deleted letter out and keeps the numbers of the others', () => {
    assert.equal(
      sayLoggedIn('DELE 1\r\nSTAT\r\nLIST\r\nRETR 1\r\nDELE 1\r\n'),
      '+OK will be deleted\r\n+OK 1 16\r\n+OK 1 messages\r\n2 16\r\n.\r\n' +
        '-ERR no such message\r\n-ERR no such message\r\n',
    )
  })

  test('brings deleted letters back at RSET', () => {
    assert.match(sayLoggedIn('DELE 1\r\nRSET\r\nSTAT\r\n'), /\+OK 2 55\r\n$/)
  })

  for (const argument of ['0', '3', '-1', '1 1', 'x', '99999999999']) {
    test(`has no letter ${argument}`, () => {
      assert.equal(sayLoggedIn(`DELE ${argument}\r\n`), '-ERR no such message\r\n')
    })
  }

  test('asks for the deletions at QUIT, once and for all', () => {
    const { events, replies } = say(`${LOGIN}DELE 2\r\nQUIT\r\n`)

    assert.deepEqual(
      events.filter((event) => event.kind === 'update'),
      [{ kind: 'update', uniqueIds: ['uid-7'] }],
    )
    assert.match(replies, /\+OK goodbye\r\n$/)
    assert.equal(events.at(-1)?.kind, 'close')
  })

  test('closes also when the deletions could not be made', () => {
    const { events, replies } = say(
      `${LOGIN}DELE 2\r\nQUIT\r\n`,
      {},
      { update: '-ERR some deleted messages were not removed' },
    )

    assert.match(replies, /-ERR some deleted messages were not removed\r\n$/)
    assert.equal(events.at(-1)?.kind, 'close')
  })

  test('says so when a letter has gone', () => {
    const { replies } = say(`${LOGIN}RETR 1\r\n`, {}, { letter: '-ERR [SYS/PERM] gone' })

    assert.match(replies, /-ERR \[SYS\/PERM\] gone\r\n$/)
  })

  test('tells a whole letter from its top', () => {
    const streams = say(`${LOGIN}TOP 1 0\r\nRETR 2\r\n`).events.filter(
      (event) => event.kind === 'stream',
    )

    assert.deepEqual(
      streams.map(({ uniqueId, isWhole }) => ({ uniqueId, isWhole })),
      [
        { uniqueId: 'uid-1', isWhole: false },
        { uniqueId: 'uid-7', isWhole: true },
      ],
    )
  })
})
