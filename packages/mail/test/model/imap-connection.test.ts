import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  Email,
  EmailDirectoryKind,
  EmailDirectoryNotFoundException,
  IllegalArgumentException,
  IllegalStateException,
  ImapConnection,
  ImapConnectionParameters,
  ImapDirectoryOpenMode,
  MailboxException,
} from '../../src/index.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { fill, openWorld, parametersFor, subjectsIn } from './imap-world.ts'
import { KeptMailbox, MemoryImap } from './memory-imap.ts'
import { takeCensus } from '../census.ts'

takeCensus()

describe('An ImapConnection', () => {
  it('made by new connects when it is first asked, and is closed once', async () => {
    const host = new MemoryImap()
    await using listener = await host.listen()
    const connection = new ImapConnection(parametersFor(listener), false)

    assert.equal(connection.isConnected(), false)
    assert.deepEqual(host.commands, [])
    await connection.getDefaultDirectory()
    assert.equal(connection.isConnected(), true)
    assert.equal(connection.purgeOnDirectoryClose, false)
    await connection.close()
    await connection.close()
    assert.equal(connection.isConnected(), false)
    assert.equal(host.count('LOGOUT'), 1)
    await assert.rejects(connection.getDirectory('INBOX'), IllegalStateException)
    assert.equal(JSON.stringify(connection).includes('tanstaaf'), false)
  })

  it('does what was asked for before it was closed', async () => {
    await using world = await openWorld()
    fill(world.host, 'INBOX', 2)
    const inbox = await (await world.directory('INBOX')).open(ImapDirectoryOpenMode.ReadWrite)
    const draft = new Email('a@b.example', 'c@d.example', 'new')

    const letters = inbox.getEmails()
    const added = inbox.addEmails([draft, draft])
    const closed = world.connection.close()

    assert.equal((await letters).length, 2)
    await Promise.all([added, closed])
    assert.deepEqual(subjectsIn(world, 'INBOX'), ['0', '1', 'new', 'new'])
    await assert.rejects(world.connection.getDirectory('INBOX'), IllegalStateException)
  })

  it('that never connected closes without a word', async () => {
    const connection = new ImapConnection(new ImapConnectionParameters('imap.example.org'))

    await connection.close()

    await assert.rejects(connection.connect(), IllegalStateException)
  })

  it('needs an authentication', async () => {
    const parameters = new ImapConnectionParameters('imap.example.org')

    await assert.rejects(ImapConnection.connect(parameters), IllegalStateException)
  })

  it('says why it could not be made', async () => {
    const host = new MemoryImap('', (command) =>
      command.startsWith('LOGIN') ? 'NO [AUTHENTICATIONFAILED] no' : undefined,
    )
    await using listener = await host.listen()

    await assert.rejects(
      ImapConnection.connect(parametersFor(listener)),
      (error) => error instanceof MailboxException && !error.transient,
    )
  })

  it('that was lost says so, and is made anew for what is asked for next', async () => {
    let losses = 0
    const host = new MemoryImap(undefined, (command) => {
      if (!command.startsWith('UID FETCH') || losses === 1) return undefined
      losses += 1
      return 'hang up'
    })
    await using world = await openWorld(host)
    fill(host, 'INBOX', 1)
    const inbox = await (await world.directory('INBOX')).open(ImapDirectoryOpenMode.ReadWrite)

    await assert.rejects(
      inbox.getEmails(),
      (error) => error instanceof MailboxException && error.cause instanceof ConnectionLost,
    )

    assert.deepEqual([world.connection.isConnected(), inbox.isOpen()], [false, true])
    fill(host, 'INBOX', 1)
    assert.deepEqual(
      (await inbox.getEmails()).map(({ index, uid }) => [index, uid]),
      [
        [0, 1],
        [1, 11],
      ],
    )
    assert.equal(await inbox.getNewEmailCount(), 1)
    assert.deepEqual([world.connection.isConnected(), inbox.isOpen()], [true, true])
    await inbox.markForDeletionByIndexes([0])
    await world.connection.close()
    assert.deepEqual([world.connection.isConnected(), inbox.isOpen()], [false, false])
    assert.equal(host.mailbox('INBOX').letters.length, 1)
  })

  it('that the server has ended while nothing was asked is made anew for what is asked for next', async () => {
    const host = new MemoryImap()
    await using listener = await host.listen()
    await using connection = await ImapConnection.connect(parametersFor(listener))
    fill(host, 'INBOX', 1)
    const inbox = await connection.getDirectory('INBOX')
    await inbox?.open(ImapDirectoryOpenMode.ReadWrite)

    host.hangUp()
    await listener.idle()

    assert.equal(connection.isConnected(), false)
    assert.equal((await inbox?.getEmails())?.length, 1)
    assert.equal(connection.isConnected(), true)
  })

  it('that is made anew closes a directory whose letters are others now', async () => {
    let losses = 0
    const host = new MemoryImap(undefined, (command) =>
      command.startsWith('UID FETCH') && ++losses === 1 ? 'hang up' : undefined,
    )
    await using world = await openWorld(host)
    fill(host, 'INBOX', 1)
    const inbox = await (await world.directory('INBOX')).open(ImapDirectoryOpenMode.Read)
    await assert.rejects(inbox.getEmails(), MailboxException)
    host.mailbox('INBOX').uidValidity += 1

    await assert.rejects(inbox.getEmails(), IllegalStateException)
    assert.equal(inbox.isOpen(), false)
    await inbox.open(ImapDirectoryOpenMode.Read)
    assert.equal((await inbox.getEmails()).length, 1)
  })

  it('that can not be made anew says so each time, and can be closed', async () => {
    let isDown = false
    const host = new MemoryImap(undefined, (command) =>
      isDown && /^(?:LOGIN|AUTHENTICATE|UID)/.test(command) ? 'hang up' : undefined,
    )
    await using world = await openWorld(host)
    fill(host, 'INBOX', 1)
    const inbox = await (await world.directory('INBOX')).open(ImapDirectoryOpenMode.ReadWrite)
    await inbox.markForDeletionByIndexes([0])
    isDown = true

    for (let attempt = 0; attempt < 3; attempt++) {
      await assert.rejects(inbox.getEmails(), MailboxException)
    }
    await assert.rejects(world.connection.close(), MailboxException)
    await world.connection.close()
    assert.equal(inbox.isOpen(), false)
  })

  it('that was lost with letters marked says when it is closed that they were not purged', async () => {
    const host = new MemoryImap(undefined, (command) =>
      command.startsWith('NOOP') ? 'hang up' : undefined,
    )
    await using world = await openWorld(host)
    fill(host, 'INBOX', 1)
    const inbox = await (await world.directory('INBOX')).open(ImapDirectoryOpenMode.ReadWrite)
    await inbox.markForDeletionByIndexes([0])
    await assert.rejects(inbox.getEmailCount(), MailboxException)

    await assert.rejects(world.connection.close(), MailboxException)
    await world.connection.close()
    assert.equal(host.mailbox('INBOX').letters.length, 1)
  })
})

