import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { takeCensus } from '../census.ts'
import { ImapTalk } from './imap-talk.ts'
import { SHOP, startHost, TIMEOUT_MS } from './running-host.ts'

takeCensus()

const INNER = [
  'From: inner@example.org',
  'Subject: inside',
  'Content-Type: multipart/alternative; boundary=in',
  '',
  '--in',
  '',
  'plain',
  '--in',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p>html</p>',
  '--in--',
  '',
].join('\r\n')

const NESTED = [
  'Date: Wed, 17 Jul 1996 02:23:25 -0700',
  'From: "Shop =?utf-8?B?4oSWMQ==?=" <shop@example.org>',
  'To: a@example.org, Group: b@example.org;',
  'Subject: a "quoted" subject',
  ' that is folded',
  'Message-ID: <1@example.org>',
  'Content-Type: multipart/mixed; boundary="out"',
  '',
  'preamble',
  '--out',
  'Content-Type: text/plain; charset=koi8-r',
  'Content-Transfer-Encoding: base64',
  'Content-ID: <part@example.org>',
  '',
  '79PUwdTLyQ==',
  '--out',
  'Content-Type: message/rfc822',
  'Content-Disposition: attachment; filename="a \\"b\\".eml"',
  '',
  `${INNER}--out--`,
  'epilogue',
  '',
].join('\r\n')

const PLAIN = 'From: c@example.org\r\nX-Note: one\r\nx-note: two\r\n\r\nfirst\r\nsecond\r\n'

async function open(t: TestContext): Promise<ImapTalk> {
  const host = await startHost(t)
  host.mailbox(SHOP).put(NESTED, { internalDate: new Date('2026-02-07T10:00:00Z') })
  host.mailbox(SHOP).put(PLAIN, {
    flags: ['\\Seen', '$x'],
    internalDate: new Date('2026-02-09T23:59:59Z'),
  })
  const imap = await ImapTalk.open(host)
  t.after(() => imap[Symbol.dispose]())
  await imap.say('SELECT INBOX')
  return imap
}

