import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { parseNodeCode, type RowLine } from '@obmen/exchange'

import { deletion, PreparedDatabase, row, schemaOf, tableLine } from './prepared-database.ts'

const GOODS = tableLine('goods', 1, { id: 'integer', name: 'text' })

/** Triggers written in the ways that people write them. */
const SCHEMA = `
  CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE journal (id INTEGER PRIMARY KEY, text TEXT);
  CREATE TRIGGER IF NOT EXISTS "first one" AFTER INSERT ON goods BEGIN
    INSERT INTO journal (text) VALUES ('inserted ' || NEW.name); -- a remark
  END;
  create  /* here */ trigger main.second after update of name on "Goods" for each row when new.name <> old.name
  begin insert into journal (text) values ('updated '';'' ' || new.name); end;
  CREATE TRIGGER forbid BEFORE DELETE ON goods BEGIN SELECT RAISE(ABORT, 'goods stay'); END;
  CREATE TRIGGER guard BEFORE INSERT ON goods WHEN NEW.name = 'bad' BEGIN SELECT RAISE(ROLLBACK, 'no bad goods'); END;
  CREATE TRIGGER of_another_table AFTER INSERT ON journal BEGIN SELECT 1; END;
  CREATE TRIGGER broken AFTER UPDATE OF id ON goods BEGIN INSERT INTO no_such_table VALUES (no_such_function()); END;`

describe('triggers of the application', () => {
  it('don’t fire for what a message brings', async () => {
    const node = new PreparedDatabase(SCHEMA)

    const summary = await node.apply(GOODS, [row(1, 'С01', 1n, 'a'), row(1, 'С01', 2n, 'bad')])
    await node.apply(GOODS, [row(2, 'С01', 1n, 'b')])

    assert.equal(summary.applied, 2)
    assert.deepEqual(node.rows('SELECT * FROM goods'), [
      [1, 'b'],
      [2, 'bad'],
    ])
    assert.deepEqual(node.rows('SELECT * FROM journal'), [])
  })

  it('skip no row of a message', async () => {
    const skip = (event: string): string =>
      `CREATE TRIGGER skip_${event} BEFORE ${event} ON goods BEGIN SELECT RAISE(IGNORE); END;`
    const node = new PreparedDatabase(`
      CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT);
      INSERT INTO goods VALUES (1, 'a'), (2, 'b');
      ${['INSERT', 'UPDATE', 'DELETE'].map(skip).join(' ')}`)
    const later = Date.now() + 5000

    const { applied } = await node.apply(GOODS, [
      row(later, 'С01', 1n, 'A'),
      deletion(later, 'С01', 2n),
      row(later, 'С01', 3n, 'c'),
    ])
    node.sql('DELETE FROM goods')

    assert.equal(applied, 3)
    assert.deepEqual(node.rows('SELECT * FROM goods'), [
      [1, 'A'],
      [3, 'c'],
    ])
  })

  it('are back afterwards, to the letter', async () => {
    const node = new PreparedDatabase(SCHEMA)
    const before = schemaOf(node.database, 'all')

    await node.apply(GOODS, [row(1, 'С01', 1n, 'a')])

    assert.deepEqual(schemaOf(node.database, 'all'), before)
    assert.throws(() => node.sql('DELETE FROM goods'), /goods stay/)
    node.sql(`UPDATE goods SET name = 'z'`)
    assert.deepEqual(node.rows('SELECT text FROM journal'), [[`updated ';' z`]])
  })

  it('are back after a message that could not be applied', async () => {
    const node = new PreparedDatabase(SCHEMA)
    const before = schemaOf(node.database, 'all')

    const applied = node.applyMessage([
      { table: GOODS, rows: [row(1, 'С01', 1n, 'a')] },
      { table: tableLine('unknown', 1, { id: 'integer' }), rows: [] },
    ])

    await assert.rejects(applied)
    assert.deepEqual(schemaOf(node.database, 'all'), before)
    assert.throws(() => node.sql(`INSERT INTO goods VALUES (5, 'bad')`), /no bad goods/)
  })

  it('fire in the same order as before', async () => {
    const node = new PreparedDatabase(`
      CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT);
      CREATE TRIGGER b AFTER INSERT ON goods BEGIN UPDATE goods SET name = name || 'b' WHERE id = NEW.id; END;
      CREATE TRIGGER a AFTER INSERT ON goods BEGIN UPDATE goods SET name = name || 'a' WHERE id = NEW.id; END;`)
    node.sql(`INSERT INTO goods VALUES (1, '')`)

    await node.apply(GOODS, [row(1, 'С01', 9n, 'x')])
    node.sql(`INSERT INTO goods VALUES (2, '')`)

    const [[before] = [], [after] = []] = node.rows('SELECT name FROM goods WHERE id < 3')
    assert.equal(after, before)
  })

  it('are known to an open store that saw them go and come', async () => {
    const node = new PreparedDatabase(SCHEMA)

    for (const stamp of [1, 2, 3]) await node.apply(GOODS, [row(stamp, 'С01', 1n, `${stamp}`)])
    node.sql(`INSERT INTO goods VALUES (2, 'mine')`)

    assert.deepEqual(await node.newChanges(), ['+ goods 2 "mine"', '+ journal 1 "inserted mine"'])
  })
})

