import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { startMailHost } from '@obmen/mail/testing'
import type pg from 'pg'

import { readRows, startPostgres } from '../../../exchange/test/store/postgres/test-server.ts'
import { INIT, TestSite } from '../test-site.ts'

const server = await startPostgres()
const ADDRESS = 'exchange@example.org'
const PASSWORD = 'tanstaaf-and-more'
const GOODS = 'CREATE TABLE goods (id integer PRIMARY KEY, name text, price numeric(10,2))'

/** The address of a database of the test server. */
function addressOf(pool: pg.Pool): string {
  const { host = '', user = '', database = '' } = pool.options
  return `postgres://${user}@localhost/${database}?host=${encodeURIComponent(host)}`
}

function init(database: string, ...more: readonly string[]): string[] {
  return INIT.map((word) => (word === 'trade.db' ? database : word)).concat(more)
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
    await using host = await startMailHost({
      accounts: [{ address: ADDRESS, password: PASSWORD }],
      requiresLogin: true,
    })
    const pool = await server.newDatabase()
    await pool.query(`${GOODS}; INSERT INTO goods VALUES (1, 'Чай', 9.90)`)
    using office = new TestSite()
    using shop = new TestSite(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT, price DECIMAL(10,2))',
    )
    const user = encodeURIComponent(ADDRESS)
    const open = async (site: TestSite, code: string, database: string): Promise<void> => {
      const send = `smtp://${user}@127.0.0.1:${host.smtp.port}?tls=none`
      const receive = `pop3://${user}@127.0.0.1:${host.pop3.port}?tls=none`
      const words = ['--plan', 'Склады', '--node', code, '--database', database]
      const mail = ['--address', ADDRESS, '--send', send, '--receive', receive]
      const { exitCode, err } = await site.run('init', ...words, ...mail)
      assert.equal(exitCode, 0, err)
      site.env['OBMEN_MAIL_PASSWORD'] = PASSWORD
      await site.run('node', 'add', code === 'ЦБ' ? 'С01' : 'ЦБ')
    }
    await open(office, 'ЦБ', addressOf(pool))
    await open(shop, 'С01', 'trade.db')

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

  it('lets one exchange run at a time', async () => {
    const pool = await server.newDatabase()
    await pool.query(GOODS)
    using site = new TestSite()
    await site.run(...init(addressOf(pool)))
    site.env['OBMEN_MAIL_PASSWORD'] = PASSWORD
    await site.run('node', 'add', 'С01')
    const other = await pool.connect()
    await other.query('SELECT pg_advisory_lock(0x6f626d656e3a6578)')

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