describe('Directories', () => {
  it('for a purpose are those that the server says, or else those that are called so', async () => {
    const host = new MemoryImap()
    host.mailboxes.set('Papierkorb', new KeptMailbox('\\trash'))
    host.mailbox('Sent')
    await using world = await openWorld(host)

    const paths: string[] = []
    for (const kind of [
      EmailDirectoryKind.Inbox,
      EmailDirectoryKind.Archive,
      EmailDirectoryKind.Drafts,
      EmailDirectoryKind.Sent,
      EmailDirectoryKind.Trash,
    ]) {
      const directory = await world.connection.getDirectory(kind)
      paths.push(`${directory?.path} ${await directory?.exists()}`)
    }

    assert.deepEqual(paths, [
      'INBOX true',
      'Archive false',
      'Drafts false',
      'Sent true',
      'Papierkorb true',
    ])
  })

  it('are asked for by path, and know where they are', async () => {
    await using world = await openWorld()
    const deep = await world.directory('a/b/c')
    const root = await world.connection.getDefaultDirectory()

    assert.deepEqual([deep.name, deep.path, deep.delimiter], ['c', 'a/b/c', '/'])
    assert.equal(deep.parentDirectory?.path, 'a/b')
    assert.equal(deep.parentDirectory.parentDirectory?.parentDirectory?.path, '')
    assert.equal(root?.parentDirectory, undefined)
    assert.deepEqual([root?.name, root?.path, await root?.exists()], ['', '', true])
    assert.equal((await root?.getChildDirectory(EmailDirectoryKind.Drafts))?.path, 'Drafts')
    assert.equal((await deep.getChildDirectory(EmailDirectoryKind.Inbox))?.path, 'a/b/c/INBOX')
    assert.equal((await deep.getChildDirectory(EmailDirectoryKind.Sent))?.path, 'a/b/c/Sent')
    await assert.rejects(world.connection.getDirectory('a\nb'), IllegalArgumentException)
    assert.deepEqual(
      [await root?.canContainDirectories(), await root?.canContainEmails()],
      [true, false],
    )
    await assert.rejects(async () => root?.open(), IllegalStateException)
  })

  it('are created, listed, renamed and deleted', async () => {
    await using world = await openWorld()
    const one = await world.directory('one')

    assert.equal(await one.createForDirectories(), true)
    await assert.rejects(one.createForEmails(), IllegalStateException)
    const child = await one.getChildDirectory('two')
    assert.equal(await child?.createForEmails(), true)
    const grandchild = await child?.getChildDirectory('three')
    await grandchild?.createForEmails()
    const root = await world.connection.getDefaultDirectory()
    assert.deepEqual(
      [await root?.getSubdirectories(), await one.getSubdirectories(true)].map(String),
      ['INBOX,one', 'one/two,one/two/three'],
    )
    assert.equal(await grandchild?.renameTo('four'), true)
    assert.equal(grandchild?.toString(), 'one/two/four')
    assert.equal(await grandchild.exists(), true)
    await grandchild?.delete()
    assert.equal(await grandchild?.exists(), false)
    assert.equal(await (await world.directory('INBOX')).renameTo('old'), true)
  })

  it('are not renamed or deleted while they are open', async () => {
    await using world = await openWorld()
    const inbox = await (await world.directory('INBOX')).open()

    await assert.rejects(inbox.renameTo('x'), IllegalStateException)
    await assert.rejects(inbox.delete(), IllegalStateException)
  })

  it('that are not there say so, whatever words the server has for it', async () => {
    await using world = await openWorld()
    const none = await world.directory('none')

    for (const member of [
      () => none.open(),
      () => none.delete(),
      () => none.renameTo('x'),
      () => none.canContainEmails(),
      () => none.canContainDirectories(),
    ]) {
      await assert.rejects(
        member,
        (error) => error instanceof EmailDirectoryNotFoundException && error.path === 'none',
      )
    }
  })

  it('that are there and refused are not taken for missing', async () => {
    const host = new MemoryImap(undefined, (command) =>
      /^(EXAMINE|CREATE)/.test(command) ? 'NO [NOPERM] not for you' : undefined,
    )
    await using world = await openWorld(host)

    for (const member of [
      async () => (await world.directory('INBOX')).open(),
      async () => (await world.directory('other')).createForEmails(),
    ]) {
      await assert.rejects(
        member,
        (error) => error instanceof MailboxException && error.message.includes('not for you'),
      )
    }
  })
})