describe('triggers that register changes', () => {
  const TABLES = `CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
    INSERT INTO goods VALUES (1000, 'a'), (1001, 'b')`
  const version = (node: PreparedDatabase): unknown => node.rows('PRAGMA schema_version')
  const log = (node: PreparedDatabase): unknown => node.rows('SELECT * FROM obmen_log_1')

  it('stay for a few rows, and what they have registered goes: the schema is as before for every program', async () => {
    const node = new PreparedDatabase(TABLES)
    const before = version(node)

    const summary = await node.apply(
      GOODS,
      [row(2, 'С01', 1n, 'c'), row(2, 'С01', 2n, 'a'), row(2, 'С01', 1000n, 'd')],
      { acknowledgedSeq: 2 },
    )

    assert.deepEqual([summary.applied, summary.refused], [3, 0])
    assert.deepEqual([version(node), log(node)], [before, []])
    assert.deepEqual(node.rows(`SELECT k1 FROM obmen_index_1 WHERE via <> ''`), [[1], [2], [1000]])
  })

  it('go as soon as many rows come, and what they have registered before goes too', async () => {
    const node = new PreparedDatabase(TABLES)
    const schema = schemaOf(node.database, 'all')
    const before = version(node)
    const some = (first: number): RowLine[] =>
      Array.from({ length: 60 }, (_, no) => row(2, 'С01', BigInt(first + no), `${first + no}`))

    await node.applyMessage([
      { table: GOODS, rows: some(1) },
      { table: GOODS, rows: some(100) },
    ])

    assert.notDeepEqual(version(node), before)
    assert.deepEqual(log(node), [])
    assert.deepEqual(schemaOf(node.database, 'all'), schema)
    node.sql(`UPDATE goods SET name = 'mine' WHERE id = 5`)
    assert.equal((await node.newChanges()).includes('+ goods 5 "mine"'), true)
  })

  it('leave what the application has registered before', async () => {
    const node = new PreparedDatabase(TABLES)
    node.sql(`UPDATE goods SET name = 'mine' WHERE id = 1001`)

    await node.store.transaction(async (transaction) => {
      const code = parseNodeCode('С01')
      const applier = await transaction.beginApplying({ code, acknowledgedSeq: 0, nowMs: 1 })
      await applier.beginTable(GOODS)
      await applier.applyRows([row(2, 'С01', 1n, 'c')])
      await applier.finish()
    })

    assert.deepEqual(node.rows('SELECT k1 FROM obmen_log_1 WHERE NOT evicted'), [[1001]])
  })

  it('note no eviction by a row that is refused', async () => {
    const node = new PreparedDatabase(TABLES)

    const summary = await node.apply(GOODS, [row(2, 'С01', 1n, 'a')])

    assert.deepEqual([summary.refused, log(node)], [1, []])
  })
})

/** The example of https://sqlite.org/fts5.html, section 4.4.3, with names as people give them. */
const WITH_SEARCH = `
  CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT);
  CREATE VIRTUAL TABLE "Поиск" USING fts5(name, content='goods', content_rowid='id');
  CREATE TRIGGER goods_ai AFTER INSERT ON goods BEGIN
    INSERT INTO "Поиск"(rowid, name) VALUES (new.id, new.name);
  END;
  CREATE TRIGGER goods_ad AFTER DELETE ON goods BEGIN
    INSERT INTO "Поиск"("Поиск", rowid, name) VALUES('delete', old.id, old.name);
  END;
  CREATE TRIGGER goods_au AFTER UPDATE ON goods BEGIN
    INSERT INTO Поиск(Поиск, rowid, name) VALUES('delete', old.id, old.name); -- the old words; first
    INSERT INTO [Поиск](rowid, name) VALUES (new.id, CASE new.name WHEN ';' THEN '' ELSE new.name END);
  END;`

function search(node: PreparedDatabase, word: string): unknown[] {
  const found = node.rows(`SELECT rowid FROM Поиск WHERE Поиск MATCH '${word}' ORDER BY rowid`)
  return found.map(([rowid]) => rowid)
}

