import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { UidSet } from '@obmen/mail/imap'

import { flagsOf, look, lookAndFetch, openPost, PERSONAL, removeAll, sent } from './imap-post.ts'
import { fetchText, OFFICE, outgoing, SHOP } from './messages.ts'
import { takeCensus } from '../../../mail/test/census.ts'

takeCensus()

/** What revision 2 includes has to go with it. */
const WITHOUT_UIDPLUS = ['IMAP4rev2', 'UIDPLUS']

describe('an inbox by IMAP', () => {
  it('gives a message, removes its letter and leaves the others as they are', async (t) => {
    const post = await openPost(t)
    const { mailbox, sender } = post
    const personal = mailbox.put(PERSONAL)
    const binned = mailbox.put(PERSONAL, { flags: ['\\Deleted'] })
    await sender.deliver(outgoing(1))
    const toOthers = outgoing(2)
    await sender.deliver({ ...toOthers, name: { ...toOthers.name, to: OFFICE, from: SHOP } })

    await look(post, async (inbox, waiting) => {
      const [message] = waiting
      assert.ok(message)
      assert.equal(waiting.length, 1)
      assert.equal(await fetchText(inbox, message), 'the octets of a message')
      await inbox.remove(message)
    })

    assert.deepEqual(
      mailbox.letters().map(({ uid }) => uid),
      [personal.uid, binned.uid, 4],
    )
    assert.deepEqual(flagsOf(post, personal.uid), [])
    assert.deepEqual(flagsOf(post, 4), [])
    assert.deepEqual(
      sent(post, 'UID FETCH').filter((command) => !/PEEK|BODYSTRUCTURE/.test(command)),
      [],
    )
    assert.deepEqual(sent(post, 'UID STORE'), ['UID STORE 3 +FLAGS.SILENT (\\Deleted)'])
    assert.deepEqual(sent(post, 'UID EXPUNGE'), ['UID EXPUNGE 3'])
  })

  it('fetches the attachment of a message, and of its letter nothing else', async (t) => {
    const post = await openPost(t)
    await post.sender.deliver(outgoing(1))

    const text = await lookAndFetch(post)

    assert.equal(text, 'the octets of a message')
    assert.deepEqual(sent(post, 'UID FETCH').slice(1), [
      'UID FETCH 1 (UID BODYSTRUCTURE)',
      'UID FETCH 1 (UID BODY.PEEK[2])',
    ])
  })

  it('reads the whole letter where its structure can not be told', async (t) => {
    const post = await openPost(t)
    post.fateOf = (command) =>
      command.includes('BODYSTRUCTURE') ? { reply: 'NO [SERVERBUG] too odd' } : 'proceed'
    await post.sender.deliver(outgoing(1))

    const text = await lookAndFetch(post)

    assert.equal(text, 'the octets of a message')
    assert.deepEqual(sent(post, 'UID FETCH').slice(2), ['UID FETCH 1 (UID BODY.PEEK[])'])
  })

  it('reads the whole letter where the server does not give the part', async (t) => {
    const post = await openPost(t)
    post.fateOf = (command) =>
      command.includes('BODY.PEEK[2]') ? { reply: 'NO [SERVERBUG] no such part' } : 'proceed'
    await post.sender.deliver(outgoing(1))

    assert.equal(await lookAndFetch(post), 'the octets of a message')
  })

  it('reads the whole letter when what it fetched by its structure was damaged', async (t) => {
    const post = await openPost(t)
    await post.sender.deliver(outgoing(1))

    await look(post, async (inbox, [message]) => {
      assert.ok(message)
      const ways: boolean[] = []
      for (const _ of ['part', 'letter', 'part']) {
        assert.equal(await fetchText(inbox, message), 'the octets of a message')
        ways.push(inbox.hasOtherWay?.(message) ?? false)
      }
      assert.deepEqual(ways, [true, false, true])
    })

    assert.deepEqual(
      sent(post, 'UID FETCH 1 (UID BODY.PEEK').map((command) => command.split('PEEK')[1]),
      ['[2])', '[])', '[2])'],
    )
  })

  it('changes nothing where nothing is removed', async (t) => {
    const post = await openPost(t)
    await post.sender.deliver(outgoing(1))

    const { waiting } = await look(post)

    assert.equal(waiting, 1)
    assert.deepEqual(
      post.commands.map((command) => command.split('(')[0]),
      ['SELECT "INBOX"', 'UID SEARCH RETURN ', 'UID FETCH 1 ', 'LOGOUT'],
    )
  })

  it('is another mailbox where one is named', async (t) => {
    const post = await openPost(t, { mailboxName: 'Обмен' })

    await look(post)

    assert.deepEqual(sent(post, 'SELECT'), ['SELECT "&BB4EMQQ8BDUEPQ-"'])
  })

  it('with letters of people is looked through once, and then for what is new', async (t) => {
    const post = await openPost(t)
    const { mailbox, sender } = post
    for (let count = 0; count < 300; count += 1) mailbox.put(PERSONAL)
    await sender.deliver(outgoing(1))
    mailbox.put(PERSONAL)

    await look(post)
    const first = sent(post, 'UID FETCH').length
    mailbox.put(PERSONAL)
    const { waiting } = await look(post)

    assert.equal(waiting, 1)
    assert.ok(first <= 3, `${first} commands for 302 letters`)
    assert.equal(post.memory.lines.size, 2)
    assert.deepEqual(sent(post, 'UID SEARCH'), ['UID SEARCH RETURN (ALL) UID 301,303:4294967295'])
    assert.match(sent(post, 'UID FETCH').join(), /^UID FETCH 301,303 [^,]*$/)
  })

  for (const uidValidity of [2, undefined]) {
    it(`is looked through anew when its UIDVALIDITY is ${uidValidity}`, async (t) => {
      const post = await openPost(t)
      post.mailbox.put(PERSONAL)
      await look(post)

      post.mailbox.renewUidValidity(uidValidity)
      await look(post)

      assert.deepEqual(sent(post, 'UID SEARCH'), ['UID SEARCH RETURN (ALL) UID 1:4294967295'])
    })
  }

  it('takes a letter without our mark by its attachment, and by a part of it', async (t) => {
    const post = await openPost(t)
    const { mailbox, sender } = post
    await sender.deliver(outgoing(1))
    const [letter] = mailbox.letters()
    const text = Buffer.from(letter?.octets ?? []).toString()
    const unmarked = text.replace(/^Obmen-Message/m, 'X-Other')
    mailbox.put(unmarked)
    mailbox.put(`${unmarked.slice(0, unmarked.indexOf('\r\n\r\n'))}\r\n\r\nno attachment\r\n`)

    const { waiting } = await look(post)

    assert.equal(waiting, 2)
    assert.deepEqual(
      sent(post, 'UID FETCH').slice(1),
      [2, 3].map((uid) => `UID FETCH ${uid} (UID BODY.PEEK[]<0.262144>)`),
    )
  })

  it('calls a message damaged whose letter somebody has removed', async (t) => {
    const post = await openPost(t)
    await post.sender.deliver(outgoing(1))

    await look(post, async (inbox, [message]) => {
      assert.ok(message)
      post.mailbox.remove(1)
      await assert.rejects(fetchText(inbox, message), { code: 'MESSAGE_DAMAGED' })
    })
  })
})

