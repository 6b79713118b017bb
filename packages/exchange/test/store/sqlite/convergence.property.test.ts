/** Databases that exchange by mail which is lost, doubled and mixed up, while programs write whatever they like. */
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
} from './small-world.ts'

const PLAIN_SCHEMA = `
  CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE stock (place TEXT COLLATE NOCASE, goods INTEGER, n, PRIMARY KEY (place, goods)) WITHOUT ROWID;`

const UNIQUE_SCHEMA = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT UNIQUE)'

const id = fc.integer({ min: 1, max: 4 })
const name = fc.constantFrom(`'a'`, `'b'`, `'c'`)
const place = fc.constantFrom(`'Склад'`, `'shop'`, `'SHOP'`)

const goodsStatement: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(id, name).map(([i, n]) => `INSERT OR REPLACE INTO goods VALUES (${i}, ${n})`),
  fc.tuple(id, name).map(([i, n]) => `INSERT OR IGNORE INTO goods VALUES (${i}, ${n})`),
  fc.tuple(id, name).map(([i, n]) => `UPDATE OR REPLACE goods SET name = ${n} WHERE id = ${i}`),
  fc.tuple(id, id).map(([i, j]) => `UPDATE OR IGNORE goods SET id = ${j} WHERE id = ${i}`),
  id.map((i) => `DELETE FROM goods WHERE id = ${i}`),
  fc.tuple(id, id).map(
    ([i, j]) => `
    BEGIN; CREATE TEMP TABLE old AS SELECT * FROM goods WHERE id IN (${i}, ${j});
    DELETE FROM goods WHERE id IN (${i}, ${j});
    INSERT INTO goods SELECT ${i} + ${j} - id, name FROM old; DROP TABLE old; COMMIT`,
  ),
)

const stockStatement: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(place, id, id)
    .map(([p, g, n]) => `INSERT OR REPLACE INTO stock VALUES (${p}, ${g}, ${n} / 2.0)`),
  fc.tuple(place, id).map(([p, g]) => `DELETE FROM stock WHERE place = ${p} AND goods < ${g}`),
  fc
    .tuple(place, place)
    .map(([p, q]) => `UPDATE OR REPLACE stock SET place = ${p} WHERE place = ${q}`),
)

describe('databases', () => {
  it('hold the same rows and versions once the mail is quiet, whatever happened', async () => {
    const statement = fc.oneof(goodsStatement, stockStatement)

    await fc.assert(
      fc.asyncProperty(shapesWith(PLAIN_SCHEMA), stepsWith(statement), (shape, steps) =>
        withWorld(shape, async (world) => {
          await world.run(steps)

          await world.settle()

          assert.deepEqual([...(await refusedOf(world))], [])
          assertAllEqual(await Promise.all(world.nodes.map(({ store }) => store.checksums())))
          assertAllEqual(
            rowsOf(world, [
              'SELECT k1, stamp, origin FROM obmen_index_1 ORDER BY 1',
              'SELECT lower(k1), k2, stamp, origin FROM obmen_index_2 ORDER BY 1, 2',
            ]),
          )
        }),
      ),
      { numRuns: 30 },
    )
  })

  it('differ at most by rows that are set aside, and no more when these have room', async () => {
    await fc.assert(
      fc.asyncProperty(shapesWith(UNIQUE_SCHEMA), stepsWith(goodsStatement), (shape, steps) =>
        withWorld(shape, async (world) => {
          await world.run(steps)

          await world.settle()
          const refused = await refusedOf(world)
          const goods = world.nodes.map((node) =>
            node.rows('SELECT * FROM goods').filter(([key]) => !refused.has(`[${String(key)}]`)),
          )
          for (const node of world.nodes.keys()) world.write(node, 'DELETE FROM goods')
          await world.settle()

          assertAllEqual(goods)
          assert.deepEqual([...(await refusedOf(world))], [])
          assert.deepEqual(rowsOf(world, ['SELECT * FROM goods']).flat(2), [])
        }),
      ),
      { numRuns: 30 },
    )
  })
})
