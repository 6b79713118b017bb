import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { startMailHost } from '../../src/testing.ts'
import { takeCensus } from '../census.ts'
import { ImapTalk } from './imap-talk.ts'
import { ACCOUNTS, LETTER, logIn, send, SHOP, startHost, TIMEOUT_MS } from './running-host.ts'

takeCensus()

describe('A mailbox of the mail host', { timeout: TIMEOUT_MS }, () => {
  it('is the same by SMTP, POP3 and IMAP, with the same unique ids', async (t) => {
    const host = await startHost(t)
    await send(host, 'one\r\n', 'two\r\n', 'three\r\n')
    using imap = await ImapTalk.open(host)
    await imap.say('SELECT INBOX')
    await imap.say('UID STORE 2 +FLAGS (\\Deleted)')
    await imap.say('EXPUNGE')
    using pop3 = await logIn(host)

    const listed = await pop3.ask('UIDL\r\n', /^\.\r\n/m)
    await pop3.ask('RETR 1\r\n', /^\.\r\n/m)
    const flags = await imap.ask('UID FETCH 1,3 FLAGS')
    await pop3.ask('DELE 2\r\nQUIT\r\n', /goodbye/)

    assert.match(listed, /\r\n1 1\r\n2 3\r\n/)
    assert.deepEqual(flags.slice(0, 2), [
      '* 1 FETCH (UID 1 FLAGS (\\Seen \\Recent))',
      '* 2 FETCH (UID 3 FLAGS (\\Recent))',
    ])
    assert.deepEqual(await imap.ask('NOOP'), ['* 2 EXPUNGE'])
    assert.deepEqual(host.mailbox(SHOP).uids(), [1])
  })

  it('keeps its letters, flags, dates and unique ids over a restart', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'mail-host-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const dates = '(UID FLAGS INTERNALDATE)'
    const append = `APPEND "a/b" (\\Flagged) " 3-Feb-2020 04:05:06 +0000" {${LETTER.length}+}\r\n${LETTER}`
    const before = await startMailHost({ accounts: ACCOUNTS, folder })
    const told: string[][] = []
    {
      using imap = await ImapTalk.open(before)
      for (const command of [
        'CREATE a/b',
        append,
        append,
        'SELECT a/b',
        'STORE 1 +FLAGS \\Deleted',
      ]) {
        assert.equal((await imap.end(command)).slice(0, 2), 'OK')
      }
      await imap.say('EXPUNGE')
      await imap.say('RENAME a/b "a/c d"')
      told.push([...(await imap.ask('SELECT "a/c d"')), ...(await imap.ask(`FETCH 1 ${dates}`))])
    }
    await before.close()

    const after = await startHost(t, { folder })
    using imap = await ImapTalk.open(after)
    told.push([...(await imap.ask('SELECT "a/c d"')), ...(await imap.ask(`FETCH 1 ${dates}`))])

    const lasting = told.map((lines) =>
      lines.filter((line) => /EXISTS|UIDVALIDITY|UIDNEXT|HIGHESTMODSEQ|FETCH/.test(line)),
    )
    assert.equal(lasting[0]?.length, 5)
    assert.match(lasting[0].at(-1) ?? '', /UID 2 FLAGS \(\\Flagged.*" 3-Feb-2020 04:05:06 \+0000"/)
    assert.deepEqual(
      lasting[1],
      lasting[0].map((line) => line.replace(' \\Recent', '')),
    )
    assert.equal(await imap.end('SELECT a/b'), 'NO [NONEXISTENT]')
  })

  it('has room for what its account may hold, in all its mailboxes together', async (t) => {
    const accounts = [{ address: SHOP, password: 'tan staaf', quotaOctets: 4096 }]
    const host = await startHost(t, { accounts })
    using imap = await ImapTalk.open(host)
    const append = (name: string): string => `APPEND ${name} {2000+}\r\n${'x'.repeat(2000)}`

    assert.equal(await imap.end(append('INBOX')), 'OK [APPENDUID 1 1]')
    assert.match(await imap.end(append('Sent')), /^OK/)
    assert.equal(await imap.end(append('INBOX')), 'NO [OVERQUOTA]')
    await imap.say('SELECT INBOX')
    assert.equal(await imap.end('COPY 1 Sent'), 'NO [OVERQUOTA]')
    assert.deepEqual(await imap.ask('GETQUOTAROOT Sent'), [
      '* QUOTAROOT "Sent" ""',
      '* QUOTA "" (STORAGE 4 4)',
    ])
    assert.match(await send(host, `${'x'.repeat(500)}\r\n`), /552/)
  })

  it('does without what it is told to do without', async (t) => {
    const host = await startHost(t, { imapWithout: ['IMAP4rev2', 'UIDPLUS', 'MOVE', 'ESEARCH'] })
    host.mailbox(SHOP).put(LETTER)
    using imap = await ImapTalk.open(host)
    await imap.say('SELECT INBOX')

    assert.doesNotMatch(await imap.say('CAPABILITY'), /rev2|UIDPLUS|MOVE|ESEARCH/)
    assert.equal(await imap.end('COPY 1 Sent'), 'OK')
    for (const command of ['MOVE 1 Sent', 'UID EXPUNGE 1', 'SEARCH RETURN (ALL) ALL']) {
      assert.equal(await imap.end(command), 'BAD', command)
    }
  })
})