/** The octets of a section of a letter, as FETCH gives them. */
async function contentOf(imap: ImapTalk, number: number, section: string): Promise<string> {
  const said = await imap.say(`FETCH ${number} BODY.PEEK[${section}]`)
  const [announced = '', count = ''] = /^[^{]*\{(\d+)\}\r\n/.exec(said) ?? []
  return said.slice(announced.length, announced.length + Number(count))
}

describe('What the mail host tells of a letter', { timeout: TIMEOUT_MS }, () => {
  it('is its envelope, as it was written', async (t) => {
    const imap = await open(t)

    const [line] = await imap.ask('FETCH 1 ENVELOPE')

    assert.equal(
      line,
      '* 1 FETCH (ENVELOPE ("Wed, 17 Jul 1996 02:23:25 -0700" "a \\"quoted\\" subject that is folded" ' +
        '(("Shop =?utf-8?B?4oSWMQ==?=" NIL "shop" "example.org")) ' +
        '(("Shop =?utf-8?B?4oSWMQ==?=" NIL "shop" "example.org")) ' +
        '(("Shop =?utf-8?B?4oSWMQ==?=" NIL "shop" "example.org")) ' +
        '((NIL NIL "a" "example.org")(NIL NIL "Group" NIL)(NIL NIL "b" "example.org")(NIL NIL NIL NIL)) ' +
        'NIL NIL NIL "<1@example.org>"))',
    )
  })

  it('is what parts it has', async (t) => {
    const imap = await open(t)

    const [structure] = await imap.ask('FETCH 1 BODYSTRUCTURE')
    const [body] = await imap.ask('FETCH 2 BODY')

    assert.equal(
      structure,
      '* 1 FETCH (BODYSTRUCTURE (("text" "plain" ("charset" "koi8-r") "<part@example.org>" NIL "base64" 12 1 NIL NIL NIL NIL)' +
        `("message" "rfc822" NIL NIL NIL "7bit" ${INNER.length - 2} (NIL "inside" ((NIL NIL "inner" "example.org")) ` +
        '((NIL NIL "inner" "example.org")) ((NIL NIL "inner" "example.org")) NIL NIL NIL NIL NIL) ' +
        '(("text" "plain" NIL NIL NIL "7bit" 5 1 NIL NIL NIL NIL)("text" "html" ("charset" "utf-8") NIL NIL "7bit" 11 1 NIL NIL NIL NIL) ' +
        '"alternative" ("boundary" "in") NIL NIL NIL) 12 NIL ("attachment" ("filename" "a \\"b\\".eml")) NIL NIL) ' +
        '"mixed" ("boundary" "out") NIL NIL NIL))',
    )
    assert.equal(body, '* 2 FETCH (BODY ("text" "plain" NIL NIL NIL "7bit" 15 2))')
  })

  const sections: readonly (readonly [number: number, section: string, content: string])[] = [
    [1, '', NESTED],
    [1, '1', '79PUwdTLyQ=='],
    [1, '1.MIME', NESTED.slice(NESTED.indexOf('Content-Type: text/plain'), NESTED.indexOf('79PU'))],
    [1, '2', INNER.slice(0, -2)],
    [1, '2.HEADER', INNER.slice(0, INNER.indexOf('--in\r\n'))],
    [1, '2.HEADER.FIELDS (SUBJECT)', 'Subject: inside\r\n\r\n'],
    [1, '2.TEXT', INNER.slice(INNER.indexOf('--in\r\n'), -2)],
    [1, '2.1', 'plain'],
    [1, '2.2', '<p>html</p>'],
    [1, 'HEADER.FIELDS (subject X)', 'Subject: a "quoted" subject\r\n that is folded\r\n\r\n'],
    [2, 'HEADER.FIELDS.NOT (X-Note)', 'From: c@example.org\r\n\r\n'],
    [2, 'TEXT', 'first\r\nsecond\r\n'],
    [2, '1', 'first\r\nsecond\r\n'],
  ]
  for (const [number, section, content] of sections) {
    it(`is its section [${section}] of letter ${number}`, async (t) => {
      assert.equal(await contentOf(await open(t), number, section), content)
    })
  }

  it('is nothing where it has no such part', async (t) => {
    const imap = await open(t)

    for (const section of ['3', '1.1', '1.HEADER', '2.3', '2.1.1']) {
      const [line] = await imap.ask(`FETCH 1 BODY.PEEK[${section}]`)
      assert.equal(line, `* 1 FETCH (BODY[${section}] NIL)`)
    }
  })

  it('is a piece of its content, and its content decoded', async (t) => {
    const imap = await open(t)

    assert.deepEqual(await imap.ask('FETCH 2 BODY.PEEK[TEXT]<2.7>'), [
      '* 2 FETCH (BODY[TEXT]<2> {7}',
      'rst',
      'se)',
    ])
    assert.deepEqual(await imap.ask('FETCH 2 BODY.PEEK[TEXT]<99.7>'), [
      '* 2 FETCH (BODY[TEXT]<99> {0}',
      ')',
    ])
    const decoded = Buffer.from('79PUwdTLyQ==', 'base64').toString('latin1')
    assert.deepEqual(await imap.ask('FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1])'), [
      '* 1 FETCH (BINARY.SIZE[1] 7 BINARY[1] ~{7}',
      `${decoded})`,
    ])
  })

  it('marks it as seen when it is fetched without peeking', async (t) => {
    const imap = await open(t)

    assert.deepEqual((await imap.ask('FETCH 1 BODY[1]')).slice(1), [
      '79PUwdTLyQ== FLAGS (\\Seen \\Recent))',
    ])
    assert.deepEqual(await imap.ask('NOOP'), [])
  })
})

const FOUND: readonly (readonly [key: string, uids: string])[] = [
  ['ALL', '1 2'],
  ['SEEN', '2'],
  ['UNKEYWORD $X', '1'],
  ['FROM "№1"', '1'],
  ['TO b@example', '1'],
  ['SUBJECT "SUBJECT THAT"', '1'],
  ['HEADER X-Note two', '2'],
  ['HEADER Message-ID ""', '1'],
  ['BODY остатки', '1'],
  ['BODY html', '1'],
  ['TEXT x-note', '2'],
  ['BEFORE 9-Feb-2026', '1'],
  ['ON 9-Feb-2026', '2'],
  ['SINCE 8-Feb-2026', '2'],
  ['SENTON 17-Jul-1996', '1'],
  ['SMALLER 100', '2'],
  ['NOT LARGER 100', '2'],
  ['UID 2:*', '2'],
  ['OR 1 SEEN', '1 2'],
  ['1 SEEN', ''],
  ['NEW', '1'],
]

describe('What the mail host finds', { timeout: TIMEOUT_MS }, () => {
  it('are the letters that fit', async (t) => {
    const imap = await open(t)

    for (const [key, uids] of FOUND) {
      const [line] = await imap.ask(`UID SEARCH CHARSET UTF-8 ${key}`)
      assert.equal(line, uids === '' ? '* SEARCH' : `* SEARCH ${uids}`, key)
    }
  })

  it('is told as it is wanted, and remembered', async (t) => {
    const imap = await open(t)

    assert.match(
      (await imap.ask('UID SEARCH RETURN (MIN MAX COUNT ALL) ALL')).join(),
      /^\* ESEARCH \(TAG "T\d+"\) UID MIN 1 MAX 2 ALL 1:2 COUNT 2$/,
    )
    assert.match(
      (await imap.ask('SEARCH RETURN (ALL COUNT) DRAFT')).join(),
      /^\* ESEARCH \(TAG "T\d+"\) COUNT 0$/,
    )
    assert.deepEqual(await imap.ask('SEARCH RETURN (SAVE) SEEN'), [])
    assert.deepEqual(await imap.ask('FETCH $ UID'), ['* 2 FETCH (UID 2)'])
    assert.deepEqual(await imap.ask('SEARCH $'), ['* SEARCH 2'])
    await imap.say('ENABLE IMAP4rev2')
    assert.match((await imap.ask('SEARCH ALL')).join(), /^\* ESEARCH .* ALL 1:2$/)
  })
})

describe('The mailboxes that the mail host lists', { timeout: TIMEOUT_MS }, () => {
  const names = async (imap: ImapTalk, command: string): Promise<readonly string[]> =>
    (await imap.ask(command)).map((line) => /"\/" "(.*)"$/.exec(line)?.[1] ?? line)

  it('are those that fit, with what they are for', async (t) => {
    const imap = await open(t)
    await imap.say('CREATE work/&BB4EMQ-/new')

    assert.deepEqual(await imap.ask('LIST "" ""'), ['* LIST (\\Noselect) "/" ""'])
    assert.deepEqual(await imap.ask('LIST "" (Drafts inbox)'), [
      '* LIST (\\HasNoChildren) "/" "INBOX"',
      '* LIST (\\HasNoChildren \\Drafts) "/" "Drafts"',
    ])
    assert.deepEqual(await names(imap, 'LIST "" %'), [
      'INBOX',
      'Drafts',
      'Junk',
      'Sent',
      'Trash',
      'work',
    ])
    assert.deepEqual(await names(imap, 'LIST work/ %'), ['work/&BB4EMQ-'])
    assert.deepEqual(await names(imap, 'LIST "" "w*w"'), ['work/&BB4EMQ-/new'])
    assert.deepEqual(await names(imap, 'LIST (SPECIAL-USE) "" *'), [
      'Drafts',
      'Junk',
      'Sent',
      'Trash',
    ])
    assert.deepEqual(
      await imap.ask('LIST "" INBOX RETURN (STATUS (MESSAGES UIDNEXT SIZE DELETED))'),
      [
        '* LIST (\\HasNoChildren) "/" "INBOX"',
        `* STATUS "INBOX" (MESSAGES 2 UIDNEXT 3 SIZE ${NESTED.length + PLAIN.length} DELETED 0)`,
      ],
    )
  })

  it('are made, renamed and deleted, as far as that makes sense', async (t) => {
    const imap = await open(t)
    const ends = [
      ['CREATE a/b/', 'OK'],
      ['CREATE a', 'NO [ALREADYEXISTS]'],
      ['CREATE a//b', 'NO [CANNOT]'],
      ['DELETE a', 'NO [HASCHILDREN]'],
      ['DELETE inbox', 'NO [CANNOT]'],
      ['DELETE c', 'NO [NONEXISTENT]'],
      ['RENAME a a/b/c', 'NO [CANNOT]'],
      ['RENAME a Sent', 'NO [ALREADYEXISTS]'],
      ['RENAME c d', 'NO [NONEXISTENT]'],
      ['RENAME a d', 'OK'],
      ['DELETE d/b', 'OK'],
      ['STATUS d/b (MESSAGES)', 'NO [NONEXISTENT]'],
      ['COPY 1 a', 'NO [TRYCREATE]'],
      ['APPEND a {1+}\r\nx', 'NO [TRYCREATE]'],
      ['SELECT a', 'NO [NONEXISTENT]'],
    ] as const

    for (const [command, end] of ends) assert.equal(await imap.end(command), end, command)
  })

  it('are those that were subscribed to, also when they are no more', async (t) => {
    const imap = await open(t)
    await imap.say('CREATE a')
    for (const name of ['a', 'INBOX']) await imap.say(`SUBSCRIBE ${name}`)
    await imap.say('DELETE a')
    const listed = await imap.ask('LIST (SUBSCRIBED) "" *')
    await imap.say('UNSUBSCRIBE a')

    assert.deepEqual(listed, [
      '* LIST (\\Subscribed \\HasNoChildren) "/" "INBOX"',
      '* LIST (\\NonExistent \\Subscribed \\HasNoChildren) "/" "a"',
    ])
    assert.deepEqual(await imap.ask('LSUB "" *'), ['* LSUB () "/" "INBOX"'])
  })

  it('have another UIDVALIDITY when one of their name was there before', async (t) => {
    const imap = await open(t)
    const validity = async (): Promise<string> =>
      /UIDVALIDITY (\d+)/.exec(await imap.say('STATUS a (UIDVALIDITY)'))?.[1] ?? ''
    await imap.say('CREATE a')
    const first = await validity()
    await imap.say('DELETE a')
    await imap.say('CREATE a')

    assert.ok(Number(await validity()) > Number(first))
    assert.match(await imap.say('STATUS INBOX (UIDVALIDITY)'), /UIDVALIDITY 1\)/)
  })
})