describe('an inbox by IMAP, on a server without UIDPLUS', () => {
  it('is cleared when nobody else has marked anything as deleted', async (t) => {
    const post = await openPost(t, { imapWithout: WITHOUT_UIDPLUS })
    post.mailbox.put(PERSONAL)
    await post.sender.deliver(outgoing(1))

    await look(post, removeAll)

    assert.equal(post.mailbox.letters().length, 1)
    assert.equal(sent(post, 'EXPUNGE').length, 1)
  })

  it('is not cleared as long as somebody has, which is told, and later it is', async (t) => {
    const post = await openPost(t, { imapWithout: WITHOUT_UIDPLUS })
    const { mailbox, sender } = post
    const binned = mailbox.put(PERSONAL, { flags: ['\\Deleted'] })
    await sender.deliver(outgoing(1))

    await assert.rejects(look(post, removeAll), { code: 'IMAP_CAPABILITY_MISSING' })
    const kept = mailbox.letters().length
    mailbox.setFlags(binned.uid, [])
    await sender.deliver(outgoing(2))
    const { waiting } = await look(post, removeAll)

    assert.deepEqual([kept, waiting], [2, 1])
    assert.deepEqual(
      mailbox.letters().map(({ uid }) => uid),
      [binned.uid],
    )
  })
})

