import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { DEFAULT_PLAN_RULES } from '@obmen/exchange'

import { areEqual, openWorld, settle } from '../world.ts'

const SCHEMA = `
  CREATE TABLE places (id INTEGER PRIMARY KEY);
  CREATE TABLE goods (id INTEGER PRIMARY KEY, place INTEGER NOT NULL REFERENCES places ON DELETE CASCADE)`

/** One row a message. */
const SMALL = { messageSizeOctets: 30, window: 100 }

describe('rows that belong together and come with several messages', () => {
  it('are deleted together, although a deletion gives way to rows that refer to it', async (t) => {
    const world = await openWorld(t, { schema: SCHEMA, rules: SMALL })
    const { office, shop } = world
    office.sql(`
      INSERT INTO places VALUES (1), (2);
      INSERT INTO goods VALUES (1, 1), (2, 1), (3, 1), (4, 2)`)
    await settle(world)

    office.sql(
      'PRAGMA foreign_keys = ON; DELETE FROM places WHERE id = 1; PRAGMA foreign_keys = OFF',
    )
    await settle(world)

    assert.equal(await areEqual(world), true)
    assert.equal(shop.rows('SELECT id FROM places').length, 1)
    assert.equal(shop.rows('SELECT id FROM goods').length, 1)
    assert.deepEqual(await shop.store.conflicts(), [])
    assert.deepEqual(await shop.store.refusedRows(), [])
  })

  it('keep their parent when one of them was entered where the deletion arrives', async (t) => {
    const world = await openWorld(t, { schema: SCHEMA, rules: SMALL })
    const { office, shop, second } = world
    office.sql('INSERT INTO places VALUES (1); INSERT INTO goods VALUES (1, 1), (2, 1)')
    await settle(world)
    office.sql(
      'PRAGMA foreign_keys = ON; DELETE FROM places WHERE id = 1; PRAGMA foreign_keys = OFF',
    )
    shop.sql('INSERT INTO goods VALUES (7, 1)')

    await settle(world)

    assert.equal(await areEqual(world), true)
    assert.equal(second.rows('SELECT id FROM places').length, 1)
    assert.equal(second.rows('SELECT id FROM goods').length, 1)
    for (const { store } of world.sites) assert.deepEqual(await store.refusedRows(), [])
  })
})

/** A program, or its database, was wrong: nothing keeps an exchange from meeting such a row. */
describe('a row that refers to nothing where it was entered', () => {
  it('waits at the other nodes, is named by all, and stops nothing', async (t) => {
    const world = await openWorld(t, { schema: SCHEMA, rules: SMALL })
    const { office, shop, second } = world
    office.sql('INSERT INTO places VALUES (1); INSERT INTO goods VALUES (1, 1), (2, 404), (3, 1)')

    await settle(world)

    const [waiting] = await shop.store.refusedRows()
    assert.equal(shop.rows('SELECT id FROM goods').length, 2)
    assert.deepEqual([waiting?.table, waiting?.key, waiting?.node], ['goods', '[2]', 'ЦБ'])
    assert.match(waiting?.reason ?? '', /places/)
    assert.deepEqual(
      (await office.store.setAsideThere()).map(({ node, rows }) => [node, rows[0]?.key]),
      [
        [shop.code, '[2]'],
        [second.code, '[2]'],
      ],
    )
  })

  it('is taken when its parent comes, whoever enters it', async (t) => {
    const world = await openWorld(t, { schema: SCHEMA, rules: SMALL })
    world.office.sql('INSERT INTO goods VALUES (2, 404)')
    await settle(world)

    world.second.sql('INSERT INTO places VALUES (404)')
    await settle(world)

    assert.equal(await areEqual(world), true)
    assert.deepEqual(await world.shop.store.refusedRows(), [])
    assert.deepEqual(await world.office.store.setAsideThere(), [])
  })

  it('is forgotten when it is deleted there', async (t) => {
    const world = await openWorld(t, { schema: SCHEMA, rules: SMALL })
    world.office.sql('INSERT INTO goods VALUES (2, 404)')
    await settle(world)

    world.office.sql('DELETE FROM goods')
    await settle(world)

    assert.deepEqual(await world.shop.store.refusedRows(), [])
    assert.deepEqual(await world.office.store.setAsideThere(), [])
  })
})

describe('rows of a table that a node only sends', () => {
  it('are counted by whoever does not take them', async (t) => {
    const tables = new Map([['places', { direction: 'out', leaveOut: [] } as const]])
    const world = await openWorld(t, {
      schema: SCHEMA,
      officeRules: { ...DEFAULT_PLAN_RULES, tables },
    })
    world.shop.sql('INSERT INTO places VALUES (1), (2)')
    await world.shop.exchange()

    const results = await world.office.exchange()

    assert.deepEqual(
      results.map(({ received }) => received?.ignored),
      [2, undefined],
    )
  })
})
