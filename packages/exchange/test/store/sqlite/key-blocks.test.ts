import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { DEFAULT_PLAN_RULES, type PlanRules } from '@obmen/exchange'
import { RuleInvalid } from '@obmen/exchange/errors'
import { openSqliteStore, removePreparation } from '@obmen/exchange/sqlite'

import { PLAN, PreparedDatabase } from './prepared-database.ts'

const SCHEMA = 'CREATE TABLE "the orders" (id INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT)'

const RULES: PlanRules = {
  ...DEFAULT_PLAN_RULES,
  mainNode: PLAN.thisNode,
  tables: new Map([
    ['the orders', { direction: 'both', leaveOut: [], keyBlocks: { size: 10, reserve: 4 } }],
  ]),
}

const ALL = `SELECT type, name, sql FROM sqlite_schema ORDER BY name`

function steer(node: PreparedDatabase): Promise<void> {
  return node.store.transaction(({ keys }) => {
    return keys.steer('the orders', { first: 101, last: 102 })
  })
}

describe('blocks of keys in SQLite', () => {
  it('leave the schema as it was when the preparation is removed', async () => {
    const node = new PreparedDatabase(SCHEMA, { rules: RULES })
    await steer(node)
    removePreparation(node.database)
    const plain = new PreparedDatabase(SCHEMA)
    removePreparation(plain.database)

    assert.deepEqual(node.rows(ALL), plain.rows(ALL))
    node.sql(`INSERT INTO "the orders" VALUES (999, 'a')`)
  })

  it('refuse nothing any more when the rule goes, and do again when it comes back', async () => {
    const node = new PreparedDatabase(SCHEMA, { rules: RULES })
    await steer(node)
    openSqliteStore(node.database, PLAN)
    node.sql(`INSERT INTO "the orders" VALUES (150, 'a')`)
    openSqliteStore(node.database, PLAN, RULES)
    node.sql(`INSERT INTO "the orders" VALUES (160, 'a')`)
    await steer(node)

    assert.throws(() => node.sql(`INSERT INTO "the orders" (place) VALUES ('a')`), /no key is left/)
  })

  it('are not left by a key that is changed either: SQLite would number on from there', async () => {
    const node = new PreparedDatabase(SCHEMA, { rules: RULES })
    node.sql(`INSERT INTO "the orders" VALUES (500, 'from before'), (7, 'a')`)
    await steer(node)

    assert.throws(() => node.sql('UPDATE "the orders" SET id = 103 WHERE id = 7'), /no key is left/)
    node.sql(`UPDATE "the orders" SET id = 102 WHERE id = 7; UPDATE "the orders" SET place = 'b'`)
    node.sql('UPDATE "the orders" SET id = 400 WHERE id = 500')
    assert.deepEqual(node.rows('SELECT id FROM "the orders" ORDER BY id'), [[102], [400]])
  })

  it('are told from a word in a comment or a name', () => {
    const schema = `CREATE TABLE "the orders" (id INTEGER PRIMARY KEY /* not AUTOINCREMENT */, "autoincrement" TEXT)`

    assert.throws(() => new PreparedDatabase(schema, { rules: RULES }), RuleInvalid)
  })

  it('come back with the guard when a program has built the table anew', async () => {
    const node = new PreparedDatabase(SCHEMA, { rules: RULES })
    await steer(node)
    node.sql('DROP TRIGGER obmen_1_key_guard')
    node.store.checkCapture()

    assert.throws(() => node.sql(`INSERT INTO "the orders" VALUES (103, 'a')`), /no key is left/)
  })
})
