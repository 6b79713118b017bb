/** Shares over the whole way: a head office that gives each shop its part of the orders. */
import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'

import type { PlanRules, TableRule } from '@obmen/exchange'
import { parseNodeCode } from '@obmen/exchange'

import { openWorld, settle, type World } from '../world.ts'

const SCHEMA =
  'CREATE TABLE orders (id INTEGER PRIMARY KEY, shop TEXT, sum INTEGER, margin INTEGER)'

function rules(rule: Partial<TableRule>): PlanRules {
  const whole: TableRule = { direction: 'both', leaveOut: [], ...rule }
  return { conflicts: { kind: 'latest' }, strict: false, tables: new Map([['orders', whole]]) }
}

async function open(t: TestContext, rule: Partial<TableRule>): Promise<World> {
  const world = await openWorld(t, { schema: SCHEMA, officeRules: rules(rule) })
  world.office.sql(`INSERT INTO orders VALUES
    (1, 'С01', 10, 1), (2, 'С02', 20, 2), (3, 'С01', 30, 3), (4, 'nobody', 40, 4)`)
  await settle(world)
  return world
}

const ORDERS = 'SELECT id, shop, sum, margin FROM orders ORDER BY id'

function orders(site: World['office']): string[] {
  return site.rows(ORDERS).map((row) => JSON.stringify(Object.values(row ?? {})))
}

suite('shares of shops', () => {
  test('each shop gets its own rows, and a row moves with its owner', async (t) => {
    const world = await open(t, { where: 'shop = :code' })
    assert.deepEqual(orders(world.shop), ['[1,"С01",10,1]', '[3,"С01",30,3]'])
    assert.deepEqual(orders(world.second), ['[2,"С02",20,2]'])
    world.office.sql(`UPDATE orders SET shop = 'С02' WHERE id = 1`)
    await settle(world)
    assert.deepEqual(orders(world.shop), ['[3,"С01",30,3]'])
    assert.deepEqual(orders(world.second), ['[1,"С02",10,1]', '[2,"С02",20,2]'])
    assert.equal(world.office.rows(ORDERS).length, 4)
  })

  test('a shop that gives a row to another shop no longer has it', async (t) => {
    const world = await open(t, { where: 'shop = :code' })
    world.shop.sql(`UPDATE orders SET shop = 'С02' WHERE id = 3`)
    await settle(world)
    assert.deepEqual(orders(world.shop), ['[1,"С01",10,1]'])
    assert.deepEqual(orders(world.second), ['[2,"С02",20,2]', '[3,"С02",30,3]'])
  })

  test('a row that a shop changes while it is taken away comes to its new owner with that change', async (t) => {
    const world = await open(t, { where: 'shop = :code' })
    world.office.sql(`UPDATE orders SET shop = 'С02' WHERE id = 1`)
    world.shop.sql(`UPDATE orders SET sum = 11 WHERE id = 1`)
    await settle(world)
    const everywhere = [world.shop, world.second]
      .flatMap(orders)
      .filter((row) => row.startsWith('[1,'))
    const atOffice = orders(world.office).filter((row) => row.startsWith('[1,'))
    assert.deepEqual(everywhere, atOffice)
  })

  test('a deletion reaches who has the row, and nobody else', async (t) => {
    const world = await open(t, { where: 'shop = :code' })
    world.office.sql('DELETE FROM orders WHERE id = 2')
    await settle(world)
    assert.deepEqual(orders(world.second), [])
    assert.deepEqual(world.shop.rows('SELECT 1 FROM obmen_index_1 WHERE k1 = 2'), [])
  })

  test('attributes of a shop decide, when the condition asks for them', async (t) => {
    const world = await open(t, { where: 'shop = :shop' })
    assert.deepEqual(orders(world.shop), [])
    await world.office.store.transaction((transaction) => {
      return transaction.setAttributes(parseNodeCode('С01'), new Map([['shop', 'nobody']]))
    })
    await settle(world)
    assert.deepEqual(orders(world.shop), ['[4,"nobody",40,4]'])
  })

  test('columns that stay at home are neither sent nor overwritten', async (t) => {
    const world = await open(t, { leaveOut: ['margin'] })
    assert.equal(orders(world.shop)[0], '[1,"С01",10,null]')
    world.shop.sql('UPDATE orders SET sum = 12, margin = 99 WHERE id = 1')
    await settle(world)
    assert.equal(orders(world.office)[0], '[1,"С01",12,1]')
    assert.equal(orders(world.shop)[0], '[1,"С01",12,99]')
    assert.equal(world.post.letters.length, 0)
  })
})
