import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { describe, it } from 'node:test'
import {
  EmailDeletionException,
  IllegalArgumentException,
  IllegalStateException,
  MailboxException,
  Pop3Connection,
  Pop3ConnectionParameters,
} from '../../src/index.ts'
import { AuthenticationFailed } from '../../src/sasl/errors.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { serve } from '../net/loopback.ts'
import { ADDRESS, Commands, parametersOf, startHost, subjectsAt } from './pop3-world.ts'
import { takeCensus } from '../census.ts'

takeCensus()

describe('A Pop3Connection', () => {
  it('connects at once with connect(), and made by new when it is first asked', async () => {
    const commands = new Commands()
    await using host = await startHost(2, { onCommand: commands.onCommand })

    await using lazy = new Pop3Connection(parametersOf(host))
    assert.equal(lazy.isConnected(), false)
    assert.deepEqual(commands.lines, [])
    const counts = await Promise.all([lazy.getEmailCount(), lazy.getEmailCount()])
    assert.deepEqual(counts, [2, 2])
    assert.equal(lazy.isConnected(), true)
    await lazy.close()
    assert.equal(lazy.isConnected(), false)

    await using eager = await Pop3Connection.connect(parametersOf(host), false)
    assert.equal(eager.isConnected(), true)
    assert.equal(eager.purgeOnDirectoryClose, false)
    assert.equal(commands.count('STAT'), 2)
  })

  it('does what was asked for before it was closed', async () => {
    await using host = await startHost(3)
    const connection = await Pop3Connection.connect(parametersOf(host))

    const letters = connection.getEmails()
    const marked = connection.markForDeletion([1])
    const closed = connection.close()

    assert.equal((await letters).length, 3)
    await Promise.all([marked, closed])
    assert.deepEqual(subjectsAt(host), ['0', '2'])
    await assert.rejects(connection.getEmailCount(), IllegalStateException)
  })

  it('reads headers of all letters, of some, and of a range with both ends', async () => {
    const commands = new Commands()
    await using host = await startHost(5, { onCommand: commands.onCommand })
    await using connection = await Pop3Connection.connect(parametersOf(host))

    const all = await connection.getEmailHeaders()
    const some = await connection.getEmailHeaders([3, 0, 3])
    const range = await connection.getEmailHeaders(1, 2)
    const none = await connection.getEmailHeaders(0, -1)

    assert.deepEqual(
      [all, some, range, none].map((headers) =>
        headers.map(({ index, headers: { subject } }) => [index, subject]),
      ),
      [
        [0, 1, 2, 3, 4].map((index) => [index, `${index}`]),
        [3, 0, 3].map((index) => [index, `${index}`]),
        [1, 2].map((index) => [index, `${index}`]),
        [],
      ],
    )
    assert.equal(all[1]?.toString(), '1: <a@b.example>: 1')
    assert.equal(commands.count('TOP'), 9)
    assert.equal(commands.count('RETR'), 0)
  })

  it('reads headers out of the letters where the server does not know TOP', async () => {
    await using host = await startHost(3, {
      onCommand: (_, line) =>
        line === 'CAPA' || line.startsWith('TOP') ? { reply: '-ERR unknown' } : 'proceed',
    })
    await using connection = await Pop3Connection.connect(parametersOf(host))

    const headers = await connection.getEmailHeaders()

    assert.deepEqual(
      headers.map(({ headers: { subject } }) => subject),
      ['0', '1', '2'],
    )
  })

  it('reads no letter for its headers where the server has shown those of others', async () => {
    const commands = new Commands()
    await using host = await startHost(4, {
      onCommand: (protocol, line) =>
        line === 'CAPA' || line === 'TOP 2 0'
          ? { reply: '-ERR no' }
          : commands.onCommand(protocol, line),
    })
    await using connection = await Pop3Connection.connect(parametersOf(host))

    const [first, second, , last] = await connection.getEmailHeaders()
    const [again] = await connection.getEmailHeaders([1])

    assert.deepEqual([first?.headers.subject, last?.headers.subject], ['0', '3'])
    assert.throws(() => second?.headers, MailboxException)
    assert.throws(() => again?.headers, MailboxException)
    assert.equal(commands.count('RETR'), 0)
  })

  it('reads letters, all, some, a range, or one', async () => {
    await using host = await startHost(4)
    await using connection = await Pop3Connection.connect(parametersOf(host))

    const last = (await connection.getEmailCount()) - 1
    const all = await connection.getEmails()
    const [range] = await connection.getEmails(last, last)
    const one = await connection.getEmail(2)
    const some = await connection.getEmails([1])

    assert.deepEqual(
      [...all, range, one, ...some].map((letter) => letter?.email.getTextAsString().trim()),
      [0, 1, 2, 3, 3, 2, 1].map((index) => `.text ${index}`),
    )
    assert.match(one.toString(), /^2: .*: 2$/)
  })

  it('reads the others beside a letter that is larger in some respect than any should be', async () => {
    await using host = await startHost(1)
    const mailbox = host.mailbox(ADDRESS)
    mailbox.put(`Subject: fields\r\n${'X: x\r\n'.repeat(2_000)}\r\ntext\r\n`)
    mailbox.put(`Subject: octets\r\n${`X: ${'x'.repeat(70)}\r\n`.repeat(20_000)}\r\ntext\r\n`)
    await using connection = await Pop3Connection.connect(parametersOf(host))

    const headers = await connection.getEmailHeaders()
    const [first, second] = await connection.getEmails()

    assert.deepEqual(
      headers.map((letter) => letter.headers.subject),
      ['0', 'fields', 'octets'],
    )
    assert.equal(first?.email.subject, '0')
    assert.throws(() => second?.email, MailboxException)
    assert.match(second?.toString() ?? '', /^1: .*headerFields/)
  })

  it('has no letters in an empty mailbox, and none beyond the last', async () => {
    await using host = await startHost(0)
    await using connection = await Pop3Connection.connect(parametersOf(host))

    assert.deepEqual(await connection.getEmails(), [])
    assert.deepEqual(await connection.getEmailHeaders([]), [])
    for (const wrong of [
      () => connection.getEmail(0),
      () => connection.getEmails([-1]),
      () => connection.getEmailHeaders(0, 1),
      () => connection.getEmailHeaders(0.5, 1),
      () => connection.markForDeletion([0]),
    ]) {
      await assert.rejects(wrong, IllegalArgumentException)
    }
  })

  it('refuses a range that runs backwards', async () => {
    await using host = await startHost(5)
    await using connection = await Pop3Connection.connect(parametersOf(host))

    await assert.rejects(connection.getEmails(3, 1), IllegalArgumentException)
  })
})

