import assert from 'node:assert/strict'
import { suite, test } from 'node:test'

import { RuleInvalid } from '@obmen/exchange/errors'

import { fillCondition, parseCondition } from '../../src/plan/sql-condition.ts'

function fill(text: string, attributes: Readonly<Record<string, string>>): unknown {
  return fillCondition(parseCondition(text, 'Orders'), new Map(Object.entries(attributes)))
}

suite('conditions of rules', () => {
  test('an attribute stands as a text literal, its quotes doubled', () => {
    assert.deepEqual(fill('warehouse = :code', { code: 'С01' }), { sql: "(warehouse = 'С01')" })
    assert.deepEqual(fill('a=:x AND b=:x', { x: "O'Hara'; --" }), {
      sql: "(a='O''Hara''; --' AND b='O''Hara''; --')",
    })
  })

  test('what looks like an attribute in a text, in a name or in a cast is none', () => {
    const text = `a = ':x' AND "b:x" = 1 AND c::date > now() AND d = 'it''s :x'`
    assert.deepEqual(fill(text, {}), { sql: `(${text})` })
  })

  test('an attribute may have a name of any script', () => {
    assert.deepEqual(fill('Склад = :Склад', { Склад: '3' }), { sql: "(Склад = '3')" })
  })

  test('an attribute that the node does not have is named', () => {
    assert.deepEqual(fill('a = :warehouse', { code: 'С01' }), { missing: 'warehouse' })
  })

  for (const text of [
    '',
    ' ',
    'a = 1)',
    '(a = 1',
    'a = 1; DROP TABLE t',
    'a -- b',
    'a /* b',
    "a = 'b",
    'a = ?',
    'a = @b',
    'a = : b',
  ]) {
    test(`${JSON.stringify(text)} is no condition`, () => {
      assert.throws(() => parseCondition(text, 'Orders'), RuleInvalid)
    })
  }
})
