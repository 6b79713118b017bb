import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { ImapCommandRejected } from '../../src/imap/errors.ts'
import {
  change,
  identify,
  list,
  namespaces,
  quota,
  rename,
  status,
} from '../../src/imap/mailboxes.ts'
import { leave, select } from '../../src/imap/selection.ts'
import { playMailbox, playSession } from './conversation.ts'

describe('A list of mailboxes', () => {
  it('has their attributes and names', async () => {
    const entries = await playSession(
      (session) => list(session, { pattern: 'Вх*' }),
      `
      C: A2 LIST "" "&BBIERQ-*"
      S: * LIST (\\\\Sent) "/" a
      S: * LIST () NIL {3}
      S: R&D
      S: A2 OK`,
    )

    assert.deepEqual(
      entries.map(({ name, delimiter, attributes, status: counts }) => [
        name.text,
        delimiter,
        attributes,
        counts,
      ]),
      [
        ['a', '/', ['\\Sent'], undefined],
        ['R&D', undefined, [], undefined],
      ],
    )
  })

  it('of those that are subscribed to is LSUB where there is nothing better', async () => {
    const entries = await playSession(
      (session) => list(session, { isSubscribed: true }),
      'C: A2 LSUB "" "*"\nS: * LSUB () "/" a\nS: A2 OK',
    )

    assert.equal(entries.length, 1)
  })

  it('of those that are subscribed to leaves out what is gone', async () => {
    const entries = await playSession(
      (session) => list(session, { isSubscribed: true }),
      `
      C: A2 LIST (SUBSCRIBED) "" "*" RETURN (CHILDREN)
      S: * LIST (\\\\Subscribed \\\\NonExistent) "/" gone
      S: * LIST (\\\\Subscribed) "/" here
      S: A2 OK`,
      { capabilities: ['LIST-EXTENDED'] },
    )

    assert.deepEqual(
      entries.map(({ name }) => name.text),
      ['here'],
    )
  })

  it('with counts asks for each where the server cannot list them, and passes over one that refuses', async () => {
    const entries = await playSession(
      (session) => list(session, { status: ['messages', 'sizeOctets'] }),
      `
      C: A2 LIST "" "*"
      S: * LIST () "/" a
      S: * LIST (\\\\NoSelect) "/" b
      S: * LIST () "/" c
      S: A2 OK
      C: A3 STATUS "a" (MESSAGES)
      S: * STATUS a (MESSAGES 4)
      S: A3 OK
      C: A4 STATUS "c" (MESSAGES)
      S: A4 NO no`,
    )

    assert.deepEqual(
      entries.map(({ status: counts }) => counts?.messages),
      [4, undefined, undefined],
    )
  })

  it('is bounded', async () => {
    await assert.rejects(
      playSession(
        (session) => list(session),
        'C: A2 LIST "" "*"\nS: * LIST () "/" a\nS: * LIST () "/" b',
        {
          limits: { maxMailboxes: 1 },
        },
      ),
      (error) => error instanceof LimitExceeded && error.option === 'limits.maxMailboxes',
    )
  })
})

describe('A list of mailboxes with long names', () => {
  it('is bounded too', async () => {
    for (const said of [
      ['LIST () "/" ', ''],
      ['STATUS ', ' (MESSAGES 1)'],
    ]) {
      const lines = ['a', 'b'].map((letter) => `S: * ${said.join(letter.repeat(60))}`)
      await assert.rejects(
        playSession((session) => list(session), `C: A2 LIST "" "*"\n${lines.join('\n')}`, {
          limits: { maxBatchOctets: 100 },
        }),
        (error) => error instanceof LimitExceeded && error.option === 'limits.maxBatchOctets',
      )
    }
  })
})

describe('STATUS', () => {
  it('asks for what the server can say', async () => {
    const counts = await playSession(
      (session) => status(session, 'inbox', ['unseen', 'sizeOctets', 'highestModSeq', 'deleted']),
      `
      C: A2 STATUS "INBOX" (UNSEEN SIZE HIGHESTMODSEQ)
      S: * STATUS other (UNSEEN 9)
      S: * STATUS INBOX (UNSEEN 1 SIZE 44421 HIGHESTMODSEQ 7011231777)
      S: A2 OK`,
      { capabilities: ['STATUS=SIZE', 'CONDSTORE'] },
    )

    assert.deepEqual(counts, { unseen: 1, sizeOctets: 44_421, highestModSeq: 7_011_231_777n })
  })

  it('I3 has no room for a second command in the name', async () => {
    await assert.rejects(
      playSession((session) => status(session, 'a\r\nA3 DELETE b', ['messages']), ''),
      RangeError,
    )
  })
})