describe('Letters marked for deletion in a Pop3Connection', () => {
  it('are deleted when it is closed, and those with the mark taken away are not', async () => {
    await using host = await startHost(5)
    const connection = await Pop3Connection.connect(parametersOf(host))

    await connection.markForDeletion([0, 1, 4])
    await connection.markForDeletion([1], false)
    const letters = await connection.getEmails()
    assert.deepEqual(subjectsAt(host), ['0', '1', '2', '3', '4'])
    await connection.close()
    await connection.close()

    assert.deepEqual(
      letters.map(({ markedForDeletion }) => markedForDeletion),
      [true, false, false, false, true],
    )
    assert.deepEqual(subjectsAt(host), ['1', '2', '3'])
    await assert.rejects(connection.getEmailCount(), IllegalStateException)
  })

  it('stay where the connection is not to purge', async () => {
    await using host = await startHost(2)
    {
      await using connection = await Pop3Connection.connect(parametersOf(host), false)
      await connection.markForDeletion([0])
    }

    assert.deepEqual(subjectsAt(host), ['0', '1'])
  })

  it('go in few round trips', async () => {
    await using host = await startHost(150)
    let turns = 0
    let before = ''
    const connection = await Pop3Connection.connect(parametersOf(host), true, {
      log: (line) => {
        if (line.startsWith('C') && !before.startsWith('C')) turns++
        before = line
      },
    })
    await connection.markForDeletion(Array.from({ length: 150 }, (_, index) => index))
    turns = 0

    await connection.close()

    assert.deepEqual(subjectsAt(host), [])
    assert.equal(turns, 2)
  })

  it('are named when the server refuses to delete them, and the others are deleted', async () => {
    await using host = await startHost(3, {
      onCommand: (_, line) => (line === 'DELE 2' ? { reply: '-ERR not this one' } : 'proceed'),
    })
    const connection = await Pop3Connection.connect(parametersOf(host))
    await connection.markForDeletion([0, 1])

    await assert.rejects(
      connection.close(),
      (error) =>
        error instanceof EmailDeletionException &&
        error.outcome === 'kept' &&
        error.indexes.join() === '1',
    )
    await connection.close()
    assert.deepEqual(subjectsAt(host), ['1', '2'])
  })

  for (const [line, outcome] of [
    ['DELE 1', 'kept'],
    ['QUIT', 'unknown'],
  ] as const) {
    it(`are ${outcome} when the connection breaks at ${line}`, async () => {
      await using host = await startHost(2, {
        onCommand: (_, command) => (command === line ? 'disconnect' : 'proceed'),
      })
      const connection = await Pop3Connection.connect(parametersOf(host))
      await connection.markForDeletion([0, 1])

      await assert.rejects(
        connection.close(),
        (error) =>
          error instanceof EmailDeletionException &&
          error.outcome === outcome &&
          error.transient &&
          error.indexes.join() === '0,1',
      )
      assert.equal(connection.isConnected(), false)
    })
  }
})

