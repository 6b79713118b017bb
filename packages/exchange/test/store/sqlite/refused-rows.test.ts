import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'

import { openSqliteStore, prepareSqlite } from '@obmen/exchange/sqlite'

import { deletion, PLAN, PreparedDatabase, row, tableLine } from './prepared-database.ts'
import { applyMessage } from '../store-language.ts'

const GOODS = tableLine('goods', 1, { id: 'integer', code: 'text' })
const ROWS = 'SELECT * FROM goods ORDER BY id'
const SCHEMA = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE)'

const GOODS_ALONE = { content: { kind: 'only', tables: ['goods'] } } as const

const REFUSALS: readonly {
  readonly name: string
  readonly schema: string
  readonly reason: string
  readonly code?: 'text' | 'integer'
  readonly fine?: number
}[] = [
  {
    name: 'a unique value that another row has',
    schema: `CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE); INSERT INTO goods VALUES (9, 'bad')`,
    reason: 'UNIQUE constraint failed: goods.code',
  },
  {
    name: 'a CHECK',
    schema: `CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT CONSTRAINT fine CHECK (code <> 'bad'))`,
    reason: 'CHECK constraint failed: fine',
  },
  {
    name: 'NOT NULL of a column that the sender does not have',
    schema: `CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT, shelf TEXT NOT NULL DEFAULT (NULL))`,
    reason: 'NOT NULL constraint failed: goods.shelf',
    fine: 0,
  },
  {
    name: 'the type of a STRICT table',
    schema: 'CREATE TABLE goods (id INTEGER PRIMARY KEY, code INTEGER) STRICT',
    reason: 'cannot store TEXT value in INTEGER column goods.code',
    code: 'integer',
    fine: 0,
  },
  {
    name: 'an index on an expression',
    schema: `CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT);
      CREATE INDEX good ON goods (CASE code WHEN 'bad' THEN json_extract(code, '$.x') END)`,
    reason: 'malformed JSON',
  },
  {
    name: 'the condition of an index',
    schema: `CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT);
      CREATE INDEX good ON goods (id) WHERE abs(iif(code = 'bad', -9223372036854775808, 1)) > 2`,
    reason: 'integer overflow',
  },
  {
    name: 'a computed column that would be too long',
    schema: `CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT,
      long AS (iif(code = 'bad', zeroblob(2000000000), NULL)) STORED)`,
    reason: 'string or blob too big',
  },
]

