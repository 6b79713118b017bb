import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { describe, it } from 'node:test'

import { INIT, RECEIVE_URL, SEND_URL, TestSite } from '../test-site.ts'

const OBMEN_TABLES = `SELECT count(*) FROM sqlite_schema WHERE name LIKE 'obmen%'`

/** The options of `init` with one of them changed. */
function initWith(option: string, value: string): string[] {
  const index = INIT.indexOf(option)
  return index === -1 ? [...INIT, option, value] : INIT.with(index + 1, value)
}

describe('init', () => {
  it('writes the configuration, prepares the database and says what comes next', async () => {
    using site = new TestSite()

    const { exitCode, out, err } = await site.run(...INIT)

    assert.equal(exitCode, 0)
    assert.equal(err, '')
    assert.equal(
      out,
      `Wrote obmen.yaml.
Prepared trade.db as node ЦБ of УдаленныеСклады:

table          rows  change
Order Details     3  added
no                0  added
сорта, [№]        1  added

Next:
  set the environment variable OBMEN_MAIL_PASSWORD to the password of the mailbox
  obmen node add CODE   # the other node, by its code
  obmen exchange   # now, and then as often as you like
`,
    )
    assert.equal(statSync(site.pathOf('obmen.yaml')).mode & 0o777, 0o600)
  })

  it('says what comes next in the words of the language', async () => {
    using site = new TestSite()
    site.env['LANG'] = 'ru_RU.UTF-8'

    const { out } = await site.run(...INIT)

    assert.match(out, /^  obmen node add КОД   # другой узел, по его коду$/mu)
  })

  it('writes a configuration that says exactly what was asked for', async () => {
    using site = new TestSite()
    await site.run(
      ...INIT,
      '--except',
      'no',
      '--except',
      'сорта, [№]',
      '--password-file',
      'my secret',
      '--window',
      '5',
      '--spool',
      'data/spool',
    )

    const settings = site
      .read('obmen.yaml')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))

    assert.deepEqual(settings, [
      'plan: УдаленныеСклады',
      'node: ЦБ',
      'database: trade.db',
      'tables: { except: [no, "сорта, [№]"] }',
      'address: exchange@example.org',
      `send: ${SEND_URL}`,
      `receive: ${RECEIVE_URL}`,
      'password: { file: "my secret" }',
      'window: 5',
      'spool: data/spool',
    ])
    const status = await site.run('status')
    assert.equal(status.exitCode, 0)
  })

  it('writes comments in the language of whoever calls it', async () => {
    using site = new TestSite()

    const { out } = await site.run(...INIT, '--lang', 'ru')

    assert.match(out, /^Записан файл obmen\.yaml\.\nБаза trade\.db подготовлена/)
    assert.match(site.read('obmen.yaml'), /# План обмена: одинаковое имя на всех узлах\./)
  })

  it('writes paths relative to the file', async () => {
    using site = new TestSite()
    mkdirSync(site.pathOf('config'))

    const { exitCode } = await site.run(...initWith('--config', 'config/trade.yaml'))

    assert.equal(exitCode, 0)
    assert.match(site.read('config/trade.yaml'), /^database: \.\.\/trade\.db$/m)
    assert.equal((await site.run('status', '--config', 'config/trade.yaml')).exitCode, 0)
  })

  it('tells as JSON what it did', async () => {
    using site = new TestSite()

    assert.deepEqual(await site.ask(...INIT, '--only', 'Order Details'), {
      config: 'obmen.yaml',
      configWritten: true,
      database: site.pathOf('trade.db'),
      plan: 'УдаленныеСклады',
      node: 'ЦБ',
      tables: [{ table: 'Order Details', rowCount: 3, kind: 'added' }],
      removed: [],
      dryRun: false,
    })
  })

  it('keeps a file that is there, and takes in tables that are new', async () => {
    using site = new TestSite()
    await site.run(...INIT)
    const before = site.read('obmen.yaml')
    site.exec('CREATE TABLE новая (id INTEGER PRIMARY KEY); INSERT INTO новая VALUES (1)')

    const { exitCode, out } = await site.run('init')

    assert.equal(exitCode, 0)
    assert.match(out, /^obmen\.yaml is there already and stays as it is\.\n/)
    assert.match(out, /новая +1 +added\n/)
    assert.match(out, /Order Details +as before\n/)
    assert.equal(site.read('obmen.yaml'), before)
  })

  it('does not let options say something else than the file', async () => {
    using site = new TestSite()
    await site.run(...INIT)

    const same = await site.run(...INIT)
    const other = await site.run('init', '--node', 'С01', '--window', '5')

    assert.equal(same.exitCode, 0)
    assert.deepEqual(other, {
      exitCode: 78,
      out: '',
      err: 'error: obmen.yaml is there already and says something else about: plan, window\ntry: change obmen.yaml and run: obmen init; or name another file with: --config FILE\n',
    })
  })

  it('repairs triggers when told to, and not by the way', async () => {
    using site = new TestSite()
    await site.run(...INIT)
    site.exec('DROP TRIGGER obmen_1_insert')

    const refused = await site.run('init')
    const repaired = await site.run('init', '--repair')

    assert.equal(refused.exitCode, 65)
    assert.match(refused.err, /try: mend it with: obmen init --repair/)
    assert.equal(repaired.exitCode, 0)
    assert.match(repaired.out, /repaired/)
    assert.equal((await site.run('status')).exitCode, 0)
  })

  it('does nothing in a trial, but tells everything', async () => {
    using site = new TestSite()

    const { exitCode, out } = await site.run(...INIT, '--dry-run')

    assert.equal(exitCode, 0)
    assert.match(out, /^obmen\.yaml would be written\.\ntrade\.db would be prepared as node ЦБ/)
    assert.match(out, /Order Details +3 +added\n/)
    assert.match(out, /Nothing was changed \(--dry-run\)\.\n$/)
    assert.equal(existsSync(site.pathOf('obmen.yaml')), false)
    assert.deepEqual(site.column(OBMEN_TABLES), [0])
  })
})

