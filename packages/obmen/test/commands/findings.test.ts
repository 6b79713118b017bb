/** What keeps nodes from being in step, and what a person does about it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { INIT, TestSite } from '../test-site.ts'

async function siteWithNode(): Promise<TestSite> {
  const site = new TestSite()
  await site.run(...INIT)
  await site.run('node', 'add', 'С01')
  return site
}

const STOPPED = {
  forks: 4,
  forkedAt: 1_788_264_000_000,
  lives: ['b', 'a'],
  peer: { lives: ['x'], ended: ['y'], returns: [1, 2] },
  stop: { twice: 'there', since: 1_788_264_000_000 },
}

function stop(site: TestSite): void {
  site.exec(`UPDATE obmen_node SET standing = '${JSON.stringify(STOPPED)}'`)
}

describe('a message that could not be handed over', () => {
  it('is told in the status, until it has left', async () => {
    using site = await siteWithNode()
    site.exec(`
      UPDATE obmen_node SET sent_no = 1;
      INSERT INTO obmen_sent (node, message_no, uuid, base_no, through_seq, row_count, size_octets, written_at, delivered, superseded)
        VALUES ('С01', 1, '0b9e1d3c-7e5a-4c43-9d3e-000000000001', 0, 1, 4, 100, 1788264000000, 0, 0)`)

    const waiting = await site.run('status')
    const russian = await site.run('status', '--lang', 'ru')
    site.exec('UPDATE obmen_sent SET delivered = 1')
    const delivered = await site.run('status')

    assert.match(
      waiting.out,
      /\nNot handed to the mail server yet: 1 message \(node С01\)\.\nThe next exchange .*: obmen exchange\n/,
    )
    assert.match(russian.out, /\nЕщё не передано почтовому серверу: 1 сообщение \(узел С01\)\.\n/)
    assert.doesNotMatch(delivered.out, /handed to the mail server/)
  })
})

describe('a node that runs twice', () => {
  it('is shown in the status, with what to do, until somebody begins anew', async () => {
    using site = await siteWithNode()
    stop(site)

    const { out } = await site.run('status')
    const russian = await site.run('status', '--lang', 'ru')
    const begun = await site.run('node', 'restart', 'С01')
    const after = await site.run('status')

    assert.match(
      out,
      /\nNothing is exchanged with С01 since .* 2026, .*: two databases write under its code\.\n/,
    )
    assert.match(out, /\nTake the copy out of service for good; .*: obmen node restart С01\n/)
    assert.match(russian.out, /\nОбмен с узлом С01 остановлен .*: под его кодом пишут две базы\.\n/)
    assert.match(begun.out, /^The exchange with С01 begins anew\.\nThe next exchange offers/)
    assert.doesNotMatch(after.out, /Nothing is exchanged/)
  })

  it('is in the JSON, with the number of forks', async () => {
    using site = await siteWithNode()
    stop(site)

    const status = await site.ask('node', 'show', 'С01')
    const { out } = await site.run('node', 'show', 'С01')

    assert.partialDeepStrictEqual(status, {
      forks: 4,
      stopped: { twice: 'there', since: '2026-09-01T12:00:00.000Z' },
    })
    assert.match(out, /\nbegun anew +4 \(1 Sept? 2026, .*\)\n/)
  })

  it('stays as it is in a trial', async () => {
    using site = await siteWithNode()
    stop(site)

    const { out } = await site.run('node', 'restart', 'С01', '--dry-run')
    const report = await site.ask('node', 'restart', 'С01', '--dry-run')

    assert.match(out, /^The exchange with С01 would begin anew\.\nNothing was changed/)
    assert.deepEqual(report, { restarted: 'С01', dryRun: true })
    assert.deepEqual(site.column('SELECT epoch_counter FROM obmen_node'), [1])
  })

  it('is known before it is begun with anew', async () => {
    using site = await siteWithNode()

    const { exitCode, err } = await site.run('node', 'restart', 'С02')

    assert.equal(exitCode, 64)
    assert.match(err, /there is no node "С02"/)
  })
})

describe('rows that another node could not take', () => {
  it('are shown in the status by table, key and reason', async () => {
    using site = await siteWithNode()
    const rows = [['no', '[17]', 'FOREIGN KEY constraint failed: parent missing']]
    site.exec(`INSERT INTO obmen_refused_there
      VALUES ('С01', 3, '${JSON.stringify(rows)}', 1788264000000)`)

    const { out } = await site.run('status')
    const russian = await site.run('status', '--lang', 'ru')

    assert.match(out, /\nС01 could not take 3 rows of this node \(told .*\):\n/)
    assert.match(out, /\nno +\[17\] +FOREIGN KEY constraint failed: parent missing\n… and 2 more\n/)
    assert.match(russian.out, /\nУзел С01 не смог принять от этого узла 3 строки /)
    assert.partialDeepStrictEqual(await site.ask('status'), {
      setAsideThere: [{ node: 'С01', rowCount: 3, toldAt: '2026-09-01T12:00:00.000Z' }],
    })
  })
})

describe('a table that is not the same at another node', () => {
  it('is shown in the status, with what to do', async () => {
    using site = await siteWithNode()
    site.exec(`INSERT INTO obmen_difference VALUES ('С01', 'no', '[3,17]', 40, 41, 1788264000000)`)

    const { out } = await site.run('status')
    const russian = await site.run('status', '--lang', 'ru')

    assert.match(
      out,
      /\nno is not the same here and at С01 \(found .*\): in 2 of its parts there are 40 rows here, 41 rows there\.\n.*obmen node restart С01; .*obmen conflicts list\n/,
    )
    assert.match(russian.out, /\nТаблица no здесь и на узле С01 разная /)
    assert.partialDeepStrictEqual(await site.ask('status'), {
      differences: [
        { node: 'С01', table: 'no', parts: [3, 17], foundAt: '2026-09-01T12:00:00.000Z' },
      ],
    })
  })
})
