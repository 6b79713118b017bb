import assert from 'node:assert/strict'
import { once } from 'node:events'
import { symlinkSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { describe, it } from 'node:test'

import type { Fate, MailHost } from '@obmen/mail/testing'
import { startMailHost } from '@obmen/mail/testing'

import { Interrupted } from '../../src/errors/site-error.ts'
import { takeExchangeLock } from '../../src/site/exchange-lock.ts'
import { TestSite } from '../test-site.ts'
import { takeCensus } from '../../../mail/test/census.ts'

takeCensus()

const ADDRESS = 'exchange@example.org'
const PASSWORD = 'tanstaaf-and-more'

/** A mail host of its own for each test: sites share a mailbox, tests don't. */
class TestPost implements AsyncDisposable {
  /** What happens to letters from now on. */
  fate: Fate = { kind: 'deliver' }
  onCommand: (line: string) => void = () => undefined
  #host: MailHost | undefined

  static async start(): Promise<TestPost> {
    const post = new TestPost()
    post.#host = await startMailHost({
      accounts: [{ address: ADDRESS, password: PASSWORD }],
      requiresLogin: true,
      onLetter: () => post.fate,
      onCommand: (_protocol, line) => {
        post.onCommand(line)
        return 'proceed'
      },
    })
    return post
  }

  get host(): MailHost {
    return this.#host ?? assert.fail('not started')
  }

  /** A site that is prepared as `code` and knows `other`. */
  async site(code: string, other: string, tables: string): Promise<TestSite> {
    const site = new TestSite(tables)
    const user = encodeURIComponent(ADDRESS)
    const { smtp, pop3 } = this.host
    const init = await site.run(
      'init',
      '--plan',
      'Склады',
      '--node',
      code,
      '--database',
      'trade.db',
      '--address',
      ADDRESS,
      '--send',
      `smtp://${user}@127.0.0.1:${smtp.port}?tls=none`,
      '--receive',
      `pop3://${user}@127.0.0.1:${pop3.port}?tls=none`,
    )
    assert.equal(init.exitCode, 0, init.err)
    site.env['OBMEN_MAIL_PASSWORD'] = PASSWORD
    if (other !== '') await site.run('node', 'add', other)
    return site
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host.close()
  }
}

const GOODS = `CREATE TABLE "Товары" (id INTEGER PRIMARY KEY, name TEXT UNIQUE);`
const SOME_GOODS = `${GOODS} INSERT INTO "Товары" VALUES (1, 'чай'), (2, 'кофе');`