describe('An IMAP session that waits for news', { timeout: TIMEOUT_MS }, () => {
  it('hears of letters that come and go, and of flags, as it happens', async (t) => {
    const host = await startHost(t)
    host.mailbox(SHOP).put(LETTER)
    using imap = await ImapTalk.open(host)
    await imap.say('SELECT INBOX')
    await imap.client.ask('I IDLE\r\n', /^\+ .*\r\n/)

    await send(host, 'news\r\n')
    const arrived = await imap.client.hear(/RECENT\r\n/)
    using other = await ImapTalk.open(host)
    await other.say('SELECT INBOX')
    await other.say('STORE 2 FLAGS (\\Flagged)')
    const flagged = await imap.client.hear(/FETCH .*\r\n/)
    using pop3 = await logIn(host)
    await pop3.ask('DELE 1\r\nQUIT\r\n', /goodbye/)
    const removed = await imap.client.hear(/EXPUNGE\r\n/)
    const ended = await imap.client.ask('DONE\r\n', /^I .*\r\n/)

    assert.equal(arrived, '* 2 EXISTS\r\n* 2 RECENT\r\n')
    assert.equal(flagged, '* 2 FETCH (UID 2 FLAGS (\\Flagged \\Recent))\r\n')
    assert.equal(removed, '* 1 EXPUNGE\r\n')
    assert.match(ended, /^I OK/)
  })

  it('hears nothing before it waits, and all at once when it begins to', async (t) => {
    const host = await startHost(t)
    using imap = await ImapTalk.open(host)
    await imap.say('EXAMINE INBOX')
    const mailbox = host.mailbox(SHOP)
    for (const flags of [[], ['$x']]) mailbox.put(LETTER, { flags })
    mailbox.remove(1)

    const told = await imap.client.ask('I IDLE\r\n', /RECENT\r\n/)

    assert.equal(told, '+ waiting for news\r\n* 1 EXISTS\r\n* 1 RECENT\r\n')
  })
})

