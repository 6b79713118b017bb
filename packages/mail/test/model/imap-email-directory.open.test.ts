import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EmailFlag, IllegalStateException, ImapDirectoryOpenMode } from '../../src/index.ts'
import { fill, openInbox, openWorld, subjectsIn } from './imap-world.ts'
import { MemoryImap } from './memory-imap.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const { Read, ReadWrite } = ImapDirectoryOpenMode

describe('An ImapEmailDirectory', () => {
  it('is needed to be open, and open to be changed', async () => {
    await using world = await openWorld()
    fill(world.host, 'INBOX', 1)
    const inbox = await world.directory('INBOX')

    assert.equal(inbox.isOpen(), false)
    assert.throws(() => inbox.getOpenMode(), IllegalStateException)
    for (const member of [
      () => inbox.getEmailCount(),
      () => inbox.getEmails(),
      () => inbox.search({}),
      () => inbox.purgeDeleted(),
    ]) {
      await assert.rejects(member, IllegalStateException)
    }
    assert.equal(await inbox.open(), inbox)
    assert.equal(inbox.getOpenMode(), Read)
    assert.equal(await inbox.open(), inbox)
    await assert.rejects(inbox.open(ReadWrite), IllegalStateException)
    for (const member of [
      () => inbox.purgeDeleted(),
      () => inbox.moveEmails([1], inbox),
      () => inbox.setFlagsByUid([1], [EmailFlag.Seen]),
    ]) {
      await assert.rejects(member, IllegalStateException)
    }
    await inbox.close()
    await inbox.close()
    assert.equal(inbox.isOpen(), false)
  })

  it('purges when it is closed, if the connection is to and it was open to be changed', async () => {
    for (const [purges, mode, left] of [
      [true, ReadWrite, ['1']],
      [true, Read, ['0', '1']],
      [false, ReadWrite, ['0', '1']],
    ] as const) {
      await using world = await openWorld(new MemoryImap(''), purges)
      fill(world.host, 'INBOX', 2)
      world.host.mailbox('INBOX').letters[0]?.flags.add('\\Deleted')
      const inbox = await openInbox(world, mode)

      await inbox.close()

      assert.deepEqual(subjectsIn(world, 'INBOX'), left)
    }
  })

  it('stays open while others are used, and is the one that is closed', async () => {
    await using world = await openWorld()
    fill(world.host, 'INBOX', 2)
    fill(world.host, 'Other', 3)
    const inbox = await openInbox(world)
    const other = await (await world.directory('Other')).open(ReadWrite)

    const counts = await Promise.all([
      inbox.getEmailCount(),
      other.getEmailCount(),
      inbox.getEmails(),
      other.markForDeletionByIndexes([0]),
      inbox.markForDeletionByIndexes([1]),
      other.getUnreadEmailCount(),
    ])
    await other.close()
    assert.deepEqual(subjectsIn(world, 'Other'), ['1', '2'])
    assert.deepEqual(subjectsIn(world, 'INBOX'), ['0', '1'])
    await world.connection.close()

    assert.deepEqual([counts[0], counts[1], counts[2].length, counts[5]], [2, 3, 2, 3])
    assert.deepEqual(subjectsIn(world, 'INBOX'), ['0'])
    assert.equal(inbox.isOpen(), false)
  })

  it('that became another one meanwhile has to be opened anew', async () => {
    await using world = await openWorld()
    fill(world.host, 'INBOX', 1)
    world.host.mailbox('Other')
    const inbox = await openInbox(world)
    await (await world.directory('Other')).open()

    world.host.mailbox('INBOX').uidValidity = 2

    await assert.rejects(inbox.getEmails(), IllegalStateException)
    assert.equal(inbox.isOpen(), false)
    await inbox.open()
    assert.equal(await inbox.getUidValidity(), 2)
  })

  it('notices letters that were removed between counting and reading', async () => {
    const host = new MemoryImap('UNSELECT')
    await using world = await openWorld(host)
    fill(host, 'INBOX', 2)
    const inbox = await openInbox(world)

    host.mailbox('INBOX').letters.pop()

    await assert.rejects(inbox.getEmail(1), IllegalStateException)
  })
})
