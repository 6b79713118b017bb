import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  EmailDeletionException,
  IllegalArgumentException,
  MailboxException,
} from '../../src/index.ts'
import { ImapReceiver } from '../../src/model/internet-mail/imap-receiver.ts'
import { Pop3Receiver } from '../../src/model/internet-mail/pop3-receiver.ts'
import { drive } from '../../src/net/drive.ts'
import { ImapConnection } from '../../src/net/imap-client.ts'
import { Pop3Connection } from '../../src/net/pop3-client.ts'
import { TranscriptConnection } from '../../src/testing/transcript-connection.ts'
import { loginWith, logIn as logInByImap } from '../imap/conversation.ts'
import { logIn as logInByPop3 } from '../pop3/conversation.ts'

const KEEP = { deletes: false, marksAsRead: false }

async function pop3(
  capabilities: readonly string[],
  transcript: string,
): Promise<{ readonly receiver: Pop3Receiver; readonly connection: TranscriptConnection }> {
  const connection = new TranscriptConnection(`
    S: +OK ready
    C: CAPA
    S: +OK
    ${['SASL PLAIN', ...capabilities].map((line) => `S: ${line}`).join('\n')}
    S: .
    C: AUTH PLAIN AHRpbQB0YW5zdGFhZg==
    S: +OK in
    ${transcript}`)
  const maildrop = await drive(logInByPop3(), connection)
  return {
    receiver: new Pop3Receiver(() => Promise.resolve(new Pop3Connection(connection, maildrop))),
    connection,
  }
}

async function imap(
  transcript: string,
  ...capabilities: readonly string[]
): Promise<{ readonly receiver: ImapReceiver; readonly connection: TranscriptConnection }> {
  const connection = new TranscriptConnection(loginWith(...capabilities) + transcript)
  const session = await drive(logInByImap(), connection)
  const times = { idleMs: 1, pollMs: 1 }
  const receiver = new ImapReceiver(() =>
    Promise.resolve(new ImapConnection(connection, session, times)),
  )
  return { receiver, connection }
}

describe('A maildrop of the platform', () => {
  it('knows letters again as long as the connection lasts where the server has no UIDL, and reads headers without TOP', async () => {
    const { receiver, connection } = await pop3(
      ['USER'],
      `
      C: LIST
      S: +OK
      S: 1 20
      S: 3 20
      S: .
      C: UIDL
      S: -ERR what is that?
      C: RETR 1
      S: +OK
      S: Subject: one
      S:
      S: text
      S: .
      C: RETR 3
      S: +OK
      S: Subject: three
      S:
      S: text
      S: .
      C: DELE 3
      S: +OK
      C: QUIT
      S: +OK`,
    )

    const { items: headers } = await receiver.getHeaders({})
    await receiver.deleteMessages([headers[1] ?? ''])
    await receiver.close()

    connection.assertFinished()
    assert.deepEqual(
      headers.map(({ subject }) => subject),
      ['one', 'three'],
    )
  })

  it('without UIDL takes no letter for one of an earlier connection that had its number', async () => {
    const listing = `
      C: LIST
      S: +OK
      S: 1 20
      S: .
      C: UIDL
      S: -ERR what is that?
      `
    const earlier = await pop3(['USER'], listing)
    const { items: known } = await earlier.receiver.getUidl([], {})
    const later = await pop3(['USER'], listing)

    await later.receiver.deleteMessages(known)
    const { items: unknown } = await later.receiver.getUidl(known, {})

    // Nothing but the listing was asked for.
    later.connection.assertFinished()
    assert.deepEqual([known.length, unknown.length], [1, 1])
  })

  it('tells letters that share an identifier apart where they were read, and otherwise deletes none of them', async () => {
    const { receiver, connection } = await pop3(
      ['USER', 'UIDL', 'TOP'],
      `
      C: LIST
      S: +OK
      S: 1 20
      S: 2 20
      S: 3 20
      S: .
      C: UIDL
      S: +OK
      S: 1 same
      S: 2 other
      S: 3 same
      S: .
      C: TOP 1 0
      S: +OK
      S: Subject: one
      S: .
      C: TOP 2 0
      S: +OK
      S: Subject: two
      S: .
      C: TOP 3 0
      S: +OK
      S: Subject: three
      S: .
      C: DELE 3
      S: +OK
      C: DELE 1
      S: +OK
      C: QUIT
      S: +OK`,
    )

    const { items: headers } = await receiver.getHeaders({})
    await assert.rejects(receiver.deleteMessages(['other', 'same']), IllegalArgumentException)
    await receiver.deleteMessages([headers[2] ?? ''])
    // Now it means one letter.
    await receiver.deleteMessages(['same'])
    await receiver.close()

    connection.assertFinished()
  })

  it('is listed once more when the listing was refused', async () => {
    const { receiver, connection } = await pop3(
      ['UIDL', 'TOP'],
      `
      C: LIST
      S: -ERR busy
      C: UIDL
      S: -ERR busy
      C: LIST
      S: +OK
      S: 1 20
      S: .
      C: UIDL
      S: +OK
      S: 1 a
      S: .`,
    )

    await assert.rejects(receiver.getUidl([], {}), MailboxException)
    const { items: uids } = await receiver.getUidl([], {})

    connection.assertFinished()
    assert.deepEqual(uids, ['a'])
  })

  it('deletes what it can, and says which letters the server keeps', async () => {
    const { receiver } = await pop3(
      ['UIDL', 'TOP', 'PIPELINING'],
      `
      C: LIST
      S: +OK
      S: 1 20
      S: 2 20
      S: 3 20
      S: .
      C: UIDL
      S: +OK
      S: 1 one
      S: 2 other
      S: 3 three
      S: .
      C: DELE 1
      C: DELE 3
      S: +OK
      S: -ERR not that one`,
    )

    await assert.rejects(
      receiver.deleteMessages(['one', 'three', 'unknown']),
      (error) =>
        error instanceof EmailDeletionException &&
        error.outcome === 'kept' &&
        error.indexes.join() === '2',
    )
  })

  it('deletes nothing when a letter did not come whole', async () => {
    const { receiver } = await pop3(
      ['UIDL', 'TOP'],
      `
      C: LIST
      S: +OK
      S: 1 20
      S: .
      C: UIDL
      S: +OK
      S: 1 a
      S: .
      C: RETR 1
      S: +OK
      S: Subject: one`,
    )

    await assert.rejects(
      receiver.get(undefined, { deletes: true, marksAsRead: false }),
      MailboxException,
    )
  })
})