describe('init that fails', () => {
  const FAILING = [
    {
      name: 'because of the name of the plan',
      argv: initWith('--plan', 'два слова'),
      exitCode: 64,
      err: /^error: --plan: "два слова" can't be the name of an exchange plan\ntry: /,
    },
    {
      name: 'because of a password in an address',
      argv: initWith('--send', 'smtps://user:tanstaaf@mail.example.org'),
      exitCode: 64,
      err: /^error: --send: a password must not stand in the address of a mail server\ntry: take it out/,
    },
    {
      name: 'because there is no database',
      argv: initWith('--database', 'absent.db'),
      exitCode: 78,
      err: /^error: there is no database .*absent\.db\ntry: /,
    },
    {
      name: 'because a table is not there',
      argv: initWith('--only', 'Orders'),
      exitCode: 78,
      err: /^error: there is no table "Orders" in the database\ntry: /,
    },
    {
      name: 'because a file of certificates is not there',
      argv: initWith('--ca', 'ca.crt'),
      exitCode: 66,
      err: /^error: .*ca\.crt can't be used: there is no such file or folder \(ENOENT\)\ntry: check the path/,
    },
    {
      name: 'because a file of certificates holds none',
      argv: initWith('--ca', 'trade.db'),
      exitCode: 78,
      err: /^error: there is no certificate in .*trade\.db\ntry: name a file with certificates in PEM/,
    },
    {
      name: 'because the folder of the file is not there',
      argv: initWith('--config', 'absent/obmen.yaml'),
      exitCode: 66,
      err: /^error: .*absent\/obmen\.yaml can't be used: there is no such file or folder \(ENOENT\)\ntry: check the path/,
    },
  ]
  for (const { name, argv, exitCode, err } of FAILING) {
    it(`${name} changes nothing`, async () => {
      using site = new TestSite()
      const before = readFileSync(site.pathOf('trade.db'))

      const outcome = await site.run(...argv)

      assert.equal(outcome.exitCode, exitCode)
      assert.equal(outcome.out, '')
      assert.match(outcome.err, err)
      assert.equal(existsSync(site.pathOf('obmen.yaml')), false)
      assert.equal(existsSync(site.pathOf('absent.db')), false)
      assert.deepEqual(readFileSync(site.pathOf('trade.db')), before)
    })
  }

  it('because a table has no primary key changes nothing', async () => {
    using site = new TestSite(
      'CREATE TABLE log (line TEXT); CREATE TABLE t (id INTEGER PRIMARY KEY)',
    )

    const refused = await site.run(...INIT)
    const accepted = await site.run(...INIT, '--except', 'log')

    assert.equal(refused.exitCode, 65)
    assert.match(refused.err, /leave them out: --except log \(in the file: /)
    assert.equal(accepted.exitCode, 0)
  })

  it('because the database belongs to another node changes nothing', async () => {
    using site = new TestSite()
    await site.run(...INIT)

    const outcome = await site.run(...initWith('--node', 'С01'), '--config', 'other.yaml')

    assert.equal(outcome.exitCode, 78)
    assert.match(outcome.err, /prepared as node ЦБ of УдаленныеСклады, not as node С01/)
    assert.equal(existsSync(site.pathOf('other.yaml')), false)
  })

  it('because the file is no database is told with its name, in the words of SQLite', async () => {
    using site = new TestSite()
    site.write(
      'trade.db',
      'this is a text, and longer than the hundred octets that a header of a database would have, by far',
    )

    const outcome = await site.run(...INIT)

    assert.equal(outcome.exitCode, 77)
    assert.match(
      outcome.err,
      /^error: the database can't be used: .*trade\.db: file is not a database\n/,
    )
    assert.equal(existsSync(site.pathOf('obmen.yaml')), false)
  })
})
