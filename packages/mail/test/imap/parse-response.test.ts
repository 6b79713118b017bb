import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { octetsOf, textOf } from '../../src/base/octets.ts'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { UidSet } from '../../src/imap/number-set.ts'
import type { ImapResponse } from '../../src/imap/response.ts'
import { ProtocolViolation } from '../../src/wire/errors.ts'
import { read, readOne } from './responses.ts'

/** With names of mailboxes and sets as text, so that they can be compared. */
function plain(response: ImapResponse): unknown {
  return JSON.parse(
    JSON.stringify(response, (_key, value: unknown): unknown => {
      if (typeof value === 'bigint') return `${value}n`
      if (value instanceof Map) return Object.fromEntries([...value] as [string, unknown][])
      if (value instanceof UidSet) return value.toString()
      return value
    }),
  )
}

describe('IMAP response', () => {
  for (const [line, expected] of [
    ['A1 OK done', { kind: 'status', tag: 'A1', status: 'OK', text: 'done' }],
    ['* ok', { kind: 'status', status: 'OK', text: '' }],
    ['* BAD eh [x] {3}', { kind: 'status', status: 'BAD', text: 'eh [x] {3}' }],
    ['* OK [not closed', { kind: 'status', status: 'OK', text: '[not closed' }],
    ['+ aGk=', { kind: 'continuation', text: 'aGk=' }],
    ['+', { kind: 'continuation', text: '' }],
    [
      '* CAPABILITY IMAP4rev1  AUTH=PLAIN ',
      { kind: 'capability', names: ['IMAP4rev1', 'AUTH=PLAIN'] },
    ],
    ['* ENABLED CONDSTORE', { kind: 'enabled', names: ['CONDSTORE'] }],
    ['* FLAGS (\\Seen $x[])', { kind: 'flags', flags: ['\\Seen', '$x[]'] }],
    ['* 23 EXISTS', { kind: 'exists', count: 23 }],
    ['* 5 recent', { kind: 'recent', count: 5 }],
    ['* 44 EXPUNGE', { kind: 'expunge', sequenceNumber: 44 }],
    ['* VANISHED (EARLIER) 41,43:45', { kind: 'vanished', uids: '41,43:45', isEarlier: true }],
    ['* VANISHED 41', { kind: 'vanished', uids: '41', isEarlier: false }],
    ['* 3 PUDDING x', { kind: 'other', name: 'PUDDING' }],
    ['* PUDDING', { kind: 'other', name: 'PUDDING' }],
    [
      '* LIST (\\HasNoChildren \\Sent) "/" "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-"',
      {
        kind: 'list',
        mailbox: {
          name: 'Отправленные',
          delimiter: '/',
          attributes: ['\\HasNoChildren', '\\Sent'],
        },
      },
    ],
    ['* LSUB () NIL a]b%"', { kind: 'lsub', mailbox: { name: 'a]b%', attributes: [] } }],
    [
      '* LIST () "\\\\" "a\\"b" ("CHILDINFO" ("SUBSCRIBED"))',
      { kind: 'list', mailbox: { name: 'a"b', delimiter: '\\', attributes: [] } },
    ],
    [
      '* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292 HIGHESTMODSEQ 9223372036854775807 APPENDLIMIT NIL X 7)',
      {
        kind: 'mailbox-status',
        name: 'blurdybloop',
        status: { messages: 231, uidNext: 44_292, highestModSeq: '9223372036854775807n' },
      },
    ],
    [
      '* NAMESPACE (("" "/")) (("~" "/" "X-PARAM" ("a")) ("#" NIL)) NIL',
      {
        kind: 'namespace',
        personal: [{ prefix: '', delimiter: '/' }],
        otherUsers: [{ prefix: '~', delimiter: '/' }, { prefix: '#' }],
        shared: [],
      },
    ],
    ['* ID NIL', { kind: 'id', fields: {} }],
    ['* ID ("name" "Cyrus" "os" NIL)', { kind: 'id', fields: { name: 'Cyrus' } }],
    [
      '* QUOTA "" (STORAGE 10 512)',
      { kind: 'quota', root: '', resources: [{ name: 'STORAGE', usage: 10, limit: 512 }] },
    ],
    ['* QUOTAROOT INBOX ""', { kind: 'quota-root', name: 'INBOX', roots: [''] }],
  ] as const) {
    it(`reads ${line}`, () => {
      assert.deepEqual(plain(readOne(line)), expected)
    })
  }

  it('I1 reads a name that comes as a literal', () => {
    const response = readOne(octetsOf('* LIST () "/" {5}\r\na"b\\c\r\n'))

    assert.ok(response.kind === 'list' && response.mailbox.name.text === 'a"b\\c')
  })

  for (const line of [
    '* LIST',
    '* LIST () "/"',
    '* LIST (\\x "/" a',
    '* STATUS a (MESSAGES)',
    '* FLAGS \\Seen',
    'A1 BYE',
    'A1',
    '*',
    '* 1',
    '* SEARCH a',
    '* SEARCH 0',
    '* SEARCH 7 4294967296',
    '* 0 EXPUNGE',
    '* 0 FETCH (FLAGS ())',
    '* 4294967296 EXISTS',
    '* ESEARCH ALL x',
    '* VANISHED 1:*',
    '* NAMESPACE x NIL NIL',
    '* QUOTA "a (',
    '',
  ]) {
    it(`does not read ${JSON.stringify(line)}`, () => {
      assert.throws(() => readOne(line), ProtocolViolation)
    })
  }

  it('is bounded in its words', () => {
    assert.throws(
      () => readOne('* SEARCH 1 2 3 4 5 6', { limits: { maxTokens: 5 } }),
      (error) => error instanceof LimitExceeded && error.option === 'limits.maxTokens',
    )
  })
})

