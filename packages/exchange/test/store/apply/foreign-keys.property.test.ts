/** Applications keep foreign keys, each at its node; applying keeps them between the nodes. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import fc from 'fast-check'

import {
  assertAllEqual,
  refusedOf,
  rowsOf,
  shapesWith,
  stepsWith,
  withWorld,
} from '../sqlite/small-world.ts'

const SCHEMA = `
  CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE goods (id INTEGER PRIMARY KEY, place INTEGER REFERENCES places ON DELETE CASCADE,
    part_of INTEGER REFERENCES goods ON DELETE SET NULL);
  CREATE TABLE orders (id INTEGER PRIMARY KEY, goods INTEGER NOT NULL REFERENCES goods);
  INSERT INTO places VALUES (1, 'a'), (2, 'b'); INSERT INTO goods VALUES (1, 1, NULL), (2, NULL, 1);`

/** Enforced while the application writes, and not while a message is applied: it is one connection here. */
function enforced(statement: string): string {
  return `PRAGMA foreign_keys = ON; ${statement}; PRAGMA foreign_keys = OFF`
}

const id = fc.integer({ min: 1, max: 2 })
const place = fc.option(id, { nil: 'NULL' })
const isThere = (table: string, key: unknown): string =>
  `(${String(key)} IS NULL OR EXISTS (SELECT 1 FROM ${table} WHERE id = ${String(key)}))`

const statement = fc
  .oneof(
    id.map(
      (i) => `INSERT INTO places VALUES (${i}, 'x') ON CONFLICT DO UPDATE SET name = name || 'x'`,
    ),
    fc.tuple(id, place, place).map(
      ([i, p, g]) =>
        `INSERT INTO goods SELECT ${i}, ${p}, ${g} WHERE ${isThere('places', p)} AND ${isThere('goods', g)}
           ON CONFLICT DO UPDATE SET place = excluded.place, part_of = excluded.part_of`,
    ),
    fc.tuple(id, id).map(
      ([i, g]) =>
        `INSERT INTO orders SELECT ${i}, ${g} WHERE ${isThere('goods', g)}
           ON CONFLICT DO UPDATE SET goods = excluded.goods`,
    ),
    id.map(
      (i) =>
        `DELETE FROM places WHERE id = ${i} AND NOT EXISTS (
           SELECT 1 FROM goods g JOIN orders o ON o.goods = g.id WHERE g.place = ${i})`,
    ),
    id.map(
      (i) =>
        `DELETE FROM goods WHERE id = ${i} AND NOT EXISTS (SELECT 1 FROM orders WHERE goods = ${i})`,
    ),
    id.map((i) => `DELETE FROM orders WHERE id = ${i}`),
  )
  .map(enforced)

describe('databases with foreign keys', () => {
  it('hold the same rows and no row without its parent once the mail is quiet', async () => {
    await fc.assert(
      fc.asyncProperty(shapesWith(SCHEMA), stepsWith(statement), (shape, steps) =>
        withWorld(shape, async (world) => {
          await world.run(steps)

          await world.settle()

          assert.deepEqual(rowsOf(world, ['PRAGMA foreign_key_check']).flat(2), [])
          assert.deepEqual([...(await refusedOf(world))], [])
          assertAllEqual(await Promise.all(world.nodes.map(({ store }) => store.checksums())))
        }),
      ),
      { numRuns: 12 },
    )
  })
})