describe('a row that the database refuses', () => {
  for (const { name, schema, reason, code = 'text', fine = 1 } of REFUSALS) {
    it(`is set aside with the reason, and the rest is applied: ${name}`, async () => {
      const node = new PreparedDatabase(schema)

      const summary = await node.apply(tableLine('goods', 1, { id: 'integer', code }), [
        row(2, 'С01', 1n, 'bad'),
        row(2, 'С01', 2n, 'good'),
        deletion(2, 'С01', 3n),
      ])

      const [refused] = await node.store.refusedRows()
      assert.equal(summary.applied, fine + 1)
      assert.deepEqual(refused, {
        table: 'goods',
        key: '[1]',
        node: 'С01',
        reason,
        row: '["u",2,"С01",1,"bad"]',
        ours: undefined,
        refusedAt: 1_800_000_000_000,
      })
    })
  }

  describe('because an expression fails at what it holds', () => {
    const EXPRESSION = `CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT);
      CREATE INDEX good ON goods (json_extract(code, '$.x')); INSERT INTO goods VALUES (1, '{}'), (2, '{}')`

    it('leaves the row that is here, and what is known of it, as they are', async () => {
      const node = new PreparedDatabase(EXPRESSION)
      const before = node.rows('SELECT * FROM obmen_index_1 WHERE k1 = 1')

      const summary = await node.apply(
        GOODS,
        [row(2, 'С01', 1n, '{'), row(2, 'С01', 2n, '{"x":1}')],
        { acknowledgedSeq: 2 },
      )

      assert.deepEqual([summary.applied, summary.refused], [1, 1])
      assert.deepEqual(node.rows('SELECT * FROM obmen_index_1 WHERE k1 = 1'), before)
      assert.deepEqual(node.rows(ROWS), [
        [1, '{}'],
        [2, '{"x":1}'],
      ])
      assert.deepEqual(node.rows('PRAGMA integrity_check'), [['ok']])
    })

    it('is set aside when a trigger that stays fails, and nothing stays of what it did', async () => {
      const node = new PreparedDatabase(
        `CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT); CREATE TABLE journal (code);
         CREATE TRIGGER noted AFTER INSERT ON goods BEGIN
           INSERT INTO journal VALUES (NEW.code); INSERT INTO journal VALUES (json(NEW.code)); END`,
        GOODS_ALONE,
      )

      await node.apply(GOODS, [row(2, 'С01', 1n, '{'), row(2, 'С01', 2n, '5')])

      const [refused] = await node.store.refusedRows()
      assert.equal(refused?.reason, 'malformed JSON')
      assert.deepEqual(node.rows('SELECT code FROM journal'), [['5'], ['5']])
      assert.deepEqual(node.rows(ROWS), [[2, '5']])
    })

    it('is set aside when a function of the application throws', async () => {
      const node = new PreparedDatabase('CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT)')
      node.database.function('fine', { deterministic: true }, (code) => {
        if (code === 'bad') throw new TypeError('no goods of this kind')
        return code
      })
      node.sql('CREATE INDEX good ON goods (fine(code))')

      await node.apply(GOODS, [row(2, 'С01', 1n, 'bad'), row(2, 'С01', 2n, 'good')])

      const [refused] = await node.store.refusedRows()
      assert.equal(refused?.reason, 'no goods of this kind')
      assert.deepEqual(node.rows(ROWS), [[2, 'good']])
    })

    it('stops its message in strict mode', async () => {
      const node = new PreparedDatabase(EXPRESSION, { rules: { strict: true } })

      await assert.rejects(node.apply(GOODS, [row(2, 'С01', 3n, '{')]), { code: 'ROW_REFUSED' })
    })
  })

  it('is not set aside where no row can be written: only the application has a function of the table', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT, shelf TEXT)',
    )
    node.database.function('fine', { deterministic: true }, (code) => code)
    node.sql('CREATE INDEX good ON goods (fine(code))')
    const elsewhere = new DatabaseSync(':memory:')
    elsewhere.deserialize(node.database.serialize())

    const parts = [{ table: GOODS, rows: [row(2, 'С01', 1n, 'a')] }]
    await assert.rejects(
      applyMessage(openSqliteStore(elsewhere, PLAN), parts, {}),
      /function: fine/,
    )
  })

  it('is not set aside when the disk is full: its message is', async () => {
    const node = new PreparedDatabase(SCHEMA)
    const [[pages] = []] = node.rows('PRAGMA page_count')
    node.sql(`PRAGMA max_page_count = ${Number(pages)}`)

    const many = Array.from({ length: 400 }, (_, no) => row(2, 'С01', BigInt(no), 'x'.repeat(99)))
    await assert.rejects(node.apply(GOODS, many), /full/)

    assert.deepEqual(await node.store.refusedRows(), [])
    assert.deepEqual(node.rows(ROWS), [])
  })

  it('is set aside too when its key is no number and the table wants one', async () => {
    const node = new PreparedDatabase(SCHEMA)

    const summary = await node.apply(GOODS, [row(2, 'С01', 'x', 'a'), row(2, 'С01', 2n, 'b')])

    const [refused] = await node.store.refusedRows()
    assert.deepEqual([summary.applied, summary.refused], [1, 1])
    assert.equal(refused?.reason, 'datatype mismatch')
  })

  it('is applied after a later message, once it fits', async () => {
    const node = new PreparedDatabase(`${SCHEMA}; INSERT INTO goods VALUES (9, 'a')`)
    await node.apply(GOODS, [row(2, 'С01', 1n, 'a')])
    node.sql(`UPDATE goods SET code = 'z' WHERE id = 9`)

    const summary = await node.apply(GOODS, [])

    assert.deepEqual(summary, { applied: 1, outdated: 0, conflicts: 0, refused: 0 })
    assert.deepEqual(await node.store.refusedRows(), [])
    assert.deepEqual(node.rows(ROWS), [
      [1, 'a'],
      [9, 'z'],
    ])
  })

  it('travels on to other nodes only when it is applied, and not back to where it came from', async () => {
    const node = new PreparedDatabase(`${SCHEMA}; INSERT INTO goods VALUES (9, 'a')`)
    await node.apply(GOODS, [row(2, 'С01', 1n, 'a')], { code: 'С01' })
    const before = node.rows('SELECT k1, via FROM obmen_index_1')
    node.sql('DELETE FROM goods WHERE id = 9')

    await node.apply(GOODS, [], { code: 'С02' })

    assert.deepEqual(before, [[9, '']])
    assert.deepEqual(node.rows('SELECT k1, stamp, origin, via FROM obmen_index_1 WHERE k1 = 1'), [
      [1, 2, 'С01', 'С01'],
    ])
  })

  it('stays in the summary until it fits', async () => {
    const node = new PreparedDatabase(`${SCHEMA}; INSERT INTO goods VALUES (9, 'a')`)
    await node.apply(GOODS, [row(2, 'С01', 1n, 'a')])

    const summary = await node.apply(GOODS, [row(2, 'С01', 2n, 'b')])

    assert.deepEqual(summary, { applied: 1, outdated: 0, conflicts: 0, refused: 1 })
  })

  it('stays on record as it was while it is refused for the same reason', async () => {
    const node = new PreparedDatabase(`${SCHEMA}; INSERT INTO goods VALUES (9, 'a')`)
    await node.apply(GOODS, [row(2, 'С01', 1n, 'a')])
    node.sql('UPDATE obmen_refused SET refused_at = 5')

    await node.apply(GOODS, [])

    const [refused] = await node.store.refusedRows()
    assert.equal(refused?.refusedAt, 5)
  })

  it('has the reason on record for which it was refused last', async () => {
    const node = new PreparedDatabase(
      `CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE, shelf TEXT DEFAULT 'left' UNIQUE);
       INSERT INTO goods VALUES (9, 'a', 'right')`,
    )
    await node.apply(GOODS, [row(2, 'С01', 1n, 'a')])
    node.sql(`UPDATE goods SET code = 'z', shelf = 'left'`)

    await node.apply(GOODS, [])

    assert.deepEqual(
      (await node.store.refusedRows()).map(({ reason }) => reason),
      ['UNIQUE constraint failed: goods.shelf'],
    )
  })

  it('does not overwrite a newer one that was applied meanwhile', async () => {
    const node = new PreparedDatabase(`${SCHEMA}; INSERT INTO goods VALUES (9, 'a')`)
    await node.apply(GOODS, [row(2, 'С01', 1n, 'a')])
    node.sql('DELETE FROM goods WHERE id = 9')

    const summary = await node.apply(GOODS, [row(3, 'С01', 1n, 'newer')])

    assert.deepEqual(summary, { applied: 1, outdated: 1, conflicts: 0, refused: 0 })
    assert.deepEqual(node.rows(ROWS), [[1, 'newer']])
  })

  it('does not bring a row back that was deleted meanwhile', async () => {
    const node = new PreparedDatabase(`${SCHEMA}; INSERT INTO goods VALUES (9, 'a')`)
    await node.apply(GOODS, [row(2, 'С01', 1n, 'a')])

    await node.apply(GOODS, [deletion(3, 'С01', 1n)])
    node.sql('DELETE FROM goods WHERE id = 9')
    await node.apply(GOODS, [])

    assert.deepEqual(node.rows(ROWS), [])
    assert.deepEqual(await node.store.refusedRows(), [])
  })

  it('does not take the place of a newer one that is refused as well', async () => {
    const node = new PreparedDatabase(`${SCHEMA}; INSERT INTO goods VALUES (8, 'a'), (9, 'b')`)
    await node.apply(GOODS, [row(2, 'С01', 1n, 'a')])

    await node.apply(GOODS, [row(3, 'С01', 1n, 'b')])
    const refused = await node.store.refusedRows()
    node.sql('DELETE FROM goods')
    await node.apply(GOODS, [])

    assert.deepEqual(
      refused.map((waiting) => waiting.row),
      ['["u",3,"С01",1,"b"]'],
    )
    assert.deepEqual(node.rows(ROWS), [[1, 'b']])
  })

  it('gives way to a change made here meanwhile, and that is on record', async () => {
    const node = new PreparedDatabase(`${SCHEMA}; INSERT INTO goods VALUES (1, 'x'), (9, 'a')`)
    await node.apply(GOODS, [row(2, 'С01', 1n, 'a')], { acknowledgedSeq: 2 })
    node.sql(`UPDATE goods SET code = 'mine' WHERE id = 1`)

    const summary = await node.apply(GOODS, [])

    const [conflict] = await node.store.conflicts()
    assert.deepEqual([summary.outdated, summary.conflicts, summary.refused], [1, 1, 0])
    assert.deepEqual(
      [conflict?.winner, conflict?.ours, conflict?.theirs],
      ['ours', '[1,"mine"]', '[1,"a"]'],
    )
  })

  it('is kept, and holds nothing up, when its table leaves the plan or loses a column', async () => {
    const both = `${SCHEMA}; CREATE TABLE places (id INTEGER PRIMARY KEY, code TEXT UNIQUE, note TEXT);
      INSERT INTO goods VALUES (9, 'a'); INSERT INTO places VALUES (9, 'a', '')`
    const node = new PreparedDatabase(both)
    const places = tableLine('places', 1, { id: 'integer', code: 'text', note: 'text' })
    await node.apply(GOODS, [row(2, 'С01', 1n, 'a')])
    await node.apply(places, [row(2, 'С01', 1n, 'a', 'n')])
    node.sql('ALTER TABLE places DROP COLUMN note')
    prepareSqlite(node.database, PLAN, { kind: 'only', tables: ['places'] })

    const summary = await node.apply(tableLine('places', 1, { id: 'integer', code: 'text' }), [
      row(3, 'С01', 2n, 'b'),
    ])

    assert.deepEqual([summary.applied, summary.refused], [1, 2])
    assert.deepEqual(
      (await node.store.refusedRows()).map(({ table }) => table),
      ['goods', 'places'],
    )
  })
})
