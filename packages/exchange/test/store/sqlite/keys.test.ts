import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { changesOf, PreparedDatabase, readBatches } from './prepared-database.ts'

describe('a primary key', () => {
  it('may have several columns, in another order than the table', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE stock (quantity INTEGER, goods INTEGER, place TEXT, PRIMARY KEY (place, goods))',
    )
    node.sql(`INSERT INTO stock VALUES (5, 1, 'С01'), (6, 2, 'С01')`)
    await node.newChanges()

    node.sql(`UPDATE stock SET goods = 3 WHERE goods = 1; DELETE FROM stock WHERE goods = 2`)

    assert.deepEqual((await node.newChanges()).toSorted(), [
      '+ stock "С01" 3 5',
      '- stock "С01" 1',
      '- stock "С01" 2',
    ])
  })

  it('may be any whole number of 64 bits', async () => {
    const node = new PreparedDatabase('CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT)')

    node.sql(`INSERT INTO goods VALUES (9223372036854775807, 'a'), (-9223372036854775808, 'b')`)
    node.sql(`INSERT INTO goods VALUES (9007199254740993, 'c'); DELETE FROM goods WHERE name = 'b'`)

    assert.deepEqual((await node.newChanges()).toSorted(), [
      '+ goods 9007199254740993 "c"',
      '+ goods 9223372036854775807 "a"',
      '- goods -9223372036854775808',
    ])
  })

  it('may be octets, a floating point number or an empty text', async () => {
    const node = new PreparedDatabase(`
      CREATE TABLE files (hash BLOB PRIMARY KEY);
      CREATE TABLE rates (rate REAL PRIMARY KEY);
      CREATE TABLE words (word TEXT PRIMARY KEY)`)

    node.sql(`INSERT INTO files VALUES (x'00ff'), (x''); INSERT INTO rates VALUES (0.1), (5)`)
    node.sql(`INSERT INTO words VALUES (''), ('ё'); DELETE FROM files WHERE hash = x''`)
    node.sql(`DELETE FROM rates WHERE rate = 0.1; DELETE FROM words WHERE word = ''`)

    assert.deepEqual(
      (await node.newChanges()).toSorted(),
      [
        `+ files x'00ff'`,
        '+ rates 5.0',
        '+ words "ё"',
        '- rates 0.1',
        '- words ""',
        `- files x''`,
      ].toSorted(),
    )
  })

  it('may hold values of another type than declared', async () => {
    const node = new PreparedDatabase('CREATE TABLE codes (code INT PRIMARY KEY, name TEXT)')

    node.sql(`INSERT INTO codes VALUES ('007x', 'a'), ('7', 'b'), (x'07', 'c'), (7.5, 'd')`)

    assert.deepEqual((await node.newChanges()).toSorted(), [
      '+ codes "007x" "a"',
      '+ codes 7 "b"',
      '+ codes 7.5 "d"',
      `+ codes x'07' "c"`,
    ])
  })

  it('tells text from numbers where nothing is declared', async () => {
    const node = new PreparedDatabase('CREATE TABLE codes (code PRIMARY KEY)')

    node.sql(`INSERT INTO codes VALUES ('7'), (7), ('07')`)

    assert.deepEqual((await node.newChanges()).toSorted(), [
      '+ codes "07"',
      '+ codes "7"',
      '+ codes 7',
    ])
  })

  it('tells text from numbers in an ANY column of a STRICT table', async () => {
    const node = new PreparedDatabase('CREATE TABLE codes (code ANY PRIMARY KEY, n INTEGER) STRICT')
    node.sql(`INSERT INTO codes VALUES ('7', 1), (7, 2), ('07', 3)`)
    const inserted = await node.newChanges()

    node.sql(`DELETE FROM codes WHERE code = '7'`)

    assert.deepEqual(inserted.toSorted(), ['+ codes "07" 3', '+ codes "7" 1', '+ codes 7 2'])
    assert.deepEqual(await node.newChanges(), ['- codes "7"'])
  })

  it('keeps rows of WITHOUT ROWID and STRICT tables apart', async () => {
    const node = new PreparedDatabase(`
      CREATE TABLE stock (place TEXT, goods INTEGER, PRIMARY KEY (place, goods)) WITHOUT ROWID, STRICT`)

    node.sql(`INSERT INTO stock VALUES ('a', 1), ('a', 2); DELETE FROM stock WHERE goods = 1`)

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ stock "a" 2', '- stock "a" 1'])
  })

  it('of an AUTOINCREMENT table is as SQLite gave it', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)',
    )

    node.sql(`INSERT INTO goods (name) VALUES ('a'), ('b'); DELETE FROM goods WHERE id = 2`)
    node.sql(`INSERT INTO goods (name) VALUES ('c')`)

    assert.deepEqual(await node.newChanges(), ['+ goods 1 "a"', '- goods 2', '+ goods 3 "c"'])
  })

  it('that holds NULL keeps its row here, and no write fails', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE goods (code TEXT, n INTEGER, x TEXT, PRIMARY KEY (code, n))',
    )

    node.sql(
      `INSERT INTO goods VALUES (NULL, 1, 'a'), (NULL, 1, 'b'), ('k', NULL, 'c'), ('k', 1, 'd')`,
    )
    node.sql(`UPDATE goods SET x = x || '!'; DELETE FROM goods WHERE x = 'a!'`)

    assert.deepEqual(await node.newChanges(), ['+ goods "k" 1 "d!"'])
  })

  it('that is given a value, or loses it, brings its row in or takes it out', async () => {
    const node = new PreparedDatabase('CREATE TABLE goods (code TEXT PRIMARY KEY, x TEXT)')
    node.sql(`INSERT INTO goods VALUES (NULL, 'a'), ('k', 'b')`)
    await node.newChanges()

    node.sql(`UPDATE goods SET code = CASE x WHEN 'a' THEN 'new' END`)

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ goods "new" "a"', '- goods "k"'])
  })

  it('declared INTEGER PRIMARY KEY DESC may hold NULL too', async () => {
    const node = new PreparedDatabase('CREATE TABLE goods (id INTEGER PRIMARY KEY DESC, name TEXT)')

    node.sql(`INSERT INTO goods VALUES (NULL, 'a'), (1, 'b')`)

    assert.deepEqual(await node.newChanges(), ['+ goods 1 "b"'])
  })

  it('without case is the same row in another case', async () => {
    const node = new PreparedDatabase(
      'CREATE TABLE users (login TEXT COLLATE NOCASE PRIMARY KEY, n INTEGER)',
    )
    node.sql(`INSERT INTO users VALUES ('Anna', 1), ('Bob', 2)`)
    await node.newChanges()

    node.sql(
      `UPDATE users SET login = 'ANNA' WHERE login = 'anna'; DELETE FROM users WHERE login = 'BOB'`,
    )

    assert.deepEqual((await node.newChanges()).toSorted(), ['+ users "ANNA" 1', '- users "Bob"'])
  })

  it('is compared as its index compares it, not as its column does', async () => {
    const node = new PreparedDatabase(`
      CREATE TABLE loose (code TEXT, PRIMARY KEY (code COLLATE NOCASE));
      CREATE TABLE exact (code TEXT COLLATE NOCASE, PRIMARY KEY (code COLLATE BINARY))`)
    node.sql(`INSERT INTO loose VALUES ('a'); INSERT INTO exact VALUES ('a'), ('A')`)
    await node.newChanges()

    node.sql(
      `UPDATE loose SET code = 'A'; UPDATE exact SET code = 'B' WHERE code = 'A' COLLATE BINARY`,
    )
    const changed = await node.newChanges()
    node.sql(`UPDATE exact SET code = 'b' WHERE code = 'B' COLLATE BINARY`)

    assert.deepEqual(changed.toSorted(), ['+ exact "B"', '+ loose "A"', '- exact "A"'])
    assert.deepEqual((await node.newChanges()).toSorted(), ['+ exact "b"', '- exact "B"'])
  })

  it('brings in the rows that were there before, except those with NULL', async () => {
    const node = new PreparedDatabase(`
      CREATE TABLE goods (code TEXT PRIMARY KEY); INSERT INTO goods VALUES ('a'), (NULL), ('b'), (NULL)`)

    const changes = changesOf(await readBatches(node.store, { afterSeq: 0, throughSeq: 100 }))

    assert.deepEqual(
      changes.map(({ seq, row }) => [seq, row.stamp, ...row.values]),
      [
        [1, 0, 'a'],
        [2, 0, 'b'],
      ],
    )
  })
})
