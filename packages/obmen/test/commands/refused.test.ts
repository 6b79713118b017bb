import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { INIT, TestSite } from '../test-site.ts'

const LINE = '{"table":"goods","key":1,"columns":[["id","integer"],["name","text"]]}'

/** A site that refused a row, because another one has its name. */
async function withRefused(): Promise<TestSite> {
  const site = new TestSite(
    `CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT UNIQUE); INSERT INTO goods VALUES (9, 'tea')`,
  )
  await site.run(...INIT)
  await site.run('node', 'add', 'С01')
  site.exec(`
    INSERT INTO obmen_refused (table_name, row_key, node, table_line, row_line, reason, refused_at)
      VALUES ('goods', '[1]', 'С01', '${LINE}', '["u",5,"С01",1,"tea"]', 'UNIQUE constraint failed: goods.name', 1788264000000)`)
  return site
}

describe('refused list', () => {
  it('shows the rows that wait, with the reason', async () => {
    using site = await withRefused()

    const { out } = await site.run('refused', 'list')

    assert.match(out, /\ngoods +\[1\] +С01 .* \["u",5,"С01",1,"tea"\] +UNIQUE constraint failed/)
    assert.deepEqual(await site.ask('refused', 'list'), {
      refused: [
        {
          table: 'goods',
          key: '[1]',
          node: 'С01',
          reason: 'UNIQUE constraint failed: goods.name',
          row: ['u', 5, 'С01', 1, 'tea'],
          ours: null,
          refusedAt: '2026-09-01T12:00:00.000Z',
        },
      ],
    })
  })

  it('says so when there are none', async () => {
    using site = new TestSite()
    await site.run(...INIT)

    assert.equal((await site.run('refused', 'list')).out, 'The database has refused no rows.\n')
    assert.equal(
      (await site.run('refused', 'list', '--lang', 'ru')).out,
      'Строк, которые база не приняла, нет.\n',
    )
  })
})

describe('refused retry', () => {
  it('writes the rows that fit by now', async () => {
    using site = await withRefused()

    const before = await site.run('refused', 'retry')
    site.exec('DELETE FROM goods')
    const trial = await site.ask('refused', 'retry', '--dry-run')
    const after = await site.run('refused', 'retry')

    assert.equal(before.out, 'Written: 0 rows; outdated by now: 0 rows; still refused: 1 row.\n')
    assert.deepEqual(trial, { applied: 1, outdated: 0, refused: 0, dryRun: true })
    assert.equal(after.out, 'Written: 1 row; outdated by now: 0 rows; still refused: 0 rows.\n')
    assert.deepEqual(site.column('SELECT id FROM goods'), [1])
  })
})

describe('refused drop', () => {
  it('gives a row up', async () => {
    using site = await withRefused()

    const trial = await site.run('refused', 'drop', 'goods', '[1]', '--dry-run')
    const dropped = await site.ask('refused', 'drop', 'goods', '[1]')

    assert.equal(
      trial.out,
      'Row [1] of table goods would be given up.\nNothing was changed (--dry-run).\n',
    )
    assert.deepEqual(dropped, { dropped: { table: 'goods', key: '[1]' }, dryRun: false })
    assert.deepEqual(site.column('SELECT row_key FROM obmen_refused'), [])
  })

  it('says so when there is no such row', async () => {
    using site = await withRefused()

    assert.deepEqual(await site.run('refused', 'drop', 'goods', '[2]'), {
      exitCode: 64,
      out: '',
      err: 'error: row [2] of table "goods" is not among the refused rows\ntry: see them with: obmen refused list\n',
    })
  })
})
