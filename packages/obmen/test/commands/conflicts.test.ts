import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { INIT, TestSite } from '../test-site.ts'

const TABLES = `
  CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT);
  INSERT INTO goods VALUES (1, 'ours'), (2, 'ours');
  CREATE TABLE "no" ("select" INTEGER PRIMARY KEY);
  INSERT INTO "no" VALUES (5);`

const LINE = '{"table":"goods","key":1,"columns":[["id","integer"],["name","text"]]}'

/** A site with two open conflicts and one that is decided. */
async function withConflicts(): Promise<TestSite> {
  const site = new TestSite(TABLES)
  await site.run(...INIT)
  site.exec(`
    INSERT INTO obmen_conflict
        (table_name, row_key, node, table_line, winner, policy, is_open, ours, theirs, decided_at)
      VALUES ('goods', '[1]', 'С01', '${LINE}', 'ours', 'ask', 1, '[1,"ours"]', '[1,"theirs"]', 1788177600000),
             ('goods', '[2]', 'С01', '${LINE}', 'ours', 'latest', 0, '[2,"ours"]', NULL, 1788177600000),
             ('no', '[5]', 'С02', '{"table":"no","key":1,"columns":[["select","integer"]]}', 'ours', 'ask', 1, '[5]', NULL, 1788264000000)`)
  return site
}

const SECOND = {
  id: 2,
  table: 'goods',
  key: '[2]',
  node: 'С01',
  columns: ['id', 'name'],
  winner: 'ours',
  policy: 'latest',
  isOpen: false,
  ours: [2, 'ours'],
  theirs: null,
  decidedAt: '2026-08-31T12:00:00.000Z',
}

describe('conflicts list', () => {
  it('shows what was changed on both sides, and who decided', async () => {
    using site = await withConflicts()

    const { exitCode, out } = await site.run('conflicts', 'list')

    assert.equal(exitCode, 0)
    assert.match(out, /^No\. +table +key +node +when +decided by +kept is the row of\n/)
    assert.match(out, /\n +1 +goods +\[1\] +С01 .* nobody yet +this node\n/)
    assert.match(out, /\n +2 +goods +\[2\] +С01 .* later change +this node\n/)
  })

  it('shows only those of a table, or those that are open', async () => {
    using site = await withConflicts()
    const ids = async (...options: string[]): Promise<unknown> => {
      const answer = await site.ask('conflicts', 'list', ...options)
      return JSON.stringify(answer).match(/"id":\d/g)
    }

    assert.deepEqual(await ids(), ['"id":1', '"id":2', '"id":3'])
    assert.deepEqual(await ids('--open'), ['"id":1', '"id":3'])
    assert.deepEqual(await ids('--open', '--table', 'no'), ['"id":3'])
  })

  it('says so when there are none, in Russian too', async () => {
    using site = new TestSite(TABLES)
    await site.run(...INIT)

    const { out } = await site.run('conflicts', 'list', '--lang', 'ru')

    assert.equal(out, 'Таких конфликтов нет.\n')
  })
})

describe('conflicts show', () => {
  it('shows both versions column by column', async () => {
    using site = await withConflicts()

    const { out } = await site.run('conflicts', 'show', '2')

    assert.match(
      out,
      /\ncolumn +this node +that node\nid +2 +\(deleted\)\nname +"ours" +\(deleted\)\n$/,
    )
    assert.deepEqual(await site.ask('conflicts', 'show', '2'), SECOND)
  })

  it('says so when there is no such conflict, and when it is no number', async () => {
    using site = await withConflicts()

    assert.deepEqual(await site.run('conflicts', 'show', '9'), {
      exitCode: 64,
      out: '',
      err: 'error: there is no conflict No. 9 on record here\ntry: see them with: obmen conflicts list\n',
    })
    assert.equal((await site.run('conflicts', 'show', 'x')).exitCode, 64)
  })
})

