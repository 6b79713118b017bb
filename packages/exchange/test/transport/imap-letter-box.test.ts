import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'

import { type Inbox, SUBJECT_PREFIX, type WaitingMessage } from '@obmen/exchange'
import { MailTransport } from '@obmen/exchange/mail'
import { MailboxAddress } from '@obmen/mail/mime'
import { Secret } from '@obmen/mail/imap'
import { type Mailbox, startMailHost } from '@obmen/mail/testing'

import { ImapHost } from '../../../mail/test-servers/imap-host.ts'
import { ADDRESS, fetchText, OFFICE, outgoing, PASSWORD, PLAN, SHOP } from './messages.ts'

const PERSONAL = 'Subject: hello\r\n\r\nhi\r\n'

interface Post {
  readonly mailbox: Mailbox
  readonly imap: ImapHost
  readonly sender: MailTransport
  readonly receiver: MailTransport
  /** What the receiver remembers. */
  readonly memory: { lines: ReadonlySet<string> }
}

/** Two nodes at a mail host; the shop receives by IMAP. */
async function openPost(t: TestContext, mailboxName?: string): Promise<Post> {
  const host = await startMailHost({ accounts: [{ address: ADDRESS, password: PASSWORD }] })
  const mailbox = host.mailbox(ADDRESS)
  const imap = await ImapHost.start(mailbox)
  const memory = { lines: new Set<string>() as ReadonlySet<string> }
  const credentials = { user: ADDRESS, password: new Secret(PASSWORD) }
  const address = MailboxAddress.parse(ADDRESS)
  const common = { address, subjectPrefix: SUBJECT_PREFIX }
  const smtp = { ...host.smtp, tls: 'none', credentials } as const
  const foreignLetters = {
    all: () => memory.lines,
    replace: (lines: ReadonlySet<string>) => {
      memory.lines = lines
    },
  }
  const open = (thisNode: typeof OFFICE): MailTransport =>
    new MailTransport({
      ...common,
      plan: { name: PLAN, thisNode },
      smtp,
      imap: {
        host: '127.0.0.1',
        port: imap.port,
        tls: 'none',
        credentials,
        ...(mailboxName !== undefined && { mailbox: mailboxName }),
      },
      foreignLetters,
    })
  const post = { mailbox, imap, memory, sender: open(OFFICE), receiver: open(SHOP) }
  t.after(async () => {
    await post.sender.close()
    await post.receiver.close()
    await imap.close()
    await host.close()
  })
  return post
}

/** Looks into the mailbox, does what is to be done, and closes it. */
async function look(
  { receiver, imap }: Post,
  act: (inbox: Inbox, waiting: readonly WaitingMessage[]) => Promise<void> = () =>
    Promise.resolve(),
): Promise<{ readonly waiting: number; readonly unreadable: number }> {
  imap.commands = []
  const inbox = await receiver.openInbox()
  try {
    const waiting = await inbox.waiting()
    await act(inbox, waiting)
    return { waiting: waiting.length, unreadable: inbox.unreadable?.length ?? 0 }
  } finally {
    await inbox.close()
  }
}

/** The text of the one message that waits. */
async function lookAndFetch(post: Post): Promise<string> {
  let text = ''
  await look(post, async (inbox, [message]) => {
    assert.ok(message)
    text = await fetchText(inbox, message)
  })
  return text
}

async function removeAll(inbox: Inbox, waiting: readonly WaitingMessage[]): Promise<void> {
  for (const message of waiting) await inbox.remove(message)
}

