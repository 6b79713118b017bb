/** Whatever the policy, and whatever the mail does: all nodes have the same rows in the end. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { type ConflictPolicy, parseNodeCode } from '@obmen/exchange'
import fc from 'fast-check'

import {
  assertAllEqual,
  refusedOf,
  rowsOf,
  shapesWith,
  stepsWith,
  withWorld,
} from '../sqlite/small-world.ts'

const SCHEMA = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT, n INTEGER)'

const id = fc.integer({ min: 1, max: 3 })
const statement = fc.oneof(
  fc.tuple(id, fc.nat(9)).map(([i, n]) => `INSERT OR REPLACE INTO goods VALUES (${i}, 'x', ${n})`),
  fc.tuple(id, fc.nat(9)).map(([i, n]) => `UPDATE goods SET n = ${n} WHERE id = ${i}`),
  id.map((i) => `DELETE FROM goods WHERE id = ${i}`),
)

const POLICIES: readonly ConflictPolicy[] = [
  { kind: 'latest' },
  { kind: 'priority', nodes: [parseNodeCode('С02'), parseNodeCode('ЦБ')] },
  { kind: 'ours' },
  { kind: 'theirs' },
  { kind: 'ask' },
  {
    kind: 'function',
    resolve: ({ ours, theirs }) => {
      if (ours === undefined || theirs === undefined) return ours === undefined ? 'theirs' : 'ours'
      const [a, b] = [ours, theirs].map(({ columns }) => Number(columns.get('n')))
      return new Map(ours.columns).set('n', BigInt(Math.max(a ?? 0, b ?? 0)))
    },
  },
]

describe('databases with a policy for conflicts', () => {
  for (const conflicts of POLICIES) {
    for (const mainNode of [undefined, parseNodeCode('ЦБ')]) {
      const whose = mainNode === undefined ? 'of nobody in particular' : 'of the head office'
      it(`hold the same rows and versions once the mail is quiet: ${conflicts.kind} ${whose}`, async () => {
        const rules = { conflicts, ...(mainNode && { mainNode }) }

        await fc.assert(
          fc.asyncProperty(shapesWith(SCHEMA), stepsWith(statement), (shape, steps) =>
            withWorld({ ...shape, rules }, async (world) => {
              await world.run(steps)

              await world.settle()

              assert.deepEqual([...(await refusedOf(world))], [])
              assertAllEqual(await Promise.all(world.nodes.map(({ store }) => store.checksums())))
              assertAllEqual(
                rowsOf(world, ['SELECT k1, stamp, origin FROM obmen_index_1 ORDER BY 1']),
              )
            }),
          ),
          { numRuns: 4 },
        )
      })
    }
  }
})