describe('A mailbox of the platform', () => {
  const SELECT = `
    C: A2 SELECT "INBOX"
    S: * 2 EXISTS
    S: * OK [UIDVALIDITY 7] valid
    S: * OK [UIDNEXT 9] next
    S: A2 OK [READ-WRITE] in`

  it('is opened once, and fetched in three round trips however many letters there are', async () => {
    const { receiver, connection } = await imap(`${SELECT}
      C: A3 UID SEARCH 1:*
      S: * SEARCH 4 8
      S: A3 OK
      C: A4 UID FETCH 4,8 (UID INTERNALDATE RFC822.SIZE)
      S: * 1 FETCH (UID 4 RFC822.SIZE 19 INTERNALDATE "22-Nov-2026 10:00:00 +0000")
      S: * 2 FETCH (UID 8 RFC822.SIZE 19 INTERNALDATE "22-Nov-2026 11:00:00 +0300")
      S: A4 OK
      C: A5 UID FETCH 4,8 (UID BODY.PEEK[])
      S: * 1 FETCH (UID 4 BODY[] {14}
      S: Subject: one
      S: )
      S: * 2 FETCH (UID 8 BODY[] {14}
      S: Subject: two
      S: )
      S: A5 OK`)

    const { items: letters } = await receiver.get(undefined, KEEP)

    connection.assertFinished()
    assert.deepEqual(
      letters.map(({ subject, uid, size, mailbox }) => [subject, uid[0], size, mailbox]),
      [
        ['one', 'imap-4-7-INBOX', 19, 'INBOX'],
        ['two', 'imap-8-7-INBOX', 19, 'INBOX'],
      ],
    )
    assert.deepEqual(letters[1]?.dateReceived, new Date('2026-11-22T08:00:00Z'))
  })

  it('marks and unmarks letters that were named by number', async () => {
    const { receiver, connection } = await imap(`${SELECT}
      C: A3 UID SEARCH 2
      S: * SEARCH 8
      S: A3 OK
      C: A4 UID STORE 8 +FLAGS.SILENT (\\\\Deleted)
      S: A4 OK
      C: A5 UID STORE 8 -FLAGS.SILENT (\\\\Deleted)
      S: A5 OK`)

    await receiver.deleteMessages([2])
    await receiver.undeleteMessages(['imap-8-7'])

    connection.assertFinished()
  })
})