describe('an inbox by IMAP', () => {
  it('gives a message, removes its letter and leaves the others as they are', async (t) => {
    const post = await openPost(t)
    const { mailbox, imap, sender } = post
    const personal = mailbox.put(PERSONAL)
    const binned = mailbox.put(PERSONAL)
    imap.flags(binned.uid).add('\\Deleted')
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
    assert.deepEqual([...imap.flags(personal.uid)], [])
    assert.deepEqual([...imap.flags(4)], [])
    assert.deepEqual(
      imap.sent('UID FETCH').filter((command) => !/PEEK|BODYSTRUCTURE/.test(command)),
      [],
    )
    assert.deepEqual(imap.sent('UID STORE'), ['UID STORE 3 +FLAGS.SILENT (\\Deleted)'])
    assert.deepEqual(imap.sent('UID EXPUNGE'), ['UID EXPUNGE 3'])
  })

  it('fetches the attachment of a message, and of its letter nothing else', async (t) => {
    const post = await openPost(t)
    await post.sender.deliver(outgoing(1))

    const text = await lookAndFetch(post)

    assert.equal(text, 'the octets of a message')
    assert.deepEqual(post.imap.sent('UID FETCH').slice(1), [
      'UID FETCH 1 (UID BODYSTRUCTURE)',
      'UID FETCH 1 (UID BODY.PEEK[2])',
    ])
  })

  it('reads the whole letter where its structure can not be told', async (t) => {
    const post = await openPost(t)
    post.imap.refuse = (command) =>
      command.includes('BODYSTRUCTURE') ? 'NO [SERVERBUG] too odd' : undefined
    await post.sender.deliver(outgoing(1))

    const text = await lookAndFetch(post)

    assert.equal(text, 'the octets of a message')
    assert.deepEqual(post.imap.sent('UID FETCH').slice(2), ['UID FETCH 1 (UID BODY.PEEK[])'])
  })

  it('changes nothing where nothing is removed', async (t) => {
    const post = await openPost(t)
    await post.sender.deliver(outgoing(1))

    const { waiting } = await look(post)

    assert.equal(waiting, 1)
    assert.deepEqual(
      post.imap.commands.map((command) => command.split('(')[0]),
      ['CAPABILITY', 'SELECT "INBOX"', 'UID SEARCH UID 1:4294967295', 'UID FETCH 1 ', 'LOGOUT'],
    )
  })

  it('is another mailbox where one is named', async (t) => {
    const post = await openPost(t, 'Обмен')

    await look(post)

    assert.deepEqual(post.imap.sent('SELECT'), ['SELECT "&BB4EMQQ8BDUEPQ-"'])
  })

  it('with letters of people is looked through once, and then for what is new', async (t) => {
    const post = await openPost(t)
    const { mailbox, imap, sender } = post
    for (let count = 0; count < 300; count += 1) mailbox.put(PERSONAL)
    await sender.deliver(outgoing(1))
    mailbox.put(PERSONAL)

    await look(post)
    const first = imap.sent('UID FETCH').length
    mailbox.put(PERSONAL)
    const { waiting } = await look(post)

    assert.equal(waiting, 1)
    assert.ok(first <= 3, `${first} commands for 302 letters`)
    assert.equal(post.memory.lines.size, 2)
    assert.deepEqual(imap.sent('UID SEARCH'), ['UID SEARCH UID 301,303:4294967295'])
    assert.match(imap.sent('UID FETCH').join(), /^UID FETCH 301,303 [^,]*$/)
  })

  for (const uidValidity of [2, undefined]) {
    it(`is looked through anew when its UIDVALIDITY is ${uidValidity}`, async (t) => {
      const post = await openPost(t)
      post.mailbox.put(PERSONAL)
      await look(post)

      post.imap.uidValidity = uidValidity
      await look(post)

      assert.deepEqual(post.imap.sent('UID SEARCH'), ['UID SEARCH UID 1:4294967295'])
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
      post.imap.sent('UID FETCH').slice(1),
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
    const post = await openPost(t)
    post.imap.capabilities = 'IDLE'
    post.mailbox.put(PERSONAL)
    await post.sender.deliver(outgoing(1))

    await look(post, removeAll)

    assert.equal(post.mailbox.letters().length, 1)
    assert.equal(post.imap.sent('EXPUNGE').length, 1)
  })

  it('is not cleared as long as somebody has, which is told, and later it is', async (t) => {
    const post = await openPost(t)
    const { mailbox, imap, sender } = post
    imap.capabilities = 'IDLE'
    const binned = mailbox.put(PERSONAL)
    imap.flags(binned.uid).add('\\Deleted')
    await sender.deliver(outgoing(1))

    await assert.rejects(look(post, removeAll), { code: 'IMAP_CAPABILITY_MISSING' })
    const kept = mailbox.letters().length
    imap.flags(binned.uid).clear()
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
      post.imap.refuse = (command) => (/^UID FETCH (1[,: ]|2 )/.test(command) ? says : undefined)
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

  it('is no excuse for a server that shows none', async (t) => {
    const post = await openPost(t)
    for (let count = 0; count < 100; count += 1) post.mailbox.put(PERSONAL)
    post.imap.refuse = (command) => (command.startsWith('UID FETCH') ? 'NO never' : undefined)

    await assert.rejects(look(post), { code: 'IMAP_COMMAND_REJECTED' })
    assert.deepEqual([...post.memory.lines], [])
  })

  it('is no excuse for a connection that breaks', async (t) => {
    const post = await openPost(t)
    post.mailbox.put(PERSONAL)
    post.imap.refuse = (command) => (command.startsWith('UID FETCH') ? '' : undefined)

    await assert.rejects(look(post), { code: 'CONNECTION_LOST' })
  })
})

describe('a mailbox by IMAP', () => {
  it('that is not there is an error, and no connection is left', async (t) => {
    const post = await openPost(t, 'Nowhere')
    post.imap.refuse = (command) =>
      command.startsWith('SELECT') ? 'NO [NONEXISTENT] where?' : undefined

    await assert.rejects(look(post), { code: 'IMAP_COMMAND_REJECTED' })

    assert.equal(post.imap.commands.at(-1), 'LOGOUT')
  })
})