describe('a trigger that writes only where no message does', () => {
  it('keeps a full-text index in step with what a message brings', async () => {
    const node = new PreparedDatabase(WITH_SEARCH)
    const before = schemaOf(node.database, 'all')
    node.sql(`INSERT INTO goods VALUES (1, 'black tea'), (2, 'green tea'), (3, 'coffee')`)
    const later = Date.now() + 5000

    const summary = await node.apply(GOODS, [
      row(later, 'С01', 1n, 'white tea'),
      deletion(later, 'С01', 2n),
      row(later, 'С01', 4n, 'cold coffee'),
    ])

    assert.deepEqual([summary.applied, summary.refused], [3, 0])
    assert.deepEqual(search(node, 'tea'), [1])
    assert.deepEqual(search(node, 'black'), [])
    assert.deepEqual(search(node, 'coffee'), [3, 4])
    node.sql(`UPDATE goods SET name = name || ' again'; DELETE FROM goods WHERE id = 1`)
    node.sql(`INSERT INTO Поиск(Поиск, rank) VALUES('integrity-check', 1)`)
    assert.deepEqual(search(node, 'again'), [3, 4])
    assert.deepEqual(schemaOf(node.database, 'all'), before)
  })

  it('sets rows aside that the index does not know, until it is made anew', async () => {
    const filled = `CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO goods VALUES (1, 'tea'), (2, 'tea')`
    const [, ...triggers] = WITH_SEARCH.split(';')
    const node = new PreparedDatabase([filled, ...triggers].join(';'))
    const later = Date.now() + 5000

    const first = await node.apply(GOODS, [
      row(later, 'С01', 1n, 'coffee'),
      deletion(later, 'С01', 2n),
    ])
    const before = node.rows('SELECT * FROM goods')
    node.sql(`INSERT INTO Поиск(Поиск) VALUES('rebuild')`)
    const second = await node.apply(GOODS, [])

    assert.deepEqual([first.applied, first.refused], [0, 2])
    assert.deepEqual(before, [
      [1, 'tea'],
      [2, 'tea'],
    ])
    assert.deepEqual([second.applied, second.refused], [2, 0])
    node.sql(`INSERT INTO Поиск(Поиск, rank) VALUES('integrity-check', 1)`)
    assert.deepEqual([search(node, 'tea'), search(node, 'coffee')], [[], [1]])
  })

  it('keeps the index in step when rows swap a unique value', async () => {
    const node = new PreparedDatabase(WITH_SEARCH.replace('name TEXT', 'name TEXT UNIQUE'))
    node.sql(`INSERT INTO goods VALUES (1, 'tea'), (2, 'coffee')`)
    const later = Date.now() + 5000

    await node.apply(GOODS, [row(later, 'С01', 1n, 'coffee'), row(later, 'С01', 2n, 'tea')])

    node.sql(`INSERT INTO Поиск(Поиск, rank) VALUES('integrity-check', 1)`)
    assert.deepEqual([search(node, 'tea'), search(node, 'coffee')], [[2], [1]])
  })

  it('fires when it fills a table outside the plan', async () => {
    const node = new PreparedDatabase(SCHEMA, { content: { kind: 'only', tables: ['goods'] } })
    node.sql('DROP TRIGGER of_another_table')

    await node.apply(GOODS, [row(1, 'С01', 1n, 'a'), row(1, 'С01', 2n, 'bad')])

    assert.deepEqual(node.rows('SELECT text FROM journal'), [['inserted a'], ['inserted bad']])
  })

  it('does not fire when that table has triggers of its own, which write anywhere', async () => {
    const node = new PreparedDatabase(SCHEMA, { content: { kind: 'only', tables: ['goods'] } })

    await node.apply(GOODS, [row(1, 'С01', 1n, 'a')])

    assert.deepEqual(node.rows('SELECT text FROM journal'), [])
  })

  for (const [clause, event] of [
    ['ROLLBACK', 'DELETE'],
    ['IGNORE', 'INSERT'],
  ]) {
    it(`does not fire when that table is declared with ON CONFLICT ${clause}`, async () => {
      const changed = event === 'DELETE' ? 'OLD' : 'NEW'
      const node = new PreparedDatabase(
        `CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT);
         CREATE TABLE journal (text TEXT UNIQUE ON CONFLICT ${clause});
         CREATE TRIGGER note AFTER ${event} ON goods BEGIN INSERT INTO journal VALUES (${changed}.name); END;`,
        { content: { kind: 'only', tables: ['goods'] } },
      )

      const some = [1n, 2n, 3n].map((id) => row(1, 'С01', id, 'a'))
      const came = await node.apply(GOODS, some)
      const went = await node.apply(GOODS, [
        deletion(2, 'С01', 1n),
        deletion(2, 'С01', 2n),
        row(2, 'С01', 4n, 'new'),
      ])

      assert.deepEqual([came.applied, came.refused], [3, 0])
      assert.deepEqual([went.applied, went.refused], [3, 0])
      assert.deepEqual(node.rows('SELECT * FROM journal'), [])
      assert.deepEqual(await node.newChanges(), [])
    })
  }

  it('does not fire when it needs a function that only the application has', async () => {
    const node = new PreparedDatabase(
      `CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT);
       CREATE TABLE journal (text TEXT);
       CREATE TRIGGER note AFTER INSERT ON goods BEGIN INSERT INTO journal VALUES (who_am_i()); END;`,
      { content: { kind: 'only', tables: ['goods'] } },
    )

    const summary = await node.apply(GOODS, [row(1, 'С01', 1n, 'a')])

    assert.deepEqual([summary.applied, summary.refused], [1, 0])
  })
})