describe('A Pop3Connection that fails', () => {
  it('says that the login was refused, and can be tried again', async () => {
    let isRefused = true
    await using host = await startHost(1, {
      onCommand: (_, line) =>
        line.startsWith('AUTH') && isRefused ? { reply: '-ERR [AUTH] no' } : 'proceed',
    })
    const connection = new Pop3Connection(parametersOf(host))

    await assert.rejects(
      connection.getEmailCount(),
      (error) => error instanceof MailboxException && error.cause instanceof AuthenticationFailed,
    )
    isRefused = false
    assert.equal(await connection.getEmailCount(), 1)
    await connection.close()
  })

  it('is refused without an authentication', async () => {
    const parameters = new Pop3ConnectionParameters('pop.example.org')

    await assert.rejects(Pop3Connection.connect(parameters), IllegalStateException)
  })

  it('is not connected any more when the server hangs up', async () => {
    await using host = await startHost(1, {
      onCommand: (_, line) => (line.startsWith('RETR') ? 'disconnect' : 'proceed'),
    })
    await using connection = await Pop3Connection.connect(parametersOf(host))

    await assert.rejects(
      connection.getEmail(0),
      (error) =>
        error instanceof MailboxException &&
        error.transient &&
        error.cause instanceof ConnectionLost,
    )
    assert.equal(connection.isConnected(), false)
  })

  it('is not connected any more when the server hangs up while nothing is asked', async () => {
    let socket: Socket | undefined
    await using listener = await serve((accepted) => {
      socket = accepted
      accepted.write('+OK ready\r\n')
      accepted.on('data', (octets: Buffer) => {
        const answers = { CAPA: '-ERR', STAT: '+OK 0 0' }[octets.toString().trim()] ?? '+OK'
        accepted.write(`${answers}\r\n`)
      })
    })
    const pop3 = { host: '127.0.0.1', port: listener.port } as const
    await using connection = await Pop3Connection.connect(parametersOf({ pop3 }))
    assert.equal(connection.isConnected(), true)

    socket?.end()
    await listener.idle()

    assert.equal(connection.isConnected(), false)
  })

  it('names a letter that the server does not give, and reads the others', async () => {
    await using host = await startHost(3, {
      onCommand: (_, line) =>
        /^(RETR|TOP) 2/.test(line) ? { reply: '-ERR [SYS/PERM] gone' } : 'proceed',
    })
    await using connection = await Pop3Connection.connect(parametersOf(host))

    const [first, second, third] = await connection.getEmails()
    assert.deepEqual([first?.email.subject, third?.email.subject], ['0', '2'])
    assert.throws(() => second?.email, /reading letter 1 failed: RETR 2 was rejected/)
    const [, headers, last] = await connection.getEmailHeaders()
    assert.equal(last?.headers.subject, '2')
    assert.throws(() => headers?.headers, /reading letter 1 failed: TOP 2 0 was rejected/)
    assert.match(String(headers), /^1: reading letter 1 failed/)
    assert.match(JSON.stringify(headers), /MAILBOX_FAILED/)
  })

  it('ends when the caller gives up', async () => {
    await using host = await startHost(1)
    const controller = new AbortController()
    await using connection = new Pop3Connection(parametersOf(host), true, {
      signal: controller.signal,
    })
    await connection.connect()

    controller.abort()

    await assert.rejects(
      connection.getEmail(0),
      (error) => error instanceof MailboxException && /given up|abort/i.test(error.message),
    )
    assert.equal(JSON.stringify(connection).includes('tanstaaf'), false)
  })
})