describe('exchange', () => {
  it('brings two sites into step through a mailbox', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', 'С01', SOME_GOODS)
    using shop = await post.site('С01', 'ЦБ', GOODS)

    const sent = await office.run('exchange')
    const received = await shop.run('exchange')
    const acknowledged = await office.run('exchange')

    assert.deepEqual([sent.exitCode, received.exitCode, acknowledged.exitCode], [0, 0, 0])
    assert.deepEqual(shop.column('SELECT name FROM "Товары" ORDER BY id'), ['чай', 'кофе'])
    assert.match(sent.err, /^mailbox: 0 messages for this node\nС01: message 1 sent, 2 rows, /)
    assert.match(sent.out, /^node +received .*\nС01 +0 +0 +0 +0 +1 +2 +[\d.]+ (?:B|KB) +done\n$/)
    assert.match(received.err, /ЦБ: message 1 applied, 2 rows\n/)
    assert.match(acknowledged.err, /С01: has received everything up to message 1\n/)
    const [ours, theirs] = [
      await office.run('status', '--checksums'),
      await shop.run('status', '--checksums'),
    ]
    assert.equal(ours.out.split('checksum\n')[1], theirs.out.split('checksum\n')[1])
  })

  it('tells as JSON what it did with each node', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', 'С01', SOME_GOODS)
    using shop = await post.site('С01', 'ЦБ', GOODS)
    await office.run('exchange')

    const result = await shop.ask('exchange')

    assert.deepEqual(result, {
      nodes: [
        {
          node: 'ЦБ',
          received: { messages: 1, applied: 2, outdated: 0, conflicts: 0, refused: 0 },
          sent: { messages: 1, rows: 0, octets: Reflect.get(sentOf(result), 'octets') },
          errors: [],
        },
      ],
    })
  })

  it('names the rows that the database refused, and goes on', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', 'С01', SOME_GOODS)
    using shop = await post.site('С01', 'ЦБ', `${GOODS.replace('UNIQUE', `CHECK (name <> 'чай')`)}`)
    await office.run('exchange')

    const { exitCode, err } = await shop.run('exchange')
    const status = await shop.run('status')

    assert.equal(exitCode, 0)
    assert.match(err, /^ЦБ: message 1 applied, 1 row, 1 refused and waiting$/m)
    assert.match(
      err,
      /The database refused rows; they are kept and tried again\. See: obmen status\n$/,
    )
    assert.match(status.out, /Rows that the database refused: 1\n/)
  })

  it('on a terminal writes one line again and again', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', 'С01', SOME_GOODS)
    post.host.mailbox(ADDRESS).put(Buffer.from('Subject: lunch\r\n\r\nAt one?\r\n'))
    office.isTerminal = true

    const { err } = await office.run('exchange', '--lang', 'ru')

    assert.match(err, /\r\u001B\[Kсоединение с 127\.0\.0\.1/)
    assert.match(err, /\r\u001B\[Kпросмотр писем: 1 из 1/)
    assert.match(err, /\r\u001B\[KС01: подготовка сообщения/)
    assert.match(err, /\r\u001B\[KС01: сообщение 1 отправлено, 2 строки, /)
  })

  it('with --verbose shows every line of the mail servers and no password', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', 'С01', SOME_GOODS)

    const { err } = await office.run('exchange', '--verbose')

    assert.match(err, /^C: EHLO /m)
    assert.match(err, /^S: \+OK/m)
    assert.doesNotMatch(err, /tanstaaf/)
    assert.equal(err.includes(Buffer.from(PASSWORD).toString('base64').slice(2, 18)), false)
  })

  it('in a trial logs in both ways, counts what waits and sends nothing', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', 'С01', SOME_GOODS)
    using shop = await post.site('С01', 'ЦБ', GOODS)
    await office.run('exchange')

    const { exitCode, out } = await shop.run('exchange', '--dry-run')

    assert.equal(exitCode, 0)
    assert.equal(
      out,
      `node  messages to receive  rows to send
ЦБ                      1             0

Both mail servers answer and accept the login: 127.0.0.1 and 127.0.0.1.
Nothing was changed (--dry-run).
`,
    )
    assert.equal(post.host.mailbox(ADDRESS).letters().length, 1)
    assert.deepEqual(await shop.ask('exchange', '--dry-run'), {
      nodes: [{ node: 'ЦБ', waitingMessages: 1, waitingRows: 0 }],
      dryRun: true,
    })
  })

  it('names tables that came later, here and where a message needs them', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', 'С01', SOME_GOODS)
    using shop = await post.site('С01', 'ЦБ', GOODS)
    const later = 'CREATE TABLE later (id INTEGER PRIMARY KEY)'
    for (const site of [office, shop]) site.exec(later)
    office.exec('INSERT INTO later VALUES (1)')

    const unprepared = await office.run('exchange')
    await office.run('init')
    await office.run('exchange')
    const waiting = await shop.run('exchange')

    assert.match(unprepared.err, /^Not exchanged yet: later\. .* begin with: obmen init\n/)
    assert.equal(waiting.exitCode, 65)
    assert.match(waiting.err, /^try: if the table is here .*, run here: obmen init; /m)
  })

  it('says how to add a node when there is none', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', '', GOODS)

    const { exitCode, err } = await office.run('exchange')

    assert.equal(exitCode, 0)
    assert.equal(err, 'There are no other nodes yet. Add one with: obmen node add CODE\n')
  })
})

