import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { type ChangeBatch, parseNodeCode } from '@obmen/exchange'
import fc from 'fast-check'

import { BodyLineReader } from '../../../src/message/body-line-reader.ts'
import { formatTableLine, isRowLine } from '../../../src/message/body-lines.ts'
import { base64 } from '../../../src/platform/base64.ts'
import { anyText } from '../../message/any-text.ts'
import { changesOf, PreparedDatabase, row, tableLine } from './prepared-database.ts'

const TYPES = ['INTEGER', 'REAL', 'TEXT', 'NUMERIC', 'DATE', '', 'TEXT COLLATE NOCASE']
const EVERYTHING = { afterSeq: 0, throughSeq: Number.MAX_SAFE_INTEGER }
const GOODS = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT)'
const GOODS_LINE = tableLine('goods', 1, { id: 'integer', name: 'text' })

interface ReadOptions {
  readonly room?: number
  readonly keepsOwn?: boolean
}

/** What `С01` is offered, as lines where they are to be had. */
async function readLines(
  { store }: PreparedDatabase,
  { room = Number.POSITIVE_INFINITY, keepsOwn = false }: ReadOptions = {},
): Promise<ChangeBatch[]> {
  const batches: ChangeBatch[] = []
  const forNode = parseNodeCode('С01')
  const request = { ...EVERYTHING, forNode, keepsOwn, roomForLines: () => room }
  for await (const batch of store.readChanges(request)) batches.push(batch)
  return batches
}

async function readRowByRow({ store }: PreparedDatabase): Promise<ChangeBatch[]> {
  const batches: ChangeBatch[] = []
  const forNode = parseNodeCode('С01')
  for await (const batch of store.readChanges({ ...EVERYTHING, forNode })) batches.push(batch)
  return batches
}

/** The rows of batches, as their receiver reads them. */
function rowsOf(batches: readonly ChangeBatch[]): unknown[] {
  return batches.flatMap(({ table, changes, lines }) => {
    if (lines === undefined) return changes.map((change) => change.row)
    const reader = new BodyLineReader(base64)
    reader.read(formatTableLine(table))
    const texts = Buffer.from(lines.octets).toString().split('\n')
    assert.equal(texts.pop(), '')
    assert.equal(texts.length, lines.rowCount)
    const rows = texts.map((text) => reader.read(text))
    assert.equal(rows.every(isRowLine), true)
    return rows
  })
}

function countRows(batches: readonly ChangeBatch[], form: 'lines' | 'rows'): number {
  const count = ({ changes, lines }: ChangeBatch): number =>
    form === 'rows' ? changes.length : (lines?.rowCount ?? 0)
  return batches.reduce((sum, batch) => sum + count(batch), 0)
}

const anyValue = fc.oneof(
  fc.constantFrom(null, 2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n), 2n ** 63n - 1n, 5, -0, 0.1, 1e19),
  fc.constantFrom(Number.POSITIVE_INFINITY, 1.7976931348623157e308, 5e-324, 0.1 + 0.2),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true }),
  anyText.map((text) => text.toWellFormed()),
  fc.constantFrom('', '{"i":"5"}', '007', 'a\0b', '\u2028\r\n\t\u007F"\\', '📦'),
  fc.uint8Array({ maxLength: 8 }),
)

