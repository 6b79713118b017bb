import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { parseNodeCode } from '@obmen/exchange'
import { RuleInvalid } from '@obmen/exchange/errors'

import type { KeptReport, KeyBlock } from '../../../src/plan/key-blocks.ts'
import { DEFAULT_PLAN_RULES, type PlanRules } from '../../../src/plan/plan-rules.ts'
import { tableLine } from '../store-language.ts'
import type { OpenDatabase, StoreToTry } from './store-to-try.ts'

const [OFFICE, FIRST, SECOND] = [parseNodeCode('ЦБ'), parseNodeCode('С01'), parseNodeCode('С02')]

const RULES: PlanRules = {
  ...DEFAULT_PLAN_RULES,
  mainNode: OFFICE,
  tables: new Map([
    ['orders', { direction: 'both', leaveOut: [], keyBlocks: { size: 5, reserve: 2 } }],
  ]),
}

/** How a database declares a key that it counts itself, and one that nobody can hand out. */
export interface KeyDeclarations {
  readonly counted: string
  readonly uncounted: string
}

/** Blocks of keys. */
export function handingKeysContract(open: OpenDatabase, declared: KeyDeclarations): void {
  describe('blocks of keys', () => {
    steers(open, declared)
    keeps(open, declared)
    refuses(open, declared)
  })
}

function steer(node: StoreToTry, block: KeyBlock): Promise<void> {
  return node.store.transaction(({ keys }) => keys.steer('orders', block))
}

async function enter(node: StoreToTry, count: number): Promise<string[]> {
  for (let row = 0; row < count; row += 1) {
    await node.sql(`INSERT INTO orders (place) VALUES ('a')`)
  }
  const rows = await node.rows('SELECT id FROM orders ORDER BY id')
  return rows.map(([id = '']) => id).slice(-count)
}

function steers(open: OpenDatabase, { counted }: KeyDeclarations): void {
  const schema = `CREATE TABLE orders (${counted}, place TEXT)`

  it('let the database count from the first number to the last, and not beyond', async () => {
    const node = await open(schema, RULES)
    await enter(node, 2)
    await steer(node, { first: 101, last: 105 })
    await steer(node, { first: 101, last: 105 })

    const given = await enter(node, 5)

    assert.deepEqual(given, ['101', '102', '103', '104', '105'])
    await assert.rejects(enter(node, 1))
    await steer(node, { first: 201, last: 205 })
    assert.deepEqual(await enter(node, 1), ['201'])
  })

  it('leave a database that has come further where it is', async () => {
    const node = await open(schema, RULES)
    await steer(node, { first: 101, last: 105 })
    await enter(node, 3)
    await steer(node, { first: 101, last: 105 })

    assert.deepEqual(await enter(node, 1), ['104'])
    await steer(node, { first: 105, last: 104 })
    await assert.rejects(enter(node, 1))
  })

  it('don’t stand in the way of rows that come from other nodes, nor of keys that a program chooses below', async () => {
    const node = await open(schema, RULES)
    await steer(node, { first: 101, last: 105 })
    await node.sql(`INSERT INTO orders (id, place) VALUES (50, 'a')`)
    const line = tableLine('orders', 1, { id: 'integer', place: 'text' })
    const arrived = await node.apply(line, [
      { kind: 'row', stamp: 5, origin: FIRST, values: [777n, 'b'] },
    ])
    const [table] = await node.store.transaction(({ keys }) => keys.tables())

    assert.equal(arrived.applied, 1)
    assert.equal(table?.greatest, 777)
  })
}

function keeps(open: OpenDatabase, { counted }: KeyDeclarations): void {
  it('are on record with what their nodes say', async () => {
    const node = await open(`CREATE TABLE orders (${counted}, place TEXT)`, RULES)
    const report: KeptReport = {
      table: 'orders',
      block: { first: 6, last: 10 },
      used: 9,
      greatest: 30,
      climbs: true,
      through: 20,
      wantsFresh: true,
    }
    const found = await node.store.transaction(async ({ keys }) => {
      await keys.addBlock('orders', OFFICE, { first: 1, last: 5 })
      await keys.addBlock('orders', FIRST, { first: 6, last: 10 })
      await keys.addBlock('orders', FIRST, { first: 11, last: 15 })
      await keys.saveReport(FIRST, { ...report, wantsFresh: false })
      await keys.saveReport(FIRST, report)
      return {
        newest: await keys.newestBlock('orders', FIRST),
        none: await keys.newestBlock('orders', SECOND),
        others: await keys.othersWith('orders', SECOND, { first: 5, last: 6 }),
        own: await keys.othersWith('orders', FIRST, { first: 6, last: 15 }),
        highest: await keys.highest('orders'),
        report: await keys.report('orders', FIRST),
        noReport: await keys.report('orders', SECOND),
      }
    })

    assert.deepEqual(found, {
      newest: { first: 11, last: 15 },
      none: undefined,
      others: [FIRST, OFFICE],
      own: [],
      highest: 30,
      report,
      noReport: undefined,
    })
    assert.deepEqual(await node.store.keyStates(), [
      { table: 'orders', node: OFFICE, block: { first: 1, last: 5 }, left: 5, isShort: false },
      { table: 'orders', node: FIRST, block: { first: 6, last: 10 }, left: 0, isShort: true },
    ])
    const survey = await node.store.survey({ nowMs: 1, resendAfterMs: 1 })
    assert.equal(survey.hasKeyBlocks, true)
  })
}

function refuses(open: OpenDatabase, { counted, uncounted }: KeyDeclarations): void {
  const refusals = [
    { name: 'without a head office', key: counted, rules: { ...RULES, mainNode: undefined } },
    { name: 'for a key that the database does not count', key: uncounted, rules: RULES },
    {
      name: 'for a key of two columns',
      key: 'id INTEGER, line INTEGER, PRIMARY KEY (id, line)',
      rules: RULES,
    },
  ]
  for (const { name, key, rules } of refusals) {
    it(`are refused ${name}`, async () => {
      const { mainNode, ...rest } = rules
      const given = mainNode === undefined ? rest : { ...rest, mainNode }
      const columns = key.includes('PRIMARY KEY (') ? `place TEXT, ${key}` : `${key}, place TEXT`

      await assert.rejects(async () => open(`CREATE TABLE orders (${columns})`, given), RuleInvalid)
    })
  }
}
