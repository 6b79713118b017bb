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
async function openSites(t: TestContext, options: Partial<MailHostOptions> = {}): Promise<Sites> {
  const { address, password, urls, ca } = await startExchangeHost(t, options)
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

  it('keeps no node from its turn because of one that can not be sent to', async (t) => {
    const { office, shops } = await openSites(t)
    const rule = `goods: { where: ":colour = 'red'" }`
    office.write(
      'obmen.yaml',
      office.read('obmen.yaml').replace(/^rules: .*$/m, `rules: { ${rule} }`),
    )
    for (const code of ['S1', 'S3']) await office.run('node', 'set', code, 'colour=red')
    const [first, , third] = shops
    assert.ok(first && third)

    const working = office.run('work', '--workers', '1', '--every', '1 second')
    // Twice: in between all nodes have had their turn.
    for (const id of [1, 2]) {
      first.exec(`INSERT INTO goods VALUES (${id}, 'tea')`)
      await first.run('exchange')
      while (third.column('SELECT 1 FROM goods').length < id) await third.run('exchange')
    }
    office.interruption.abort()
    const { exitCode, err } = await working

    assert.equal(exitCode, 0, err)
    assert.match(err, /needs the attribute "colour" of node "S2"/)
    assert.doesNotMatch(err, /node S[13]: /)
  })

  it('goes on when the database server has ended its connections', async (t) => {
    const { office, shops, database } = await openSites(t)
    const working = office.run('work', '--workers', '1', '--every', '1 second')
    const [shop] = shops
    assert.ok(shop)
    const arrives = async (id: number): Promise<void> => {
      shop.exec(`INSERT INTO goods VALUES (${id}, 'tea')`)
      assert.equal((await shop.run('exchange')).exitCode, 0)
      const isThere = async (): Promise<boolean> =>
        (await database.query('SELECT 1 FROM goods WHERE id = $1', [id])).rows.length > 0
      while (!(await isThere())) await new Promise((resolve) => setImmediate(resolve))
    }
    await arrives(1)
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'obmen'`,
    )
    await arrives(2)
    // Whoever shares the work has told so again: no single exchange runs beside it.
    const beside = await office.run('exchange')
    office.interruption.abort()
    const { exitCode, err } = await working

    assert.equal(exitCode, 0, err)
    assert.match(beside.err, /another exchange on this database is under way/)
  })

  it('leaves a server alone for a while that refuses to tell of letters', async (t) => {
    const { promise: isRefused, resolve: refuse } = Promise.withResolvers<void>()
    let opened = 0
    const { office, shops } = await openSites(t, {
      onCommand: (_, line) => {
        if (line.startsWith('EXAMINE')) opened += 1
        if (line !== 'IDLE') return 'proceed'
        refuse()
        return { reply: 'NO [NOPERM] not for you' }
      },
    })
    const working = office.run('work', '--workers', '1', '--every', '1 hour')
    await isRefused
    for (const shop of shops) assert.equal((await shop.run('exchange')).exitCode, 0)
    office.interruption.abort()
    const { exitCode, err } = await working

    assert.equal(exitCode, 0, err)
    assert.match(err, /not for you/)
    assert.equal(opened, 1)
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