describe('rows as lines', () => {
  it('say the same as rows that are read one by one, whatever is in them', async () => {
    const values = fc.array(anyValue, { minLength: 2, maxLength: 4 })
    let asLines = 0
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...TYPES), values, async (type, some) => {
        const node = new PreparedDatabase(`CREATE TABLE t (id INTEGER PRIMARY KEY, c ${type})`)
        const insert = node.database.prepare('INSERT INTO t (c) VALUES (?)')
        for (const value of some) insert.run(value)
        await node.fold()
        const lines = await readLines(node)
        asLines += countRows(lines, 'lines')
        assert.deepEqual(rowsOf(lines), rowsOf(await readRowByRow(node)))
      }),
      { numRuns: 100 },
    )
    assert.equal(asLines > 0, true)
  })

  it('hold every fraction to its last bit', async () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 100,
      maxLength: 100,
    })
    await fc.assert(
      fc.asyncProperty(numbers, async (some) => {
        const node = new PreparedDatabase('CREATE TABLE t (id INTEGER PRIMARY KEY, r REAL)')
        const insert = node.database.prepare('INSERT INTO t (r) VALUES (?)')
        for (const number of some) if (Math.abs(number) < 1e308) insert.run(number)
        await node.fold()
        const lines = await readLines(node)
        assert.equal(countRows(lines, 'rows'), 0)
        assert.deepEqual(rowsOf(lines), rowsOf(await readRowByRow(node)))
      }),
      { numRuns: 20 },
    )
  })

  it('come in the order of positions, from tables by turns, deletions among them', async () => {
    const node = new PreparedDatabase(`${GOODS}; CREATE TABLE other (id TEXT PRIMARY KEY)`)
    const numbers = (count: number): string =>
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`
    for (const count of [300, 7, 140]) {
      node.sql(`${numbers(count)} INSERT OR REPLACE INTO goods SELECT 1000 - i, 'x' FROM n;
        ${numbers(count)} INSERT OR REPLACE INTO other SELECT i FROM n;
        DELETE FROM goods WHERE id % 5 = 0`)
      await node.fold()
    }

    const lines = await readLines(node)

    assert.equal(countRows(lines, 'rows') < countRows(lines, 'lines'), true)
    assert.deepEqual(rowsOf(lines), rowsOf(await readRowByRow(node)))
  })

  it('end where there is no room for more, and the rest comes row by row', async () => {
    const node = new PreparedDatabase(GOODS)
    node.sql(`INSERT INTO goods VALUES (1, 'a'), (2, 'b'), (3, 'c')`)
    await node.fold()
    const [whole] = await readLines(node)
    const room = whole?.lines?.octets.length ?? 0

    const fitting = await readLines(node, { room })
    const tooLarge = await readLines(node, { room: room - 1 })

    assert.equal(countRows(fitting, 'lines'), 3)
    assert.equal(countRows(tooLarge, 'rows'), 3)
  })

  it('are of one sender where the sender matters', async () => {
    const node = new PreparedDatabase(GOODS)
    await node.apply(GOODS_LINE, [row(5, 'С02', 1n, 'a'), row(5, 'С02', 2n, 'b')], { code: 'С02' })
    const ofOne = await readLines(node, { keepsOwn: true })
    await node.apply(GOODS_LINE, [row(5, 'С03', 3n, 'c')], { code: 'С03' })
    const ofTwo = await readLines(node, { keepsOwn: true })

    assert.deepEqual(
      ofOne.map(({ lines }) => lines?.via),
      ['С02'],
    )
    assert.deepEqual(
      changesOf(ofTwo).map(({ via }) => via),
      ['С02', 'С02', 'С03'],
    )
  })

  it('are not made of what is no text, nor of long rows', async () => {
    for (const value of [`CAST(x'cff0' AS TEXT)`, `x'00'`, `printf('%.*c', 20000, 'x')`]) {
      const node = new PreparedDatabase(GOODS)
      node.sql(`INSERT INTO goods VALUES (1, 'a'), (2, ${value}), (3, 'c')`)
      await node.fold()

      const batches = await readLines(node)

      assert.deepEqual(rowsOf(batches), rowsOf(await readRowByRow(node)))
      assert.equal(countRows(batches, 'rows'), 3)
    }
  })

  it('are not made in a database of UTF-16, nor of more columns than a function takes', async () => {
    const many = Array.from({ length: 120 }, (_, index) => `c${index} TEXT`).join(', ')
    for (const schema of [
      `PRAGMA encoding = 'UTF-16le'; ${GOODS}`,
      `CREATE TABLE goods (id INTEGER PRIMARY KEY, ${many})`,
    ]) {
      const node = new PreparedDatabase(schema)
      node.sql('INSERT INTO goods (id) VALUES (1), (2)')
      await node.fold()

      assert.equal(countRows(await readLines(node), 'rows'), 2)
    }
  })
})
