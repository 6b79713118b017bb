import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { newNodeState, parseNodeCode, type TableSum } from '@obmen/exchange'

import { DEFAULT_PLAN_RULES, type PlanRules } from '../../../src/plan/plan-rules.ts'
import { type OpenDatabase, row, type StoreToTry, tableLine } from './store-to-try.ts'

const GOODS = `CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT, price DOUBLE PRECISION);`
const ROWS = `INSERT INTO goods VALUES (1, 'Чай', 1.5), (2, NULL, 2), (3, '', -0.25);`
const NODE = parseNodeCode('С01')
const LINE = tableLine('goods', 1, { id: 'integer', name: 'text', price: 'real' })

/** What two databases tell each other of their rows, to find what is not the same. */
export function comparingContract(open: OpenDatabase): void {
  describe('what a store says of its tables', () => {
    sums(open)
    leavesOut(open)
    keepsFindings(open)
    keepsStanding(open)
  })
}

async function addNode(node: StoreToTry): Promise<void> {
  await node.store.transaction((transaction) => transaction.addNode(newNodeState(NODE)))
}

/** The parts of the first table that hold rows: their numbers and what is said of them. */
function described([table]: readonly TableSum[]): string[] {
  return (table?.parts ?? []).flatMap((part, number) => {
    if (part === undefined) return [`${number}: open`]
    return part.rowCount === 0 ? [] : [`${number}: ${part.rowCount} ${part.sum}`]
  })
}

function sums(open: OpenDatabase): void {
  it('is the same for the same rows in every database, in whatever order they came', async () => {
    const other = await open(GOODS)
    const throughSeq = await other.fold()
    await other.apply(LINE, [
      row(5, NODE, 3n, '', -0.25),
      row(5, NODE, 1n, 'Чай', 1.5),
      row(5, NODE, 2n, null, 2),
    ])

    const said = described(await other.store.sumTables({ throughSeq, knownTo: NODE }))

    assert.deepEqual(said, [
      '34: 1 c0e5d52c531c112f',
      '37: 1 ddec1073013a15d8',
      '39: 1 7be1daf372921226',
    ])
    const again = await open(`${GOODS} ${ROWS}`)
    assert.deepEqual(described(await again.store.sumTables({ throughSeq: 9 })), said)
  })

  it('is of the columns that the other side has summed', async () => {
    const node = await open(`${GOODS} ${ROWS}`)
    const of = async (...columns: string[]): Promise<readonly TableSum[]> => {
      const asked = new Map([['goods', { keyLength: 1, columns }]])
      return node.store.sumTables({ throughSeq: 9, columns: asked })
    }

    const [narrow] = await of('id', 'price')
    const [unknown] = await of('id', 'colour')
    const [another] = await of('name')

    assert.deepEqual(narrow?.columns, ['id', 'price'])
    assert.deepEqual([unknown, another], [undefined, undefined])
  })
}

const PARTS: PlanRules = {
  ...DEFAULT_PLAN_RULES,
  tables: new Map([['goods', { direction: 'both', where: `name = 'a'`, leaveOut: [] }]]),
}
const ONE_WAY: PlanRules = {
  ...DEFAULT_PLAN_RULES,
  tables: new Map([['goods', { direction: 'out', leaveOut: [] }]]),
}

