import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  EmailDirectoryNotFoundException,
  EmailSendingException,
  IllegalArgumentException,
  IllegalStateException,
  MailboxException,
} from '../../src/index.ts'
import {
  InternetMailMessage,
  type InternetMailProfile,
  InternetMailProtocol,
  InternetMailTextProcessing,
  type InternetMailFilter,
} from '../../src/internet-mail.ts'
import {
  ADDRESS,
  logonByImap,
  newMessage,
  startWorld,
  type MailWorld,
} from './internet-mail-world.ts'
import { MemoryImap } from './memory-imap.ts'
import { takeCensus } from '../census.ts'

takeCensus()

function fill(host: MemoryImap, mailbox: string, ...subjects: readonly string[]): void {
  for (const subject of subjects) {
    host.mailbox(mailbox).put(`From: a@b.example\r\nSubject: ${subject}\r\n\r\ntext ${subject}\r\n`)
  }
}

function flagsOf(host: MemoryImap): readonly string[] {
  return host.mailbox('INBOX').letters.map(({ flags }) => [...flags].join())
}

/** The profile of a world, with IMAP too. */
function readByImap({ host, profile }: MailWorld): InternetMailProfile {
  profile.imapServerAddress = host.imap.host
  profile.imapPort = host.imaps?.port ?? 0
  profile.imapUseSsl = true
  profile.imapUser = ADDRESS
  profile.imapPassword = profile.password
  return profile
}

const { Imap } = InternetMailProtocol

