import assert from 'node:assert/strict'
import { copyFileSync, renameSync } from 'node:fs'
import { describe, it, type TestContext } from 'node:test'

import type { CommandFate, Mailbox, MailHostOptions } from '@obmen/mail/testing'

import { startExchangeHost } from '../exchange-host.ts'
import { TestSite } from '../test-site.ts'
import { takeCensus } from '../../../mail/test/census.ts'

takeCensus()

const GOODS = `CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT);`
const PERSONAL = 'Subject: hello\r\n\r\nhi\r\n'

interface Sites {
  /** What the addresses of both name. */
  readonly mailbox: Mailbox
  /** What was said by IMAP, with the login. */
  readonly commands: string[]
  readonly office: TestSite
  readonly shop: TestSite
}

/** An office with something to send, and a shop, with a mailbox that their addresses name; all over TLS. */
async function openSites(
  t: TestContext,
  options: Partial<MailHostOptions> = {},
  answer: (command: string) => CommandFate = () => 'proceed',
): Promise<Sites> {
  const commands: string[] = []
  const { mailbox, address, password, urls, ca } = await startExchangeHost(t, {
    ...options,
    onCommand: (protocol, line) => {
      if (protocol !== 'imap') return 'proceed'
      commands.push(line)
      return answer(line)
    },
  })
  const open = async (code: string, other: string, tables: string): Promise<TestSite> => {
    const site = new TestSite(tables)
    t.after(() => site[Symbol.dispose]())
    site.env['OBMEN_MAIL_PASSWORD'] = password
    const addressed = ['--database', 'trade.db', '--address', address, '--ca', ca]
    const servers = ['--servername', 'localhost', '--send', urls.smtps, '--receive', urls.imaps]
    await site.run('init', '--plan', 'Goods', '--node', code, ...addressed, ...servers)
    await site.run('node', 'add', other)
    return site
  }
  const office = await open('HQ', 'S1', `${GOODS} INSERT INTO goods VALUES (1, 'tea')`)
  const shop = await open('S1', 'HQ', GOODS)
  return { mailbox, commands, office, shop }
}

/** Waits until somebody has gone into IDLE for so many times. */
async function untilIdle(commands: readonly string[], times: number): Promise<void> {
  while (commands.filter((command) => command === 'IDLE').length < times) {
    await new Promise(setImmediate)
  }
}

describe('exchange by IMAP', () => {
  it('brings two sites into step through a mailbox that the address names', async (t) => {
    const { mailbox, commands, office, shop } = await openSites(t)
    mailbox.put(PERSONAL)

    await office.run('exchange')
    commands.length = 0
    const trial = await shop.run('exchange', '--dry-run')
    const trialCommands = [...commands]
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
    const { mailbox, commands, office, shop } = await openSites(t)

    const watching = shop.run('exchange', '--watch', '--every', '1 hour')
    await untilIdle(commands, 1)
    await office.run('exchange')
    await untilIdle(commands, 2)
    shop.interruption.abort()
    const { exitCode, out, err } = await watching

    assert.equal(exitCode, 0, err)
    assert.deepEqual(shop.column('SELECT name FROM goods'), ['tea'])
    assert.equal(out.match(/^HQ /gm)?.length, 1)
    assert.deepEqual(err.match(/^mailbox: .*$/gm), ['mailbox: 1 message for this node'])
    assert.equal(mailbox.letters().length, 1)
  })

  it('goes on with --watch on the file that a backup has put in the place of the database', async (t) => {
    const { commands, office, shop } = await openSites(t)
    copyFileSync(shop.pathOf('trade.db'), shop.pathOf('backup.db'))

    const watching = shop.run('exchange', '--watch', '--every', '1 hour')
    await untilIdle(commands, 1)
    renameSync(shop.pathOf('backup.db'), shop.pathOf('trade.db'))
    await office.run('exchange')
    await untilIdle(commands, 2)
    shop.interruption.abort()
    const { exitCode, err } = await watching

    assert.equal(exitCode, 0, err)
    assert.deepEqual(shop.column('SELECT name FROM goods'), ['tea'])
  })

  it('tells of trouble that passes, and goes on with --watch', async (t) => {
    const { commands, shop } = await openSites(t, {}, (command) =>
      command === 'SELECT "Exchange"' ? { reply: 'NO [UNAVAILABLE] later' } : 'proceed',
    )

    const watching = shop.run('exchange', '--watch', '--every', '1 hour')
    await untilIdle(commands, 1)
    shop.interruption.abort()
    const { exitCode, err } = await watching

    assert.equal(exitCode, 0)
    assert.match(err, /SELECT "Exchange" was rejected.*later/)
  })

  it('says how often is too often', async (t) => {
    const { shop } = await openSites(t)

    const { exitCode, err } = await shop.run('exchange', '--watch', '--every', '0.1 s')

    assert.equal(exitCode, 64)
    assert.match(err, /1 second/)
  })

  it('says why letters stay where the server can only clear away all of them', async (t) => {
    const imapWithout = ['IMAP4rev2', 'UIDPLUS']
    const { mailbox, office, shop } = await openSites(t, { imapWithout })
    mailbox.put(PERSONAL, { flags: ['\\Deleted'] })
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
    const { shop } = await openSites(t, {}, (command) =>
      command.startsWith('SELECT') ? { reply: 'NO what is that' } : 'proceed',
    )

    const english = await shop.run('exchange', '--dry-run')
    const russian = await shop.run('exchange', '--dry-run', '--lang', 'ru')

    assert.deepEqual([english.exitCode, russian.exitCode], [69, 69])
    assert.match(english.err, /SELECT "Exchange" was rejected.*\ntry: check the mailbox/)
    assert.match(russian.err, /не открыл папку .*\nчто делать: проверьте папку в receive/)
  })
})
