import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { textOf } from '../../src/base/octets.ts'
import { ImapCapabilityMissing, ImapCommandRejected } from '../../src/imap/errors.ts'
import { fetchLetters } from '../../src/imap/fetch.ts'
import { copy, expunge, move, store } from '../../src/imap/letters.ts'
import { UidSet } from '../../src/imap/number-set.ts'
import { search } from '../../src/imap/search.ts'
import type { SearchCriteria } from '../../src/imap/search.ts'
import { ProtocolViolation } from '../../src/wire/errors.ts'
import { playMailbox, sectionText } from './conversation.ts'

const SEVEN = UidSet.of([7])

describe('Fetching letters', () => {
  it('asks for the items that are wanted', async () => {
    await playMailbox(
      (session) =>
        fetchLetters(session, SEVEN, {
          flags: true,
          internalDate: true,
          sizeOctets: true,
          envelope: true,
          body: true,
          modSeq: true,
          header: 'all',
          sections: [{ part: '1', isDecoded: true }, { part: '2', of: 'MIME' }, {}],
        }),
      `
      C: A3 UID FETCH 7 (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE MODSEQ BODY.PEEK[HEADER] BINARY.PEEK[1] BODY.PEEK[2.MIME] BODY.PEEK[])
      S: A3 OK`,
      { capabilities: ['BINARY', 'CONDSTORE'] },
    )
  })

  it('asks for nothing that the server does not have', async () => {
    const sections = [{ part: '1', isDecoded: true }]
    await playMailbox(
      (session) => fetchLetters(session, SEVEN, { modSeq: true }),
      'C: A3 UID FETCH 7 (UID)\nS: A3 OK',
    )
    await assert.rejects(
      playMailbox((session) => fetchLetters(session, SEVEN, { sections }), ''),
      (error) => error instanceof ImapCapabilityMissing && error.capability === 'BINARY',
    )
  })

  it('I5 I6 takes letters in any order and in several pieces, and nothing for one of them that is not', async () => {
    const [letters, changes] = await playMailbox(
      function* (session) {
        const found = yield* fetchLetters(session, UidSet.of([4, 7]), {
          flags: true,
          header: 'all',
        })
        return [found, session.channel.state.takeChanges()] as const
      },
      `
      C: A3 UID FETCH 4,7 (UID FLAGS BODY.PEEK[HEADER])
      S: * 3 FETCH (UID 7 FLAGS (\\\\Seen))
      S: * 1 FETCH (FLAGS ())
      S: * 3 FETCH (BODY[HEADER] "a" UID 7)
      S: * 9 FETCH (UID 99 FLAGS ())
      S: * 2 FETCH (UID 4 FLAGS () BODY[HEADER] {3}
      S: b
      S: )
      S: * 3 FETCH (UID 7 FLAGS (\\\\Answered))
      S: A3 OK`,
    )

    assert.deepEqual(
      letters.map(({ uid, flags, header }) => [uid, flags, header && textOf(header)]),
      [
        [7, ['\\Answered'], 'a'],
        [4, [], 'b\r\n'],
      ],
    )
    assert.equal(changes.length, 2)
  })

  it('I10 delivers the letters around one that cannot be read', async () => {
    const letters = await playMailbox(
      (session) => fetchLetters(session, UidSet.of([1, 2, 3]), { body: true }),
      `
      C: A3 UID FETCH 1:3 (UID BODYSTRUCTURE)
      S: * 1 FETCH (UID 1 BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1))
      S: * 2 FETCH (UID 2 BODYSTRUCTURE ((((("oops
      S: * 3 FETCH (UID 3 BODYSTRUCTURE ("TEXT" "HTML" NIL NIL NIL "7BIT" 1 1))
      S: A3 OK`,
    )

    assert.deepEqual(
      letters.map(({ uid, body, defects }) => [uid, body?.contentType, defects.length]),
      [
        [1, 'text/plain', 0],
        [2, undefined, 2],
        [3, 'text/html', 0],
      ],
    )
  })

  it('is bounded in what it keeps at a time', async () => {
    await assert.rejects(
      playMailbox(
        (session) => fetchLetters(session, UidSet.range(1, 3), { header: 'all' }),
        `
        C: A3 UID FETCH 1:3 (UID BODY.PEEK[HEADER])
        S: * 1 FETCH (UID 1 BODY[HEADER] "aaaa")
        S: * 2 FETCH (UID 2 BODY[HEADER] "aaaa")`,
        { limits: { maxBatchOctets: 407 } },
      ),
      (error) => error instanceof LimitExceeded && error.option === 'limits.maxBatchOctets',
    )
  })

  it('is bounded in what it keeps of structures and envelopes too', async () => {
    const long = 'a'.repeat(1_000)
    for (const said of [
      `BODYSTRUCTURE ("TEXT" "PLAIN" ("NAME" "${long}") NIL NIL "7BIT" 1 1)`,
      `ENVELOPE (NIL "${long}" NIL NIL NIL NIL NIL NIL NIL NIL)`,
    ]) {
      await assert.rejects(
        playMailbox(
          (session) => fetchLetters(session, UidSet.range(1, 3), { body: true }),
          `
          C: A3 UID FETCH 1:3 (UID BODYSTRUCTURE)
          S: * 1 FETCH (UID 1 ${said})
          S: * 2 FETCH (UID 2 ${said})`,
          { limits: { maxBatchOctets: 3_000 } },
        ),
        (error) => error instanceof LimitExceeded && error.option === 'limits.maxBatchOctets',
      )
    }
  })

  it('takes one letter in so many pieces and no more', async () => {
    const piece = 'S: * 1 FETCH (UID 1 BODY[HEADER] "")\n'
    await assert.rejects(
      playMailbox(
        (session) => fetchLetters(session, UidSet.of([1]), { header: 'all' }),
        `C: A3 UID FETCH 1 (UID BODY.PEEK[HEADER])\n${piece.repeat(1_001)}`,
      ),
      ProtocolViolation,
    )
  })

  it('I3 asks for nothing that could be another command', async () => {
    for (const section of [
      { part: '1]' },
      { of: 'HEADER.FIELDS' },
      { fields: ['a'] },
      { of: 'HEADER.FIELDS', fields: ['a b'] },
      { of: 'HEADER.FIELDS', fields: ['a)\r\nA4 LOGOUT'] },
      { of: 'TEXT', isDecoded: true },
    ] as const) {
      await assert.rejects(
        playMailbox((session) => fetchLetters(session, SEVEN, { sections: [section] }), '', {
          capabilities: ['BINARY'],
        }),
        RangeError,
      )
    }
  })
})

