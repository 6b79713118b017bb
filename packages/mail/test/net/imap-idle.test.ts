import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DeadlineExceeded } from '../../src/net/errors.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { openInbox, SmallImapServer } from './imap-server.ts'
import { dueEvents, serve } from './loopback.ts'
import { takeCensus } from '../census.ts'

takeCensus()

describe('Waiting for changes', () => {
  /** A server that says something when it is in IDLE, the first times nothing. */
  function telling(words: readonly string[]): SmallImapServer {
    const left = [...words]
    return new SmallImapServer(3, 'IDLE', (command, say) => {
      if (command !== 'IDLE') return undefined
      const word = left.shift()
      if (word !== undefined && word !== '') setImmediate(() => say(word))
      return undefined
    })
  }

  it('I7 ends when there are some', async () => {
    await using host = await serve(telling(['* 4 EXISTS']).serve)
    await using opened = await openInbox(host)

    assert.deepEqual(await opened.inbox.changes(), [{ kind: 'exists', count: 4 }])
    assert.equal(opened.inbox.exists, 4)
  })

  it('I7 gives way to other commands, and goes on', async () => {
    const server = telling(['', '', '* 2 EXPUNGE'])
    await using host = await serve(server.serve)
    await using opened = await openInbox(host)
    const waiting = opened.inbox.changes()
    while (server.count('IDLE') === 0) await dueEvents()

    await opened.imap.noop()
    await opened.imap.noop()

    assert.deepEqual(await waiting, [{ kind: 'expunge', sequenceNumber: 2 }])
    assert.equal(server.count('NOOP'), 2)
    assert.equal(server.count('DONE'), server.count('IDLE'))
  })

  it('I7 is begun anew before the server tires of it', async () => {
    const server = telling(['', '', '', '* 4 EXISTS'])
    await using host = await serve(server.serve)
    await using opened = await openInbox(host, { idleMs: 5 })

    await opened.inbox.changes()

    assert.equal(server.count('IDLE'), 4)
  })

  it('I7 is begun anew also when the server says now and then that it is there still', async () => {
    let told = 0
    const server = new SmallImapServer(3, 'IDLE', (command, say) => {
      if (command !== 'IDLE') return undefined
      const isAgain = server.count('IDLE') > 1
      const tell = (): void => {
        told += 1
        if (isAgain) say('* 4 EXISTS')
        else if (told === 20_000) say('* BYE idle for too long')
        else if (server.count('DONE') === 0) {
          say('* OK Still here')
          setImmediate(tell)
        }
      }
      setImmediate(tell)
      return undefined
    })
    await using host = await serve(server.serve)
    await using opened = await openInbox(host, { idleMs: 5 })

    assert.deepEqual(await opened.inbox.changes(), [{ kind: 'exists', count: 4 }])
    assert.ok(server.count('IDLE') > 1)
  })

  it('I7 notices a server that is not there any more', async () => {
    const server = new SmallImapServer(3, 'IDLE', (command) =>
      command === 'DONE' ? '' : undefined,
    )
    await using host = await serve(server.serve)
    await using opened = await openInbox(host, { idleMs: 5, deadlines: { commandMs: 50 } })

    await assert.rejects(opened.inbox.changes(), DeadlineExceeded)
  })

  it('I7 ends with the connection', async () => {
    const server = new SmallImapServer(3, 'IDLE', (command, say) => {
      if (command === 'IDLE') setImmediate(() => say('* BYE going down'))
      return undefined
    })
    await using host = await serve(server.serve)
    await using opened = await openInbox(host)

    await assert.rejects(
      opened.inbox.changes(),
      (error) => error instanceof ConnectionLost && /going down/.test(error.message),
    )
  })

  it('ends at a signal, and the connection goes on', async () => {
    const server = telling([])
    await using host = await serve(server.serve)
    await using opened = await openInbox(host)
    const controller = new AbortController()
    const waiting = opened.inbox.changes(controller.signal)
    while (server.count('IDLE') === 0) await dueEvents()

    controller.abort()

    assert.deepEqual(await waiting, [])
    await opened.imap.noop()
    assert.deepEqual(await opened.inbox.changes(controller.signal), [])
  })

  it('I7 by several at a time does not wear out the server', async () => {
    const server = telling(['', '* 4 EXISTS', '* 5 EXISTS'])
    await using host = await serve(server.serve)
    await using opened = await openInbox(host)
    const controller = new AbortController()
    const waiting = [opened.inbox.changes(), opened.inbox.changes()]
    const third = opened.inbox.changes(controller.signal)
    while (server.count('IDLE') === 0) await dueEvents()

    controller.abort()
    assert.deepEqual(await third, [])
    await opened.imap.noop()
    const all = await Promise.all(waiting)

    assert.deepEqual(
      all.flat().map(({ kind }) => kind),
      ['exists', 'exists'],
    )
    assert.equal(server.count('IDLE'), 3)
  })

  it('I7 asks now and then where there is no IDLE', async () => {
    let asked = 0
    const server = new SmallImapServer(3, '', (command, say) => {
      if (command === 'NOOP' && ++asked === 3) say('* 4 EXISTS')
      return undefined
    })
    await using host = await serve(server.serve)
    await using opened = await openInbox(host, { pollMs: 5 })

    assert.deepEqual(await opened.inbox.changes(), [{ kind: 'exists', count: 4 }])
    assert.equal(asked, 3)
  })

  it('does not hold up closing', async () => {
    const server = telling([])
    await using host = await serve(server.serve)
    const { imap, inbox } = await openInbox(host)
    const waiting = inbox.changes()
    while (server.count('IDLE') === 0) await dueEvents()

    await Promise.all([imap.close(), assert.rejects(waiting, TypeError)])

    assert.equal(server.commands.at(-1), 'LOGOUT')
    await host.idle()
  })
})
