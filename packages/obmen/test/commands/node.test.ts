import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { INIT, TestSite } from '../test-site.ts'

async function preparedSite(): Promise<TestSite> {
  const site = new TestSite()
  await site.run(...INIT)
  return site
}

describe('node', () => {
  it('is added, and told what that means', async () => {
    using site = await preparedSite()

    assert.deepEqual(await site.run('node', 'add', 'С01', 'no'), {
      exitCode: 0,
      out: 'Added node С01.\nAdded node no.\nThe next exchange offers every row of plan УдаленныеСклады. At the other site this node must be added too: obmen node add ЦБ\n',
      err: '',
    })
    assert.deepEqual(site.column('SELECT code FROM obmen_node ORDER BY code'), ['no', 'С01'])
  })

  it('is added with all others of the call, or none is', async () => {
    using site = await preparedSite()

    const { exitCode } = await site.run('node', 'add', 'С01', 'ЦБ')

    assert.equal(exitCode, 64)
    assert.deepEqual(site.column('SELECT code FROM obmen_node'), [])
  })

  const LOOKS: readonly { readonly codes: readonly string[]; readonly note: string }[] = [
    {
      codes: ['С01', 'C01'],
      note: 'Note: С01 (Cyrillic С) looks like C01 (Latin C), and is another node: codes are compared letter by letter.\nNote: C01 (Latin C) looks like С01 (Cyrillic С), and is another node: codes are compared letter by letter.\n',
    },
    {
      codes: ['МAГ'],
      note: 'Note: МAГ mixes alphabets: Latin A, Cyrillic МГ. Its own site must write it so too.\n',
    },
    {
      codes: ['C01'],
      note: 'Note: C01 is written with Latin C, and ЦБ with Cyrillic ЦБ. Its own site must write it so too.\n',
    },
    { codes: ['С01', 'С02', 'shop', '17'], note: '' },
  ]
  for (const { codes, note } of LOOKS) {
    it(`added as ${codes.join(', ')} is ${note === '' ? 'not remarked on' : 'remarked on for its letters'}`, async () => {
      using site = await preparedSite()

      const { exitCode, err } = await site.run('node', 'add', ...codes)

      assert.equal(exitCode, 0)
      assert.equal(err, note)
    })
  }

  it('is listed with its numbers', async () => {
    using site = await preparedSite()
    await site.run('node', 'add', 'С01')

    const { out } = await site.run('node', 'list')

    assert.equal(
      out,
      'node  sent No.  acknowledged No.  received No.\nС01          0                 0             0\n',
    )
    assert.deepEqual(await site.ask('node', 'list'), {
      nodes: [await site.ask('node', 'show', 'С01')],
    })
  })

  it('is missed in the list when there is none', async () => {
    using site = await preparedSite()

    const { out } = await site.run('node', 'list')

    assert.equal(out, 'There are no other nodes yet. Add one with: obmen node add CODE\n')
  })

  it('is shown with everything that is known of it', async () => {
    using site = await preparedSite()
    await site.run('node', 'add', 'С01')

    const { out } = await site.run('node', 'show', 'С01')

    assert.match(out, /^node +С01\n/)
    assert.match(out, /unacknowledged +0 messages, 0 rows\n/)
    assert.deepEqual(await site.ask('node', 'show', 'С01'), {
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
      attributes: {},
    })
  })

  it('has attributes, which are set, changed and taken away', async () => {
    using site = await preparedSite()
    await site.run('node', 'add', 'С01')

    const { out } = await site.run('node', 'set', 'С01', 'warehouse=3', 'регион=a=b')
    assert.equal(
      out,
      'Attributes of С01: warehouse=3, регион=a=b\nThe next exchange gives the node what its share has come to be.\n',
    )
    await site.run('node', 'set', 'С01', 'warehouse=', 'регион=юг')
    assert.deepEqual(await site.ask('node', 'set', 'С01', 'x=1', '--dry-run'), {
      node: 'С01',
      attributes: { регион: 'юг', x: '1' },
      dryRun: true,
    })
    const shown = await site.run('node', 'show', 'С01')
    assert.match(shown.out, /attributes +регион=юг\n/)
  })

  for (const [words, exitCode] of [
    [['С01', 'warehouse'], 64],
    [['С01', '=3'], 64],
    [['С01', 'code=3'], 64],
    [['С02', 'warehouse=3'], 64],
    [['С01'], 64],
  ] as const) {
    it(`can't be set by ${words.join(' ')}`, async () => {
      using site = await preparedSite()
      await site.run('node', 'add', 'С01')

      assert.equal((await site.run('node', 'set', ...words)).exitCode, exitCode)
      assert.deepEqual(site.column('SELECT name FROM obmen_attribute'), [])
    })
  }

  it('is removed, and told what that means', async () => {
    using site = await preparedSite()
    await site.run('node', 'add', 'С01')

    const { out } = await site.run('node', 'remove', 'С01')

    assert.match(
      out,
      /^Removed node С01\.\nNothing more is sent to it .* Added again \(obmen node add С01\)/,
    )
    assert.deepEqual(site.column('SELECT code FROM obmen_node'), [])
  })

  for (const [command, code] of [
    ['add', 'С02'],
    ['remove', 'С01'],
  ] as const) {
    it(`stays what it is in a trial of ${command}`, async () => {
      using site = await preparedSite()
      await site.run('node', 'add', 'С01')

      const { exitCode, out } = await site.run('node', command, code, '--dry-run')

      assert.equal(exitCode, 0)
      assert.match(out, /Nothing was changed \(--dry-run\)\.\n$/)
      assert.deepEqual(site.column('SELECT code FROM obmen_node'), ['С01'])
    })
  }

  const REFUSED = [
    {
      name: 'is not this node itself',
      argv: ['node', 'add', 'ЦБ'],
      err: 'error: "ЦБ" is this node itself\ntry: name a node at another site; see them with: obmen node list\n',
    },
    {
      name: 'is added once',
      argv: ['node', 'add', 'С01'],
      err: 'error: node "С01" is in the plan already\ntry: see its numbers with: obmen node show С01\n',
    },
    {
      name: 'has a code without blanks',
      argv: ['node', 'add', 'два слова'],
      err: `error: "два слова" can't be the code of a node\ntry: use 1 to 36 letters, digits and inner hyphens, for example "С01"\n`,
    },
    {
      name: 'is known before it is shown',
      argv: ['node', 'show', 'С02'],
      err: 'error: there is no node "С02" in the plan here\ntry: known are: С01; add another one with: obmen node add С02\n',
    },
    {
      name: 'is known before it is removed',
      argv: ['node', 'remove', 'С02'],
      err: 'error: there is no node "С02" in the plan here\ntry: known are: С01; add another one with: obmen node add С02\n',
    },
    {
      name: 'is known before anything is exchanged with it',
      argv: ['exchange', 'С02'],
      err: 'error: there is no node "С02" in the plan here\ntry: known are: С01; add another one with: obmen node add С02\n',
    },
  ]
  for (const { name, argv, err } of REFUSED) {
    it(name, async () => {
      using site = await preparedSite()
      await site.run('node', 'add', 'С01')

      assert.deepEqual(await site.run(...argv), { exitCode: 64, out: '', err })
    })
  }

  it('speaks Russian', async () => {
    using site = await preparedSite()

    const added = await site.run('node', 'add', 'С01', '--lang', 'ru')
    const again = await site.run('node', 'add', 'С01', '--lang', 'ru')

    assert.match(added.out, /^Узел С01 добавлен\.\nПри следующем обмене/)
    assert.equal(
      again.err,
      'ошибка: узел «С01» уже есть\nчто делать: посмотрите его номера: obmen node show С01\n',
    )
  })
})