describe('Fetching content', () => {
  const content = (answer: string, limits: { maxLiteralOctets?: number } = {}) =>
    playMailbox(
      (session) => sectionText(session, 7, { part: '1' }),
      `
      C: A3 UID FETCH 7 (UID BODY.PEEK[1])
      ${answer}
      S: A3 OK`,
      { limits },
    )

  it('I16 writes it to a sink, whatever is kept of other things', async () => {
    const text = await content('S: * 2 FETCH (UID 7 BODY[1] {9}\nS: 1234567\nS: )', {
      maxLiteralOctets: 5,
    })

    assert.equal(text, '1234567\r\n')
  })

  it('takes what comes between quotes, and what is empty', async () => {
    assert.equal(await content('S: * 2 FETCH (BODY[1] "short" UID 7)'), 'short')
    assert.equal(await content('S: * 2 FETCH (BODY[1] "" UID 7)'), '')
    assert.equal(await content('S: * 2 FETCH (BODY[1] {0}\nS: UID 7)'), '')
  })

  it('tells a part or a letter that is not there from an empty one', async () => {
    assert.equal(await content('S: * 2 FETCH (UID 7 BODY[1] NIL)'), undefined)
    assert.equal(await content('S: * 2 FETCH (FLAGS ())'), undefined)
  })

  it('does not take that of another letter', async () => {
    await assert.rejects(content('S: * 2 FETCH (UID 8 BODY[1] "x")'), ProtocolViolation)
  })
})

