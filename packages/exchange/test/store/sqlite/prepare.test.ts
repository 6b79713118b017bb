import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'

import { parseNodeCode, parsePlanName } from '@obmen/exchange'
import {
  CollationUnknown,
  StoreNotPrepared,
  StoreOfAnotherPlan,
  TableUnknown,
  TableWithoutPrimaryKey,
} from '@obmen/exchange/errors'
import { openSqliteStore, prepareSqlite, readPlan, removePreparation } from '@obmen/exchange/sqlite'

import { PLAN, readRows, schemaOf } from './prepared-database.ts'

/** What a real database has beside plain tables. */
const SCHEMA = `
  CREATE TABLE "Order Details" (id INTEGER PRIMARY KEY AUTOINCREMENT, goods INTEGER REFERENCES goods, n INT);
  CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE, name TEXT);
  CREATE INDEX by_name ON goods (name);
  CREATE UNIQUE INDEX lower_name ON goods (lower(name));
  CREATE VIEW dear AS SELECT * FROM goods;
  CREATE TRIGGER note AFTER INSERT ON goods BEGIN SELECT 1; END;
  CREATE VIRTUAL TABLE words USING fts5(word);
  INSERT INTO goods VALUES (1, 'a', 'Чай'), (2, 'b', 'Кофе');
  INSERT INTO "Order Details" (goods) VALUES (1);
  ANALYZE;`

function openDatabase(schema: string = SCHEMA): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  database.exec(schema)
  return database
}

