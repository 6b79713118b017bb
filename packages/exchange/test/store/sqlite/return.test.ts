import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { openSqliteStore, prepareSqlite } from '@obmen/exchange/sqlite'

import { PLAN, PreparedDatabase, row, tableLine } from './prepared-database.ts'

const SCHEMA = `
  CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE places (id INTEGER PRIMARY KEY);
  INSERT INTO goods VALUES (1, 'a'), (2, 'b'), (3, 'c')`
const GOODS = tableLine('goods', 1, { id: 'integer', name: 'text' })
const VERSIONS = 'SELECT k1, stamp, origin, via FROM obmen_index_1 ORDER BY k1'

/** A node that knows rows 1 and 2 from another one, as of the times 1000 and 2000. */
async function exchanged(): Promise<PreparedDatabase> {
  const node = new PreparedDatabase(SCHEMA)
  await node.apply(GOODS, [row(1000, 'С01', 1n, 'x'), row(2000, 'С01', 2n, 'y')])
  node.sql(`INSERT INTO obmen_node VALUES ('С01', 1, '', 1, 0, '', 0, 0, 1, 0, 0, 0, 0, '', NULL)`)
  return node
}

function leave(node: PreparedDatabase): void {
  prepareSqlite(node.database, PLAN, { kind: 'only', tables: ['places'] })
}

describe('a table that comes back into the plan', () => {
  it('goes on with the versions that its rows had, and every row counts as changed', async () => {
    const node = await exchanged()
    leave(node)
    node.sql(`DELETE FROM goods WHERE id = 1; UPDATE goods SET name = 'changed' WHERE id = 2`)
    node.sql(`INSERT INTO goods VALUES (4, 'new')`)

    const { tables } = prepareSqlite(node.database, PLAN, { kind: 'all' })
    const changes = await node.newChanges()

    assert.deepEqual(tables[0], { table: 'goods', rowCount: 4, kind: 'added' })
    assert.deepEqual(node.rows(VERSIONS), [
      [1, 1001, 'ЦБ', ''],
      [2, 2001, 'ЦБ', ''],
      [3, 1, 'ЦБ', ''],
      [4, 1, 'ЦБ', ''],
    ])
    assert.deepEqual(changes, [
      '- goods 1',
      '+ goods 2 "changed"',
      '+ goods 3 "c"',
      '+ goods 4 "new"',
    ])
  })

  it('does so also when it was dropped and made again meanwhile', async () => {
    const node = await exchanged()
    node.sql('DROP TABLE goods')
    prepareSqlite(node.database, PLAN, { kind: 'all' })
    node.sql(
      `CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO goods VALUES (1, 'again')`,
    )

    prepareSqlite(node.database, PLAN, { kind: 'all' })
    await node.fold()

    assert.deepEqual(node.rows(VERSIONS).slice(0, 2), [
      [1, 1001, 'ЦБ', ''],
      [2, 2001, 'ЦБ', ''],
    ])
  })

  it('registers changes again from then on, and twice away is as once', async () => {
    const node = await exchanged()
    leave(node)
    leave(node)
    openSqliteStore(node.database, PLAN)
    prepareSqlite(node.database, PLAN, { kind: 'all' })
    await node.newChanges()

    node.sql(`UPDATE goods SET name = 'later' WHERE id = 2`)

    assert.deepEqual(await node.newChanges(), ['+ goods 2 "later"'])
  })

  it('begins above all that it had when its key is another one', async () => {
    const node = await exchanged()
    leave(node)
    node.sql(`DROP TABLE goods; CREATE TABLE goods (id TEXT PRIMARY KEY NOT NULL, name TEXT);
      INSERT INTO goods VALUES ('one', 'x')`)

    prepareSqlite(node.database, PLAN, { kind: 'all' })

    assert.deepEqual(node.rows(VERSIONS), [['one', 2001, 'ЦБ', '']])
  })

  it('begins with the lowest version when its key is another one and nothing was exchanged', () => {
    const node = new PreparedDatabase(SCHEMA)
    leave(node)
    node.sql(`DROP TABLE goods; CREATE TABLE goods (id TEXT PRIMARY KEY NOT NULL, name TEXT);
      INSERT INTO goods VALUES ('one', 'x')`)

    prepareSqlite(node.database, PLAN, { kind: 'all' })

    assert.deepEqual(node.rows(VERSIONS), [['one', 0, 'ЦБ', '']])
  })
})