describe('Mailboxes', () => {
  it('are made, renamed, subscribed to and deleted', async () => {
    await playSession(
      function* (session) {
        yield* change(session, 'CREATE', 'Склад/a"b')
        yield* rename(session, 'a', 'b')
        yield* change(session, 'SUBSCRIBE', 'b')
        yield* change(session, 'UNSUBSCRIBE', 'b')
        yield* change(session, 'DELETE', 'b')
      },
      `
      C: A2 CREATE "&BCEEOgQ7BDAENA-/a\\\\"b"
      S: A2 OK
      C: A3 RENAME "a" "b"
      S: A3 OK
      C: A4 SUBSCRIBE "b"
      S: A4 OK
      C: A5 UNSUBSCRIBE "b"
      S: A5 OK
      C: A6 DELETE "b"
      S: A6 OK`,
    )
  })

  it('that are there already cannot be made', async () => {
    await assert.rejects(
      playSession(
        (session) => change(session, 'CREATE', 'a'),
        'C: A2 CREATE "a"\nS: A2 NO [ALREADYEXISTS] it is there',
      ),
      (error) =>
        error instanceof ImapCommandRejected &&
        error.responseCode === 'ALREADYEXISTS' &&
        error.message === 'CREATE "a" was rejected: NO [ALREADYEXISTS] it is there',
    )
  })
})

describe('Facts about a server', () => {
  it('are its namespaces, quotas and name, where it has them', async () => {
    await playSession(
      function* (session) {
        assert.equal((yield* namespaces(session))?.personal[0]?.prefix, 'INBOX.')
        const [root] = yield* quota(session, 'INBOX')
        assert.deepEqual(root?.resources, [{ name: 'STORAGE', usage: 5, limit: 10 }])
        const names = yield* identify(session, { name: 'x' })
        assert.equal(names?.get('name'), 'Y')
        yield* identify(session)
      },
      `
      C: A2 NAMESPACE
      S: * NAMESPACE (("INBOX." ".")) NIL NIL
      S: A2 OK
      C: A3 GETQUOTAROOT "INBOX"
      S: * QUOTAROOT INBOX r
      S: * QUOTA r (STORAGE 5 10)
      S: A3 OK
      C: A4 ID ("name" "x")
      S: * ID ("NAME" "Y")
      S: A4 OK
      C: A5 ID NIL
      S: A5 OK`,
      { capabilities: ['NAMESPACE', 'QUOTA', 'ID'] },
    )
  })

  it('are not asked for where it has none', async () => {
    await playSession(function* (session) {
      assert.equal(yield* namespaces(session), undefined)
      assert.deepEqual(yield* quota(session, 'INBOX'), [])
      assert.equal(yield* identify(session), undefined)
    }, '')
  })

  it('I3 are not asked for with more than an ID may have', async () => {
    const long = { name: 'x'.repeat(1_025) }
    await assert.rejects(
      playSession((session) => identify(session, long), ''),
      RangeError,
    )
  })
})

describe('Opening a mailbox', () => {
  it('I6 I11 tells how it is', async () => {
    const { mailbox } = await playSession(
      (session) => select(session, 'INBOX', { access: 'read' }),
      `
      C: A2 EXAMINE "INBOX"
      S: * 172 EXISTS
      S: * 1 RECENT
      S: * FLAGS (\\\\Seen x)
      S: * OK [PERMANENTFLAGS ()] none
      S: * OK [UIDVALIDITY 3857529045] valid
      S: * OK [UIDNEXT 4392] next
      S: * OK [HIGHESTMODSEQ 0] none
      S: A2 OK [READ-ONLY] done`,
    )

    assert.deepEqual(
      { ...Object.fromEntries(Object.entries(mailbox)), name: mailbox.name.text },
      {
        name: 'INBOX',
        isReadOnly: true,
        exists: 172,
        flags: ['\\Seen', 'x'],
        permanentFlags: [],
        uidValidity: 3_857_529_045,
        uidNext: 4_392,
        highestModSeq: 0n,
      },
    )
  })

  it('forgets what is said of the one before, until that is closed', async () => {
    const [mailbox, changes] = await playMailbox(
      function* (session) {
        const { mailbox: opened } = yield* select(session, 'b', { access: 'write' })
        return [opened, session.channel.state.takeChanges()] as const
      },
      `
      C: A3 SELECT "b"
      S: * 2 EXPUNGE
      S: * 9 EXISTS
      S: * OK [CLOSED] INBOX is closed
      S: * 1 EXISTS
      S: * OK [UIDVALIDITY 5] other
      S: A3 OK [READ-ONLY] done`,
    )

    assert.deepEqual([mailbox.exists, mailbox.uidValidity, mailbox.isReadOnly], [1, 5, true])
    assert.deepEqual(changes, [])
  })

  it('that does not succeed leaves none open', async () => {
    await playMailbox(
      function* (session) {
        try {
          yield* select(session, 'gone', { access: 'write' })
        } catch (error) {
          assert.ok(error instanceof ImapCommandRejected && error.responseCode === 'NONEXISTENT')
        }
        assert.equal(session.channel.state.mailbox, undefined)
        yield* leave(session, 'keep')
      },
      `
      C: A3 SELECT "gone"
      S: A3 NO [NONEXISTENT] no such mailbox`,
    )
  })
})

describe('Leaving a mailbox', () => {
  it('removes what is marked only when that is asked for', async () => {
    await playMailbox((session) => leave(session, 'expunge'), 'C: A3 CLOSE\nS: A3 OK')
    await playMailbox((session) => leave(session, 'keep'), 'C: A3 UNSELECT\nS: A3 OK', {
      capabilities: ['UNSELECT'],
    })
    await playMailbox(
      (session) => leave(session, 'keep'),
      'C: A3 EXAMINE "INBOX"\nS: A3 OK [READ-ONLY]\nC: A4 CLOSE\nS: A4 OK',
    )
  })
})
