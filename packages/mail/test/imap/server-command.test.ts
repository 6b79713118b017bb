import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { octetsOf } from '../../src/base/octets.ts'
import { SequenceSet, UidSet } from '../../src/imap/number-set.ts'
import type { MailboxCommand } from '../../src/imap/server-command.ts'
import { commandOf, lastLine, LOGIN, say } from './server-talk.ts'

const OF_LETTERS = { isByUid: false, letters: SequenceSet.of([1, 2]) }
const CONTENT = {
  kind: 'section',
  label: 'BODY[]',
  form: 'raw',
  marksSeen: true,
  part: [],
} as const
const WHOLE = { ...CONTENT, of: 'CONTENT', fields: [], piece: undefined } as const

const COMMANDS: Readonly<Record<string, MailboxCommand>> = {
  check: { name: 'CHECK' },
  'CREATE "a \\"b\\" &AQI-"': { name: 'CREATE', mailbox: 'a "b" Ă' },
  'DELETE inbox': { name: 'DELETE', mailbox: 'INBOX' },
  'GETQUOTA ""': { name: 'GETQUOTA', root: '' },
  'RENAME a {1+}\r\nb': { name: 'RENAME', from: 'a', to: 'b' },
  'SELECT a': { name: 'SELECT', mailbox: 'a', countsChanges: false, resumption: undefined },
  'EXAMINE a (CONDSTORE)': {
    name: 'EXAMINE',
    mailbox: 'a',
    countsChanges: true,
    resumption: undefined,
  },
  'SELECT a (QRESYNC (7 90 1:9 (1,2 3,4)))': {
    name: 'SELECT',
    mailbox: 'a',
    countsChanges: true,
    resumption: { uidValidity: 7, modSeq: 90 },
  },
  'LSUB "" %': {
    name: 'LSUB',
    reference: '',
    patterns: ['%'],
    selected: new Set(['SUBSCRIBED']),
    returned: new Set(),
    status: undefined,
  },
  'LIST (SUBSCRIBED) a/ (% "*") RETURN (CHILDREN STATUS (MESSAGES UIDNEXT))': {
    name: 'LIST',
    reference: 'a/',
    patterns: ['%', '*'],
    selected: new Set(['SUBSCRIBED']),
    returned: new Set(['CHILDREN', 'STATUS']),
    status: ['MESSAGES', 'UIDNEXT'],
  },
  'STATUS a (unseen)': { name: 'STATUS', mailbox: 'a', items: ['UNSEEN'] },
  'APPEND a {2+}\r\nhi': {
    name: 'APPEND',
    mailbox: 'a',
    flags: [],
    internalDate: undefined,
    octets: octetsOf('hi'),
  },
  'APPEND a (\\Seen $x) " 7-Feb-2026 04:33:00 +0300" UTF8 (~{2+}\r\nhi)': {
    name: 'APPEND',
    mailbox: 'a',
    flags: ['\\Seen', '$x'],
    internalDate: new Date('2026-02-07T01:33:00Z'),
    octets: octetsOf('hi'),
  },
  EXPUNGE: { name: 'EXPUNGE', letters: undefined },
  'UID EXPUNGE 3:*': { name: 'EXPUNGE', letters: UidSet.from(3) },
  'FETCH 1:2 FAST': {
    name: 'FETCH',
    ...OF_LETTERS,
    items: [
      { kind: 'fact', name: 'FLAGS' },
      { kind: 'fact', name: 'INTERNALDATE' },
      { kind: 'fact', name: 'RFC822.SIZE' },
    ],
    changedSince: undefined,
    tellsVanished: false,
  },
  'UID FETCH $ (UID BODY[]) (CHANGEDSINCE 5 VANISHED)': {
    name: 'FETCH',
    isByUid: true,
    letters: 'saved',
    items: [{ kind: 'fact', name: 'UID' }, WHOLE],
    changedSince: 5,
    tellsVanished: true,
  },
  'FETCH 1,2 BINARY.PEEK[1.2]<5.10>': {
    name: 'FETCH',
    ...OF_LETTERS,
    items: [
      {
        ...WHOLE,
        label: 'BINARY[1.2]',
        form: 'decoded',
        marksSeen: false,
        part: [1, 2],
        piece: { offset: 5, octetCount: 10 },
      },
    ],
    changedSince: undefined,
    tellsVanished: false,
  },
  'FETCH 1,2 BODY.PEEK[3.HEADER.FIELDS (From {2+}\r\nTo)]': {
    name: 'FETCH',
    ...OF_LETTERS,
    items: [
      {
        ...WHOLE,
        label: 'BODY[3.HEADER.FIELDS (From To)]',
        marksSeen: false,
        part: [3],
        of: 'HEADER.FIELDS',
        fields: ['from', 'to'],
      },
    ],
    changedSince: undefined,
    tellsVanished: false,
  },
  'FETCH 1:2 RFC822.HEADER': {
    name: 'FETCH',
    ...OF_LETTERS,
    items: [{ ...WHOLE, label: 'RFC822.HEADER', of: 'HEADER', marksSeen: false }],
    changedSince: undefined,
    tellsVanished: false,
  },
  'STORE 1:2 (UNCHANGEDSINCE 4) -flags.silent \\Seen $x': {
    name: 'STORE',
    ...OF_LETTERS,
    change: 'remove',
    isSilent: true,
    flags: ['\\Seen', '$x'],
    unchangedSince: 4,
  },
  'UID MOVE 2 a': { name: 'MOVE', isByUid: true, letters: UidSet.of([2]), mailbox: 'a' },
}