describe('a letter that an IMAP server does not show', () => {
  const refusals = [
    { name: 'for good is told once', says: 'NO it is broken', told: [1, 0] },
    { name: 'just now is tried again', says: 'NO [UNAVAILABLE] busy', told: [1, 1] },
  ]
  for (const { name, says, told } of refusals) {
    it(`${name}, and the others are received`, async (t) => {
      const post = await openPost(t)
      post.mailbox.put(PERSONAL)
      post.mailbox.put(PERSONAL)
      await post.sender.deliver(outgoing(1))
      post.fateOf = (command) =>
        /^UID FETCH (1[,: ]|2 )/.test(command) ? { reply: says } : 'proceed'
      post.mailbox.remove(2)

      const looks = [await look(post), await look(post)]

      assert.deepEqual(
        looks.map(({ waiting, unreadable }) => [waiting, unreadable]),
        told.map((count) => [1, count]),
      )
    })
  }

  it('for the length of its subject is told once', async (t) => {
    const post = await openPost(t)
    post.mailbox.put(`Subject: ${'x'.repeat(70_000)}\r\n\r\nhi\r\n`)
    await post.sender.deliver(outgoing(1))

    const looks = [await look(post), await look(post)]

    assert.deepEqual(
      looks.map(({ waiting, unreadable }) => [waiting, unreadable]),
      [
        [1, 1],
        [1, 0],
      ],
    )
  })

  it('is one of many, and the others between them are received', async (t) => {
    const post = await openPost(t)
    const broken = new Set<number>()
    for (let uid = 1; uid <= 50; uid += 1) {
      post.mailbox.put(PERSONAL)
      if (uid % 2 === 0) broken.add(uid)
    }
    await post.sender.deliver(outgoing(1))
    post.fateOf = (command) => {
      const set = UidSet.parse(/^UID FETCH (\S+) /.exec(command)?.[1] ?? '')
      const isRefused = set !== undefined && [...set.numbers()].some((uid) => broken.has(uid))
      return isRefused ? { reply: 'NO it is broken' } : 'proceed'
    }

    const { waiting, unreadable } = await look(post)

    assert.deepEqual([waiting, unreadable], [1, broken.size])
  })

  it('is no excuse for a server that shows none', async (t) => {
    const post = await openPost(t)
    for (let count = 0; count < 100; count += 1) post.mailbox.put(PERSONAL)
    post.fateOf = (command) => (command.startsWith('UID FETCH') ? { reply: 'NO never' } : 'proceed')

    await assert.rejects(look(post), { code: 'IMAP_COMMAND_REJECTED' })
    assert.deepEqual([...post.memory.lines], [])
  })

  it('is no excuse for a connection that breaks', async (t) => {
    const post = await openPost(t)
    post.mailbox.put(PERSONAL)
    post.fateOf = (command) => (command.startsWith('UID FETCH') ? 'disconnect' : 'proceed')

    await assert.rejects(look(post), { code: 'CONNECTION_LOST' })
  })
})

describe('a mailbox by IMAP', () => {
  it('that is not there is an error, and no connection is left', async (t) => {
    const post = await openPost(t, { mailboxName: 'Nowhere' })
    await assert.rejects(look(post), { code: 'IMAP_COMMAND_REJECTED' })

    assert.equal(post.commands.at(-1), 'LOGOUT')
  })
})
