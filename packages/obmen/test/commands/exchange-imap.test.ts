import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'

import { type Mailbox, startMailHost } from '@obmen/mail/testing'

import { ImapHost } from '../../../mail/test-servers/imap-host.ts'
import { TestSite } from '../test-site.ts'

const ADDRESS = 'exchange@example.org'
const PASSWORD = 'tanstaaf-and-more'
const GOODS = `CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT);`
const PERSONAL = 'Subject: hello\r\n\r\nhi\r\n'

interface Sites {
  readonly mailbox: Mailbox
  readonly imap: ImapHost
  readonly office: TestSite
  readonly shop: TestSite
}

/** An office with something to send, and a shop, with a mailbox that their addresses name. */
async function openSites(t: TestContext): Promise<Sites> {
  const host = await startMailHost({ accounts: [{ address: ADDRESS, password: PASSWORD }] })
  const mailbox = host.mailbox(ADDRESS)
  const imap = await ImapHost.start(mailbox)
  const open = async (code: string, other: string, tables: string): Promise<TestSite> => {
    const site = new TestSite(tables)
    site.env['OBMEN_MAIL_PASSWORD'] = PASSWORD
    const user = encodeURIComponent(ADDRESS)
    const address = ['--database', 'trade.db', '--address', ADDRESS]
    const send = `smtp://${user}@127.0.0.1:${host.smtp.port}?tls=none`
    const receive = `imap://${user}@127.0.0.1:${imap.port}/Exchange?tls=none`
    const servers = ['--send', send, '--receive', receive]
    await site.run('init', '--plan', 'Goods', '--node', code, ...address, ...servers)
    await site.run('node', 'add', other)
    return site
  }
  const office = await open('HQ', 'S1', `${GOODS} INSERT INTO goods VALUES (1, 'tea')`)
  const shop = await open('S1', 'HQ', GOODS)
  t.after(async () => {
    office[Symbol.dispose]()
    shop[Symbol.dispose]()
    await imap.close()
    await host.close()
  })
  return { mailbox, imap, office, shop }
}

/** Waits until somebody has gone into IDLE for so many times, and is there. */
async function untilIdle(imap: ImapHost, times: number): Promise<void> {
  while (imap.sent('IDLE').length < times || imap.idlingCount === 0) await new Promise(setImmediate)
}

describe('exchange by IMAP', () => {
  it('brings two sites into step through a mailbox that the address names', async (t) => {
    const { mailbox, imap, office, shop } = await openSites(t)
    mailbox.put(PERSONAL)

    await office.run('exchange')
    imap.commands = []
    const trial = await shop.run('exchange', '--dry-run')
    const trialCommands = [...imap.commands]
    const { exitCode, err } = await shop.run('exchange')
    const confirmed = await office.run('exchange')

    assert.match(trial.out, /HQ +1 /)
    assert.doesNotMatch(trialCommands.join('\n'), /STORE|EXPUNGE|PEEK\[\]/)
    assert.ok(trialCommands.includes('SELECT "Exchange"'))
    assert.equal(exitCode, 0, err)
    assert.equal(confirmed.exitCode, 0, confirmed.err)
    assert.deepEqual(shop.column('SELECT name FROM goods'), ['tea'])
    assert.equal(mailbox.letters().length, 1)
  })

  it('goes on with --watch, and takes a message as soon as its letter has come', async (t) => {
    const { mailbox, imap, office, shop } = await openSites(t)
    imap.capabilities = 'IDLE UIDPLUS'

    const watching = shop.run('exchange', '--watch', '--every', '1 hour')
    await untilIdle(imap, 1)
    await office.run('exchange')
    imap.tellOfLetters()
    await untilIdle(imap, 2)
    shop.interruption.abort()
    const { exitCode, out, err } = await watching

    assert.equal(exitCode, 0, err)
    assert.deepEqual(shop.column('SELECT name FROM goods'), ['tea'])
    assert.equal(out.match(/^HQ /gm)?.length, 1)
    assert.equal(mailbox.letters().length, 1)
  })

  it('tells of trouble that passes, and goes on with --watch', async (t) => {
    const { imap, shop } = await openSites(t)
    imap.capabilities = 'IDLE UIDPLUS'
    imap.refuse = (command) =>
      command === 'SELECT "Exchange"' ? 'NO [UNAVAILABLE] later' : undefined

    const watching = shop.run('exchange', '--watch', '--every', '1 hour')
    await untilIdle(imap, 1)
    shop.interruption.abort()
    const { exitCode, err } = await watching

    assert.equal(exitCode, 0)
    assert.match(err, /SELECT "Exchange" was rejected.*later/)
  })

  it('says how often is too often', async (t) => {
    const { shop } = await openSites(t)

    const { exitCode, err } = await shop.run('exchange', '--watch', '--every', '0.1 s')

    assert.equal(exitCode, 78)
    assert.match(err, /1 second/)
  })

  it('says why letters stay where the server can only clear away all of them', async (t) => {
    const { mailbox, imap, office, shop } = await openSites(t)
    imap.capabilities = 'IDLE'
    imap.flags(mailbox.put(PERSONAL).uid).add('\\Deleted')
    await office.run('exchange')

    const first = await shop.run('exchange')
    const again = await shop.run('exchange', '--lang', 'ru')
    await office.run('exchange')
    await office.run('exchange')
    const russian = await office.run('exchange', '--lang', 'ru')

    assert.deepEqual([first.exitCode, again.exitCode, russian.exitCode], [0, 0, 0])
    assert.match(first.err, /stay, marked as deleted.*UIDPLUS/)
    assert.doesNotMatch(again.err + russian.err, /UIDPLUS/)
    assert.equal(mailbox.letters().length, 3)
  })

  it('says what to check when there is no such mailbox', async (t) => {
    const { imap, shop } = await openSites(t)
    imap.refuse = (command) => (command.startsWith('SELECT') ? 'NO what is that' : undefined)

    const english = await shop.run('exchange', '--dry-run')
    const russian = await shop.run('exchange', '--dry-run', '--lang', 'ru')

    assert.deepEqual([english.exitCode, russian.exitCode], [69, 69])
    assert.match(english.err, /SELECT "Exchange" was rejected.*\ntry: check the mailbox/)
    assert.match(russian.err, /не открыл папку .*\nчто делать: проверьте папку в receive/)
  })
})
