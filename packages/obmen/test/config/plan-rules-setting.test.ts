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

  it('take single words from the environment', () => {
    const rules = load('', { OBMEN_CONFLICTS: 'theirs', OBMEN_STRICT: 'да', OBMEN_MAIN: 'С01' })
    assert.deepEqual([rules.conflicts.kind, rules.strict, rules.mainNode], ['theirs', true, 'С01'])
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
