/** A row that is known is written in one of two ways, by what its table can refuse: both must leave the same database. */
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'

import type { RowLine } from '@obmen/exchange'
import fc from 'fast-check'

import { readUserTables, type UserTable } from '../../../src/store/sqlite/user-table.ts'
import { deletion, PreparedDatabase, row, tableLine, type TestSender } from './prepared-database.ts'

const GOODS = tableLine('goods', 2, {
  id: 'integer',
  code: ['text', 'NOCASE'],
  place: 'integer',
  amount: 'integer',
  part_of: 'integer',
})

/** A condition that always holds makes the table one that may refuse a row. */
const SCHEMA = (condition: string): string => `
  CREATE TABLE places (id INTEGER PRIMARY KEY);
  CREATE TABLE goods (id INTEGER, code TEXT COLLATE NOCASE, place INTEGER REFERENCES places, amount INTEGER NOT NULL,
    part_of INTEGER, ${condition} PRIMARY KEY (id, code));
  INSERT INTO places VALUES (1), (2);
  INSERT INTO goods VALUES (1, 'a', 1, 1, NULL), (2, 'b', NULL, 2, 1), (3, 'c', 2, 3, 2);`

const key = fc.tuple(fc.bigInt(1n, 4n), fc.constantFrom('a', 'A', 'b', 'c'))
const arrival = fc
  .record({
    key,
    stamp: fc.integer({ min: 0, max: 9 }),
    origin: fc.constantFrom('С01', 'С02', 'ЦБ'),
    place: fc.option(fc.bigInt(1n, 3n)),
    amount: fc.option(fc.oneof(fc.bigInt(0n, 9n), fc.constant(Number.NaN), fc.constant(0.5)), {
      freq: 9,
    }),
    isDeleted: fc.boolean(),
  })
  .map(({ key: [id, code], stamp, origin, place, amount, isDeleted }): RowLine => {
    if (isDeleted && stamp % 2 === 0) return deletion(stamp, origin, id, code)
    return row(stamp, origin, id, code, place, amount, id === 4n ? 4n : null)
  })

const sender = fc.record({
  code: fc.constantFrom('С01', 'С02'),
  acknowledgedSeq: fc.constantFrom(0, 2, 20),
  beginsAnew: fc.boolean(),
})

type Step = string | { readonly rows: readonly RowLine[]; readonly sender: TestSender }

/** What is changed here has the same time in both databases. */
const AT = 'UPDATE obmen_log_1 SET at = 5; UPDATE obmen_log_2 SET at = 5;'

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ rows: fc.array(arrival, { maxLength: 8 }), sender }) },
  fc.bigInt(1n, 4n).map((id) => `UPDATE goods SET amount = amount + 1 WHERE id = ${id}; ${AT}`),
  fc.bigInt(1n, 4n).map((id) => `DELETE FROM goods WHERE id = ${id}; ${AT}`),
  fc.bigInt(1n, 3n).map((id) => `INSERT OR IGNORE INTO places VALUES (${id}); ${AT}`),
  fc.bigInt(1n, 3n).map((id) => `DELETE FROM places WHERE id = ${id}; ${AT}`),
)

const CONTENTS = [
  'SELECT *, typeof(amount) FROM goods ORDER BY id, code',
  'SELECT * FROM obmen_index_1 ORDER BY seq',
  'SELECT * FROM obmen_index_2 ORDER BY seq',
  'SELECT table_name, row_key, node, row_line, reason, ours FROM obmen_refused ORDER BY 1, 2',
  'SELECT row_key, node, winner, ours, theirs FROM obmen_conflict ORDER BY id',
  `SELECT value FROM obmen_meta WHERE name = 'head_seq'`,
]

async function outcomeOf(condition: string, steps: readonly Step[]): Promise<unknown> {
  const node = new PreparedDatabase(SCHEMA(condition))
  const summaries: unknown[] = []
  for (const one of steps) {
    if (typeof one === 'string') node.sql(one)
    else summaries.push(await node.apply(GOODS, one.rows, one.sender))
  }
  const contents = CONTENTS.map((query) => node.rows(query))
  node.database.close()
  return { summaries, contents }
}

function refusesOf(schema: string): Pick<UserTable, 'refuses' | 'notNull'> {
  const database = new DatabaseSync(':memory:')
  database.exec(schema)
  const [table] = readUserTables(database)
  database.close()
  if (table === undefined) throw new TypeError('no table')
  return table
}

describe('rows that are known', () => {
  it('leave the same database whether their entry is written first or they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        assert.deepEqual(await outcomeOf('', steps), await outcomeOf('CHECK (id > 0),', steps))
      }),
      { numRuns: 60 },
    )
  })

  for (const condition of ['', 'CHECK (id > 0),']) {
    it(`come back when they went without being registered${condition && ', whatever may be refused'}`, async () => {
      const node = new PreparedDatabase(SCHEMA(condition))
      node.sql('DELETE FROM goods WHERE id = 1; DELETE FROM obmen_log_1; DELETE FROM obmen_log_2')

      const summary = await node.apply(GOODS, [row(7, 'С01', 1n, 'a', 2n, 5n, null)], {
        acknowledgedSeq: 20,
      })

      assert.equal(summary.applied, 1)
      assert.deepEqual(node.rows('SELECT * FROM goods WHERE id = 1'), [[1, 'a', 2, 5, null]])
      assert.deepEqual(
        node.rows('SELECT k1, k2, stamp, origin, via, gone FROM obmen_index_2 WHERE k1 = 1'),
        [[1, 'a', 7, 'С01', 'С01', 0]],
      )
      node.database.close()
    })
  }

  it('are refused by nothing but NULL where the table asks for nothing else', () => {
    const { refuses, notNull } = refusesOf('CREATE TABLE t (id PRIMARY KEY, a INT NOT NULL, b)')

    assert.equal(refuses, 'nothing but NULL')
    assert.deepEqual([...notNull], ['a'])
  })

  for (const [what, schema] of [
    ['checks its values', 'CREATE TABLE t (id PRIMARY KEY, a CHECK (a > 0))'],
    ['has other unique values', 'CREATE TABLE t (id PRIMARY KEY, a UNIQUE)'],
    [
      'has unique expressions',
      'CREATE TABLE t (id PRIMARY KEY, a); CREATE UNIQUE INDEX u ON t (a + 1)',
    ],
    [
      'has an index on an expression',
      `CREATE TABLE t (id PRIMARY KEY, a); CREATE INDEX i ON t (json_extract(a, '$.x'))`,
    ],
    [
      'has an index with a condition',
      `CREATE TABLE t (id PRIMARY KEY, a); CREATE INDEX i ON t (id) WHERE abs(a) > 1`,
    ],
    ['is strict', 'CREATE TABLE t (id TEXT PRIMARY KEY, a INT) STRICT'],
    ['computes columns', 'CREATE TABLE t (id PRIMARY KEY, a, b AS (a + 1) NOT NULL)'],
  ] as const) {
    it(`may be refused where the table ${what}`, () => {
      assert.equal(refusesOf(schema).refuses, 'anything')
    })
  }
})
