import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { RuleInvalid } from '@obmen/exchange/errors'

import { en } from '../../src/locale/en.ts'
import { ru } from '../../src/locale/ru.ts'
import { INIT, TestSite } from '../test-site.ts'

const TABLES = `
  CREATE TABLE Orders (id INTEGER PRIMARY KEY, warehouse INTEGER, Margin REAL);
  CREATE TABLE Prices (id INTEGER PRIMARY KEY)`

/** What `status` says of a configuration to which lines were added after it was prepared. */
async function tellOf(lines: string, ...options: readonly string[]): Promise<readonly string[]> {
  using site = new TestSite(TABLES)
  await site.run(...INIT)
  const written = site.read('obmen.yaml').replace(/^tables:.*$/m, '')
  site.write('obmen.yaml', `${written}\n${lines}\n`)
  const { exitCode, out, err } = await site.run('status', ...options)
  assert.equal(exitCode, 78)
  assert.equal(out, '')
  return err.trimEnd().split('\n')
}

describe('a misspelt name', () => {
  const MISSPELT = [
    { lines: 'tables: { only: [Orders, Price] }', meant: 'Prices', setting: 'tables' },
    { lines: 'rules: { Order: { direction: out } }', meant: 'Orders', setting: 'rules' },
    { lines: 'rules: { Orders: { leaveOut: [Margn] } }', meant: 'Margin', setting: 'rules' },
    {
      lines: 'rules: { Orders: { where: "warehose = :code" } }',
      meant: 'warehouse',
      setting: 'rules',
    },
  ]
  for (const { lines, meant, setting } of MISSPELT) {
    it(`is told of with the one that may be meant: ${lines}`, async () => {
      const [, hint] = await tellOf(lines)
      const [, russianHint] = await tellOf(lines, '--lang', 'ru')

      assert.ok(
        hint?.startsWith(`try: did you mean "${meant}"? Then correct "${setting}" in`),
        hint,
      )
      assert.ok(
        russianHint?.startsWith(`что делать: может быть, «${meant}»? Тогда исправьте ${setting} в`),
        russianHint,
      )
    })
  }

  it('that is like none is told of with those that there are', async () => {
    const [message, hint] = await tellOf('rules: { Something: { direction: out } }')

    assert.match(message ?? '', /"Something".*the plan has no such table$/)
    assert.match(hint ?? '', /^try: there are: Orders, Prices\. Correct "rules"/)
  })

  it('in a condition is found in the words of either database', () => {
    const WORDS = [
      ['SQLite', 'no such column: Orders.warehose'],
      ['PostgreSQL', 'column "warehose" does not exist'],
      ['PostgreSQL', 'column orders.warehose does not exist'],
    ] as const
    for (const [database, words] of WORDS) {
      const columns = ['id', 'warehouse']
      const error = new RuleInvalid('Orders', { kind: 'refused', database, words, columns })
      assert.match(en.errorText(error).hint ?? '', /^did you mean "warehouse"\?/)
      assert.match(ru.errorText(error).hint ?? '', /^может быть, «warehouse»\?/)
    }
  })

  it('is not what a table has that was dropped: the capture tells of it', async () => {
    using site = new TestSite(TABLES)
    await site.run(...INIT, '--only', 'Orders', '--only', 'Prices')
    site.exec('DROP TABLE Prices')

    const { exitCode, err } = await site.run('status')

    assert.equal(exitCode, 65)
    assert.match(err, /^error: changes are no longer registered completely for "Prices": /m)
  })
})

describe('a value out of range', () => {
  it('is told of with one that is usual, and with what the setting means', async () => {
    assert.deepEqual(await tellOf('window: 500'), [
      'error: obmen.yaml:78: window: "500" is not between 1 and 150',
      'try: write for example: window: 24. How many messages may be on their way to a node without an answer.',
    ])
    const [message, hint] = await tellOf('window: many', '--lang', 'ru')
    assert.equal(message, 'ошибка: obmen.yaml:78: window: «many» — это не целое число')
    assert.match(hint ?? '', /^что делать: напишите, например: window: 24\. Сколько сообщений /)
  })

  it('of an option is told of with a value, not with a line of the file', async () => {
    using site = new TestSite(TABLES)
    await site.run(...INIT)

    const { exitCode, err } = await site.run('exchange', '--window', '500')

    assert.equal(exitCode, 64)
    assert.match(err, /^try: write for example: 24\. How many messages /m)
  })

  it('within a rule is told of with a value that is in use', async () => {
    const rule = 'main: ЦБ\nrules: { Orders: { keyBlocks: { size: 1000, reserve: 1000 } } }'
    const [, hint] = await tellOf(rule)

    assert.equal(hint, 'try: write for example: 250')
  })
})