describe('An IMAP session whose mailbox changes', { timeout: TIMEOUT_MS }, () => {
  it('keeps its numbers until it is told of what went', async (t) => {
    const host = await startHost(t)
    const mailbox = host.mailbox(SHOP)
    for (let count = 0; count < 3; count++) mailbox.put(LETTER)
    using imap = await ImapTalk.open(host)
    await imap.say('SELECT INBOX')
    mailbox.remove(1)

    assert.deepEqual(await imap.ask('FETCH 1:* UID'), ['* 2 FETCH (UID 2)', '* 3 FETCH (UID 3)'])
    assert.deepEqual(await imap.ask('SEARCH ALL'), ['* SEARCH 2 3'])
    assert.deepEqual(await imap.ask('UID FETCH 3 UID'), ['* 3 FETCH (UID 3)', '* 1 EXPUNGE'])
    assert.deepEqual(await imap.ask('FETCH 2 UID'), ['* 2 FETCH (UID 3)'])
  })

  it('counts changes, and refuses one that another was faster with', async (t) => {
    const host = await startHost(t)
    const mailbox = host.mailbox(SHOP)
    for (let count = 0; count < 3; count++) mailbox.put(LETTER)
    using imap = await ImapTalk.open(host)
    await imap.say('SELECT INBOX (CONDSTORE)')
    const known = mailbox.highestModSeq
    mailbox.setFlags(2, ['\\Flagged'])

    const stored = await imap.say(`STORE 1:2 (UNCHANGEDSINCE ${known}) +FLAGS.SILENT (\\Seen)`)
    const changed = await imap.ask(`UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${known})`)

    assert.match(stored, /^\* 1 FETCH \(UID 1 MODSEQ \(6\)\)\r\n/)
    assert.match(stored, /OK \[MODIFIED 2\]/)
    assert.deepEqual(changed, [
      '* 1 FETCH (UID 1 FLAGS (\\Seen \\Recent) MODSEQ (6))',
      '* 2 FETCH (UID 2 FLAGS (\\Flagged \\Recent) MODSEQ (5))',
    ])
    assert.deepEqual(await imap.ask('SEARCH MODSEQ 6'), ['* SEARCH 1 (MODSEQ 6)'])
  })

  it('is told by unique ids what has vanished, when it wants to know it so', async (t) => {
    const host = await startHost(t)
    const mailbox = host.mailbox(SHOP)
    for (let count = 0; count < 4; count++) mailbox.put(LETTER)
    const known = mailbox.highestModSeq
    mailbox.remove(2)
    using imap = await ImapTalk.open(host)
    await imap.say('ENABLE QRESYNC')

    const selected = await imap.ask(`SELECT INBOX (QRESYNC (1 ${known}))`)
    mailbox.remove(3)
    const noticed = await imap.ask('NOOP')
    const fetched = await imap.ask(`UID FETCH 1:* (UID) (CHANGEDSINCE ${known} VANISHED)`)
    const elsewhere = await imap.ask('SELECT INBOX (QRESYNC (2 1))')

    assert.ok(selected.includes('* VANISHED (EARLIER) 2'))
    assert.deepEqual(noticed, ['* VANISHED 3'])
    assert.deepEqual(fetched, ['* VANISHED (EARLIER) 2:3'])
    assert.ok(elsewhere.includes('* OK [CLOSED] the mailbox before is closed'))
    assert.ok(!elsewhere.some((line) => line.includes('VANISHED')))
  })

  it('that was opened for reading changes nothing', async (t) => {
    const host = await startHost(t)
    host.mailbox(SHOP).put(LETTER)
    using imap = await ImapTalk.open(host)

    assert.match(await imap.say('EXAMINE inbox'), /PERMANENTFLAGS \(\)[^]*\[READ-ONLY\]/)
    await imap.say('FETCH 1 BODY[]')
    for (const command of ['STORE 1 FLAGS \\Seen', 'EXPUNGE', 'MOVE 1 Sent']) {
      assert.equal(await imap.end(command), 'NO [NOPERM]', command)
    }
    await imap.say('CLOSE')
    assert.equal(await imap.end('FETCH 1 FLAGS'), 'BAD')
    assert.deepEqual([...(host.mailbox(SHOP).letters()[0]?.flags ?? [])], [])
  })
})
