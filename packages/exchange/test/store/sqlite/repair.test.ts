import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { CaptureDisturbed } from '@obmen/exchange/errors'
import { openSqliteStore, prepareSqlite } from '@obmen/exchange/sqlite'

import { PLAN, PreparedDatabase, row, tableLine } from './prepared-database.ts'

const SCHEMA = `
  CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE);
  CREATE TABLE places (id INTEGER PRIMARY KEY);
  INSERT INTO goods VALUES (1, 'a'), (2, 'b'), (3, 'c'); INSERT INTO places VALUES (1)`

/** The way that SQLite's own documentation recommends for a change that ALTER TABLE can't make. */
const REBUILD = `
  CREATE TABLE new_goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE, price REAL);
  INSERT INTO new_goods (id, code) SELECT id, code FROM goods;
  DROP TABLE goods;
  ALTER TABLE new_goods RENAME TO goods;`

const DISTURBANCES = [
  { name: 'a rebuilt table', statements: REBUILD },
  { name: 'a dropped trigger', statements: 'DROP TRIGGER obmen_1_delete' },
  {
    name: 'a trigger that does something else',
    statements: `DROP TRIGGER obmen_1_delete;
      CREATE TRIGGER obmen_1_delete AFTER DELETE ON goods BEGIN SELECT 1; END`,
  },
  { name: 'a dropped log', statements: 'DROP TABLE obmen_log_1' },
  { name: 'a dropped change index', statements: 'DROP TABLE obmen_index_1' },
  { name: 'a dropped table', statements: 'DROP TABLE goods' },
  { name: 'a renamed table', statements: 'ALTER TABLE goods RENAME TO wares' },
  { name: 'a renamed key', statements: 'ALTER TABLE goods RENAME COLUMN id TO number' },
]

function isDisturbance(error: unknown): boolean {
  assert.equal(error instanceof CaptureDisturbed && error.code, 'CAPTURE_DISTURBED')
  assert.deepEqual(error instanceof CaptureDisturbed && error.tables, ['goods'])
  return true
}

describe('a disturbed capture', () => {
  for (const { name, statements } of DISTURBANCES) {
    it(`is noticed by a store that is open, and by one that is opened: ${name}`, async () => {
      const node = new PreparedDatabase(SCHEMA)

      node.sql(statements)

      await assert.rejects(node.fold(), isDisturbance)
      assert.equal(node.database.isTransaction, false)
      assert.throws(() => openSqliteStore(node.database, PLAN), isDisturbance)
    })
  }

  for (const { name, statements } of [
    { name: 'was renamed', statements: 'ALTER TABLE goods RENAME TO wares' },
    { name: 'was dropped', statements: 'DROP TABLE goods' },
  ]) {
    it(`names a table that ${name}, which a repair would take out of the plan`, async () => {
      const node = new PreparedDatabase(SCHEMA)

      node.sql(statements)

      await assert.rejects(node.fold(), {
        code: 'CAPTURE_DISTURBED',
        missing: ['goods'],
        message: /the database has no "goods" any more$/,
        hint: /^put the table back under its name/,
      })
    })
  }

  it('is not what an added column or index is', async () => {
    const node = new PreparedDatabase(SCHEMA)

    node.sql('ALTER TABLE goods ADD COLUMN price REAL; CREATE INDEX by_price ON goods (price)')
    node.sql(
      'ALTER TABLE goods RENAME COLUMN price TO cost; UPDATE goods SET cost = 2 WHERE id = 1',
    )
    node.sql('CREATE TABLE unknown (id INTEGER PRIMARY KEY); INSERT INTO unknown VALUES (1)')

    assert.deepEqual((await node.newChanges()).slice(-1), ['+ goods 1 "a" 2.0'])
  })
})