const SEARCHES: Readonly<Record<string, unknown>> = {
  ALL: { kind: 'all' },
  '2:*': { kind: 'letters', letters: SequenceSet.from(2) },
  'uid 9': { kind: 'letters', letters: UidSet.of([9]) },
  unseen: { kind: 'flag', flag: '\\Seen', isSet: false },
  'KEYWORD $x': { kind: 'flag', flag: '$x', isSet: true },
  'SUBJECT "a b"': { kind: 'field', name: 'SUBJECT', text: 'a b' },
  'HEADER X-Y {1+}\r\nz': { kind: 'field', name: 'X-Y', text: 'z' },
  'TEXT x': { kind: 'text', scope: 'all', text: 'x' },
  'SENTSINCE 7-Feb-2026': {
    kind: 'day',
    of: 'date',
    is: 'since',
    dayMs: Date.UTC(2026, 1, 7),
  },
  'LARGER 10': { kind: 'size', is: 'larger', octets: 10 },
  'MODSEQ "/flags/\\\\seen" all 7': { kind: 'mod-seq', from: 7 },
  OLD: { kind: 'flag', flag: '\\Recent', isSet: false },
  'OR ALL (SEEN 1)': {
    kind: 'or',
    keys: [
      { kind: 'all' },
      {
        kind: 'and',
        keys: [
          { kind: 'flag', flag: '\\Seen', isSet: true },
          { kind: 'letters', letters: SequenceSet.of([1]) },
        ],
      },
    ],
  },
}

const MALFORMED = [
  'FETCH',
  'FETCH 0 FLAGS',
  'FETCH 1 (FLAGS',
  'FETCH 1 FLOGS',
  'FETCH 1 BODY[MIME]',
  'FETCH 1 BODY[1.]',
  'FETCH 1 BODY[HEADER.FIELDS ()]',
  'FETCH 1 BINARY[1.HEADER]',
  'FETCH 1 FLAGS (SINCE 3)',
  'STORE 1 FLOGS (\\Seen)',
  'STORE 1 FLAGS (a(b)',
  'SEARCH',
  'SEARCH CHARSET KOI8-R ALL',
  'SEARCH ON yesterday',
  'SEARCH FROM',
  `SEARCH ${'NOT '.repeat(40)}ALL`,
  'LIST (EVERYTHING) "" *',
  'LIST "" * RETURN',
  'SELECT a (FASTER)',
  'APPEND a',
  'APPEND a "yesterday" {1+}\r\nx',
  'APPEND a () x',
  'UID SELECT a',
  'NOOP NOOP',
  'STATUS a',
  'WHAT',
] as const

describe('A command that a server reads', () => {
  for (const [text, expected] of Object.entries(COMMANDS)) {
    it(`is understood: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(commandOf(text), expected)
    })
  }

  for (const [text, key] of Object.entries(SEARCHES)) {
    it(`looks for what it says: ${JSON.stringify(text)}`, () => {
      const command = commandOf(`SEARCH ${text}`)

      assert.ok(command?.name === 'SEARCH' && command.key.kind === 'and')
      assert.deepEqual(command.key.keys, [key])
      assert.equal(command.returned, undefined)
    })
  }

  it('asks for what it wants to know of what was found', () => {
    const all = commandOf('UID SEARCH RETURN () CHARSET utf-8 SEEN')
    const some = commandOf('SEARCH RETURN (MIN COUNT SAVE) 1')

    assert.ok(all?.name === 'SEARCH' && some?.name === 'SEARCH')
    assert.deepEqual([all.isByUid, [...(all.returned ?? [])]], [true, ['ALL']])
    assert.deepEqual([...(some.returned ?? [])], ['MIN', 'COUNT', 'SAVE'])
  })

  for (const text of MALFORMED) {
    it(`is refused when the grammar does not have it: ${JSON.stringify(text.slice(0, 40))}`, () => {
      const heard = say(`${LOGIN}B2 ${text}\r\n`)

      assert.deepEqual(heard.commands, [])
      assert.match(lastLine(heard), /^B2 BAD /)
    })
  }

  it('without a tag is refused without one', () => {
    assert.match(lastLine(say('\r\n')), /^\* BAD/)
    assert.match(lastLine(say('+ NOOP\r\n')), /^\* BAD/)
  })
})
