import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { append } from '../../src/imap/append.ts'
import {
  ImapCapabilityMissing,
  ImapCommandRejected,
  ImapSizeExceeded,
} from '../../src/imap/errors.ts'
import { noop } from '../../src/imap/mailboxes.ts'
import type { ImapSession } from '../../src/imap/session.ts'
import type { Dialog } from '../../src/wire/dialog.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { pieces, playSession } from './conversation.ts'

describe('Appending a letter', () => {
  const put = function* (session: ImapSession, octetCount: number, text: string): Dialog<unknown> {
    return yield* append(
      session,
      { mailbox: 'Ж', internalDate: new Date('2026-11-22T07:00:00Z') },
      { octetCount, source: pieces(text) },
    )
  }

  it('has its date, and waits for the server', async () => {
    const appended = await playSession(
      (session) => put(session, 7, 'a\r\n\r\nb.'),
      `
      C: A2 APPEND "&BBY-" "22-Nov-2026 07:00:00 +0000" {7}
      S: + go
      C: a
      C:
      C: b.
      S: A2 OK [APPENDUID 38505 3955] done`,
    )

    assert.deepEqual(appended, { uidValidity: 38_505, uid: 3_955 })
  })

  it('that the server does not want is not sent', async () => {
    await playSession(
      function* (session) {
        try {
          yield* put(session, 5, '12345')
        } catch (error) {
          assert.ok(error instanceof ImapCommandRejected && error.responseCode === 'TRYCREATE')
        }
        yield* noop(session)
      },
      `
      C: A2 APPEND "&BBY-" "22-Nov-2026 07:00:00 +0000" {5}
      S: A2 NO [TRYCREATE] create it first
      C: A3 NOOP
      S: A3 OK`,
    )
  })

  describe('in UTF-8', () => {
    const putUtf8 = function* (session: ImapSession): Dialog<unknown> {
      const content = { octetCount: 5, source: pieces('12345') }
      return yield* append(session, { mailbox: 'INBOX', isUtf8: true }, content)
    }

    it('I4 is told to a server that has agreed to it', async () => {
      await playSession(
        function* (session) {
          session.channel.state.enabled.add('UTF8=ACCEPT')
          yield* putUtf8(session)
        },
        `
        C: A2 APPEND "INBOX" UTF8 (~{5}
        S: + go
        C: 12345)
        S: A2 OK done`,
      )
    })

    it('I4 is put otherwise to a server that does not understand it', async () => {
      await playSession(
        function* (session) {
          session.channel.state.enabled.add('UTF8=ACCEPT')
          yield* putUtf8(session)
        },
        `
        C: A2 APPEND "INBOX" UTF8 (~{5}
        S: A2 NO Error in IMAP command received by server.
        C: A3 APPEND "INBOX" {5}
        S: + go
        C: 12345
        S: A3 OK done`,
      )
    })

    it('I4 is nothing special in revision 2', async () => {
      await playSession(
        function* (session) {
          session.channel.state.enabled.add('IMAP4REV2')
          yield* putUtf8(session)
        },
        `
        C: A2 APPEND "INBOX" {5}
        S: + go
        C: 12345
        S: A2 OK done`,
      )
    })

    it('I4 is not sent to any other', async () => {
      await assert.rejects(playSession(putUtf8, ''), ImapCapabilityMissing)
    })
  })

  it('that is larger than the server takes is not begun', async () => {
    await assert.rejects(
      playSession((session) => put(session, 5, '12345'), '', { capabilities: ['APPENDLIMIT=4'] }),
      (error) => error instanceof ImapSizeExceeded && error.limitOctets === 4,
    )
  })

  for (const { name, count, text, rest } of [
    { name: 'fewer', count: 7, text: '123456', rest: 'C: 123456\\' },
    { name: 'more', count: 5, text: '123456', rest: 'C: 123\\' },
  ]) {
    it(`with ${name} octets than was said ends the session`, async () => {
      await assert.rejects(
        playSession(
          function* (session) {
            try {
              yield* put(session, count, text)
            } finally {
              assert.equal(session.channel.isInStep, false)
            }
          },
          `
          C: A2 APPEND "&BBY-" "22-Nov-2026 07:00:00 +0000" {${count}+}
          ${rest}`,
          { capabilities: ['LITERAL+'] },
        ),
        RangeError,
      )
    })
  }

  it('whose answer is lost is lost: nobody knows what became of it', async () => {
    await assert.rejects(
      playSession(
        (session) => put(session, 1, 'a'),
        'C: A2 APPEND "&BBY-" "22-Nov-2026 07:00:00 +0000" {1+}\nC: a',
        { capabilities: ['IMAP4rev2'] },
      ),
      ConnectionLost,
    )
  })
})
