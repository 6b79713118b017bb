import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { describe, it } from 'node:test'

import { type MailHost, type MailHostOptions, startMailHost } from '@obmen/mail/testing'
import type pg from 'pg'

import { readRows, startPostgres } from '../../../exchange/test/store/postgres/test-server.ts'
import { INIT, TestSite } from '../test-site.ts'

const server = await startPostgres()
const ADDRESS = 'exchange@example.org'
const PASSWORD = 'tanstaaf-and-more'
const GOODS = 'CREATE TABLE goods (id integer PRIMARY KEY, name text, price numeric(10,2))'

const SHOP_GOODS = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT, price DECIMAL(10,2))'
const HOST: MailHostOptions = {
  accounts: [{ address: ADDRESS, password: PASSWORD }],
  requiresLogin: true,
}

/** The address of a database of the test server. */
function addressOf(pool: pg.Pool): string {
  const { host = '', user = '', database = '' } = pool.options
  return `postgres://${user}@localhost/${database}?host=${encodeURIComponent(host)}`
}

function init(database: string, ...more: readonly string[]): string[] {
  return INIT.map((word) => (word === 'trade.db' ? database : word)).concat(more)
}

/** Prepares a site that exchanges with one other node. */
async function open(
  site: TestSite,
  facts: {
    readonly code: string
    readonly other: string
    readonly database: string
    readonly host: MailHost
  },
): Promise<void> {
  const { code, other, database, host } = facts
  const user = encodeURIComponent(ADDRESS)
  const send = `smtp://${user}@127.0.0.1:${host.smtp.port}?tls=none`
  const receive = `pop3://${user}@127.0.0.1:${host.pop3.port}?tls=none`
  const words = ['--plan', 'Склады', '--node', code, '--database', database]
  const mail = ['--address', ADDRESS, '--send', send, '--receive', receive]
  const { exitCode, err } = await site.run('init', ...words, ...mail)
  assert.equal(exitCode, 0, err)
  site.env['OBMEN_MAIL_PASSWORD'] = PASSWORD
  await site.run('node', 'add', other)
}

/** Ends the connection that holds the lock of the exchange under way. When this resolves, its end is there to be read. */
async function endLock(pool: pg.Pool): Promise<void> {
  const holders = `SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE datname = current_database() AND locktype = 'advisory' AND classid = ${0x6f62_6d65}`
  await pool.query(`SELECT pg_terminate_backend(pid) FROM (${holders}) AS holder`)
  while ((await readRows(pool, holders)).length > 0) await new Promise(setImmediate)
  await new Promise(setImmediate)
}