describe('InternetMail by IMAP', () => {
  it('gets letters without leaving a trace, marks and deletes only when it is told to', async () => {
    const host = new MemoryImap()
    fill(host, 'INBOX', 'first', 'second', 'third')
    await using listener = await host.listen()
    await using mail = await logonByImap(listener)

    const all = await mail.get()
    assert.deepEqual(flagsOf(host), ['', '', ''])
    const [third, second] = await mail.get(true, [all[2] ?? '', 2], true)

    assert.equal(await mail.getMessageCount(), 3)
    assert.equal(all[1]?.texts.get(0).text.trimEnd(), 'text second')
    assert.deepEqual([third?.subject, second?.subject], ['third', 'second'])
    assert.deepEqual(flagsOf(host), ['', '\\Seen,\\Deleted', '\\Seen,\\Deleted'])
    await mail.undeleteMessages([second ?? ''])
    await mail.clearDeletedMessages()
    assert.deepEqual(flagsOf(host), ['', '\\Seen'])
    assert.deepEqual(await mail.get(false, [third ?? '']), [])
  })

  it('names letters by UID and UIDVALIDITY, so that an old name means no other letter', async () => {
    const host = new MemoryImap()
    fill(host, 'INBOX', 'first', 'second')
    await using listener = await host.listen()
    const first = await logonByImap(listener)
    const known = await first.getUidl()
    await first.logoff()
    fill(host, 'INBOX', 'third')
    await using second = await logonByImap(listener)

    assert.deepEqual(known, ['imap-1-1-INBOX', 'imap-11-1-INBOX'])
    assert.deepEqual(await second.getUidl([...known, 'of POP3']), ['imap-21-1-INBOX'])
    const [short] = await second.get(false, ['imap-11'])
    assert.equal(short?.subject, 'second')
    assert.deepEqual(await second.get(false, ['imap-11-2']), [])
    await assert.rejects(second.get(false, ['11']), IllegalArgumentException)
    await assert.rejects(second.get(false, [4]), IllegalArgumentException)
    host.mailbox('INBOX').uidValidity = 7
    await using third = await logonByImap(listener)
    assert.equal((await third.getUidl(known)).length, 3)
    await third.deleteMessages(known)
    assert.deepEqual(flagsOf(host), ['', '', ''])
  })

  it('filters on the server, and by the flag that no search has a word for', async () => {
    const host = new MemoryImap()
    fill(host, 'INBOX', 'first', 'second')
    host.mailbox('INBOX').letters[1]?.flags.add('\\Recent')
    await using listener = await host.listen()
    await using mail = await logonByImap(listener)
    const day = new Date('2026-11-22')

    await mail.getHeaders({ to: 'b@example.org', subject: 'x', text: 'y', afterDateOfPosting: day })
    assert.equal(
      host.commands.at(-1),
      'UID SEARCH TO "b@example.org" SUBJECT "x" TEXT "y" SENTSINCE 22-Nov-2026',
    )
    const recent = await mail.getHeaders({ recent: true, seen: false })
    assert.deepEqual(
      recent.map(({ subject, texts, uid }) => [subject, texts.count(), uid]),
      [['second', 0, ['imap-11-1-INBOX']]],
    )
    assert.equal((await mail.getUidl([], { new: false, seen: false })).length, 1)
  })

  it('calls new what is recent and not seen, and nothing else', async () => {
    const host = new MemoryImap()
    fill(host, 'INBOX', 'old', 'new', 'seen')
    const [, second, third] = host.mailbox('INBOX').letters
    second?.flags.add('\\Recent')
    third?.flags.add('\\Recent').add('\\Seen')
    await using listener = await host.listen()
    await using mail = await logonByImap(listener)
    const found = async (filter: InternetMailFilter): Promise<readonly string[]> =>
      (await mail.getHeaders(filter)).map(({ subject }) => subject)

    assert.deepEqual(await found({ new: true }), ['new'])
    assert.deepEqual(await found({ new: false }), ['old', 'seen'])
    assert.deepEqual(await found({ recent: true, new: false }), ['seen'])
    assert.deepEqual(await found({ seen: true, new: true }), [])
  })

  it('gives the others, and names those, when the server refuses some', async () => {
    await using world = await startWorld({
      onCommand: (_, line) =>
        /^UID FETCH (?:\S*[,:])?2(?:[,:]\S*)? .*BODY|^UID FETCH 1:3 .*BODY/.test(line)
          ? { reply: 'NO [SERVERBUG] can not read it' }
          : 'proceed',
    })
    for (const subject of ['first', 'second', 'third']) world.put(subject)
    const { mail } = world
    await mail.logon(readByImap(world), Imap)

    for (const read of [() => mail.get(), () => mail.getHeaders()]) {
      const messages = await read()
      assert.deepEqual(
        messages.map(({ subject }) => subject),
        ['first', 'third'],
      )
      const [[id, refusal] = []] = mail.refusedMessages
      assert.match(id ?? '', /^imap-2-/)
      assert.match(refusal?.message ?? '', /reading letter 1 failed: .* can not read it/)
    }
    await assert.rejects(mail.get(false, [2]), MailboxException)
  })

  it('shows itself to the POP3 server before it sends, if the profile says so', async () => {
    const lines: string[] = []
    await using world = await startWorld({
      onCommand: (protocol, line) => {
        const [word = ''] = line.split(' ')
        lines.push(`${protocol} ${word}`)
        return 'proceed'
      },
    })
    const { mail } = world
    const profile = readByImap(world)
    profile.pop3BeforeSmtp = true
    const message = newMessage(ADDRESS)

    await mail.logon(profile, Imap)
    lines.length = 0
    await mail.send(message)
    await mail.logoff()
    const [login, ...others] = lines.filter((line) => / (AUTH|QUIT|EHLO|MAIL)$/.test(line))
    assert.equal(login, 'pop3 AUTH')
    assert.ok(others.indexOf('pop3 QUIT') < others.indexOf('smtp EHLO'), lines.join())

    profile.pop3ServerAddress = '127.0.0.1'
    profile.password = 'wrong'
    await mail.logon(profile, Imap)
    lines.length = 0
    await assert.rejects(mail.send(message), EmailSendingException)
    assert.equal(
      lines.some((line) => line.startsWith('smtp')),
      false,
    )
  })

  it('takes no letter for one of another mailbox that has its UID and its UIDVALIDITY', async () => {
    const host = new MemoryImap()
    fill(host, 'INBOX', 'here')
    fill(host, 'Archive', 'there')
    host.mailbox('Archive').uidValidity = host.mailbox('INBOX').uidValidity
    await using listener = await host.listen()
    await using mail = await logonByImap(listener)
    const here = await mail.getUidl()

    mail.currentMailbox = 'Archive'
    const there = await mail.getUidl(here)

    assert.equal(there.length, 1)
    assert.match(there[0] ?? '', /-Archive$/)
    await assert.rejects(mail.deleteMessages(here), IllegalArgumentException)
    await mail.deleteMessages(there)
    assert.deepEqual(flagsOf(host), [''])
  })

  it('lists, makes, renames and deletes mailboxes, and reads the one that is chosen', async () => {
    const host = new MemoryImap()
    fill(host, 'INBOX', 'first')
    fill(host, 'Archive', 'old')
    await using listener = await host.listen()
    await using mail = await logonByImap(listener)

    const [first] = await mail.getHeaders()
    mail.currentMailbox = 'Archive'
    const [old] = await mail.getHeaders()
    assert.equal(old?.subject, 'old')
    assert.equal(old.mailbox, 'Archive')
    await assert.rejects(mail.deleteMessages([first ?? '']), IllegalArgumentException)
    await mail.createMailbox('Archive/2026')
    assert.deepEqual(await mail.getMailBoxes(), ['INBOX', 'Archive', 'Archive/2026'])
    assert.equal(await mail.delimiterChar, '/')
    await mail.subscribeToMailbox('Archive')
    await mail.getMailBoxesBySubscription()
    await mail.unsubscribeFromMailbox('Archive')
    assert.deepEqual(host.commands.slice(-3), [
      'SUBSCRIBE "Archive"',
      'LSUB "" "*"',
      'UNSUBSCRIBE "Archive"',
    ])
    await mail.renameMailbox('Archive', 'Old')
    await mail.deleteMailbox('Archive/2026')
    assert.deepEqual([...host.mailboxes.keys()], ['INBOX', 'Old'])
    await assert.rejects(mail.getMessageCount(), EmailDirectoryNotFoundException)
    mail.currentMailbox = ''
    assert.equal(await mail.getMessageCount(), 1)
    await assert.rejects(mail.deleteMailbox('None'), EmailDirectoryNotFoundException)
    await assert.rejects(mail.createMailbox('Old'), MailboxException)
    await assert.rejects(mail.createMailbox(''), IllegalArgumentException)
  })

  it('stores a letter with its hidden recipients in the mailbox that is chosen', async () => {
    const host = new MemoryImap()
    host.mailbox('Sent')
    await using listener = await host.listen()
    await using mail = await logonByImap(listener)
    const message = new InternetMailMessage()
    message.from = 'a@example.org'
    message.bcc.add('hidden@example.org')
    message.subject = 'Kept'
    mail.currentMailbox = 'Sent'

    await mail.send(message, InternetMailTextProcessing.Process, Imap)

    const [kept] = await mail.get()
    assert.equal(kept?.subject, 'Kept')
    assert.equal(kept.bcc[0]?.address, 'hidden@example.org')
  })

  it('does what was asked for before the connection was ended', async () => {
    const host = new MemoryImap()
    fill(host, 'INBOX', 'first')
    host.mailbox('Old')
    await using listener = await host.listen()
    const mail = await logonByImap(listener)
    const message = new InternetMailMessage()
    message.from = 'a@example.org'
    message.subject = 'Kept'

    const headers = mail.getHeaders()
    const renamed = mail.renameMailbox('Old', 'New')
    const stored = mail.send(message, InternetMailTextProcessing.Process, Imap)
    const ended = mail.logoff()

    assert.equal((await headers).length, 1)
    await Promise.all([renamed, stored, ended])
    assert.equal(host.mailbox('INBOX').letters.length, 2)
    await assert.rejects(mail.getHeaders(), IllegalStateException)
  })

  it('sets and takes away flags, each letter its own', async () => {
    const host = new MemoryImap()
    fill(host, 'INBOX', 'first', 'second')
    await using listener = await host.listen()
    await using mail = await logonByImap(listener)
    const [first = '', second = ''] = await mail.getUidl()

    await mail.setMessagesFlags(
      new Map([
        [first, { seen: true, flagged: true }],
        [second, { answered: true, deleted: false }],
      ]),
    )

    assert.deepEqual(flagsOf(host), ['\\Flagged,\\Seen', '\\Answered'])
    const slip = Object.fromEntries([['read', true]])
    await assert.rejects(mail.setMessagesFlags(new Map([[first, slip]])), IllegalArgumentException)
  })
})