describe('exchange that fails', () => {
  it('with one node tells which, keeps its message, and ends with 75 when it may pass', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', 'С01', SOME_GOODS)
    post.fate = { kind: 'refuse', code: 452, text: '4.2.2 mailbox full' }

    const deferred = await office.run('exchange')
    post.fate = { kind: 'deliver' }
    const delivered = await office.run('exchange')

    assert.equal(deferred.exitCode, 75)
    assert.match(
      deferred.err,
      /^error: node С01: Message_Склады_ЦБ_С01_1\S* could not be delivered now: 4\d\d /m,
    )
    assert.match(deferred.err, /^try: nothing is lost: it is sent at the next exchange$/m)
    assert.match(deferred.out, / failed\n$/)
    assert.equal(delivered.exitCode, 0)
    assert.equal(post.host.mailbox(ADDRESS).letters().length, 1)
  })

  it('with one node has the code of its error in the JSON', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', 'С01', SOME_GOODS)
    post.fate = { kind: 'refuse', code: 552, text: '5.3.4 too large' }

    const result = await office.ask('exchange')

    assert.match(JSON.stringify(result), /"code":"DELIVERY_REFUSED","transient":false/)
  })

  it('because of the password ends with 77', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', 'С01', SOME_GOODS)
    office.env['OBMEN_MAIL_PASSWORD'] = 'another one'

    const { exitCode, out, err } = await office.run('exchange')

    assert.equal(exitCode, 77)
    assert.equal(out, '')
    assert.match(err, /^error: .*\ntry: check the user name .*, and the password/)
    assert.doesNotMatch(err, /another one/)
  })

  it('because the password is missing connects to nobody', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', 'С01', SOME_GOODS)
    delete office.env['OBMEN_MAIL_PASSWORD']
    await post.host.close()

    const { exitCode, err } = await office.run('exchange')

    assert.equal(exitCode, 78)
    assert.match(
      err,
      /^error: the password is not in the environment variable OBMEN_MAIL_PASSWORD\ntry: set /,
    )
  })

  it('because nobody answers ends with 75', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', 'С01', SOME_GOODS)
    await post.host.close()

    const { exitCode, err } = await office.run('exchange', '--lang', 'ru')

    assert.equal(exitCode, 75)
    assert.match(
      err,
      /^ошибка: узел С01: не удалось соединиться с 127\.0\.0\.1:\d+: на этом порту никто не отвечает\n/,
    )
  })

  it('because the disk of the spool folder is full says so, and ends with 74', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', 'С01', SOME_GOODS)
    using shop = await post.site('С01', 'ЦБ', GOODS)
    await office.run('exchange')
    const incoming = shop.pathOf('obmen-spool/in_message')
    post.onCommand = (line) => {
      if (line.startsWith('TOP')) symlinkSync('/dev/full', incoming)
    }

    const { exitCode, err } = await shop.run('exchange')

    assert.equal(exitCode, 74)
    const spool = shop.pathOf('obmen-spool')
    assert.ok(err.includes(`error: node ЦБ: ${spool} can't be written to: the disk is full\n`), err)
  })

  it('because another one runs ends with 75 and touches nothing', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', 'С01', SOME_GOODS)
    using _running = takeExchangeLock(office.pathOf('trade.db'))

    assert.deepEqual(await office.run('exchange'), {
      exitCode: 75,
      out: '',
      err: 'error: another exchange on this database is under way\ntry: wait until it has ended; nothing has to be removed, also when it was killed\n',
    })
  })

  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 75],
  ] as const) {
    it(`because of ${signal} stops between two steps, ends with ${expected} and goes on the next time`, async () => {
      await using post = await TestPost.start()
      using office = await post.site('ЦБ', 'С01', SOME_GOODS)
      using shop = await post.site('С01', 'ЦБ', GOODS)
      await office.run('exchange')
      office.exec(`INSERT INTO "Товары" VALUES (3, 'сахар')`)
      await office.run('exchange')
      post.onCommand = (line) => {
        if (line.startsWith('DELE')) shop.interruption.abort(new Interrupted(signal))
      }

      const stopped = await shop.run('exchange')
      const names = shop.column('SELECT name FROM "Товары" ORDER BY id')
      shop.interruption = new AbortController()
      post.onCommand = () => undefined
      const next = await shop.run('exchange')

      assert.equal(stopped.exitCode, expected)
      assert.match(
        stopped.err,
        /^stopping: what is done stays done; once more ends the program at once$/m,
      )
      assert.match(stopped.err, /error: stopped before the end\ntry: run the same command again: /)
      assert.deepEqual(names, ['чай', 'кофе'])
      assert.equal(next.exitCode, 0)
      assert.deepEqual(shop.column('SELECT count(*) FROM "Товары"'), [3])
    })
  }

  it('because of Ctrl-C breaks off a letter that is under way, and gets it whole the next time', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', 'С01', SOME_GOODS)
    using shop = await post.site('С01', 'ЦБ', GOODS)
    await office.run('exchange')
    post.onCommand = (line) => {
      if (line.startsWith('RETR')) shop.interruption.abort(new Interrupted('SIGINT'))
    }

    const stopped = await shop.run('exchange')
    const names = shop.column('SELECT name FROM "Товары"')
    shop.interruption = new AbortController()
    post.onCommand = () => undefined
    const next = await shop.run('exchange')

    assert.equal(stopped.exitCode, 130)
    assert.match(stopped.err, /error: stopped before the end\n/)
    assert.deepEqual(names, [])
    assert.equal(next.exitCode, 0)
    assert.deepEqual(shop.column('SELECT count(*) FROM "Товары"'), [2])
  })

  it('because of Ctrl-C does not wait for a server that accepts and stays silent', async () => {
    await using post = await TestPost.start()
    using office = await post.site('ЦБ', 'С01', SOME_GOODS)
    const silent = createServer(() => office.interruption.abort(new Interrupted('SIGINT')))
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const { port } = silent.address() as AddressInfo
    office.env['OBMEN_RECEIVE'] = `pop3://exchange%40example.org@127.0.0.1:${port}?tls=none`

    const { exitCode, err } = await office.run('exchange')
    await new Promise((resolve) => silent.close(resolve))

    assert.equal(exitCode, 130)
    assert.match(err, /error: stopped before the end\ntry: run the same command again: /)
  })
})

/** What was sent to the first node of a result. */
function sentOf(result: unknown): object {
  const { nodes } = result as { nodes: readonly { sent: object }[] }
  return nodes[0]?.sent ?? assert.fail('nothing was sent')
}