describe('a unique value that comes or goes', () => {
  const EVICTIONS = `SELECT count(*) FROM sqlite_schema WHERE name LIKE 'obmen\\_%\\_evict%' ESCAPE '\\'`

  it('is taken up by a store that is open, and nothing else is registered', async () => {
    const node = new PreparedDatabase(SCHEMA)
    await node.newChanges()
    node.sql('ALTER TABLE goods ADD COLUMN price REAL; UPDATE goods SET price = id')
    node.sql('CREATE UNIQUE INDEX more ON goods (price)')
    await node.newChanges()

    const registered = await node.newChanges()
    node.sql(`INSERT OR REPLACE INTO goods VALUES (9, 'z', 2)`)

    assert.deepEqual(registered, [])
    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods 9 "z" 2.0', '- goods 2'])
  })

  it('is taken up by opening a store, and by preparing anew', () => {
    const opened = new PreparedDatabase(SCHEMA)
    const prepared = new PreparedDatabase(SCHEMA)
    for (const node of [opened, prepared]) node.sql('CREATE UNIQUE INDEX more ON goods (code, id)')

    openSqliteStore(opened.database, PLAN)
    const { tables } = prepareSqlite(prepared.database, PLAN, { kind: 'all' })

    assert.deepEqual(opened.rows(EVICTIONS), [[4]])
    assert.deepEqual(prepared.rows(EVICTIONS), [[4]])
    assert.deepEqual(tables[0], { table: 'goods', rowCount: 0, kind: 'present' })
    opened.sql('DROP INDEX more')
    openSqliteStore(opened.database, PLAN)
    assert.deepEqual(opened.rows(EVICTIONS), [[2]])
  })

  it('is taken up the next time when the first time is rolled back', async () => {
    const node = new PreparedDatabase(SCHEMA)
    node.sql('CREATE UNIQUE INDEX more ON goods (code, id)')

    await assert.rejects(node.store.transaction(() => Promise.reject(new Error('power failure'))))
    const rolledBack = node.rows(EVICTIONS)
    await node.fold()

    assert.deepEqual(rolledBack, [[2]])
    assert.deepEqual(node.rows(EVICTIONS), [[4]])
  })
})

describe('mending a capture', () => {
  it('gives way to what was really entered elsewhere meanwhile, and lets a missed change travel', async () => {
    const node = new PreparedDatabase(SCHEMA)
    const goods = tableLine('goods', 1, { id: 'integer', code: 'text' })
    await node.apply(goods, [row(1000, 'С01', 1n, 'x'), row(1000, 'С01', 2n, 'y')])
    node.sql(`DROP TRIGGER obmen_1_update; UPDATE goods SET code = 'missed' WHERE id = 2`)

    prepareSqlite(node.database, PLAN, { kind: 'all' })
    await node.apply(goods, [row(2000, 'С01', 1n, 'edited'), row(1000, 'С01', 2n, 'y')])

    assert.deepEqual(node.rows('SELECT id, code FROM goods WHERE id < 3'), [
      [1, 'edited'],
      [2, 'missed'],
    ])
  })

  it('keeps the time of what was registered and not yet folded', async () => {
    const node = new PreparedDatabase(SCHEMA)
    const goods = tableLine('goods', 1, { id: 'integer', code: 'text' })
    await node.fold()
    node.sql(`UPDATE goods SET code = 'now' WHERE id = 1; DROP TRIGGER obmen_1_delete`)

    prepareSqlite(node.database, PLAN, { kind: 'all' })
    await node.apply(goods, [row(2000, 'С01', 1n, 'long ago')])

    assert.deepEqual(node.rows('SELECT code FROM goods WHERE id = 1'), [['now']])
  })

  it('registers every row, present or gone, so that nothing is lost', async () => {
    const node = new PreparedDatabase(SCHEMA)
    await node.newChanges()
    node.sql(REBUILD)
    node.sql(`DELETE FROM goods WHERE id = 2; INSERT INTO goods VALUES (4, 'd', 1.5)`)

    const { tables } = prepareSqlite(node.database, PLAN, { kind: 'all' })

    assert.deepEqual(tables, [
      { table: 'goods', rowCount: 4, kind: 'repaired' },
      { table: 'places', rowCount: 0, kind: 'present' },
    ])
    assert.deepEqual((await node.newChanges()).toSorted(), [
      '+ goods 1 "a" null',
      '+ goods 3 "c" null',
      '+ goods 4 "d" 1.5',
      '- goods 2',
    ])
  })

  it('keeps versions growing, so that a mended row wins over what it was', async () => {
    const node = new PreparedDatabase(SCHEMA)
    const goods = tableLine('goods', 1, { id: 'integer', code: 'text' })
    await node.apply(goods, [row(9_000_000_000_000, 'С01', 1n, 'z')])
    node.sql(`DROP TRIGGER obmen_1_update; UPDATE goods SET code = 'mine' WHERE id = 1`)

    prepareSqlite(node.database, PLAN, { kind: 'all' })
    await node.fold()

    assert.deepEqual(node.rows('SELECT stamp, origin, via FROM obmen_index_1 WHERE k1 = 1'), [
      [9_000_000_000_001, 'ЦБ', ''],
    ])
  })

  it('keeps what was registered and not yet folded', async () => {
    const node = new PreparedDatabase(SCHEMA)
    await node.newChanges()
    node.sql('DELETE FROM goods WHERE id = 3; DROP TRIGGER obmen_1_insert')

    prepareSqlite(node.database, PLAN, { kind: 'all' })

    assert.equal((await node.newChanges()).includes('- goods 3'), true)
  })

  it('registers changes again from then on', async () => {
    const node = new PreparedDatabase(SCHEMA)
    node.sql(REBUILD)
    prepareSqlite(node.database, PLAN, { kind: 'all' })
    await node.newChanges()

    node.sql(`INSERT OR REPLACE INTO goods VALUES (9, 'a', 5)`)

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods 9 "a" 5.0', '- goods 1'])
  })

  it('begins anew where the primary key is another one', async () => {
    const node = new PreparedDatabase(SCHEMA)
    await node.newChanges()
    node.sql(`CREATE TABLE new_goods (code TEXT PRIMARY KEY, id INTEGER);
      INSERT INTO new_goods SELECT code, id FROM goods; DROP TABLE goods;
      ALTER TABLE new_goods RENAME TO goods`)

    prepareSqlite(node.database, PLAN, { kind: 'all' })
    const mended = await node.newChanges()
    node.sql(`UPDATE goods SET id = 7 WHERE code = 'b'; DELETE FROM goods WHERE code = 'a'`)

    assert.deepEqual(mended, ['+ goods "a" 1', '+ goods "b" 2', '+ goods "c" 3'])
    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods "b" 7', '- goods "a"'])
  })

  it('keeps the change index where only the key column’s name is another one', async () => {
    const node = new PreparedDatabase(SCHEMA)
    await node.newChanges()
    node.sql('DELETE FROM goods WHERE id = 2')
    await node.fold()
    node.sql('ALTER TABLE goods RENAME COLUMN id TO number')

    prepareSqlite(node.database, PLAN, { kind: 'all' })

    assert.equal((await node.newChanges()).includes('- goods 2'), true)
  })
})

