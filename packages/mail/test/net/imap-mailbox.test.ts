import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { textOf } from '../../src/base/octets.ts'
import { SequenceSet, UidSet } from '../../src/imap/number-set.ts'
import { openImap } from '../../src/net/imap-client.ts'
import type { ImapMailbox } from '../../src/net/imap-mailbox.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { credentials, HEADER, openInbox, SmallImapServer } from './imap-server.ts'
import { CA, dueEvents, serve, serveTls } from './loopback.ts'
import { takeCensus } from '../census.ts'

takeCensus()

describe('Iterating over letters', () => {
  it('gives all of them, in few commands', async () => {
    const server = new SmallImapServer(3_000)
    await using host = await serve(server.serve)
    await using opened = await openInbox(host)

    const uids: (number | undefined)[] = []
    for await (const { uid, header } of opened.inbox.fetch(SequenceSet.from(1), {
      header: 'all',
    })) {
      uids.push(uid)
      assert.equal(header && textOf(header), HEADER)
    }

    assert.deepEqual(
      uids,
      Array.from({ length: 3_000 }, (_, index) => 2 * index + 2),
    )
    assert.equal(server.count('UID SEARCH'), 1)
    assert.ok(server.count('UID FETCH') < 12, `${server.count('UID FETCH')} commands`)
  })

  it('I8 lets other commands be called inside the loop', async () => {
    const server = new SmallImapServer(300)
    await using host = await serve(server.serve)
    await using opened = await openInbox(host)
    const { inbox } = opened

    let count = 0
    for await (const { uid = 0 } of inbox.fetch(SequenceSet.from(1), { header: 'all' })) {
      await inbox.store(UidSet.of([uid]), 'add', ['\\Seen'])
      count++
    }

    assert.equal(count, 300)
    assert.equal(server.count('UID STORE'), 300)
  })

  it('I8 can be done inside itself', async () => {
    const server = new SmallImapServer(150)
    await using host = await serve(server.serve)
    await using opened = await openInbox(host)
    const all = (): ReturnType<ImapMailbox['fetch']> =>
      opened.inbox.fetch(UidSet.from(1), { header: 'all' })

    let count = 0
    for await (const outer of all()) {
      if (outer.uid !== 2 && outer.uid !== 300) continue
      for await (const inner of all()) count += inner.uid === undefined ? 0 : 1
    }

    assert.equal(count, 300)
  })

  it('I9 can be left early, and the connection goes on', async () => {
    const server = new SmallImapServer(1_000)
    await using host = await serve(server.serve)
    await using opened = await openInbox(host)

    for await (const { uid } of opened.inbox.fetch(SequenceSet.from(1), { header: 'all' })) {
      if (uid === 6) break
    }
    await opened.imap.noop()

    assert.ok(server.count('UID FETCH') <= 2)
  })

  it('I9 that failed in what is read ahead fails where that is wanted, and nowhere else', async () => {
    const server = new SmallImapServer(300, 'IDLE', (command) =>
      command.startsWith('UID FETCH 202') ? 'NO not these' : undefined,
    )
    await using host = await serve(server.serve)
    await using opened = await openInbox(host)
    let count = 0

    await assert.rejects(
      async () => {
        for await (const letter of opened.inbox.fetch(SequenceSet.from(1), { header: 'all' })) {
          count += letter.uid === undefined ? 0 : 1
        }
      },
      { code: 'IMAP_COMMAND_REJECTED' },
    )
    assert.equal(count, 100)
    for await (const { uid } of opened.inbox.fetch(SequenceSet.from(1), { header: 'all' })) {
      if (uid === 2) break
    }
  })

  it('asks for a small set at once, and for an empty mailbox not at all', async () => {
    const server = new SmallImapServer(0)
    await using host = await serve(server.serve)
    await using opened = await openInbox(host)
    const { inbox } = opened

    for (const letters of [SequenceSet.from(1), UidSet.of([]), UidSet.of([2, 4])]) {
      for await (const letter of inbox.fetch(letters, {})) assert.fail(`${letter.uid}`)
    }

    assert.deepEqual(
      server.commands.filter((command) => command.startsWith('UID')),
      ['UID FETCH 2,4 (UID)'],
    )
  })

  it('I6 does not take the last letter for a new one', async () => {
    const server = new SmallImapServer(3)
    await using host = await serve(server.serve)
    await using opened = await openInbox(host)

    for await (const { uid } of opened.inbox.fetch(UidSet.from(7), {})) assert.fail(`${uid}`)

    assert.equal(server.count('UID FETCH'), 0)
  })
})

