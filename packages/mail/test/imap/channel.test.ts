import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { formatCommand } from '../../src/imap/command.ts'
import { ImapCommandRejected } from '../../src/imap/errors.ts'
import { awaitChange } from '../../src/imap/idle.ts'
import { noop } from '../../src/imap/mailboxes.ts'
import { search } from '../../src/imap/search.ts'
import type { ImapSession } from '../../src/imap/session.ts'
import type { Dialog } from '../../src/wire/dialog.ts'
import { ConnectionLost, ProtocolViolation } from '../../src/wire/errors.ts'
import { playMailbox, playSession } from './conversation.ts'

describe('An IMAP session', () => {
  it('I5 takes what the server says by itself at any point, and tells it', async () => {
    const state = await playMailbox(
      function* (session) {
        yield* noop(session)
        yield* search(session, {})
        const { mailbox } = session.channel.state
        return { exists: mailbox?.exists, changes: session.channel.state.takeChanges() }
      },
      `
      S: * 4 EXISTS
      C: A3 NOOP
      S: * 2 EXPUNGE
      S: * 1 FETCH (FLAGS (\\\\Seen))
      S: * OK Still here
      S: * 7 PUDDING
      S: A3 OK
      C: A4 UID SEARCH ALL
      S: * 1 EXPUNGE
      S: * SEARCH 9
      S: * VANISHED 5
      S: A4 OK`,
    )

    assert.equal(state.exists, 1)
    assert.deepEqual(
      state.changes.map(({ kind }) => kind),
      ['exists', 'expunge', 'flags', 'expunge', 'vanished'],
    )
  })

  it('keeps few of ten thousand changes that nobody asks for', async () => {
    const changes = await playMailbox(
      function* (session) {
        yield* noop(session)
        return session.channel.state.takeChanges()
      },
      `
      C: A3 NOOP
      ${'S: * 1 FETCH (FLAGS ())\n'.repeat(10_005)}
      S: A3 OK`,
    )

    assert.equal(changes[0]?.kind, 'many')
    assert.ok(changes.length < 10)
  })

  it('goes on after a refused command', async () => {
    await playSession(
      function* (session) {
        try {
          yield* noop(session)
        } catch (error) {
          assert.ok(error instanceof ImapCommandRejected)
          assert.deepEqual(
            [error.status, error.responseCode, error.command],
            ['NO', 'CANNOT', 'NOOP'],
          )
        }
        yield* noop(session)
      },
      `
      C: A2 NOOP
      S: A2 NO [CANNOT] not now
      C: A3 NOOP
      S: A3 OK`,
    )
  })

  it('I14 refuses an answer to a command that was not sent, in another case of the tag too', async () => {
    for (const line of ['A3 OK', 'a2 OK', 'A1 OK', 'B2 OK', '+ go on']) {
      await assert.rejects(playSession(noop, `C: A2 NOOP\nS: ${line}`), ProtocolViolation)
    }
  })

  it('I14 refuses an answer that comes before its command', async () => {
    await assert.rejects(playSession(noop, 'S: A2 OK'), ProtocolViolation)
    await assert.rejects(playSession(noop, 'S: + go on'), ProtocolViolation)
  })

  it('I14 ends when the server could not read a line, and says so', async () => {
    await assert.rejects(
      playSession(noop, 'C: A2 NOOP\nS: * BAD what?'),
      (error) => error instanceof ProtocolViolation && error.line === 'what?',
    )
  })

  for (const [name, transcriptPart] of [
    ['before a command', 'S: * BYE idle for too long'],
    ['after a command', 'C: A2 NOOP\nS: * BYE idle for too long'],
    ['in the middle of an answer', 'C: A2 NOOP\nS: * BYE idle for too long\nS: * 1 EXISTS'],
  ] as const) {
    it(`I5 that is ended by the server ${name} says why`, async () => {
      await assert.rejects(
        playSession(noop, transcriptPart),
        (error) => error instanceof ConnectionLost && /idle for too long/.test(error.message),
      )
    })
  }

  it('I6 ends when the letters of the open mailbox are given other UIDs', async () => {
    await assert.rejects(
      playMailbox(noop, 'C: A3 NOOP\nS: * OK [UIDVALIDITY 2] sorry'),
      ProtocolViolation,
    )
  })

  it('is bounded in what it reads', async () => {
    const execute = (session: ImapSession): Dialog<unknown> =>
      session.channel.execute(formatCommand('NOOP'))
    await assert.rejects(
      playSession(execute, `C: A2 NOOP\nS: * X ${'a'.repeat(500)}`, {
        limits: { maxLineOctets: 200 },
      }),
      LimitExceeded,
    )
  })
})

describe('IDLE', () => {
  const patience = { idleMs: 1_000, pollMs: 1_000, interrupt: new Promise(() => {}) }
  const waiting = function* (session: ImapSession): Dialog<readonly string[]> {
    yield* awaitChange(session, patience)
    return session.channel.state.takeChanges().map(({ kind }) => kind)
  }
  const capabilities = ['IDLE']

  it('I7 ends when something has changed', async () => {
    const changes = await playMailbox(
      waiting,
      `
      C: A3 IDLE
      S: + idling
      S: * OK Still here
      S: * 4 EXISTS
      C: DONE
      S: A3 OK`,
      { capabilities },
    )

    assert.deepEqual(changes, ['exists'])
  })

  it('I7 misses nothing that comes while it ends', async () => {
    const changes = await playMailbox(
      waiting,
      `
      C: A3 IDLE
      S: + idling
      C: DONE
      S: * 4 EXISTS
      S: * 1 EXPUNGE
      S: A3 OK`,
      { capabilities },
    )

    assert.deepEqual(changes, ['exists', 'expunge'])
  })

  it('I7 ends when the server says good-bye', async () => {
    await assert.rejects(
      playMailbox(waiting, 'C: A3 IDLE\nS: + idling\nS: * BYE going down', { capabilities }),
      (error) => error instanceof ConnectionLost && /going down/.test(error.message),
    )
  })

  it('I7 that is refused is an error, and the session goes on', async () => {
    await playMailbox(
      function* (session) {
        try {
          yield* waiting(session)
        } catch (error) {
          assert.ok(error instanceof ImapCommandRejected)
        }
        yield* noop(session)
      },
      'C: A3 IDLE\nS: A3 NO no\nC: A4 NOOP\nS: A4 OK',
      { capabilities },
    )
  })

  it('I7 that is over before it began is a violation', async () => {
    await assert.rejects(
      playMailbox(waiting, 'C: A3 IDLE\nS: A3 OK', { capabilities }),
      ProtocolViolation,
    )
  })

  it('I7 is a question now and then at a server that does not have it', async () => {
    const changes = await playMailbox(
      waiting,
      `
      S: * 4 EXISTS
      C: A3 NOOP
      S: * 5 EXISTS
      S: A3 OK`,
    )

    assert.deepEqual(changes, ['exists', 'exists'])
  })
})
