import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { PlanRules } from '@obmen/exchange'

import { loadConfig } from '../../src/config/load-config.ts'
import { ConfigInvalid } from '../../src/errors/config-error.ts'
import { TestSite } from '../test-site.ts'

const SITE = `plan: УдаленныеСклады
node: ЦБ
database: trade.db
address: exchange@example.org
send: smtps://exchange%40example.org@mail.example.org
receive: pop3s://exchange%40example.org@mail.example.org
password: { env: OBMEN_MAIL_PASSWORD }
`

function load(lines: string, env: Readonly<Record<string, string>> = {}): PlanRules {
  using site = new TestSite('')
  site.write('obmen.yaml', `${SITE}${lines}\n`)
  return loadConfig({ cwd: site.folder, env }).rules
}

describe('rules of a plan', () => {
  it('say of a table which rows and columns go where', () => {
    const { tables } = load(`rules:
  Orders: { where: "warehouse = :code", leaveOut: [Comment, "Цена"], direction: out, conflicts: ask }
  "Order Details": { direction: in }`)
    assert.deepEqual(
      tables,
      new Map([
        [
          'Orders',
          {
            where: 'warehouse = :code',
            leaveOut: ['Comment', 'Цена'],
            direction: 'out',
            conflicts: { kind: 'ask' },
          },
        ],
        ['Order Details', { leaveOut: [], direction: 'in' }],
      ]),
    )
  })

  it('say who decides conflicts, and how', () => {
    const rules = load('main: ЦБ\nconflicts: { priority: [ЦБ, С01] }\nstrict: yes')
    assert.equal(rules.mainNode, 'ЦБ')
    assert.deepEqual(rules.conflicts, { kind: 'priority', nodes: ['ЦБ', 'С01'] })
    assert.equal(rules.strict, true)
  })

  it('say which keys are handed out in blocks, and when the next one is due', () => {
    const { tables } = load(`main: ЦБ
rules:
  Orders: { keyBlocks: 10000 }
  Goods: { keyBlocks: { size: 50, reserve: 20 } }`)

    assert.deepEqual(tables.get('Orders')?.keyBlocks, { size: 10_000, reserve: 2500 })
    assert.deepEqual(tables.get('Goods')?.keyBlocks, { size: 50, reserve: 20 })
  })

  it('say whether foreign keys are kept', () => {
    assert.equal(load('foreignKeys: ignored').foreignKeys, 'ignored')
    assert.equal(load('', { OBMEN_FOREIGN_KEYS: 'kept' }).foreignKeys, 'kept')
    assert.equal('foreignKeys' in load(''), false)
  })

  it('take single words from the environment', () => {
    const rules = load('', { OBMEN_CONFLICTS: 'theirs', OBMEN_STRICT: 'да', OBMEN_MAIN: 'С01' })
    assert.deepEqual([rules.conflicts.kind, rules.strict, rules.mainNode], ['theirs', true, 'С01'])
  })

  it('that can be one of a few words are refused with these words', () => {
    assert.throws(() => load('strict: perhaps'), {
      message: 'obmen.yaml:8: strict: "perhaps" is not one of the choices',
      hint: 'write one of: yes, no',
    })
  })

  for (const lines of [
    'rules: [Orders]',
    'rules: { Orders: out }',
    'rules: { Orders: { were: "a = 1" } }',
    'rules: { Orders: { where: "" } }',
    'rules: { Orders: { leaveOut: Comment } }',
    'rules: { Orders: { direction: sideways } }',
    'rules: { Orders: { conflicts: { priority: ЦБ } } }',
    'conflicts: newest',
    'conflicts: { order: [ЦБ] }',
    'conflicts: [latest]',
    'strict: perhaps',
    'foreignKeys: sometimes',
    'rules: { Orders: { keyBlocks: many } }',
    'rules: { Orders: { keyBlocks: 5 } }',
    'rules: { Orders: { keyBlocks: { size: 50, reserve: 50 } } }',
    'rules: { Orders: { keyBlocks: { reserve: 5 } } }',
    'rules: { Orders: { keyBlocks: { sise: 50 } } }',
    'main: "a b"',
  ]) {
    it(`are refused, with their place, as ${lines}`, () => {
      assert.throws(
        () => load(lines),
        (error) => error instanceof ConfigInvalid && error.message.includes('obmen.yaml:8'),
      )
    })
  }
})
