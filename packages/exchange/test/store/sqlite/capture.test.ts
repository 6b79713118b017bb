import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { PreparedDatabase } from './prepared-database.ts'

const GOODS = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT)'

describe('change registration', () => {
  it('registers an insert, an update and a deletion as what is there now', async () => {
    const node = new PreparedDatabase(GOODS)
    node.sql(`INSERT INTO goods VALUES (1, 'Чай'), (2, 'Кофе'), (3, 'Какао')`)
    const inserted = await node.newChanges()

    node.sql(`UPDATE goods SET name = 'Мате' WHERE id = 2; DELETE FROM goods WHERE id = 3`)

    assert.deepEqual(inserted, ['+ goods 1 "Чай"', '+ goods 2 "Кофе"', '+ goods 3 "Какао"'])
    assert.deepEqual(await node.newChanges(), ['+ goods 2 "Мате"', '- goods 3'])
  })

  it('registers a row once that was written many times', async () => {
    const node = new PreparedDatabase(GOODS)

    node.sql(`INSERT INTO goods VALUES (1, 'a'); UPDATE goods SET name = 'b'; DELETE FROM goods`)
    node.sql(`INSERT INTO goods VALUES (1, 'c')`)

    assert.deepEqual(await node.newChanges(), ['+ goods 1 "c"'])
  })

  it('registers a deletion without WHERE for every row', async () => {
    const node = new PreparedDatabase(GOODS)
    node.sql(`INSERT INTO goods (id) VALUES (1), (2)`)
    await node.newChanges()

    node.sql('DELETE FROM goods')

    assert.deepEqual(await node.newChanges(), ['- goods 1', '- goods 2'])
  })

  it('registers a key change as a deletion and a new row', async () => {
    const node = new PreparedDatabase(GOODS)
    node.sql(`INSERT INTO goods VALUES (1, 'Чай')`)
    await node.newChanges()

    node.sql('UPDATE goods SET id = 7')

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods 7 "Чай"', '- goods 1'])
  })

  it('registers what an upsert wrote, inserted or updated', async () => {
    const node = new PreparedDatabase(GOODS)
    const upsert = `ON CONFLICT (id) DO UPDATE SET name = excluded.name || '!'`

    node.sql(
      `INSERT INTO goods VALUES (1, 'a') ${upsert}; INSERT INTO goods VALUES (1, 'b') ${upsert}`,
    )

    assert.deepEqual(await node.newChanges(), ['+ goods 1 "b!"'])
  })

  it('registers nothing for INSERT OR IGNORE of what is there, also by another unique value', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE)',
    )
    node.sql(`INSERT INTO goods VALUES (1, 'a')`)
    await node.newChanges()

    node.sql(
      `INSERT OR IGNORE INTO goods VALUES (1, 'b'); INSERT OR IGNORE INTO goods VALUES (2, 'a')`,
    )

    assert.deepEqual(await node.newChanges(), [])
  })

  it('registers cascades of foreign keys', async () => {
    const node = new PreparedDatabase(`
      CREATE TABLE orders (id INTEGER PRIMARY KEY);
      CREATE TABLE lines (id INTEGER PRIMARY KEY, orders INTEGER REFERENCES orders ON DELETE CASCADE ON UPDATE CASCADE);
      CREATE TABLE notes (id INTEGER PRIMARY KEY, orders INTEGER REFERENCES orders ON DELETE SET NULL ON UPDATE CASCADE)`)
    node.sql(`INSERT INTO orders VALUES (1), (2); INSERT INTO lines VALUES (10, 1), (20, 2)`)
    node.sql(`INSERT INTO notes VALUES (100, 1), (200, 2)`)
    await node.newChanges()

    node.sql('PRAGMA foreign_keys = ON; DELETE FROM orders WHERE id = 1; UPDATE orders SET id = 3')

    assert.deepEqual((await node.newChanges()).toSorted(), [
      '+ lines 20 3',
      '+ notes 100 null',
      '+ notes 200 3',
      '+ orders 3',
      '- lines 10',
      '- orders 1',
      '- orders 2',
    ])
  })

  it('registers what triggers of the application write', async () => {
    const node = new PreparedDatabase(`${GOODS};
      CREATE TABLE journal (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT);
      CREATE TRIGGER note AFTER INSERT ON goods BEGIN INSERT INTO journal (text) VALUES (NEW.name); END`)

    node.sql(`INSERT INTO goods VALUES (1, 'Чай')`)

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods 1 "Чай"', '+ journal 1 "Чай"'])
  })

  it('keeps nothing of a transaction that is rolled back', async () => {
    const node = new PreparedDatabase(GOODS)

    node.sql(`BEGIN; INSERT INTO goods VALUES (1, 'a'); ROLLBACK`)

    assert.deepEqual(node.rows('SELECT count(*) FROM obmen_log_1'), [[0]])
    assert.deepEqual(await node.newChanges(), [])
  })

  it('keeps what was written outside of a savepoint that is rolled back', async () => {
    const node = new PreparedDatabase(GOODS)

    node.sql(`BEGIN; INSERT INTO goods VALUES (1, 'a');
      SAVEPOINT s; INSERT INTO goods VALUES (2, 'b'); ROLLBACK TO s; RELEASE s;
      SAVEPOINT s; INSERT INTO goods VALUES (3, 'c'); RELEASE s; COMMIT`)

    assert.deepEqual(await node.newChanges(), ['+ goods 1 "a"', '+ goods 3 "c"'])
  })

  it('registers nothing of a statement that fails in the middle', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, n INTEGER CHECK (n < 3))',
    )

    assert.throws(() => node.sql('INSERT INTO goods VALUES (1, 1), (2, 2), (3, 3)'), /CHECK/)

    assert.deepEqual(await node.newChanges(), [])
  })

  it('leaves the row number and the count of changes to the application as they are', () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY, code TEXT UNIQUE)',
    )
    node.sql(`INSERT INTO goods VALUES (40, 'a'), (41, 'b')`)

    const inserted = node.database.prepare(`INSERT INTO goods (code) VALUES ('c')`).run()
    const updated = node.database.prepare(`UPDATE goods SET code = code || '!'`).run()

    assert.deepEqual([inserted.lastInsertRowid, inserted.changes], [42, 1])
    assert.equal(updated.changes, 3)
  })

  it('leaves out tables that are not in the plan', async () => {
    const node = new PreparedDatabase(`${GOODS}; CREATE TABLE local (id INTEGER PRIMARY KEY)`, {
      content: { kind: 'only', tables: ['goods'] },
    })

    node.sql(`INSERT INTO local VALUES (1); INSERT INTO goods VALUES (1, 'a')`)

    assert.deepEqual(await node.newChanges(), ['+ goods 1 "a"'])
  })
})