describe('IMAP response code', () => {
  for (const [code, expected] of [
    ['UIDVALIDITY 3857529045', { name: 'UIDVALIDITY', text: '3857529045', number: 3_857_529_045 }],
    ['uidnext 4392', { name: 'UIDNEXT', text: '4392', number: 4_392 }],
    ['HIGHESTMODSEQ 0', { name: 'HIGHESTMODSEQ', text: '0', modSeq: '0n' }],
    [
      'HIGHESTMODSEQ 9007199254740993',
      { name: 'HIGHESTMODSEQ', text: '9007199254740993', modSeq: '9007199254740993n' },
    ],
    [
      'PERMANENTFLAGS (\\Seen \\*)',
      { name: 'PERMANENTFLAGS', text: '(\\Seen \\*)', flags: ['\\Seen', '\\*'] },
    ],
    [
      'APPENDUID 38505 3955',
      { name: 'APPENDUID', text: '38505 3955', number: 38_505, uids: '3955' },
    ],
    [
      'COPYUID 38505 304,319:320 3956:3958',
      {
        name: 'COPYUID',
        text: '38505 304,319:320 3956:3958',
        number: 38_505,
        uids: '304,319:320',
        targetUids: '3956:3958',
      },
    ],
    ['UIDNEXT 0', { name: 'UIDNEXT', text: '0' }],
    ['UIDNEXT 9999999999', { name: 'UIDNEXT', text: '9999999999' }],
    ['COPYUID x', { name: 'COPYUID', text: 'x' }],
    [
      'CAPABILITY IMAP4rev1 IDLE',
      { name: 'CAPABILITY', text: 'IMAP4rev1 IDLE', capabilities: ['IMAP4rev1', 'IDLE'] },
    ],
    ['TRYCREATE', { name: 'TRYCREATE', text: '' }],
  ] as const) {
    it(`I6 I11 reads ${code}`, () => {
      const response = readOne(`* OK [${code}] words`)

      assert.ok(response.kind === 'status' && response.code !== undefined)
      assert.equal(response.text, 'words')
      assert.deepEqual((plain(response) as { readonly code: unknown }).code, expected)
    })
  }
})

describe('What a search found', () => {
  it('I12 is a list of numbers, or empty', () => {
    const [some, none, changed] = read(
      '* SEARCH 2 84 882\r\n* SEARCH\r\n* SEARCH 2 5 (MODSEQ 917162500)\r\n',
    )

    assert.ok(some?.kind === 'search' && none?.kind === 'search' && changed?.kind === 'search')
    assert.deepEqual(some.all, [2, 84, 882])
    assert.deepEqual(none.all, [])
    assert.deepEqual([changed.all, changed.modSeq], [[2, 5], 917_162_500n])
  })

  it('I12 says in its extended form which command it answers', () => {
    const response = readOne(
      '* ESEARCH (TAG "A282") UID MIN 2 MAX 10 COUNT 3 ALL 2,10:11 MODSEQ 12 RELEVANCY (4 99)',
    )

    assert.ok(response.kind === 'search')
    const { tag, areUids, min, max, count, modSeq } = response
    assert.deepEqual([tag, areUids, min, max, count, modSeq], ['A282', true, 2, 10, 3, 12n])
    assert.equal(response.all?.toString(), '2,10:11')
  })
})

describe('An IMAP status', () => {
  it('has words that are not UTF-8 all the same', () => {
    const response = readOne(Uint8Array.of(...octetsOf('* NO '), 0xe9, 0x0d, 0x0a))

    assert.ok(response.kind === 'status')
    assert.equal(response.text, textOf(Uint8Array.of(0xe9)))
  })
})