function leavesOut(open: OpenDatabase): void {
  it('is nothing of a table of which nodes have parts, or that goes one way', async () => {
    for (const rules of [PARTS, ONE_WAY]) {
      const node = await open(`${GOODS} ${ROWS}`, rules)

      assert.deepEqual(await node.store.sumTables({ throughSeq: 9 }), [])
    }
  })

  it('is nothing of rows that changed since, but for those that came from who asks', async () => {
    const node = await open(GOODS)
    await node.sql(`INSERT INTO goods VALUES (1, 'a', 1)`)
    const throughSeq = await node.fold()
    await node.apply(LINE, [row(5, NODE, 2n, 'b', 1)])
    const known = described(await node.store.sumTables({ throughSeq, knownTo: NODE }))
    const unknown = described(await node.store.sumTables({ throughSeq }))
    await node.sql(`UPDATE goods SET price = 2 WHERE id = 1`)
    const changed = described(await node.store.sumTables({ throughSeq, knownTo: NODE }))

    assert.equal(known.filter((part) => part.endsWith('open')).length, 0)
    assert.equal(unknown.filter((part) => part.endsWith('open')).length, 1)
    assert.equal(changed.filter((part) => part.endsWith('open')).length, 1)
    assert.notDeepEqual(changed, unknown)
  })

  it('is nothing of rows that wait, because the database refuses them', async () => {
    const node = await open(
      `CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT, price DOUBLE PRECISION CHECK (price < 5));`,
    )
    await node.apply(LINE, [row(5, NODE, 1n, 'a', 9), row(5, NODE, 2n, 'b', 1)])

    const said = described(await node.store.sumTables({ throughSeq: 0, knownTo: NODE }))

    assert.equal(said.filter((part) => part.endsWith('open')).length, 1)
    assert.equal(said.length, 2)
  })
}

function keepsFindings(open: OpenDatabase): void {
  it('is kept with the node that it is of, until it is found otherwise or the node goes', async () => {
    const node = await open(GOODS)
    await addNode(node)
    const difference = {
      node: NODE,
      table: 'goods',
      parts: [3, 17],
      rowsHere: 4,
      rowsThere: 5,
      foundAt: 7,
    }
    const there = {
      node: NODE,
      rowCount: 3,
      rows: [{ table: 'goods', key: '[1]', reason: '“no”' }],
      toldAt: 8,
    }
    await node.store.transaction(async (transaction) => {
      await transaction.saveDifferences(NODE, [difference])
      await transaction.keepSetAsideThere({ ...there, rowCount: 9 })
      await transaction.keepSetAsideThere(there)
    })

    assert.deepEqual(await node.store.differences(), [difference])
    assert.deepEqual(await node.store.setAsideThere(), [there])
    const known = await node.store.transaction((transaction) => transaction.differencesWith(NODE))
    assert.deepEqual(known, [difference])
    await node.store.transaction((transaction) => transaction.removeNode(NODE))
    assert.deepEqual([await node.store.differences(), await node.store.setAsideThere()], [[], []])
  })
}

function keepsStanding(open: OpenDatabase): void {
  it('is kept of lives and forks, and names nodes with which nothing is exchanged', async () => {
    const node = await open(GOODS)
    await addNode(node)
    const state = {
      ...newNodeState(NODE),
      toldRefused: 2,
      standing: {
        forks: 3,
        forkedAt: 4,
        lives: ['b', 'a'],
        peer: { lives: ['x'], ended: ['y'], returns: [1, 2] },
        checkedAt: 5,
        stop: { twice: 'there', since: 6 },
      },
    } as const

    await node.store.transaction((transaction) => transaction.saveNode(state))

    assert.deepEqual(await node.store.nodes(), [state])
    const survey = await node.store.survey({ nowMs: 9, resendAfterMs: 9 })
    assert.deepEqual([...survey.stopped], [[NODE, { twice: 'there', since: 6 }]])
  })

  it('names the rows of a node that wait here, and tells when it was told another number of them', async () => {
    const node = await open(
      `CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT, price DOUBLE PRECISION CHECK (price < 5));`,
    )
    await addNode(node)
    const look = { nowMs: 9, resendAfterMs: 9 }
    const before = await node.store.survey(look)
    await node.apply(LINE, [row(5, NODE, 1n, 'a', 9), row(5, NODE, 2n, 'b', 1)])

    const after = await node.store.survey(look)
    const setAside = await node.store.transaction((transaction) => transaction.setAsideOf(NODE))

    assert.deepEqual([before.hasRefused, [...before.toTell]], [false, []])
    assert.deepEqual([after.hasRefused, [...after.toTell]], [true, [NODE]])
    assert.deepEqual(
      [setAside?.rowCount, setAside?.rows.map(({ table, key }) => [table, key])],
      [1, [['goods', '[1]']]],
    )
  })
}
