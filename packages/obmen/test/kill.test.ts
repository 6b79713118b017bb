import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { type MailHost, startMailHost } from '@obmen/mail/testing'

import { TestSite } from './test-site.ts'
import { takeCensus } from '../../mail/test/census.ts'

takeCensus()

const PROGRAM = join(import.meta.dirname, '../src/bin.ts')
const ADDRESS = 'exchange@example.org'
const PASSWORD = 'tanstaaf'

const TABLE = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT NOT NULL, quantity INTEGER);'
const MANY_GOODS = `
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
  INSERT INTO goods SELECT i, 'Товар номер ' || i || hex(randomblob(20)), i FROM n;
`

/** Lines of the protocol after which the process is killed: from the first greeting to the last QUIT, and beyond. */
const LINES = [1, 8, 14, 20, 28, 44]

async function openSite(host: MailHost, code: string, peer: string): Promise<TestSite> {
  const site = new TestSite(TABLE)
  site.env['OBMEN_MAIL_PASSWORD'] = PASSWORD
  const user = encodeURIComponent(ADDRESS)
  const settings = {
    plan: 'УдаленныеСклады',
    node: code,
    database: 'trade.db',
    address: ADDRESS,
    'message-size': '64 KB',
    send: `smtp://${user}@127.0.0.1:${host.smtp.port}?tls=none`,
    receive: `pop3://${user}@127.0.0.1:${host.pop3.port}?tls=none`,
  }
  const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  const { exitCode, err } = await site.run('init', ...options)
  assert.equal(exitCode, 0, err)
  await site.run('node', 'add', peer)
  return site
}

/** Runs an exchange in a process of its own, and kills it after so many lines of its talk with the mail servers. */
async function exchangeAndKill(site: TestSite, lines: number): Promise<void> {
  const program = spawn(process.execPath, [PROGRAM, 'exchange', '--verbose'], {
    cwd: site.folder,
    env: { ...process.env, ...site.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let seen = 0
  program.stderr.on('data', (octets: Buffer) => {
    seen += octets.toString().split('\n').length - 1
    if (seen >= lines) program.kill('SIGKILL')
  })
  await once(program, 'exit')
}

async function settle(office: TestSite, shop: TestSite): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) {
    for (const site of [office, shop]) {
      const { exitCode, err } = await site.run('exchange')
      assert.equal(exitCode, 0, err)
    }
  }
}

function goods(site: TestSite): unknown[] {
  return site.column(`SELECT id || ' ' || name || ' ' || quantity FROM goods ORDER BY id`)
}

describe('a process that is killed in an exchange', () => {
  it('loses and doubles nothing, wherever it is killed', { timeout: 60_000 }, async () => {
    await using host = await startMailHost({ accounts: [{ address: ADDRESS, password: PASSWORD }] })
    using office = await openSite(host, 'ЦБ', 'С01')
    using shop = await openSite(host, 'С01', 'ЦБ')
    office.exec(MANY_GOODS)

    for (const lines of LINES) {
      office.exec(`UPDATE goods SET quantity = quantity + 1 WHERE id % 100 = ${lines}`)
      shop.exec(`UPDATE goods SET name = 'Со склада ${lines}' WHERE id = ${lines}`)
      await Promise.all([exchangeAndKill(office, lines), exchangeAndKill(shop, lines + 1)])
    }
    await settle(office, shop)

    assert.equal(goods(shop).length, 2000)
    assert.deepEqual(goods(shop), goods(office))
    assert.deepEqual(host.mailbox(ADDRESS).letters(), [])
  })
})