describe('preparing a database', () => {
  it('takes in every table of the application, parents first, with the rows that are there', () => {
    const database = openDatabase()

    const preparation = prepareSqlite(database, PLAN, { kind: 'all' })

    assert.deepEqual(preparation, {
      tables: [
        { table: 'goods', rowCount: 2, kind: 'added' },
        { table: 'Order Details', rowCount: 1, kind: 'added' },
      ],
      removed: [],
    })
    assert.deepEqual(readPlan(database), PLAN)
  })

  it('changes nothing of what the application made, nor does its removal', () => {
    const database = openDatabase()
    const before = schemaOf(database, 'all')
    const rows = readRows(database, 'SELECT * FROM goods')

    prepareSqlite(database, PLAN, { kind: 'all' })
    const prepared = schemaOf(database, 'application')
    removePreparation(database)

    assert.deepEqual(prepared, before)
    assert.deepEqual(schemaOf(database, 'all'), before)
    assert.deepEqual(readRows(database, 'SELECT * FROM goods'), rows)
    assert.equal(readPlan(database), undefined)
  })

  it('is undone also where foreign keys are enforced and nodes are known', async () => {
    const database = openDatabase()
    prepareSqlite(database, PLAN, { kind: 'all' })
    database.exec(
      `INSERT INTO obmen_node VALUES ('С01', 1, '', 1, 0, '', 0, 0, 0, 0, 0, 0, 0, '', NULL)`,
    )
    database.exec(`INSERT INTO obmen_sent VALUES ('С01', 1, 'u', 0, 1, 1, 1, 1, 1, 0, NULL)`)

    database.exec('PRAGMA foreign_keys = ON')
    removePreparation(database)

    assert.throws(() => openSqliteStore(database, PLAN), StoreNotPrepared)
  })

  it('again changes nothing', () => {
    const database = openDatabase()
    prepareSqlite(database, PLAN, { kind: 'all' })
    database.exec(`INSERT INTO goods VALUES (3, 'c', '')`)
    const schema = readRows(database, 'SELECT * FROM sqlite_schema')

    const preparation = prepareSqlite(database, PLAN, { kind: 'all' })

    assert.deepEqual(
      preparation.tables.map(({ kind, rowCount }) => [kind, rowCount]),
      [
        ['present', 0],
        ['present', 0],
      ],
    )
    assert.deepEqual(readRows(database, 'SELECT * FROM sqlite_schema'), schema)
    assert.deepEqual(readRows(database, 'SELECT k1 FROM obmen_log_1'), [[3]])
  })

  it('again takes in a table that was made since, after all others', () => {
    const database = openDatabase()
    prepareSqlite(database, PLAN, { kind: 'all' })
    database.exec('CREATE TABLE a (id INTEGER PRIMARY KEY); INSERT INTO a VALUES (7), (8)')

    const preparation = prepareSqlite(database, PLAN, { kind: 'all' })

    const added = preparation.tables.filter(({ kind }) => kind === 'added')
    assert.deepEqual(added, [{ table: 'a', rowCount: 2, kind: 'added' }])
    assert.deepEqual(readRows(database, 'SELECT k1, seq FROM obmen_index_3'), [
      [7, 4],
      [8, 5],
    ])
  })

  it('again lets go of a table that is no longer wanted, and of one that was dropped', () => {
    const database = openDatabase(`${SCHEMA} CREATE TABLE extra (id INTEGER PRIMARY KEY)`)
    prepareSqlite(database, PLAN, { kind: 'all' })
    database.exec('DROP TABLE extra')

    const { removed } = prepareSqlite(database, PLAN, { kind: 'except', tables: ['Order Details'] })

    assert.deepEqual(removed.toSorted(), ['Order Details', 'extra'])
    assert.deepEqual(
      readRows(database, `SELECT name FROM sqlite_schema WHERE name LIKE 'obmen_log%'`),
      [['obmen_log_1']],
    )
    database.exec('INSERT INTO "Order Details" (goods) VALUES (1)')
  })

  it('is undone also for a table that has left the plan', () => {
    const database = openDatabase()
    const before = schemaOf(database, 'all')
    prepareSqlite(database, PLAN, { kind: 'all' })
    prepareSqlite(database, PLAN, { kind: 'only', tables: ['goods'] })

    removePreparation(database)

    assert.deepEqual(schemaOf(database, 'all'), before)
  })

  it('takes in only the tables named, or all but these', () => {
    const only = openDatabase()
    const except = openDatabase()

    const chosen = prepareSqlite(only, PLAN, { kind: 'only', tables: ['Order Details'] })
    const left = prepareSqlite(except, PLAN, { kind: 'except', tables: ['Order Details'] })

    assert.deepEqual(
      chosen.tables.map(({ table }) => table),
      ['Order Details'],
    )
    assert.deepEqual(
      left.tables.map(({ table }) => table),
      ['goods'],
    )
  })

  it('refuses a table that is not there, and changes nothing', () => {
    const database = openDatabase()
    const before = schemaOf(database, 'all')

    assert.throws(
      () => prepareSqlite(database, PLAN, { kind: 'only', tables: ['goods', 'Goods'] }),
      (error) =>
        error instanceof TableUnknown && error.code === 'TABLE_UNKNOWN' && error.table === 'Goods',
    )
    assert.deepEqual(schemaOf(database, 'all'), before)
    assert.equal(database.isTransaction, false)
  })

  it('refuses tables without a primary key, and changes nothing', () => {
    const database = openDatabase(
      `${SCHEMA} CREATE TABLE log (text); CREATE TABLE "other log" (text)`,
    )
    const before = schemaOf(database, 'all')

    assert.throws(
      () => prepareSqlite(database, PLAN, { kind: 'all' }),
      (error) => {
        assert.equal(
          error instanceof TableWithoutPrimaryKey && error.code,
          'TABLE_WITHOUT_PRIMARY_KEY',
        )
        assert.deepEqual(error instanceof TableWithoutPrimaryKey && error.tables, [
          'log',
          'other log',
        ])
        return true
      },
    )
    assert.deepEqual(schemaOf(database, 'all'), before)
  })

  it('refuses a key whose collation only the application knows, and changes nothing', () => {
    const database = openDatabase('CREATE TABLE goods (n, name TEXT COLLATE NOCASE PRIMARY KEY)')
    database.enableDefensive(false)
    database.exec(`PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = replace(sql, 'NOCASE', 'RUSSIAN'); PRAGMA writable_schema = RESET`)
    const before = schemaOf(database, 'all')

    assert.throws(
      () => prepareSqlite(database, PLAN, { kind: 'all' }),
      (error) => {
        assert.equal(error instanceof CollationUnknown && error.code, 'COLLATION_UNKNOWN')
        assert.match(String(error), /"name" of table "goods" has the collation RUSSIAN/)
        return true
      },
    )
    assert.deepEqual(schemaOf(database, 'all'), before)
  })

  it('refuses to become another node or to join another plan', () => {
    const database = openDatabase()
    prepareSqlite(database, PLAN, { kind: 'all' })
    const before = schemaOf(database, 'all')
    const others = [
      { ...PLAN, thisNode: parseNodeCode('С01') },
      { ...PLAN, name: parsePlanName('Другой') },
    ]

    for (const other of others) {
      assert.throws(
        () => prepareSqlite(database, other, { kind: 'all' }),
        (error) => error instanceof StoreOfAnotherPlan && error.code === 'STORE_OF_ANOTHER_PLAN',
      )
      assert.throws(() => openSqliteStore(database, other), StoreOfAnotherPlan)
    }
    assert.deepEqual(schemaOf(database, 'all'), before)
  })

  it('is asked for when a store is opened without', () => {
    assert.throws(
      () => openSqliteStore(openDatabase(), PLAN),
      (error) => error instanceof StoreNotPrepared && error.code === 'STORE_NOT_PREPARED',
    )
  })
})