describe('conflicts resolve', () => {
  it('writes the chosen version, and closes the conflict', async () => {
    using site = await withConflicts()

    const outcome = await site.run('conflicts', 'resolve', '1', '--take', 'theirs')

    assert.equal(
      outcome.out,
      'Conflicts resolved: 1. The next exchange takes these rows to the other sites.\n',
    )
    assert.deepEqual(site.column('SELECT name FROM goods'), ['theirs', 'ours'])
    assert.deepEqual(site.column('SELECT id FROM obmen_conflict WHERE is_open = 1'), [3])
    assert.deepEqual(site.column('SELECT stamp FROM obmen_index_1 WHERE k1 = 1'), [
      Date.UTC(2026, 8, 1, 12),
    ])
  })

  it('decides a conflict otherwise than the rules did', async () => {
    using site = await withConflicts()

    await site.run('conflicts', 'resolve', '2', '--take', 'theirs')

    assert.deepEqual(site.column('SELECT id FROM goods'), [1])
  })

  it('resolves all that are open, or those of a table', async () => {
    using site = await withConflicts()

    const ofTable = await site.ask('conflicts', 'resolve', '--table', 'no', '--take', 'ours')
    const all = await site.ask('conflicts', 'resolve', '--all', '--take', 'ours')

    assert.deepEqual(ofTable, { resolved: [3], take: 'ours', dryRun: false })
    assert.deepEqual(all, { resolved: [1], take: 'ours', dryRun: false })
  })

  it('does nothing for a trial', async () => {
    using site = await withConflicts()

    const { out } = await site.run('conflicts', 'resolve', '--all', '--take', 'theirs', '--dry-run')

    assert.equal(out, 'Conflicts that would be resolved: 2.\nNothing was changed (--dry-run).\n')
    assert.deepEqual(site.column('SELECT name FROM goods'), ['ours', 'ours'])
    assert.deepEqual(site.column('SELECT id FROM obmen_conflict WHERE is_open = 1'), [1, 3])
  })

  it('resolves none when one of them can’t be', async () => {
    using site = await withConflicts()

    const { exitCode } = await site.run('conflicts', 'resolve', '1', '9', '--take', 'theirs')

    assert.equal(exitCode, 64)
    assert.deepEqual(site.column('SELECT name FROM goods'), ['ours', 'ours'])
  })

  it('wants to know which, and what', async () => {
    using site = await withConflicts()
    const wrong = [
      ['1'],
      ['1', '--take', 'mine'],
      ['--take', 'ours'],
      ['1', '--all', '--take', 'ours'],
      ['--all', '--table', 'goods', '--take', 'ours'],
    ]

    for (const words of wrong) {
      assert.equal((await site.run('conflicts', 'resolve', ...words)).exitCode, 64, words.join(' '))
    }
  })
})

describe('conflicts clear', () => {
  it('puts the records of decided conflicts away', async () => {
    using site = await withConflicts()

    const trial = await site.ask('conflicts', 'clear', '--before', '2026-09-02', '--dry-run')
    const before = await site.run('conflicts', 'clear', '--before', '2026-08-31T11:00Z')
    const after = await site.run('conflicts', 'clear', '--before', '2026-09-02')

    assert.deepEqual(trial, { cleared: 1, dryRun: true })
    assert.equal(before.out, 'Records put away: 0.\n')
    assert.equal(after.out, 'Records put away: 1.\n')
    assert.deepEqual(site.column('SELECT id FROM obmen_conflict'), [1, 3])
  })

  it('wants a day or a moment', async () => {
    using site = await withConflicts()

    assert.equal((await site.run('conflicts', 'clear')).exitCode, 64)
    for (const date of ['yesterday', '2026-13-01', '01.09.2026']) {
      const { err } = await site.run('conflicts', 'clear', '--before', date)
      assert.match(err, /can't be a date\ntry: write for example: 2026-09-01\n/)
    }
  })
})
