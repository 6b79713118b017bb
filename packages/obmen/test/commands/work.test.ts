import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it, type TestContext } from 'node:test'

import type { MailHostOptions } from '@obmen/mail/testing'
import type pg from 'pg'

import { startExchangeHost } from '../exchange-host.ts'
import { INIT, TestSite } from '../test-site.ts'
import { startPostgres } from '../../../exchange/test/store/postgres/test-server.ts'

const GOODS = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT);'
const SHOPS = ['S1', 'S2', 'S3']

const server = await startPostgres()

interface Sites {
  readonly office: TestSite
  readonly shops: readonly TestSite[]
  readonly database: pg.Pool
}

/** An office on PostgreSQL, and its shops. */
async function openSites(
  t: TestContext,
  hooks: Pick<MailHostOptions, 'onCommand'> = {},
): Promise<Sites> {
  const { address, password, urls, ca } = await startExchangeHost(t, hooks)
  const database = await server.newDatabase()
  await database.query('CREATE TABLE goods (id bigserial PRIMARY KEY, name text)')
  const { rows } = await database.query<{ name: string }>('SELECT current_database() AS name')
  const { host, user } = server.settings('')
  const officeUrl = `postgres://${user}@localhost/${rows[0]?.name}?host=${host}`
  const open = async (code: string, others: readonly string[], url: string): Promise<TestSite> => {
    const site = new TestSite(GOODS)
    t.after(() => site[Symbol.dispose]())
    site.env['OBMEN_MAIL_PASSWORD'] = password
    const addressed = ['--database', url, '--address', address, '--ca', ca]
    const servers = ['--servername', 'localhost', '--send', urls.smtps, '--receive', urls.imaps]
    const words = ['init', '--plan', 'Goods', '--node', code, ...addressed, ...servers]
    const { exitCode, err } = await site.run(...words)
    assert.equal(exitCode, 0, err)
    await site.run('node', 'add', ...others)
    return site
  }
  const office = await open('HQ', SHOPS, officeUrl)
  const rules = 'main: HQ\nrules: { goods: { keyBlocks: 100 } }\n'
  office.write('obmen.yaml', office.read('obmen.yaml') + rules)
  const shops: TestSite[] = []
  for (const code of SHOPS) shops.push(await open(code, ['HQ'], 'trade.db'))
  return { office, shops, database }
}

describe('work', () => {
  it('takes messages of all nodes as they come, and sends them what is new', async (t) => {
    const { office, shops, database } = await openSites(t)
    for (const [index, shop] of shops.entries()) {
      shop.exec(`INSERT INTO goods VALUES (${index + 1}, 'of ${SHOPS[index]}')`)
    }
    const working = office.run('work', '--workers', '2', '--every', '1 second')
    for (const shop of shops) assert.equal((await shop.run('exchange')).exitCode, 0)
    const count = async (): Promise<number> => {
      return (await database.query('SELECT 1 FROM goods')).rows.length
    }
    while ((await count()) < shops.length) await new Promise((resolve) => setImmediate(resolve))
    const [first] = shops
    assert.ok(first)
    while (first.column('SELECT 1 FROM goods').length < shops.length) await first.run('exchange')
    office.interruption.abort()
    const { exitCode, err } = await working
    assert.equal(exitCode, 0, err)
    // All workers know up to where blocks of keys were handed out.
    assert.equal(existsSync(office.pathOf('obmen-spool/key-marks.json')), true)
  })

  it('does not knock again and again where it is let in no more', async (t) => {
    let isShut = false
    // Nobody but who watches the mailbox opens it so.
    let watches = 0
    const { office, shops } = await openSites(t, {
      onCommand: (protocol, line) => {
        if (protocol !== 'imap') return 'proceed'
        if (line.startsWith('EXAMINE')) watches += 1
        if (line === 'IDLE') isShut = true
        if (line === 'IDLE') return 'disconnect'
        return isShut && /^(?:SELECT|EXAMINE)/.test(line) ? { reply: 'NO no more' } : 'proceed'
      },
    })
    const working = office.run('work', '--workers', '1', '--every', '1 day')
    while (watches < 2) await new Promise((resolve) => setImmediate(resolve))
    // Long enough for dozens of others.
    for (let times = 0; times < 10; times += 1) {
      for (const shop of shops) assert.notEqual((await shop.run('exchange')).exitCode, 0)
    }
    office.interruption.abort()
    const { exitCode, err } = await working
    assert.equal(exitCode, 0, err)
    assert.match(err, /EXAMINE "Exchange" was rejected/)
    assert.equal(watches, 2)
  })

  it('says on SQLite what to do instead', async () => {
    using site = new TestSite()
    site.env['OBMEN_MAIL_PASSWORD'] = 'x'
    await site.run(...INIT)
    const { exitCode, err } = await site.run('work')
    assert.equal(exitCode, 78)
    assert.match(err, /obmen exchange --watch/)
  })
})
