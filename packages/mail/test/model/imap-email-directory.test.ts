import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  Email,
  EmailDirectoryNotFoundException,
  EmailFlag,
  IllegalArgumentException,
  ImapConnection,
  ImapDirectoryOpenMode,
  MailboxException,
} from '../../src/index.ts'
import { ImapCapabilityMissing } from '../../src/imap/errors.ts'
import { startMailHost } from '../../src/testing.ts'
import { fill, openInbox, openWorld, parametersFor, subjectsIn } from './imap-world.ts'
import { MemoryImap } from './memory-imap.ts'
import { takeCensus } from '../census.ts'

takeCensus()

describe('Letters of an ImapEmailDirectory', () => {
  it('are read in few commands when the server refuses to show one of them', async () => {
    const host = new MemoryImap(undefined, (command) => {
      const [, uids] = /^UID FETCH (\S+) .*HEADER/.exec(command) ?? []
      const isMeant = uids?.split(',').some((range) => {
        const [first, last = first] = range.split(':').map(Number)
        return first !== undefined && last !== undefined && first <= 501 && 501 <= last
      })
      return isMeant === true ? 'NO [SERVERBUG] it is broken' : undefined
    })
    await using world = await openWorld(host)
    fill(host, 'INBOX', 64)
    const inbox = await openInbox(world)

    const headers = await inbox.getEmailHeaders()

    assert.equal(headers.length, 64)
    assert.deepEqual(
      headers.flatMap((each, index) => {
        if (index !== 50) return each.headers.subject === `${index}` ? [] : [index]
        assert.throws(() => each.headers, MailboxException)
        return []
      }),
      [],
    )
    assert.ok(host.count('UID FETCH') < 32, `${host.count('UID FETCH')} commands`)
  })

  it('are not asked for one by one when the server refuses to show all of them', async () => {
    const host = new MemoryImap(undefined, (command) =>
      /^UID FETCH .*BODY/.test(command) ? 'NO [SERVERBUG] never' : undefined,
    )
    await using world = await openWorld(host)
    fill(host, 'INBOX', 100)
    const inbox = await openInbox(world)

    const headers = await inbox.getEmailHeaders()
    const ofHeaders = host.count('UID FETCH')
    const emails = await inbox.getEmails()

    for (const letters of [headers.map(String), emails.map(String)]) {
      assert.deepEqual(
        letters.map((text) => /reading letter (\d+) failed/.exec(text)?.[1]),
        Array.from({ length: 100 }, (_, index) => `${index}`),
      )
    }
    assert.ok(ofHeaders < 60, `${ofHeaders} commands`)
    assert.ok(host.count('UID FETCH') < 120, `${host.count('UID FETCH')} commands`)
  })

  it('are read when the server refuses one of them, which says so itself', async () => {
    await using host = await startMailHost({
      accounts: [{ address: 'tim', password: 'tanstaaf' }],
      onCommand: (_, line) =>
        /^UID FETCH (1:[23]|2) .*BODY/.test(line) ? { reply: 'NO [SERVERBUG] no' } : 'proceed',
    })
    for (const subject of ['0', '1', '2']) host.mailbox('tim').put(`Subject: ${subject}\r\n\r\n`)
    const parameters = parametersFor({ at: () => ({ ...host.imap, tls: 'none' }) })
    await using connection = await ImapConnection.connect(parameters)
    const inbox = await (await connection.getDirectory('INBOX'))?.open(ImapDirectoryOpenMode.Read)
    const emails = (await inbox?.getEmails()) ?? []
    const headers = (await inbox?.getEmailHeaders()) ?? []

    assert.deepEqual([emails[0]?.email.subject, emails[2]?.email.subject], ['0', '2'])
    assert.throws(() => emails[1]?.email, /reading letter 1 failed/)
    assert.deepEqual([headers[0]?.headers.subject, headers[2]?.headers.subject], ['0', '2'])
    assert.throws(() => headers[1]?.headers, /reading letter 1 failed/)
  })

  it('are counted, read whole or by their headers: all, some, a range, one', async () => {
    await using world = await openWorld()
    fill(world.host, 'INBOX', 4)
    const inbox = await openInbox(world, ImapDirectoryOpenMode.Read)

    const all = await inbox.getEmails()
    const some = await inbox.getEmailHeaders([3, 0, 3])
    const range = await inbox.getEmails(1, 2)
    const none = await inbox.getEmails(4, 3)
    const one = await inbox.getEmail(3)

    assert.equal(await inbox.getEmailCount(), 4)
    assert.deepEqual(
      [...all, ...range, ...none, one].map(({ index, uid, email }) => [index, uid, email.subject]),
      [0, 1, 2, 3, 1, 2, 3].map((index) => [index, index * 10 + 1, `${index}`]),
    )
    assert.deepEqual(
      some.map(({ index, uid, headers }) => [index, uid, headers.subject]),
      [3, 0, 3].map((index) => [index, index * 10 + 1, `${index}`]),
    )
    assert.equal((await inbox.getEmailHeaders()).length, 4)
    assert.equal(one.email.getTextAsString().trim(), 'text 3')
    for (const wrong of [() => inbox.getEmail(4), () => inbox.getEmailHeaders(0, 4)]) {
      await assert.rejects(wrong, IllegalArgumentException)
    }
  })

  it('are fetched in few commands', async () => {
    await using world = await openWorld()
    fill(world.host, 'INBOX', 250)
    const inbox = await openInbox(world)

    await inbox.getEmailHeaders()
    const forHeaders = world.host.count('UID FETCH')
    const emails = await inbox.getEmails()

    assert.equal(forHeaders, 2)
    assert.equal(emails.length, 250)
    assert.equal(world.host.count('UID FETCH') - forHeaders, 5)
    assert.ok(world.host.mailbox('INBOX').letters.every(({ flags }) => flags.size === 0))
  })

  it('are read however large they are, and the small ones beside them', async () => {
    await using world = await openWorld()
    for (const size of [10, 1_500_000, 20, 600_000]) {
      world.host.mailbox('INBOX').put(`Subject: ${size}\r\n\r\n${'x'.repeat(size)}`)
    }
    const inbox = await openInbox(world)

    const emails = await inbox.getEmails()

    assert.deepEqual(
      emails.map(({ email }) => email.getTextAsString().length),
      [10, 1_500_000, 20, 600_000],
    )
  })

  it('are read by their headers even if these are larger than any should be', async () => {
    await using world = await openWorld()
    world.host.mailbox('INBOX').put('Subject: small\r\n\r\n')
    world.host.mailbox('INBOX').put(`Subject: large\r\n${'X: x\r\n'.repeat(200_000)}\r\n`)
    const inbox = await openInbox(world)

    const headers = await inbox.getEmailHeaders()
    const [small, large] = await inbox.getEmails()

    assert.deepEqual(
      headers.map((letter) => letter.headers.subject),
      ['small', 'large'],
    )
    assert.equal(small?.email.subject, 'small')
    assert.throws(() => large?.email, MailboxException)
    assert.match(JSON.stringify(large), /"uid":11/)
  })

  it('are found by UID, in the order that was asked for, and missed where there are none', async () => {
    await using world = await openWorld()
    fill(world.host, 'INBOX', 3)
    const inbox = await openInbox(world)

    const emails = await inbox.findEmailsByUid([21, 5, 1])
    const headers = await inbox.findAllEmailHeadersByUid([11, 12])

    assert.deepEqual(
      emails.map((letter) => letter?.email.subject),
      ['2', undefined, '0'],
    )
    assert.deepEqual(
      headers.map((letter) => letter?.index),
      [1, undefined],
    )
    assert.equal((await inbox.findEmailByUid(11))?.email.subject, '1')
    assert.equal(await inbox.findEmailByUid(12), undefined)
    assert.equal((await inbox.findEmailHeadersByUid(21))?.headers.subject, '2')
    assert.equal(await inbox.findEmailHeadersByUid(22), undefined)
    await assert.rejects(inbox.findEmailByUid(0), IllegalArgumentException)
  })

  it('have flags and keywords', async () => {
    await using world = await openWorld()
    world.host.mailbox('INBOX').put('Subject: x\r\n\r\n', ['\\seen', '\\Recent', '$Junk', '\\Odd'])
    world.host.mailbox('INBOX').put('Subject: x\r\n\r\n', ['$Cancelled', '$forwarded', '\\Deleted'])
    const inbox = await openInbox(world)

    const [first, second] = await inbox.getEmails()
    const [headers] = await inbox.getEmailHeaders([1])

    assert.deepEqual(first?.flags, [EmailFlag.Seen, EmailFlag.New])
    assert.deepEqual(first.keywords, ['$Junk'])
    assert.equal(first.markedForDeletion, false)
    assert.deepEqual(second?.flags, [EmailFlag.Cancelled, EmailFlag.Forwarded, EmailFlag.Deleted])
    assert.equal(second.markedForDeletion, true)
    assert.deepEqual([headers?.flags, headers?.keywords], [second.flags, []])
    assert.match(JSON.stringify(second), /"flags":\["Cancelled"/)
  })

  it('get flags and lose them, by UID and by index; new is what is not seen', async () => {
    await using world = await openWorld()
    fill(world.host, 'INBOX', 3)
    const inbox = await openInbox(world)

    await inbox.setFlagsByUid([1, 21], [EmailFlag.Seen, EmailFlag.Answered])
    await inbox.setFlagsByUid([1], [EmailFlag.Answered], false)
    await inbox.setFlagsByIndexes([2], [EmailFlag.New])
    await inbox.setFlagsByIndexes([1], [EmailFlag.New], false)

    assert.deepEqual(
      world.host.mailbox('INBOX').letters.map(({ flags }) => [...flags]),
      [['\\Seen'], ['\\Seen'], ['\\Answered']],
    )
    assert.equal(await inbox.getUnreadEmailCount(), 1)
    assert.deepEqual(
      (await inbox.getUnreadEmails()).map(({ index }) => index),
      [2],
    )
    assert.deepEqual(
      (await inbox.getUnreadEmailHeaders()).map(({ uid }) => uid),
      [21],
    )
    await assert.rejects(inbox.setFlagsByIndexes([3], [EmailFlag.Seen]), IllegalArgumentException)
  })

  it('that are marked for deletion go when the directory is purged', async () => {
    await using world = await openWorld()
    fill(world.host, 'INBOX', 4)
    const inbox = await openInbox(world)

    await inbox.markForDeletionByIndexes([0, 1])
    await inbox.markForDeletionByUid([31])
    await inbox.markForDeletionByIndexes([1], false)
    await inbox.purgeDeleted()

    assert.deepEqual(subjectsIn(world, 'INBOX'), ['1', '2'])
    assert.equal((await inbox.getEmail(0)).email.subject, '1')
  })

  it('that came since the directory was opened are the new ones', async () => {
    await using world = await openWorld()
    fill(world.host, 'INBOX', 2)
    const inbox = await openInbox(world)
    const empty = await (await world.connection.getDefaultDirectory())?.getChildDirectory('Other')
    await empty?.createForEmails()
    await empty?.open()

    fill(world.host, 'INBOX', 3)
    fill(world.host, 'Other', 1)

    assert.equal(await inbox.getNewEmailCount(), 3)
    assert.equal(await empty?.getNewEmailCount(), 1)
    assert.equal(await inbox.getUidValidity(), 1)
    assert.equal((await empty?.getEmails())?.length, 1)
  })

  it('are searched', async () => {
    await using world = await openWorld()
    fill(world.host, 'INBOX', 2)
    const inbox = await openInbox(world)

    assert.deepEqual(await inbox.search({}), [1, 11])
    assert.equal(world.host.commands.at(-1), 'UID SEARCH ALL')
  })
})

describe('Adding letters to an ImapEmailDirectory', () => {
  it('takes one that is not open, and keeps those in Bcc', async () => {
    await using world = await openWorld()
    const inbox = await world.directory('INBOX')
    const email = new Email('a@b.example', [], 'Черновик').addBccRecipients('c@d.example')

    await inbox.addEmails([email.setTextAsString('текст')], [EmailFlag.Draft])
    await inbox.open()
    const [draft] = await inbox.getEmails()

    assert.equal(draft?.email.subject, 'Черновик')
    assert.deepEqual(draft.email.bccRecipients.map(String), ['<c@d.example>'])
    assert.deepEqual(draft.flags, [EmailFlag.Draft])
  })

  it('says when there is no such directory, and the connection goes on', async () => {
    const host = new MemoryImap('', (command) =>
      command.startsWith('APPEND "None"') ? 'NO [TRYCREATE] none' : undefined,
    )
    await using world = await openWorld(host)
    const none = await world.directory('None')

    await assert.rejects(
      none.addEmails([new Email('a@b.example')]),
      (error) => error instanceof EmailDirectoryNotFoundException && error.path === 'None',
    )
    await (await world.directory('INBOX')).addEmails([new Email('a@b.example')])
    assert.equal(host.mailbox('INBOX').letters.length, 1)
  })
})

describe('Copying and moving letters', () => {
  it('is done by UID, into a directory that may be closed', async () => {
    await using world = await openWorld()
    fill(world.host, 'INBOX', 3)
    world.host.mailbox('Archive')
    const inbox = await openInbox(world)
    const archive = await world.directory('Archive')

    await inbox.copyEmails([1, 11], archive)
    await inbox.moveEmails([21], archive)

    assert.deepEqual(subjectsIn(world, 'INBOX'), ['0', '1'])
    assert.deepEqual(subjectsIn(world, 'Archive'), ['0', '1', '2'])
    const none = await world.directory('None')
    for (const wrong of [() => inbox.copyEmails([1], none), () => inbox.moveEmails([1], none)]) {
      await assert.rejects(
        wrong,
        (error) => error instanceof EmailDirectoryNotFoundException && error.path === 'None',
      )
    }
  })

  it('without MOVE copies and purges only what was moved', async () => {
    await using world = await openWorld(new MemoryImap('UIDPLUS'))
    fill(world.host, 'INBOX', 3)
    world.host.mailbox('Archive')
    const inbox = await openInbox(world)
    await inbox.markForDeletionByUid([1])

    await inbox.moveEmails([11], await world.directory('Archive'))

    assert.deepEqual(subjectsIn(world, 'INBOX'), ['0', '2'])
    assert.deepEqual(subjectsIn(world, 'Archive'), ['1'])
  })

  it('does nothing where the server can not purge some letters and no others', async () => {
    await using world = await openWorld(new MemoryImap(''))
    fill(world.host, 'INBOX', 1)
    world.host.mailbox('Archive')
    const inbox = await openInbox(world)

    await assert.rejects(
      inbox.moveEmails([1], await world.directory('Archive')),
      (error) => error instanceof MailboxException && error.cause instanceof ImapCapabilityMissing,
    )
    assert.deepEqual(subjectsIn(world, 'Archive'), [])
  })

  it('is refused between connections', async () => {
    await using world = await openWorld()
    await using other = await openWorld()
    const inbox = await openInbox(world)
    const foreign = await other.directory('INBOX')

    await assert.rejects(inbox.copyEmails([1], foreign), IllegalArgumentException)
  })
})