describe('Searching', () => {
  for (const { name, criteria, keys } of [
    { name: 'for all', criteria: {}, keys: 'ALL' },
    {
      name: 'by flags and words',
      criteria: { seen: false, deleted: true, keyword: '$Junk', withoutKeyword: 'x' },
      keys: 'UNSEEN DELETED KEYWORD $Junk UNKEYWORD x',
    },
    {
      name: 'by texts',
      criteria: { from: 'a"b', header: { 'X-Plan': '' } },
      keys: 'FROM "a\\\\"b" HEADER "X-Plan" ""',
    },
    {
      name: 'by dates and sizes',
      criteria: { since: new Date('2026-02-03'), largerThan: 9, changedSince: 11n },
      keys: 'SINCE 3-Feb-2026 LARGER 9 MODSEQ 12',
    },
    {
      name: 'for what is not, and for one or the other',
      criteria: { uids: SEVEN, not: {}, either: [{ seen: true }, { to: 'a', cc: 'b' }] },
      keys: 'UID 7 NOT (ALL) OR (SEEN) (TO "a" CC "b")',
    },
    {
      name: 'for text that is not ASCII',
      criteria: { not: { subject: 'ж' } },
      keys: 'CHARSET UTF-8 NOT (SUBJECT {2}\nS: + go\nC: ж)',
    },
  ] satisfies readonly { name: string; criteria: SearchCriteria; keys: string }[]) {
    it(`is written ${name}`, async () => {
      const found = await playMailbox(
        (session) => search(session, criteria),
        `
        C: A3 UID SEARCH ${keys}
        S: * SEARCH 9 3
        S: * SEARCH 4
        S: A3 OK`,
      )

      assert.equal(found.toString(), '3:4,9')
    })
  }

  it('I12 finds nothing where the server says nothing', async () => {
    for (const answer of ['', 'S: * SEARCH\n']) {
      const found = await playMailbox(
        (session) => search(session, {}),
        `C: A3 UID SEARCH ALL\n${answer}S: A3 OK`,
      )
      assert.ok(found.isEmpty)
    }
  })

  it('I12 takes no answer to another search for its own', async () => {
    const found = await playMailbox(
      (session) => search(session, {}),
      `
      C: A3 UID SEARCH RETURN (ALL) ALL
      S: * ESEARCH (TAG "A2") UID ALL 1:3
      S: * ESEARCH (TAG "A3") UID ALL 5
      S: A3 OK`,
      { capabilities: ['ESEARCH'] },
    )

    assert.equal(found.toString(), '5')
  })

  it('I12 does not take sequence numbers for UIDs', async () => {
    await assert.rejects(
      playMailbox(
        (session) => search(session, {}),
        'C: A3 UID SEARCH RETURN (ALL) ALL\nS: * ESEARCH (TAG "A3") ALL 1:3',
        { capabilities: ['ESEARCH'] },
      ),
      ProtocolViolation,
    )
  })

  it('I12 finds no more than the limit, however shortly it is written', async () => {
    await assert.rejects(
      playMailbox(
        (session) => search(session, {}),
        `
        C: A3 UID SEARCH RETURN (ALL) ALL
        S: * ESEARCH (TAG "A3") UID ALL 1:4294967295
        S: A3 OK`,
        { capabilities: ['ESEARCH'] },
      ),
      LimitExceeded,
    )
  })

  it('I12 finds no more than the limit, in however many answers', async () => {
    await assert.rejects(
      playMailbox(
        (session) => search(session, {}),
        `C: A3 UID SEARCH ALL\n${'S: * SEARCH 1 2 3 4 5\n'.repeat(5)}`,
        { limits: { maxTokens: 20 } },
      ),
      LimitExceeded,
    )
  })

  it('I12 that the server has no letters for says so', async () => {
    await assert.rejects(
      playMailbox(
        (session) => search(session, { subject: 'ascii' }),
        'C: A3 UID SEARCH SUBJECT "ascii"\nS: A3 NO [BADCHARSET (US-ASCII)] no',
      ),
      (error) => error instanceof ImapCommandRejected && error.responseCode === 'BADCHARSET',
    )
  })

  it('I3 is not nested without end', async () => {
    let criteria: SearchCriteria = {}
    for (let depth = 0; depth < 100; depth++) criteria = { not: criteria }

    await assert.rejects(
      playMailbox((session) => search(session, criteria), ''),
      RangeError,
    )
  })
})

describe('Changing letters', () => {
  it('sets, adds and removes flags, in as many commands as fit', async () => {
    const sparse = UidSet.of(Array.from({ length: 351 }, (_, index) => 2 * index + 1))
    const first = [...sparse.numbers()].slice(0, 350).join()
    const changes = await playMailbox(
      function* (session) {
        yield* store(session, SEVEN, { change: 'set', flags: ['\\Seen', '$Junk'] })
        yield* store(session, sparse, { change: 'remove', flags: ['\\Seen'] })
        return session.channel.state.takeChanges()
      },
      `
      C: A3 UID STORE 7 FLAGS.SILENT (\\\\Seen $Junk)
      S: * 2 FETCH (UID 7 FLAGS (\\\\Seen $Junk))
      S: A3 OK
      C: A4 UID STORE ${first} -FLAGS.SILENT (\\\\Seen)
      S: A4 OK
      C: A5 UID STORE 701 -FLAGS.SILENT (\\\\Seen)
      S: A5 OK`,
    )

    assert.deepEqual(changes, [])
  })

  it('I3 takes nothing for a flag that is none', async () => {
    for (const flag of ['a b', '\\Seen)', '', 'x\r\n', '{3}']) {
      const change = { change: 'add', flags: [flag] } as const
      await assert.rejects(
        playMailbox((session) => store(session, SEVEN, change), ''),
        RangeError,
      )
    }
  })

  it('I6 copies, and says what the copies are called where the server does', async () => {
    const run = (code: string): Promise<unknown> =>
      playMailbox(
        (session) => copy(session, UidSet.of([4, 7]), 'b'),
        `C: A3 UID COPY 4,7 "b"\nS: A3 OK ${code}`,
      )

    assert.deepEqual(await run('[COPYUID 38505 4,7 3956:3957] done'), [
      { uidValidity: 38_505, sourceUids: [4, 7], targetUids: [3_956, 3_957] },
    ])
    assert.deepEqual(await run('done'), [])
    assert.deepEqual(await run('[COPYUID 38505 4,7 3956] one is missing'), [])
    assert.deepEqual(await run('[COPYUID 1 1:4294967295 1:4294967295] too many'), [])
  })

  it('moves only where nothing else can be lost by it', async () => {
    const attempt = playMailbox((session) => move(session, SEVEN, 'b'), '')
    await assert.rejects(
      attempt,
      (error) => error instanceof ImapCapabilityMissing && error.capability === 'UIDPLUS',
    )
    await assert.rejects(
      playMailbox((session) => expunge(session, SEVEN), ''),
      ImapCapabilityMissing,
    )
  })

  it('removes what is marked', async () => {
    await playMailbox((session) => expunge(session), 'C: A3 EXPUNGE\nS: * 1 EXPUNGE\nS: A3 OK')
  })
})