describe('An IMAP mailbox', () => {
  it('is not there any more when another was opened, or it was closed', async () => {
    const server = new SmallImapServer(3, 'UNSELECT MOVE UIDPLUS')
    await using host = await serve(server.serve)
    await using opened = await openInbox(host)
    const { imap, inbox } = opened

    const other = await imap.select('Other')

    assert.ok(!inbox.isOpen && other.isOpen)
    await assert.rejects(inbox.search({}), TypeError)
    await assert.rejects(inbox.changes(), TypeError)
    await inbox.close()
    await other.move(UidSet.of([2]), 'INBOX')
    await other.copy(UidSet.of([2]), 'INBOX')
    await other.expunge(UidSet.of([2]))
    await other.close()
    assert.ok(!other.isOpen)
    assert.equal(server.commands.at(-1), 'UNSELECT')
  })

  it('tells what it is', async () => {
    const server = new SmallImapServer(3, '', (command, say) => {
      if (!command.startsWith('EXAMINE')) return undefined
      say('* FLAGS (a)')
      say('* 7 EXISTS')
      say('* OK [UIDNEXT 9] next')
      say('* OK [HIGHESTMODSEQ 9007199254740993] high')
      return 'OK [READ-ONLY]'
    })
    await using host = await serve(server.serve)
    await using opened = await openInbox(host)

    const { name, exists, isReadOnly, flags, permanentFlags, uidNext, uidValidity, highestModSeq } =
      await opened.imap.examine('Other')

    assert.deepEqual(
      [name.text, exists, isReadOnly, flags, permanentFlags, uidNext, uidValidity, highestModSeq],
      ['Other', 7, true, ['a'], ['a'], 9, undefined, 9_007_199_254_740_993n],
    )
  })
})

/** A number that has stopped to grow. */
async function settled(read: () => number): Promise<number> {
  let before = read()
  for (let unchanged = 0; unchanged < 50; unchanged++) {
    await dueEvents()
    if (read() > before) unchanged = 0
    before = read()
  }
  return before
}

describe('Content of a letter', () => {
  const MEGABYTE = 1_048_576

  /** A letter of 48 megabytes, and how much of it has left the server. */
  function largeLetter(): { readonly server: SmallImapServer; readonly written: () => number } {
    const total = 48 * MEGABYTE
    let left = total
    const server = new SmallImapServer(1, '', (command, say, socket) => {
      if (!command.startsWith('UID FETCH')) return undefined
      say(`* 1 FETCH (UID 2 BODY[1] {${total}}`)
      const write = (): void => {
        for (; left > 0; left -= MEGABYTE) {
          if (socket.write(Buffer.alloc(MEGABYTE))) continue
          left -= MEGABYTE
          socket.once('drain', write)
          return
        }
        socket.write(')\r\nA4 OK\r\n')
      }
      write()
      return ''
    })
    return { server, written: () => total - left }
  }

  it('I16 is in memory only as much as the sink has not taken yet', async () => {
    const { server, written } = largeLetter()
    await using host = await serve(server.serve)
    await using opened = await openInbox(host)
    let first = true
    let writtenMeanwhile = 0
    let count = 0

    const outcome = await opened.inbox.fetchSection(2, { part: '1' }, async (octets) => {
      count += octets.length
      if (!first) return
      first = false
      writtenMeanwhile = await settled(written)
    })

    assert.deepEqual(outcome, { octetCount: 48 * MEGABYTE })
    assert.equal(count, 48 * MEGABYTE)
    assert.ok(writtenMeanwhile < 24 * MEGABYTE, `${writtenMeanwhile} octets`)
  })

  it('T8 that breaks off in the middle is an error, over TLS too', async () => {
    await using host = await serveTls((socket) => {
      new SmallImapServer(1, '', (command, say) => {
        if (!command.startsWith('UID FETCH')) return undefined
        say('* 1 FETCH (UID 2 BODY[1] {100}')
        say('half of it')
        setImmediate(() => socket.destroy())
        return ''
      }).serve(socket)
    })
    const server = host.at({ tls: 'implicit', ca: CA, credentials })
    await using imap = await openImap(server, { totalTimeoutMs: 10_000 })
    const inbox = await imap.select('INBOX')

    await assert.rejects(
      inbox.fetchSection(2, { part: '1' }, () => {}),
      ConnectionLost,
    )
  })

  it('ends the session when the sink fails, because the rest of it is still in the line', async () => {
    const server = new SmallImapServer(1, '', (command, say) => {
      if (!command.startsWith('UID FETCH')) return undefined
      say('* 1 FETCH (UID 2 BODY[] {100}')
      say('half of it')
      return ''
    })
    await using host = await serve(server.serve)
    await using opened = await openInbox(host)
    const diskFull = new Error('disk full')

    await assert.rejects(
      opened.inbox.fetchSection(2, {}, () => Promise.reject(diskFull)),
      diskFull,
    )
    await assert.rejects(
      opened.inbox.search({}),
      (error) => error instanceof ConnectionLost && error.cause === diskFull,
    )
  })
})
