import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'

import { INIT, TestSite } from '../test-site.ts'

async function siteWithNode(): Promise<TestSite> {
  const site = new TestSite()
  await site.run(...INIT)
  await site.run('node', 'add', 'С01')
  return site
}

describe('status', () => {
  it('shows the site, its nodes and what waits for each', async () => {
    using site = await siteWithNode()

    assert.deepEqual(await site.run('status'), {
      exitCode: 0,
      out: `plan       УдаленныеСклады
this node  ЦБ
database   trade.db
mailbox    exchange@example.org

node  sent No.  acknowledged No.  received No.  rows to send  unacknowledged
С01          0                 0             0             4  –

Rows that the database refused: 0
Conflicts: 0
`,
      err: '',
    })
  })

  it('shows the head office, and whether it is among the nodes', async () => {
    using site = await siteWithNode()
    const factsWith = async (main: string): Promise<string | undefined> => {
      site.env['OBMEN_MAIN'] = main
      const { out } = await site.run('status')
      return /^head office +(.*)$/m.exec(out)?.[1]
    }

    const shown = [await factsWith('ЦБ'), await factsWith('С01'), await factsWith('Восток')]

    assert.deepEqual(shown, ['ЦБ', 'С01', 'Восток, none of the nodes here'])
    const json = await site.ask('status')
    assert.equal(Object(json).main, 'Восток')
  })

  it('names the tables that the configuration includes and that are not exchanged yet', async () => {
    using site = await siteWithNode()
    site.exec('CREATE TABLE later (id INTEGER PRIMARY KEY)')

    const before = await site.run('status')
    await site.run('init')
    const after = await site.run('status')

    assert.equal(
      before.err,
      'Not exchanged yet: later. Their changes are not registered; begin with: obmen init\n',
    )
    assert.equal(after.err, '')
  })

  it('counts what the application has just changed', async () => {
    using site = await siteWithNode()
    site.exec(`INSERT INTO "no" VALUES (1), (2); UPDATE "сорта, [№]" SET имя = 'кофе'`)

    const { out } = await site.run('status')

    assert.match(out, /\nС01 +0 +0 +0 +6 +–\n/)
  })

  it('shows the blocks of keys, and who is short of them, in both languages', async () => {
    using site = new TestSite(
      'CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT)',
    )
    await site.run(...INIT)
    site.write(
      'obmen.yaml',
      `${site.read('obmen.yaml')}\nmain: ЦБ\nrules: { orders: { keyBlocks: 100 } }\n`,
    )

    const none = await site.run('status')
    const json = await site.run('status', '--json')
    site.env['LANG'] = 'ru_RU.UTF-8'
    const russian = await site.run('status')

    assert.match(
      none.out,
      /\nBlocks of keys\ntable +node +block +keys left\norders +ЦБ +– +0 +waits for a block from the head office\n/,
    )
    assert.match(
      json.out,
      /"keyBlocks":\[\{"table":"orders","node":"ЦБ","left":0,"isShort":true,"block":null\}\]/,
    )
    assert.match(
      russian.out,
      /\nБлоки ключей\n.*\norders +ЦБ +– +0 +ждёт блока от центрального узла\n/,
    )
  })

  it('gives everything as JSON, with instants as ISO 8601', async () => {
    using site = await siteWithNode()
    site.exec(`
      INSERT INTO obmen_refused (table_name, row_key, node, table_line, row_line, reason, refused_at)
        VALUES ('no', '[1]', 'С01', '{}', '{}', 'UNIQUE constraint failed', 1788264000000);
      INSERT INTO obmen_conflict (table_name, row_key, node, winner, ours, theirs, decided_at)
        VALUES ('no', '[2]', 'С01', 'theirs', NULL, '[2]', 1788264000000)`)

    assert.deepEqual(await site.ask('status'), {
      plan: 'УдаленныеСклады',
      node: 'ЦБ',
      main: null,
      database: site.pathOf('trade.db'),
      address: 'exchange@example.org',
      nodes: [{ ...emptyNode, waitingRows: 4 }],
      refusedRows: [
        {
          table: 'no',
          key: '[1]',
          node: 'С01',
          reason: 'UNIQUE constraint failed',
          row: {},
          ours: null,
          refusedAt: '2026-09-01T12:00:00.000Z',
        },
      ],
      unsentRows: [],
      setAsideThere: [],
      differences: [],
      conflicts: [
        {
          id: 1,
          table: 'no',
          key: '[2]',
          node: 'С01',
          columns: [],
          policy: 'latest',
          isOpen: false,
          winner: 'theirs',
          ours: null,
          theirs: [2],
          decidedAt: '2026-09-01T12:00:00.000Z',
        },
      ],
    })
    const { out } = await site.run('status')
    assert.match(
      out,
      /Rows that the database refused: 1\n.*\nno +\[1\] +С01 .* UNIQUE constraint failed\n/,
    )
    assert.match(out, /Conflicts: 1, all decided\n.*\nno +\[2\] +С01 .* that node\n/)
  })

  it('shows rows that can not be sent as they are, with the reason', async () => {
    using site = await siteWithNode()
    site.exec(`
      INSERT INTO obmen_unsent
        SELECT seq, 'Order Details', '1, "x"', NULL, 40000000, 0, 1788264000000 FROM obmen_index_1 LIMIT 1`)

    const { out } = await site.run('status')

    assert.match(out, /Rows that can't be sent as they are: 1\n/)
    assert.match(out, /larger than the mail server takes: 38.1 MB/)
  })

  it('compares tables by their checksums', async () => {
    using site = await siteWithNode()

    const { out } = await site.run('status', '--checksums')

    assert.match(out, /Order Details +3 +[0-9a-f]{64}\n/)
  })

  it('shows the newest ten conflicts and says how many there are', async () => {
    using site = await siteWithNode()
    site.exec(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12)
      INSERT INTO obmen_conflict (table_name, row_key, node, winner, ours, theirs, decided_at)
        SELECT 'no', '[' || i || ']', 'С01', 'ours', '[]', '[]', 1788264000000 + i FROM n`)

    const { out } = await site.run('status')

    assert.match(out, /Conflicts: 12, all decided\n/)
    assert.match(out, /\[12\]/)
    assert.doesNotMatch(out, /\[2\]/)
    assert.match(out, /… and 2 older: see --json\n/)
  })

  it('says how many conflicts wait for a person', async () => {
    using site = await siteWithNode()
    site.exec(`
      INSERT INTO obmen_conflict (table_name, row_key, node, winner, ours, theirs, decided_at, is_open)
        VALUES ('no', '[1]', 'С01', 'ours', '[]', '[]', 1788264000000, 1),
          ('no', '[2]', 'С01', 'ours', '[]', '[]', 1788264000000, 0)`)

    assert.match((await site.run('status')).out, /^Conflicts: 2, 1 to be decided$/m)
    assert.match(
      (await site.run('status', '--lang', 'ru')).out,
      /^Конфликтов: 2, ждут решения: 1$/m,
    )
  })

  it('speaks Russian', async () => {
    using site = await siteWithNode()

    const { out } = await site.run('status', '--lang', 'ru')

    assert.match(out, /^план обмена +УдаленныеСклады\n/)
    assert.match(out, /строк к отправке/)
  })

  it('says so when triggers were lost', async () => {
    using site = await siteWithNode()
    site.exec('DROP TRIGGER obmen_1_update')

    const { exitCode, err } = await site.run('status')

    assert.equal(exitCode, 65)
    assert.match(err, /try: mend it with: obmen init --repair/)
  })

  it('says so when the database was never prepared', async () => {
    using site = await siteWithNode()
    using other = new TestSite()
    other.write('obmen.yaml', site.read('obmen.yaml'))

    assert.deepEqual(await other.run('status'), {
      exitCode: 78,
      out: '',
      err: 'error: the database is not prepared for an exchange\ntry: prepare it with: obmen init\n',
    })
  })

  it('opens a database whose triggers hold texts in double quotes', async () => {
    using site = new TestSite('')
    using database = new DatabaseSync(site.pathOf('trade.db'), {
      enableDoubleQuotedStringLiterals: true,
    })
    database.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT);
      CREATE TRIGGER stamp AFTER INSERT ON t BEGIN UPDATE t SET at = datetime("now") WHERE id = NEW.id; END`)
    await site.run(...INIT)

    assert.equal((await site.run('status')).exitCode, 0)
  })
})

const emptyNode = {
  node: 'С01',
  epoch: 1,
  sentNo: 0,
  acknowledgedNo: 0,
  receivedNo: 0,
  unacknowledgedMessages: 0,
  unacknowledgedRows: 0,
  undeliveredMessages: 0,
  oldestUnacknowledged: null,
  owesAcknowledgement: false,
  gapBefore: 0,
  forks: 0,
  stopped: null,
}