describe('a database whose log and index name the collation that goes without saying', () => {
  const WORDS = 'CREATE TABLE words (word TEXT PRIMARY KEY, meaning TEXT)'
  const NAMED = 'k1 TEXT NOT NULL COLLATE "BINARY"'

  /** As the first databases were prepared. */
  function prepareAsAtFirst(): PreparedDatabase {
    const node = new PreparedDatabase(WORDS)
    const made = node.rows(
      `SELECT sql FROM sqlite_schema WHERE tbl_name IN ('obmen_log_1', 'obmen_index_1') AND type <> 'trigger' AND sql <> ''`,
    )
    node.sql('DROP TABLE obmen_log_1; DROP TABLE obmen_index_1')
    for (const [sql] of made) node.sql(String(sql).replace('k1 TEXT NOT NULL', NAMED))
    node.sql(`UPDATE obmen_table SET capture = replace(capture, 'k1 TEXT NOT NULL', '${NAMED}')`)
    return node
  }

  it('is as it should be', async () => {
    const node = prepareAsAtFirst()
    node.sql(`INSERT INTO words VALUES ('чай', 'tea')`)

    openSqliteStore(node.database, PLAN)

    assert.deepEqual(await node.newChanges(), ['+ words "чай" "tea"'])
  })

  it('keeps the versions of its rows when it is mended', async () => {
    const node = prepareAsAtFirst()
    await node.apply(tableLine('words', 1, { word: 'text', meaning: 'text' }), [
      row(1000, 'С01', 'чай', 'tea'),
    ])
    node.sql('DROP TRIGGER obmen_1_update')

    prepareSqlite(node.database, PLAN, { kind: 'all' })
    await node.fold()

    assert.deepEqual(node.rows('SELECT stamp FROM obmen_index_1'), [[1001]])
  })
})