describe('a site on PostgreSQL', () => {
  it('is prepared by init, changes nothing of the tables, and shows its nodes', async () => {
    const pool = await server.newDatabase()
    await pool.query(`${GOODS}; INSERT INTO goods VALUES (1, 'Чай', 9.90)`)
    using site = new TestSite()

    const trial = await site.run(...init(addressOf(pool), '--dry-run'))
    const nothing = await readRows(pool, `SELECT to_regclass('obmen_exchange.meta')::text IS NULL`)
    const prepared = await site.run(...init(addressOf(pool)))
    await site.run('node', 'add', 'С01')
    const status = await site.ask('status')

    assert.deepEqual([trial.exitCode, nothing], [0, [['t']]])
    assert.equal(prepared.exitCode, 0, prepared.err)
    assert.match(site.read('obmen.yaml'), /\ndatabase: "?postgres:\/\//)
    assert.deepEqual(await readRows(pool, 'SELECT * FROM goods'), [['1', 'Чай', '9.90']])
    assert.ok(typeof status === 'object' && status !== null && 'nodes' in status)
    assert.ok(Array.isArray(status.nodes) && status.nodes.length === 1)
  })

  it('is reached by connections that no gateway on the way forgets', async (t) => {
    const pool = await server.newDatabase()
    await pool.query(GOODS)
    using site = new TestSite()
    const keepAlive = t.mock.method(Socket.prototype, 'setKeepAlive')

    await site.run(...init(addressOf(pool)))

    const [first] = keepAlive.mock.calls
    assert.deepEqual(first?.arguments, [true, 60_000])
  })

  it('warns of a table that is not prepared yet', async () => {
    const pool = await server.newDatabase()
    await pool.query(GOODS)
    using site = new TestSite()
    await site.run(...init(addressOf(pool)))
    await pool.query('CREATE TABLE places (id integer PRIMARY KEY)')

    const { err } = await site.run('status')

    assert.match(err, /places/)
  })

  it('exchanges with a site on SQLite', async () => {
    await using host = await startMailHost(HOST)
    const pool = await server.newDatabase()
    await pool.query(`${GOODS}; INSERT INTO goods VALUES (1, 'Чай', 9.90)`)
    using office = new TestSite()
    using shop = new TestSite(SHOP_GOODS)
    await open(office, { code: 'ЦБ', other: 'С01', database: addressOf(pool), host })
    await open(shop, { code: 'С01', other: 'ЦБ', database: 'trade.db', host })

    const sent = await office.run('exchange')
    await shop.run('exchange')
    shop.exec(`UPDATE goods SET name = 'Чай зелёный'; INSERT INTO goods VALUES (2, 'Кофе', 12.5)`)
    await shop.run('exchange')
    const received = await office.run('exchange')

    assert.deepEqual([sent.exitCode, received.exitCode], [0, 0], sent.err + received.err)
    assert.deepEqual(await readRows(pool, 'SELECT * FROM goods ORDER BY id'), [
      ['1', 'Чай зелёный', '9.90'],
      ['2', 'Кофе', '12.50'],
    ])
  })

  it('stops whole when the server has ended the connection that holds its lock', async () => {
    const pool = await server.newDatabase()
    await using host = await startMailHost({
      ...HOST,
      onCommand: async (_, line) => {
        if (line.startsWith('RETR')) await endLock(pool)
        return 'proceed' as const
      },
    })
    await pool.query(GOODS)
    using office = new TestSite()
    using shop = new TestSite(SHOP_GOODS)
    await open(office, { code: 'ЦБ', other: 'С01', database: addressOf(pool), host })
    await open(shop, { code: 'С01', other: 'ЦБ', database: 'trade.db', host })
    shop.exec(`INSERT INTO goods VALUES (1, 'Чай', 9.9)`)
    await shop.run('exchange')
    shop.exec(`INSERT INTO goods VALUES (2, 'Кофе', 12.5)`)
    await shop.run('exchange')

    const stopped = await office.run('exchange')
    const inBetween = await readRows(pool, 'SELECT id FROM goods')
    const status = await office.ask('status')

    assert.equal(stopped.exitCode, 75, stopped.err)
    assert.match(stopped.err, /error: .*can't be reached/)
    assert.ok(inBetween.length < 2)
    assert.match(JSON.stringify(status), /"sentNo":0/)
  })

  it('ends with the words of a server that refuses the lock of an exchange', async () => {
    const pool = await server.newDatabase()
    const [[database = ''] = []] = await readRows(pool, 'SELECT current_database()')
    await pool.query(`${GOODS}; ALTER DATABASE ${database} SET search_path = public, pg_catalog;
      CREATE FUNCTION pg_try_advisory_lock(bigint) RETURNS boolean LANGUAGE plpgsql
        AS 'BEGIN RAISE ''no locks for you''; END'`)
    using site = new TestSite()
    await site.run(...init(addressOf(pool)))
    site.env['OBMEN_MAIL_PASSWORD'] = PASSWORD
    await site.run('node', 'add', 'С01')

    const { err } = await site.run('exchange')

    assert.match(err, /no locks for you/)
  })

  it('lets one exchange run at a time', async () => {
    const pool = await server.newDatabase()
    await pool.query(GOODS)
    using site = new TestSite()
    await site.run(...init(addressOf(pool)))
    site.env['OBMEN_MAIL_PASSWORD'] = PASSWORD
    await site.run('node', 'add', 'С01')
    const other = await pool.connect()
    await other.query(`SELECT pg_advisory_lock(${0x6f62_6d65_6e3a_6578n})`)

    const { exitCode, err } = await site.run('exchange')

    other.release(true)
    assert.equal(exitCode, 75)
    assert.match(err, /under way/)
  })
})

describe('a database address', () => {
  for (const { name, address, says } of [
    {
      name: 'with a password',
      address: 'postgres://user:tanstaaf@db.example.org/trade',
      says: /holds a password/,
    },
    { name: 'without a database', address: 'postgres://db.example.org', says: /not the address/ },
    {
      name: 'with another parameter',
      address: 'postgres://db.example.org/trade?sslmode=disable',
      says: /does not take \?sslmode/,
    },
  ]) {
    it(`is refused ${name}, and never shown`, async () => {
      using site = new TestSite()

      const { exitCode, err } = await site.run(...init(address))

      assert.equal(exitCode, 64)
      assert.match(err, says)
      assert.doesNotMatch(err, /tanstaaf/)
    })
  }

  it('of a server that is not there is told from one that says no', async () => {
    using site = new TestSite()
    const pool = await server.newDatabase()

    const away = await site.run(...init('postgres://nobody@127.0.0.1:1/trade'))
    const refused = await site.run(...init(addressOf(pool).replace(/test_\d+/, 'none')))

    assert.equal(away.exitCode, 75)
    assert.match(away.err, /can't be reached/)
    assert.equal(refused.exitCode, 77)
    assert.match(refused.err, /database "none" does not exist/)
  })
})
